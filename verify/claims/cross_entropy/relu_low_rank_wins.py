"""Collapse is not optimal in ReLU networks, deep enough: explicit weights of half the rank do better.

Statement   K ≥ 14 and L = 4, K ≥ 10 and L = 5, K ≥ 8 and L = 6 or 7, K ≥ 6 and L ≥ 8: the paired ReLU network
            has a smaller loss than any collapsed ReLU network at the same scale (for every α, λ > 0), so no
            collapsed point but zero is optimal. Collapsed as in cross-entropy/relu-collapse-costs-as-much.
            In words: P² = 2P and P1 = 0, so the shapes of theory/cross_entropy/relu_paired multiply to
            2^{L−1}P, have the squared norms 2k (H, W_1, W_L) and 2k + 4, and no ReLU changes a feature.
Source      2410.23169, Theorem 7: K ≥ 10 and L ≥ 5, or K ≥ 16 and L = 4, under its Assumption 1. The smaller
            K, the class of odd K that stands alone as a chain of scalars, and doing without the assumption
            are the project's own.
Computed    least collapsed loss minus paired loss; forward passes through explicit weights.
Tight       for this construction against that bound: cross-entropy/relu-construction-ends-there. Collapsed
            networks cost more than the bound, so collapse may lose at other (K, L) too.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.relu_paired import PAIRED_CLASSES, RELU_PAIRED_COST, RELU_PAIRED_LOSS
from theory.sources import GARROD_KEATING_2025
from theory.symbols import FACTORS
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.relu_networks import forward_passes
from verify.claims.cross_entropy.lemmas.cheaper_paired_network import cheaper_wins
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Induction,
    Proof,
    RationalSign,
    Step,
    Variable,
)
from verify.strategies import positive_rationals

CASES = ((14, 4), (10, 5), (8, 6), (6, 8))
"""(k, L): from these k paired classes and this depth on the construction wins."""


def in_hypothesis(instance: Instance) -> bool:
    """One of the four cases, α > 0 and μ > 0."""
    classes, depth = instance["classes"], instance["depth"]
    covered = any(classes >= fewest and depth >= first for fewest, first in CASES)
    return covered and instance["scale"] > 0 and instance["scaled_decay"] > 0


def _split(instance: Instance) -> dict[str, int]:
    single = instance["classes"] % 2
    return {"paired_classes": instance["classes"] - single, "single": single}


def margin(instance: Instance) -> Margin:
    """Least collapsed minus paired loss at one scale, in floats."""
    shared = {
        "factors": instance["depth"] + 1,
        "scale": float(instance["scale"]),
        "scaled_decay": float(instance["scaled_decay"]),
    }
    collapsed = COLLAPSE.loss(classes=instance["classes"], **shared)
    return Margin.at_least(collapsed, RELU_PAIRED_LOSS(**_split(instance), **shared))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    shared = {
        "factors": instance["depth"] + 1,
        "scale": instance["scale"],
        "scaled_decay": instance["scaled_decay"],
    }
    collapsed = COLLAPSE.loss.ball(classes=instance["classes"], **shared)
    return Margin.of_ball(collapsed - RELU_PAIRED_LOSS.ball(**_split(instance), **shared))


def instances() -> Any:
    """Small K and L around the boundary, small rational scale and decay."""
    from hypothesis import strategies as st

    rational = positive_rationals()
    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 30),
            "depth": st.integers(2, 12),
            "scale": rational,
            "scaled_decay": rational,
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 200, L up to 40, half of them at the smallest K or L of a case."""
    fewest, first = CASES[int(generator.integers(4))]
    beyond = generator.integers(0, (200, 40)) * generator.integers(0, 2, size=2)
    return {
        "classes": int(fewest + beyond[0]),
        "depth": int(first + beyond[1]),
        "scale": float(10.0 ** generator.uniform(-2, 2)),
        "scaled_decay": float(10.0 ** generator.uniform(-8, 0)),
    }


_OTHERS = sp.Symbol("others", positive=True)
_DEPTH = sp.Symbol("depth", integer=True, positive=True)


