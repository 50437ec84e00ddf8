"""How a descent is run from Python, and how it ended: as a value, with a remedy where one is needed."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.heavy_ball import CHECK_EVERY, Control
from numerics.descent.recording import Pictured
from theory.errors import InvalidProblemError

Status: TypeAlias = Literal["stationary", "steps-exhausted", "diverged"]


class Progress(NamedTuple):
    """Where a slice of a descent ended: the kernel's status, the step, and three numbers there."""

    status: int
    step: int
    loss: float
    gradient_norm: float
    decay_norm: float


class Descender(Pictured, Protocol):
    """A model in the layout of its kernels, with buffers, evaluated where its parameters are."""

    @property
    def parameters(self) -> FloatArray:
        """Return all that is trained, in one vector that may be written to; zeros between rows stay so."""
        ...

    @property
    def penalised(self) -> bool:
        """Tell whether anything has weight decay."""
        ...

    @property
    def steps_per_call(self) -> int:
        """Return the steps after which Python gets a turn."""
        ...

    def advance(self, control: Control, first: int, last: int) -> Progress:
        """Run steps first..last in place."""
        ...

    def gradient_at(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the objective elsewhere; the model is left there."""
        ...

    def direction(self, rng: np.random.Generator) -> FloatArray:
        """Return a random direction in the layout of the parameters."""
        ...


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

    def control(self) -> Control:
        """Return what the kernels read, before the loss at the start is known."""
        return Control(
            step=float(self.step),  # an int would be another type to the compiler
            momentum=float(self.momentum),
            tolerance=0.0,
            ceiling=math.inf,
            floor=0.0,
            check_every=CHECK_EVERY,
            record_every=int(self.record_every),
            history=np.zeros(self.max_steps // self.record_every + 1),
        )


@dataclass(frozen=True)
class Outcome:
    """How a descent ended.

    `gradient_norm` is that of the full objective; `stationarity` divides it by the weight-decay norm
    (Σλ_j²‖A_j‖²)^{1/2}, or by 1 without weight decay. `loss_history[i]` is the objective after
    `i · record_every` steps. After a divergence `steps` is the first step whose loss was out of bounds;
    everything else is of the last point before it, so that all is finite, and `stable_step` is a step
    size with which the same descent was seen not to diverge (None where none was found).
    """

    status: Status
    remedy: str
    loss: float
    loss_history: FloatArray
    steps: int
    gradient_norm: float
    stationarity: float
    stable_step: float | None
