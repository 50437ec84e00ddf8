"""min ‖Z‖_* under margins by the alternating direction method of multipliers, stopped by the duality gap.

Source: Boyd, Parikh, Chu, Peleato, Eckstein 2011 (over-relaxation 3.4.3, varying penalty 3.4.1). One step
shrinks singular values, the other meets the margins of each column exactly: at every iteration the point
has no shortfall and its multipliers are non-negative, so the gap is certain.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from numerics.arrays import FloatArray, IntegerArray

ITERATIONS: Final = 100_000
CHECK_EVERY: Final = 10
"""Iterations between two looks at the gap: two decompositions, where an iteration has one."""

ADAPT_EVERY: Final = 20
IMBALANCE: Final = 10.0
"""Ratio of the residuals beyond which the penalty is doubled or halved."""

STRENGTH: Final = 0.2
"""The first penalty, in units of one over the mean demand: the best or near it for uniform, exponential,
signed and sparse margins and for unequal class sizes; it adapts from there."""


@dataclass(frozen=True)
class CheapestMargins:
    """Z with its margins met, multipliers α ≥ 0 in the dual ball, and whether the gap is small enough."""

    matrix: FloatArray
    multipliers: FloatArray
    iterations: int
    reached: bool


def cheapest_margins(
    required: FloatArray, labels: IntegerArray, accuracy: float, seconds: float
) -> CheapestMargins:
    """min ‖Z‖_* subject to Z_{y_i,i} − Z_{j,i} ≥ m_ji (K × N, −∞ for none; some margin positive).

    >>> found = cheapest_margins(np.ones((3, 3)), np.arange(3), 1e-9, 10.0)
    >>> found.reached, round(float(np.linalg.svd(found.matrix)[1].sum()), 6)
    (True, 2.0)
    """
    from numerics.representation_cost.margin_kernels import alternate

    demands = required.copy()
    demands[labels, np.arange(labels.size)] = -np.inf
    scale = float(np.mean(np.maximum(demands.max(axis=0), 0.0)))
    demands /= scale
    met, scaled, excess = (np.zeros(required.shape) for _ in range(3))
    alternate(met, scaled, excess, demands, labels, STRENGTH, 0)  # compiled before the clock starts
    matrix, multipliers = met, excess
    value, bound, strength, iterations = np.inf, 0.0, STRENGTH, 0
    started = time.perf_counter()
    while value - bound > accuracy * value or iterations == 0:
        if iterations >= ITERATIONS or time.perf_counter() - started > seconds:
            return CheapestMargins(scale * matrix, multipliers, iterations, False)
        apart, moved = alternate(met, scaled, excess, demands, labels, strength, CHECK_EVERY)
        iterations += CHECK_EVERY
        cost = float(np.linalg.svd(met, compute_uv=False).sum())
        if cost < value:
            matrix, value = met.copy(), cost
        inside, reached = _in_dual_ball(strength * excess, demands, labels)
        if reached > bound:
            multipliers, bound = inside, reached
        if (
            iterations % ADAPT_EVERY == 0
            and not 1 / IMBALANCE < apart / (strength * moved + TINY) < IMBALANCE
        ):
            factor = 2.0 if apart > strength * moved else 0.5
            strength *= factor
            scaled /= factor
    return CheapestMargins(scale * matrix, multipliers, iterations, True)


TINY: Final = float(np.finfo(np.float64).tiny)


def _in_dual_ball(
    multipliers: FloatArray, demands: FloatArray, labels: IntegerArray
) -> tuple[FloatArray, float]:
    """The multipliers scaled until ‖Σα_ji(e_y − e_j)e_iᵀ‖_2 ≤ 1, and the cost they show to be needed."""
    pull = -multipliers
    pull[labels, np.arange(labels.size)] = multipliers.sum(axis=0)
    inside = multipliers / max(1.0, float(np.linalg.svd(pull, compute_uv=False)[0]))
    active = inside > 0
    return inside, float(np.sum(inside[active] * demands[active]))
