"""Variables, their ranges and values: no number in disguise, no empty range, no point outside."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    HALF,
    ONE,
    POSITIVE,
    REAL_X,
    TWO,
    ZERO,
    P,
    X,
    is_accepted,
    one_step,
    proof,
    ranging,
    step,
)
from refusals import refused

from theory.errors import InvalidProofError
from verify.proof import (
    Combination,
    Covering,
    DualCertificate,
    Evident,
    Fact,
    Increasing,
    RationalSign,
    SemidefiniteBound,
    Square,
    Sturm,
    SumOfSquares,
    Variable,
    check,
)
from verify.proof.boxes import Enclosure, whole_box
from verify.proof.domain import points, rational_sign
from verify.proof.facts import rational

TINY = rational(Fraction(1, 10**60))


@pytest.mark.parametrize("name", ["1/2", "3", "-1", "pi", "e", "log", "+", "", "a b", "x\n", "²"])
def test_a_variable_has_a_word_for_a_name(name: str) -> None:
    strange = Variable(sp.Symbol(name, real=True), "a number in disguise", ZERO, ONE)
    refused(one_step(Fact(strange.symbol + 1, ">", sp.Rational(1, 4)), RationalSign(), strange))


def test_symbols_are_those_of_the_variables() -> None:
    for stranger in (sp.Symbol("x", positive=True), sp.Dummy("x", real=True), sp.Symbol("x")):
        refused(one_step(Fact(stranger**2 + 1, ">"), Evident(), REAL_X), "no range")
    hidden = sp.Symbol("y", real=True)
    rule = SumOfSquares((Square(ONE, X + hidden), Square(ONE, ONE)))
    refused(one_step(Fact(X**2 + 1, ">"), rule, REAL_X), "no range")
    dummy = sp.Dummy("x", real=True)
    refused(one_step(Fact(dummy**2 + 1, ">"), Sturm(), Variable(dummy, "x", ZERO)), "no plain symbol")


def test_complex_numbers_turn_nothing_round() -> None:
    """exp(x + iπ) = −exp(x), so that adding iπ to both sides would reverse an inequality."""
    turn = sp.I * sp.pi
    steps = (
        step("gap", Fact(P, ">"), Evident()),
        step("goal", Fact(ONE, ">", sp.exp(P)), Increasing("exp", P + turn, turn, "gap")),
    )
    refused(proof(*steps, variables=(POSITIVE,)), "outside the functions")


@pytest.mark.parametrize("value", [sp.nan, sp.oo, -sp.oo, sp.zoo, sp.I, sp.Float(1.0), sp.Abs(X), sp.true])
def test_what_is_no_exact_real_number_is_refused(value: Any) -> None:
    for build in (
        lambda: one_step(Fact(value, ">"), Evident(), REAL_X),
        lambda: one_step(Fact(X**2 + 1, ">", -value), Sturm(), REAL_X),
        lambda: one_step(Fact(X + 99, ">"), Combination(((value, "goal"),)), REAL_X),
        lambda: one_step(SemidefiniteBound(((ONE,),), (), value), DualCertificate(())),
        lambda: one_step(
            SemidefiniteBound(((ONE,),), ((((ONE,),), ">=", value),), ZERO), DualCertificate((ONE,))
        ),
        lambda: one_step(SemidefiniteBound(((value,),), (), ZERO), DualCertificate(())),
        lambda: one_step(Fact(X + 99, ">"), Sturm(), replace(REAL_X, low=value)),
    ):
        with pytest.raises((InvalidProofError, TypeError, AttributeError)):
            check(build())


@pytest.mark.parametrize(
    ("low", "high", "open_low", "open_high"),
    [
        (0, 1, True, True),
        (0, HALF, True, False),
        (sp.Rational(1, 3), HALF, False, False),
        (2, 1, False, False),
    ],
)
def test_no_integer_range_is_empty(low: Any, high: Any, open_low: bool, open_high: bool) -> None:
    with pytest.raises(InvalidProofError, match="empty"):
        ranging("k", low, high, open_low=open_low, open_high=open_high, integer=True)


def test_ranges_of_one_point() -> None:
    point = ranging("x", 2, 2)
    x = point.symbol
    assert rational_sign(x - 2, (point,)) == ">="
    assert rational_sign(x - 1, (point,)) == ">"
    assert rational_sign(x - 3, (point,)) is None
    assert is_accepted(one_step(Fact(x, ">=", TWO), Sturm(), point))
    for rule in (Sturm(), RationalSign(), Covering(".")):
        assert not is_accepted(one_step(Fact(x, ">", TWO), rule, point))
        assert not is_accepted(one_step(Fact(x, ">=", TWO + TINY), rule, point))


def test_points_reach_closed_ends_and_no_open_ones() -> None:
    both, neither = ranging("a", 0, 1), ranging("b", 0, 1, open_low=True, open_high=True)
    seen = list(points((both, neither), 200, seed=3))
    assert {0, 1} <= {point[both.symbol] for point in seen}
    assert not {0, 1} & {point[neither.symbol] for point in seen}


def test_the_mean_value_form_stays_off_singularities() -> None:
    """The slopes of log x − log 2x cancel; over a box that holds zero they say nothing about the values."""
    centred = ranging("x", -1, 1)
    x = centred.symbol
    function = sp.log(x) - sp.log(2 * x, evaluate=False)
    assert sp.diff(function, x) == 0
    box = whole_box((x,), (centred,))
    assert not Enclosure(function, (x,)).over(box).is_finite()
    for hole in (1 / x, sp.log(x) + 5, x ** sp.Rational(1, 3) + 2, sp.sqrt(x) + 1):
        assert not is_accepted(one_step(Fact(hole + 100, ">"), Covering("0.."), centred))
