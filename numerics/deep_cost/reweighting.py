"""Upper bounds of the least Σσ_i^{2/F} at margins ≥ 1, by reweighting; and the KKT residual of a point.

Σσ_i^p = min over W ≻ 0 of (p/2) tr(W ZZᵀ) + (1 − p/2) tr W^{−p/(2−p)}, p = 2/F. For fixed W the columns of Z
decouple into small convex programs, points of hulls of least norm; the best W is a power of ZZᵀ. Taking
turns never raises the cost. (F = 2 is the nuclear norm: then the limit is a global optimum.)

A singular value that vanishes stays zero, and freezes the column space. So the cost is smoothed first,
tr (ZZᵀ + ε)^{p/2}, and ε falls: the smoothed costs are non-increasing as well. What is left then of singular
values that go to zero is cut off, and `tangent_steps` turns both spaces at the rank that is found.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from numerics.arrays import FloatArray, finite_matrix
from numerics.deep_cost.tangent_steps import (
    descend_at_rank,
    numerical_rank,
    smallest_margin,
    spectral_cost,
)
from theory.errors import InvalidProblemError
from theory.tolerances import NUMERICAL_RANK

MOST_ITERATIONS = 400
"""Steps on tangent spaces."""

SMOOTHING, SMOOTHING_FALL, SMOOTHING_STEPS = 1e-2, 0.6, 50
"""First ε in units of the largest σ², its factor from step to step, and how many steps."""

FAITHFUL = 1e-7
"""A first ε that keeps to the rank of a start with margins."""


@dataclass(frozen=True)
class DeepCost:
    """Logits with margins ≥ 1, their cost, and the smoothed costs on the way: non-increasing."""

    cost: float
    logits: FloatArray
    history: tuple[float, ...]
    has_settled: bool

    @property
    def rank(self) -> int:
        """Singular values above `NUMERICAL_RANK` of the largest."""
        values = np.linalg.svd(self.logits, compute_uv=False)
        return numerical_rank(np.asarray(values, dtype=np.float64))


def reweight(
    start: ArrayLike, factors: float, *, smoothing: float = SMOOTHING, iterations: int = MOST_ITERATIONS
) -> DeepCost:
    """Descend from logits `start` (K×K) to a local minimum of Σσ_i^{2/F} at margins ≥ 1.

    The start need not have margins. `smoothing` is the first ε in units of the largest σ²: the smaller it
    is, the nearer to the start's rank the search stays.

    Raises
    ------
    InvalidProblemError
        If the start is not a finite K×K matrix, K ≥ 2, if F < 2, or if no logits with the start's column
        space have margins.

    Examples
    --------
    >>> found = reweight(np.eye(4) + 0.3 * np.diag(np.ones(3), 1), 3)
    >>> round(found.cost, 6), found.rank
    (3.0, 3)
    """
    logits = finite_matrix(start, "start")
    classes = logits.shape[0]
    if logits.shape[1] != classes or classes < 2:
        raise InvalidProblemError(f"a start of shape {logits.shape} is not K×K with K ≥ 2")
    if not factors >= 2:
        raise InvalidProblemError(f"{factors} factors: at least 2 are needed")
    logits = logits - logits.mean(axis=0)
    history: list[float] = []
    smoothing *= float(np.linalg.norm(logits, 2)) ** 2
    for _ in range(SMOOTHING_STEPS):
        logits = _cheapest_columns(logits, factors, smoothing)
        history.append(_smoothed_cost(logits, factors, smoothing))
        smoothing *= SMOOTHING_FALL
    logits = _without_remains(logits, factors)
    logits, costs, settled = descend_at_rank(logits, factors, iterations=iterations)
    return DeepCost(costs[-1], logits, (*history, *costs), settled)


def _without_remains(logits: FloatArray, factors: float) -> FloatArray:
    """Without the singular values that are on their way to zero, where that is cheaper."""
    left, values, _ = np.linalg.svd(logits)
    cheapest, cost = logits, spectral_cost(logits, factors)
    for rank in range(numerical_rank(values), 1, -1):
        kept = left[:, :rank]
        start = kept @ (kept.T @ logits)
        try:
            found = _cheapest_columns(start, factors, 0.0)
        except InvalidProblemError:
            break
        if spectral_cost(found, factors) < cost:
            cheapest, cost = found, spectral_cost(found, factors)
    return cheapest


def _smoothed_cost(logits: FloatArray, factors: float, smoothing: float) -> float:
    """tr (ZZᵀ + ε)^{1/F} on the K − 1 directions of centred columns."""
    values = np.linalg.svd(logits, compute_uv=False)[:-1]
    return float(np.sum((values**2 + smoothing) ** (1 / factors)))


def best_of_starts(
    classes: int, factors: float, starts: int, generator: np.random.Generator
) -> tuple[DeepCost, list[float]]:
    """The cheapest of several starts and all their costs: Gram matrices of random unit vectors of all ranks.

    >>> best, costs = best_of_starts(4, 4, 8, np.random.default_rng(0))
    >>> round(best.cost, 6), best.rank, len(costs)
    (2.828427, 2, 8)
    """
    found: list[DeepCost] = []
    for number in range(starts):
        rank = 2 + number % (classes - 2) if classes > 2 else 1
        smoothing = FAITHFUL if number % 3 else SMOOTHING
        found.append(reweight(random_code(classes, rank, generator), factors, smoothing=smoothing))
    return min(found, key=lambda each: each.cost), [each.cost for each in found]


def random_code(classes: int, rank: int, generator: np.random.Generator) -> FloatArray:
    """The Gram matrix of random unit vectors: it has margins wherever they are distinct.

    >>> np.diag(random_code(4, 2, np.random.default_rng(0))).round(12).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    vectors = generator.standard_normal((classes, rank))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


