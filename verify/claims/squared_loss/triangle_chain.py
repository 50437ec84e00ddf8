"""ReLU networks on the triangles of a complete graph: cheaper than collapse already with three layers.

Statement   With H ∝ B, W_1 … W_{L−2} ∝ I_r, W_{L−1} ∝ D (½ on a triangle's vertices, −½ off), W_L ∝ G⁺,
            G = ReLU(DB) the triangle–edge incidence, the logits are xI_K ⊗ 1_nᵀ, K = r(r−1)/2, r ≥ 5. The
            chain costs less than collapse at every x > 0 and all weight decays iff
            2K r^{L−2}C(r,3)(r/4)τ_r < K^{L+1}, τ_r = tr (GᵀG)⁻¹: for all r ≥ 5 and L ≥ 3, never at L = 2.
Source      derived for this project, after the constructions of 2405.14468.
Computed    loss of the explicit weights through a real ReLU forward pass against collapse at the same x.
Tight       exact in (r, L); an upper bound on the optimum. It needs width C(r, 3).
"""

from typing import Any, cast

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.relu_chains import (
    EDGES,
    STRENGTH,
    TRACE_OF_INVERSE,
    TRIANGLE_ROOT,
    TRIANGLES,
    VERTICES,
)
from theory.squared_loss.relu_factors import triangle_factors
from theory.symbols import FACTORS, SCALE, positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.squared_loss.experiments.graph_networks import triangle_construction
from verify.claims.squared_loss.experiments.relu_losses import loss_of_blocks
from verify.claims.squared_loss.lemmas.costs_compare import costs_compare
from verify.claims.squared_loss.lemmas.triangular_graph import trace_of_the_inverse
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Increasing, Proof, RationalSign, Rising, Step, Variable

OVER = positive("over")
"""r − 4: every base is then visibly positive."""


def margin(instance: Instance) -> Margin:
    """Collapse's loss minus the chain's, both at the same logits."""
    blocks = [triangle_factors(instance["vertices"], len(instance["decays"]) - 1)]
    chain, collapse = loss_of_blocks(blocks, instance)
    return Margin.at_least(collapse, chain, error=LINEAR_ALGEBRA * (collapse + chain))


def meets_hypotheses(instance: Instance) -> bool:
    """r ≥ 5, L ≥ 3, positive decays and scale."""
    positive_values = instance["scale"] > 0 and min(instance["decays"]) > 0 and instance["samples"] >= 1
    return bool(instance["vertices"] >= 5 and len(instance["decays"]) >= 4 and positive_values)


def sampler(generator: np.random.Generator) -> Instance:
    """r up to 8, L up to 7, decays over four orders of magnitude each."""
    depth = int(generator.integers(3, 8))
    return {
        "vertices": int(generator.integers(5, 9)),
        "decays": (10.0 ** generator.uniform(-5, -1, size=depth + 1)).tolist(),
        "samples": int(generator.integers(1, 6)),
        "scale": float(generator.uniform(0.05, 1.5)),
    }


