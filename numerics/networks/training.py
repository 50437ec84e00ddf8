"""Minimising an objective full-batch: L-BFGS, a Newton polish, or the heavy ball.

How it ended is a value, with a remedy where one is needed. Bounds with residual hold wherever it ended.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.optimize import minimize

from numerics.arrays import FloatArray, every_class
from numerics.networks.objective import Objective
from theory.errors import InvalidProblemError
from theory.tolerances import STATIONARY

Status: TypeAlias = Literal["stationary", "steps-exhausted", "diverged"]
MEMORY = 30
"""Pairs that L-BFGS keeps: the weakly curved directions of small weight decays need more than 10."""
DIFFERENCE = 1e-5
"""Relative step of central differences of the gradient: truncation and rounding are both near 1e-10."""

REMEDY = "raise steps, polish or the tolerance; with ReLU the gradient need not vanish at a minimum"


@dataclass(frozen=True, eq=False)
class Trained:
    """Where training ended.

    `stationarity` is the gradient's norm over that of the penalty's gradient (Σλ²‖W‖²)^{1/2}, or over the
    largest λ where that is larger (a network may die: all weights 0), or over 1 without weight decay.
    """

    parameters: FloatArray
    status: Status
    remedy: str
    loss: float
    gradient_norm: float
    stationarity: float
    evaluations: int


def train(
    objective: Objective,
    start: FloatArray,
    *,
    steps: int = 1_000,
    polish: int = 0,
    tolerance: float = STATIONARY,
) -> Trained:
    """Minimise by at most `steps` steps of L-BFGS, then by at most `polish` gradients of Newton–CG.

    The polish follows negative curvature and converges fast where second derivatives exist (not for ReLU).
    Both compare losses, whose rounding ends them at gradients of about 1e-8 if not before.

    Raises InvalidProblemError for settings out of range, and a class without sample.

    >>> from numerics.networks.standard import perceptron
    >>> loss = Objective(perceptron(1, (1,), "linear"), [[-1.0, 1.0]], [[1.0, 3.0]], 1.0, "squared")
    >>> end = train(loss, np.zeros(2))
    >>> end.status, end.parameters.round(6).tolist()
    ('stationary', [0.5, 2.0])
    """
    _check(objective, steps=steps, tolerance=tolerance)
    if polish < 0:
        raise InvalidProblemError(f"polish {polish} must be at least 0: try 1000")
    counted = _Counted(objective, tolerance, start)
    settings = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": MEMORY, "ftol": 0.0, "gtol": 0.0}
    _minimise(counted, "L-BFGS-B", settings)
    if polish:
        counted.budget = counted.evaluations + polish
        _minimise(counted, "trust-ncg", {"maxiter": polish, "gtol": 0.0})
    return _ended(objective, counted.best, counted.evaluations, tolerance, REMEDY)


def descend(
    objective: Objective,
    start: FloatArray,
    *,
    step: float,
    momentum: float = 0.9,
    steps: int = 1_000,
    tolerance: float = STATIONARY,
) -> Trained:
    """The heavy ball θ ← θ − step·∇ℒ + momentum·(last move); after a divergence, the last finite point.

    Raises InvalidProblemError for settings out of range, and a class without sample.

    >>> from numerics.networks.standard import perceptron
    >>> loss = Objective(perceptron(1, (1,), "linear"), [[-1.0, 1.0]], [[1.0, 3.0]], 1.0, "squared")
    >>> descend(loss, np.zeros(2), step=0.1, steps=500).parameters.round(6).tolist()
    [0.5, 2.0]
    """
    _check(objective, steps=steps, step=step, tolerance=tolerance)
    if not 0 <= momentum < 1:
        raise InvalidProblemError(f"momentum {momentum} must be in [0, 1): try 0.9")
    theta, move, last = start, np.zeros_like(start), start
    for done in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            loss, gradient = objective.value_and_gradient(theta)
        if not (math.isfinite(loss) and np.isfinite(gradient).all()):
            return _ended(objective, last, done + 1, tolerance, "", diverged=True)
        last = theta
        if np.linalg.norm(gradient) <= tolerance * _scale(objective, theta):
            return _ended(objective, theta, done + 1, tolerance, "")
        move = momentum * move - step * gradient
        theta = theta + move
    return _ended(objective, theta, steps, tolerance, "raise steps")


class _EnoughError(Exception):
    """Ends a method of scipy from within: at the tolerance, or where the budget is spent."""


class _Counted:
    """An objective that counts its evaluations, keeps the best point, and ends the search in time."""

    def __init__(self, objective: Objective, tolerance: float, start: FloatArray) -> None:
        self.objective, self.tolerance = objective, tolerance
        self.best, self.least = start, math.inf
        self.evaluations, self.budget = 0, math.inf

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        loss, gradient = self._evaluate(theta)
        if loss <= self.least:
            self.best, self.least = theta.copy(), loss
            if np.linalg.norm(gradient) <= self.tolerance * _scale(self.objective, theta):
                raise _EnoughError
        return loss, gradient

    def curvature_along(self, theta: FloatArray, direction: FloatArray) -> FloatArray:
        """The Hessian times a direction, by central differences of the gradient."""
        size = float(np.linalg.norm(direction))
        if size == 0:
            return np.zeros_like(direction)
        step = DIFFERENCE * max(1.0, float(np.linalg.norm(theta))) / size
        ahead, behind = (self._evaluate(theta + way * direction)[1] for way in (step, -step))
        return (ahead - behind) / (2 * step)

    def _evaluate(self, theta: FloatArray) -> tuple[float, FloatArray]:
        if self.evaluations >= self.budget:
            raise _EnoughError
        self.evaluations += 1
        return self.objective.value_and_gradient(theta)


def _minimise(counted: _Counted, method: str, options: dict[str, Any]) -> None:
    hessian = {"hessp": counted.curvature_along} if method == "trust-ncg" else {}
    with suppress(_EnoughError):
        minimize(
            counted.value_and_gradient, counted.best, jac=True, method=method, options=options, **hessian
        )


def _scale(objective: Objective, parameters: FloatArray) -> float:
    decays = objective.decays
    affine = objective.architecture.affine(parameters)
    squares = [(decays[name] * float(np.linalg.norm(weight))) ** 2 for name, (weight, _) in affine.items()]
    return max(math.sqrt(sum(squares)), max(decays.values())) or 1.0


def _ended(
    objective: Objective,
    parameters: FloatArray,
    evaluations: int,
    tolerance: float,
    remedy: str,
    *,
    diverged: bool = False,
) -> Trained:
    loss, gradient = objective.value_and_gradient(parameters)
    norm = float(np.linalg.norm(gradient))
    stationarity = norm / _scale(objective, parameters)
    status: Status = "stationary" if stationarity <= tolerance else "steps-exhausted"
    if diverged:
        status, remedy = "diverged", "use a smaller step"
    return Trained(
        parameters,
        status,
        "" if status == "stationary" else remedy,
        loss,
        norm,
        stationarity,
        evaluations,
    )


def _check(objective: Objective, **settings: float) -> None:
    for name, value in settings.items():
        if not (math.isfinite(value) and value > 0):
            raise InvalidProblemError(f"{name} {value} must be finite and above 0: pass a positive number")
    if objective.loss == "cross-entropy":
        every_class(np.asarray(objective.answers), objective.architecture.output_shape[0])
