"""Every rule of the proof checker accepts what follows and refuses what does not."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from theory.errors import InvalidProofError
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Known,
    Proof,
    RationalSign,
    Rising,
    Step,
    Variable,
    check,
)
from verify.proof.domain import points, rational_sign
from verify.proof.identity import vanishes
from verify.proof.rules import Context

X = sp.Symbol("x", positive=True)
Y = sp.Symbol("y", positive=True)
T = sp.Symbol("t", nonnegative=True)
ZERO, ONE = sp.Integer(0), sp.Integer(1)
POSITIVE_X = Variable(X, "x", ZERO, open_low=True)
POSITIVE_Y = Variable(Y, "y", ZERO, open_low=True)
UNIT_T = Variable(T, "t", ZERO, ONE, open_high=True)


def prove(
    *steps: Step, variables: tuple[Variable, ...] = (POSITIVE_X, POSITIVE_Y), goals: tuple[str, ...] = ()
) -> None:
    check(Proof("a test", variables, steps, goals or (steps[-1].name,)))


def step(name: str, fact: Fact, rule: object) -> Step:
    return Step(name, fact, rule, "a test")  # pyright: ignore[reportArgumentType]


def test_a_true_identity_is_accepted() -> None:
    prove(step("square", Fact((X + Y) ** 2, "=", X**2 + 2 * X * Y + Y**2), Identity()))
    prove(step("powers", Fact((X / (X + 1)) ** (1 / Y) * (X + 1) ** (1 / Y), "=", X ** (1 / Y)), Identity()))
    prove(step("exponentials", Fact(sp.exp(X) * sp.exp(-X - Y), "=", sp.exp(-Y)), Identity()))


@pytest.mark.parametrize(
    "fact",
    [
        Fact((X + Y) ** 2, "=", X**2 + Y**2),
        Fact(X, "=", X + sp.Rational(1, 10**40)),
        Fact(sp.exp(X + Y), "=", sp.exp(X) + sp.exp(Y)),
        Fact(sp.log(X * Y), "=", sp.log(X) * sp.log(Y)),
        Fact(sp.sqrt(X**2 + Y**2), "=", X + Y),
    ],
)
def test_a_false_identity_is_refused(fact: Fact) -> None:
    with pytest.raises(InvalidProofError, match="does not reduce"):
        prove(step("false", fact, Identity()))


def test_signs_of_rational_functions() -> None:
    prove(step("sum", Fact(X / (X + Y), ">"), RationalSign()))
    prove(step("unit", Fact(1 - T, ">"), RationalSign()), variables=(UNIT_T,))
    for false in (Fact(X - Y, ">"), Fact(X - X, ">"), Fact(-X, ">="), Fact(X**2 - X, ">=")):
        with pytest.raises(InvalidProofError):
            prove(step("false", false, RationalSign()))


def test_the_sign_at_a_closed_end_is_not_strict() -> None:
    closed = Variable(T, "t", ZERO, ONE)
    assert rational_sign(1 - T, (closed,)) == ">="
    assert rational_sign(T, (closed,)) == ">="
    assert rational_sign(T + 1, (closed,)) == ">"
    assert rational_sign(T - sp.Rational(1, 2), (closed,)) is None


def test_a_square_is_beyond_this_rule_but_never_wrong() -> None:
    assert rational_sign((X - Y) ** 2, (POSITIVE_X, POSITIVE_Y)) is None


def test_evident_signs() -> None:
    prove(step("product", Fact(X * sp.exp(-Y), ">"), Evident()))
    prove(step("number", Fact(sp.Rational(3, 2), ">", sp.sqrt(2)), Evident()), variables=())
    for false in (
        Fact(X - Y, ">"),
        Fact(sp.sqrt(2), ">", sp.Rational(3, 2)),
        Fact(sp.sqrt(2), ">", sp.sqrt(2)),
    ):
        with pytest.raises(InvalidProofError):
            prove(step("false", false, Evident()))


def test_combinations_add_up_with_signs() -> None:
    first, second = step("x", Fact(X, ">"), Evident()), step("y", Fact(Y, ">"), Evident())
    prove(
        first,
        second,
        step("both", Fact(2 * X + 3 * Y, ">"), Combination(((sp.Integer(2), "x"), (sp.Integer(3), "y")))),
    )
    prove(first, second, step("product", Fact(X * Y, ">"), Combination((("x", "y"),))))
    refused = [
        Combination(((sp.Integer(-1), "x"), (ONE, "y"))),
        Combination(((ONE, "x"),)),
        Combination(((ONE, "x"), (ONE, "nobody"))),
        Combination(((Y, "x"), (ONE, "y"))),
    ]
    for rule in refused:
        with pytest.raises(InvalidProofError):
            prove(first, second, step("false", Fact(Y - X, ">"), rule), goals=("false",))


def test_a_weak_premise_gives_no_strict_conclusion() -> None:
    weak = step("weak", Fact(X, ">="), Evident())
    with pytest.raises(InvalidProofError, match="gives >="):
        prove(weak, step("strict", Fact(2 * X, ">"), Combination(((sp.Integer(2), "weak"),))))
    with pytest.raises(InvalidProofError, match="gives >="):
        prove(weak, step("nothing", Fact(0 * X, ">"), Combination(((ZERO, "weak"),))))


def test_increasing_functions() -> None:
    gap = step("gap", Fact(X + Y, ">", X), RationalSign())
    positive = step("positive", Fact(X, ">"), Evident())
    prove(
        gap,
        positive,
        step("log", Fact(sp.log(X + Y), ">", sp.log(X)), Increasing("log", X + Y, X, "gap", "positive")),
    )
    prove(gap, step("exp", Fact(sp.exp(X + Y), ">", sp.exp(X)), Increasing("exp", X + Y, X, "gap")))
    refused = [
        (Fact(sp.exp(X), ">", sp.exp(X + Y)), Increasing("exp", X + Y, X, "gap")),
        (Fact(sp.exp(X + Y), ">", sp.exp(Y)), Increasing("exp", X + Y, Y, "gap")),
        (Fact(sp.log(X + Y), ">", sp.log(X)), Increasing("log", X + Y, X, "gap")),
        (Fact(sp.log(X + Y), ">", sp.log(X)), Increasing("log", X + Y, X, "gap", "gap")),
        (Fact(sp.cos(X + Y), ">", sp.cos(X)), Increasing("cos", X + Y, X, "gap")),  # pyright: ignore[reportArgumentType]
    ]
    for fact, rule in refused:
        with pytest.raises(InvalidProofError):
            prove(gap, positive, step("false", fact, rule), goals=("false",))


def test_a_function_rises_from_its_start() -> None:
    t = Variable(T, "t", ZERO, open_low=True)
    start = step("start", Fact(ZERO, "="), Identity())
    slope = step("slope", Fact(sp.exp(T) - 1, ">"), Increasing("exp", T, ZERO, "t"))
    positive = step("t", Fact(T, ">"), RationalSign())
    prove(
        positive,
        slope,
        start,
        step("exp", Fact(sp.exp(T) - 1 - T, ">"), Rising(T, "slope", "start")),
        variables=(t,),
    )
    for false in (Fact(sp.exp(T) - 1 - 2 * T, ">"), Fact(sp.exp(T) - T, ">"), Fact(sp.exp(T) - 1 - T, "=")):
        with pytest.raises(InvalidProofError):
            prove(
                positive,
                slope,
                start,
                step("false", false, Rising(T, "slope", "start")),
                variables=(t,),
                goals=("false",),
            )


def test_an_integer_has_no_derivative() -> None:
    n = sp.Symbol("n", positive=True, integer=True)
    whole = Variable(n, "n", ONE, integer=True)
    slope, start = step("slope", Fact(ONE, ">"), Evident()), step("start", Fact(ONE, ">"), Evident())
    with pytest.raises(InvalidProofError, match="integer"):
        prove(slope, start, step("n", Fact(n, ">"), Rising(n, "slope", "start")), variables=(whole,))


def test_an_assumption_must_follow_from_the_range() -> None:
    with pytest.raises(InvalidProofError, match="assumes"):
        Variable(X, "x", sp.Integer(-1))
    with pytest.raises(InvalidProofError, match="assumes"):
        Variable(X, "x", ZERO)
    with pytest.raises(InvalidProofError, match="assumes"):
        Variable(sp.Symbol("k", integer=True), "k", ONE)
    with pytest.raises(InvalidProofError, match="assumes"):
        Variable(sp.Symbol("k", positive=True, even=True), "k", ONE, integer=True)


def test_undefined_expressions_are_refused() -> None:
    with pytest.raises(InvalidProofError, match="must be positive"):
        prove(step("log", Fact(sp.log(X - Y), "=", sp.log(X - Y)), Identity()))
    with pytest.raises(InvalidProofError, match="must be positive"):
        prove(step("quotient", Fact(1 / (X - Y), "=", 1 / (X - Y)), Identity()))


def test_a_free_symbol_needs_a_range() -> None:
    with pytest.raises(InvalidProofError, match="no range"):
        prove(step("stranger", Fact(sp.Symbol("z", positive=True), ">"), Evident()))


def test_idle_steps_and_missing_goals_are_refused() -> None:
    first, second = step("x", Fact(X, ">"), Evident()), step("y", Fact(Y, ">"), Evident())
    with pytest.raises(InvalidProofError, match="lead nowhere"):
        prove(first, second)
    with pytest.raises(InvalidProofError, match="goals"):
        prove(first, goals=("x", "absent"))
    with pytest.raises(InvalidProofError, match="no goal"):
        check(Proof("empty", (), (), ()))


def test_a_cited_fact_must_name_its_theorem_and_be_possible() -> None:
    with pytest.raises(InvalidProofError, match="name the theorem"):
        prove(step("cited", Fact(X, ">", Y), Known("")))
    with pytest.raises(InvalidProofError, match="not confirmed"):
        prove(step("cited", Fact(-X, ">"), Known("an impossible theorem")))
    with pytest.raises(InvalidProofError, match="not confirmed"):
        prove(step("cited", Fact(X, ">", Y), Known("a theorem that holds only for some x and y")))
    with pytest.raises(InvalidProofError, match="says nothing"):
        prove(
            step("cited", Fact(-X, ">"), Known("impossible")),
            variables=(replace(POSITIVE_X, stands_for=True),),
        )


def test_a_citation_constrains_only_what_stands_for_something() -> None:
    standing = (replace(POSITIVE_X, stands_for=True), POSITIVE_Y)
    prove(
        step("cited", Fact(X, ">", Y), Known("some order")),
        step("sum", Fact(2 * X, ">", 2 * Y), Combination(((sp.Integer(2), "cited"),))),
        variables=standing,
    )
    prove(
        step("defined", Fact(X, "=", sp.exp(-Y)), Known("a definition")),
        step("twice", Fact(2 * X, "=", 2 * sp.exp(-Y)), Combination(((sp.Integer(2), "defined"),))),
        variables=standing,
    )


VANISHING = (X + 1) ** 2 - X**2 - 2 * X - 1
"""Identically zero, but not to SymPy's eye."""


