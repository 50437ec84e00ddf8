"""Codes of rationals: exact rank, singular values and losses in balls."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

from flint import arb, ctx, fmpq, fmpq_mat

from theory.cross_entropy.codes import Code, class_margins
from theory.formula.balls import exact_ball
from theory.tolerances import BALL_PRECISION


def rational_matrix(code: Code) -> fmpq_mat:
    """The code as a matrix of exact rationals.

    Raises CannotEvaluateError for a float: pass ints or Fractions.
    """
    entries = [_rational(entry) for row in code for entry in row]
    return fmpq_mat(len(code), len(code[0]), entries)


def _rational(value: Any) -> fmpq:
    if isinstance(value, float):
        value = Fraction(value) if value.is_integer() else value
    if isinstance(value, float):
        exact_ball(value)  # raises: a float has no exact meaning
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def exact_rank(code: Code) -> int:
    """The rank over the rationals.

    >>> exact_rank([[1, -1, -3], [0, 0, 0], [-3, -1, 1]])
    2
    """
    return int(rational_matrix(code).rank())


def singular_value_balls(code: Code, sizes: Sequence[int], *, precision: int = BALL_PRECISION) -> list[arb]:
    """Balls around the non-zero singular values of X·diag(√n_k), largest first, with multiplicity.

    They are the roots of the characteristic polynomial of X diag(n_k) Xᵀ, which is exact.

    >>> [float(value) for value in singular_value_balls([[1, -1], [-1, 1]], [2, 2])]
    [2.8284271247461903]
    """
    matrix = rational_matrix(code)
    count = matrix.nrows()
    weights = fmpq_mat(count, count, [sizes[i] if i == j else 0 for i in range(count) for j in range(count)])
    polynomial = (matrix * weights * matrix.transpose()).charpoly()
    with ctx.workprec(precision):
        roots = [
            (abs(root.real), multiplicity)
            for root, multiplicity in cast(Any, polynomial.complex_roots())
            if not root.is_zero()
        ]
        values = [root.sqrt() for root, multiplicity in roots for _ in range(int(multiplicity))]
    return sorted(values, key=lambda ball: -float(ball.mid()))


def code_fit_ball(code: Code, scale: Any, sizes: Sequence[int], *, precision: int = BALL_PRECISION) -> arb:
    """A ball containing the mean cross-entropy of αX at an exact (or ball) scale α."""
    with ctx.workprec(precision):
        alpha, fit = exact_ball(scale), arb(0)
        for size, margins in zip(sizes, class_margins(code), strict=True):
            balls = (alpha * exact_ball(Fraction(margin)) for margin in margins)
            fit += size * sum(((-ball).exp() for ball in balls), arb(0)).log1p()
        return fit / sum(sizes)


def code_loss_ball(
    code: Code,
    scale: Any,
    sizes: Sequence[int],
    *,
    factors: int,
    weight_decay: Any,
    precision: int = BALL_PRECISION,
) -> arb:
    """A ball containing ℒ(αX) = fit + (λF/2) Σσ_i^{2/F} at an exact (or ball) scale α and decay λ."""
    fit = code_fit_ball(code, scale, sizes, precision=precision)
    with ctx.workprec(precision):
        alpha, decay = exact_ball(scale), exact_ball(weight_decay)
        power = arb(2) / factors
        values = singular_value_balls(code, sizes, precision=precision)
        cost = sum(((alpha * value) ** power for value in values), arb(0))
        return fit + decay * factors / 2 * cost
