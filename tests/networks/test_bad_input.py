"""Wrong input to everything that takes clusters: one clear error for each mistake, wherever it is made."""

from collections.abc import Callable

import numpy as np
import pytest

from numerics.clustering.kmeans import best_clusters
from numerics.clustering.streaming import ClusterMoments
from numerics.clustering.tail_curve import tail_curve
from numerics.networks.objective import Objective
from numerics.networks.standard import perceptron
from numerics.rank_forecast import rank_bounds_before_training
from theory.errors import InvalidProblemError
from theory.networks.linear_bound import linear_bound
from theory.networks.rank_bound import RankBound, rank_bound
from theory.networks.smoothness import Sensitivity
from theory.networks.variation import total_cluster_variation

INPUTS = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0]])
DELTAS = np.array([[1.0, -1.0, 2.0, 0.0], [0.5, 0.0, 0.5, 1.0], [0.0, 1.0, 1.0, 0.0]])
WEIGHT = np.ones((3, 2))
CLASSES = np.array([0, 0, 1, 1])
NAN = np.where(INPUTS == 3.0, np.nan, INPUTS)


def bound(
    *, labels: list[int] | None = None, inputs: np.ndarray = INPUTS, decay: float = 1.0, images: int = 4
) -> RankBound:
    marks = CLASSES if labels is None else np.array(labels)
    return rank_bound(WEIGHT, inputs, DELTAS, 0 * WEIGHT, decay, marks, images=images)


def curve(clusters: int, inputs: np.ndarray = INPUTS, decay: float = 1.0) -> object:
    return tail_curve(WEIGHT, inputs, DELTAS, 0 * WEIGHT, decay, clusters=[clusters])


def forecast(
    inputs: np.ndarray = INPUTS,
    answers: np.ndarray = CLASSES,
    decay: float = 1.0,
    clusters: list[int] | None = None,
    *,
    named: bool,
) -> object:
    """Of a plain network by its layer sizes, or as an architecture."""
    start = perceptron(2, (3, 2), "tanh") if named else [2, 3, 2]
    return rank_bounds_before_training(start, inputs, answers, decay, loss="cross-entropy", clusters=clusters)


def streamed(inputs: np.ndarray, labels: list[int]) -> float:
    moments = ClusterMoments(3)
    moments.add(inputs, labels)
    return moments.variation()


def objective(inputs: np.ndarray = INPUTS, answers: np.ndarray = CLASSES) -> Objective:
    return Objective(perceptron(2, (3, 2), "tanh"), inputs, answers, 0.1, "cross-entropy")


MISTAKES: dict[str, tuple[tuple[Callable[[], object], str], ...]] = {
    "a cluster with no sample": (
        (lambda: bound(labels=[0, 0, 2, 2]), "has no sample"),
        (lambda: total_cluster_variation(INPUTS, np.array([1, 1, 2, 2])), "has no sample"),
        (lambda: bound(labels=[0, 0, 1, 10**15]), "cluster 2 has no sample"),
        (lambda: streamed(INPUTS, [0, 0, 2, 2]), "cluster 1 has no sample"),
        (lambda: forecast(clusters=[0, 0, 2, 2], named=False), "has no sample"),
        (lambda: forecast(clusters=[0, 0, 2, 2], named=True), "has no sample"),
    ),
    "labels that do not match": (
        (lambda: bound(labels=[0, 1, 1]), r"labels of shape \(3,\) .* do not fit 4 columns"),
        (lambda: bound(labels=[0, -1, 1, 1]), "-1 is a label"),
        (lambda: streamed(INPUTS, [0, 1]), "2 labels for 4 samples"),
        (lambda: streamed(INPUTS, [0, 1, 2, 3]), "below 3"),
        (lambda: objective(answers=np.array([0, 1, 1])), "3 labels for 4 samples"),
        (lambda: objective(answers=np.array([0, 1, 2, 1])), "below 2"),
        (lambda: objective(answers=np.array([0.5, 1, 1, 1])), "integers"),
        (lambda: forecast(answers=np.array([0, 1, 1]), named=False), "3 labels for 4 samples"),
        (lambda: forecast(answers=np.array([0, 1, 1]), named=True), "3 labels for 4 samples"),
        (lambda: forecast(clusters=[0, 1, 2], named=True), "3 labels for 4 samples"),
    ),
    "no weight decay": (
        (lambda: bound(decay=0.0), "weight decay 0"),
        (lambda: bound(decay=-1.0), "weight decay -1"),
        (lambda: bound(decay=float("nan")), "weight decay nan"),
        (lambda: curve(2, decay=0.0), "weight decay 0"),
        (lambda: forecast(decay=0.0, named=False), "weight decay 0"),
        (lambda: forecast(decay=0.0, named=True), "weight decay 0"),
    ),
    "more clusters than samples": (
        (lambda: best_clusters(INPUTS, 5), "5 clusters of 4 samples"),
        (lambda: best_clusters(INPUTS, 0), "0 clusters of 4 samples"),
        (lambda: curve(5), "of 4 samples"),
        (lambda: bound(images=5), "5 images for 4 columns"),
    ),
    "a partition that mixes labels": (
        (
            lambda: linear_bound(
                bound(labels=[0, 1, 1, 0]),
                WEIGHT,
                Sensitivity(1.0, 1.0),
                clusters=np.array([0, 1, 1, 0]),
                classes=CLASSES,
            ),
            "mixes the classes",
        ),
        (lambda: forecast(clusters=[0, 1, 1, 0], named=False), "mixes the classes"),
        (lambda: forecast(clusters=[0, 1, 1, 0], named=True), "mixes the classes"),
    ),
    "features that are NaN": (
        (lambda: bound(inputs=NAN), "NaN"),
        (lambda: best_clusters(NAN, 2), "NaN"),
        (lambda: curve(2, inputs=NAN), "NaN"),
        (lambda: streamed(NAN, [0, 0, 1, 2]), "NaN"),
        (lambda: objective(inputs=NAN), "NaN"),
        (lambda: forecast(inputs=NAN, named=False), "NaN"),
        (lambda: forecast(inputs=NAN, named=True), "NaN"),
    ),
}

CASES = [
    pytest.param(call, message, id=f"{mistake}, {number}")
    for mistake, calls in MISTAKES.items()
    for number, (call, message) in enumerate(calls, start=1)
]


@pytest.mark.parametrize(("call", "message"), CASES)
def test_each_mistake_has_one_clear_error(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidProblemError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
