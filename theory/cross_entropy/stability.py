"""When the Hessian at a collapse point is positive semidefinite.

The sharp form of 2410.23169, Theorem 4, derived for this project with equal weight decays (unequal ones
keep the signs): for K ≥ 4 the first eigenvalue to turn negative is λ(Fα/K − (F−2)). For K = 3 it is the
smaller one of the standard block, for K = 2 the one along the scale. With L = 1 none ever does.

A paired point (even K ≥ 4, L ≥ 2) turns at about half that scale; with L = 1 and width above K/2 it is a
strict saddle at every scale.
"""

import math
from collections.abc import Mapping
from typing import Final

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE, TURNING_SCALE
from theory.formula import Formula, ImplicitFormula
from theory.landscape.collapse_hessian import (
    CONTRAST,
    CRITICAL_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
)
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE

_SOURCE = GARROD_KEATING_2025.at("Theorem 4, sharp form")

STABILITY_SCALE: Final = Formula(
    "least stable scale of collapse",
    CLASSES * (FACTORS - 2) / FACTORS,
    (CLASSES, FACTORS),
    _SOURCE,
    "K(F − 2)/F for K ≥ 4: the eigenvalue λ(Fα/K − (F − 2)) is non-negative from there on",
)

STABILITY_DECAY: Final = Formula(
    "largest stable decay of collapse",
    STABILITY_SCALE.expression ** ((FACTORS - 2) / FACTORS)
    * sp.exp(-STABILITY_SCALE.expression)
    / (1 + (CLASSES - 1) * sp.exp(-STABILITY_SCALE.expression)),
    (CLASSES, FACTORS),
    _SOURCE,
    "μ = (Ka)^a/(e^{Ka} + K − 1), a = (F−2)/F, for K ≥ 4: the decay whose collapse scale is K(F − 2)/F",
)

_A = (FACTORS - 2) / FACTORS
_G = _A * (CLASSES - 2) / 2

PAIRED_STABILITY_SCALE: Final = Formula(
    "least stable scale of the paired point",
    _G + sp.LambertW(_A * sp.exp(-_G)),
    (CLASSES, FACTORS),
    RANKCOLLAPSE.at("paired stability"),
    "β = g + W₀(a e^{−g}), a = (F−2)/F, g = a(K−2)/2, for even K ≥ 4, F ≥ 3: root of 2β = a(K − 2 + 2e^{−β})",
)

_C = CONTRAST.expression

STANDARD_DETERMINANT: Final = Formula(
    "determinant of the standard block at collapse",
    STANDARD_FACTORS.expression * STANDARD_FEATURES.expression - STANDARD_COUPLING.expression**2,
    (SCALE, CLASSES, FACTORS),
    _SOURCE,
    "Q₁₁Q₂₂ − Q₁₂²",
)

REDUCED_DETERMINANT: Final = Formula(
    "reduced determinant of the standard block at collapse",
    CRITICAL_EIGENVALUE.expression
    + (CLASSES - 2) * FACTORS * SCALE * _C * (1 + SCALE / CLASSES) / (CLASSES + SCALE * (1 + _C)),
    (SCALE, CLASSES, FACTORS),
    _SOURCE,
    "(Q₁₁Q₂₂ − Q₁₂²)/(1 + α(2 − Kp)/K), which increases with α",
)


def _bracket(parameters: Mapping[str, float]) -> tuple[float, float]:
    """Negative at zero scale; at K(F−2)/F only the non-negative second term is left."""
    return 1e-12, float(STABILITY_SCALE(classes=parameters["classes"], factors=parameters["factors"]))


STANDARD_SCALE: Final = ImplicitFormula(
    "scale at which the standard block turns semidefinite",
    REDUCED_DETERMINANT,
    "scale",
    _bracket,
    "each term of the reduced determinant increases with α",
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
        found = STANDARD_SCALE.solve(classes=3, factors=factors)
        assert found is not None  # its residual changes sign on the bracket
        return found
    return float(STABILITY_SCALE(classes=classes, factors=factors))


def log_stability_decay(classes: int, factors: int) -> float:
    """log μ of the largest decay at which the larger collapse point has a positive semidefinite Hessian.

    In logarithms, as μ itself underflows for many classes: log μ is about −K(F−2)/F.

    >>> round(log_stability_decay(classes=1_000_000, factors=3))
    -333329
    """
    if factors == 2:
        return -math.log(classes)
    scale = stability_scale(classes, factors)
    return float(COLLAPSE.log_decay(scale=scale, classes=classes, factors=factors))