@pytest.mark.parametrize(
    "steps",
    [
        [step("zero", Fact(VANISHING, ">"), RationalSign())],
        [step("pole", Fact(1 / VANISHING, ">"), RationalSign())],
        [
            step("zero", Fact(VANISHING, "="), Identity()),
            step("hundred", Fact(sp.Integer(100), ">"), Evident()),
            step(
                "lie",
                Fact(sp.Integer(100), ">", Y),
                Combination(((-Y / VANISHING, "zero"), (ONE, "hundred"))),
            ),
        ],
        [step("tiny", Fact(sp.expand((1 - sp.sqrt(2)) ** 121), ">="), RationalSign())],
        [step("unevaluated", Fact(sp.Pow(sp.E, X, evaluate=False), "=", sp.exp(sp.E)), Identity())],
    ],
    ids=["cancelling", "cancelling pole", "undefined multiplier", "tiny negative", "unevaluated power of e"],
)
def test_known_tricks_are_refused(steps: list[Step]) -> None:
    with pytest.raises(InvalidProofError):
        prove(*steps)


def test_a_function_that_jumps_at_its_start_is_refused() -> None:
    s = sp.Symbol("s", positive=True)
    unit = Variable(s, "s", ZERO, ONE, open_low=True, open_high=True)
    wild = s ** (1 / sp.sqrt(1 + sp.log(s) ** 2))
    facts = {"start": Fact(ONE, ">"), "slope": Fact(sp.diff(wild, s), ">")}
    assert wild.subs(s, 0) == 1  # while the limit is 1/e: substitution alone would be fooled
    with pytest.raises(InvalidProofError, match="not defined where s starts"):
        Rising(s, "slope", "start").check(Fact(wild, ">"), Context((unit,), facts))


