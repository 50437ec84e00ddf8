"""From near a critical point to it: Newton steps by MINRES, damped on the gradient norm.

MINRES solves the singular but consistent Newton equations of a symmetric problem (rotations leave the
loss unchanged) with the shortest step, and does not mind negative curvature: a saddle stays a saddle.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse.linalg import LinearOperator, minres

from numerics.arrays import FloatArray
from numerics.critical.objective import Objective
from theory.errors import InvalidProblemError
from theory.tolerances import CRITICAL

HALVINGS: Final = 30
FORCING: Final = 1e-2
"""The Newton equations are solved to this fraction of the gradient, and to its own size near the end."""


@dataclass(frozen=True)
class CriticalPoint:
    """Where refinement ended.

    Parameters
    ----------
    point: flat coordinates.
    loss, gradient_norm: there.
    stationarity: gradient norm over max(λ)·‖point‖ (over ‖point‖ + 1 without weight decay).
    distance: from the starting point: a refinement that went far is of another point.
    status: ``critical``, or ``stalled`` where no step reduces the gradient any more.
    remedy: what to do about the latter.
    """

    point: FloatArray
    loss: float
    gradient_norm: float
    stationarity: float
    distance: float
    steps: int
    status: Literal["critical", "stalled"]
    remedy: str


def refine(
    objective: Objective, start: FloatArray, *, tolerance: float = CRITICAL, max_steps: int = 50
) -> CriticalPoint:
    """Newton–Krylov refinement of the end point of a descent.

    Raises InvalidProblemError for a point that is not finite, or a setting out of range.

    >>> from numerics.critical.objective import cross_entropy_chain
    >>> objective, point = cross_entropy_chain([np.eye(2), 1.5 * np.eye(2)], [0, 1], 0.1)
    >>> found = refine(objective, point)
    >>> found.status, found.stationarity <= 1e-10
    ('critical', True)
    """
    point = np.array(start, dtype=np.float64).ravel()
    if not np.isfinite(point).all():
        raise InvalidProblemError("the starting point has NaN or infinite entries: descend from it first")
    if not (tolerance > 0 and max_steps >= 1):
        raise InvalidProblemError(f"tolerance {tolerance} and max_steps {max_steps} must be positive")
    loss, gradient = objective.loss_and_gradient(point)
    steps, damped = 0, False
    while _stationarity(objective, point, gradient) > tolerance and steps < max_steps and not damped:
        move = _newton_step(objective, point, gradient, tolerance)
        damped = True
        norm = np.linalg.norm(gradient)
        for halving in range(HALVINGS):
            trial = point + 0.5**halving * move
            trial_loss, trial_gradient = objective.loss_and_gradient(trial)
            if np.linalg.norm(trial_gradient) < (1 - 1e-4 * 0.5**halving) * norm:
                point, loss, gradient, damped = trial, trial_loss, trial_gradient, False
                break
        steps += 1
    stationarity = _stationarity(objective, point, gradient)
    arrived = stationarity <= tolerance
    return CriticalPoint(
        point=point,
        loss=loss,
        gradient_norm=float(np.linalg.norm(gradient)),
        stationarity=stationarity,
        distance=float(np.linalg.norm(point - np.asarray(start).ravel())),
        steps=steps,
        status="critical" if arrived else "stalled",
        remedy=""
        if arrived
        else f"stationarity {stationarity:.1e} after {steps} steps: descend further first",
    )


def _stationarity(objective: Objective, point: FloatArray, gradient: FloatArray) -> float:
    scale = objective.decay_norm * float(np.linalg.norm(point))
    norm = float(np.linalg.norm(gradient))
    return norm / scale if scale > 0 else norm


def _newton_step(
    objective: Objective, point: FloatArray, gradient: FloatArray, tolerance: float
) -> FloatArray:
    """The shortest solution of H·step = −gradient, as accurately as the gradient's size deserves."""
    product = objective.curvature(point)
    size = point.size
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)  # pyright: ignore[reportCallIssue]
    accuracy = min(FORCING, max(_stationarity(objective, point, gradient), 1e-3 * tolerance))
    step, _ = minres(operator, -gradient, rtol=accuracy, maxiter=4 * size)
    return np.asarray(step, dtype=np.float64)
