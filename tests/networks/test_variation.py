"""Total cluster variation: in memory, in batches, merged, and where it would be lost."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.clustering.streaming import Batch, ClusterMoments, in_batches, streamed_variation
from theory.errors import InvalidProblemError
from theory.networks.variation import (
    check_refinement,
    deviations_from_cluster_means,
    labels_of_patches,
    total_cluster_variation,
)
from theory.tolerances import LINEAR_ALGEBRA


@given(
    seed=st.integers(0, 10**6),
    samples=st.integers(3, 60),
    size=st.integers(1, 20),
    offset=st.sampled_from([0.0, 1.0, 1e4, -1e7]),
)
def test_batches_of_any_size_give_the_variation_of_all(
    seed: int, samples: int, size: int, offset: float
) -> None:
    generator = np.random.default_rng(seed)
    labels = np.concatenate([[0, 1, 2], generator.integers(3, size=samples - 3)])
    columns = generator.standard_normal((4, samples)) + offset * generator.standard_normal((4, 1))
    whole = total_cluster_variation(columns, labels)
    streamed = streamed_variation(lambda: in_batches(columns, labels, size), 3)
    assert streamed == pytest.approx(whole, rel=1e-12 + 1e-15 * abs(offset), abs=LINEAR_ALGEBRA)


def test_float32_features_far_from_zero_keep_their_variation() -> None:
    """The spread of 1 at an offset of 10⁴: float32 sums of squares would have no digit left."""
    generator = np.random.default_rng(0)
    labels = generator.integers(5, size=20_000)
    columns = (1e4 + generator.standard_normal((8, labels.size))).astype(np.float32)
    exact = np.sum(deviations_from_cluster_means(columns.astype(np.float64), labels) ** 2) / labels.size
    streamed = streamed_variation(lambda: in_batches(columns, labels, 999), 5)
    assert streamed == pytest.approx(exact, rel=1e-12)
    naive = np.mean(columns**2, axis=1) - np.mean(columns, axis=1) ** 2
    assert abs(float(np.sum(naive)) - exact) > 1.0, "this test would not notice"


@pytest.mark.full
def test_a_million_samples() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(10, size=1_000_000)
    centres = generator.standard_normal((4, 10))

    def batches() -> Iterator[Batch]:
        source = np.random.default_rng(1)
        for marks in np.array_split(labels, 37):
            noise = source.standard_normal((4, marks.size))
            yield (1e4 + centres[:, marks] + noise).astype(np.float32), marks

    columns = np.hstack([np.asarray(part[0], dtype=np.float64) for part in batches()])
    exact = np.sum(deviations_from_cluster_means(columns - 1e4, labels) ** 2) / labels.size
    assert streamed_variation(batches, 10) == pytest.approx(exact, rel=1e-11)
    assert exact == pytest.approx(4.0, rel=0.01)


def test_passes_that_differ_are_noticed() -> None:
    lengths = iter([4, 3])
    with pytest.raises(InvalidProblemError, match="first pass had 4"):
        streamed_variation(lambda: [(np.arange(n := next(lengths))[None, :], np.arange(n) % 2)], 2)


@pytest.mark.parametrize(
    ("columns", "labels", "complaint"),
    [
        ([[1.0, np.nan]], [0, 1], "NaN"),
        ([[1.0, 2.0]], [0, 0], "cluster 1 has no sample"),
        ([[1.0, 2.0]], [0], "1 labels for 2"),
        ([[1.0, 2.0]], [0, 2], "below 2"),
        ([["a", "b"]], [0, 1], "numbers"),
        ([1.0, 2.0], [0, 1], "numbers"),
    ],
)
def test_bad_batches_are_named(columns: list[object], labels: list[int], complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        streamed_variation(lambda: [(columns, labels)], 2)  # pyright: ignore[reportArgumentType]


def test_batches_keep_their_features() -> None:
    moments = ClusterMoments(1)
    moments.add([[1.0], [2.0]], [0])
    moments.add(np.empty((2, 0)), [])
    with pytest.raises(InvalidProblemError, match="has 1 rows"):
        moments.add([[1.0]], [0])
    with pytest.raises(InvalidProblemError, match="0 clusters"):
        ClusterMoments(0)


def test_patches_share_the_images_of_every_average() -> None:
    labels = labels_of_patches(np.array([0, 1]), 2)
    columns = np.array([[0.0, 2.0, 5.0, 5.0]])
    assert total_cluster_variation(columns, labels, images=2) == 1.0
    assert total_cluster_variation(columns, labels) == 0.5
    for images in (0, 5):
        with pytest.raises(InvalidProblemError, match="images"):
            total_cluster_variation(columns, labels, images=images)


def test_a_partition_that_mixes_classes_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match=r"cluster 1 mixes the classes \[0, 1\]"):
        check_refinement(np.array([0, 1, 1]), np.array([0, 0, 1]))
    with pytest.raises(InvalidProblemError, match="one each"):
        check_refinement(np.array([0, 1]), np.array([0, 0, 1]))
    check_refinement(np.array([0, 1, 2]), np.array([0, 0, 1]))
