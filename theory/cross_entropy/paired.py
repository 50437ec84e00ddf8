"""The paired structure (orthoplex code): Z = βP⊗1_nᵀ, P = blockdiag([[1,−1],[−1,1]], …).

Source: 2410.23169, section 4 and Theorem 1 (odd K as printed).
"""

from typing import Final

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE_FIT
from theory.cross_entropy.ray import Ray
from theory.formula import Formula
from theory.formula.atoms import log1p
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY

PAIRED_COLUMN_FIT: Final = Formula(
    "fit of a paired column",
    log1p((CLASSES - 2) * sp.exp(-SCALE) + sp.exp(-2 * SCALE)),
    (SCALE, CLASSES),
    GARROD_KEATING_2025.at("section 4, paired structure"),
    "log(1 + (K−2)e^{−β} + e^{−2β})",
)

PAIRED: Final = Ray(
    name="paired",
    fit=PAIRED_COLUMN_FIT,
    log_slope=-SCALE + sp.log(CLASSES - 2 + 2 * sp.exp(-SCALE)) - PAIRED_COLUMN_FIT.expression,
    singular_value=sp.Integer(2),
    rank=CLASSES / 2,
)
"""Even K."""

PAIRS: Final = sp.Symbol("pairs", positive=True, integer=True)
"""⌊K/2⌋."""
SINGLE: Final = sp.Symbol("single", nonnegative=True, integer=True)
"""K mod 2: one class of an odd K stays alone, with a single 1 on the diagonal."""

_K = 2 * PAIRS + SINGLE
_COST = PAIRS * 2 ** (2 / FACTORS) + SINGLE

PRINTED_PAIRED_LOSS: Final = Formula(
    "loss of the paired point as printed",
    (
        2 * PAIRS * PAIRED_COLUMN_FIT.at(classes=_K) / _K
        + SINGLE * COLLAPSE_FIT.at(classes=_K) / _K
        + SCALED_DECAY * FACTORS / 2 * _COST * SCALE ** (2 / FACTORS)
    ),
    (SCALE, PAIRS, SINGLE, FACTORS, SCALED_DECAY),
    GARROD_KEATING_2025.theorem(1),
    "mean cross-entropy plus weight decay of balanced factors of βP⊗1ᵀ, K even or odd",
)
