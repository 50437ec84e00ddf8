"""Small moves reach integers, coincidences and the smallest sizes that the hypotheses allow."""

import pytest
from hypothesis import strategies as st

from verify.claim import Claim, Run
from verify.instance import Instance
from verify.judge import judge
from verify.margin import Margin
from verify.search.moves import corners, moves
from verify.search.seen import Seen
from verify.verdict import Verdict

HOLDS = Margin(1.0, 0.1)


def seen(*instances: Instance) -> Seen:
    record = Seen()
    for instance in instances:
        record.add(instance, HOLDS)
    return record


def test_integers_of_a_short_range_take_every_value() -> None:
    record = seen({"n": 2}, {"n": 6})
    assert [move["n"] for move in moves({"n": 4}, record)] == [2, 3, 5, 6]


def test_integers_of_a_long_range_take_doubling_steps_and_both_ends() -> None:
    record = seen({"n": 0}, {"n": 1000})
    tried = [move["n"] for move in moves({"n": 500}, record)]
    assert {499, 501, 498, 502, 0, 1000} <= set(tried)
    assert all(0 <= value <= 1000 for value in tried)
    assert len(tried) < 30


def test_two_integers_move_together() -> None:
    record = seen({"a": 0, "b": 0}, {"a": 9, "b": 9})
    assert {"a": 4, "b": 6} in list(moves({"a": 5, "b": 5}, record))


def test_entries_become_zero_or_equal_or_opposite_to_a_neighbour() -> None:
    record = seen({"x": [[-3.0, -3.0]]}, {"x": [[3.0, 3.0]]})
    tried = list(moves({"x": [[1.5, 2.5]]}, record))
    for entries in ([0.0, 2.5], [2.5, 2.5], [-2.5, 2.5], [1.5, -1.5], [3.0, 2.5]):
        assert {"x": [entries]} in tried


def test_nothing_leaves_the_ranges_that_were_seen() -> None:
    record = seen({"n": 3, "x": 0.5}, {"n": 3, "x": 0.75})
    assert [move["x"] for move in moves({"n": 3, "x": 0.6}, record)] == [0.5, 0.75]


def test_corners_are_the_smallest_allowed_sizes_in_each_order() -> None:
    def allowed(instance: Instance) -> bool:
        k, depth = instance["k"], instance["l"]
        return (k >= 4 and depth >= 3) or (k >= 6 and depth >= 2)

    record = seen({"k": 2, "l": 1}, {"k": 200, "l": 40})
    assert corners({"k": 167, "l": 10}, record, allowed) == [{"k": 4, "l": 3}, {"k": 6, "l": 2}]


@pytest.mark.parametrize("seed", range(4))
def test_the_search_looks_at_the_corners(seed: int) -> None:
    """True of kl ≥ 43, stated for kl ≥ 40: some of 1600 pairs."""
    claim = Claim(
        id="planted/corner",
        title="",
        statement="",
        source="planted",
        sampler=lambda g: {"k": int(g.integers(1, 41)), "l": int(g.integers(1, 41)), "x": float(g.uniform())},
        hypotheses=lambda i: i["k"] * i["l"] >= 40 and 0 <= i["x"] <= 1,
        margin=lambda i: Margin.at_least(i["k"] * i["l"], 42 + i["x"], error=0.1 + i["x"] / 1000),
        quick_samples=60,
    )
    judgement = judge(claim, Run("quick", seed))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness is not None
    assert 40 <= judgement.witness["k"] * judgement.witness["l"] <= 42


def test_a_strategy_may_tie_integers_together_without_hypotheses() -> None:
    """Moves would find a = 9, b = 8, which the strategy never draws."""
    claim = Claim(
        id="planted/ordered",
        title="",
        statement="",
        source="planted",
        instances=lambda: st.integers(1, 9).flatmap(
            lambda a: st.fixed_dictionaries({"a": st.just(a), "b": st.integers(a, 20)})
        ),
        margin=lambda i: Margin.at_least(i["b"], i["a"] - 0.5, error=0.0),
    )
    assert judge(claim, Run()).verdict is Verdict.SUPPORTED