def instances() -> Any:
    """The smallest graphs."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    decays = st.lists(positive_rationals(largest=2), min_size=4, max_size=6)
    fields = {"decays": decays, "samples": st.integers(1, 3), "scale": positive_rationals(largest=2)}
    return st.fixed_dictionaries({"vertices": st.integers(5, 6)} | fields)


def _wins() -> Proof:
    """L log((r−1)/2) − log((r−1)(r−2)τ_r/12) rises in L from a positive start at L = 3."""
    vertices, side = OVER + 4, OVER + 3
    trace = sp.together(TRACE_OF_INVERSE.at({VERTICES: vertices}))
    share = cast(sp.Expr, sp.factor(side * (OVER + 2) * trace / 12))
    cube = (side / 2) ** 3
    gap = (FACTORS - 1) * sp.log(side / 2) - sp.log(share)
    classes = side * vertices / 2
    log_classes = sp.log(vertices) + sp.log(side / 2)
    log_root = sp.log(vertices) + (sp.log(side / 2) + sp.log(share)) / FACTORS
    root = TRIANGLE_ROOT.at({VERTICES: vertices})
    return Proof(
        title="r ≥ 5 and L ≥ 3: the triangle chain beats collapse at every scale and all decays",
        variables=(
            Variable(OVER, "r − 4", sp.Integer(1)),
            Variable(FACTORS, "F = L + 1", sp.Integer(4)),
            Variable(STRENGTH, "nΛ", sp.Integer(0), open_low=True),
            Variable(SCALE, "x", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("share is positive", Fact(share, ">"), RationalSign(), "(r−1)(r−2)τ_r/12"),
            Step("cube", Fact(cube, ">", share), RationalSign(), "L = 3: a rational function of r"),
            Step(
                "start",
                Fact(3 * sp.log(side / 2) - sp.log(share), ">"),
                Increasing("log", cube, share, "cube", "share is positive"),
                "in logarithms",
            ),
            Step("one", Fact(sp.Integer(1), ">"), RationalSign(), "one is positive"),
            Step("side", Fact(side / 2, ">", sp.Integer(1)), RationalSign(), "r ≥ 5"),
            Step(
                "slope",
                Fact(sp.log(side / 2), ">"),
                Increasing("log", side / 2, sp.Integer(1), "side", "one"),
                "∂/∂L",
            ),
            Step("gap", Fact(gap, ">"), Rising(FACTORS, "slope", "start"), "every L ≥ 3"),
            Step("inverse", Fact(1 / FACTORS, ">"), RationalSign(), "1/F"),
            Step(
                "logarithms",
                Fact(log_classes, ">", log_root),
                Combination((("inverse", "gap"),)),
                "F log K − log B is the gap",
            ),
            *costs_compare("logarithms", root, classes, (log_classes, log_root)),
        ),
        goals=("chain wins",),
    )


def _bracket() -> Proof:
    """Product of the squared norms, and no win with two layers."""
    norms = (2 * EDGES) * VERTICES ** (FACTORS - 3) * (TRIANGLES * VERTICES / 4) * TRACE_OF_INVERSE.expression
    bracket = VERTICES**FACTORS * (VERTICES - 1) ** 2 * (VERTICES - 2) / 24 * TRACE_OF_INVERSE.expression
    two = (VERTICES - 1) * (VERTICES - 2) / 12 * TRACE_OF_INVERSE.expression
    return Proof(
        title="the bracket, and no win at L = 2",
        variables=(Variable(VERTICES, "r", sp.Integer(5)), Variable(FACTORS, "F = L + 1", sp.Integer(3))),
        steps=(
            Step(
                "bracket",
                Fact(bracket, "=", norms),
                Identity(),
                "‖B‖² = 2K, ‖I_r‖² = r, ‖D‖² = C(r,3)r/4, ‖G⁺‖² = tr (GᵀG)⁻¹",
            ),
            Step(
                "two layers",
                Fact(two, ">", ((VERTICES - 1) / 2) ** 2),
                RationalSign(),
                "L = 2: the bracket exceeds K³",
            ),
        ),
        goals=("bracket", "two layers"),
    )


CLAIM = Claim(
    id="squared-loss/triangle-chain",
    title="ReLU networks on the triangles of a complete graph are cheaper than collapse for r ≥ 5, L ≥ 3",
    statement=(
        r"2K\,r^{L-2}\binom r3\frac r4\,\tau_r<K^{L+1}\iff L\ge3\quad(r\ge5),\qquad K=\tbinom r2,\ "
        r"\tau_r=\tfrac1{3(r-2)}+\tfrac{r-1}{2r-6}+\tfrac{r(r-3)}{2(r-4)}"
    ),
    source=RANKCOLLAPSE.at("theory 2.5"),
    computed="loss of explicit weights through a ReLU forward pass, against collapse at the same logits",
    tight="exact in (r, L); an upper bound on the optimum",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_wins(), _bracket(), trace_of_the_inverse()),
    experiments=(triangle_construction,),
    quick_samples=200,
)
