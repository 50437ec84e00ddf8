"""Certificates for min{‖Z diag(√n)‖_* : Z_cc − Z_jc ≥ m_jc}: from a float dual to exact rationals.

The dual is max{Σα_jc m_jc : α ≥ 0, ‖G diag(n)^{−1/2}‖_2 ≤ 1}, G = Σα_jc(e_c − e_j)e_cᵀ. At its optimum the
norm is one, a singular constraint that floats cannot decide: α is rounded to rationals and shrunk until
[[I, G], [Gᵀ, diag(n)]] has an exact LDLᵀ without a negative pivot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.exact.factorisation import is_positive_semidefinite
from theory.errors import InvalidProblemError

Rationals = tuple[tuple[Fraction, ...], ...]

BITS = 26
"""Denominators of rounded multipliers: small numbers in the file, and a bound within 1e-7 of the dual's."""

SHRINKINGS = tuple(2.0**-k for k in range(BITS, 0, -1))
"""Shares taken off in turn; the last leaves half."""


@dataclass(frozen=True)
class MarginCertificate:
    """Multipliers α (rows j, columns c, zeros on the diagonal) and the bound Σα_jc m_jc that they prove.

    `sizes` are the n_c > 0, `margins` the m_jc. `status` and `remedy` tell of the solver, if one was asked.
    """

    sizes: tuple[Fraction, ...]
    margins: Rationals
    multipliers: Rationals
    status: str = "given"
    remedy: str = ""

    @property
    def bound(self) -> Fraction:
        """Σα_jc m_jc."""
        pairs = zip(self.multipliers, self.margins, strict=True)
        return sum((a * m for row, asked in pairs for a, m in zip(row, asked, strict=True)), Fraction(0))

    def holds(self) -> bool:
        """Whether the multipliers are dual feasible, decided exactly; asks no solver.

        >>> third = Fraction(1, 3)
        >>> ones = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
        >>> certificate = repaired([[0, third, third], [third, 0, third], [third, third, 0]], ones)
        >>> certificate.holds(), round(float(certificate.bound), 6)
        (True, 2.0)
        """
        classes = range(len(self.sizes))
        if any(a < 0 for row in self.multipliers for a in row):
            return False
        if any(self.multipliers[c][c] != 0 or self.margins[c][c] != 0 for c in classes):
            return False
        return is_positive_semidefinite(_block(self.sizes, self.multipliers))


def repaired(
    multipliers: Sequence[Sequence[Any]] | FloatArray,
    margins: Sequence[Sequence[Any]],
    sizes: Sequence[Any] | None = None,
) -> MarginCertificate:
    """Exact multipliers next to float ones: rounded, made non-negative, shrunk until they are feasible.

    Zero multipliers, with the bound zero, are what is left where nothing else helps.

    Raises
    ------
    InvalidProblemError
        If margins or multipliers are not finite K×K, K ≥ 2, or sizes are not K positive numbers.
    """
    asked, weights = checked_problem(margins, sizes)
    given = finite_matrix(np.asarray(multipliers, dtype=np.float64), "multipliers")
    classes = len(weights)
    if given.shape != (classes, classes):
        raise InvalidProblemError(f"multipliers of shape {given.shape} do not fit {classes} classes")
    kept = np.maximum(given, 0.0)
    np.fill_diagonal(kept, 0.0)
    dual = (np.diag(kept.sum(axis=0)) - kept) / np.sqrt(np.array([float(size) for size in weights]))
    kept /= max(1.0, float(np.linalg.norm(dual, 2)))
    for share in SHRINKINGS:
        rounded = tuple(tuple(_rounded(entry * (1 - share)) for entry in row) for row in kept.tolist())
        if is_positive_semidefinite(_block(weights, rounded)):
            return MarginCertificate(weights, asked, rounded)
    zero = tuple(tuple(Fraction(0) for _ in range(classes)) for _ in range(classes))
    return MarginCertificate(weights, asked, zero, remedy="no multiple is feasible: give other multipliers")


