"""Averages over the circle: what a polygon of very many corners adds up to.

With g = 1 − cos t the averages of e^{−βg}, g e^{−βg} and g² e^{−βg} are i_0, i_0 − i_1 and
2(i_0 − i_1) − i_1/β, where i_ν = I_ν(β)e^{−β}. For large β their leading terms cancel, so Hankel's
expansions are subtracted term by term. For small β a polygon of few corners is as good as the circle: its
sums have positive terms and lose no digits.

Source of the expansions: Hankel 1869 (DLMF 10.40.1); that polygons reach them is derived for this project.
"""

from fractions import Fraction
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGE: Final = 40.0
"""Scales from which the expansions are used: their last term is below 1e-17 there."""
CORNERS: Final = 64
"""Of a polygon that stands for the circle up to that scale: it is off by 2I_64(40)/I_0(40) < 1e-18."""
TERMS: Final = 16
NEGLIGIBLE: Final = 60.0
"""A polygon counts as a circle when the terms it adds to the average are below e^{−60}."""


def is_circle(classes: Floats, scale: Floats) -> NDArray[np.bool_]:
    """Whether K corners give the circle's average to rounding: I_K(β)/I_0(β) is negligible.

    >>> is_circle(np.array([1e6, 10.0]), np.array([100.0, 100.0])).tolist()
    [True, False]
    """
    exponent = classes * np.arcsinh(classes / scale) - np.hypot(classes, scale) + scale
    return exponent > NEGLIGIBLE


def circle_averages(scale: Floats) -> tuple[Floats, Floats, Floats]:
    """The averages of e^{−βg}, g e^{−βg} and g² e^{−βg} with g = 1 − cos t, for β > 0.

    >>> [float(each.round(6)[0]) for each in circle_averages(np.array([1.0]))]
    [0.46576, 0.257849, 0.307788]
    """
    is_small = scale <= LARGE
    inverse = 1 / np.maximum(scale, LARGE)
    front = np.sqrt(inverse / (2 * np.pi))
    averages = [np.asarray(front * np.polyval(each, inverse), dtype=np.float64) for each in _expansions()]
    if is_small.any():
        for each, of_polygon in zip(averages, _polygon_averages(scale[is_small]), strict=True):
            each[is_small] = of_polygon
    zero, first, second = averages
    return zero, first, second


def _polygon_averages(scale: Floats) -> tuple[Floats, Floats, Floats]:
    """The averages over `CORNERS` corners, which for scales up to `LARGE` are the circle's."""
    angles = np.pi * np.arange(CORNERS // 2 + 1) / CORNERS  # halved; the other corners mirror these
    gaps = 2 * np.sin(angles) ** 2
    weights = np.where((angles == 0) | (gaps == gaps[-1]), 1.0, 2.0) / CORNERS
    terms = np.exp(-scale[..., np.newaxis] * gaps)
    zero, first, second = (terms @ (weights * gaps**power) for power in range(3))
    return zero, first, second


@cache
def _expansions() -> tuple[Floats, Floats, Floats]:
    """Coefficients in 1/β of the three averages times √(2πβ), highest power first."""
    zero, one = _hankel(0), _hankel(1)
    first = [a - b for a, b in zip(zero, one, strict=True)]
    second = [2 * a - b for a, b in zip(first, [Fraction(0), *one[:-1]], strict=True)]
    low, middle, high = (np.array([float(a) for a in each[::-1]]) for each in (zero, first, second))
    return low, middle, high


def _hankel(order: int) -> list[Fraction]:
    """(−1)^k Π_{j≤k} (4ν² − (2j−1)²)/(8j): I_ν(β)e^{−β}√(2πβ) is their sum over β^k."""
    found = [Fraction(1)]
    for j in range(1, TERMS):
        found.append(-found[-1] * Fraction(4 * order**2 - (2 * j - 1) ** 2, 8 * j))
    return found
