"""Collapse occupies at least as many dimensions as any product of lower rank, the more so the wider.

Statement   With the amended dimensions, D_DNC/D_Z = (K−1)(2d−K)/(r(2d−r−1)) for r ≤ K − 1. It is at least 1
            for every d ≥ K, increases with d when r < K − 1, and tends to (K−1)/r.
Source      2410.23169, Theorem 5, amended.
Computed    the ratio from exact ranks of tangent maps.
Tight       equal to 1 at r = K − 1 only; K = 10, r = 2, d = 10: 90/34.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.landscape.dimension import DIMENSION_RATIO, RANK, RATIO_LIMIT, WIDTH, inner_dimension
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES
from verify.claim import Claim
from verify.claims.landscape.lemmas.steps import same
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Proof, RationalSign, Step, Variable


def exact_dimensions(instance: Instance) -> tuple[int, int]:
    """Exact orbit dimensions with one inner space: at rank K − 1 and at rank r, equal singular values."""
    from numerics.landscape.orbit import orbit_rank, rational_chain

    classes, rank, width = instance["classes"], instance["rank"], instance["width"]
    high, low = (orbit_rank(rational_chain([1] * r, width=width, depth=1)) for r in (classes - 1, rank))
    return high, low


def exact_margin(instance: Instance) -> Margin:
    """The exact ratio less 1, and less its value one unit of width before where that is in range."""
    high, low = exact_dimensions(instance)
    ratio = Fraction(high, low)
    differences = [ratio - 1]
    if instance["width"] > instance["classes"]:
        before = exact_dimensions({**instance, "width": instance["width"] - 1})
        differences.append(ratio - Fraction(*before))
    differences.append(Fraction(instance["classes"] - 1, instance["rank"]) - ratio)
    return Margin.exact(min(differences))


def is_lower_rank(instance: Instance) -> bool:
    """1 ≤ r < K − 1 and d ≥ K, small enough for exact ranks."""
    return 1 <= instance["rank"] < instance["classes"] - 1 and instance["classes"] <= instance["width"] <= 16


def instances() -> Any:
    """Up to eight classes."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {"classes": st.integers(3, 8), "rank": st.integers(1, 6), "width": st.integers(3, 10)}
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to eight classes and width ten."""
    classes = int(generator.integers(3, 9))
    return {
        "classes": classes,
        "rank": int(generator.integers(1, classes - 1)),
        "width": classes + int(generator.integers(0, 3)),
    }


def _proof() -> Proof:
    """K = r + 1 + gap and d = K + spare."""
    gap, spare = sp.symbols("gap spare", nonnegative=True)
    k = RANK + 1 + gap
    ratio = DIMENSION_RATIO.at({CLASSES: k, WIDTH: k + spare})
    width = k + spare
    return Proof(
        title="the ratio is at least 1 from d = K on, increases, and tends to (K−1)/r",
        variables=(
            Variable(RANK, "r", sp.Integer(1)),
            Variable(gap, "K − 1 − r", sp.Integer(0)),
            Variable(spare, "d − K", sp.Integer(0)),
        ),
        steps=(
            same(
                "ratio",
                inner_dimension(k - 1, width) / inner_dimension(RANK, width),
                ratio,
                "L cancels",
            ),
            Step("at least one", Fact(ratio, ">=", sp.Integer(1)), RationalSign(), "for every d ≥ K"),
            same(
                "excess",
                (ratio - 1) * inner_dimension(RANK, width),
                gap * (gap + 2 * spare + 1) / 2,
                "and above 1 as soon as r < K − 1",
            ),
            Step("increases", Fact(sp.diff(ratio, spare), ">="), RationalSign(), "with d"),
            same(
                "slope",
                sp.diff(ratio, spare),
                2 * (k - 1) * gap / (RANK * (2 * width - RANK - 1) ** 2),
                "strictly, as soon as r < K − 1",
            ),
            same(
                "limit",
                RATIO_LIMIT.at({CLASSES: k}) - ratio,
                (k - 1) * gap / (RANK * (2 * width - RANK - 1)),
                "the distance to (K−1)/r falls like 1/d",
            ),
        ),
        goals=("ratio", "at least one", "excess", "increases", "slope", "limit"),
        rests_on=("landscape/dimension",),
    )


CLAIM = Claim(
    id="landscape/dimension-ratio",
    title="The dimension ratio of collapse to lower rank starts at or above 1 and increases to (K−1)/r",
    statement=(
        r"1\le\frac{D_{\mathrm{DNC}}}{D_Z}=\frac{(K-1)(2d-K)}{r(2d-r-1)}\nearrow\frac{K-1}r,"
        r"\qquad d\ge K,\ r\le K-1"
    ),
    source=RANKCOLLAPSE.at("theory 3.6"),
    computed="the ratio from exact ranks of tangent maps",
    tight="1 at r = K − 1 only; 90/34 at K = 10, r = 2, d = 10",
    instances=instances,
    sampler=sampler,
    hypotheses=is_lower_rank,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    quick_samples=60,
    full_samples=1_000,
)
