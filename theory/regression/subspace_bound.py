"""How far features lie from the targets' row space, given NRC1 and CKA (2603.23805, Proposition 1)."""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.sources import RANGAMANI_UNAL_2026, RANKCOLLAPSE
from theory.symbols import positive

OUTSIDE: Final = sp.Symbol("outside", nonnegative=True)
"""ε₁ = NRC1: share of the feature covariance outside its top t directions."""
ALIGNMENT: Final = sp.Symbol("alignment", nonnegative=True)
"""Linear CKA of the projected features with the targets, in [0, 1]."""
TARGETS: Final = positive("targets")
"""t, number of targets."""

PRINTED_BOUND: Final = Formula(
    "subspace bound as printed",
    sp.sqrt(OUTSIDE) + sp.sqrt(1 - ALIGNMENT),
    (OUTSIDE, ALIGNMENT),
    RANGAMANI_UNAL_2026.at("Proposition 1"),
    "√ε₁ + √ε₂ with ε₂ = 1 − CKA",
)

AMENDED_BOUND: Final = Formula(
    "subspace bound, amended",
    sp.sqrt(OUTSIDE + sp.sqrt(TARGETS * (1 - ALIGNMENT**2))),
    (OUTSIDE, ALIGNMENT, TARGETS),
    RANKCOLLAPSE.at("theory 7.4"),
    "√(ε₁ + √(t(1 − CKA²)))",
)
