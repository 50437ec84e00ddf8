"""The step that would have been stable: from the curvature met, and then tried."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.heavy_ball import DIVERGED, STEPS_EXHAUSTED, Control
from numerics.descent.outcome import Descender, Progress, Schedule

POWER_ITERATIONS: Final = 20
"""The curvature needs one digit: the step found is tried, and halved where it was too bold."""

PROBE: Final = 2.0**-17
"""Distance of the difference quotient, relative to the parameters: the cube root of the rounding unit."""

HALVINGS: Final = 40

TRIAL: Final = 10
"""A trial runs this many times as long as the descent that diverged (and at least 200 steps)."""


def largest_curvature(model: Descender) -> float:
    """Return the largest |eigenvalue| of the Hessian where the model is, by power iteration.

    Hessian products are central differences of the gradient. The estimate is from below; infinite
    where the gradient overflows.
    """
    centre = model.parameters.copy()
    direction = model.direction(np.random.default_rng(0))
    reach = PROBE * max(float(np.linalg.norm(centre)), 1.0)
    curvature = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(POWER_ITERATIONS):
            direction /= np.linalg.norm(direction)
            ahead = model.gradient_at(centre + reach * direction)
            direction = (ahead - model.gradient_at(centre - reach * direction)) / (2.0 * reach)
            curvature = float(np.linalg.norm(direction))
            if not 0.0 < curvature < math.inf:
                break
    model.gradient_at(centre)
    return curvature if curvature < math.inf else math.inf


def stable_step(
    make: Callable[[], Descender],
    schedule: Schedule,
    control: Control,
    start: Progress,
    diverged: tuple[FloatArray, int],
) -> float | None:
    """Return a step with which the descent stays in bounds and ends no higher than it started.

    `diverged` is the last point in bounds, and the number of steps that left them. The first candidate
    is 2(1 + momentum) over the largest curvature at the start and there, and less than the step that failed.
    """
    point, count = diverged
    probe = make()
    curvature = largest_curvature(probe)
    probe.gradient_at(point)
    curvature = max(curvature, largest_curvature(probe))
    bold = 2.0 * (1.0 + schedule.momentum) / curvature if curvature > 0.0 else math.inf
    step = min(bold, schedule.step / 2.0)
    trial_steps = min(schedule.max_steps, max(TRIAL * count, 200))
    for _ in range(HALVINGS):
        trial = control._replace(step=step, history=np.zeros_like(control.history))
        if step > 0.0 and _is_stable(make(), trial, start, trial_steps):
            return step
        step /= 2.0
    return None


def _is_stable(model: Descender, control: Control, start: Progress, steps: int) -> bool:
    end = start
    while end.status == STEPS_EXHAUSTED and end.step < steps:
        end = model.advance(control, end.step, min(end.step + model.steps_per_call, steps))
    return end.status != DIVERGED and end.loss <= start.loss
