"""Gradient flow dθ/dt = −∇L(θ), integrated with error control.

The rule is the embedded Runge–Kutta pair of order 8 of Dormand and Prince as SciPy has it. Flow is what the
theorems on implicit bias speak of; descent is the flow up to its step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import DOP853

from numerics.arrays import FloatArray, decay_of_each
from numerics.descent.chain_workspace import chain_descent, checked_chain, checked_targets, one_hot_targets
from numerics.descent.fit import CROSS_ENTROPY, SQUARED, SQUARED_FREE_BIAS
from numerics.descent.heavy_ball import STANDSTILL
from numerics.descent.outcome import Descender
from numerics.descent.threads import one_blas_thread
from theory.errors import InvalidProblemError

SMALLEST_TOLERANCE: Final = 1e-13
"""Below it the error estimate is all rounding."""


@dataclass(frozen=True)
class Flow:
    """A chain followed along the gradient flow: at every time its factors and the objective.

    `status` is "evaluations-exhausted" when the flow got only to the last of `times`, with a `remedy`.
    """

    status: Literal["arrived", "evaluations-exhausted"]
    remedy: str
    times: FloatArray
    losses: FloatArray
    factors: tuple[tuple[FloatArray, ...], ...]
    evaluations: int


def flow_cross_entropy(
    factors: Sequence[ArrayLike],
    labels: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    times: Sequence[float] | FloatArray,
    relative_tolerance: float = 1e-9,
    max_evaluations: int = 1_000_000,
) -> Flow:
    """Follow the gradient flow of the objective of `numerics.descent.linear_chain.descend_cross_entropy`.

    Parameters
    ----------
    factors, labels, weight_decays
        As for the descent.
    times
        Increasing times ≥ 0 at which to return the factors.
    relative_tolerance
        Of each step, relative to the parameters (and to their largest entry at the start, to 1 from zero).
    max_evaluations
        Gradients after which to give up.

    Raises
    ------
    InvalidProblemError
        If the chain, the labels, the decays, a time or a setting is out of range.

    Examples
    --------
    >>> flow = flow_cross_entropy([np.eye(2), np.eye(2)], [0, 1], 0.1, times=[0.0, 1.0, 100.0])
    >>> logits = flow.factors[-1][1] @ flow.factors[-1][0]
    >>> flow.status, round(float(logits[0, 0] - logits[1, 0]), 6)  # log 9
    ('arrived', 2.197225)
    """
    matrices = checked_chain(factors)
    targets = one_hot_targets(labels, matrices, every=True)
    return _flow(matrices, CROSS_ENTROPY, targets, weight_decays, times, relative_tolerance, max_evaluations)


def flow_squared_loss(
    factors: Sequence[ArrayLike],
    targets: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    free_bias: bool = False,
    times: Sequence[float] | FloatArray,
    relative_tolerance: float = 1e-9,
    max_evaluations: int = 1_000_000,
) -> Flow:
    """Follow the gradient flow of (1/2N)‖Z − Y‖² plus decay; as `flow_cross_entropy` but for the targets.

    Examples
    --------
    >>> start = [0.5 * np.eye(1), 0.5 * np.eye(1)]
    >>> flow = flow_squared_loss(start, [[1.0]], 0.0, times=[50.0])
    >>> flow.factors[0][1].round(6).tolist()
    [[1.0]]
    """
    matrices = checked_chain(factors)
    kind = SQUARED_FREE_BIAS if free_bias else SQUARED
    checked = checked_targets(targets, matrices)
    return _flow(matrices, kind, checked, weight_decays, times, relative_tolerance, max_evaluations)


def follow(
    model: Descender,
    times: FloatArray,
    relative_tolerance: float,
    max_evaluations: int,
    take: Callable[[], None],
) -> tuple[int, int]:
    """Bring the model to each time and call `take`; return how many were reached, with how many gradients."""
    start = model.parameters.copy()
    solver: Any = cast(Any, DOP853)(
        lambda _, point: -model.gradient_at(point),
        0.0,
        start,
        float(times[-1]) if times[-1] > 0 else 1.0,
        rtol=relative_tolerance,
        atol=relative_tolerance * (float(np.abs(start).max()) or 1.0),
    )
    for reached, time in enumerate(times):
        while solver.t < time:
            if solver.nfev >= max_evaluations:
                return reached, int(solver.nfev)
            message = solver.step()
            if solver.status == "failed":
                raise InvalidProblemError(
                    f"the flow breaks down at time {solver.t:g} ({message}): scale the start down"
                )
        at_time = solver.y if time == solver.t else solver.dense_output()(time)
        model.gradient_at(at_time)
        take()
    return len(times), int(solver.nfev)


def _flow(
    matrices: list[FloatArray],
    kind: int,
    targets: FloatArray,
    weight_decays: float | Sequence[float],
    times: Sequence[float] | FloatArray,
    relative_tolerance: float,
    max_evaluations: int,
) -> Flow:
    asked = checked_times(times, relative_tolerance, max_evaluations)
    losses: list[float] = []
    states: list[tuple[FloatArray, ...]] = []
    with one_blas_thread():
        model = chain_descent(matrices, decay_of_each(weight_decays, len(matrices)), kind, targets)

        def take() -> None:
            losses.append(model.advance(STANDSTILL, 0, 0).loss)
            states.append(model.factors())

        reached, evaluations = follow(model, asked, relative_tolerance, max_evaluations, take)
    status, remedy = how_it_ended(asked, reached, evaluations)
    return Flow(status, remedy, asked[:reached], np.array(losses), tuple(states), evaluations)


def how_it_ended(
    asked: FloatArray, reached: int, evaluations: int
) -> tuple[Literal["arrived", "evaluations-exhausted"], str]:
    """Return status and remedy of a flow that reached so many of the times."""
    if reached == asked.size:
        return "arrived", ""
    remedy = f"{evaluations} gradients did not reach time {asked[reached]:g}: raise max_evaluations"
    return "evaluations-exhausted", remedy


def checked_times(
    times: Sequence[float] | FloatArray, relative_tolerance: float, max_evaluations: int
) -> FloatArray:
    """Return the times as an array, or say what is wrong with them or with a setting."""
    if not SMALLEST_TOLERANCE <= relative_tolerance < 1 or max_evaluations < 1:
        raise InvalidProblemError(
            f"relative_tolerance {relative_tolerance} must be in [{SMALLEST_TOLERANCE}, 1), "
            f"max_evaluations {max_evaluations} at least 1"
        )
    asked = np.array(times, dtype=np.float64)
    if asked.ndim != 1 or asked.size == 0 or not np.isfinite(asked).all():
        raise InvalidProblemError(f"times {asked.tolist()}: pass finite numbers, at least one")
    if asked[0] < 0 or (np.diff(asked) <= 0).any():
        raise InvalidProblemError(f"times {asked.tolist()} must be increasing from 0 or later")
    return asked
