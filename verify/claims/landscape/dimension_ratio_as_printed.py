"""Theorem 5's consequence as printed: at d = K the ratio of dimensions is below 1.

Statement   The ratio of the dimensions of collapse and of a product of rank r, 2 ≤ r ≤ K − 2, with equal
            singular values starts below 1 at d = K.
Source      2410.23169, Theorem 5 and the discussion of its ratio.
Computed    1 minus the ratio of exact orbit dimensions at d = K.
Tight       fails for every such K and r: the ratio is above 1. With the printed dimensions it would be
            (K−1)/(r(K−r)) < 1.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.sources import GARROD_KEATING_2025
from verify.claim import Claim
from verify.claims.landscape.dimension_ratio import exact_dimensions
from verify.instance import Instance
from verify.margin import Margin


def exact_margin(instance: Instance) -> Margin:
    """1 minus the exact ratio at d = K."""
    high, low = exact_dimensions({**instance, "width": instance["classes"]})
    return Margin.exact(1 - Fraction(high, low))


def is_in_range(instance: Instance) -> bool:
    """2 ≤ r ≤ K − 2, small enough for exact ranks."""
    return 2 <= instance["rank"] <= instance["classes"] - 2 and instance["classes"] <= 14


def instances() -> Any:
    """Up to ten classes."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries({"classes": st.integers(4, 10), "rank": st.integers(2, 8)})


def sampler(generator: np.random.Generator) -> Instance:
    """Up to ten classes."""
    classes = int(generator.integers(4, 11))
    return {"classes": classes, "rank": int(generator.integers(2, classes - 1))}


CLAIM = Claim(
    id="landscape/dimension-ratio-as-printed",
    title="At d = K collapse has fewer dimensions than a product of lower rank",
    statement=r"\frac{D_{\mathrm{DNC}}}{D_Z}\Big|_{d=K}<1,\qquad 2\le r\le K-2",
    source=GARROD_KEATING_2025.theorem(5),
    computed="1 minus the ratio of exact orbit dimensions at d = K",
    tight="fails for every K and r in range",
    instances=instances,
    sampler=sampler,
    hypotheses=is_in_range,
    exact_margin=exact_margin,
    witness={"classes": 10, "rank": 2},
    instead="landscape/dimension-ratio",
    quick_samples=40,
    full_samples=300,
)
