"""ReLU networks on the edges of a complete graph: rank r instead of K = r(r−1)/2, cheaper than collapse.

Statement   With H ∝ B (vertex–edge incidence), W_1 … W_{L−2} ∝ I_r, W_{L−1} ∝ Bᵀ − ½11ᵀ, W_L ∝ I_K the
            logits are xI_K ⊗ 1_nᵀ, at a cost of (F/2)(K³r^{L−1}/2 · nΛx²)^{1/F} against collapse's
            (F/2)K(nΛx²)^{1/F}. It is the smaller one, at every x > 0 and all weight decays, iff
            r^{L−1} < 2K^{L−2}: exactly for r ≥ 4 and L ≥ 4.
Source      the strongly regular graph construction of 2405.14468; costs derived for this project.
Computed    loss of the explicit weights through a real ReLU forward pass against collapse at the same x.
Tight       exact in (r, L); an upper bound on the optimum.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import SUKENIK_2024
from theory.squared_loss.relu_chains import EDGES, INCIDENCE_ROOT, STRENGTH, VERTICES
from theory.squared_loss.relu_factors import incidence_factors
from theory.symbols import FACTORS, SCALE, positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.squared_loss.experiments.graph_networks import incidence_construction
from verify.claims.squared_loss.experiments.relu_losses import loss_of_blocks
from verify.claims.squared_loss.lemmas.costs_compare import costs_compare
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Increasing, Proof, RationalSign, Rising, Step, Variable

SIDE = positive("side")
"""r − 1."""


def margin(instance: Instance) -> Margin:
    """Collapse's loss minus the chain's, both at the same logits."""
    blocks = [incidence_factors(instance["vertices"], len(instance["decays"]) - 1)]
    chain, collapse = loss_of_blocks(blocks, instance)
    return Margin.at_least(collapse, chain, error=LINEAR_ALGEBRA * (collapse + chain))


def meets_hypotheses(instance: Instance) -> bool:
    """r ≥ 4, L ≥ 4, positive decays and scale."""
    positive_values = instance["scale"] > 0 and min(instance["decays"]) > 0 and instance["samples"] >= 1
    return bool(instance["vertices"] >= 4 and len(instance["decays"]) >= 5 and positive_values)


def sampler(generator: np.random.Generator) -> Instance:
    """r up to 8, L up to 9, decays over four orders of magnitude each."""
    depth = int(generator.integers(4, 10))
    return {
        "vertices": int(generator.integers(4, 9)),
        "decays": (10.0 ** generator.uniform(-5, -1, size=depth + 1)).tolist(),
        "samples": int(generator.integers(1, 6)),
        "scale": float(generator.uniform(0.05, 1.5)),
    }


def instances() -> Any:
    """The smallest graphs."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    decays = st.lists(positive_rationals(largest=2), min_size=5, max_size=7)
    fields = {"decays": decays, "samples": st.integers(1, 3), "scale": positive_rationals(largest=2)}
    return st.fixed_dictionaries({"vertices": st.integers(4, 6)} | fields)


