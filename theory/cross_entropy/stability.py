"""When the Hessian at a collapse point is positive semidefinite.

The sharp form of 2410.23169, Theorem 4, derived for this project with equal weight decays (unequal ones
keep the signs): for K ≥ 4 and L ≥ 2 the first eigenvalue to turn negative is λ(Fα/K − (F−2)).
"""

from typing import Final

import sympy as sp

from theory.cross_entropy.collapse import TURNING_SCALE
from theory.formula import Formula
from theory.roots import bracketed_root
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE

_SOURCE = GARROD_KEATING_2025.at("Theorem 4, sharp form")

STABILITY_SCALE: Final = Formula(
    "least stable scale of collapse",
    CLASSES * (FACTORS - 2) / FACTORS,
    (CLASSES, FACTORS),
    _SOURCE,
    "K(F − 2)/F for K ≥ 4: the eigenvalue λ(Fα/K − (F − 2)) is non-negative from there on",
)

_OFF_CLASS = sp.exp(-SCALE) / (1 + 2 * sp.exp(-SCALE))

THREE_CLASS_DETERMINANT: Final = Formula(
    "determinant of the three-class block",
    (FACTORS * SCALE * (sp.Rational(2, 3) - _OFF_CLASS) - (FACTORS - 2))
    * (1 + SCALE * (2 - 3 * _OFF_CLASS) / 3)
    - FACTORS * SCALE**2 * (1 - 3 * _OFF_CLASS) ** 2 / 9,
    (SCALE, FACTORS),
    _SOURCE,
    "Q₁₁Q₂₂ − Q₁₂² for K = 3, p = 1/(e^α + 2)",
)


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
    return float(STABILITY_SCALE(classes=classes, factors=factors))


def _three_class_scale(factors: int) -> float:
    """K = 3: the largest root of the determinant, beyond which the 2×2 block Q stays semidefinite."""

    def determinant(scale: float) -> float:
        return float(THREE_CLASS_DETERMINANT(scale=scale, factors=factors))

    low, high = 1e-9, 4.0
    while determinant(high) <= 0:
        high *= 2
    return bracketed_root(determinant, low, high)
