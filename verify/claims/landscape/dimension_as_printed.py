"""Theorem 5 as printed, for equal singular values: it counts too few dimensions.

Statement   The parameters that produce a critical Z of rank r with equal singular values form a set of
            dimension L r(d−r), a Grassmannian for each layer.
Source      2410.23169, Theorem 5.
Computed    rank of the tangent map of inner rotations at a collapse point, exactly: it is at most the
            dimension of the set.
Tight       fails as soon as r ≥ 2, read as printed: the set in the space of all parameters, Z fixed. Once
            Z is fixed so are its outer singular vectors, and what is redundant in the inner ones is a common
            rotation, not one for each layer.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.landscape.dimension import PRINTED_DIMENSION
from theory.sources import GARROD_KEATING_2025
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin


def exact_margin(instance: Instance) -> Margin:
    """Printed dimension minus the exact dimension of an orbit inside the set, at collapse: r = K − 1."""
    from numerics.landscape.exact import collapse_point
    from numerics.landscape.orbit import orbit_rank

    classes, width, factors = instance["classes"], instance["width"], instance["depth"] + 1
    point = collapse_point(
        classes=classes, factors=factors, width=width, root=1, off_class=Fraction(1, 2 * classes)
    )
    printed = round(float(PRINTED_DIMENSION(rank=classes - 1, width=width, factors=factors)))
    return Margin(-abs(float(printed - orbit_rank(point.factors))), 0.0, equality=True)


def is_wide_enough(instance: Instance) -> bool:
    """K ≥ 2, d ≥ K, L ≥ 1."""
    return instance["classes"] >= 2 and instance["width"] >= instance["classes"] and instance["depth"] >= 1


def instances() -> Any:
    """Few classes, widths and layers."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {"classes": st.integers(2, 5), "width": st.integers(2, 7), "depth": st.integers(1, 3)}
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to six classes, width up to eight, up to three layers."""
    classes = int(generator.integers(2, 7))
    return {
        "classes": classes,
        "width": classes + int(generator.integers(0, 3)),
        "depth": int(generator.integers(1, 4)),
    }


CLAIM = Claim(
    id="landscape/dimension-as-printed",
    title="The critical factors of a product with equal singular values have dimension L r(d−r)",
    statement=(
        r"\sigma_1=\dots=\sigma_r\ \Longrightarrow\ "
        r"\dim\{(W_L,\dots,W_1,H)\text{ critical}:W_L\cdots W_1H=Z\}=L\,r(d-r)"
    ),
    source=GARROD_KEATING_2025.theorem(5),
    computed="printed dimension against the exact rank of the tangent map of inner rotations at collapse",
    tight="fails for every r ≥ 2: the printed dimension is L r(r−1)/2 too small",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    exact_margin=exact_margin,
    witness={"classes": 4, "width": 6, "depth": 2},
    instead="landscape/dimension",
    quick_samples=40,
    full_samples=400,
)
