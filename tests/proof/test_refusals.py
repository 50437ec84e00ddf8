"""Ways in which a false statement could pass: each was tried on the checker, several once succeeded."""

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    CATALOGUE,
    COUNT,
    HALF,
    ONE,
    POSITIVE,
    REAL_X,
    TOTAL,
    TWO,
    UNIT,
    ZERO,
    M,
    P,
    S,
    T,
    X,
    exactly,
    is_accepted,
    one_step,
    proof,
    ranging,
    step,
)

import verify.judge
from theory.errors import InvalidClaimError, InvalidProofError
from verify.judge import check_proofs
from verify.margin import Outcome
from verify.proof import (
    Combination,
    Covering,
    DualCertificate,
    Evident,
    Fact,
    Identity,
    Increasing,
    Induction,
    IsolatedZero,
    Known,
    Proof,
    RationalSign,
    Rising,
    SemidefiniteBound,
    Square,
    Sturm,
    SumOfSquares,
    UniqueZero,
    Variable,
    check,
)
from verify.proof.boxes import Enclosure, whole_box
from verify.proof.domain import points, rational_sign
from verify.proof.facts import rational
from verify.proof.stored import from_json, to_json

TINY = rational(Fraction(1, 10**60))


def refused(candidate: Proof, match: str | None = None) -> None:
    with pytest.raises(InvalidProofError, match=match):
        check(candidate)


def tampered(candidate: Proof, path: tuple[str | int, ...], value: Any) -> Proof:
    """The proof read from its stored form with one place changed."""
    data = json.loads(json.dumps(to_json(candidate)))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return from_json(data)


def test_a_root_of_zero_does_not_hide_a_quotient_by_zero() -> None:
    for hidden in (1 / T, sp.log(T), T ** sp.Rational(-1, 3)):
        refused(
            one_step(Fact(sp.sqrt(T) + hidden, "=", hidden + sp.sqrt(T)), Identity(), UNIT), "must be pos"
        )
    assert is_accepted(
        one_step(Fact(sp.sqrt(T) * sp.sqrt(T) + sp.sqrt(T), "=", T + sp.sqrt(T)), Identity(), UNIT)
    )


SMALL = ranging("x", sp.Rational(-1, 10**9), 1)
"""So little lies below zero that no random point finds it."""


@pytest.mark.parametrize(
    "squares",
    [
        (Square(ONE, sp.sqrt(SMALL.symbol)),),
        (Square(ONE, ONE, (SMALL.symbol,)),),
        (Square(-ONE, ONE, (-SMALL.symbol,)),),
        (Square(ONE, SMALL.symbol + HALF), Square(-ONE, SMALL.symbol), Square(-HALF / 2, ONE)),
        (Square(ONE, ONE, (SMALL.symbol - SMALL.low,)), Square(SMALL.low, ONE)),
        (Square(ONE, ONE, (SMALL.symbol - SMALL.low,)), Square(ONE, sp.sqrt(SMALL.low))),
        (Square(exactly(sp.sqrt(TWO)), sp.root(2, 4) ** -1 * sp.sqrt(SMALL.symbol)),),
        (Square(exactly(SMALL.symbol), ONE),),
        (),
    ],
    ids=[
        "√x",
        "x itself",
        "twice negative",
        "negative weights",
        "negative constant",
        "i",
        "∜2",
        "weight x",
        "none",
    ],
)
def test_squares_are_squares_of_rational_polynomials(squares: tuple[Square, ...]) -> None:
    refused(one_step(Fact(SMALL.symbol, ">="), SumOfSquares(squares), SMALL))


def test_an_imaginary_root_read_from_a_file_is_refused() -> None:
    true = one_step(Fact(X**2 + 1, ">="), SumOfSquares((Square(ONE, X), Square(ONE, ONE))), REAL_X)
    check(true)
    path = ("steps", 0, "rule", "terms", 1, "square", "root")
    with pytest.raises(InvalidProofError):
        check(tampered(true, path, {"expression": ["^", -1, "1/2"]}))
    numerator = sp.fraction(sp.together(X**2 - TINY))[0]
    terms = SumOfSquares((Square(exactly(10**60 * ONE), X), Square(ONE, ONE)))
    false = tampered(one_step(Fact(numerator, ">="), terms, REAL_X), path, {"expression": ["^", -1, "1/2"]})
    refused(false, "outside the functions")


