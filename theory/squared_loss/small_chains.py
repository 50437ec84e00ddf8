"""Two small ReLU networks with exact rational weights that beat collapse: three classes, and seven.

Both fit one-hot targets exactly. With inner features that are not negative the ReLU of W_1, …, W_{L−2} does
nothing; the one before the last layer makes G = φ(DM) of full column rank, and W_L = G⁺.

    wedge   K = 3, r = 2: M has columns (1, 0), (3/4, 3/4), (0, 1), between its two outer directions
    cone    K = 7, r = 4, L = 3: an apex, the three edges of a triangle, and an edge from the apex to each
            of its corners; H = W_1⁻¹M has entries of both signs, which free features may have

Derived for this project, after 2405.14468.
"""

from fractions import Fraction
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

CONE: Final[Rational] = [
    [Fraction(1), *[Fraction(0)] * 3, *[Fraction(3, 5)] * 3],
    *(
        [
            Fraction(0),
            *[Fraction(3, 4) * int(corner != opposite) for opposite in range(3)],
            *[Fraction(9, 10) * int(corner == other) for other in range(3)],
        ]
        for corner in range(3)
    ),
]
"""M: apex, the triangle's edges (by the corner they miss), and the edges from the apex to the corners."""
CONE_CUTS: Final[Rational] = [
    *([Fraction(1), *[Fraction(2, 3) * (1 if i == j else -1) for j in range(3)]] for i in range(3)),
    *([Fraction(0), *[Fraction(5, 6) * (-1 if i == j else 1) for j in range(3)]] for i in range(3)),
    [Fraction(-1), *[Fraction(2, 3)] * 3],
]
"""D: apex with one corner; two corners without the third; all corners without the apex."""
CONE_BRACKET: Final = sp.Rational(58641324203, 25920000)
"""Π‖A_j‖² of the cone, recomputed by the claim: below 7⁴."""


def wedge_factors(depth: int) -> list[Rational]:
    """H = M, W_1 = … = W_{L−2} = I_2, W_{L−1} = D, W_L = G⁻¹, unscaled.

    Raises InvalidProblemError for L < 2.
    """
    if depth < 2:
        raise InvalidProblemError(f"L = {depth}: the wedge needs L ≥ 2")
    identity = [[Fraction(int(row == column)) for column in range(2)] for row in range(2)]
    return [WEDGE, *[identity] * (depth - 2), WEDGE_CUTS, left_inverse(relu(times(WEDGE_CUTS, WEDGE)))]


def cone_factors() -> list[Rational]:
    """H = W_1⁻¹M, W_1 = 16I + 11ᵀ, W_2 = D, W_3 = G⁻¹ for K = 7 and L = 3, unscaled.

    W_1 is near a multiple of (MMᵀ)^{1/4}, which makes ‖W_1‖²‖W_1⁻¹M‖² nearly ‖M‖_*², the least possible.
    """
    first = [[Fraction(16 * int(row == column) + 1) for column in range(4)] for row in range(4)]
    features = times(left_inverse(first), CONE)
    return [features, first, CONE_CUTS, left_inverse(relu(times(CONE_CUTS, CONE)))]


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

    >>> bracket(cone_factors()) < 7**4, bracket(wedge_factors(4)) < 3**5, bracket(wedge_factors(3)) < 3**4
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
