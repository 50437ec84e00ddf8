"""One typed face for bracketed scalar roots."""

from collections.abc import Callable
from typing import Any, cast

from scipy import optimize

from theory.tolerances import SCALAR_ROOT


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root of a continuous function with a sign change on [low, high], to rounding (Brent's method).

    >>> bracketed_root(lambda x: x * x - 4, 0.0, 10.0)
    2.0
    """
    brent = cast(Any, optimize.brentq)
    return float(brent(function, low, high, xtol=1e-300, rtol=SCALAR_ROOT, maxiter=500))
