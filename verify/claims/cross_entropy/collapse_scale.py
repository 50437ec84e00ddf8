"""Which collapsed points are critical, and how far in weight decay they exist.

Statement   Z = αS⊗1ᵀ with balanced factors is critical iff μ = α^{(F−2)/F}/(e^α + K − 1), μ = λn^{1/F}. For
            F ≥ 3, μ(α) rises up to α_c = a + W₀(a(K−1)e^{−a}), a = (F−2)/F, and falls beyond it.
Source      2410.23169, equation 19; the turning point is derived for this project.
Computed    full gradient at balanced factors; descent against the closed form and beyond the threshold.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.descents import descent
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Proof, RationalSign, Rising, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """Norm of the full gradient at balanced factors of αS⊗1ᵀ, with the decay of the scale equation."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.descent.linear_chain import loss_and_gradients_cross_entropy

    classes, samples, factors = instance["classes"], instance["samples_per_class"], instance["factors"]
    scale = float(instance["scale"])
    decay = float(COLLAPSE_DECAY(scale=scale, classes=classes, factors=factors)) / samples ** (1 / factors)
    simplex = np.eye(classes) - 1 / classes
    product = np.kron(scale * simplex, np.ones((1, samples)))
    chain = balanced_factors(product, factors=factors, width=classes + 1)
    _, gradients = loss_and_gradients_cross_entropy(chain, np.repeat(np.arange(classes), samples), decay)
    size = max(float(np.linalg.norm(factor)) for factor in chain)
    terms = decay * size + max(size ** (factors - 1), 1.0) / np.sqrt(classes * samples)
    norm = max(float(np.linalg.norm(gradient)) for gradient in gradients)
    return Margin.equal(norm, 0.0, error=LINEAR_ALGEBRA * terms)


def instances() -> Any:
    """Few classes, samples and factors, a rational scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 6),
            "samples_per_class": st.integers(1, 3),
            "factors": st.integers(2, 5),
            "scale": positive_rationals(),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to 12 classes and 7 factors, scales from 0.01 to 30."""
    return {
        "classes": int(generator.integers(2, 13)),
        "samples_per_class": int(generator.integers(1, 5)),
        "factors": int(generator.integers(2, 8)),
        "scale": float(10.0 ** generator.uniform(-2, 1.5)),
    }


def _critical() -> Proof:
    """The gradient of the fit is along S, and balanced factors turn its size into the scale equation."""
    p = sp.exp(-SCALE) / (1 + (CLASSES - 1) * sp.exp(-SCALE))
    diagonal, off = sp.exp(SCALE * (CLASSES - 1) / CLASSES), sp.exp(-SCALE / CLASSES)
    total = diagonal + (CLASSES - 1) * off
    n = SAMPLES_PER_CLASS
    singular_value = SCALE * sp.sqrt(n)
    decay = COLLAPSE_DECAY.expression / n ** (1 / FACTORS)
    return Proof(
        title="collapsed balanced factors are critical exactly at the scale equation",
        variables=(
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(n, "n", sp.Integer(1)),
            Variable(FACTORS, "F", sp.Integer(2)),
        ),
        steps=(
            Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
            Step("K − 1", Fact(CLASSES - 1, ">"), RationalSign(), "two classes or more"),
            Step("e^{−α}", Fact(sp.exp(-SCALE), ">"), Evident(), "an exponential"),
            Step(
                "partition",
                Fact(1 + (CLASSES - 1) * sp.exp(-SCALE), ">"),
                Combination(((sp.Integer(1), "one"), ("K − 1", "e^{−α}"))),
                "so p is defined",
            ),
            Step("off", Fact(off, ">"), Evident(), "an exponential"),
            Step("diagonal", Fact(diagonal, ">"), Evident(), "an exponential"),
            Step(
                "normalisation",
                Fact(total, ">"),
                Combination(((sp.Integer(1), "diagonal"), ("K − 1", "off"))),
                "so the softmax is defined",
            ),
            Step(
                "softmax off its class",
                Fact(off / total, "=", p),
                Identity(),
                "entries of softmax(αS) − I: p = 1/(e^α + K − 1) off the diagonal",
            ),
            Step(
                "softmax on its class",
                Fact(diagonal / total - 1, "=", -(CLASSES - 1) * p),
                Identity(),
                "and −(K−1)p on it: softmax − labels is −Kp S⊗1ᵀ, along S",
            ),
            Step(
                "balance",
                Fact(
                    decay * singular_value ** (1 / FACTORS),
                    "=",
                    p / sp.sqrt(n) * singular_value ** ((FACTORS - 1) / FACTORS),
                ),
                Identity(),
                "λs = (p/√n) s^{F−1}, s^F = α√n: the gradient of every factor vanishes",
            ),
        ),
        goals=("softmax off its class", "softmax on its class", "balance"),
    )


