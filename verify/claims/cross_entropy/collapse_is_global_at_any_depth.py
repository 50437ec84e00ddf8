"""A published theorem that fails: collapse as the global optimum of deep linear models at any depth.

Statement   For cross-entropy and any depth, the global minimum of the deep linear model is a collapsed point.
Source      2301.00437, Theorem A.1, as quoted and discussed in 2410.23169.
Computed    loss of the paired point minus loss of the best collapsed point, both at the collapse scale,
            where collapse exists and is no worse than zero.
Tight       refuted for every K ≥ 4 at L ≥ 3; the witness K = 4, L = 3 fits in a line. What remains of it is
            L = 1 and K = 2: cross-entropy/collapse-is-global-at-depth-one.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PRINTED_PAIRED_LOSS
from theory.sources import DANG_2023
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals


def collapse_is_the_best_collapsed_point(instance: Instance) -> bool:
    """The larger collapse scale exists and its loss is below log K, so no other collapsed point is better."""
    classes, decay = instance["classes"], float(instance["scaled_decay"])
    if classes < 4 or instance["depth"] < 1 or not decay > 0:
        return False
    where = {"classes": classes, "factors": instance["depth"] + 1, "scaled_decay": decay}
    scale = COLLAPSE.stationary_scale.solve(**where)
    return scale is not None and float(COLLAPSE.loss(scale=scale, **where)) < math.log(classes)


def margin(instance: Instance) -> Margin:
    """Paired minus collapsed loss in floats."""
    classes, factors = instance["classes"], instance["depth"] + 1
    shared = {"factors": factors, "scaled_decay": float(instance["scaled_decay"])}
    scale = COLLAPSE.stationary_scale.solve(classes=classes, **shared)
    assert scale is not None
    paired = PRINTED_PAIRED_LOSS(scale=scale, pairs=classes // 2, single=classes % 2, **shared)
    return Margin.at_least(paired, COLLAPSE.loss(scale=scale, classes=classes, **shared))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls, the collapse scale enclosed by a sign change."""
    classes, factors = instance["classes"], instance["depth"] + 1
    shared = {"factors": factors, "scaled_decay": instance["scaled_decay"]}
    scale = COLLAPSE.stationary_scale.ball(classes=classes, **shared)
    paired = PRINTED_PAIRED_LOSS.ball(scale=scale, pairs=classes // 2, single=classes % 2, **shared)
    return Margin.of_ball(paired - COLLAPSE.loss.ball(scale=scale, classes=classes, **shared))


def instances() -> Any:
    """Small K and L and a small rational μ."""
    from hypothesis import strategies as st

    decay = positive_rationals(largest=1, denominator=200)
    return st.fixed_dictionaries(
        {"classes": st.integers(4, 9), "depth": st.integers(1, 6), "scaled_decay": decay}
    )


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 40, L up to 12, μ over six orders of magnitude."""
    return {
        "classes": int(generator.integers(4, 41)),
        "depth": int(generator.integers(1, 13)),
        "scaled_decay": float(10.0 ** generator.uniform(-6, -0.5)),
    }


CLAIM = Claim(
    id="cross-entropy/collapse-is-global-at-any-depth",
    title="Collapse is globally optimal for deep linear models with cross-entropy at any depth",
    statement=(
        r"\min_{W_L,\dots,W_1,H}\mathcal L=\min_{\alpha\ge0}\mathcal L(\alpha S\otimes1_n^\top)"
        r"\quad\text{for every }K,\ L,\ \lambda"
    ),
    source=DANG_2023.theorem("A.1"),
    computed="paired minus collapsed loss at the collapse scale",
    tight="refuted for every K ≥ 4 at L ≥ 3",
    instances=instances,
    sampler=sampler,
    hypotheses=collapse_is_the_best_collapsed_point,
    margin=margin,
    exact_margin=exact_margin,
    witness={"classes": 4, "depth": 3, "scaled_decay": Fraction(1, 100)},
    instead="cross-entropy/collapse-is-beaten",
    quick_samples=200,
)
