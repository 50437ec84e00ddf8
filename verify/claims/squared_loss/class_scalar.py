"""The scalar problem of Dang et al. is the mode of a class, with the features already at their best.

Statement   For y = √n and p = F − 1 weight matrices, min over the feature of
            ½(√n − wh)² + (Nλ_H/2)h², plus (b/2)x, equals (n/2)φ(x), φ(x) = 1/(x^p + 1) + (b/n)x with
            x^p = w²/(Nλ_H). Stationarity, transition and existence map onto each other: t = x^p/(x^p + 1),
            b = pν^{F/(F−1)}.
Source      the scalar problem of 2301.00437, Theorems 3.1 and 4.1; the equivalence is ours.
Computed    (n/2)φ(x) minimised over x against the mode's minimum.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import DANG_2023
from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY, STATIONARY_DECAY, optimal_mode
from theory.squared_loss.reference_code import (
    CLASS_DECAY,
    CLASS_SCALAR,
    EXISTENCE_CLASS_DECAY,
    GLOBAL_CLASS_DECAY,
    LARGEST_STATIONARY_SCALAR,
    LAYERS,
    OBJECTIVE,
)
from theory.symbols import FACTORS, FRACTION, TARGET, positive
from theory.tolerances import CLOSED_FORM
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Proof, Step, Variable
from verify.strategies import positive_rationals

SIZE = positive("size")


def margin(instance: Instance) -> Margin:
    """(n/2)·min φ against the mode's minimum at the decay ν with b = pν^{F/(F−1)}."""
    layers, size = int(instance["layers"]), float(instance["class_size"])
    decay = float(instance["class_decay"])
    root = LARGEST_STATIONARY_SCALAR.solve(layers=layers, class_decay=decay)
    best = 1.0
    if root is not None:
        best = min(best, float(OBJECTIVE(class_scalar=root, class_decay=decay, layers=layers)))
    mode_decay = (decay * size / layers) ** (layers / (layers + 1))
    mode = optimal_mode(size**0.5, mode_decay, layers + 1)
    return Margin.equal(size / 2 * best, mode.loss, error=8 * CLOSED_FORM * size)


def meets_hypotheses(instance: Instance) -> bool:
    """p ≥ 2, n > 0 and c > 0."""
    return bool(instance["layers"] >= 2 and instance["class_size"] > 0 and instance["class_decay"] > 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Class decays on both sides of both thresholds."""
    return {
        "layers": int(generator.integers(2, 12)),
        "class_size": float(10.0 ** generator.uniform(0, 4)),
        "class_decay": float(10.0 ** generator.uniform(-4, 0.3)),
    }


def instances() -> Any:
    """Small integers and rationals."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "layers": st.integers(2, 6),
            "class_size": positive_rationals(),
            "class_decay": positive_rationals(largest=2),
        }
    )


def _profile() -> Proof:
    """Completing the square in the feature h, with q = Nλ_H and w² = q x^p."""
    weight, feature, ridge = positive("weight"), sp.Symbol("feature", nonnegative=True), positive("ridge")
    scalar = weight**2 / ridge
    best = weight * sp.sqrt(SIZE) / (weight**2 + ridge)
    mode = (sp.sqrt(SIZE) - weight * feature) ** 2 / 2 + ridge * feature**2 / 2
    return Proof(
        title="minimised over its feature a class costs (n/2)/(x^p + 1)",
        variables=(
            Variable(SIZE, "n", sp.Integer(0), open_low=True),
            Variable(weight, "w, singular value of the weights' product", sp.Integer(0), open_low=True),
            Variable(feature, "h", sp.Integer(0)),
            Variable(ridge, "Nλ_H", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "square",
                Fact(mode - SIZE / 2 / (scalar + 1), "=", (weight**2 + ridge) / 2 * (feature - best) ** 2),
                Identity(),
                "so the best feature is w√n/(w² + Nλ_H), and x^p = w²/(Nλ_H)",
            ),
            Step(
                "kept fraction",
                Fact(weight * best, "=", sp.sqrt(SIZE) * scalar / (scalar + 1)),
                Identity(),
                "σ = wh = √n·x^p/(x^p + 1)",
            ),
        ),
        goals=("square", "kept fraction"),
    )


