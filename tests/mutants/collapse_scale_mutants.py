"""Mutants of the scale equation of collapse, and of its turning point."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

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

from theory.cross_entropy.collapse import COLLAPSE_DECAY, TURNING_SCALE
from theory.formula import Formula
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claims.cross_entropy import collapse_scale
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

SCALE_CLAIM = "cross-entropy/collapse-scale"

# --- μ = α^{(F−2)/F}/(e^α + K − 1): the gradient vanishes at balanced factors --------------------------


def critical(
    name: str, kind: Kind, formula: Formula, *, classes: int = 2, factors: int = 2, scale: int = 1
) -> Mutant:
    witness = {"classes": classes, "samples_per_class": 1, "factors": factors, "scale": scale}
    margin = rewired(collapse_scale.margin, COLLAPSE_DECAY=formula)
    return Mutant(name=name, kind=kind, of=SCALE_CLAIM, margin=margin, witness=witness)


def without_the_root_of_the_class_size(instance: Instance) -> Margin:
    """μ = λn: the margin gets a decay that its division by n^{1/F} makes μ/n."""
    excess = instance["samples_per_class"] ** (1 - 1 / instance["factors"])
    margin = rewired(collapse_scale.margin, COLLAPSE_DECAY=lambda **where: COLLAPSE_DECAY(**where) / excess)
    return margin(instance)


# The gradient of a factor is λs − p s^{F−1}/√n with p = 1/(e^α + K − 1) and s^F = α√n. At K = 2, F = 2,
# α = 1, n = 1 it vanishes for λ = 1/(e + 1).
CRITICAL = (
    # λ = 1.01/(e + 1)
    critical("decay-one-percent-more", "constant", times(COLLAPSE_DECAY, ONE_PERCENT_MORE)),
    # λ = 1/(e + 2)
    critical("decay-of-one-class-more", "classes", at(COLLAPSE_DECAY, {CLASSES: CLASSES + 1})),
    # α = 2, F = 3 for F = 2: 2^{1/3} in front
    critical("decay-of-one-layer-more", "depth", at(COLLAPSE_DECAY, {FACTORS: FACTORS + 1}), scale=2),
    # α = 2: 2^{(F−1)/F} = √2 in front
    critical(
        "scale-to-the-weight-matrices", "exponent", times(COLLAPSE_DECAY, SCALE ** (1 / FACTORS)), scale=2
    ),
    # λ = e + 1
    critical("decay-inverted", "decay", replace(COLLAPSE_DECAY, expression=1 / COLLAPSE_DECAY.expression)),
    Mutant(
        # n = 4: λ = 1/(4(e + 1)) for 1/(2(e + 1))
        name="class-size-without-its-root",
        kind="samples",
        of=SCALE_CLAIM,
        margin=without_the_root_of_the_class_size,
        witness={"classes": 2, "samples_per_class": 4, "factors": 2, "scale": 1},
    ),
)


# --- μ is largest at α_c = a + W₀(a(K−1)e^{−a}), a = (F−2)/F -------------------------------------------


def scales() -> Any:
    sizes = {"classes": st.integers(2, 9), "factors": st.integers(3, 8)}
    return st.fixed_dictionaries(sizes | {"scale": positive_rationals()})


def draw_scale(generator: np.random.Generator) -> Instance:
    return {
        "classes": int(generator.integers(2, 101)),
        "factors": int(generator.integers(3, 31)),
        "scale": float(10.0 ** generator.uniform(-2, 1)),
    }


SCALES = Domain(
    scales, draw_scale, lambda i: i["classes"] >= 2 and i["factors"] >= 3 and 0 < i["scale"] <= 10
)


def turning(formula: Formula) -> MarginOf:
    """μ(α) is nowhere above its value at the turning scale."""

    def margin(instance: Instance) -> Margin:
        where = {"classes": instance["classes"], "factors": instance["factors"]}
        here = COLLAPSE_DECAY(scale=float(instance["scale"]), **where)
        return Margin.at_least(COLLAPSE_DECAY(scale=formula(**where), **where), here)

    return margin


def turns(name: str, kind: Kind, margin: MarginOf, scale: Fraction | int) -> Mutant:
    return Mutant(
        name=name,
        kind=kind,
        of=SCALE_CLAIM,
        margin=margin,
        witness={"classes": 2, "factors": 3, "scale": scale},
        domain=SCALES,
        truth=turning(TURNING_SCALE),
    )


# K = 2, F = 3: α_c = 0.52961…; the witnesses below lie nearer to it than the mutant's own scale.
TURNING = (
    turns(
        "turning-one-percent-later",
        "constant",
        turning(times(TURNING_SCALE, ONE_PERCENT_MORE)),
        Fraction(21, 40),
    ),
    turns(
        "turning-one-percent-earlier",
        "constant",
        turning(times(TURNING_SCALE, ONE_PERCENT_LESS)),
        Fraction(21, 40),
    ),
    # 0.529617 for 0.529611: a part in 10⁵, so μ is below its maximum by a part in 10¹¹
    turns(
        "turning-a-hair-later",
        "boundary",
        turning(times(TURNING_SCALE, 1 + sp.Rational(1, 10**5))),
        Fraction(313, 591),
    ),
    turns(
        "turning-of-one-class-more",
        "classes",
        turning(at(TURNING_SCALE, {CLASSES: CLASSES + 1})),
        Fraction(1, 2),
    ),
    turns(
        "turning-of-one-layer-more",
        "depth",
        turning(at(TURNING_SCALE, {FACTORS: FACTORS + 1})),
        Fraction(1, 2),
    ),
    # 1/100 is far from the maximum
    turns("turning-is-the-minimum", "relation", flipped(turning(TURNING_SCALE)), Fraction(1, 100)),
)

FALSE = CRITICAL + TURNING


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="at-most-one-percent-above-the-turning-point",
        kind="constant",
        of=SCALE_CLAIM,
        domain=SCALES,
        margin=lambda i: Margin.at_least(
            1.01
            * COLLAPSE_DECAY(
                scale=TURNING_SCALE(classes=i["classes"], factors=i["factors"]),
                classes=i["classes"],
                factors=i["factors"],
            ),
            COLLAPSE_DECAY(scale=float(i["scale"]), classes=i["classes"], factors=i["factors"]),
        ),
    ),
)
