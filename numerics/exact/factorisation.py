"""LDLᵀ of symmetric rational matrices, and with it an exact test of positive semidefiniteness."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from theory.errors import OutOfDomainError


@dataclass(frozen=True)
class Factorisation:
    """A = L D Lᵀ with L unit lower triangular (rows) and D diagonal, every pivot ≥ 0."""

    lower: tuple[tuple[fmpq, ...], ...]
    pivots: tuple[fmpq, ...]

    @property
    def rank(self) -> int:
        """Number of positive pivots."""
        return sum(pivot > 0 for pivot in self.pivots)


def rational_matrix(rows: Sequence[Sequence[Any]]) -> fmpq_mat:
    """A matrix of ints, Fractions, SymPy Rationals or fmpq; raises OutOfDomainError for anything else."""
    if not rows or len({len(row) for row in rows}) != 1:
        raise OutOfDomainError("a matrix needs rows of one length: correct its shape")
    return fmpq_mat([[_rational(entry) for entry in row] for row in rows])


def factorise(matrix: fmpq_mat) -> Factorisation | None:
    """LDLᵀ of a symmetric matrix, or None when it is not positive semidefinite.

    Exact: a zero pivot demands a zero column below it, a negative one settles the matter.
    Raises OutOfDomainError for a matrix that is not symmetric.

    >>> factorise(fmpq_mat([[1, 2], [2, 1]])) is None
    True
    """
    size = matrix.nrows()
    if matrix.ncols() != size or matrix != matrix.transpose():
        raise OutOfDomainError("LDLᵀ needs a symmetric matrix: symmetrise it first")
    rest = [[matrix[i, j] for j in range(i + 1)] for i in range(size)]
    lower = [[fmpq(int(i == j)) for j in range(size)] for i in range(size)]
    pivots: list[fmpq] = []
    for k in range(size):
        pivot = rest[k][k]
        pivots.append(pivot)
        if pivot < 0:
            return None
        column = [rest[i][k] for i in range(k + 1, size)]
        if pivot == 0:
            if any(entry != 0 for entry in column):
                return None
            continue
        for i, entry in enumerate(column, start=k + 1):
            lower[i][k] = entry / pivot
            if entry != 0:
                for j in range(k + 1, i + 1):
                    rest[i][j] -= lower[i][k] * rest[j][k]
    return Factorisation(tuple(tuple(row) for row in lower), tuple(pivots))


def is_positive_semidefinite(matrix: fmpq_mat) -> bool:
    """Whether a symmetric rational matrix has no negative eigenvalue, decided exactly."""
    return factorise(matrix) is not None


def _rational(entry: Any) -> fmpq:
    if isinstance(entry, fmpq):
        return entry
    numerator, denominator = getattr(entry, "p", None), getattr(entry, "q", None)
    if numerator is None:
        numerator, denominator = getattr(entry, "numerator", None), getattr(entry, "denominator", None)
    if numerator is None or denominator is None or isinstance(entry, bool):
        raise OutOfDomainError(f"matrix entry {entry!r} is not rational: give an int or a Fraction")
    return fmpq(int(numerator), int(denominator))
