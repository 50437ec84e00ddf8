"""Local optimisation of the margin from the instances nearest to failing.

Random instances get near a thin set of failures; descent of the margin gets into it. Gradient-free
first (Nelder–Mead), then by gradient (L-BFGS-B on finite differences), inside the box of all instances
seen, so that the search never leaves what the claim's own sources draw.
"""

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from verify.claim import Claim, Run
from verify.instance import Instance
from verify.margin import Margin, Outcome
from verify.search.seen import Path, Seen, leaves, replaced

QUICK_EVALUATIONS = 300
FULL_EVALUATIONS = 5_000
MOST_COORDINATES = 24
"""Nelder–Mead in more dimensions than this does not get anywhere in so few evaluations."""


class _FoundError(Exception):
    """Raised inside an optimiser to stop it at the first failing instance."""

    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self.instance = instance


def climb(claim: Claim, run: Run, seen: Seen) -> tuple[Instance | None, int, Margin | None]:
    """A failing instance near those seen, the number of margins evaluated, and the smallest among them."""
    budget = QUICK_EVALUATIONS if run.level == "quick" else FULL_EVALUATIONS
    evaluated = 0
    smallest: Margin | None = None
    for _, start in seen.closest:
        paths = [path for path, leaf in leaves(start) if not isinstance(leaf, int)][:MOST_COORDINATES]
        paths = [path for path in paths if seen.ranges[path][0] < seen.ranges[path][1]]
        if not paths:
            continue

        def objective(unit: NDArray[np.float64], start: Instance = start, paths: list[Path] = paths) -> float:
            nonlocal evaluated, smallest
            evaluated += 1
            instance = _placed(start, paths, unit, seen)
            margin = _margin(claim, instance)
            if margin is None:
                return 1e300
            if margin.outcome is Outcome.FAILS:
                raise _FoundError(instance)
            if smallest is None or margin.value < smallest.value:
                smallest = margin
            return margin.value

        try:
            _minimise(objective, _units(start, paths, seen), budget // len(seen.closest))
        except _FoundError as found:
            return found.instance, evaluated, smallest
    return None, evaluated, smallest


def _minimise(objective: Callable[..., float], start: NDArray[np.float64], budget: int) -> None:
    box = [(0.0, 1.0)] * start.size
    minimise = cast(Any, optimize.minimize)
    with np.errstate(all="ignore"):
        options = {"maxfev": budget * 2 // 3, "xatol": 0.0, "fatol": 0.0, "adaptive": start.size > 4}
        best = minimise(objective, start, method="Nelder-Mead", bounds=box, options=options)
        minimise(objective, best.x, method="L-BFGS-B", bounds=box, options={"maxfun": budget // 3})


def _margin(claim: Claim, instance: Instance) -> Margin | None:
    """The margin, or None outside the hypotheses and where it cannot be computed or is infinite."""
    try:
        margin = claim.fast_margin(instance) if claim.hypotheses(instance) else None
    except Exception:  # whatever a claim raises outside its domain: no instance
        return None
    return margin if margin is not None and math.isfinite(margin.value) else None


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
