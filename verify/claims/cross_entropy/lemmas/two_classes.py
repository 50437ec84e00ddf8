"""Two classes: one singular value is enough, and it bounds the mean margin, at any depth."""

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE, SCALED_DECAY, WEIGHT_DECAY
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Known,
    Proof,
    RationalSign,
    Step,
    Variable,
)


def two_classes() -> Proof:
    """One singular value is enough for two classes, and it bounds the mean margin."""
    top = sp.Symbol("top", positive=True)
    rest, fit = sp.symbols("rest fit", nonnegative=True)
    one, two, n, weight = sp.Integer(1), {CLASSES: sp.Integer(2)}, SAMPLES_PER_CLASS, WEIGHT_DECAY
    power, cheapest, curve = 2 / FACTORS, sp.sqrt(n) * SCALE, COLLAPSE.fit.at(two)
    loss = COLLAPSE.loss.at({**two, SCALED_DECAY: WEIGHT_DECAY * n ** (1 / FACTORS)})
    return Proof(
        title="with two classes no logits are better than collapse at their mean margin, at any depth",
        variables=(
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(n, "n", one),
            Variable(WEIGHT_DECAY, "λ", sp.Integer(0), open_low=True),
            Variable(SCALE, "α = m̄; where m̄ ≤ 0, ℒ(Z) ≥ f(m̄) ≥ log 2", sp.Integer(0), open_low=True),
            Variable(rest, "Σσ_i^{2/F} without the first", sp.Integer(0)),
            Variable(top, "‖Z‖₂ = σ_1; Z ≠ 0 as m̄ > 0", sp.Integer(0), open_low=True, stands_for=True),
            Variable(fit, "g(Z)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "duality",
                Fact(top, ">=", cheapest),
                Known("von Neumann 1937: ⟨SY, Z⟩ ≤ ‖SY‖_*‖Z‖₂"),
                "m̄ = ⟨SY, Z⟩/n for K = 2, and SY has one singular value, √n",
            ),
            Step("√n α", Fact(cheapest, ">"), Evident(), "a product of positive numbers"),
            Step("exponent", Fact(power, ">"), RationalSign(), "2/F"),
            Step(
                "logarithms",
                Fact(sp.log(top), ">=", sp.log(cheapest)),
                Increasing("log", top, cheapest, "duality", "√n α"),
                "take logarithms",
            ),
            Step(
                "scaled",
                Fact(power * sp.log(top), ">=", power * sp.log(cheapest)),
                Combination((("exponent", "logarithms"),)),
                "times 2/F",
            ),
            Step(
                "powers",
                Fact(sp.exp(power * sp.log(top)), ">=", sp.exp(power * sp.log(cheapest))),
                Increasing("exp", power * sp.log(top), power * sp.log(cheapest), "scaled"),
                "σ_1^{2/F} ≥ (α√n)^{2/F}",
            ),
            Step("rest", Fact(rest, ">="), RationalSign(), "no singular value is negative"),
            Step("weight", Fact(weight * FACTORS / 2, ">"), RationalSign(), "λF/2"),
            Step(
                "fit",
                Fact(fit, ">=", curve),
                Known("claim cross-entropy/fit-between-margins: g(Z) ≥ f(m̄)"),
                "with K = 2",
            ),
            Step(
                "formula",
                Fact(curve + weight * FACTORS / 2 * cheapest**power, "=", loss),
                Identity(),
                "the loss of collapse at scale α with μ = λn^{1/F}",
            ),
            Step(
                "loss",
                Fact(fit + weight * FACTORS / 2 * (top**power + rest), ">=", loss),
                Combination(((one, "fit"), ("weight", "powers"), ("weight", "rest"), (one, "formula"))),
                "ℒ(Z) ≥ ℒ(αS⊗1ᵀ)",
            ),
        ),
        goals=("loss",),
        rests_on=("chain/cost-of-a-product", "cross-entropy/fit-between-margins"),
    )
