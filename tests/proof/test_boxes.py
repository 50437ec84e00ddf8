"""Boxes, bisections and enclosures: nothing of a box is left out, and no value escapes its ball."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sympy as sp
from flint import fmpq
from proof_catalogue import COUNT, HALF, ONE, REAL_X, UNIT, ZERO, T, X, is_accepted, one_step, ranging

from theory.errors import CannotEvaluateError, InvalidProofError
from theory.formula.balls import enclose
from verify.proof import Covering, Evident, Fact, Variable, check
from verify.proof.boxes import Enclosure, Interval, leaves_of, split, whole_box
from verify.proof.domain import value_at
from verify.proof.rules import Context

A, B = ranging("a", -2, 3), ranging("b", HALF, 2)
K = ranging("k", -2, 5, open_low=True, integer=True)
SYMBOLS = (A.symbol, B.symbol, K.symbol)


def some_tree(random: Random, box: tuple[Interval, ...], depth: int = 0) -> str:
    """A random bisection that splits only what can be split."""
    sides = [index for index, side in enumerate(box) if side.low < side.high]
    if depth == 7 or not sides or random.random() < 0.2:
        return "."
    index = random.choice(sides)
    first, second = split(box, index)
    return str(index) + some_tree(random, first, depth + 1) + some_tree(random, second, depth + 1)


def contains(box: tuple[Interval, ...], point: list[Fraction]) -> bool:
    return all(side.low <= value <= side.high for side, value in zip(box, point, strict=True))


def some_point(random: Random, box: tuple[Interval, ...]) -> list[Fraction]:
    return [
        Fraction(random.randint(int(side.low), int(side.high)))
        if side.integer
        else random.choice(
            [side.low, side.high, side.low + (side.high - side.low) * Fraction(random.randint(0, 97), 97)]
        )
        for side in box
    ]


@pytest.mark.parametrize("seed", range(25))
def test_the_leaves_of_a_bisection_cover_the_box(seed: int) -> None:
    random = Random(seed)
    whole = whole_box(SYMBOLS, (A, B, K))
    leaves = list(leaves_of(some_tree(random, whole), whole))
    for _ in range(60):
        point = some_point(random, whole)
        assert any(contains(leaf, point) for leaf in leaves)


@pytest.mark.parametrize("tree", ["", "0", "0.", "0...", "..", "3..", "9..", "x", "٠..", " .", "0. .", ".\n"])
def test_what_is_no_bisection_is_refused(tree: str) -> None:
    with pytest.raises(InvalidProofError):
        list(leaves_of(tree, whole_box(SYMBOLS, (A, B, K))))


def test_integers_are_halved_between_them() -> None:
    low, high = whole_box((K.symbol,), (K,))[0].halves()
    assert [(side.low, side.high) for side in (low, high)] == [(-2, 1), (2, 5)]
    single = Interval(Fraction(2), Fraction(2), True)
    with pytest.raises(InvalidProofError, match="no halves"):
        single.halves()
    assert Interval(Fraction(-3), Fraction(-2), True).halves()[0].high == -3


def test_a_range_without_end_has_no_box() -> None:
    with pytest.raises(InvalidProofError, match="no upper end"):
        whole_box((X,), (REAL_X,))


EXPRESSIONS: list[Any] = [
    A.symbol**3 - A.symbol * B.symbol + K.symbol,
    sp.exp(A.symbol) / B.symbol - sp.cos(K.symbol * A.symbol),
    sp.log(B.symbol) * A.symbol**2 - sp.sqrt(B.symbol) ** 3,
    (A.symbol**2 + 1) ** sp.Rational(-1, 3) * sp.sin(B.symbol) + 2**K.symbol,
    B.symbol**A.symbol - (A.symbol - B.symbol) ** 2 / (1 + A.symbol**2),
]


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_no_value_escapes_the_enclosure(expression: sp.Expr, seed: int) -> None:
    random = Random(seed)
    symbols = tuple(symbol for symbol in SYMBOLS if symbol in expression.free_symbols)
    whole = whole_box(symbols, (A, B, K))
    enclosure = Enclosure(expression, symbols)
    for leaf in list(leaves_of(some_tree(random, whole), whole))[:6]:
        ball = enclosure.over(leaf)
        for _ in range(8):
            value = value_at(expression, dict(zip(symbols, some_point(random, leaf), strict=True)))
            assert ball.overlaps(value), f"{value} is not in {ball} for {leaf}"


def test_powers_of_intervals_around_zero() -> None:
    around = (Interval(Fraction(-1), Fraction(1)),)
    for power in range(1, 9):
        ball = Enclosure(A.symbol**power, (A.symbol,)).over(around)
        assert ball.contains(1)
        assert ball.contains((-1) ** power)
        assert ball.is_finite()
        assert ball > (-2 if power % 2 else fmpq(-1, 100))
    assert not Enclosure(A.symbol**-2, (A.symbol,)).over(around).is_finite()


def test_the_mean_value_form_is_sharper_on_a_small_box() -> None:
    """(a − b)² − a² + 2ab is b², which varies by 0.02 where its terms vary by three times as much."""
    function = (A.symbol - B.symbol) ** 2 - A.symbol**2 + 2 * A.symbol * B.symbol - 1
    side = Interval(Fraction(1), Fraction(101, 100))
    box = (side, side)
    natural = enclose(function, dict(zip(SYMBOLS, [side.ball, side.ball], strict=False)))
    sharper = Enclosure(function, (A.symbol, B.symbol)).over(box)
    assert natural.rad() > fmpq(3, 100)
    assert sharper.rad() < fmpq(11, 1000)


def slack_of(fact: Fact, tree: str, *variables: Variable) -> float:
    return float(Covering(tree).slack(fact, Context(variables, {})))


def test_a_covering_reports_its_boxes_and_smallest_slack() -> None:
    checked = check(one_step(Fact(T + 1, ">", HALF), Covering("0.."), UNIT))
    assert (checked.boxes, checked.is_exact) == (2, False)
    assert 0.49 < checked.slack <= 0.5
    assert 0.49 < slack_of(Fact(T + 1, ">", HALF), ".", UNIT) <= 0.5


@pytest.mark.parametrize(
    ("fact", "variables"),
    [
        (Fact(T, ">"), (UNIT,)),
        (Fact(T + 1, "=", T + 1), (UNIT,)),
        (Fact(ONE, ">"), (UNIT,)),
        (Fact(X + 11, ">"), (REAL_X,)),
        (Fact(COUNT.symbol, ">"), (COUNT,)),
        (Fact(sp.sqrt(T) + 1, ">"), (UNIT,)),
        (Fact(1 / T, ">"), (ranging("t", 0, 1, open_low=True),)),
    ],
    ids=str,
)
def test_a_covering_refuses(fact: Fact, variables: tuple[Variable, ...]) -> None:
    assert not is_accepted(one_step(fact, Covering("0.."), *variables))
    assert not is_accepted(one_step(fact, Covering("."), *variables))


def test_integers_between_which_an_inequality_fails() -> None:
    """(k − ½)² > ¹⁄₈ fails between the integers only: a covering down to single integers shows it."""
    k = K.symbol
    fact = Fact((k - HALF) ** 2, ">", ONE / 8)
    box = whole_box((k,), (K,))

    def single(side: Interval) -> str:
        return "." if side.low == side.high else "0" + "".join(single(half) for half in side.halves())

    assert is_accepted(one_step(fact, Covering(single(box[0])), K))
    assert not is_accepted(one_step(fact, Covering("0.."), K))
    real = Variable(sp.Symbol("k", real=True), "k", K.low, K.high)
    assert not is_accepted(
        one_step(Fact(fact.left.subs(k, real.symbol), ">", ONE / 8), Covering("00..."), real)
    )


def test_an_unknown_function_has_no_enclosure() -> None:
    with pytest.raises(CannotEvaluateError):
        Enclosure(sp.gamma(T), (T,)).over(whole_box((T,), (UNIT,)))
    with pytest.raises(InvalidProofError, match="cannot be enclosed"):
        Covering(".").check(Fact(sp.gamma(T + 1), ">", ZERO), Context((UNIT,), {}))
    assert is_accepted(one_step(Fact(T + 1, ">"), Evident(), UNIT))
