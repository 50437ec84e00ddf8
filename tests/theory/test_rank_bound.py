"""The rank bound as a theorem about matrices: instances built from the identity itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InvalidProblemError
from theory.networks.rank_bound import rank_bound, total_cluster_variation
from theory.networks.representation_cost import collapse_to_cheapest, feature_costs


def matrices(seed: int, clusters: int, samples: int, spread: float) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(seed)
    labels = np.arange(samples) % clusters
    inputs = generator.standard_normal((6, clusters))[:, labels]
    inputs = inputs + spread * generator.standard_normal(inputs.shape)
    deltas = generator.standard_normal((5, clusters))[:, labels]
    deltas = deltas + spread * generator.standard_normal(deltas.shape)
    return labels, inputs, deltas


@given(
    seed=st.integers(0, 10**6),
    clusters=st.integers(1, 4),
    samples=st.integers(4, 20),
    spread=st.sampled_from([0.0, 1e-6, 0.1, 1.0]),
    decay=st.floats(1e-3, 10),
    noise=st.sampled_from([0.0, 1e-8, 1.0]),
)
def test_every_bound_holds(
    seed: int, clusters: int, samples: int, spread: float, decay: float, noise: float
) -> None:
    labels, inputs, deltas = matrices(seed, clusters, samples, spread)
    residual = noise * np.random.default_rng(seed + 1).standard_normal((5, 6))
    weight = (residual - deltas @ inputs.T / samples) / decay
    found = rank_bound(weight, inputs, deltas, residual, decay, labels)
    slack = 1e-12 * (1 + found.weight_norm)
    for bound in found.frobenius.values():
        assert found.distance <= bound + found.residual + slack
    for bound in found.nuclear.values():
        assert found.nuclear_distance <= bound + found.nuclear_residual + slack
    assert found.frobenius["B0"] <= found.frobenius["B2"] + slack
    assert found.frobenius["B0"] <= found.frobenius["B1"] + slack


def test_no_variation_means_rank_at_most_the_clusters() -> None:
    labels, inputs, deltas = matrices(0, 2, 10, 0.0)
    found = rank_bound(-deltas @ inputs.T / 10, inputs, deltas, np.zeros((5, 6)), 1.0, labels)
    assert found.input_variation <= 1e-30
    assert found.distance <= 1e-14
    assert not found.vacuous


def test_the_variation_survives_a_large_offset() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(1000) % 3
    columns = generator.standard_normal((4, 1000))
    exact = total_cluster_variation(columns, labels)
    assert total_cluster_variation(columns + 1e6, labels) == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [([0, 2, 2], "no sample"), ([0, 1], "labels"), ([-1, 0, 1], "-1 is a label")],
)
def test_bad_partitions_are_named(labels: list[int], complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        total_cluster_variation(np.ones((2, 3)), np.array(labels))


def test_missing_values_are_named() -> None:
    with pytest.raises(InvalidProblemError, match="NaN"):
        total_cluster_variation(np.array([[1.0, np.nan]]), np.array([0, 0]))


def test_no_weight_decay_no_bound() -> None:
    labels, inputs, deltas = matrices(0, 2, 10, 1.0)
    with pytest.raises(InvalidProblemError, match="weight decay 0"):
        rank_bound(np.ones((5, 6)), inputs, deltas, np.zeros((5, 6)), 0.0, labels)
    with pytest.raises(InvalidProblemError, match="do not fit"):
        rank_bound(np.ones((4, 6)), inputs, deltas, np.zeros((5, 6)), 1.0, labels)


@given(seed=st.integers(0, 10**6), samples=st.integers(1, 12))
def test_collapsing_features_never_costs_more(seed: int, samples: int) -> None:
    generator = np.random.default_rng(seed)
    features = generator.standard_normal((3, samples))
    labels = generator.integers(0, 3, size=samples)
    collapsed = collapse_to_cheapest(features, labels, feature_costs(features))
    assert float(feature_costs(collapsed).sum()) <= float(feature_costs(features).sum())
    for label in np.unique(labels):
        assert np.ptp(collapsed[:, labels == label], axis=1).max() == 0.0
