"""`assert_claim` on a true, a false and an undecidable claim, and what its message says."""

import json
from fractions import Fraction
from typing import Any

import pytest

from theory.errors import InvalidClaimError
from verify.claim import Claim
from verify.instance import Instance, decode
from verify.ledger import LEDGER
from verify.margin import Margin, Outcome
from verify.strategies import positive_rationals
from verify.testing import assert_claim
from verify.verdict import Verdict


def numbers() -> Any:
    return positive_rationals().map(lambda number: {"x": number})


def square_is_larger(instance: Instance) -> Margin:
    """x² ≥ x, false below 1."""
    return Margin.exact(Fraction(instance["x"]) ** 2 - Fraction(instance["x"]))


def close_to_call(instance: Instance) -> Margin:
    return Margin(0.0, 1.0)


def claim(**methods: Any) -> Claim:
    fields: dict[str, Any] = {"id": "mine/squares", "title": "squares grow", "statement": "x^2 \\ge x"}
    fields.update({"source": "school", "instances": numbers}, **methods)
    return Claim(**fields)


def above_one(instance: Instance) -> bool:
    return instance["x"] >= 1


def test_a_true_claim_returns_its_judgement() -> None:
    true = claim(margin=square_is_larger, hypotheses=above_one)
    assert assert_claim(true).verdict is Verdict.SUPPORTED
    assert assert_claim(true, expected="SUPPORTED", seed=3).evidence[0].seed == 3


def test_a_false_claim_fails_with_a_witness_that_replays() -> None:
    false = claim(margin=square_is_larger)
    with pytest.raises(AssertionError, match="mine/squares is REFUTED") as caught:
        assert_claim(false, seed=5)
    lines = str(caught.value).splitlines()
    assert lines[0] == "mine/squares is REFUTED, expected PROVED or CERTIFIED or SUPPORTED"
    assert "  statement  squares grow" in lines
    assert "  witness    x=1/2" in lines
    assert "  repeat     rankcollapse verify mine/squares --from FILE.py --level quick --seed 5" in lines
    (replay,) = [line.split(None, 1)[1] for line in lines if line.startswith("  replay")]
    stored = replay.removeprefix("claim.certain_margin(verify.instance.decode(json.loads('").split("'")[0]
    assert false.certain_margin(decode(json.loads(stored))).outcome is Outcome.FAILS


def test_an_undecidable_claim_fails_with_its_reason() -> None:
    undecidable = claim(
        instances=None, sampler=lambda generator: {"x": Fraction(1)}, margin=close_to_call, quick_samples=3
    )
    with pytest.raises(AssertionError, match="is UNDECIDED, expected PROVED") as caught:
        assert_claim(undecidable)
    assert "reason     sampling: 3 instances" in str(caught.value)
    assert "witness" not in str(caught.value)


def test_a_claim_that_nothing_judges_is_undecided() -> None:
    with pytest.raises(AssertionError, match="no method applies"):
        assert_claim(claim(instances=None))


def test_the_expected_verdict_counts() -> None:
    false, true = claim(margin=square_is_larger), claim(margin=square_is_larger, hypotheses=above_one)
    assert assert_claim(false, expected=Verdict.REFUTED).witness == {"x": Fraction(1, 2)}
    assert assert_claim(claim(margin=square_is_larger, expected="REFUTED")).verdict is Verdict.REFUTED
    with pytest.raises(AssertionError, match="is SUPPORTED, expected PROVED"):
        assert_claim(true, expected="PROVED")
    with pytest.raises(AssertionError, match="is REFUTED, expected SUPPORTED"):
        assert_claim(claim(margin=square_is_larger, expected="REFUTED"), expected="SUPPORTED")


def test_an_unknown_expectation_is_refused() -> None:
    with pytest.raises(InvalidClaimError, match="'TRUE': use one of PROVED"):
        assert_claim(claim(margin=square_is_larger), expected="TRUE")


def test_a_claim_of_the_ledger_is_repeated_without_a_file() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_claim(claim(id=LEDGER[0].id, margin=square_is_larger))
    assert f"rankcollapse verify {LEDGER[0].id} --level quick" in str(caught.value)


def test_what_a_claim_raises_comes_through() -> None:
    def broken(instance: Instance) -> Margin:
        raise KeyError("y")

    with pytest.raises(KeyError):
        assert_claim(claim(margin=broken))
