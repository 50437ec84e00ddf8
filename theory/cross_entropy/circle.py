"""Averages over the circle: what a polygon of very many corners adds up to.

With g = 1 − cos t the averages of e^{−βg}, g e^{−βg} and g² e^{−βg} are i_0, i_0 − i_1 and
2(i_0 − i_1) − i_1/β, where i_ν = I_ν(β)e^{−β}. For large β their leading terms cancel, so Hankel's
expansions are subtracted term by term.

Source of the expansions: Hankel 1869 (DLMF 10.40.1); that polygons reach them is derived for this project.
"""

from fractions import Fraction
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import i0e, i1e

Floats = NDArray[np.float64]

LARGE: Final = 40.0
"""Scales from which the expansions are used: their last term is below 1e-17 there."""
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
    small = np.minimum(scale, LARGE)
    zero, one = np.asarray(i0e(small)), np.asarray(i1e(small))
    low = (zero, zero - one, 2 * (zero - one) - one / small)
    if not (scale > LARGE).any():
        return low
    inverse = 1 / np.maximum(scale, LARGE)
    front = np.sqrt(inverse / (2 * np.pi))
    high = (front * np.polyval(each, inverse) for each in _expansions())
    zero, first, second = (np.where(scale > LARGE, b, a) for a, b in zip(low, high, strict=True))
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
