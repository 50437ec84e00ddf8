"""What is kept of the instances seen: the nearest in two orders, of different shapes, however it is added."""

import numpy as np

from verify.margin import Margin
from verify.search.seen import ALIKE, KEPT, Seen


def fed(margins: list[Margin], *, rows: int | None = None) -> Seen:
    seen = Seen()
    for number, margin in enumerate(margins):
        seen.add({"n": number, "x": [0.5 + number] * (rows or 1)}, margin)
    return seen


def test_closest_counts_error_bounds_and_tightest_bound_over_actual() -> None:
    seen = fed([Margin.at_least(3.0, 1.0, error=1.0), Margin.at_least(101.0, 100.0, error=1e-3)])
    assert [entry.instance["n"] for entry in seen.closest] == [0, 1]
    assert [entry.instance["n"] for entry in seen.tightest] == [1, 0]
    assert [entry.instance["n"] for entry in seen.first] == [0, 1]


def test_ties_and_failures_are_close_and_never_tight() -> None:
    seen = fed([Margin(0.0, 1.0, 1.0), Margin(-2.0, 1.0, 0.5), Margin(2.0, 1.0, 1.5)])
    assert [entry.instance["n"] for entry in seen.closest] == [1, 0, 2]
    assert [entry.instance["n"] for entry in seen.tightest] == [2]
    assert seen.failing == [{"n": 1, "x": [1.5]}]


def test_few_of_one_shape_are_kept_and_those_are_the_best() -> None:
    seen = Seen()
    for number in range(10):
        seen.add({"x": 0.1 + number}, Margin(10.0 - number, 1.0))
    seen.add({"x": [1.0, 2.0]}, Margin(50.0, 1.0))
    assert [entry.margin.value for entry in seen.closest] == [1.0, 2.0, 50.0]
    assert len(seen.closest) == ALIKE + 1


def test_integers_are_told_from_what_was_ever_not_one() -> None:
    seen = Seen()
    seen.add({"n": 3, "x": 1}, Margin(1.0, 0.1))
    seen.add({"n": 7, "x": 0.5}, Margin(1.0, 0.1))
    assert seen.ranges == {("n",): (3, 7), ("x",): (0.5, 1)}
    assert seen.continuous == {("x",)}


def test_merging_is_seeing_the_one_after_the_other() -> None:
    generator = np.random.default_rng(0)
    margins = [Margin.at_least(1 + value, 1.0, error=0.01) for value in generator.uniform(0, 1, size=60)]
    whole = fed(margins)
    parts = Seen()
    for start in range(0, 60, 13):
        part = Seen()
        for number, margin in list(enumerate(margins))[start : start + 13]:
            part.add({"n": number, "x": [0.5 + number]}, margin)
        parts.merge(part)
    assert vars(parts) == vars(whole)
    assert len(whole.closest) == KEPT
