"""When the Hessian at a collapse point is positive semidefinite.

The sharp form of 2410.23169, Theorem 4, derived for this project with equal weight decays (unequal ones
keep the signs): for K ≥ 4 and L ≥ 2 the first eigenvalue to turn negative is λ(Fα/K − (F−2)).
"""

import math

from theory.cross_entropy.collapse import TURNING_SCALE
from theory.roots import bracketed_root


def stability_scale(classes: int, factors: int) -> float:
    """The least collapse scale α with a positive semidefinite Hessian (0 for L = 1: every α > 0).

    >>> stability_scale(classes=6, factors=3)
    2.0
    """
    if factors == 2:
        return 0.0
    if classes == 2:
        return float(TURNING_SCALE(classes=2, factors=factors))
    if classes == 3:
        return _three_class_scale(factors)
    return classes * (factors - 2) / factors


def _three_class_scale(factors: int) -> float:
    """K = 3: the largest root of Q₁₁Q₂₂ − Q₁₂², beyond which the 2×2 block Q stays semidefinite."""

    def determinant(scale: float) -> float:
        p = math.exp(-scale) / (1 + 2 * math.exp(-scale))
        first = factors * scale * (2 / 3 - p) - (factors - 2)
        second = 1 + scale * (2 - 3 * p) / 3
        return first * second - factors * scale**2 * (1 - 3 * p) ** 2 / 9

    low, high = 1e-9, 4.0
    while determinant(high) <= 0:
        high *= 2
    return bracketed_root(determinant, low, high)
