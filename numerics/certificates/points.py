"""Exact upper bounds for min{‖Z diag(√n)‖_* : Z_cc − Z_jc ≥ m_jc}: a rational point and rational factors.

‖(AB + R) diag(√n)‖_* ≤ ½(‖A‖_F² + Σ n_c‖b_c‖²) + Σ|R_jc|(1 + n_c)/2, because a product costs no more than
its factors, a single entry r_jc√n_c costs |r_jc|√n_c, and 2√n ≤ 1 + n. All of it is rational.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import finite_matrix
from numerics.certificates.margins import Rationals, checked_problem
from theory.errors import InvalidProblemError

BITS = 40
"""Denominators of rounded entries."""


@dataclass(frozen=True)
class MarginPoint:
    """Logits Z, factors A and B near to Z = AB, and what was asked of them."""

    sizes: tuple[Fraction, ...]
    margins: Rationals
    logits: Rationals
    left: Rationals
    right: Rationals

    def holds(self) -> bool:
        """Whether Z has the margins, exactly."""
        classes = range(len(self.sizes))
        z, asked = self.logits, self.margins
        return all(z[c][c] - z[j][c] >= asked[j][c] for c in classes for j in classes if j != c)

    @property
    def cost(self) -> Fraction:
        """An upper bound of ‖Z diag(√n)‖_*."""
        total = sum((entry**2 for row in self.left for entry in row), Fraction(0))
        for row in self.right:
            total += sum((n * entry**2 for n, entry in zip(self.sizes, row, strict=True)), Fraction(0))
        total /= 2
        for j, row in enumerate(self.logits):
            for c, size in enumerate(self.sizes):
                product = sum(
                    (self.left[j][k] * self.right[k][c] for k in range(len(self.right))), Fraction(0)
                )
                total += abs(row[c] - product) * (1 + size) / 2
        return total


def exact_point(
    logits: ArrayLike, margins: Sequence[Sequence[Any]], sizes: Sequence[Any] | None = None
) -> MarginPoint:
    """The exact point next to float logits: rounded, own logits raised until the margins hold, factorised.

    Raises
    ------
    InvalidProblemError
        If logits are not finite K×K, or margins and sizes do not fit them.

    Examples
    --------
    >>> point = exact_point([[0.5, -0.5], [-0.5, 0.5]], [[0, 1], [1, 0]])
    >>> point.holds(), round(float(point.cost), 9)
    (True, 1.0)
    """
    asked, weights = checked_problem(margins, sizes)
    given = finite_matrix(logits, "logits")
    classes = len(weights)
    if given.shape != (classes, classes):
        raise InvalidProblemError(f"logits of shape {given.shape} do not fit {classes} classes")
    rows = [[_rounded(entry) for entry in row] for row in given.tolist()]
    for c in range(classes):
        rows[c][c] = max(rows[c][c], *(rows[j][c] + asked[j][c] for j in range(classes) if j != c))
    roots = np.sqrt(np.array([float(size) for size in weights]))
    moved = np.array([[float(entry) for entry in row] for row in rows])
    left, values, right = np.linalg.svd(moved * roots)
    halves = np.sqrt(values)
    return MarginPoint(
        weights,
        asked,
        tuple(tuple(row) for row in rows),
        _rationals(left * halves),
        _rationals(halves[:, None] * right / roots),
    )


def _rationals(matrix: Any) -> Rationals:
    return tuple(tuple(_rounded(entry) for entry in row) for row in matrix.tolist())


def _rounded(value: float) -> Fraction:
    return Fraction(round(value * 2**BITS), 2**BITS)
