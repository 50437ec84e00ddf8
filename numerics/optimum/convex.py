"""Two factors: min g(M) + λ‖M‖_* is convex; accelerated proximal steps, stopped by a duality gap.

Source of the problem: 2‖X‖_* = min{‖A‖² + ‖B‖² : AB = X} (Shang et al. 2020), so this is the optimum of the
one-layer unconstrained features model, for any class sizes.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from numerics.arrays import FloatArray
from numerics.optimum.class_means import ClassMeans
from theory.errors import InvalidProblemError

GAP: Final = 1e-10
ITERATIONS: Final = 200_000
CHECK_EVERY: Final = 10


@dataclass(frozen=True)
class ConvexOptimum:
    """The optimum enclosed by a point's loss and a dual bound.

    Parameters
    ----------
    means: K × K, columns √n_k · (logits of class k).
    singular_values: of the K × N logits, largest first.
    loss: at `means`, an upper bound; `lower_bound` holds for every point, up to rounding.
    gap: loss − lower_bound.
    status: ``optimal``, or ``inaccurate`` where the gap asked for was not reached; then with a remedy.
    """

    means: FloatArray
    singular_values: FloatArray
    loss: float
    lower_bound: float
    gap: float
    iterations: int
    status: Literal["optimal", "inaccurate"]
    remedy: str


def two_factor_optimum(
    problem: ClassMeans,
    weight_decay: float,
    *,
    gap: float = GAP,
    start: FloatArray | None = None,
    max_iterations: int = ITERATIONS,
) -> ConvexOptimum:
    """The global optimum of mean cross-entropy + (λ/2)(‖W‖² + ‖H‖²) over W and H of any width ≥ K.

    Raises InvalidProblemError unless λ > 0 and gap > 0.

    >>> from numerics.optimum.class_means import class_means
    >>> found = two_factor_optimum(class_means([1, 1]), 0.1)
    >>> found.status, round(float(found.means[0, 0] - found.means[1, 0]), 5)  # log 9
    ('optimal', 2.19722)
    """
    if not (0 < weight_decay < np.inf and gap > 0):
        raise InvalidProblemError(f"weight decay {weight_decay} and gap {gap} must be positive")
    classes = problem.classes
    current = np.zeros((classes, classes)) if start is None else np.array(start, dtype=np.float64)
    step = 1.0 / problem.smoothness
    best = _assess(problem, current, weight_decay)
    ahead, momentum, iterations = current, 1.0, 0
    while best.gap > gap and iterations < max_iterations:
        _, gradient = problem.fit_and_gradient(ahead)
        following = _shrink(ahead - step * gradient, step * weight_decay)
        if np.vdot(ahead - following, following - current) > 0:  # the momentum points uphill: restart
            momentum = 1.0
        faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
        ahead = following + (momentum - 1.0) / faster * (following - current)
        current, momentum = following, faster
        iterations += 1
        if iterations % CHECK_EVERY == 0:
            found = _assess(problem, current, weight_decay)
            best = found if found.gap < best.gap else best
    return _result(best, iterations, gap)


def _shrink(matrix: FloatArray, amount: float) -> FloatArray:
    """Every singular value lowered by the amount, not below zero: the proximal map of amount·‖·‖_*."""
    left, values, right = np.linalg.svd(matrix)
    return (left * np.maximum(values - amount, 0.0)) @ right


@dataclass(frozen=True)
class _Assessed:
    means: FloatArray
    loss: float
    lower_bound: float

    @property
    def gap(self) -> float:
        return self.loss - self.lower_bound


def _assess(problem: ClassMeans, means: FloatArray, weight_decay: float) -> _Assessed:
    """Loss and dual bound: the gradient scaled into the ball ‖G‖_2 ≤ λ is a dual point."""
    fit, wrong, total = problem.fit_and_probabilities(means)
    gradient = problem.gradient_of(wrong, total)
    values = np.linalg.svd(means, compute_uv=False)
    steepest = float(np.linalg.norm(gradient, 2))
    scale = 1.0 if steepest <= weight_decay else weight_decay / steepest
    bound = -problem.conjugate(scale, wrong, total)
    return _Assessed(means, fit + weight_decay * float(values.sum()), bound)


def _result(best: _Assessed, iterations: int, asked: float) -> ConvexOptimum:
    reached = best.gap <= asked
    remedy = (
        "" if reached else f"gap {best.gap:.1e} after {iterations} steps: raise max_iterations, or the gap"
    )
    return ConvexOptimum(
        means=best.means,
        singular_values=np.linalg.svd(best.means, compute_uv=False).astype(np.float64),
        loss=best.loss,
        lower_bound=best.lower_bound,
        gap=best.gap,
        iterations=iterations,
        status="optimal" if reached else "inaccurate",
        remedy=remedy,
    )
