"""The optimal WWᵀ of two-factor regression, with its bracket read literally: column by column.

Statement   For λ_j > c ≥ λ_{j+1}, WWᵀ is √(λ_H/λ_W) times Σ^{1/2} − √c I with the columns beyond the j-th
            put to zero, in the coordinates in which the targets come.
Source      2409.04180, Theorem 4.1, the bracket [·]_j taken literally. Only this reading is refuted: meant
            in the eigenbasis of Σ, largest eigenvalue first, the theorem is right (the amended claim).
Computed    asymmetry of that matrix for two targets and one kept direction, exactly: WWᵀ has none.
Tight       fails as soon as the kept eigenvector is not the first coordinate.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.sources import ANDRIOPOULOS_2024
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals


def _entries(instance: Instance) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """p, q, r of Σ^{1/2} = (p q; q r), and √c."""
    p, q, r, cut = (Fraction(instance[name]) for name in ("first", "cross", "second", "root_cut"))
    return p, q, r, cut


def meets_hypotheses(instance: Instance) -> bool:
    """Σ^{1/2} positive definite with one eigenvalue above √c > 0 and one below."""
    p, q, r, cut = _entries(instance)
    definite = p > 0 and p * r - q * q > 0
    return bool(definite and cut > 0 and (p - cut) * (r - cut) - q * q < 0)


def exact_margin(instance: Instance) -> Margin:
    """Zero minus what keeps the printed matrix (p − √c, 0; q, 0) from being WWᵀ: |q|, or p < √c."""
    p, q, _, cut = _entries(instance)
    return Margin.exact(-abs(q) - max(cut - p, Fraction(0)))


def sampler(generator: np.random.Generator) -> Instance:
    """Σ^{1/2} with eigenvalues on both sides of √c, at a random angle."""
    above, below, cut = 1 + generator.uniform(0.1, 2), generator.uniform(0.1, 0.9), 1.0
    angle = generator.uniform(0, np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    return {
        "first": float(above * cosine**2 + below * sine**2),
        "cross": float((above - below) * cosine * sine),
        "second": float(above * sine**2 + below * cosine**2),
        "root_cut": cut,
    }


def instances() -> Any:
    """Small rationals."""
    from hypothesis import strategies as st

    number = positive_rationals(largest=3, denominator=4)
    fields = {"first": number, "cross": number, "second": number, "root_cut": number}
    return st.fixed_dictionaries(fields)


CLAIM = Claim(
    id="regression/two-factors-as-printed",
    title="Read literally, the optimal WWᵀ keeps the first columns of Σ^{1/2} − √c I in any coordinates",
    statement=(
        r"WW^\top=\sqrt{\lambda_H/\lambda_W}\,\bigl[\Sigma^{1/2}-\sqrt c\,I\bigr]_{j},\quad"
        r"[\,\cdot\,]_j:\ \text{all but the first }j\text{ columns put to zero}"
    ),
    source=ANDRIOPOULOS_2024.theorem("4.1, read literally"),
    computed="asymmetry of the printed matrix, exactly",
    tight="holds in the eigenbasis of Σ; fails in any other coordinates when a direction is dropped",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    exact_margin=exact_margin,
    witness={"first": 2, "cross": 1, "second": 2, "root_cut": 2},
    instead="regression/two-factors",
)
