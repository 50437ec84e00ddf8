"""The box of a proof's variables: rational points in it, and signs of rational functions on it."""

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import cast

import sympy as sp
from flint import arb

from theory.errors import CannotEvaluateError, InvalidProofError
from theory.formula.balls import enclose
from verify.proof.facts import Fact, Relation, Variable

Point = Mapping[sp.Symbol, Fraction]
_PRECISION = 256


def points(variables: tuple[Variable, ...], count: int, *, seed: int = 1) -> Iterator[Point]:
    """Rational points of the box, near the ends and far out, the same ones every time."""
    generator = random.Random(seed)
    for _ in range(count):
        yield {variable.symbol: _coordinate(variable, generator) for variable in variables}


def _coordinate(variable: Variable, generator: random.Random) -> Fraction:
    low = Fraction(int(variable.low.p), int(variable.low.q))
    if variable.integer:
        span = 12 if variable.high is None else int(sp.floor(variable.high) - sp.ceiling(variable.low))
        first = int(sp.ceiling(variable.low)) + (1 if variable.open_low and variable.low.is_Integer else 0)
        return Fraction(first + generator.randint(0, max(span, 0)))
    inner = Fraction(generator.randint(1, 996), 997)
    if variable.high is not None:
        high = Fraction(int(variable.high.p), int(variable.high.q))
        return low + (high - low) * inner
    return low + inner * generator.choice([Fraction(1, 8), Fraction(1), Fraction(4), Fraction(16)])


def value_at(expression: sp.Expr, point: Point) -> arb:
    """A ball around the value of an expression at a rational point."""
    return enclose(expression, point, precision=_PRECISION)


def agrees(fact: Fact, point: Point) -> bool:
    """Whether exact evaluation at a point is consistent with the fact."""
    try:
        value = value_at(fact.expression, point)
    except CannotEvaluateError as error:
        raise InvalidProofError(f"{fact} cannot be evaluated rigorously: {error}") from error
    if not value.is_finite():
        return False
    if fact.relation == "=":
        return bool(value.contains(0)) and float(value.rad()) < 1e-30
    return not (value < 0 or (fact.relation == ">" and value.is_zero()))


def rational_sign(expression: sp.Expr, variables: tuple[Variable, ...]) -> Relation | None:
    """``">"`` or ``">="`` when non-negative coefficients show it on the box, else None.

    Each variable is written as its lower end plus t ≥ 0 (or, with an upper end, low + (high − low)·t/(1+t));
    a polynomial in the t's without negative coefficients is non-negative, and positive when one of its
    monomials is positive everywhere on the box.
    """
    shifts: dict[sp.Symbol, sp.Expr] = {}
    strict: dict[sp.Symbol, bool] = {}
    for variable in variables:
        t = sp.Dummy(variable.symbol.name, nonnegative=True)
        strict[t] = variable.open_low
        if variable.high is None:
            shifts[variable.symbol] = variable.low + t
        elif not variable.open_high:  # t/(1+t) never reaches the upper end: mirror if the lower is open
            return _closed_box_sign(expression, variables)
        else:
            shifts[variable.symbol] = variable.low + (variable.high - variable.low) * t / (1 + t)
    numerator, denominator = sp.fraction(
        sp.together(expression.subs(list(shifts.items()), simultaneous=True))
    )
    if _coefficient_sign(denominator, strict) != ">":
        return None
    return _coefficient_sign(numerator, strict)


def _closed_box_sign(expression: sp.Expr, variables: tuple[Variable, ...]) -> Relation | None:
    """Closed upper ends: judge the half-open box and each upper face."""
    relations: list[Relation | None] = []
    for index, variable in enumerate(variables):
        if variable.high is None or variable.open_high:
            continue
        rest = variables[:index] + variables[index + 1 :]
        half_open = Variable(
            sp.Dummy(variable.symbol.name, real=True),
            variable.meaning,
            variable.low,
            variable.high,
            variable.open_low,
            True,
        )
        inner = expression.subs(variable.symbol, half_open.symbol)
        relations.append(rational_sign(inner, (*rest, half_open)))
        relations.append(rational_sign(expression.subs(variable.symbol, variable.high), rest))
        break
    if None in relations:
        return None
    return ">=" if ">=" in relations else ">"


def _coefficient_sign(part: sp.Expr, strict: Mapping[sp.Symbol, bool]) -> Relation | None:
    symbols = [cast(sp.Symbol, symbol) for symbol in sorted(part.free_symbols, key=str)]
    if not symbols:
        number = sp.nsimplify(part)
        if not number.is_Rational or number < 0:
            return None
        return ">" if number > 0 else ">="
    if not set(symbols) <= set(strict) or not part.is_polynomial(*symbols):
        return None
    positive = False
    for powers, coefficient in sp.Poly(sp.expand(part), *symbols).terms():
        if not coefficient.is_Rational or coefficient < 0:
            return None
        positive |= all(power == 0 or strict[symbol] for symbol, power in zip(symbols, powers, strict=True))
    return ">" if positive else ">="
