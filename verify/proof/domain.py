"""The box of a proof's variables: rational points in it, and signs of rational functions on it."""

import hashlib
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import cast

import sympy as sp
from flint import arb

from theory.errors import CannotEvaluateError, InvalidProofError
from theory.formula.balls import enclose
from verify.proof.facts import Fact, Relation, Variable

Point = Mapping[sp.Symbol, Fraction | arb]
_PRECISIONS = (256, 1024, 4096)


def points(variables: tuple[Variable, ...], count: int, *, seed: int) -> Iterator[dict[sp.Symbol, Fraction]]:
    """Rational points of the box, at and near its ends and far out; the same ones for the same seed."""
    generator = random.Random(seed)
    for _ in range(count):
        yield {variable.symbol: _coordinate(variable, generator) for variable in variables}


def seed_of(*texts: object) -> int:
    """A seed that nobody chooses: it depends on everything that is being checked."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, texts)).encode()).digest()[:8], "big")


def _coordinate(variable: Variable, generator: random.Random) -> Fraction:
    low = Fraction(int(variable.low.p), int(variable.low.q))
    high = None if variable.high is None else Fraction(int(variable.high.p), int(variable.high.q))
    if variable.integer:
        first = floor(low) + 1 if variable.open_low else ceil(low)
        if high is None:
            return Fraction(
                first + generator.choice([0, 1, generator.randint(2, 20), generator.randint(20, 900)])
            )
        last = ceil(high) - 1 if variable.open_high else floor(high)
        return Fraction(generator.randint(first, last))
    ends = ((low, variable.open_low), (high, variable.open_high))
    closed = [end for end, is_open in ends if end is not None and not is_open]
    if closed and generator.random() < 1 / 8:
        return generator.choice(closed)
    inner = Fraction(generator.randint(1, 99_990), 99_991)
    if high is not None:
        return low + (high - low) * generator.choice([inner, inner / 1000, 1 - inner / 1000])
    return low + inner * generator.choice([Fraction(1, 1000), Fraction(1), Fraction(10), Fraction(400)])


def value_at(expression: sp.Expr, point: Point, *, precision: int = _PRECISIONS[0]) -> arb:
    """A ball around the value of an expression at a point."""
    return enclose(expression, point, precision=precision)


def agrees(fact: Fact, point: Point) -> bool:
    """Whether exact evaluation at a point confirms the fact.

    The precision rises until the sign is clear; a strict inequality has to be seen, an equality to hold
    within a ball of radius 1e-30, relative to its terms where these are large.
    """
    for precision in _PRECISIONS:
        try:
            value = value_at(fact.expression, point, precision=precision)
        except CannotEvaluateError as error:
            raise InvalidProofError(f"{fact} cannot be evaluated rigorously: {error}") from error
        if value < 0 or (fact.relation == "=" and value > 0):
            return False
        if value > 0:
            return True
        if fact.relation != ">" and value.is_finite():
            terms = sp.Add.make_args(fact.expression)
            size = sum((abs(value_at(term, point, precision=precision)) for term in terms), arb(1))
            if value.rad() < arb("1e-30") * size:
                return True
    return False


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
    """Closed upper ends: judge the half-open box, unless it is empty, and each upper face."""
    relations: list[Relation | None] = []
    for index, variable in enumerate(variables):
        if variable.high is None or variable.open_high:
            continue
        rest = variables[:index] + variables[index + 1 :]
        relations.append(rational_sign(expression.subs(variable.symbol, variable.high), rest))
        if variable.low == variable.high:
            break
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
        break
    if None in relations:
        return None
    return ">=" if ">=" in relations else ">"


def _coefficient_sign(part: sp.Expr, strict: Mapping[sp.Symbol, bool]) -> Relation | None:
    part = sp.expand(part)  # what cancels must not look like a polynomial
    symbols = [cast(sp.Symbol, symbol) for symbol in sorted(part.free_symbols, key=str)]
    if not symbols:
        if not part.is_Rational or part < 0:
            return None
        return ">" if part > 0 else ">="
    if not set(symbols) <= set(strict) or not part.is_polynomial(*symbols):
        return None
    positive = False
    for powers, coefficient in sp.Poly(part, *symbols).terms():
        if not coefficient.is_Rational or coefficient <= 0:
            return None
        positive |= all(power == 0 or strict[symbol] for symbol, power in zip(symbols, powers, strict=True))
    return ">" if positive else ">="
