"""Margins never guess, and a verdict never says more than its evidence."""

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InvalidClaimError, OutOfDomainError
from verify.claim import Claim, Run
from verify.evidence import Evidence, overall, worst_of
from verify.instance import decode, encode, stream_seed
from verify.judge import judge
from verify.margin import Margin, Outcome
from verify.report.phrases import one_line
from verify.verdict import Verdict, decide

HOLDS, CLOSE, FAILS = Outcome.HOLDS, Outcome.CLOSE, Outcome.FAILS


def evidence(kind: Any, outcome: Outcome, *, witness: dict[str, Any] | None = None) -> Evidence:
    return Evidence(kind=kind, outcome=outcome, summary=f"{kind} {outcome.value}", witness=witness)


@pytest.mark.parametrize(
    ("margin", "outcome"),
    [
        (Margin(1.0, 0.5), HOLDS),
        (Margin(0.5, 0.5), CLOSE),
        (Margin(-0.5, 0.5), CLOSE),
        (Margin(-0.6, 0.5), FAILS),
        (Margin.exact(Fraction(-1, 10**400)), FAILS),
        (Margin.exact(Fraction(1, 10**400)), HOLDS),
        (Margin.exact(0), CLOSE),
        (Margin.exact(-(10**400)), FAILS),
        (Margin.of_ball(arb("1e-300")), HOLDS),
        (Margin.of_ball(arb(0, 1)), CLOSE),
        (Margin.of_ball(arb(-1, 0.999)), FAILS),
        (Margin.at_least(1.0, 1.0), CLOSE),
        (Margin.equal(1.0, 1.0 + 1e-9), FAILS),
        (Margin.equal(1.0, 1.0 + 1e-16), CLOSE),
        (Margin.at_least(math.inf, 1.0, error=0.0), HOLDS),
    ],
)
def test_outcomes(margin: Margin, outcome: Outcome) -> None:
    assert margin.outcome is outcome


@pytest.mark.parametrize(
    ("value", "error", "fault"),
    [
        (math.nan, 0.0, "is not a number"),
        (1.0, math.nan, "is not a number"),
        (1.0, -1.0, "has an error of -1.0"),
        (math.inf, math.inf, "has an infinite error"),
        (1.0, math.inf, "has an infinite error"),
    ],
)
def test_a_margin_of_nothing_is_refused(value: float, error: float, fault: str) -> None:
    with pytest.raises(OutOfDomainError, match=f"{fault} compares nothing") as caught:
        Margin(value, error)
    assert one_line(str(caught.value)) == str(caught.value)  # tables print it whole


def test_only_exact_and_ball_arithmetic_are_certain() -> None:
    assert Margin.exact(Fraction(-1, 3)).certain
    assert Margin.of_ball(arb("1e-300")).certain
    assert not Margin.of_ball(arb(0, 1)).certain
    assert not Margin.at_least(2.0, 1.0).certain
    assert not Margin(1.0, 0.0).certain


def test_ties_alone_decide_nothing_unless_equality_is_claimed() -> None:
    assert overall([]) is CLOSE
    assert overall([Margin(0.0, 1.0)]) is CLOSE
    assert overall([Margin(0.0, 1.0), Margin(2.0, 1.0)]) is HOLDS
    assert overall([Margin.equal(1.0, 1.0)]) is HOLDS
    assert overall([Margin(2.0, 1.0), Margin(-2.0, 1.0)]) is FAILS


def test_the_worst_margin_is_the_one_nearest_to_failing() -> None:
    assert worst_of([Margin(1e-9, 1e-12), Margin(5.0, 1.0)]).value == 5.0
    assert worst_of([Margin(1.0, 0.0), Margin(-1e-30, 0.0)]).value == -1e-30


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], Verdict.UNDECIDED),
        ([evidence("proof", HOLDS)], Verdict.PROVED),
        ([evidence("certificate", HOLDS), evidence("sampling", HOLDS)], Verdict.CERTIFIED),
        ([evidence("sampling", HOLDS)], Verdict.SUPPORTED),
        ([evidence("sampling", HOLDS), evidence("search", FAILS, witness={"x": 1})], Verdict.REFUTED),
        ([evidence("proof", HOLDS), evidence("search", FAILS, witness={"x": 1})], Verdict.UNDECIDED),
        ([evidence("proof", HOLDS), evidence("descent", FAILS)], Verdict.UNDECIDED),
        ([evidence("proof", CLOSE), evidence("sampling", HOLDS)], Verdict.UNDECIDED),
        ([evidence("sampling", HOLDS), evidence("descent", FAILS)], Verdict.UNDECIDED),
        ([evidence("sampling", FAILS), evidence("search", CLOSE)], Verdict.UNDECIDED),
        ([evidence("sampling", HOLDS), evidence("descent", CLOSE)], Verdict.UNDECIDED),
    ],
)
def test_verdicts_follow_from_evidence(found: list[Evidence], verdict: Verdict) -> None:
    assert decide(tuple(found))[0] is verdict