def certify_margins(
    margins: Sequence[Sequence[Any]], sizes: Sequence[Any] | None = None
) -> MarginCertificate:
    """A certified lower bound of min{‖Z diag(√n)‖_* : Z_cc − Z_jc ≥ m_jc}, by Clarabel and `repaired`.

    Parameters
    ----------
    margins: K rows of K rationals m_jc (row j, column c); the diagonal is zero.
    sizes: n_c, by default one each.

    A solver that fails leaves the bound zero, its status and a remedy.

    Raises
    ------
    InvalidProblemError
        If margins are not K×K with a zero diagonal, K ≥ 2, or sizes are not K positive numbers.

    Examples
    --------
    >>> certificate = certify_margins([[0, 1], [2, 0]])
    >>> certificate.holds(), round(float(certificate.bound), 5)
    (True, 1.58114)
    """
    import cvxpy as cp

    asked, weights = checked_problem(margins, sizes)
    classes = len(weights)
    wanted = np.array([[float(entry) for entry in row] for row in asked])
    logits = cp.Variable((classes, classes))
    own = cp.reshape(cp.diag(logits), (1, classes), order="C")
    required = cast(Any, np.ones((classes, 1)) @ own - logits >= wanted)
    roots = np.sqrt(np.array([float(size) for size in weights]))
    problem = cp.Problem(cp.Minimize(cp.normNuc(logits @ np.diag(roots))), [required])
    try:
        problem.solve(solver=cp.CLARABEL)
    except cp.SolverError as error:
        return _failed(asked, weights, "failed", f"{error}: rescale the margins")
    if problem.status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
        return _failed(asked, weights, str(problem.status), f"{problem.status}: rescale the margins")
    found = repaired(np.asarray(required.dual_value, dtype=np.float64), asked, weights)
    return MarginCertificate(found.sizes, found.margins, found.multipliers, str(problem.status), found.remedy)


def _failed(asked: Rationals, weights: tuple[Fraction, ...], status: str, remedy: str) -> MarginCertificate:
    zero = tuple(tuple(Fraction(0) for _ in row) for row in asked)
    return MarginCertificate(weights, asked, zero, status, remedy)


def checked_problem(
    margins: ArrayLike | Sequence[Sequence[Any]], sizes: Sequence[Any] | None
) -> tuple[Rationals, tuple[Fraction, ...]]:
    """Margins and sizes as fractions, checked."""
    rows = [list(row) for row in cast(Any, margins)]
    classes = len(rows)
    if classes < 2 or any(len(row) != classes for row in rows):
        raise InvalidProblemError(f"{classes} rows of margins are not K×K with K ≥ 2: give K rows of K")
    try:
        asked = tuple(tuple(Fraction(entry) for entry in row) for row in rows)
        weights = tuple(Fraction(size) for size in (sizes if sizes is not None else [1] * classes))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidProblemError(f"margins and sizes must be finite numbers ({error})") from error
    if any(asked[c][c] != 0 for c in range(classes)):
        raise InvalidProblemError("a class has a margin to itself: the diagonal of margins is zero")
    if len(weights) != classes or min(weights) <= 0:
        raise InvalidProblemError(f"sizes {[*map(str, weights)]}: give one positive number a class")
    return asked, weights


def _rounded(value: float) -> Fraction:
    return Fraction(int(value * 2**BITS), 2**BITS)


def _block(sizes: Sequence[Fraction], multipliers: Rationals) -> fmpq_mat:
    """[[I, G], [Gᵀ, diag(n)]]."""
    classes = len(sizes)
    block = [[fmpq(0)] * (2 * classes) for _ in range(2 * classes)]
    for c in range(classes):
        block[c][c] = fmpq(1)
        block[classes + c][classes + c] = _exact(sizes[c])
        own = sum((multipliers[j][c] for j in range(classes) if j != c), Fraction(0))
        for j in range(classes):
            entry = _exact(own if j == c else -multipliers[j][c])
            block[j][classes + c] = block[classes + c][j] = entry
    return fmpq_mat(block)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
