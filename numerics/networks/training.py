"""Minimising an objective full-batch: L-BFGS, a Newton polish, or the heavy ball.

How it ended is a value, with a remedy where one is needed. Bounds with residual hold wherever it ended.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

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
    """Minimise by at most `steps` steps of L-BFGS, then polish by about that many gradients of Newton–CG.

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
    counted = _Counted(objective)
    settings = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": MEMORY, "ftol": 0.0, "gtol": 0.0}
    found = _minimise(counted, start, "L-BFGS-B", settings, lambda theta: counted.arrived(theta, tolerance))
    if polish:
        budget = counted.evaluations + polish

        def enough(theta: FloatArray) -> bool:
            return counted.arrived(theta, tolerance) or counted.evaluations >= budget

        found = _minimise(counted, found, "trust-ncg", {"maxiter": polish, "gtol": 0.0}, enough)
    return _ended(objective, found, counted.evaluations, tolerance, "raise steps, polish or the tolerance")


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


class _Counted:
    """An objective that counts how often it is evaluated, and knows its last gradient's norm."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.evaluations = 0
        self.gradient_norm = math.inf

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        self.evaluations += 1
        loss, gradient = self.objective.value_and_gradient(theta)
        self.gradient_norm = float(np.linalg.norm(gradient))
        return loss, gradient

    def curvature_along(self, theta: FloatArray, direction: FloatArray) -> FloatArray:
        """The Hessian times a direction, by central differences of the gradient."""
        size = float(np.linalg.norm(direction))
        if size == 0:
            return np.zeros_like(direction)
        step = DIFFERENCE * max(1.0, float(np.linalg.norm(theta))) / size
        self.evaluations += 2
        ahead = self.objective.value_and_gradient(theta + step * direction)[1]
        behind = self.objective.value_and_gradient(theta - step * direction)[1]
        return (ahead - behind) / (2 * step)

    def arrived(self, theta: FloatArray, tolerance: float) -> bool:
        return self.gradient_norm <= tolerance * _scale(self.objective, theta)


def _minimise(
    counted: _Counted,
    start: FloatArray,
    method: str,
    options: dict[str, Any],
    enough: Callable[[FloatArray], bool],
) -> FloatArray:
    def callback(theta: FloatArray) -> None:
        if enough(theta):
            raise StopIteration

    hessian = {"hessp": counted.curvature_along} if method == "trust-ncg" else {}
    found = minimize(
        counted.value_and_gradient,
        start,
        jac=True,
        method=method,
        options=options,
        callback=callback,
        **hessian,
    )
    return np.asarray(cast(Any, found).x, dtype=np.float64)


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
