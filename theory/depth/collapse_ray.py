"""How a perturbation of collapse grows and dies along the collapse ray (2605.23087; derivation ours).

Inside a group family (theory of the spectral reduction) write s_a = s(1 + ε_a) with Σ_a ε_a = 0. Gradient
flow on cross-entropy without weight decay gives, to first order in ε,
dε/ds = ((1 − 2/F)/s − 1/K) ε, hence ε(s) = ε₀ (s/s₀)^{1−2/F} e^{−(s−s₀)/K}: it grows until
s* = (1 − 2/F)K and dies beyond.
"""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.sources import GARROD_KEATING_THRAMPOULIDIS_2026
from theory.symbols import CLASSES, FACTORS, positive

STRENGTH: Final = positive("strength")
"""s, the common singular value of the collapsed logits (equal to the scale α)."""
INITIAL_STRENGTH: Final = positive("initial_strength")
"""s₀."""

AMPLIFICATION: Final = Formula(
    "amplification along the collapse ray",
    (STRENGTH / INITIAL_STRENGTH) ** (1 - 2 / FACTORS) * sp.exp(-(STRENGTH - INITIAL_STRENGTH) / CLASSES),
    (STRENGTH, INITIAL_STRENGTH, CLASSES, FACTORS),
    GARROD_KEATING_THRAMPOULIDIS_2026.at("basin of attraction of collapse"),
    "ε(s)/ε(s₀) of a small relative zero-sum perturbation",
)

GROWTH_RATE: Final = Formula(
    "growth rate along the collapse ray",
    (1 - 2 / FACTORS) / STRENGTH - 1 / CLASSES,
    (STRENGTH, CLASSES, FACTORS),
    GARROD_KEATING_THRAMPOULIDIS_2026.at("basin of attraction of collapse"),
    "d log ε/ds",
)

TURNING_STRENGTH: Final = Formula(
    "turning strength",
    (1 - 2 / FACTORS) * CLASSES,
    (CLASSES, FACTORS),
    GARROD_KEATING_THRAMPOULIDIS_2026.at("basin of attraction of collapse"),
    "s* = (1 − 2/F)K, where growth turns to decay; the stability threshold with weight decay",
)
