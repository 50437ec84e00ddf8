"""A collapsed ReLU network costs at least what a collapsed linear one costs, with no assumption.

Statement   H = X_1⊗1ᵀ and X_{l+1} = relu(W_l X_l) collapsed: centred class means X_l S = s_l Q_l with K − 1
            singular values s_l, whatever the global mean (an orthogonal frame is such). Logits
            (αS + b1ᵀ)⊗1ᵀ, α > 0. Then ‖H‖² + Σ‖W_l‖² ≥ F(K−1)(nα²)^{1/F}, so the loss is at least
            f(α) + (λF/2)(K−1)(α√n)^{2/F}.
Source      2410.23169, Theorem 7, which shows it under Assumption 1 (ReLU does not lower the ratio of global
            mean to simplex part). That it is not needed is derived for this project, from the definition of
            collapse above; the paper's own wording of that definition was not at hand, and a wider one (only
            pre-activations collapsed, say) would not be covered.
Computed    the cost of random collapsed ReLU networks against the bound, those included that violate
            Assumption 1; their forward pass.
Tight       in the limit: features need a mean of at least 1/√(K−1) of the simplex part to be non-negative.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.relu_collapse import COLLAPSE_COST, NEXT_SIMPLEX_PART, SIMPLEX_PART
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE, SCALED_DECAY, WEIGHT_DECAY
from verify.claim import Claim, Run
from verify.claims.cross_entropy.experiments.collapsed_relu import cost_of, through_relu
from verify.evidence import Evidence
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals


def collapsed_network(instance: Instance) -> bool:
    """Invertible collapsed features: c ≠ 0 ≠ c + Ke in H; c > 0, e ≥ 0, g ≥ 0 and eg = 0 after a ReLU."""
    classes, layers = instance["classes"], instance["layers"]
    if classes < 2 or instance["samples"] < 1 or not instance["scale"] > 0 or len(layers) < 1:
        return False
    if any(len(layer) != 3 for layer in layers):
        return False
    (c, e, _), *hidden = layers
    first = c != 0 and c + classes * e != 0
    return first and all(c > 0 and e >= 0 and g >= 0 and e * g == 0 for c, e, g in hidden)


def margin(instance: Instance) -> Margin:
    """Cost minus F(K−1)(nα²)^{1/F}, in floats."""
    numbers = {**instance, "layers": [[float(part) for part in layer] for layer in instance["layers"]]}
    numbers["scale"] = float(instance["scale"])
    bound = COLLAPSE_COST(
        scale=numbers["scale"],
        classes=instance["classes"],
        samples_per_class=instance["samples"],
        factors=len(instance["layers"]) + 1,
    )
    return Margin.at_least(float(cost_of(numbers)), float(bound))


def exact_margin(instance: Instance) -> Margin:
    """The F-th powers of both sides over F(K−1), in rationals."""
    exact = {**instance, "layers": [[Fraction(part) for part in layer] for layer in instance["layers"]]}
    factors = len(instance["layers"]) + 1
    scaled = Fraction(cost_of(exact)) / (factors * (instance["classes"] - 1))
    return Margin.exact(scaled**factors - instance["samples"] * Fraction(instance["scale"]) ** 2)


def instances() -> Any:
    """Up to five classes and four layers of small fractions."""
    from hypothesis import strategies as st

    positive = positive_rationals(largest=3, denominator=6)
    zero = st.just(Fraction(0))
    hidden = st.tuples(positive, zero | positive, zero) | st.tuples(positive, zero, positive)
    first = st.tuples(positive, zero, zero)
    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 5),
            "samples": st.integers(1, 3),
            "scale": positive,
            "layers": st.tuples(first, st.lists(hidden, max_size=3)).map(
                lambda drawn: [list(drawn[0]), *map(list, drawn[1])]
            ),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Networks near the cheapest one; hidden layers with a mean, without, or partly cut by the ReLU."""
    classes, depth = int(generator.integers(2, 40)), int(generator.integers(1, 10))
    scale, factors = float(10.0 ** generator.uniform(-1, 2)), depth + 1
    layers = [
        [scale ** (1 / factors), -(scale ** (1 / factors)) * generator.uniform(0, 0.999) / classes, 0.0]
    ]
    for layer in range(2, depth + 1):
        size = scale ** (layer / factors) * 10.0 ** generator.uniform(-0.1, 0.1)
        kind = generator.integers(3)
        part = float(generator.exponential(0.3) * size)
        layers.append([float(size), part if kind == 1 else 0.0, part if kind == 2 else 0.0])
    return {"classes": classes, "samples": int(generator.integers(1, 9)), "scale": scale, "layers": layers}


