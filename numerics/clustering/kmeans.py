"""k-means clusters with an enclosure of the optimal cost: nobody has to believe that they are optimal."""

import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, IntegerArray, centred, finite_matrix
from numerics.clustering.lower_bounds import dual_lower_bound, lower_bound_by_blocks, spectral_lower_bound
from numerics.clustering.one_dimension import optimal_intervals
from theory.errors import InvalidProblemError
from theory.networks.variation import deviations_from_cluster_means, number_of_images
from theory.tolerances import LINEAR_ALGEBRA

EXACT_ON_A_LINE = 2_000
"""Samples up to which one-dimensional data are partitioned exactly (N² numbers are kept)."""


@dataclass(frozen=True)
class Clustering:
    """A partition into at most C clusters and an enclosure of the smallest TCV that any such partition has.

    `upper` is the TCV of `labels`; no partition goes below `lower`, up to rounding that is taken off.
    `method` says where the lower bound comes from.
    """

    labels: IntegerArray
    lower: float
    upper: float
    method: str

    @property
    def clusters(self) -> int:
        """How many clusters there are: fewer than asked for where samples coincide."""
        return int(self.labels.max()) + 1

    @property
    def gap(self) -> float:
        """(upper − lower)/upper: what a better partition could save at most."""
        return (self.upper - self.lower) / self.upper if self.upper > 0 else 0.0


def best_clusters(
    columns: ArrayLike,
    clusters: int,
    *,
    seed: int = 0,
    starts: int = 4,
    images: int | None = None,
    sharpen: bool = True,
) -> Clustering:
    """Return k-means clusters of the columns with a lower bound on the variation of every partition.

    Numbers on a line are partitioned exactly; else scikit-learn's k-means runs from `starts` seeds. The
    lower bound is the larger of the spectral one and, with `sharpen`, that of Peng and Wei's relaxation
    (over blocks of samples where there are many).

    Raises
    ------
    InvalidProblemError
        For more clusters than samples, fewer than one, or values not finite.

    Examples
    --------
    >>> found = best_clusters([[0.0, 1.0, 10.0, 11.0], [0.0, 0.0, 5.0, 5.0]], 2)
    >>> found.upper, found.gap < 0.01
    (0.25, True)
    """
    data = centred(finite_matrix(columns, "columns"))
    samples = data.shape[1]
    if not 1 <= clusters <= samples:
        raise InvalidProblemError(f"{clusters} clusters of {samples} samples: ask for 1 to {samples}")
    divisor = number_of_images(samples, images)
    on_a_line = data.shape[0] == 1 and samples <= EXACT_ON_A_LINE
    if clusters in (1, samples) or on_a_line:
        labels = _exactly(data, clusters)
        upper, total = _cost(data, labels), float(np.sum(data**2))
        lower, method = max(upper - LINEAR_ALGEBRA * total, 0.0), "exact"
    else:
        labels = _lloyd(data, clusters, seed, starts)
        upper = _cost(data, labels)
        lower, method = _lower_bound(data, labels, clusters, upper, sharpen=sharpen)
    return Clustering(labels, min(lower, upper) / divisor, upper / divisor, method)


def _exactly(data: FloatArray, clusters: int) -> IntegerArray:
    samples = data.shape[1]
    if clusters == 1:
        return np.zeros(samples, dtype=np.int64)
    return np.arange(samples) if clusters == samples else optimal_intervals(data[0], clusters)


def _lower_bound(
    data: FloatArray, labels: IntegerArray, clusters: int, upper: float, *, sharpen: bool
) -> tuple[float, str]:
    spectral = spectral_lower_bound(data, clusters)
    if not sharpen or upper == 0:
        return spectral, "spectral"
    few = data.shape[1] <= 160
    sharper = (
        dual_lower_bound(data, clusters, upper) if few else lower_bound_by_blocks(data, labels, clusters)
    )
    method = "semidefinite" if few else "semidefinite, by blocks"
    return (sharper, method) if sharper > spectral else (spectral, "spectral")


def _cost(data: FloatArray, labels: IntegerArray) -> float:
    return float(np.sum(deviations_from_cluster_means(data, labels) ** 2))


def _lloyd(data: FloatArray, clusters: int, seed: int, starts: int) -> IntegerArray:
    """k-means labels without gaps; one thread, so that the digits do not depend on their number."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct samples than clusters: no harm
        model = cast(Any, KMeans)(n_clusters=clusters, n_init=starts, random_state=seed)
        labels = model.fit(np.ascontiguousarray(data.T)).labels_
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
