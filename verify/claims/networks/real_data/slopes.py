"""Slopes and rank correlations of one curve a seed, with confidence intervals over seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

CONFIDENCE = 0.95
UNTOLD = 3.0
"""An interval wider than so many times its mean, or than so much, is not printed."""


@dataclass(frozen=True)
class Interval:
    """A mean over seeds with its two-sided 95 % interval of Student's t."""

    mean: float
    half_width: float
    seeds: int

    @property
    def low(self) -> float:
        """The lower end."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """The upper end."""
        return self.mean + self.half_width

    @property
    def known(self) -> bool:
        """Whether two seeds, at least, gave a value."""
        return math.isfinite(self.half_width)

    def __str__(self) -> str:
        """Mean ± half-width, to the digits that mean something; a dash where seeds do not tell."""
        if not self.half_width <= UNTOLD * max(1.0, abs(self.mean)):
            return "—"
        return f"{self.mean:.2g} ± {self.half_width:.1g}"


def interval(values: Sequence[float]) -> Interval:
    """The interval of the mean of one value a seed; infinitely wide for fewer than two.

    >>> str(interval([1.0, 2.0, 3.0]))
    '2 ± 2'
    """
    from scipy.stats import t

    known = np.array([value for value in values if math.isfinite(value)])
    if known.size < 2:
        return Interval(float(known.mean()) if known.size else math.nan, math.inf, known.size)
    quantile = float(t.ppf((1 + CONFIDENCE) / 2, known.size - 1))
    spread = float(known.std(ddof=1)) / math.sqrt(known.size)
    return Interval(float(known.mean()), quantile * spread, known.size)


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The least-squares slope of y over x; NaN for fewer than three points or where x hardly moves.

    >>> round(slope([0.0, 1.0, 2.0], [1.0, 3.0, 5.0]), 9)
    2.0
    """
    if len(x) < 3 or float(np.ptp(x)) < 1e-9:
        return math.nan
    centred = np.array(x) - np.mean(x)
    return float(centred @ np.array(y) / (centred @ centred))


def monotonicity(x: Sequence[float], y: Sequence[float]) -> float:
    """Kendall's τ: 1 where y grows at every step of x, −1 where it falls; NaN for fewer than three points.

    >>> monotonicity([1.0, 2.0, 3.0], [5.0, 4.0, 1.0])
    -1.0
    """
    from scipy.stats import kendalltau

    if len(x) < 3:
        return math.nan
    return float(cast(Any, kendalltau(x, y)).statistic)
