"""Points of tails with free features: what collapsing them saves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InvalidProblemError
from theory.networks.rank_bound import total_cluster_variation
from theory.networks.representation_cost import FEATURE_COSTS, FeaturePoint


def drawn(seed: int, sizes: list[int], cost: str, kappa: float) -> FeaturePoint:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    features = rng.standard_normal((3, labels.size))
    return FeaturePoint(features, labels, 2.5, kappa, FEATURE_COSTS[cost])


@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    cost=st.sampled_from(sorted(FEATURE_COSTS)),
    kappa=st.sampled_from([0.0, 0.3, 10.0]),
)
def test_collapsing_saves_what_it_says(seed: int, sizes: list[int], cost: str, kappa: float) -> None:
    point = drawn(seed, sizes, cost, kappa)
    collapsed = point.collapsed()
    assert point.saving >= 0
    assert point.cost - collapsed.cost == pytest.approx(point.saving, abs=1e-12 * (1 + point.cost))
    assert total_cluster_variation(collapsed.features, point.labels) <= 1e-30
    chosen, weights = point.representatives()
    cost_of_few = point.tail_cost + kappa * float(weights @ point.feature_cost(chosen))
    assert cost_of_few == pytest.approx(collapsed.cost, rel=1e-12)
    assert weights.tolist() == [size / sum(sizes) for size in sizes]
    members = {tuple(column) for column in point.features.T}
    assert all(tuple(column) in members for column in collapsed.features.T)


@given(seed=st.integers(0, 10**6), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_mean_saves_half_kappa_times_the_variation(seed: int, sizes: list[int]) -> None:
    point = drawn(seed, sizes, "half squared norm", 0.6)
    saved = point.cost - point.averaged().cost
    assert saved == pytest.approx(0.3 * total_cluster_variation(point.features, point.labels), abs=1e-12)


@pytest.mark.parametrize(
    ("features", "labels", "kappa", "complaint"),
    [
        (np.ones((2, 3)), [0, 1], 1.0, "labels do not fit"),
        (np.ones((2, 3)), [0, 2, 2], 1.0, "no sample"),
        (np.ones((2, 3)), [-1, 0, 0], 1.0, "no sample"),
        (np.full((2, 3), np.nan), [0, 0, 0], 1.0, "NaN"),
        (np.ones((2, 3)), [0, 0, 0], -1.0, "kappa -1"),
    ],
)
def test_bad_points_are_named(features: np.ndarray, labels: list[int], kappa: float, complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        FeaturePoint(features, np.array(labels), 0.0, kappa)
