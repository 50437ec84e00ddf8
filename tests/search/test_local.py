"""Local optimisation gets into failing sets too thin for random instances."""

from typing import Any

import pytest
from hypothesis import strategies as st

from verify.claim import Claim, Run
from verify.judge import judge
from verify.margin import Margin
from verify.verdict import Verdict


def thin(width: float, **sources: Any) -> Claim:
    """Fails only within `width` of (0.3141592, 0.71) in the unit square."""
    return Claim(
        id="planted/thin",
        title="",
        statement="",
        source="planted",
        margin=lambda i: Margin.at_least(
            (i["x"] - 0.3141592) ** 2 + (i["y"] - 0.71) ** 2, width**2, error=0.0
        ),
        **sources,
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_failing_set_of_measure_one_in_a_million_is_found(seed: int) -> None:
    claim = thin(
        5e-4,  # π · 25e-8 of the unit square
        instances=lambda: st.fixed_dictionaries({"x": st.floats(0, 1), "y": st.floats(0, 1)}),
    )
    assert judge(claim, Run("quick", seed)).verdict is Verdict.REFUTED


@pytest.mark.parametrize("seed", range(4))
def test_it_is_found_from_a_sampler_alone(seed: int) -> None:
    claim = thin(5e-4, sampler=lambda g: {"x": float(g.uniform()), "y": float(g.uniform())}, quick_samples=50)
    assert judge(claim, Run("quick", seed)).verdict is Verdict.REFUTED


def test_the_search_stays_in_the_box_of_what_was_drawn() -> None:
    claim = Claim(
        id="planted/outside",
        title="",
        statement="",
        source="planted",
        sampler=lambda g: {"x": float(g.uniform(0, 1))},
        margin=lambda i: Margin.at_least(i["x"], 0.0, error=0.0),
    )
    assert judge(claim, Run()).verdict is Verdict.SUPPORTED


def test_a_range_of_decades_is_searched_by_its_logarithm() -> None:
    claim = Claim(
        id="planted/decades",
        title="",
        statement="",
        source="planted",
        sampler=lambda g: {"x": float(10.0 ** g.uniform(-8, 0))},
        margin=lambda i: Margin.at_least(abs(i["x"] / 3.7e-6 - 1), 1e-6, error=0.0),
        quick_samples=200,
    )
    assert judge(claim, Run()).verdict is Verdict.REFUTED
