"""The loop that drives every descent: slices of compiled steps, and what to do when one diverges."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from numerics.descent.heavy_ball import CHECK_EVERY, DIVERGED, STATIONARY_POINT, STEPS_EXHAUSTED, Control
from numerics.descent.outcome import Descender, Outcome, Progress, Schedule, Status
from numerics.descent.recording import Recorder
from numerics.descent.stability import stable_step
from numerics.descent.threads import one_blas_thread

Model = TypeVar("Model", bound=Descender)

STATIONARITY_FLOOR: Final = 1e-3
"""Fraction of the initial decay norm below which the reference of the stopping rule does not sink:
otherwise factors that vanish, where gradient and decay term are the same, would never count as arrived."""

DIVERGENCE_FACTOR: Final = 1e3
"""A loss above this multiple of the initial one, plus one, counts as divergence."""

STATUS_NAMES: Final[dict[int, Status]] = {
    DIVERGED: "diverged",
    STATIONARY_POINT: "stationary",
    STEPS_EXHAUSTED: "steps-exhausted",
}


def run(
    make: Callable[[], Model], schedule: Schedule, recorder: Recorder | None = None
) -> tuple[Model, Outcome]:
    """Descend until stationary, exhausted or diverged, in slices so that Ctrl-C gets through.

    `make` lays the model out at its start, the same every time: after a divergence it is run once more,
    up to the last point in bounds. Returns the model where it ended, and the outcome.
    """
    with one_blas_thread():
        model = make()
        control, start = begin(model, schedule)
        end = slices(model, control, start, schedule.max_steps, recorder)
        if end.status == DIVERGED:
            return _diverged(make, schedule, control, start, end)
    return model, _outcome(schedule, control, end)


def begin(model: Descender, schedule: Schedule) -> tuple[Control, Progress]:
    """Return the control of a descent from where the model is, and the loss and norms there."""
    free = schedule.control()
    start = model.advance(free, 0, 0)
    floor = STATIONARITY_FLOOR * start.decay_norm if model.penalised else 1.0
    ceiling = DIVERGENCE_FACTOR * start.loss + 1.0
    control = free._replace(tolerance=float(schedule.tolerance), ceiling=ceiling, floor=floor)
    if not math.isfinite(ceiling):
        return control, start._replace(status=DIVERGED)
    return control, start._replace(status=STEPS_EXHAUSTED)


def slices(
    model: Descender, control: Control, start: Progress, max_steps: int, recorder: Recorder | None = None
) -> Progress:
    """Run steps until something stops them; the recorder gets the model at its steps."""
    end = start
    if recorder is not None and end.status != DIVERGED:
        recorder.take(end.step, end.loss, model)
    while end.status == STEPS_EXHAUSTED and end.step < max_steps:
        last = min(end.step + model.steps_per_call, max_steps)
        if recorder is not None:
            last = min(last, recorder.next_after(end.step))
        end = model.advance(control, end.step, last)
        if recorder is not None and end.status != DIVERGED:
            recorder.take(end.step, end.loss, model)
    return end


def _diverged(
    make: Callable[[], Model], schedule: Schedule, control: Control, start: Progress, end: Progress
) -> tuple[Model, Outcome]:
    """Go back to the last point in bounds, and look for a step that is stable."""
    if end.step == 0:
        remedy = "the loss overflows at the start: scale the start down"
        return make(), replace(_outcome(schedule, control, start, remedy), steps=0)
    model, before = _last_in_bounds(make, control, start, end.step)
    stable = stable_step(make, schedule, control, start, (model.parameters, end.step))
    advice = f"take {stable:.3g} or below" if stable is not None else "scale the start down"
    remedy = f"step {schedule.step:g} is too large here: {advice}"
    outcome = _outcome(schedule, control, before._replace(status=DIVERGED), remedy, stable)
    return model, outcome


def _last_in_bounds(
    make: Callable[[], Model], control: Control, start: Progress, count: int
) -> tuple[Model, Progress]:
    """Run again up to the last point whose loss is in bounds; the loss was last looked at just before."""
    model, free = make(), control._replace(tolerance=0.0)
    last = slices(model, free, start, max(count - CHECK_EVERY, 0))
    while True:
        before = model.parameters.copy()
        further = model.advance(free._replace(check_every=1), last.step, last.step + 1)
        if further.status == DIVERGED or further.step == count:
            break
        last = further
    model.parameters[:] = before
    return model, last


def _outcome(
    schedule: Schedule, control: Control, end: Progress, remedy: str = "", stable: float | None = None
) -> Outcome:
    scale = max(end.decay_norm, control.floor)
    stationarity = end.gradient_norm / scale if scale > 0 else end.gradient_norm
    if end.status == STEPS_EXHAUSTED:
        remedy = (
            f"stationarity {stationarity:.1e} is above {schedule.tolerance:.1e} after "
            f"{schedule.max_steps} steps: raise max_steps, or the momentum"
        )
    return Outcome(
        status=STATUS_NAMES[end.status],
        remedy=remedy,
        loss=_never_nan(end.loss),
        loss_history=control.history[: end.step // schedule.record_every + 1],
        steps=end.step + (end.status == DIVERGED),
        gradient_norm=_never_nan(end.gradient_norm),
        stationarity=_never_nan(stationarity),
        stable_step=stable,
    )


def _never_nan(number: float) -> float:
    return math.inf if math.isnan(number) else float(number)
