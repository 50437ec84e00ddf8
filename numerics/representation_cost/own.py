"""Our own solvers: closed forms, alternating directions for margins, accelerated proximal steps for losses.

All are judged by the same enclosure as cvxpy's, and held against cvxpy in the tests.
"""

import time
from typing import Final

import numpy as np

from numerics.representation_cost.enclosure import Attempt
from numerics.representation_cost.fits import CrossEntropy, Interpolation, Margins, SquaredLoss
from numerics.representation_cost.obstruction import falling_direction, separating_multipliers
from numerics.representation_cost.problem import CostProblem
from numerics.representation_cost.proximal import descend
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA

CLOSED_FORM: Final = "own, closed form"


def own_attempt(problem: CostProblem, accuracy: float, seconds: float) -> Attempt:
    """Z and P by the method that fits the problem; InvalidProblemError for margins on general inputs."""
    fit = problem.fit
    if isinstance(fit, Margins):
        return _margins(problem, fit, accuracy, seconds)
    if isinstance(fit, Interpolation):
        return _interpolation(problem, fit)
    if isinstance(fit, (CrossEntropy, SquaredLoss)):
        return descend(problem, fit, accuracy, seconds)
    falls = falling_direction(problem) is not None
    return Attempt(CLOSED_FORM, claim="unbounded") if falls else Attempt(CLOSED_FORM, np.zeros(problem.shape))


def _margins(problem: CostProblem, fit: Margins, accuracy: float, seconds: float) -> Attempt:
    from numerics.representation_cost.alternating import cheapest_margins

    if problem.scales is None:
        raise InvalidProblemError(
            "the solver own does margins on free features (diagonal inputs) only: use clarabel or scs"
        )
    started = time.perf_counter()
    # (ZX)_ji = Z_ji·x_i: margins m/x of Z itself
    found = cheapest_margins(fit.required / problem.scales, fit.labels, accuracy, seconds)
    elapsed = time.perf_counter() - started
    remedy = f"stopped after {found.iterations} iterations: allow more seconds, or ask clarabel"
    return Attempt(
        "own, alternating directions",
        found.matrix,
        fit.pull(found.multipliers) / problem.scales,
        "optimal" if found.reached else "timed out",
        "" if found.reached else remedy,
        elapsed,
        found.iterations,
    )


def _interpolation(problem: CostProblem, fit: Interpolation) -> Attempt:
    """Z = YX⁺: projecting any solution onto the columns of X keeps ZX = Y and no singular value grows.

    With Z = UΣVᵀ, P = UVᵀ(X⁺)ᵀ has PXᵀ = UVᵀ.
    """
    if separating_multipliers(problem) is not None:
        return Attempt(CLOSED_FORM, claim="infeasible")
    back = np.asarray(np.linalg.pinv(problem.inputs), dtype=np.float64)
    matrix = fit.targets @ back
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    kept = values > LINEAR_ALGEBRA * values[0]
    return Attempt(CLOSED_FORM, matrix, left[:, kept] @ right[kept] @ back.T)
