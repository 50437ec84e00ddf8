"""The search for an isolated zero of a function of one variable."""

from fractions import Fraction

import sympy as sp

from theory.errors import CannotEvaluateError, InvalidProofError
from verify.proof.boxes import PRECISION
from verify.proof.checker import check
from verify.proof.domain import value_at
from verify.proof.facts import Fact, Proof, Step, UniqueZero, Variable, rational
from verify.proof.provers.inequality import prove_inequality
from verify.proof.rules import Evident, IsolatedZero

BISECTIONS = 60


def isolate_zero(
    function: sp.Expr, variable: Variable, *, title: str = "", width: Fraction = Fraction(1, 10**9)
) -> Proof | None:
    """A proof that the function has exactly one zero in a bounded range, between close ends; or None.

    >>> x = sp.Symbol("x", real=True)
    >>> proof = isolate_zero(sp.exp(x) - 2, Variable(x, "x", sp.Integer(0), sp.Integer(1)))
    >>> float(proof.steps[-1].fact.low)
    0.6931471796706319
    """
    if variable.high is None:
        return None
    low, high = (Fraction(int(end.p), int(end.q)) for end in (variable.low, variable.high))
    signs = [_sign(function, variable, end) for end in (low, high)]
    if signs[0] * signs[1] != -1:
        return None
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        sign = _sign(function, variable, middle)
        if high - low <= width or sign == 0:
            break
        low, high = (middle, high) if sign == signs[0] else (low, middle)
    return _assembled(function, variable, (low, high), signs[1], title)


def _assembled(
    function: sp.Expr, variable: Variable, ends: tuple[Fraction, Fraction], rising: int, title: str
) -> Proof | None:
    """The proof from the ends of the interval and the direction in which the function crosses zero."""
    slope = prove_inequality(Fact(rising * sp.diff(function, variable.symbol), ">"), (variable,))
    if slope is None:
        return None
    low, high = (rational(end) for end in ends)
    at = {end: function.subs(variable.symbol, end) for end in (low, high)}
    steps = (
        Step("slope", slope.steps[0].fact, slope.steps[0].rule, "the function is strictly monotone"),
        Step("below", Fact(-rising * at[low], ">"), Evident(), "its sign at the lower end"),
        Step("above", Fact(rising * at[high], ">"), Evident(), "its sign at the upper end"),
        Step(
            "zero",
            UniqueZero(function, variable.symbol, low, high),
            IsolatedZero("slope", "below", "above"),
            "a sign change of a strictly monotone function",
        ),
    )
    proof = Proof(title or f"{function} has exactly one zero", (variable,), steps, ("zero",))
    try:
        check(proof)
    except InvalidProofError:
        return None
    return proof


def _sign(function: sp.Expr, variable: Variable, place: Fraction) -> int:
    """The certain sign of the function at a rational, 0 where there is none: the ball holds zero, say."""
    try:
        value = value_at(function, {variable.symbol: place}, precision=2 * PRECISION)
    except CannotEvaluateError:
        return 0
    return 1 if value > 0 else -1 if value < 0 else 0
