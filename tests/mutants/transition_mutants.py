"""Mutants of the first-order transition: the optimum of a mode jumps to zero at ν*."""

from fractions import Fraction
from typing import Any, cast

import numpy as np
import sympy as sp
from hypothesis import strategies as st
from mutant import (
    ONE_PERCENT_LESS,
    ONE_PERCENT_MORE,
    Domain,
    Kind,
    MarginOf,
    Mutant,
    at,
    flipped,
    rewired,
    times,
)

from theory.formula import Formula
from theory.squared_loss.modes import (
    EXISTENCE_DECAY,
    GLOBAL_DECAY,
    JUMP_FRACTION,
    STATIONARY_DECAY,
    large_root,
)
from theory.symbols import FACTORS, TARGET
from theory.tolerances import CLOSED_FORM
from verify.claims.squared_loss import first_order_transition
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

TRANSITION = "squared-loss/first-order-transition"

# --- the large root is no worse than zero iff ν ≤ ν* --------------------------------------------------


def threshold(formula: Formula) -> MarginOf:
    """The claim's margin with another ν*."""
    return rewired(first_order_transition.margin, GLOBAL_DECAY=formula)


def jump(
    name: str, kind: Kind, formula: Formula, share: Fraction, *, factors: int = 3, target: int = 1
) -> Mutant:
    witness = {"factors": factors, "target": target, "share": share}
    return Mutant(name=name, kind=kind, of=TRANSITION, margin=threshold(formula), witness=witness)


# ν* is 0.839947 of the existence threshold for F = 3, and 0.707107 for F = 4.
JUMP_MUTANTS = (
    jump("transition-one-percent-later", "constant", times(GLOBAL_DECAY, ONE_PERCENT_MORE), Fraction(27, 32)),
    jump("transition-one-percent-earlier", "constant", times(GLOBAL_DECAY, ONE_PERCENT_LESS), Fraction(5, 6)),
    # between 0.8399473666 and 0.8399482065 of the existence threshold
    jump(
        "transition-one-millionth-later",
        "boundary",
        times(GLOBAL_DECAY, 1 + sp.Rational(1, 10**6)),
        Fraction(1291, 1537),
    ),
    # F = 4 at y = 1: 0.272166 for 0.396850
    jump("transition-one-layer-more", "depth", at(GLOBAL_DECAY, {FACTORS: FACTORS + 1}), Fraction(7, 10)),
    jump(
        "transition-of-y-to-one-power-more",
        "exponent",
        times(GLOBAL_DECAY, TARGET),
        Fraction(9, 10),
        target=2,
    ),
    jump(
        "transition-of-y-to-one-power-less",
        "exponent",
        times(GLOBAL_DECAY, 1 / TARGET),
        Fraction(3, 4),
        target=2,
    ),
    # F = 4: times 2^{1/4}, so 0.840896 of the existence threshold
    jump(
        "transition-power-of-the-weight-matrices",
        "depth",
        times(GLOBAL_DECAY, (FACTORS - 2) ** (1 / FACTORS)),
        Fraction(4, 5),
        factors=4,
    ),
    Mutant(
        name="zero-wins-below-the-transition",
        kind="relation",
        of=TRANSITION,
        margin=flipped(first_order_transition.margin),
        witness={"factors": 3, "target": 1, "share": Fraction(1, 2)},
    ),
)


# --- beyond the existence threshold no fraction is stationary, and where the optimum jumps -------------


def fractions() -> Any:
    fraction = positive_rationals(largest=1)
    return st.fixed_dictionaries(
        {"factors": st.integers(3, 9), "target": positive_rationals(), "fraction": fraction}
    )


def draw_fraction(generator: np.random.Generator) -> Instance:
    return {
        "factors": int(generator.integers(3, 41)),
        "target": float(10.0 ** generator.uniform(-3, 3)),
        "fraction": float(generator.uniform(1e-6, 1)),
    }


FRACTIONS = Domain(
    fractions,
    draw_fraction,
    lambda i: i["factors"] >= 3 and i["target"] > 0 and 0 < i["fraction"] < 1,
)


def existence(formula: Formula) -> MarginOf:
    """ν(t) = y^{2(F−1)/F} t^{(F−2)/F}(1 − t) is nowhere above the existence threshold."""

    def margin(instance: Instance) -> Margin:
        where = {"target": float(instance["target"]), "factors": instance["factors"]}
        here = STATIONARY_DECAY(fraction=float(instance["fraction"]), **where)
        return Margin.at_least(formula(**where), here)

    return margin


def landing(fraction: sp.Expr) -> MarginOf:
    """At ν* the large root is this fraction of y."""

    def margin(instance: Instance) -> Margin:
        target, factors = float(instance["target"]), instance["factors"]
        root = large_root(target, float(GLOBAL_DECAY(target=target, factors=factors)), factors)
        assert root is not None
        expected = target * float(cast(Any, fraction.subs(FACTORS, factors)))
        return Margin.equal(root, expected, error=factors**2 * CLOSED_FORM * target)

    return margin


def exists(name: str, kind: Kind, formula: Formula, fraction: Fraction) -> Mutant:
    return Mutant(
        name=name,
        kind=kind,
        of=TRANSITION,
        margin=existence(formula),
        witness={"factors": 3, "target": 1, "fraction": fraction},
        domain=FRACTIONS,
        truth=existence(EXISTENCE_DECAY),
    )


EXISTENCE_MUTANTS = (
    # F = 3: the maximum 0.472470 is at t = ¼
    exists(
        "existence-one-percent-earlier", "constant", times(EXISTENCE_DECAY, ONE_PERCENT_LESS), Fraction(1, 4)
    ),
    # less by 1e-12 of itself: t within 1.2e-6 of ¼
    exists(
        "existence-a-hair-earlier",
        "boundary",
        times(EXISTENCE_DECAY, 1 - sp.Rational(1, 10**12)),
        Fraction(1, 4),
    ),
    # F = 4 at its own t: 0.384900
    exists("existence-one-layer-more", "depth", at(EXISTENCE_DECAY, {FACTORS: FACTORS + 1}), Fraction(1, 4)),
    Mutant(
        # F = 3: t = ½, not 2/3
        name="jump-from-one-layer-more",
        kind="depth",
        of=TRANSITION,
        margin=landing((FACTORS - 1) / FACTORS),
        witness={"factors": 3, "target": 1, "fraction": Fraction(1, 2)},
        domain=FRACTIONS,
        truth=landing(JUMP_FRACTION),
    ),
)

FALSE = JUMP_MUTANTS + EXISTENCE_MUTANTS


# --- controls -----------------------------------------------------------------------------------------


def later_only(instance: Instance) -> bool:
    """Only decays clear of ν* by a tenth."""
    ratio = float(GLOBAL_DECAY(target=1.0, factors=instance["factors"])) / float(
        EXISTENCE_DECAY(target=1.0, factors=instance["factors"])
    )
    return first_order_transition.meets_hypotheses(instance) and abs(float(instance["share"]) - ratio) > 0.1


CONTROLS = (
    Mutant(
        name="transition-away-from-its-boundary",
        kind="hypothesis",
        of=TRANSITION,
        margin=first_order_transition.margin,
        hypotheses=later_only,
    ),
    Mutant(
        name="existence-one-percent-later",
        kind="constant",
        of=TRANSITION,
        margin=existence(times(EXISTENCE_DECAY, ONE_PERCENT_MORE)),
        domain=FRACTIONS,
    ),
)
