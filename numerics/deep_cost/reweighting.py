"""Upper bounds of the least Σσ_i^{2/F} at margins ≥ 1, by reweighting; and the KKT residual of a point.

Σσ_i^p = min over W ≻ 0 of (p/2) tr(W ZZᵀ) + (1 − p/2) tr W^{−p/(2−p)}, p = 2/F. For fixed W the columns of Z
decouple into small convex programs, points of hulls of least norm; the best W is a power of ZZᵀ. Taking
turns never raises the cost. (F = 2 is the nuclear norm: then the limit is a global optimum.)

A singular value that vanishes stays zero, and freezes the column space. So the cost is smoothed first,
tr (ZZᵀ + ε)^{p/2}, and ε falls to zero: the smoothed costs are non-increasing as well.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import NUMERICAL_RANK

SETTLED = 1e-13
"""Relative decrease below which the iteration stops."""

MOST_ITERATIONS = 3_000

SMOOTHING, SMOOTHING_FALL, SMOOTHING_END = 1e-3, 0.6, 1e-9
"""First ε in units of the largest σ², its factor from step to step, and where it becomes zero."""


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
        return int(np.sum(values > NUMERICAL_RANK * values[0]))


def reweight(start: ArrayLike, factors: float, *, iterations: int = MOST_ITERATIONS) -> DeepCost:
    """Descend from logits `start` (K×K) to a local minimum of Σσ_i^{2/F} at margins ≥ 1.

    The start need not have margins; where its row space serves no class, the step fails with an error.

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
    smoothing = SMOOTHING * float(np.linalg.norm(logits, 2)) ** 2
    last = SMOOTHING_END * smoothing
    for _ in range(iterations):
        logits = _cheapest_columns(logits, factors, smoothing)
        history.append(_smoothed_cost(logits, factors, smoothing))
        settled = len(history) > 1 and history[-2] - history[-1] <= SETTLED * history[-1]
        if settled and smoothing == 0:
            return DeepCost(spectral_cost(logits, factors), logits, tuple(history), True)
        smoothing = SMOOTHING_FALL * smoothing if smoothing > last else 0.0
    return DeepCost(spectral_cost(logits, factors), logits, tuple(history), False)


def spectral_cost(logits: FloatArray, factors: float) -> float:
    """Σσ_i^{2/F} over singular values above rounding."""
    values = np.linalg.svd(logits, compute_uv=False)
    return float(np.sum(values[values > 1e-14 * values[0]] ** (2 / factors)))


def _smoothed_cost(logits: FloatArray, factors: float, smoothing: float) -> float:
    """tr (ZZᵀ + ε)^{1/F} on the K − 1 directions of centred columns."""
    if smoothing == 0:
        return spectral_cost(logits, factors)
    values = np.linalg.svd(logits, compute_uv=False)[:-1]
    return float(np.sum((values**2 + smoothing) ** (1 / factors)))


def best_of_starts(
    classes: int, factors: float, starts: int, generator: np.random.Generator
) -> tuple[DeepCost, list[float]]:
    """The cheapest of several random starts, and all their costs."""
    found = [reweight(generator.standard_normal((classes, classes)), factors) for _ in range(starts)]
    return min(found, key=lambda each: each.cost), [each.cost for each in found]


def kkt_residual(logits: ArrayLike, factors: float) -> tuple[float, FloatArray]:
    """How far a point with margins ≥ 1 is from a KKT point, and the multipliers (rows j, columns c).

    With Z = UΣVᵀ (compact) and G = Σα_jc(e_c − e_j)e_cᵀ the conditions are α ≥ 0, zero where the margin
    exceeds one, GV = UΣ^{2/F−1}, UᵀG = Σ^{2/F−1}Vᵀ. The multipliers make the two equations' residual least;
    it is relative to ‖Σ^{2/F−1}‖_F. A point whose margins fall below one has the residual infinity.

    >>> residual, _ = kkt_residual(np.eye(3) - 1 / 3, 4)
    >>> residual < 1e-12
    True
    """
    matrix = finite_matrix(logits, "logits")
    classes = matrix.shape[0]
    margins = np.diag(matrix) - matrix
    outside = ~np.eye(classes, dtype=bool)
    if margins[outside].min() < 1 - NUMERICAL_RANK:
        return float("inf"), np.zeros((classes, classes))
    left, values, right = np.linalg.svd(matrix)
    rank = int(np.sum(values > NUMERICAL_RANK * values[0]))
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
    weights, residual = nnls(np.array(columns).T, target)
    multipliers = np.zeros((classes, classes))
    for (j, c), weight in zip(active, weights.tolist(), strict=True):
        multipliers[j, c] = weight
    return float(residual) / float(np.linalg.norm(powers)), multipliers


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
