"""Two small ReLU networks with exact rational weights that beat collapse: three classes, and eight.

Both fit one-hot targets exactly. With inner features that are not negative the ReLU of W_1, …, W_{L−2} does
nothing; the one before the last layer makes G = φ(DM) of full column rank, and W_L = G⁺.

    wedge   K = 3, r = 2: M has columns (1, 0), (3/4, 3/4), (0, 1), between its two outer directions
    eight   K = 8, r = 5, L = 3: edges of the complete graph on 5 vertices without two at one vertex;
            H = W_1⁻¹M has entries of both signs, which free features may have
"""

from fractions import Fraction
from itertools import combinations
from typing import Any, Final, TypeAlias

import sympy as sp

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS

Rational: TypeAlias = list[list[Fraction]]

WEDGE: Final[Rational] = [
    [Fraction(1), Fraction(3, 4), Fraction(0)],
    [Fraction(0), Fraction(3, 4), Fraction(1)],
]
"""M: the three classes in the plane."""
WEDGE_CUTS: Final[Rational] = [
    [Fraction(1), Fraction(-1)],
    [Fraction(3, 4), Fraction(3, 4)],
    [Fraction(-1), Fraction(1)],
]
"""D: one unit beyond each side of the middle class, and one that sees all."""
WEDGE_CONSTANT: Final = sp.Rational(152725, 2592)
"""‖M‖²‖D‖²‖(φ(DM))⁻¹‖², recomputed by the claim."""

WEDGE_ROOT: Final = Formula(
    "root of the wedge's bracket",
    (WEDGE_CONSTANT / 8) ** (1 / FACTORS) * 2,
    (FACTORS,),
    RANKCOLLAPSE.at("theory 2.5"),
    "B^{1/F} with B = 2^{L−2}‖M‖²‖D‖²‖G⁻¹‖², K = 3",
)

EIGHT_EDGES: Final = ((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (3, 4))
"""Classes of the network for K = 8: vertex 2 misses its edges to 3 and 4."""
EIGHT_WEIGHT: Final = (
    (11, 1, 1, 1, 1),
    (1, 11, 1, 1, 1),
    (1, 1, 9, 0, 0),
    (1, 1, 0, 10, 1),
    (1, 1, 0, 1, 10),
)
"""8W_1, near the square root of the polar factor of M: it makes ‖W_1‖²‖W_1⁻¹M‖² nearly ‖M‖_*²."""
EIGHT_BRACKET: Final = sp.Rational(84972874026887, 21099495600)
"""Π‖A_j‖², recomputed by the claim: below 8⁴."""


def wedge_factors(depth: int) -> list[Rational]:
    """H = M, W_1 = … = W_{L−2} = I_2, W_{L−1} = D, W_L = G⁻¹, unscaled.

    Raises InvalidProblemError for L < 2.
    """
    if depth < 2:
        raise InvalidProblemError(f"L = {depth}: the wedge needs L ≥ 2")
    identity = [[Fraction(int(row == column)) for column in range(2)] for row in range(2)]
    return [WEDGE, *[identity] * (depth - 2), WEDGE_CUTS, left_inverse(relu(times(WEDGE_CUTS, WEDGE)))]


def eight_factors() -> list[Rational]:
    """H = W_1⁻¹M, W_1, W_2 = D, W_3 = G⁺ for K = 8 and L = 3, unscaled."""
    edges = [[Fraction(int(vertex in edge)) for edge in EIGHT_EDGES] for vertex in range(5)]
    first = [[Fraction(entry) for entry in row] for row in EIGHT_WEIGHT]
    half = Fraction(1, 2)
    cuts = [
        [half if vertex in triangle else -half for vertex in range(5)]
        for triangle in combinations(range(5), 3)
    ]
    cuts[-1] = [-half, -half, Fraction(0), half, half]  # only the edge (3, 4) is left of triangle (2, 3, 4)
    features = times(left_inverse(first), edges)
    return [features, first, cuts, left_inverse(relu(times(cuts, edges)))]


def times(left: Rational, right: Rational) -> Rational:
    """The product of two rational matrices.

    >>> times([[Fraction(1, 2)]], [[Fraction(4)]])
    [[Fraction(2, 1)]]
    """
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in left
    ]


def relu(matrix: Rational) -> Rational:
    """max(·, 0), entry by entry."""
    return [[max(entry, Fraction(0)) for entry in row] for row in matrix]


def squared_norm(matrix: Rational) -> Fraction:
    """‖A‖_F², exact."""
    return sum((entry * entry for row in matrix for entry in row), Fraction(0))


def logits(factors: list[Rational]) -> Rational:
    """The forward pass in exact arithmetic: a ReLU after every weight but the last.

    >>> logits(wedge_factors(4)) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    True
    """
    values = factors[0]
    for weight in factors[1:-1]:
        values = relu(times(weight, values))
    return times(factors[-1], values)


def bracket(factors: list[Rational]) -> Fraction:
    """B = Π‖A_j‖², to be compared with K^F.

    >>> bracket(eight_factors()) < 8**4, bracket(wedge_factors(4)) < 3**5, bracket(wedge_factors(3)) < 3**4
    (True, True, False)
    """
    product = Fraction(1)
    for factor in factors:
        product *= squared_norm(factor)
    return product


def left_inverse(matrix: Rational) -> Rational:
    """(AᵀA)⁻¹Aᵀ for a matrix of full column rank."""
    from flint import fmpq, fmpq_mat

    exact = fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in matrix])
    transposed = exact.transpose()
    inverse: Any = (transposed * exact).inv() * transposed
    return [
        [Fraction(int(inverse[i, j].p), int(inverse[i, j].q)) for j in range(inverse.ncols())]
        for i in range(inverse.nrows())
    ]