def kkt_residual(logits: ArrayLike, factors: float) -> tuple[float, FloatArray]:
    """How far a point with margins ≥ 1 is from a KKT point, and the multipliers (rows j, columns c).

    With Z = UΣVᵀ (compact) and G = Σα_jc(e_c − e_j)e_cᵀ the conditions are α ≥ 0, zero where the margin
    exceeds one, GV = UΣ^{2/F−1}, UᵀG = Σ^{2/F−1}Vᵀ. The multipliers make the two equations' residual least;
    it is relative to that of no multipliers at all, and infinity where margins fall below one.

    >>> residual, _ = kkt_residual(np.eye(3) - 1 / 3, 4)
    >>> residual < 1e-12
    True
    """
    matrix = finite_matrix(logits, "logits")
    classes = matrix.shape[0]
    margins = np.diag(matrix) - matrix
    outside = ~np.eye(classes, dtype=bool)
    if smallest_margin(matrix) < 1 - NUMERICAL_RANK:
        return float("inf"), np.zeros((classes, classes))
    left, values, right = np.linalg.svd(matrix)
    rank = numerical_rank(values)
    left, values, right = left[:, :rank], values[:rank], right[:rank]
    powers = values ** (2 / factors - 1)
    active = [(j, c) for j, c in np.argwhere(outside & (margins < 1 + NUMERICAL_RANK)).tolist()]
    columns: list[FloatArray] = []
    for j, c in active:
        change = -left[j] + left[c]  # Uᵀ(e_c − e_j)
        below = np.zeros((rank, classes))
        below[:, c] = change
        beside = np.zeros((classes, rank))
        beside[c], beside[j] = right[:, c], -right[:, c]
        columns.append(np.concatenate([below.ravel(), beside.ravel()]))
    target = np.concatenate([(powers[:, None] * right).ravel(), (left * powers).ravel()])
    if not active:
        return 1.0, np.zeros((classes, classes))
    weights, residual = nnls(np.array(columns).T, target)
    multipliers = np.zeros((classes, classes))
    for (j, c), weight in zip(active, weights.tolist(), strict=True):
        multipliers[j, c] = weight
    return float(residual) / float(np.linalg.norm(target)), multipliers


def _cheapest_columns(logits: FloatArray, factors: float, smoothing: float) -> FloatArray:
    """The logits that minimise tr(A⁻¹ZZᵀ) at margins ≥ 1, for A = (Z₀Z₀ᵀ + ε)^{1−1/F} on centred columns.

    Column c is A(e_c − Σβ_je_j)/d for the point of conv{w_j} nearest to w_c, w = A^{1/2}, at distance √d. The
    weights are those of a non-negative least-squares problem: of |Bα|² + (1 − Σα)² the minimiser points at β.
    """
    left, values, _ = np.linalg.svd(logits)
    left, values = left[:, :-1], np.sqrt(values[:-1] ** 2 + smoothing)
    kept = values > 1e-14 * values[0]
    root = left[:, kept] * values[kept] ** (1 - 1 / factors)  # row j is w_j
    root /= np.linalg.norm(root)
    classes = logits.shape[0]
    found = np.zeros((classes, classes))
    for c in range(classes):
        others = np.delete(np.arange(classes), c)
        apart = root[c] - root[others]
        weights, _ = nnls(np.vstack([apart.T, np.ones(classes - 1)]), np.r_[np.zeros(root.shape[1]), 1.0])
        if not weights.sum() > 0:
            raise InvalidProblemError(f"class {c} lies in the hull of the others: give another start")
        normal = (weights / weights.sum()) @ apart
        distance = float(normal @ normal)
        if not distance > 1e-24:
            raise InvalidProblemError(f"class {c} lies in the hull of the others: give another start")
        found[:, c] = root @ normal / distance
    return found - found.mean(axis=0)
