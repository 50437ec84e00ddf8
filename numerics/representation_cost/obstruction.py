"""Why a problem has no optimum, seen without a convex solver: Farkas multipliers, a falling direction."""

import numpy as np

from numerics.arrays import FloatArray
from numerics.representation_cost.fits import Alignment, Interpolation, Margins
from numerics.representation_cost.problem import CostProblem
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP


def separating_multipliers(problem: CostProblem) -> FloatArray | None:
    """P with PXᵀ = 0 and a positive dual value: no Z meets the constraints. None where there is none.

    For interpolation P is the part of Y beyond the rows of X; for margins a linear program finds α.
    """
    if isinstance(problem.fit, Interpolation):
        return _unreachable_part(problem.fit, problem.inputs)
    if isinstance(problem.fit, Margins) and problem.scales is None:
        return _contradiction(problem.fit, problem.inputs)
    return None  # free features can meet any margins


def falling_direction(problem: CostProblem) -> FloatArray | None:
    """A direction D of norm one with λ‖D‖_* − ⟨C, DX⟩ < 0 in an alignment problem, None where none is."""
    if not isinstance(problem.fit, Alignment):
        return None
    left, values, right = np.linalg.svd(problem.gradient_side(problem.fit.directions))
    if values[0] <= problem.weight * (1.0 + LINEAR_ALGEBRA):
        return None
    return np.outer(left[:, 0], right[0])


def _unreachable_part(fit: Interpolation, inputs: FloatArray) -> FloatArray | None:
    values, rows = np.linalg.svd(inputs, full_matrices=False)[1:]
    kept = values > LINEAR_ALGEBRA * values[0]
    beyond = fit.targets - (fit.targets @ rows[kept].T) @ rows[kept]
    rounding = LINEAR_ALGEBRA * float(np.linalg.norm(fit.targets, 2) * values[0] / values[kept][-1])
    return beyond if float(np.abs(beyond).max()) > rounding else None


def _contradiction(fit: Margins, inputs: FloatArray) -> FloatArray | None:
    """max Σα m over 0 ≤ α ≤ 1 with Σα_ji (e_y − e_j)x_iᵀ = 0, by HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    classes, dimension = fit.shape[0], inputs.shape[0]
    rivals, samples = np.nonzero(np.isfinite(fit.required))
    count = rivals.size
    number = np.repeat(np.arange(count), dimension)
    column = np.tile(np.arange(dimension), count)
    entries = inputs[:, samples].T.ravel()
    own = np.repeat(fit.labels[samples], dimension) * dimension + column
    other = np.repeat(rivals, dimension) * dimension + column
    balance = coo_matrix(
        (np.r_[entries, -entries], (np.r_[own, other], np.r_[number, number])),
        shape=(classes * dimension, count),
    )
    demands = fit.required[rivals, samples]
    found = linprog(
        -demands, A_eq=balance.tocsr(), b_eq=np.zeros(classes * dimension), bounds=(0.0, 1.0), method="highs"
    )
    if not found.success or -found.fun <= SOLVER_GAP * float(np.abs(demands).max()):
        return None
    multipliers = np.zeros(fit.shape)
    multipliers[rivals, samples] = np.maximum(found.x, 0.0)
    return fit.pull(multipliers)
