"""How a descent is run from Python, and how it ended: as a value, with a remedy where one is needed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.heavy_ball import (
    DIVERGED,
    STATIONARY_POINT,
    STEPS_EXHAUSTED,
    Control,
    State,
    decay_norm,
)
from theory.errors import InvalidProblemError

Status: TypeAlias = Literal["stationary", "steps-exhausted", "diverged"]

STATIONARITY_FLOOR: Final = 1e-3
"""Fraction of the initial decay norm below which the reference of the stopping rule does not sink:
otherwise factors that vanish, where gradient and decay term are the same, would never count as arrived."""

DIVERGENCE_FACTOR: Final = 1e3
"""A loss above this multiple of the initial one, plus one, counts as divergence."""

Advance: TypeAlias = Callable[[State, Control, int, int], tuple[int, int, float]]
"""Runs steps first..last of a descent in place; returns the kernel's status, the step and the loss."""


@dataclass(frozen=True)
class Schedule:
    """Step size, number of steps, stopping tolerance, momentum and recording interval, checked."""

    step: float
    max_steps: int
    tolerance: float
    momentum: float
    record_every: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.step) and self.step > 0):
            raise InvalidProblemError(f"step {self.step} must be finite and above 0: try 0.1")
        if self.max_steps < 1:
            raise InvalidProblemError(f"max_steps {self.max_steps} must be at least 1")
        if not (math.isfinite(self.tolerance) and self.tolerance >= 0):
            raise InvalidProblemError(f"tolerance {self.tolerance} must be finite and at least 0: try 1e-9")
        if not 0 <= self.momentum < 1:
            raise InvalidProblemError(f"momentum {self.momentum} must be in [0, 1): try 0.9")
        if self.record_every < 1:
            raise InvalidProblemError(f"record_every {self.record_every} must be at least 1")


@dataclass(frozen=True)
class Outcome:
    """How a descent ended.

    `gradient_norm` is that of the full objective; `stationarity` divides it by the weight-decay norm
    (Σλ_j²‖A_j‖²)^{1/2}, or by 1 without weight decay. `loss_history[i]` is the objective after
    `i · record_every` steps. After a divergence the three numbers may be infinite, never NaN.
    """

    status: Status
    remedy: str
    loss: float
    loss_history: FloatArray
    steps: int
    gradient_norm: float
    stationarity: float


def flat_state(blocks: Sequence[FloatArray], decays: FloatArray) -> State:
    """Lay matrices and vectors end to end in one vector; blocks beyond the decays are not penalised."""
    sizes = [part.size for part in blocks]
    parameters = np.concatenate([part.ravel() for part in blocks])
    return State(
        parameters=parameters,
        gradient=np.zeros_like(parameters),
        velocity=np.zeros_like(parameters),
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        decays=decays,
    )


def split(flat: FloatArray, like: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """Cut a flat vector into copies of the blocks it was laid out from."""
    ends = np.cumsum([part.size for part in like])
    return tuple(
        flat[end - part.size : end].reshape(part.shape).copy() for end, part in zip(ends, like, strict=True)
    )


def run(state: State, schedule: Schedule, advance: Advance, steps_per_call: int) -> Outcome:
    """Descend until stationary, exhausted or diverged, in slices so that Ctrl-C gets through."""
    history = np.zeros(schedule.max_steps // schedule.record_every + 1)
    free = Control(
        step=float(schedule.step),  # an int would be another type to the compiler
        momentum=float(schedule.momentum),
        tolerance=0.0,
        ceiling=math.inf,
        floor=0.0,
        record_every=int(schedule.record_every),
        history=history,
    )
    status, count, loss = advance(state, free, 0, 0)
    floor = STATIONARITY_FLOOR * decay_norm(state) if state.decays.any() else 1.0
    control = free._replace(
        tolerance=float(schedule.tolerance), ceiling=DIVERGENCE_FACTOR * loss + 1.0, floor=floor
    )
    status = status if status == DIVERGED else STEPS_EXHAUSTED
    while status == STEPS_EXHAUSTED and count < schedule.max_steps:
        last = min(count + steps_per_call, schedule.max_steps)
        status, count, loss = advance(state, control, count, last)
    with np.errstate(over="ignore", invalid="ignore"):  # after a divergence the gradient may be infinite
        norm = float(np.linalg.norm(state.gradient))
    scale = max(decay_norm(state), floor)
    stationarity = _never_nan(norm / scale if scale > 0 else norm)
    return Outcome(
        status=_status_name(status),
        remedy=_remedy(status, schedule, stationarity),
        loss=_never_nan(loss),
        loss_history=history[: (count - (status == DIVERGED)) // schedule.record_every + 1],
        steps=count,
        gradient_norm=_never_nan(norm),
        stationarity=stationarity,
    )


def _never_nan(number: float) -> float:
    return math.inf if math.isnan(number) else float(number)


def _status_name(status: int) -> Status:
    if status == DIVERGED:
        return "diverged"
    return "stationary" if status == STATIONARY_POINT else "steps-exhausted"


def _remedy(status: int, schedule: Schedule, stationarity: float) -> str:
    if status == DIVERGED:
        return f"step {schedule.step:g} is too large here: halve it to {schedule.step / 2:g} or below"
    if status == STEPS_EXHAUSTED:
        return (
            f"stationarity {stationarity:.1e} is above {schedule.tolerance:.1e} after "
            f"{schedule.max_steps} steps: raise max_steps, or the momentum"
        )
    return ""
