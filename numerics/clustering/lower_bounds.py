"""Numbers that no partition into C clusters goes below: k-means costs are NP-hard, lower bounds are not.

The cost of a partition is the sum of squared distances to the cluster means. With G the Gram matrix of the
centred columns and Π the N×N matrix with 1/n_k between members of cluster k, it is tr G − ⟨G, Π⟩, and
Π = 11ᵀ/N + Π' with Π' a projection of rank C − 1. Fan (1949) bounds ⟨G, Π'⟩ by the largest C − 1
eigenvalues. Since Π ≥ 0 in every entry, the same holds of G + B for any B ≥ 0, which sharpens it: the best B
gives the value of the semidefinite program of Peng and Wei (2007), but every B gives a bound, so that no
solver has to be trusted.
"""

import numpy as np

from numerics.arrays import FloatArray, centred
from theory.tolerances import LINEAR_ALGEBRA


def spectral_lower_bound(columns: FloatArray, clusters: int) -> float:
    """Return Σ_{j≥C} σ_j² of the centred columns, less rounding.

    Examples
    --------
    >>> data = np.array([[0.0, 0.0, 9.0, 9.0], [0.0, 1.0, 0.0, 1.0]])
    >>> round(spectral_lower_bound(data, 2), 6)
    1.0
    """
    data = centred(columns)
    gram = data @ data.T if data.shape[0] <= data.shape[1] else data.T @ data
    values = np.linalg.eigvalsh(gram)[::-1]
    total = float(np.sum(data**2))
    return max(float(np.sum(values[clusters - 1 :])) - LINEAR_ALGEBRA * total, 0.0)


def dual_lower_bound(
    columns: FloatArray, clusters: int, upper: float, *, iterations: int = 200, gap: float = 1e-3
) -> float:
    """Return the best bound over B ≥ 0 that a supergradient ascent finds; N×N matrices, so for small N.

    Starts at the spectral bound. `upper`, the cost of some partition, sets the steps (Polyak) and stops the
    ascent when the relative gap is below `gap`.

    Examples
    --------
    >>> data = np.array([[0.0, 1.0, 10.0, 11.0, 20.0, 21.0]])
    >>> 1.2 < dual_lower_bound(data, 3, 1.5) <= 1.5
    True
    """
    data = centred(columns)
    samples = data.shape[1]
    gram = data.T @ data
    total = float(np.trace(gram))
    center = np.eye(samples) - 1.0 / samples
    multipliers = np.zeros((samples, samples))
    best = 0.0
    for _ in range(iterations):
        values, vectors = np.linalg.eigh(center @ (gram + multipliers) @ center)
        top = vectors[:, samples - clusters + 1 :]
        mean = float(multipliers.sum()) / samples
        rounding = LINEAR_ALGEBRA * (total + mean + float(np.linalg.norm(multipliers)))
        value = total - mean - float(np.sum(values[samples - clusters + 1 :]))
        best = max(best, value - rounding)
        if upper - best <= gap * upper:
            break
        slope = 1.0 / samples + top @ top.T
        active = (slope < 0) | (multipliers > 0)
        np.fill_diagonal(active, val=False)
        size = float(np.sum(slope[active] ** 2))
        if size == 0:
            break
        multipliers = np.where(active, np.maximum(multipliers - (upper - value) / size * slope, 0.0), 0.0)
    return best


def lower_bound_by_blocks(
    columns: FloatArray, labels: np.ndarray, clusters: int, *, block: int = 80, iterations: int = 60
) -> float:
    """Return the sum of dual bounds of disjoint blocks of samples: a partition of all clusters each block.

    Members of a partition's clusters are dealt out in turn, so that each block looks like the whole.

    Examples
    --------
    >>> data = np.arange(12.0)[None, :] // 4 * 10
    >>> lower_bound_by_blocks(data, np.arange(12) // 4, 3, block=6)
    0.0
    """
    order = np.argsort(labels, kind="stable")
    count = -(-labels.size // max(block, clusters + 1))
    found = 0.0
    for start in range(count):
        part = columns[:, order[start::count]]
        if part.shape[1] > clusters:
            upper = _cost(part, labels[order[start::count]])
            found += dual_lower_bound(part, clusters, upper, iterations=iterations)
    return found


def _cost(columns: FloatArray, labels: np.ndarray) -> float:
    return sum(float(np.sum(centred(columns[:, labels == label]) ** 2)) for label in np.unique(labels))
