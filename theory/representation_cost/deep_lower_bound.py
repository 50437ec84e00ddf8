"""No logits with margins ≥ 1 cost less than this, whatever the depth.

With C = Σσ_i^{2/F} and b = (K−2)²/6, K ≥ 3: C^{F/(F−1)} ≥ ((K−1)² − b)^{1/(F−1)} + b^{1/(F−1)}. It is K − 1
at F = 2, where the simplex attains it, and tends to two as F → ∞, the least rank that serves K classes.

The argument. Centre the columns of Z: no σ rises, no margin moves. A = (ZZᵀ)^{(F−1)/F} has the eigenvalues
tλ_i, Σλ_i = 1. The points w_c = (A/t)^{1/2}e_c and normals h_c = (A/t)^{−1/2}z_c (pseudo-inverse) have
w_j·h_c = Z_jc, so margins make |h_c| ≥ 1/d_c, d_c the distance of w_c from the hull of the others. Now
Σ|h_c|² = tC and C = t^{1/(F−1)} Σλ_i^{1/(F−1)}, so with X = Σ1/d_c²

    C^{F/(F−1)} ≥ X^{1/(F−1)} Σλ_i^{1/(F−1)},

and X is bounded twice: by all classes, and by those that lie between others on the first axis.
"""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS

ALL: Final = (CLASSES - 1) ** 2
"""What Σ1/d_c² is at least, d_c the distance of a class's point from the hull of the others, Σ|w_c|² = 1."""

BETWEEN: Final = (CLASSES - 2) ** 2 / 6
"""What Σ1/d_c² times the points' mass off their first axis is at least: classes that lie between others."""

SPREAD: Final = (ALL - BETWEEN) ** (1 / (FACTORS - 1)) + BETWEEN ** (1 / (FACTORS - 1))

DEEP_LOWER_BOUND: Final = Formula(
    "lower bound of the deep cost of margins",
    sp.Pow(SPREAD, (FACTORS - 1) / FACTORS),
    (CLASSES, FACTORS),
    RANKCOLLAPSE.at("deep margins from below"),
    "Σσ_i^{2/F} at margins ≥ 1 is no less",
)
