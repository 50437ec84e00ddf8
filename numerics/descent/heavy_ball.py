"""What every descent shares: how to step, when to stop, and one fused step of one matrix."""

import math
from typing import Final, NamedTuple

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel, part_of_kernels
from numerics.descent.products import View, address_of, flat_of, multiply_transposed_left

STATIONARY_POINT: Final = 1
STEPS_EXHAUSTED: Final = 2
DIVERGED: Final = 3
RUNNING: Final = 0

CHECK_EVERY: Final = 10
"""Steps between two looks at loss and gradient norm: rare enough to cost little, also for tiny chains."""


class Control(NamedTuple):
    """How to step, when to look, when to stop, and where to record the loss."""

    step: float
    momentum: float
    tolerance: float
    ceiling: float
    floor: float
    check_every: int
    record_every: int
    history: FloatArray


class State(NamedTuple):
    """All matrices of a descent in one vector; block j is `starts[j]:starts[j+1]`, with its own decay.

    Blocks beyond the decays are not penalised. `velocity` is empty without momentum.
    """

    parameters: FloatArray
    velocity: FloatArray
    starts: IntegerArray
    decays: FloatArray


STANDSTILL: Final = Control(0.0, 0.0, 0.0, math.inf, 0.0, 2, 2, np.zeros(1))
"""A step of size zero: from step −1 to 0, where nobody looks before, it evaluates a model where it is."""


@part_of_kernels
def looks_at_gradient(control: Control, count: int, last: int) -> bool:
    """Tell whether the stopping rule is applied after `count` steps."""
    return count == last or count % control.check_every == 0


@part_of_kernels
def wants_value(control: Control, count: int, last: int) -> bool:
    """Tell whether anybody looks at the loss after `count` steps."""
    return looks_at_gradient(control, count, last) or count % control.record_every == 0


@part_of_kernels
def judge(control: Control, loss: float, gradient_norm: float, scale: float, count: int, last: int) -> int:
    """Record the loss and decide whether to stop; called where `wants_value`."""
    if not loss <= control.ceiling:  # also true of a NaN
        return DIVERGED
    if count % control.record_every == 0:
        control.history[count // control.record_every] = loss
    if gradient_norm <= control.tolerance * max(scale, control.floor):
        return STATIONARY_POINT
    return STEPS_EXHAUSTED if count == last else RUNNING


@kernel
def penalty_and_norm(state: State) -> tuple[float, float]:
    """Return Σ(λ_j/2)‖A_j‖² and (Σλ_j²‖A_j‖²)^{1/2}.

    The second is the norm that the gradient of the fit has to balance at a critical point.
    """
    penalty, squares = 0.0, 0.0
    for j in range(state.decays.size):
        decay = state.decays[j]
        if decay > 0.0:
            part = state.parameters[state.starts[j] : state.starts[j + 1]]
            square = np.dot(part, part)
            penalty += 0.5 * decay * square
            squares += decay * decay * square
    return penalty, math.sqrt(squares)


@part_of_kernels
def step_matrix(state: State, control: Control, decay: float, matrix: View, left: View, right: View) -> None:
    """Take one heavy-ball step of rows of a factor, the gradient of the fit being leftᵀ·right.

    Decay, gradient and move are one pass over the rows; without momentum it is one call of BLAS.
    """
    if control.momentum == 0.0:
        multiply_transposed_left(matrix, 1.0 - control.step * decay, -control.step, left, right)
        return
    offset = address_of(state.velocity) - address_of(state.parameters)
    velocity = View(matrix.address + offset, matrix.rows, matrix.columns, matrix.stride)
    multiply_transposed_left(velocity, control.momentum, -control.step, left, right)
    add_velocity(flat_of(matrix), flat_of(velocity), control.step * decay)


@kernel
def add_velocity(moved: FloatArray, speed: FloatArray, shrink: float) -> None:
    """Let decay slow the velocity down, and move."""
    for i in range(moved.size):
        speed[i] -= shrink * moved[i]
        moved[i] += speed[i]


@part_of_kernels
def step_flat(state: State, control: Control, index: int, slope: FloatArray) -> None:
    """Take one heavy-ball step of block `index`, whose gradient of the fit is at hand."""
    moved, decay = state.parameters[state.starts[index] : state.starts[index + 1]], state.decays[index]
    if control.momentum == 0.0:
        keep = 1.0 - control.step * decay
        for i in range(slope.size):
            moved[i] = keep * moved[i] - control.step * slope[i]
        return
    speed = state.velocity[state.starts[index] : state.starts[index + 1]]
    for i in range(slope.size):
        speed[i] = control.momentum * speed[i] - control.step * slope[i]
    add_velocity(moved, speed, control.step * decay)