_W = sp.Symbol("w", positive=True)
_PLACE = sp.Symbol("place", nonnegative=True)


def _turning(*, beyond: bool) -> Proof:
    """Sign of h(α) = a(e^α + K − 1) − αe^α, the numerator of d log μ/dα, on one side of α_c = a + w."""
    a = (FACTORS - 2) / FACTORS
    others = _W * sp.exp(_W + a) / a  # K − 1 through w e^w = a(K−1)e^{−a}: Lambert's W undone
    turning = a + _W
    scale = turning + _PLACE if beyond else turning * (1 - _PLACE)
    h = a * (sp.exp(scale) + others) - scale * sp.exp(scale)
    signed = -h if beyond else h
    rate = (1 + scale - a) * (1 if beyond else turning)
    slope = rate * sp.exp(scale)
    side = "α = α_c + place" if beyond else "α = α_c(1 − place)"
    return Proof(
        title="μ(α) falls beyond α_c" if beyond else "μ(α) rises up to α_c",
        variables=(
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(_W, "w = W₀(a(K−1)e^{−a})", sp.Integer(0), open_low=True),
            Variable(
                _PLACE,
                side,
                sp.Integer(0),
                None if beyond else sp.Integer(1),
                open_low=True,
                open_high=not beyond,
            ),
        ),
        steps=(
            Step("start", Fact(signed.subs(_PLACE, 0), "="), Identity(), "h vanishes at α_c = a + w"),
            Step("rate", Fact(rate, ">"), RationalSign(), "1 + α − a > 0, since a < 1"),
            Step("exponential", Fact(sp.exp(scale), ">"), Evident(), "an exponential"),
            Step(
                "slope", Fact(slope, ">"), Combination((("rate", "exponential"),)), "h′(α) = (a − 1 − α)e^α"
            ),
            Step(
                "sign", Fact(signed, ">"), Rising(_PLACE, "slope", "start"), "d log μ/dα = h/(α(e^α + K − 1))"
            ),
        ),
        goals=("sign",),
    )


def _logarithmic_derivative() -> Proof:
    """d log μ/dα has the sign of h."""
    inside = sp.exp(SCALE) + CLASSES - 1
    slope = sp.diff(COLLAPSE.log_decay.expression, SCALE)
    a = (FACTORS - 2) / FACTORS
    return Proof(
        title="d log μ/dα = h(α)/(α(e^α + K − 1))",
        variables=(
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(FACTORS, "F", sp.Integer(2)),
        ),
        steps=(
            Step("K − 1", Fact(CLASSES - 1, ">"), RationalSign(), "two classes or more"),
            Step("e^α", Fact(sp.exp(SCALE), ">"), Evident(), "an exponential"),
            Step("e^{−α}", Fact(sp.exp(-SCALE), ">"), Evident(), "an exponential"),
            Step(
                "inside",
                Fact(inside, ">"),
                Combination(((sp.Integer(1), "e^α"), (sp.Integer(1), "K − 1"))),
                "so the quotient is defined",
            ),
            Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
            Step(
                "partition",
                Fact(1 + (CLASSES - 1) * sp.exp(-SCALE), ">"),
                Combination(((sp.Integer(1), "one"), ("K − 1", "e^{−α}"))),
                "so the logarithm is defined",
            ),
            Step(
                "log μ",
                Fact(sp.exp(COLLAPSE.log_decay.expression), "=", COLLAPSE_DECAY.expression),
                Identity(),
                "the logarithm that is differentiated is that of the scale equation",
            ),
            Step(
                "derivative",
                Fact(slope, "=", (a * inside - SCALE * sp.exp(SCALE)) / (SCALE * inside)),
                Identity(),
                "differentiate log μ",
            ),
        ),
        goals=("log μ", "derivative"),
    )


CLAIM = Claim(
    id="cross-entropy/collapse-scale",
    title="The scale equation of collapse and its Lambert-W turning point",
    statement=(
        r"\lambda n^{1/F}=\frac{\alpha^{(F-2)/F}}{e^{\alpha}+K-1},\qquad "
        r"\alpha_c=a+W_0\left(a(K-1)e^{-a}\right),\quad a=\frac{F-2}{F}"
    ),
    source=GARROD_KEATING_2025.equation(19),
    computed="full gradient at balanced factors of αS⊗1ᵀ; descent against the closed form",
    tight="equality",
    instances=instances,
    sampler=sampler,
    margin=margin,
    proofs=(_critical(), _logarithmic_derivative(), _turning(beyond=False), _turning(beyond=True)),
    experiments=(descent,),
    full_samples=80_000,
)
