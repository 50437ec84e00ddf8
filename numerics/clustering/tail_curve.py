"""The rank bound at every number of clusters: the whole curve C ↦ (Σ_{j>C}σ_j²)^{1/2} against its bound."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.clustering.kmeans import best_clusters
from theory.errors import InvalidProblemError
from theory.networks.rank_bound import RankBound, rank_bound

Partition: TypeAlias = Literal["inputs", "inputs and deltas"]


def tail_curve(
    weight: FloatArray,
    inputs: FloatArray,
    deltas: FloatArray,
    residual: FloatArray,
    weight_decay: float,
    *,
    clusters: Sequence[int] | None = None,
    of: Partition = "inputs and deltas",
    images: int | None = None,
    seed: int = 0,
) -> list[RankBound]:
    """Return the rank bound for k-means clusters, for each number of clusters below the smaller side of W.

    Clusters of the inputs alone make TCV(z) small. Clusters of inputs and deltas side by side, each scaled to
    unit variation, make the product small that B1 has: TCV(z) + TCV(δ) ≥ 2√(TCV(z)·TCV(δ)). Where samples
    coincide there may be fewer clusters than asked for; the bound's own `clusters` counts.

    Shapes as in `theory.networks.rank_bound.rank_bound`.

    Examples
    --------
    >>> signals = np.array([[2.0, 2.0, -1.0, -1.0], [1.0, 1.0, 3.0, 3.0], [0.0, 0.1, 0.1, 0.0]])
    >>> curve = tail_curve(-signals @ signals.T / 4, signals, signals, np.zeros((3, 3)), 1.0)
    >>> [(bound.clusters, round(bound.distance, 4), round(bound.sharpest, 4)) for bound in curve]
    [(1, 2.4045, 3.25), (2, 0.0025, 0.0025)]
    """
    smaller = min(weight.shape)
    most = min(smaller - 1, inputs.shape[1])
    counts = range(1, most + 1) if clusters is None else clusters
    if clusters is not None and not all(1 <= count <= inputs.shape[1] for count in counts):
        raise InvalidProblemError(
            f"clusters {list(counts)} of {inputs.shape[1]} samples: ask for 1 to that many"
        )
    data = _clustered(inputs, deltas, of)
    return [
        rank_bound(
            weight,
            inputs,
            deltas,
            residual,
            weight_decay,
            best_clusters(data, count, seed=seed, sharpen=False).labels,
            images=images,
        )
        for count in counts
    ]


def _clustered(inputs: FloatArray, deltas: FloatArray, of: Partition) -> FloatArray:
    if of == "inputs":
        return inputs
    if of != "inputs and deltas":
        raise InvalidProblemError(f"clusters of {of!r} are unknown: use 'inputs' or 'inputs and deltas'")
    return np.vstack([_scaled(inputs), _scaled(deltas)])


def _scaled(columns: FloatArray) -> FloatArray:
    """Centred, with total variation one (or as it is where there is none)."""
    deviations = columns - columns.mean(axis=1, keepdims=True)
    size = float(np.linalg.norm(deviations))
    return deviations / size if size > 0 else deviations
