"""Interleaved runs, medians and ratios: what another process does to one run it does to its neighbours."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median, quantiles
from typing import Final

from numerics.descent.benchmark.cases import BATCHES, CHAINS, NETWORKS, ChainCase, NetworkCase, Run
from numerics.descent.benchmark.limits import chain_limit, network_limit
from theory.errors import InvalidProblemError

OURS: Final = "ours"
LIMIT: Final = "limit"
JAX: Final = "JAX"
JAX_REORDERED: Final = "JAX, our order"
TORCH: Final = "torch"
RIVALS: Final = (JAX, JAX_REORDERED, TORCH)

CHECKED_STEPS: Final = 20
"""Steps after which all losses have to agree before anything is timed."""

AGREEMENT: Final = 1e-9
MOST_STEPS: Final = 200_000
SET_UP_SHARE: Final = 10
"""Stepping takes at least this many times as long as what comes before: checks, layout, compiled calls."""


@dataclass(frozen=True)
class Effort:
    """How long to measure: seconds of one run, and rounds in which everybody runs once."""

    seconds: float
    rounds: int


FULL: Final = Effort(seconds=0.25, rounds=11)
QUICK: Final = Effort(seconds=0.04, rounds=5)


@dataclass(frozen=True)
class Ratio:
    """A ratio of times over the rounds: its median and its quartiles."""

    median: float
    low: float
    high: float

    def inverse(self) -> "Ratio":
        """The same the other way round.

        Examples
        --------
        >>> Ratio(2.0, 1.0, 4.0).inverse()
        Ratio(median=0.5, low=0.25, high=1.0)
        """
        return Ratio(1.0 / self.median, 1.0 / self.high, 1.0 / self.low)


@dataclass(frozen=True)
class Measurement:
    """One case: median seconds a step of everybody, and theirs over ours in the same round.

    `problem` says what is trained; `disagreement` is the largest relative difference of a rival's loss from
    ours after the same steps.
    """

    case: str
    problem: str
    seconds: Mapping[str, float]
    over_ours: Mapping[str, Ratio]
    disagreement: float


def installed(package: str) -> bool:
    """Tell whether a rival can be run here."""
    return find_spec(package) is not None


def measure(
    effort: Effort, on_done: Callable[[Measurement], None] | None = None, *, only: Sequence[str] = ()
) -> list[Measurement]:
    """Measure all cases, or only those named, calling `on_done` after each.

    Raises InvalidProblemError for a name that no case has.
    """
    cases = {case.name: case for case in (*CHAINS, *BATCHES, *NETWORKS)}
    unknown = [name for name in only if name not in cases]
    if unknown:
        raise InvalidProblemError(f"case {unknown[0]!r} is unknown: use {', '.join(cases)}")
    measurements: list[Measurement] = []
    for case in [cases[name] for name in only] or list(cases.values()):
        measurements.append(measure_case(case.name, case.problem, contestants(case), effort))
        if on_done is not None:
            on_done(measurements[-1])
    return measurements


def contestants(case: ChainCase | NetworkCase) -> dict[str, Run]:
    """Return everybody who runs in a case; each compiles when first run."""
    runs = {OURS: case.ours()}
    if isinstance(case, NetworkCase):
        runs[LIMIT] = network_limit(case)
    elif case.instances == 1:
        runs[LIMIT] = chain_limit(case)
    if installed("jax"):
        from numerics.descent.benchmark import jax_runs

        if isinstance(case, NetworkCase):
            runs[JAX] = jax_runs.network_run(case)
        else:
            runs[JAX] = jax_runs.chain_run(case, jax_runs.features_first)
            runs[JAX_REORDERED] = jax_runs.chain_run(case, jax_runs.output_first)
    if installed("torch"):
        from numerics.descent.benchmark import torch_runs

        if isinstance(case, NetworkCase):
            runs[TORCH] = torch_runs.network_run(case)
        elif case.instances == 1:
            runs[TORCH] = torch_runs.chain_run(case)
    return runs


def measure_case(name: str, problem: str, runs: Mapping[str, Run], effort: Effort) -> Measurement:
    """Check that all do the same, then time them in turn."""
    losses = {who: run(CHECKED_STEPS) for who, run in runs.items() if who != LIMIT}
    steps = {who: _steps_for(run, effort.seconds) for who, run in runs.items()}
    rounds: dict[str, list[float]] = {who: [] for who in runs}
    gc.disable()
    try:
        for _ in range(effort.rounds):
            for who, run in runs.items():
                rounds[who].append(_seconds_a_step(run, steps[who]))
    finally:
        gc.enable()
    return Measurement(
        case=name,
        problem=problem,
        seconds={who: median(times) for who, times in rounds.items()},
        over_ours={who: _ratio(rounds[who], rounds[OURS]) for who in runs if who != OURS},
        disagreement=max(abs(loss / losses[OURS] - 1.0) for loss in losses.values()),
    )


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    ratios = [one / other for one, other in zip(theirs, ours, strict=True)]
    low, middle, high = quantiles(ratios, method="inclusive")
    return Ratio(middle, low, high)


def _steps_for(run: Run, seconds: float) -> int:
    """Return a number of steps that takes about that long, and ten times as long as the set-up."""
    run(1)
    set_up = min(_seconds_a_step(run, 1) for _ in range(3))
    if set_up > seconds:  # one step is slow, whatever else there is
        few = min(_seconds_a_step(run, 3) for _ in range(2))
        set_up = max(1.5 * (set_up - few), 0.0)
    steps = 4
    while steps < MOST_STEPS:
        stepping = steps * _seconds_a_step(run, steps) - set_up
        if stepping > seconds / 4:
            return min(max(round(steps * max(seconds, SET_UP_SHARE * set_up) / stepping), 1), MOST_STEPS)
        steps *= 4
    return MOST_STEPS


def _seconds_a_step(run: Run, steps: int) -> float:
    start = time.perf_counter()
    run(steps)
    return (time.perf_counter() - start) / steps
