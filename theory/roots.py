"""Bracketed scalar roots by Chandrupatla's method; importing SciPy's optimisers would take 0.3 s.

Chandrupatla 1997: inverse quadratic interpolation where three points show that it is safe, else bisection.
"""

import math
from collections.abc import Callable
from typing import Final

from theory.tolerances import SCALAR_ROOT

WIDE: Final = 1e6
NARROW: Final = 1e-6
SMALLEST: Final = 1e-300
"""Roots below it count as zero."""
MOST_STEPS: Final = 5000
"""More than bisection needs between any two floats, even if every other step is wasted."""


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root of a continuous function with a sign change on [low, high], to rounding.

    A positive bracket that spans many decades is narrowed in logarithms first. Raises ValueError where the
    signs at the ends agree.

    >>> round(bracketed_root(lambda x: x * x - 4, 0.0, 10.0), 14)
    2.0
    """
    if low > 0 and high > WIDE * low:
        near = math.exp(_root(lambda x: function(math.exp(x)), math.log(low), math.log(high)))
        narrow = max(low, near * (1 - NARROW)), min(high, near * (1 + NARROW))
        if (function(narrow[0]) > 0) != (function(narrow[1]) > 0):
            low, high = narrow
    return _root(function, low, high)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    newest, opposite = low, high
    value, other = float(function(newest)), float(function(opposite))
    for place, found in ((newest, value), (opposite, other)):
        if found == 0:
            return place
    if math.isnan(value) or math.isnan(other) or (value > 0) == (other > 0):
        raise ValueError(f"no sign change between {low} and {high}: values {value} and {other}")
    best, share = newest, 0.5
    for _ in range(MOST_STEPS):
        place = newest + share * (opposite - newest)
        found = float(function(place))
        if (found > 0) == (value > 0):
            former, past = newest, value
        else:
            former, past, opposite, other = opposite, other, newest, value
        newest, value = place, found
        best, least = (newest, value) if abs(value) < abs(other) else (opposite, other)
        width = abs(opposite - newest)
        tolerance = max(SCALAR_ROOT * abs(best), SMALLEST)
        if least == 0 or width <= 2 * tolerance:
            return best
        share = _share(newest, value, opposite, other, former, past)
        share = min(max(share, tolerance / width), 1 - tolerance / width)
    return best


def _share(a: float, fa: float, b: float, fb: float, c: float, fc: float) -> float:
    """How far from a to b to go: by inverse quadratic interpolation, or half of the way."""
    if fc in (fa, fb):
        return 0.5
    place, value = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (value**2 < place and (1 - value) ** 2 < 1 - place):
        return 0.5
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
