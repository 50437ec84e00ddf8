"""Sturm's theorem and sums of squares: what follows is accepted, what does not is refused."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    COUNT,
    HALF,
    ONE,
    POSITIVE,
    REAL_X,
    REAL_Y,
    TWO,
    UNIT,
    M,
    P,
    T,
    X,
    Y,
    exactly,
    is_accepted,
    one_step,
    ranging,
)

from verify.proof import Fact, Square, Sturm, SumOfSquares, Variable
from verify.proof.facts import rational

TINY = rational(Fraction(1, 10**80))
OPEN = ranging("t", 0, 1, open_low=True, open_high=True)
HALF_OPEN = ranging("t", 0, 1, open_high=True)
OPEN_T, HALF_OPEN_T = OPEN.symbol, HALF_OPEN.symbol


@pytest.mark.parametrize(
    ("fact", "variable"),
    [
        (Fact(X**2 - X + 1, ">"), REAL_X),
        (Fact((X - 3) ** 2, ">="), REAL_X),
        (Fact((X - 3) ** 2 * (X + 10), ">="), REAL_X),
        (Fact(T * (1 - T), ">="), UNIT),
        (Fact(OPEN_T * (1 - OPEN_T), ">"), OPEN),
        (Fact(1 - HALF_OPEN_T**2, ">"), HALF_OPEN),
        (Fact(1 / P + P, ">=", TWO), POSITIVE),
        (Fact(P / (1 + P**2), ">"), POSITIVE),
        (Fact(-1 / (1 + X**2), ">=", -ONE), REAL_X),
        (Fact((T - HALF) ** 2, ">=", -TINY), UNIT),
        (Fact(M**3, ">=", M), COUNT),
        (Fact(T, ">=", -T), UNIT),
    ],
    ids=str,
)
def test_sturm_accepts(fact: Fact, variable: Variable) -> None:
    assert is_accepted(one_step(fact, Sturm(), variable))


@pytest.mark.parametrize(
    ("fact", "variable"),
    [
        (Fact((X - 3) ** 2, ">"), REAL_X),
        (Fact((X - 3) ** 2, ">=", TINY), REAL_X),
        (Fact((X - 3) ** 3, ">="), REAL_X),
        (Fact(X + 10, ">"), REAL_X),
        (Fact(X + 10 - TINY, ">="), REAL_X),
        (Fact(T * (1 - T), ">"), UNIT),
        (Fact(HALF_OPEN_T * (1 - HALF_OPEN_T), ">"), HALF_OPEN),
        (Fact(1 - T - TINY, ">="), UNIT),
        (Fact(-((X - 3) ** 2), ">="), REAL_X),
        (Fact(-X - 10, ">="), REAL_X),
        (Fact(1 / P + P, ">", TWO), POSITIVE),
        (Fact(-1 / (1 + X**2), ">"), REAL_X),
        (Fact(X**2 + X + 1, "="), REAL_X),
        (Fact(1 + X**2 + Y**2, ">"), REAL_X),
        (Fact(X**2 + sp.sqrt(2), ">"), REAL_X),
        (Fact(sp.exp(X), ">"), REAL_X),
        (Fact(ONE, ">"), REAL_X),
        (Fact(sp.sqrt(P), ">"), POSITIVE),
        (Fact(TWO**M, ">"), COUNT),
    ],
    ids=str,
)
def test_sturm_refuses(fact: Fact, variable: Variable) -> None:
    assert not is_accepted(one_step(fact, Sturm(), variable))
    assert not is_accepted(one_step(fact, Sturm(), variable, REAL_Y))


def test_sturm_sees_a_pole_that_no_point_meets() -> None:
    pole = 1 / (X - rational(Fraction(1, 10**9 + 7)))
    assert not is_accepted(one_step(Fact(pole**2, ">"), Sturm(), REAL_X))
    assert not is_accepted(one_step(Fact(pole + 10**30, ">"), Sturm(), REAL_X))


THREE_QUARTERS, THIRD, SEVENTH = (rational(Fraction(*pair)) for pair in ((3, 4), (1, 3), (1, 7)))


@pytest.mark.parametrize(
    ("fact", "terms"),
    [
        (Fact(X**2 + T**2 + 1, ">", X * T), ((ONE, X - T / 2), (THREE_QUARTERS, T), (ONE, ONE))),
        (Fact(X**2, ">=", 2 * X - 1), ((ONE, X - 1),)),
        (Fact((X - 1) ** 2 / (X + 11), ">="), ((ONE, X - 1),)),
        (Fact(X + 10, ">="), ((ONE, ONE, (X + 10,)),)),
        (Fact(T - T**3, ">="), ((ONE, ONE, (T, 1 - T)), (ONE, T, (1 - T,)))),
        (Fact(1 - T + T**2, ">"), ((ONE, T - HALF), (THREE_QUARTERS, ONE))),
        (
            Fact(X**2 / 3, ">=", -T / 7),
            ((THIRD, X), (SEVENTH, ONE, (T,))),
        ),
    ],
    ids=str,
)
def test_sums_of_squares_are_accepted(fact: Fact, terms: tuple[Any, ...]) -> None:
    rule = SumOfSquares(tuple(Square(*term) for term in terms))
    assert is_accepted(one_step(fact, rule, REAL_X, UNIT))
    for other in (Fact(fact.left, ">=", fact.right + TINY), Fact(fact.left, "=", fact.right)):
        assert not is_accepted(one_step(other, rule, REAL_X, UNIT))
    fewer = SumOfSquares(rule.terms[1:])
    assert not is_accepted(one_step(fact, fewer, REAL_X, UNIT))


@pytest.mark.parametrize(
    "square",
    [
        Square(exactly(-ONE), X),
        Square(exactly(sp.pi), X),
        Square(ONE, X, (X,)),
        Square(ONE, X, (11 - X,)),
        Square(ONE, sp.exp(X)),
        Square(ONE, 1 / (X + 11)),
        Square(ONE, sp.sqrt(2) * X),
        Square(ONE, X + Y),
    ],
    ids=str,
)
def test_sums_of_other_things_are_refused(square: Square) -> None:
    assert not is_accepted(one_step(Fact(square.expression, ">="), SumOfSquares((square,)), REAL_X))


def test_a_strict_inequality_needs_a_constant() -> None:
    square, constant = Square(ONE, X), Square(TINY, ONE)
    assert is_accepted(one_step(Fact(X**2 + TINY, ">"), SumOfSquares((square, constant)), REAL_X))
    assert not is_accepted(one_step(Fact(X**2, ">"), SumOfSquares((square,)), REAL_X))
    distance = Square(TINY, ONE, (X + 10,))
    assert not is_accepted(
        one_step(Fact(X**2 + TINY * (X + 10), ">"), SumOfSquares((square, distance)), REAL_X)
    )


def test_a_quotient_needs_a_positive_denominator() -> None:
    terms = SumOfSquares((Square(ONE, X - 1),))
    for denominator in (X, X - 11, X + 9, -(X**2) - 1):
        assert not is_accepted(one_step(Fact((X - 1) ** 2 / denominator, ">="), terms, REAL_X))
