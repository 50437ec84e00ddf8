"""Accelerated proximal steps for h(ZX) + λ‖Z‖_* with a smooth h, stopped by the duality gap."""

import time
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.representation_cost.enclosure import Attempt, into_dual_ball
from numerics.representation_cost.fits import CrossEntropy, SquaredLoss
from numerics.representation_cost.problem import CostProblem

CHECK_EVERY: Final = 10
ITERATIONS: Final = 200_000


def descend(
    problem: CostProblem, fit: CrossEntropy | SquaredLoss, accuracy: float, seconds: float
) -> Attempt:
    """Beck and Teboulle's accelerated steps (2009), restarted where the momentum points uphill."""
    started = time.perf_counter()
    step = 1.0 / (fit.smoothness * float(np.linalg.norm(problem.inputs, 2)) ** 2)
    current = ahead = np.zeros(problem.shape)
    momentum, reached, iterations = 1.0, False, 0
    while not reached and iterations < ITERATIONS and time.perf_counter() - started < seconds:
        for _ in range(CHECK_EVERY):
            slope = problem.gradient_side(fit.pull_at(ahead @ problem.inputs))
            following = _shrink(ahead + step * slope, step * problem.weight)
            if np.vdot(ahead - following, following - current) > 0:
                momentum = 1.0
            faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
            ahead = following + (momentum - 1.0) / faster * (following - current)
            current, momentum = following, faster
        iterations += CHECK_EVERY
        reached = _gap(problem, fit, current) <= accuracy * problem.objective(current)
    remedy = f"stopped after {iterations} steps: allow more seconds, or ask clarabel"
    return Attempt(
        "own, proximal steps",
        current,
        claim="optimal" if reached else "timed out",
        remedy="" if reached else remedy,
        seconds=time.perf_counter() - started,
        iterations=iterations,
    )


def _gap(problem: CostProblem, fit: CrossEntropy | SquaredLoss, matrix: FloatArray) -> float:
    pull = into_dual_ball(problem, fit.pull_at(matrix @ problem.inputs))
    return np.inf if pull is None else problem.objective(matrix) - fit.dual_value(pull)


def _shrink(matrix: FloatArray, amount: float) -> FloatArray:
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    return (left * np.maximum(values - amount, 0.0)) @ right
