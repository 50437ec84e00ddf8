"""k-means with a lower bound: known answers, the optimum over all partitions, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.clustering.kmeans import best_clusters
from numerics.clustering.lower_bounds import dual_lower_bound, lower_bound_by_blocks, spectral_lower_bound
from numerics.clustering.one_dimension import optimal_intervals
from theory.errors import InvalidProblemError
from theory.networks.variation import total_cluster_variation
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.networks.kmeans_enclosure import smallest_cost


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 3),
    samples=st.integers(3, 7),
    clusters=st.integers(1, 3),
    spread=st.sampled_from([0.0, 0.01, 1.0, 100.0]),
)
def test_the_optimum_lies_in_the_enclosure(
    seed: int, rows: int, samples: int, clusters: int, spread: float
) -> None:
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((rows, clusters))
    columns = centres[:, np.arange(samples) % clusters] + spread * generator.standard_normal((rows, samples))
    optimum = smallest_cost(columns, clusters) / samples
    found = best_clusters(columns, clusters)
    slack = LINEAR_ALGEBRA * (1 + float(np.sum(columns**2)))
    assert found.lower <= optimum + slack
    assert optimum <= found.upper + slack
    assert found.upper == pytest.approx(total_cluster_variation(columns, found.labels), abs=slack)
    if rows == 1:
        assert found.upper == pytest.approx(optimum, abs=slack)


@given(values=st.lists(st.integers(-20, 20), min_size=1, max_size=7), clusters=st.integers(1, 4))
def test_intervals_on_a_line_are_optimal(values: list[int], clusters: int) -> None:
    data = np.array(values, dtype=np.float64)
    labels = optimal_intervals(data, clusters)
    cost = total_cluster_variation(data[None, :], labels) * data.size
    assert cost == pytest.approx(smallest_cost(data[None, :], min(clusters, data.size)), abs=1e-9)
    assert labels.max() < clusters


def test_separated_clusters_are_certified_optimal() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    columns = 5 * generator.standard_normal((4, 3))[:, labels] + generator.standard_normal((4, 60))
    found = best_clusters(columns, 3)
    assert found.gap < 0.01
    assert found.method == "semidefinite"
    spectral = best_clusters(columns, 3, sharpen=False)
    assert spectral.lower < found.lower
    assert spectral.upper == found.upper


def test_every_lower_bound_is_below_the_cost_of_the_truth_by_blocks_too() -> None:
    generator = np.random.default_rng(1)
    labels = np.arange(200) % 4
    columns = 4 * generator.standard_normal((3, 4))[:, labels] + generator.standard_normal((3, 200))
    cost = total_cluster_variation(columns, labels) * 200
    blocks = lower_bound_by_blocks(columns, labels, 4)
    assert spectral_lower_bound(columns, 4) < blocks < cost
    assert blocks > 0.5 * cost


def test_coinciding_samples_leave_fewer_clusters_and_no_variation() -> None:
    columns = np.array([[0.0, 0.0, 1.0, 1.0], [2.0, 2.0, 0.0, 0.0]])
    found = best_clusters(columns, 3)
    assert found.clusters == 2
    assert (found.lower, found.upper, found.gap) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("clusters", [1, 4])
def test_one_cluster_and_a_cluster_a_sample_are_exact(clusters: int) -> None:
    columns = np.random.default_rng(0).standard_normal((2, 4))
    found = best_clusters(columns, clusters)
    assert found.method == "exact"
    assert found.upper == pytest.approx(0.0 if clusters == 4 else float(np.sum(columns.var(axis=1))))


def test_the_same_seed_gives_the_same_clusters_whatever_the_images() -> None:
    columns = np.random.default_rng(0).standard_normal((3, 30))
    first, again = best_clusters(columns, 5), best_clusters(columns, 5, images=10)
    assert first.labels.tolist() == again.labels.tolist()
    assert again.upper == pytest.approx(3 * first.upper)
    assert again.lower == pytest.approx(3 * first.lower)


@pytest.mark.parametrize(
    ("columns", "clusters", "complaint"),
    [
        ([[1.0, 2.0]], 3, "3 clusters of 2 samples"),
        ([[1.0, 2.0]], 0, "0 clusters"),
        ([[1.0, np.nan]], 1, "NaN"),
        ([1.0, 2.0], 1, "2-d"),
    ],
)
def test_bad_input_is_named(columns: list[object], clusters: int, complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        best_clusters(columns, clusters)  # pyright: ignore[reportArgumentType]


def test_the_dual_bound_holds_however_early_it_stops() -> None:
    columns = np.random.default_rng(2).standard_normal((2, 12))
    upper = best_clusters(columns, 3).upper * 12
    bounds = [dual_lower_bound(columns, 3, upper, iterations=count) for count in (1, 5, 50)]
    assert bounds == sorted(bounds)
    assert bounds[-1] <= upper
    assert bounds[0] == pytest.approx(spectral_lower_bound(columns, 3), abs=1e-9)
