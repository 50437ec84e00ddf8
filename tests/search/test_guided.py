"""A refutation stays in the claim's domain, and is one in certain arithmetic."""

from fractions import Fraction

from hypothesis import strategies as st

from verify.claim import Claim, Run
from verify.judge import judge
from verify.margin import Margin
from verify.verdict import Verdict


def test_a_witness_stays_in_the_range_of_the_strategy() -> None:
    """Only the strategy says that a and b are at least 5: shrinking must not leave it."""
    claim = Claim(
        id="planted/sums",
        title="",
        statement="",
        source="planted",
        instances=lambda: st.fixed_dictionaries({"a": st.integers(5, 50), "b": st.integers(5, 50)}),
        margin=lambda instance: Margin.exact(100 - instance["a"] * instance["b"]),
    )
    judgement = judge(claim, Run("quick", 0))
    assert judgement.witness is not None
    assert min(judgement.witness.values()) >= 5
    assert judgement.reason.endswith("re-checked exactly")


def test_a_margin_in_floats_is_re_checked_in_floats() -> None:
    claim = Claim(
        id="planted/floats",
        title="",
        statement="",
        source="planted",
        instances=lambda: st.fixed_dictionaries({"a": st.integers(0, 9)}),
        margin=lambda instance: Margin.at_least(5.0, instance["a"]),
    )
    assert judge(claim, Run("quick", 0)).reason.endswith("re-checked in floats with an error bound")


def test_a_float_failure_that_is_none_does_not_end_the_climb() -> None:
    """Floats fail below 1/2, exact arithmetic only below 1/1000: the search goes on to there."""
    claim = Claim(
        id="planted/artefact",
        title="",
        statement="",
        source="planted",
        sampler=lambda generator: {"x": float(generator.uniform(0, 1))},
        margin=lambda instance: Margin(float(instance["x"]) - 0.5, 0.0),
        exact_margin=lambda instance: Margin.exact(Fraction(instance["x"]) - Fraction(1, 1000)),
        hypotheses=lambda instance: 0 <= instance["x"] <= 1,
        quick_samples=20,
    )
    judgement = judge(claim, Run("quick", 0))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness is not None
    assert judgement.witness["x"] < Fraction(1, 1000)
