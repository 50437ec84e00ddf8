"""Deep neural collapse: Z = αS⊗1_nᵀ with the simplex matrix S = I − 11ᵀ/K.

Source: 2410.23169, equation 19; turning point and tie with zero are derived for this project.
"""

from typing import Final

import sympy as sp

from theory.cross_entropy.ray import Ray
from theory.formula import Formula
from theory.formula.atoms import log1p
from theory.roots import bracketed_root
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE

_EXPONENT = (FACTORS - 2) / FACTORS

COLLAPSE_FIT: Final = Formula(
    "fit of collapse",
    log1p((CLASSES - 1) * sp.exp(-SCALE)),
    (SCALE, CLASSES),
    GARROD_KEATING_2025.equation(19),
    "log(1 + (K−1)e^{−α}), mean cross-entropy",
)

COLLAPSE: Final = Ray(
    name="collapse",
    fit=COLLAPSE_FIT,
    log_slope=sp.log(CLASSES - 1) - SCALE - COLLAPSE_FIT.expression,
    singular_value=sp.Integer(1),
    rank=CLASSES - 1,
)

COLLAPSE_DECAY: Final = Formula(
    "decay at which a collapse scale is critical",
    SCALE**_EXPONENT * sp.exp(-SCALE) / (1 + (CLASSES - 1) * sp.exp(-SCALE)),
    (SCALE, CLASSES, FACTORS),
    GARROD_KEATING_2025.equation(19),
    "μ = α^{(F−2)/F}/(e^α + K − 1)",
)

TURNING_SCALE: Final = Formula(
    "turning scale of collapse",
    _EXPONENT + sp.LambertW(_EXPONENT * (CLASSES - 1) * sp.exp(-_EXPONENT)),
    (CLASSES, FACTORS),
    RANKCOLLAPSE.at("turning point of the collapse scale"),
    "α_c = a + W₀(a(K−1)e^{−a}), a = (F−2)/F: μ(α) is largest there",
)

_TIE_WITH_ZERO: Final = Formula(
    "collapse against zero",
    COLLAPSE_FIT.expression
    + FACTORS / 2 * (CLASSES - 1) * SCALE * sp.exp(-SCALE) / (1 + (CLASSES - 1) * sp.exp(-SCALE))
    - sp.log(CLASSES),
    (SCALE, CLASSES, FACTORS),
    RANKCOLLAPSE.at("collapse against zero"),
    "loss of collapse at its own critical decay minus log K, as a function of α",
)


def tie_with_zero_scale(classes: int, factors: int) -> float:
    """The scale at which collapse and zero have equal loss; 0 for F = 2, where the transition is smooth.

    Beyond the turning scale the difference falls with α (the loss of a critical point rises with λ), so
    the root is unique.
    """
    if factors == 2:
        return 0.0

    def difference(scale: float) -> float:
        return float(_TIE_WITH_ZERO(scale=scale, classes=classes, factors=factors))

    low = float(TURNING_SCALE(classes=classes, factors=factors))
    high = 2 * low + 1
    while difference(high) > 0:
        high *= 2
    return bracketed_root(difference, low, high)