def _proof() -> Proof:
    """ReLU keeps apart at most what was apart; each weight must stretch the simplex part itself."""
    norm, pre, total, fit = sp.symbols("norm pre total fit", nonnegative=True)
    first, second = sp.symbols("first second", nonnegative=True)
    one = sp.Integer(1)
    others = sp.Symbol("others", positive=True)
    classes = {CLASSES: others + 1}
    fit_of_collapse, cost_of_collapse = COLLAPSE.fit.at(classes), COLLAPSE_COST.at(classes)
    needed = others * NEXT_SIMPLEX_PART**2
    bound = FACTORS * (others**FACTORS * SAMPLES_PER_CLASS * SCALE**2) ** (1 / FACTORS)
    loss = COLLAPSE.loss.at({**classes, SCALED_DECAY: WEIGHT_DECAY * SAMPLES_PER_CLASS ** (1 / FACTORS)})
    return Proof(
        title="collapse costs as much with ReLU as without",
        variables=(
            Variable(others, "K − 1", sp.Integer(1)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(WEIGHT_DECAY, "λ", sp.Integer(0), open_low=True),
            Variable(first, "a pre-activation a ≥ 0", sp.Integer(0)),
            Variable(second, "minus a pre-activation b ≤ 0 of the same unit", sp.Integer(0)),
            Variable(
                SIMPLEX_PART, "s_l, singular value of the centred features", sp.Integer(0), open_low=True
            ),
            Variable(NEXT_SIMPLEX_PART, "s_{l+1}, the same one layer on", sp.Integer(0), open_low=True),
            Variable(norm, "‖W_l‖²", sp.Integer(0), stands_for=True),
            Variable(pre, "‖W_l X_l S‖²; for l = L that is ‖αS‖²", sp.Integer(0), stands_for=True),
            Variable(total, "‖H‖² + Σ‖W_l‖²", sp.Integer(0), stands_for=True),
            Variable(fit, "mean cross-entropy", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "contraction",
                Fact((first + second) ** 2, ">=", first**2),
                RationalSign(),
                "(a − b)² ≥ (relu a − relu b)² for different signs; for equal ones it stays or is 0",
            ),
            Step(
                "centred part",
                Fact(pre, ">=", needed),
                Known("Lagrange's identity: Hardy, Littlewood, Pólya 1952, 2.4"),
                "‖AS‖² = Σ_units Σ_{i<j}(a_i − a_j)²/K, so ‖AS‖² ≥ ‖relu(A)S‖² = (K−1)s_{l+1}²",
            ),
            Step(
                "norm of a product",
                Fact(norm * SIMPLEX_PART**2, ">=", pre),
                Known("Horn 1950: ‖WB‖_F ≤ ‖W‖_F‖B‖₂"),
                "with B = X_l S, whose largest singular value is s_l",
            ),
            Step("inverse", Fact(1 / SIMPLEX_PART**2, ">"), Evident(), "the features are not all equal"),
            Step(
                "one layer",
                Fact(norm, ">=", needed / SIMPLEX_PART**2),
                Combination((("inverse", "norm of a product"), ("inverse", "centred part"))),
                "‖W_l‖² ≥ (K−1)s_{l+1}²/s_l²; for the last layer s_{l+1} is α, and ‖H‖² ≥ n(K−1)s_1²",
            ),
            Step(
                "AM–GM",
                Fact(total, ">=", bound),
                Known("AM–GM: Hardy, Littlewood, Pólya 1952, 2.5"),
                "the F lower bounds multiply to n(K−1)^F α²: the s_l cancel",
            ),
            Step("formula", Fact(bound, "=", cost_of_collapse), Identity(), "the bound as stated"),
            Step(
                "fit",
                Fact(fit, ">=", fit_of_collapse),
                Known("claim cross-entropy/fit-between-margins: g(Z) ≥ f(α)"),
                "the mean margin of the logits αS + b1ᵀ is α",
            ),
            Step("half λ", Fact(WEIGHT_DECAY / 2, ">"), RationalSign(), "weight decay is positive"),
            Step(
                "linear collapse",
                Fact(
                    fit_of_collapse + WEIGHT_DECAY / 2 * cost_of_collapse,
                    "=",
                    loss,
                ),
                Identity(),
                "the loss of linear collapse with μ = λn^{1/F}",
            ),
            Step(
                "loss",
                Fact(fit + WEIGHT_DECAY / 2 * total, ">=", loss),
                Combination(
                    ((one, "fit"), ("half λ", "AM–GM"), ("half λ", "formula"), (one, "linear collapse"))
                ),
                "the loss of the ReLU network is at least that of linear collapse",
            ),
        ),
        goals=("contraction", "one layer", "loss"),
        rests_on=("cross-entropy/fit-between-margins",),
    )


def forward_passes(run: Run) -> Evidence:
    """Drawn networks as explicit weights: logits and cost measured; Assumption 1 checked layer by layer."""
    generator = run.generator("cross-entropy/relu-collapse-costs-as-much", "forward")
    drawn = [sampler(generator) for _ in range(100 if run.level == "quick" else 2_000)]
    return through_relu(drawn, margin)


CLAIM = Claim(
    id="cross-entropy/relu-collapse-costs-as-much",
    title="A collapsed ReLU network costs at least what a collapsed linear one costs",
    statement=(
        r"X_lS=s_lQ_l,\ Q_l^\top Q_l=S\ (1\le l\le L),\ W_LX_L=\alpha S+b1^\top,\ \alpha>0\ \Longrightarrow\ "
        r"\|H\|_F^2+\sum_{l=1}^L\|W_l\|_F^2\ge F(K-1)(n\alpha^2)^{1/F}"
    ),
    source=GARROD_KEATING_2025.at("Theorem 7, extended: no Assumption 1"),
    computed="cost of collapsed ReLU networks against the bound",
    tight="in the limit of many classes",
    instances=instances,
    sampler=sampler,
    hypotheses=collapsed_network,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    experiments=(forward_passes,),
)