VALUES = st.recursive(
    st.integers() | st.fractions() | st.floats(allow_nan=False) | st.sampled_from(["tanh", "a/b"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from("xyz"), VALUES))
def test_instances_survive_json(instance: dict[str, Any]) -> None:
    import json

    again = decode(json.loads(json.dumps(encode(instance), allow_nan=False)))
    assert again == instance


def test_streams_are_separate_and_repeatable() -> None:
    assert stream_seed(0, "a", "b") == stream_seed(0, "a", "b")
    assert len({stream_seed(0, "ab"), stream_seed(0, "a", "b"), stream_seed(1, "ab")}) == 3


@pytest.mark.parametrize("name", ["", "Upper/case", "a//b", "a b", "-a", "a/"])
def test_malformed_ids_are_refused(name: str) -> None:
    with pytest.raises(InvalidClaimError, match="malformed"):
        Claim(id=name, title="", statement="", source="")


@pytest.mark.parametrize(
    "wrong", [{"source": 5}, {"statement": None}, {"expected": ["PROVED"]}, {"proofs": (5,)}, {"title": 3}]
)
def test_wrong_types_are_named(wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"id": "mine", "title": "", "statement": "", "source": ""}
    with pytest.raises(InvalidClaimError, match="claim 'mine'"):
        Claim(**(good | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"instances": st.fixed_dictionaries({"x": st.integers()})},
        {"sampler": {"x": 1}},
        {"margin": Margin(1.0, 0.0)},
        {"exact_margin": 1},
        {"hypotheses": True},
    ],
)
def test_what_is_no_function_is_named(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    good: dict[str, Any] = {"id": "mine", "title": "", "statement": "", "source": ""}
    with pytest.raises(InvalidClaimError, match=f"its {name} is not a function"):
        Claim(**(good | wrong))


@pytest.mark.parametrize("value", [1.0, True, "1"])
@pytest.mark.parametrize("name", ["margin", "exact_margin"])
def test_what_is_no_margin_is_named(name: str, value: Any) -> None:
    wrong: dict[str, Any] = {name: lambda instance: value}
    claim = Claim(id="mine", title="", statement="", source="", sampler=lambda generator: {"x": 1}, **wrong)
    with pytest.raises(
        InvalidClaimError, match=f"its margin is of type {type(value).__name__}: return one of"
    ):
        judge(claim, Run())


@pytest.mark.parametrize(
    "wrong",
    [
        {"instances": lambda: st.integers(0, 9), "margin": lambda instance: Margin.at_least(5, instance)},
        {"sampler": lambda generator: [1], "margin": lambda instance: Margin.at_least(5, 1)},
    ],
)
def test_an_instance_is_a_dictionary(wrong: dict[str, Any]) -> None:
    claim = Claim(id="mine", title="", statement="", source="", **wrong)
    with pytest.raises(InvalidClaimError, match=r"is of type (int|list): draw a dictionary"):
        judge(claim, Run())


def test_an_experiment_returns_evidence() -> None:
    nothing: Any = lambda run: None  # noqa: E731
    claim = Claim(id="mine", title="", statement="", source="", experiments=(nothing,))
    with pytest.raises(InvalidClaimError, match="returns a NoneType: return Evidence"):
        judge(claim, Run())


def test_a_known_witness_outside_the_hypotheses_refutes_nothing() -> None:
    claim = Claim(
        id="mine",
        title="",
        statement="",
        source="",
        hypotheses=lambda instance: instance["x"] > 5,
        margin=lambda instance: Margin.exact(-1),
        witness={"x": 1},
    )
    assert judge(claim, Run()).verdict is Verdict.UNDECIDED


def test_margins_too_wide_to_decide_are_no_support() -> None:
    claim = Claim(
        id="mine",
        title="",
        statement="",
        source="",
        instances=lambda: st.fixed_dictionaries({"x": st.integers(0, 9)}),
        margin=lambda instance: Margin(-1.0, 10.0),
    )
    assert judge(claim, Run()).verdict is Verdict.UNDECIDED


def test_a_real_failure_behind_a_spurious_one_is_found() -> None:
    claim = Claim(
        id="mine",
        title="",
        statement="",
        source="",
        instances=lambda: st.fixed_dictionaries({"x": st.integers(0, 99)}),
        margin=lambda instance: Margin(-1.0, 0.0),
        exact_margin=lambda instance: Margin.exact(1 if instance["x"] < 50 else -1),
    )
    judgement = judge(claim, Run())
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness == {"x": 50}


def test_instances_need_a_margin() -> None:
    with pytest.raises(InvalidClaimError, match="no margin"):
        Claim(id="mine", title="", statement="", source="", witness={"x": 1})