def _thresholds() -> Proof:
    """ν as a product of powers in F, and pν^{(p+1)/p}/n, power by power, in p = F − 1."""
    kept = positive("kept_odds")  # x^p = t/(1 − t)
    own = {TARGET: sp.sqrt(SIZE)}
    unit, lifted, lowered = (SIZE, 1 - 1 / FACTORS), 1 - 2 / FACTORS, 2 / FACTORS - 2
    cases = (
        (
            "stationarity",
            STATIONARY_DECAY.at(own | {FRACTION: kept / (kept + 1)}),
            (unit, (kept, lifted), (kept + 1, lowered)),
            LAYERS * kept ** ((LAYERS - 1) / LAYERS) / (kept + 1) ** 2,
        ),
        (
            "transition",
            GLOBAL_DECAY.at(own),
            (unit, (FACTORS - 2, lifted), (FACTORS - 1, lowered)),
            GLOBAL_CLASS_DECAY.expression,
        ),
        (
            "existence",
            EXISTENCE_DECAY.at(own),
            (unit, (FACTORS - 2, lifted), (FACTORS, sp.Integer(1)), (2 * FACTORS - 2, lowered)),
            EXISTENCE_CLASS_DECAY.expression,
        ),
    )
    steps: list[Step] = []
    for name, formula, powers, theirs in cases:
        product, class_decay = sp.Integer(1), LAYERS / SIZE
        for base, exponent in powers:
            product *= base**exponent
            raised = (exponent * FACTORS / (FACTORS - 1)).subs(FACTORS, LAYERS + 1)
            class_decay *= base.subs(FACTORS, LAYERS + 1) ** sp.apart(sp.together(raised), LAYERS)
        steps += [
            Step(f"ν at {name}", Fact(formula, "=", product), Identity(), "as a product of powers"),
            Step(name, Fact(class_decay, "=", theirs), Identity(), "pν^{F/(F−1)}/n with F = p + 1"),
        ]
    return Proof(
        title="stationarity and both thresholds agree under b = pν^{F/(F−1)}",
        variables=(
            Variable(SIZE, "n", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(LAYERS, "p = F − 1", sp.Integer(2)),
            Variable(kept, "x^p = t/(1 − t)", sp.Integer(0), open_low=True),
        ),
        steps=tuple(steps),
        goals=tuple(step.name for step in steps),
    )


def _penalty() -> Proof:
    """The weights' share: p equal terms Nλ_js_j² of product (NΠ…)x^p make (b/2)x."""
    ridge, product = positive("ridge"), positive("product_of_decays")
    common = product ** (1 / LAYERS) * ridge ** (1 / LAYERS) * CLASS_SCALAR
    return Proof(
        title="balanced weights cost (b/2)x",
        variables=(
            Variable(ridge, "Nλ_H", sp.Integer(0), open_low=True),
            Variable(product, "Π_j Nλ_{W_j}", sp.Integer(0), open_low=True),
            Variable(LAYERS, "p", sp.Integer(2)),
            Variable(CLASS_SCALAR, "x", sp.Integer(0), open_low=True),
            Variable(CLASS_DECAY, "b/n", sp.Integer(0), open_low=True),
            Variable(SIZE, "n", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "common term",
                Fact(sp.Pow(common, LAYERS, evaluate=False), "=", product * ridge * CLASS_SCALAR**LAYERS),
                Identity(),
                "each Nλ_js_j² is (ΠNλ_j · w²)^{1/p} with w² = Nλ_H x^p, and b = p(ΠNλ_j · Nλ_H)^{1/p}",
            ),
            Step(
                "objective",
                Fact(
                    SIZE / 2 / (CLASS_SCALAR**LAYERS + 1) + CLASS_DECAY * SIZE / 2 * CLASS_SCALAR,
                    "=",
                    SIZE / 2 * OBJECTIVE.expression,
                ),
                Identity(),
                "fit and penalty add up to (n/2)φ(x)",
            ),
        ),
        goals=("common term", "objective"),
    )


CLAIM = Claim(
    id="squared-loss/class-scalar",
    title="The published scalar problem of a class is its mode with the features minimised out",
    statement=(
        r"\min_h\Bigl[\tfrac12(\sqrt n-wh)^2+\tfrac{N\lambda_H}2h^2\Bigr]+\tfrac b2x=\tfrac n2\varphi(x),"
        r"\quad x^p=\tfrac{w^2}{N\lambda_H},\ \ b=p\,\nu^{F/(F-1)},\ \ t=\tfrac{x^p}{x^p+1},\ \ p\ge2"
    ),
    source=DANG_2023.theorem("3.1 and 4.1"),
    computed="(n/2)φ minimised over x against the mode's minimum",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_profile(), _penalty(), _thresholds()),
)