@pytest.mark.parametrize("relation", ["<", "!=", "", "≥"])
def test_unknown_relations_are_refused(relation: str) -> None:
    with pytest.raises(InvalidProofError, match="unknown"):
        Fact(X, relation)  # pyright: ignore[reportArgumentType]


def test_empty_ranges_and_double_variables_are_refused() -> None:
    u = sp.Symbol("u", real=True)
    k = sp.Symbol("k", integer=True)
    for empty in (
        {"low": ONE, "high": ZERO},
        {"low": ONE, "high": ONE, "open_low": True},
    ):
        with pytest.raises(InvalidProofError, match="empty"):
            Variable(u, "u", **empty)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProofError, match="empty"):
        Variable(k, "k", ONE / 4, ONE / 2, integer=True)
    twice = (Variable(u, "u", ONE), Variable(u, "u", sp.Integer(-5)))
    with pytest.raises(InvalidProofError, match="twice"):
        prove(step("u", Fact(u, ">"), RationalSign()), variables=twice)


def test_a_function_of_unknown_domain_is_refused() -> None:
    with pytest.raises(InvalidProofError, match="outside the functions"):
        prove(step("gamma", Fact(sp.gamma(X), ">"), Evident()))


def test_points_are_rational_and_in_the_box() -> None:
    n = sp.Symbol("n", positive=True, integer=True)
    whole = Variable(n, "n", sp.Integer(2), integer=True)
    for point in points((POSITIVE_X, UNIT_T, whole), 30, seed=1):
        assert all(isinstance(value, Fraction) for value in point.values())
        assert point[X] > 0
        assert 0 <= point[T] < 1
        assert point[n] >= 2
        assert point[n].denominator == 1


def test_vanishing_needs_both_ways_to_agree() -> None:
    assert vanishes(sp.sin(X) ** 2 + sp.cos(X) ** 2 - 1, (POSITIVE_X,))
    assert not vanishes(X - Y, (POSITIVE_X, POSITIVE_Y))