def test_what_stands_for_something_may_change_with_the_variable() -> None:
    """f = x − c·(…) rises along x where S = x² is held by a citation, but not where x moves alone."""
    small = rational(Fraction(1, 10**14))
    function = P - small * (S**2 * P - 2 * S * P**3 / 3 + P**5 / 5)
    assert sp.expand(function.subs(S, P**2)).subs(P, 10**5) < 0
    steps = (
        step("definition", Fact(S, "=", P**2), Known("the definition of the total")),
        step("one", Fact(ONE, ">"), Evident()),
        step("tied", Fact(-small * (S - P**2), "="), Combination(((-small, "definition"),))),
        step(
            "slope",
            Fact(ONE, ">", small * (S - P**2) ** 2),
            Combination(((ONE, "one"), ("tied", "definition"))),
        ),
        step("start", Fact(ZERO, "=", ZERO), Identity()),
        step("goal", Fact(function, ">"), Rising(P, "slope", "start")),
    )
    refused(proof(*steps, variables=(POSITIVE, TOTAL)), "may change with p")


def test_induction_and_isolation_do_not_follow_a_citation_either() -> None:
    base, forth = step("base", Fact(S, ">="), Evident()), step("next", Fact(ZERO, ">="), RationalSign())
    goal = step("goal", Fact(S, ">="), Induction(M, "base", "next"))
    refused(proof(base, forth, goal, variables=(COUNT, TOTAL)), "may change with m")
    slope, sign = step("slope", Fact(ONE, ">"), Evident()), step("sign", Fact(S + 1, ">"), Evident())
    zero = step("zero", UniqueZero(X, X, -1 - S, 1 + S), IsolatedZero("slope", "sign", "sign"))
    refused(proof(slope, sign, zero, variables=(REAL_X, TOTAL)), "may change with x")


def test_contradicting_citations_show_nothing_of_free_variables() -> None:
    steps = (
        step("larger", Fact(S, ">=", T), Known("one theorem")),
        step("smaller", Fact(HALF, ">=", S), Known("another theorem")),
        step("goal", Fact(HALF, ">=", T), Combination(((ONE, "larger"), (ONE, "smaller")))),
    )
    refused(proof(*steps, variables=(UNIT, TOTAL)), "not confirmed")


@pytest.mark.parametrize("theorem", ["", " ", ":", ": hidden", "\t: x"])
def test_a_citation_does_not_hide_its_name(theorem: str) -> None:
    order = step("order", Fact(S, ">=", X**2), Known(theorem))
    goal = step("goal", Fact(2 * S, ">=", 2 * X**2), Combination(((TWO, "order"),)))
    refused(proof(order, goal, variables=(TOTAL, REAL_X)), "name the theorem|text of one line")


def test_a_goal_is_not_merely_cited() -> None:
    refused(one_step(Fact(X**2 + 1, ">"), Known("Gauss"), REAL_X), "only cited")


def test_a_claim_that_is_cited_is_rested_on() -> None:
    order = step("order", Fact(S, ">=", X**2), Known("claim chain/cost-of-a-product: S ≥ x²"))
    goal = step("goal", Fact(2 * S, ">=", 2 * X**2), Combination(((TWO, "order"),)))
    loose = proof(order, goal, variables=(TOTAL, REAL_X))
    refused(loose, "does not rest on them")
    refused(replace(loose, rests_on=("chain/unequal-decays",)), "does not rest on them")
    check(replace(loose, rests_on=("chain/cost-of-a-product",)))


@pytest.mark.parametrize("name", ["1/2", "3", "-1", "pi", "e", "log", "+", "", "a b", "x\n", "²"])
def test_a_variable_has_a_word_for_a_name(name: str) -> None:
    strange = Variable(sp.Symbol(name, real=True), "a number in disguise", ZERO, ONE)
    refused(one_step(Fact(strange.symbol + 1, ">", sp.Rational(1, 4)), RationalSign(), strange))


@dataclass(frozen=True)
class TrustMe:
    """A rule of one's own, which believes everything."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        return "trust me"

    def check(self, fact: object, context: object) -> None:
        return


class BelievingSturm(Sturm):
    def check(self, fact: object, context: object) -> None:
        return


class Chameleon(Proof):
    """A proof whose steps are others each time that they are looked at."""

    looks = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "steps":
            Chameleon.looks += 1
            return (
                CATALOGUE["Sturm"].steps if Chameleon.looks % 2 else (step("goal", Fact(-X, ">"), Sturm()),)
            )
        return super().__getattribute__(name)


class AnyName(str):
    """A name that equals every other."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


class RosyFact(Fact):
    @property
    def expression(self) -> sp.Expr:
        return ONE


