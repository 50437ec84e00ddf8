"""Mutants of the collapse ray's linear law: ε(s)/ε(s₀) = (s/s₀)^{1−2/F} e^{−(s−s₀)/K}."""

from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp
from hypothesis import strategies as st
from mutant import ONE_PERCENT_LESS, ONE_PERCENT_MORE, Domain, Kind, MarginOf, Mutant, at, flipped, times
from numpy.typing import NDArray

from theory.depth.collapse_ray import AMPLIFICATION, GROWTH_RATE, STRENGTH, TURNING_STRENGTH
from theory.formula import Formula
from theory.symbols import CLASSES, FACTORS
from theory.tolerances import CLOSED_FORM, LINEAR_ALGEBRA
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

Array = NDArray[np.float64]
RAY = "depth/collapse-ray"


def strengths() -> Any:
    sizes = {"classes": st.integers(2, 9), "factors": st.integers(3, 8)}
    return st.fixed_dictionaries(sizes | {"start": positive_rationals(), "strength": positive_rationals()})


def draw_strength(generator: np.random.Generator) -> Instance:
    return {
        "classes": int(generator.integers(2, 101)),
        "factors": int(generator.integers(3, 31)),
        "start": float(10.0 ** generator.uniform(-2, 2)),
        "strength": float(10.0 ** generator.uniform(-2, 2)),
    }


def on_the_ray(instance: Instance) -> bool:
    sizes = instance["classes"] >= 2 and instance["factors"] >= 3
    return sizes and 0 < instance["start"] <= 100 and 0 < instance["strength"] <= 100


STRENGTHS = Domain(strengths, draw_strength, on_the_ray)


def largest_at(turning: Formula) -> MarginOf:
    """No strength amplifies more than the turning one (in logarithms)."""

    def margin(instance: Instance) -> Margin:
        sizes = {"classes": instance["classes"], "factors": instance["factors"]}
        highest, here = (
            _log_amplification(AMPLIFICATION, float(strength), instance)
            for strength in (turning(**sizes), instance["strength"])
        )
        return Margin.at_least(highest, here, error=CLOSED_FORM * (100 + abs(highest) + abs(here)))

    return margin


def integrates(amplification: Formula) -> MarginOf:
    """log ε(s)/ε(s₀) is the integral of the growth rate, here by Gauss's rule in log s."""
    nodes, weights = np.polynomial.legendre.leggauss(60)

    def margin(instance: Instance) -> Margin:
        low, high = (float(np.log(float(instance[name]))) for name in ("start", "strength"))
        strength = np.exp((high + low) / 2 + (high - low) / 2 * nodes)
        rate = GROWTH_RATE(strength=strength, classes=instance["classes"], factors=instance["factors"])
        integral = (high - low) / 2 * float(weights @ (rate * strength))
        found = _log_amplification(amplification, float(instance["strength"]), instance)
        return Margin.equal(found, integral, error=LINEAR_ALGEBRA * (100 + abs(integral)))

    return margin


def _log_amplification(formula: Formula, strength: float, instance: Instance) -> float:
    """Taken as a formula, since e^{−(s−s₀)/K} leaves float64."""
    logarithm = _LOGARITHMS.setdefault(
        formula, replace(formula, expression=sp.expand_log(sp.log(formula.expression), force=True))
    )
    sizes = {"classes": instance["classes"], "factors": instance["factors"]}
    return float(logarithm(strength=strength, initial_strength=float(instance["start"]), **sizes))


_LOGARITHMS: dict[Formula, Formula] = {}


def ray(name: str, kind: Kind, margin: MarginOf, strength: Any, *, truth: MarginOf | None = None) -> Mutant:
    """K = 6 and F = 3, so s* = 2; s₀ = 1."""
    witness = {"classes": 6, "factors": 3, "start": 1, "strength": strength}
    return Mutant(
        name=name,
        kind=kind,
        of=RAY,
        margin=margin,
        witness=witness,
        domain=STRENGTHS,
        truth=truth or largest_at(TURNING_STRENGTH),
    )


def law(name: str, kind: Kind, formula: Formula, strength: Any = 8) -> Mutant:
    return ray(name, kind, integrates(formula), strength, truth=integrates(AMPLIFICATION))


FALSE = (
    # at s = 2 the logarithm ⅓ log s − s/6 is largest; it is less by 1.7e-5 at 2.02 and at 1.98
    ray("turning-one-percent-later", "constant", largest_at(times(TURNING_STRENGTH, ONE_PERCENT_MORE)), 2),
    ray("turning-one-percent-earlier", "constant", largest_at(times(TURNING_STRENGTH, ONE_PERCENT_LESS)), 2),
    ray("turning-of-one-class-less", "classes", largest_at(at(TURNING_STRENGTH, {CLASSES: CLASSES - 1})), 2),
    ray("turning-of-one-layer-more", "depth", largest_at(at(TURNING_STRENGTH, {FACTORS: FACTORS + 1})), 2),
    # s = 1 amplifies less than s = 2
    ray("dies-then-grows", "relation", flipped(largest_at(TURNING_STRENGTH)), 1),
    # s = 8: ⅓ log 8 − 7/6 is the truth; ⅔ log 8 for F = 6 …
    law("amplification-of-the-weight-matrices", "exponent", times(AMPLIFICATION, STRENGTH ** (1 / FACTORS))),
    # … and −7/5 for K − 1
    law("amplification-of-one-class-less", "classes", at(AMPLIFICATION, {CLASSES: CLASSES - 1})),
)


# --- controls -----------------------------------------------------------------------------------------


def loosened(margin: MarginOf, allowance: float) -> MarginOf:
    def margin_and_more(instance: Instance) -> Margin:
        found = margin(instance)
        return Margin(found.value + allowance, found.error)

    return margin_and_more


CONTROLS = (
    Mutant(
        name="law-within-a-tenth",
        kind="constant",
        of=RAY,
        margin=loosened(integrates(AMPLIFICATION), 0.1),
        domain=STRENGTHS,
    ),
    Mutant(
        name="largest-but-for-one-percent",
        kind="constant",
        of=RAY,
        margin=loosened(largest_at(TURNING_STRENGTH), 0.01),
        domain=STRENGTHS,
    ),
)
