"""All activation patterns of a ReLU layer on given samples, each with an exact witness, none missing.

Cells are split one hyperplane at a time. A linear program finds a weight on the other side in floats, it is
rounded to rationals, and its signs are read exactly; the cells found are then counted against Zaslavsky's
number, whose ranks are exact too. So a wrong answer of the linear program cannot pass unseen.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import ArrayLike, NDArray

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError
from theory.two_layer.arrangement import LARGEST_COUNT, cells

Weight = tuple[Fraction, ...]
Cell = tuple[tuple[int, ...], Weight]
"""Signs on the samples so far, and a weight that has them."""

ROUNDING = (10**3, 10**6, 10**12)
"""Largest denominators tried for a witness, the readable one first."""

SAME_SIDE = 1e-9
"""Depth, for normals of length one, below which the linear program's cell counts as empty."""


@dataclass(frozen=True)
class Patterns:
    """The patterns of N samples.

    active: P × N, true where xᵢᵀu > 0. witnesses: a weight u of each cell, exact.
    samples: d × N as exact fractions, column by column. rank: of the samples.
    """

    active: NDArray[np.bool_]
    witnesses: tuple[Weight, ...]
    samples: tuple[Weight, ...]
    rank: int

    @property
    def count(self) -> int:
        """P, the number of cells."""
        return len(self.witnesses)

    @property
    def independent(self) -> bool:
        """Whether the samples are linearly independent: every cell is then a simplicial cone."""
        return self.rank == len(self.samples)


def activation_patterns(samples: ArrayLike) -> Patterns:
    """Return every pattern of d × N samples, which are taken as the exact rationals that floats are.

    Patterns come in pairs of opposite weights; they are sorted, so the order does not depend on how they
    were found.

    Raises
    ------
    InvalidProblemError
        If a sample is zero (it has no side), there are too many, or floats could not find all cells.

    Examples
    --------
    >>> found = activation_patterns([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    >>> found.count, found.rank
    (6, 2)
    """
    matrix = finite_matrix(samples, "samples")
    if matrix.shape[1] > LARGEST_COUNT:
        raise InvalidProblemError(
            f"{matrix.shape[1]} samples: patterns are listed for at most {LARGEST_COUNT}; take fewer"
        )
    zero = np.flatnonzero(~matrix.any(axis=0))
    if zero.size:
        raise InvalidProblemError(f"sample {zero[0]} is zero and has no side: drop it, or append a bias")
    exact = tuple(tuple(Fraction(float(entry)) for entry in column) for column in matrix.T)
    found: list[Cell] = [((1,), exact[0])]
    for index in range(1, len(exact)):
        found = [half for cell in found for half in _split(cell, exact, matrix, index)]
    # Opposite weights have opposite patterns: only those active on the first sample were kept.
    found += [(tuple(-sign for sign in signs), tuple(-entry for entry in weight)) for signs, weight in found]
    found.sort(key=lambda cell: cell[0], reverse=True)
    expected = cells(len(exact), lambda chosen: _rank([exact[i] for i in chosen]))
    if len({signs for signs, _ in found}) != expected:
        raise InvalidProblemError(
            f"{len(found)} of {expected} activation patterns found: some cells are too thin for floats; "
            "give samples of less extreme directions"
        )
    active = np.array([[sign > 0 for sign in signs] for signs, _ in found])
    return Patterns(active, tuple(weight for _, weight in found), exact, _rank(list(exact)))


def _split(cell: Cell, exact: tuple[Weight, ...], matrix: FloatArray, index: int) -> list[Cell]:
    """Return the one or two cells into which the hyperplane of sample `index` cuts a cell."""
    signs, weight = cell
    normal = exact[index]
    here = _dot(normal, weight)
    if here == 0:  # the witness lies on the hyperplane: both sides are there
        return [
            ((*signs, side), _nudged(weight, tuple(side * entry for entry in normal), signs, exact))
            for side in (1, -1)
        ]
    side = 1 if here > 0 else -1
    halves = [((*signs, side), weight)]
    across = _weight_with((*signs, -side), exact, matrix)
    if across is not None:
        halves.append(((*signs, -side), across))
    return halves


def _nudged(weight: Weight, move: Weight, signs: tuple[int, ...], exact: tuple[Weight, ...]) -> Weight:
    """Return weight + ε·move for an ε that keeps all signs."""
    size = Fraction(1)
    while True:
        moved = tuple(a + size * b for a, b in zip(weight, move, strict=True))
        if _has_signs(moved, signs, exact):
            return moved
        size /= 2


def _weight_with(signs: tuple[int, ...], exact: tuple[Weight, ...], matrix: FloatArray) -> Weight | None:
    """Return an exact weight with these signs, or None where the linear program finds no depth."""
    from scipy.optimize import linprog

    columns = matrix[:, : len(signs)]
    normals = (columns / np.linalg.norm(columns, axis=0)).T * np.array(signs)[:, None]
    rows, size = normals.shape
    # The deepest weight of the box: maximise t with signᵢ xᵢᵀu ≥ t.
    solved = linprog(
        np.r_[np.zeros(size), -1.0],
        A_ub=np.hstack([-normals, np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        bounds=[(-1.0, 1.0)] * size + [(None, 1.0)],
        method="highs",
    )
    if solved.x is None or solved.x[-1] <= SAME_SIDE:
        return None
    for denominator in ROUNDING:
        weight = tuple(Fraction(float(entry)).limit_denominator(denominator) for entry in solved.x[:-1])
        if _has_signs(weight, signs, exact):
            return weight
    return None


def _has_signs(weight: Weight, signs: tuple[int, ...], exact: tuple[Weight, ...]) -> bool:
    return all(sign * _dot(normal, weight) > 0 for sign, normal in zip(signs, exact, strict=False))


def _dot(left: Weight, right: Weight) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def _rank(vectors: list[Weight]) -> int:
    if not vectors:
        return 0
    return int(fmpq_mat([[fmpq(e.numerator, e.denominator) for e in vector] for vector in vectors]).rank())
