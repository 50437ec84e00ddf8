"""One typed face for bracketed scalar roots."""

import math
from collections.abc import Callable
from typing import Any, cast

from scipy import optimize

from theory.tolerances import SCALAR_ROOT

WIDE = 1e6
NARROW = 1e-6


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root of a continuous function with a sign change on [low, high], to rounding (Brent's method).

    A positive bracket that spans many decades is narrowed in logarithms first.

    >>> bracketed_root(lambda x: x * x - 4, 0.0, 10.0)
    2.0
    """
    brent = cast(Any, optimize.brentq)
    if low > 0 and high > WIDE * low:
        near = math.exp(brent(lambda x: function(math.exp(x)), math.log(low), math.log(high), maxiter=500))
        narrow = max(low, near * (1 - NARROW)), min(high, near * (1 + NARROW))
        if (function(narrow[0]) > 0) != (function(narrow[1]) > 0):
            low, high = narrow
    return float(brent(function, low, high, xtol=1e-300, rtol=SCALAR_ROOT, maxiter=2000))