def _wins() -> Proof:
    """(L−2) log((r−1)/2) + log 2 − log r rises in L from a positive start at L = 4."""
    vertices = SIDE + 1
    depth = FACTORS - 1
    gap = (depth - 2) * (sp.log(SIDE) - sp.log(2)) + sp.log(2) - sp.log(vertices)
    squared = SIDE**2 / 2
    classes, root = SIDE * vertices / 2, INCIDENCE_ROOT.at({VERTICES: vertices})
    log_classes = sp.log(SIDE) + sp.log(vertices) - sp.log(2)
    log_root = sp.log(vertices) + (sp.log(vertices) + 3 * sp.log(SIDE) - 4 * sp.log(2)) / FACTORS
    return Proof(
        title="r ≥ 4 and L ≥ 4: the incidence chain beats collapse at every scale and all decays",
        variables=(
            Variable(SIDE, "r − 1", sp.Integer(3)),
            Variable(FACTORS, "F = L + 1", sp.Integer(5)),
            Variable(STRENGTH, "nΛ", sp.Integer(0), open_low=True),
            Variable(SCALE, "x", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("r is positive", Fact(vertices, ">"), RationalSign(), "r ≥ 4"),
            Step("square", Fact(squared, ">", vertices), RationalSign(), "(r−1)²/2 > r from r = 4 on"),
            Step(
                "start",
                Fact(2 * (sp.log(SIDE) - sp.log(2)) + sp.log(2) - sp.log(vertices), ">"),
                Increasing("log", squared, vertices, "square", "r is positive"),
                "L = 4",
            ),
            Step("two", Fact(sp.Integer(2), ">"), RationalSign(), "two is positive"),
            Step("side", Fact(SIDE, ">", sp.Integer(2)), RationalSign(), "r ≥ 4"),
            Step(
                "slope",
                Fact(sp.log(SIDE) - sp.log(2), ">"),
                Increasing("log", SIDE, sp.Integer(2), "side", "two"),
                "∂/∂L",
            ),
            Step("gap", Fact(gap, ">"), Rising(FACTORS, "slope", "start"), "log 2K^{L−2} > log r^{L−1}"),
            Step("share", Fact(1 / FACTORS, ">"), RationalSign(), "1/F"),
            Step(
                "logarithms",
                Fact(log_classes, ">", log_root),
                Combination((("share", "gap"),)),
                "F log K − log B is the gap",
            ),
            *costs_compare("logarithms", root, classes, (log_classes, log_root)),
        ),
        goals=("chain wins",),
    )  # fmt: skip


def _bracket() -> Proof:
    """Product of the four squared norms; and where the chain does not win."""
    depth = FACTORS - 1
    norms = (2 * EDGES) * VERTICES ** (depth - 2) * (EDGES * VERTICES / 4) * EDGES
    three = sp.Integer(3)
    return Proof(
        title="the bracket, and no win at L ≤ 3 or r = 3",
        variables=(
            Variable(VERTICES, "r", sp.Integer(3)),
            Variable(FACTORS, "F = L + 1", sp.Integer(3)),
        ),
        steps=(
            Step(
                "bracket",
                Fact(VERTICES**FACTORS * VERTICES * (VERTICES - 1) ** 3 / 16, "=", norms),
                Identity(),
                "‖B‖² = 2K, ‖I_r‖² = r, ‖Bᵀ − ½11ᵀ‖² = Kr/4, ‖I_K‖² = K: B^{1/F} is r(r(r−1)³/16)^{1/F}",
            ),
            Step("three layers", Fact(VERTICES**2, ">", 2 * EDGES), RationalSign(), "L = 3: r² > r(r−1)"),
            Step("two layers", Fact(VERTICES, ">", sp.Integer(2)), RationalSign(), "L = 2: r > 2"),
            Step(
                "triangle graph",
                Fact(three ** (FACTORS - 2), "=", 2 * three ** (FACTORS - 3) + three ** (FACTORS - 3)),
                Identity(),
                "r = 3 = K: r^{L−1} exceeds 2K^{L−2} at every depth",
            ),
        ),
        goals=("bracket", "three layers", "two layers", "triangle graph"),
    )


CLAIM = Claim(
    id="squared-loss/incidence-chain",
    title="ReLU networks on the edges of a complete graph are cheaper than collapse for r ≥ 4, L ≥ 4",
    statement=(
        r"\tfrac12(1-x)^2+\tfrac F2\Bigl(\tfrac{K^3r^{L-1}}2\,n\Lambda x^2\Bigr)^{1/F}"
        r"<\tfrac12(1-x)^2+\tfrac F2K(n\Lambda x^2)^{1/F}\iff r^{L-1}<2K^{L-2}\iff r\ge4,\ L\ge4;"
        r"\qquad K=\tbinom r2"
    ),
    source=SUKENIK_2024.at("strongly regular graph solution"),
    computed="loss of explicit weights through a ReLU forward pass, against collapse at the same logits",
    tight="exact in (r, L); an upper bound on the optimum",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_wins(), _bracket()),
    experiments=(incidence_construction,),
    quick_samples=200,
)
