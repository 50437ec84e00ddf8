"""Descent of Σσ_i^{2/F} at margins ≥ 1 among matrices of one rank, by convex programs on tangent spaces.

Reweighting prices what leaves the column space infinitely high once singular values are zero, so it cannot
turn that space. Here both factors of Z = LRᵀ move: with L = UΣ^{1/2}, R = VΣ^{1/2} each step minimises
⟨∂cost, δ⟩ + |(δL, δR)|²/2t over δ = δL Rᵀ + L δRᵀ with Z + δ at margins ≥ 1, a least-distance program. The
step's second-order part is then scaled away, and only a cheaper point is kept: costs fall.
"""

import numpy as np
from scipy.optimize import nnls

from numerics.arrays import FloatArray
from theory.tolerances import NUMERICAL_RANK

LONGEST, SHORTEST = 1e4, 1e-10
"""Range of t; below the shortest nothing is gained but rounding."""

WORTHWHILE = 1e-14
"""Relative decrease of the cost that counts as one."""


def smallest_margin(logits: FloatArray) -> float:
    """min Z_cc − Z_jc over j ≠ c.

    >>> smallest_margin(2 * np.eye(3))
    2.0
    """
    margins = np.diag(logits) - logits
    return float(margins[~np.eye(logits.shape[0], dtype=bool)].min())


def numerical_rank(values: FloatArray) -> int:
    """Singular values above `NUMERICAL_RANK` of the largest."""
    return int(np.sum(values > NUMERICAL_RANK * values[0]))


def spectral_cost(logits: FloatArray, factors: float) -> float:
    """Σσ_i^{2/F} over singular values above rounding."""
    values = np.linalg.svd(logits, compute_uv=False)
    return float(np.sum(values[values > 1e-14 * values[0]] ** (2 / factors)))


def descend_at_rank(
    logits: FloatArray, factors: float, *, iterations: int
) -> tuple[FloatArray, list[float], bool]:
    """Descend from margins ≥ 1; the last logits, the costs of the steps taken, and whether no step was left.

    >>> start = np.array([[1.0, -1.2, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1], [0.1, 0, -1, 1]])
    >>> logits, costs, settled = descend_at_rank(start / smallest_margin(start), 6, iterations=300)
    >>> settled, round(costs[-1], 6) <= 2.519842
    (True, True)
    """
    length, cost = 1.0, spectral_cost(logits, factors)
    costs = [cost]
    for _ in range(iterations):
        moved = _step(logits, factors, length)
        found = spectral_cost(moved, factors) if moved is not None else np.inf
        if moved is not None and found < cost * (1 - WORTHWHILE):
            logits, cost = moved, found
            costs.append(cost)
            length = min(3 * length, LONGEST)
            continue
        length /= 10
        if length < SHORTEST:
            return logits, costs, True
    return logits, costs, False


def _step(logits: FloatArray, factors: float, length: float) -> FloatArray | None:
    """The logits after one step, scaled back to margins ≥ 1; None where they lose their margins."""
    classes = logits.shape[0]
    left, values, right = np.linalg.svd(logits)
    rank = numerical_rank(values)
    roots = np.sqrt(values[:rank])
    lefts, rights = left[:, :rank] * roots, right[:rank].T * roots
    slope = (2 / factors) * values[:rank] ** (2 / factors - 1)
    pull = np.concatenate(
        [(left[:, :rank] * slope * roots).ravel(), (right[:rank].T * slope * roots).ravel()]
    )
    pairs = [(j, c) for c in range(classes) for j in range(classes) if j != c]
    rows = np.zeros((len(pairs), 2, classes, rank))
    for row, (j, c) in zip(rows, pairs, strict=True):
        row[0, c] = rights[c]
        row[0, j] = -rights[c]
        row[1, c] = lefts[c] - lefts[j]
    constraints = rows.reshape(len(pairs), -1)
    spare = np.array([logits[c, c] - logits[j, c] - 1 for j, c in pairs])
    wanted = -length * pull
    nearest = _least_distance(constraints, -spare - constraints @ wanted)
    if nearest is None:
        return None
    change = (wanted + nearest).reshape(2, classes, rank)
    moved = (lefts + change[0]) @ (rights + change[1]).T
    moved -= moved.mean(axis=0)
    margin = smallest_margin(moved)
    return moved / margin if margin > 0.1 else None


def _least_distance(constraints: FloatArray, right: FloatArray) -> FloatArray | None:
    """The least y with Cy ≥ d, by non-negative least squares (Lawson and Hanson 1974, chapter 23)."""
    size = float(np.abs(right).max())
    if size == 0:
        return np.zeros(constraints.shape[1])
    system = np.vstack([constraints.T, right / size])
    target = np.zeros(system.shape[0])
    target[-1] = 1.0
    try:
        weights, _ = nnls(system, target)
    except RuntimeError:  # too many iterations: a shorter step is easier
        return None
    residual = system @ weights - target
    return -size * residual[:-1] / residual[-1] if residual[-1] < -1e-12 else None