def _inequality(fewest: int, first: int) -> Proof:
    """2^{L−3}(k−1)^{L+1} > k³(k+2)^{L−2}: a polynomial at L = `first`, induction over L."""
    k, m = _OTHERS + 1, _OTHERS

    def sides(depth: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        return sp.Integer(2) ** (depth - 3) * m ** (depth + 1), k**3 * (k + 2) ** (depth - 2)

    here, following = sides(_DEPTH), sides(_DEPTH + 1)
    return Proof(
        title=f"the paired ReLU network is cheaper than collapse: K ≥ {fewest}, L ≥ {first}",
        variables=(
            Variable(m, "k − 1, with k = K − (K mod 2) paired classes", sp.Integer(fewest - 1)),
            Variable(_DEPTH, "L", sp.Integer(first), integer=True),
        ),
        steps=(
            Step(
                "first depth",
                Fact(sides(sp.Integer(first))[0], ">", sides(sp.Integer(first))[1]),
                RationalSign(),
                f"no negative coefficient in k − {fewest}",
            ),
            Step("faster", Fact(2 * m, ">", k + 2), RationalSign(), "2(k−1) > k + 2"),
            Step("right side", Fact(here[1], ">"), Evident(), "a product of positive numbers"),
            Step(
                "next depth",
                Fact(following[0] - following[1] - 2 * m * (here[0] - here[1]), ">"),
                Combination((("right side", "faster"),)),
                "f(L+1) − 2(k−1)f(L) = (2(k−1) − (k+2))·k³(k+2)^{L−2}",
            ),
            Step("factor", Fact(2 * m, ">"), RationalSign(), "2(k−1)"),
            Step(
                "every depth",
                Fact(here[0], ">", here[1]),
                Induction(_DEPTH, "first depth", "next depth", "factor"),
                "2^{L−3}(k−1)^{L+1} > k³(k+2)^{L−2}",
            ),
        ),
        goals=("every depth",),
    )


def _roots() -> Proof:
    """The inequality is c < k − 1: take F-th roots."""
    right, spare = sp.symbols("right spare", positive=True)
    k, left = _OTHERS + 1, right + spare
    power = RELU_PAIRED_COST.at({PAIRED_CLASSES: k}) ** FACTORS
    return Proof(
        title="the inequality between F-th powers is the one between the costs, c < k − 1",
        variables=(
            Variable(_OTHERS, "k − 1", sp.Integer(5)),
            Variable(FACTORS, "F = L + 1", sp.Integer(5)),
            Variable(right, "c^F", sp.Integer(0), open_low=True),
            Variable(spare, "(k−1)^F − c^F", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "power of the cost",
                Fact(power * sp.Integer(2) ** (FACTORS - 4), "=", k**3 * (k + 2) ** (FACTORS - 3)),
                Identity(),
                "that is 4^{L−1}c^F = (2k)³(2k+4)^{L−2}, the shapes' squared norms multiplied; the "
                "inequality says c^F < (k−1)^F",
            ),
            Step("spare", Fact(spare, ">"), RationalSign(), "the inequality"),
            Step("right", Fact(right, ">"), RationalSign(), "a power of a positive number"),
            Step(
                "logarithms",
                Fact(sp.log(left), ">", sp.log(right)),
                Increasing("log", left, right, "spare", "right"),
                "take logarithms",
            ),
            Step("1/F", Fact(1 / FACTORS, ">"), RationalSign(), "F is positive"),
            Step(
                "divided",
                Fact(sp.log(left) / FACTORS, ">", sp.log(right) / FACTORS),
                Combination((("1/F", "logarithms"),)),
                "divide by F",
            ),
            Step(
                "roots",
                Fact(sp.exp(sp.log(left) / FACTORS), ">", sp.exp(sp.log(right) / FACTORS)),
                Increasing("exp", sp.log(left) / FACTORS, sp.log(right) / FACTORS, "divided"),
                "k − 1 > c",
            ),
        ),
        goals=("power of the cost", "roots"),
    )


CLAIM = Claim(
    id="cross-entropy/relu-low-rank-wins",
    title="Deep enough, collapse is not optimal in ReLU networks: K ≥ 14, 10, 8, 6 at L = 4, 5, 6, 8",
    statement=(
        r"(K\ge14,L\ge4)\ \text{or}\ (K\ge10,L\ge5)\ \text{or}\ (K\ge8,L\ge6)\ \text{or}\ (K\ge6,L\ge8)"
        r"\ \Longrightarrow\ \mathcal L_{\mathrm{paired\ ReLU}}(\alpha)<"
        r"\min_{\mathrm{collapsed\ ReLU}}\mathcal L(\alpha)\quad\forall\alpha,\lambda>0"
    ),
    source=GARROD_KEATING_2025.at("Theorem 7, extended"),
    computed="least collapsed minus paired loss; forward passes through explicit weights",
    tight="for this construction against the least cost of linear collapse: nowhere else is it below",
    instances=instances,
    sampler=sampler,
    hypotheses=in_hypothesis,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(*(_inequality(fewest, first) for fewest, first in CASES), _roots(), cheaper_wins()),
    experiments=(forward_passes,),
)
