"""Two factors: min g(M) + λ‖M‖_* is convex; accelerated proximal steps, stopped by a duality gap.

Source of the problem: 2‖X‖_* = min{‖A‖² + ‖B‖² : AB = X} (Shang et al. 2020), so this is the optimum of the
one-layer unconstrained features model, for any class sizes.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from numerics.arrays import FloatArray
from numerics.optimum.class_means import ClassMeans
from numerics.optimum.proximal_kernels import descend_proximally, fit_and_gradient
from theory.errors import InvalidProblemError

GAP: Final = 1e-10
ITERATIONS: Final = 200_000
BISECTIONS: Final = 40
"""Of a slope: the loss is then within rounding of the least on its ray."""

FIRST_SLICE: Final = 20
"""Steps before the gap is looked at, and the momentum begins anew; every further slice is twice as long."""


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
    current = _best_on_ray(problem, weight_decay) if start is None else np.array(start, dtype=np.float64)
    step = 1.0 / problem.smoothness
    best = _assess(problem, current, weight_decay)
    iterations, several = 0, FIRST_SLICE
    while best.gap > gap and iterations < max_iterations:
        several = min(several, max_iterations - iterations)
        loss = problem.fit_and_gradient(current)[0] + weight_decay * float(np.linalg.norm(current, "nuc"))
        current, _, _, move, taken = descend_proximally(
            current, loss, problem.roots, problem.shares, step, weight_decay, 1.0, 0.0, several
        )
        iterations += taken
        several *= 2
        found = _assess(problem, current, weight_decay)
        best = found if found.gap < best.gap else best
        if move == 0.0:  # nothing changes any more, to the last digit
            break
    return _result(best, iterations, gap)


def _best_on_ray(problem: ClassMeans, weight_decay: float) -> FloatArray:
    """The best point on the ray of steepest descent from zero: with equal classes it is the optimum.

    The loss is convex along the ray: its slope is bisected.
    """
    ray = -problem.fit_and_gradient(np.zeros((problem.classes, problem.classes)))[1]
    cost = weight_decay * float(np.linalg.norm(ray, "nuc"))
    gradient, roots, shares = np.empty_like(ray), problem.roots, problem.shares

    def slope(scale: float) -> float:
        fit_and_gradient(scale * ray, roots, shares, gradient)
        return float(np.vdot(gradient, ray)) + cost

    if slope(0.0) >= 0.0:
        return np.zeros_like(ray)
    low, high = 0.0, 1.0
    while slope(high) < 0.0:
        low, high = high, 2.0 * high
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high) * ray


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
