"""What every descent shares: penalty, stopping rule and heavy-ball move on one flat vector."""

import math
from typing import Final, NamedTuple

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel

RUNNING: Final = 0
STATIONARY_POINT: Final = 1
STEPS_EXHAUSTED: Final = 2
DIVERGED: Final = 3

CHECK_EVERY: Final = 10
"""Steps between two looks at the gradient norm: rare enough to cost nothing, also for tiny chains."""


class State(NamedTuple):
    """All matrices of a descent in one vector; block j is `starts[j]:starts[j+1]`, with its own decay."""

    parameters: FloatArray
    gradient: FloatArray
    velocity: FloatArray
    starts: IntegerArray
    decays: FloatArray


class Control(NamedTuple):
    """How to step, when to stop, and where to record the loss."""

    step: float
    momentum: float
    tolerance: float
    ceiling: float
    floor: float
    record_every: int
    history: FloatArray


@kernel
def block(flat: FloatArray, starts: IntegerArray, index: int, rows: int, columns: int) -> FloatArray:
    """View one block of a flat vector as a rows × columns matrix."""
    return flat[starts[index] : starts[index + 1]].reshape((rows, columns))


@kernel
def add_penalty(state: State) -> float:
    """Return Σ(λ_j/2)‖A_j‖² and add λ_jA_j to the gradient."""
    penalty = 0.0
    for j in range(state.decays.size):
        decay = state.decays[j]
        if decay == 0.0:
            continue
        part = state.parameters[state.starts[j] : state.starts[j + 1]]
        penalty += 0.5 * decay * np.dot(part, part)
        for i in range(state.starts[j], state.starts[j + 1]):
            state.gradient[i] += decay * state.parameters[i]
    return penalty


@kernel
def decay_norm(state: State) -> float:
    """(Σλ_j²‖A_j‖²)^{1/2}: the norm that the gradient of the fit has to balance at a critical point."""
    total = 0.0
    for j in range(state.decays.size):
        part = state.parameters[state.starts[j] : state.starts[j + 1]]
        total += state.decays[j] ** 2 * np.dot(part, part)
    return math.sqrt(total)


@kernel
def judge_and_move(state: State, control: Control, loss: float, count: int, last: int) -> int:
    """Record the loss, decide whether to stop, and otherwise take one heavy-ball step."""
    if not loss <= control.ceiling:  # also true of a NaN
        return DIVERGED
    if count % control.record_every == 0:
        control.history[count // control.record_every] = loss
    if count == last or count % CHECK_EVERY == 0:
        scale = max(decay_norm(state), control.floor)
        if math.sqrt(np.dot(state.gradient, state.gradient)) <= control.tolerance * scale:
            return STATIONARY_POINT
    if count == last:
        return STEPS_EXHAUSTED
    if control.momentum == 0.0:
        for i in range(state.parameters.size):
            state.parameters[i] -= control.step * state.gradient[i]
    else:
        for i in range(state.parameters.size):
            state.velocity[i] = control.momentum * state.velocity[i] - control.step * state.gradient[i]
            state.parameters[i] += state.velocity[i]
    return RUNNING