def test_no_code_of_a_proof_runs() -> None:
    false = Fact(X**2, ">", ONE)
    for rule in (TrustMe(), BelievingSturm()):
        refused(one_step(false, rule, REAL_X), "no rule of proofs")
    refused(one_step(RosyFact(X**2, ">", ONE), Evident(), REAL_X), "no statement")
    odd = step(AnyName("goal"), false, Combination(((ONE, AnyName("goal")),)))
    refused(proof(odd, variables=(REAL_X,)), "text of one line")
    whole = CATALOGUE["Sturm"]
    moving = Chameleon(whole.title, whole.variables, whole.steps, whole.goals)
    evidence = check_proofs((moving,))
    assert (evidence.outcome is Outcome.HOLDS) == (Chameleon.looks == 1)


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


def test_a_crash_is_a_refusal() -> None:
    whole = CATALOGUE["Sturm"]
    for broken in (
        replace(whole, steps=(replace(whole.steps[0], fact=None),)),  # pyright: ignore[reportArgumentType]
        replace(whole, variables=(None,)),  # pyright: ignore[reportArgumentType]
        replace(whole, steps=None),  # pyright: ignore[reportArgumentType]
        replace(whole, goals=None),  # pyright: ignore[reportArgumentType]
        replace(whole, goals=((),)),  # pyright: ignore[reportArgumentType]
        None,
        "a proof",
    ):
        with pytest.raises(InvalidProofError):
            check(broken)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("field", ["title", "name", "because", "meaning", "goals"])
def test_no_text_prints_lines_of_its_own(field: str) -> None:
    lie = "x\n ∎ goal: 1 = 2"
    whole = CATALOGUE["Sturm"]
    changed = {
        "title": replace(whole, title=lie),
        "name": replace(whole, steps=(replace(whole.steps[0], name=lie),), goals=(lie,)),
        "because": replace(whole, steps=(replace(whole.steps[0], because=lie),)),
        "meaning": replace(whole, variables=(replace(REAL_X, meaning=lie),)),
        "goals": replace(whole, rests_on=(lie,)),
    }
    refused(changed[field], "text of one line")


def test_huge_powers_are_not_written_out() -> None:
    true = one_step(Fact(X**2 + 1, ">"), Sturm(), REAL_X)
    power = ["^", ["^", 10, 3000], 3000]
    for tree in (power, ["^", 10, 10**9], ["^", "x", 10**9], ["^", ["^", 2, "9999/2"], 9999], 10**5000):
        with pytest.raises(InvalidProofError):
            check(tampered(true, ("steps", 0, "statement", "left"), {"expression": tree}))


def foundation(*rests_on: str, **changes: Any) -> SimpleNamespace:
    proofs = (replace(CATALOGUE["Sturm"], rests_on=rests_on),)
    return SimpleNamespace(**{"proofs": proofs, "certified_on": "", **changes})


@pytest.mark.parametrize(
    ("ledger", "complaint"),
    [
        ({"a": foundation("b"), "b": foundation("a")}, "rests on itself"),
        ({"a": foundation("a")}, "rests on itself"),
        ({"a": foundation("b"), "b": foundation("c"), "c": foundation(proofs=())}, "c, which has no proof"),
        ({"a": foundation("b"), "b": foundation(certified_on="m ≤ 9")}, "b, which has no proof of all"),
        ({"a": foundation("b"), "b": foundation(proofs=(CATALOGUE["covering"],))}, "on a box only"),
        ({"a": foundation("nobody")}, "the ledger does not have"),
    ],
    ids=["cycle", "itself", "two floors down", "certified", "covering", "unknown"],
)
def test_foundations_reach_the_ground(
    ledger: dict[str, SimpleNamespace], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(claim: str) -> SimpleNamespace:
        if claim not in ledger:
            raise InvalidClaimError(f"unknown claim {claim!r}")
        return ledger[claim]

    monkeypatch.setattr(verify.judge, "load", load)
    evidence = check_proofs((replace(CATALOGUE["identity"], rests_on=("a",)),))
    assert evidence.outcome is not Outcome.HOLDS
    assert complaint in evidence.summary


def test_a_sound_foundation_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = {"a": foundation("b", "c"), "b": foundation("c"), "c": foundation()}
    monkeypatch.setattr(verify.judge, "load", ledger.__getitem__)
    assert check_proofs((replace(CATALOGUE["identity"], rests_on=("a", "b")),)).outcome is Outcome.HOLDS
