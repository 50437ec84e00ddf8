"""Local optimisation of the margin from the instances nearest to failing.

Random instances get near a thin set of failures; descent of the margin gets into it. From each start
first by small moves (integers, zeros, equal entries), then gradient-free (Nelder–Mead), by gradient
(L-BFGS-B on finite differences), and by moves again; inside the box of all instances seen. Moves are for
claims whose hypotheses describe the domain: a strategy may tie integers together, and moves would not know.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from verify.claim import Claim, Run, no_condition
from verify.instance import Instance
from verify.margin import Margin, Outcome
from verify.search.moves import corners, moves
from verify.search.seen import Path, Seen, leaves, replaced

QUICK_EVALUATIONS = 1_200
FULL_EVALUATIONS = 40_000
PER_SAMPLE = 3
"""At most so many evaluations for each sample, as a claim with a small sample has a slow margin; …"""
LEAST_EVALUATIONS = 300
"""… but no fewer than this, …"""
FEW_SAMPLES = 30
"""… unless the sample is smaller still: then solvers are at work, and the floor sinks with it."""
QUICK_STARTS = 3
FULL_STARTS = 8
"""Of each kind."""
FEW_COORDINATES = 10
"""Nelder–Mead in more dimensions than this does not get anywhere in so few evaluations."""
NOWHERE = 1e300
"""What an optimiser is told of a point without a finite margin."""

Confirm = Callable[[Instance], bool]
Measure = Callable[[Margin], float]
Start = tuple[Instance, Measure]


class _FoundError(Exception):
    """Raised inside an optimiser to stop it at the first failing instance."""

    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self.instance = instance


class _SpentError(Exception):
    """Raised inside an optimiser to stop it when its evaluations are spent."""


def climb(
    claim: Claim, run: Run, seen: Seen, confirmed: Confirm
) -> tuple[Instance | None, int, Margin | None]:
    """A failing instance near those seen, the number of margins evaluated, and the smallest among them.

    A failure counts once it is `confirmed`.
    """
    quick = run.level == "quick"
    judge = _Judge(claim, confirmed)
    samples = claim.quick_samples if quick else claim.full_samples
    most = QUICK_EVALUATIONS if quick else FULL_EVALUATIONS
    floor = LEAST_EVALUATIONS * min(samples, FEW_SAMPLES) // FEW_SAMPLES
    budget = min(most, max(floor, PER_SAMPLE * samples))
    count = QUICK_STARTS if quick else FULL_STARTS
    try:
        starts = _corners(claim, judge, seen, count) + _nearest(seen, count)
        for number, (start, measure) in enumerate(starts):
            judge.measure, judge.left = measure, (budget - judge.evaluated) // (len(starts) - number)
            with suppress(_SpentError):
                _descend(start, judge, seen)
    except _FoundError as found:
        return found.instance, judge.evaluated, judge.smallest
    return None, judge.evaluated, judge.smallest


def _nearest(seen: Seen, count: int) -> list[Start]:
    """The nearest in both orders, then whatever came first."""
    by_value = [(entry.instance, _value) for entry in seen.closest[:count]]
    return by_value + [(entry.instance, _ratio) for entry in [*seen.tightest[:count], *seen.first[:count]]]


def _corners(claim: Claim, judge: "_Judge", seen: Seen, count: int) -> list[Start]:
    """The best by either measure of the smallest sizes, with the other numbers of instances seen."""
    known = [*seen.closest[:count], *seen.tightest[:count], *seen.first] if judge.knows_the_domain else []
    smallest = [corner for entry in known for corner in corners(entry.instance, seen, claim.hypotheses)]
    judge.left = len(smallest)
    values = [judge.measured(corner, (_value, _ratio)) for corner in smallest]
    best = [min(range(len(values)), key=lambda index: values[index][which]) for which in (0, 1) if values]
    return [(smallest[index], measure) for index, measure in zip(best, (_value, _ratio), strict=False)]


def _value(margin: Margin) -> float:
    return margin.value


def _ratio(margin: Margin) -> float:
    """Bound over actual does not shrink with the size of the instance, as the value does."""
    return NOWHERE if margin.ratio is None else margin.ratio


class _Judge:
    """What the optimisers minimise: counts, remembers the smallest margin, raises at a failure."""

    def __init__(self, claim: Claim, confirmed: Confirm) -> None:
        self.claim, self.confirmed = claim, confirmed
        self.knows_the_domain = claim.hypotheses is not no_condition
        self.measure: Measure = _value
        self.left = self.evaluated = 0
        self.smallest: Margin | None = None

    def __call__(self, instance: Instance) -> float:
        """How near to failing an instance is."""
        return self.measured(instance, (self.measure,))[0]

    def measured(self, instance: Instance, measures: tuple[Measure, ...]) -> list[float]:
        """The same by several measures."""
        if self.left <= 0:
            raise _SpentError
        self.left -= 1
        self.evaluated += 1
        margin = self._margin(instance)
        if margin is None:
            return [NOWHERE] * len(measures)
        if margin.outcome is Outcome.FAILS and self._is_confirmed(instance):
            raise _FoundError(instance)
        if self.smallest is None or margin.value < self.smallest.value:
            self.smallest = margin
        return [measure(margin) for measure in measures]

    def _is_confirmed(self, instance: Instance) -> bool:
        try:
            return self.confirmed(instance)
        except Exception:  # exact arithmetic may not reach where floats do
            return False

    def _margin(self, instance: Instance) -> Margin | None:
        """The margin, or None outside the hypotheses and where it cannot be computed or is infinite."""
        try:
            margin = self.claim.fast_margin(instance) if self.claim.hypotheses(instance) else None
        except Exception:  # whatever a claim raises outside its domain: no instance
            return None
        return margin if margin is not None and math.isfinite(margin.value) else None


def _descend(start: Instance, judge: _Judge, seen: Seen) -> None:
    """By moves, continuously, and by moves again, until nothing improves or the evaluations are spent."""
    best, value = _by_moves(start, judge(start), judge, seen, share=0.4)
    best = _continuously(best, judge, seen)
    _by_moves(best, min(value, judge(best)), judge, seen, share=1.0)


def _by_moves(
    start: Instance, value: float, judge: _Judge, seen: Seen, *, share: float
) -> tuple[Instance, float]:
    """The best instance reached by taking every move that improves, within a share of the evaluations."""
    kept = judge.left - int(share * judge.left)
    improved = judge.knows_the_domain
    while improved and judge.left > kept:
        improved = False
        for candidate in moves(start, seen):
            if judge.left <= kept:
                break
            found = judge(candidate)
            if found < value:
                start, value, improved = candidate, found, True
                break
    return start, value


def _continuously(start: Instance, judge: _Judge, seen: Seen) -> Instance:
    """The best instance reached in the numbers that are not integers everywhere."""
    paths = [path for path, _ in leaves(start) if path in seen.continuous]
    paths = [path for path in paths if seen.ranges[path][0] < seen.ranges[path][1]]
    if not paths:
        return start

    def objective(unit: NDArray[np.float64]) -> float:
        return judge(_placed(start, paths, unit, seen))

    units = _minimise(objective, _units(start, paths, seen), judge.left * 4 // 5)
    return _placed(start, paths, units, seen)


def _minimise(
    objective: Callable[..., float], start: NDArray[np.float64], budget: int
) -> NDArray[np.float64]:
    box = [(0.0, 1.0)] * start.size
    minimise = cast(Any, optimize.minimize)
    with np.errstate(all="ignore"):
        if start.size <= FEW_COORDINATES:
            options = {"maxfev": budget * 2 // 3, "xatol": 0.0, "fatol": 0.0, "adaptive": start.size > 4}
            start = minimise(objective, start, method="Nelder-Mead", bounds=box, options=options).x
            budget = budget // 3
        return minimise(objective, start, method="L-BFGS-B", bounds=box, options={"maxfun": budget}).x


def _is_logarithmic(low: float, high: float) -> bool:
    return low > 0 and high > 100 * low


def _units(start: Instance, paths: list[Path], seen: Seen) -> NDArray[np.float64]:
    """Coordinates in [0, 1] of the box, on a logarithmic scale where the range spans decades."""
    known = dict(leaves(start))
    units: list[float] = []
    for path in paths:
        low, high = seen.ranges[path]
        value = float(known[path])
        if _is_logarithmic(low, high):
            units.append(math.log(value / low) / math.log(high / low))
        else:
            units.append((value - low) / (high - low))
    return np.array(units)


def _placed(start: Instance, paths: list[Path], units: NDArray[np.float64], seen: Seen) -> Instance:
    instance = start
    for path, unit in zip(paths, units, strict=True):
        low, high = seen.ranges[path]
        share = float(unit)
        value = low * (high / low) ** share if _is_logarithmic(low, high) else low + (high - low) * share
        instance = replaced(instance, path, min(max(value, low), high))
    return instance
