"""Collapse is not optimal in ReLU networks, deep enough: explicit weights of half the rank do better.

Statement   K ≥ 14 and L = 4, K ≥ 10 and L = 5, K ≥ 8 and L = 6 or 7, K ≥ 6 and L ≥ 8: the paired ReLU network
            has a smaller loss than any collapsed ReLU network at the same scale (for every α, λ > 0), so no
            collapsed point is optimal. No assumption on the network.
Source      2410.23169, Theorem 7: K ≥ 10 and L ≥ 5, or K ≥ 16 and L = 4, under its Assumption 1. The smaller
            K, the class of odd K that stands alone as a chain of scalars, and doing without the assumption
            are the project's own.
Computed    least collapsed loss minus paired loss; a forward pass through every network of the table; the
            exact table of (K, L) beside the printed one.
Tight       for this construction: cross-entropy/relu-construction-ends-there.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import paired_code
from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PAIRED_COLUMN_FIT, SINGLE
from theory.cross_entropy.relu_paired import (
    PAIRED_CLASSES,
    RELU_PAIRED_COST,
    RELU_PAIRED_LOSS,
    RELU_PRINTED_ODD_COST,
    relu_paired_weights,
    relu_paired_wins,
    relu_printed_network_wins,
    relu_printed_odd_weights,
    relu_printed_theorem,
)
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Increasing,
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


def _proof(fewest: int, first: int) -> Proof:
    """k ≥ `fewest` paired classes: a polynomial at L = `first`, growth in L beyond it."""
    others, one = sp.Symbol("others", positive=True), sp.Integer(1)
    k = others + 1
    classes = k + SINGLE
    factors, beyond = FACTORS, FACTORS - first - 1
    faster, slower = 2 * others, k + 2
    base = sp.Integer(2) ** (first - 3) * others ** (first + 1), k**3 * (k + 2) ** (first - 2)
    left, right = base[0] * faster**beyond, base[1] * slower**beyond  # F-th powers: 2^{L−3}(k−1)^F and so on
    logs = (
        (factors - 4) * sp.log(2) + factors * sp.log(others),
        3 * sp.log(k) + (factors - 3) * sp.log(slower),
    )
    doubling = sp.Integer(2) ** ((factors - 4) / factors)
    cost = RELU_PAIRED_COST.at({PAIRED_CLASSES: k})
    u = sp.exp(-SCALE)
    collapse_inside, paired_inside = 1 + (classes - 1) * u, 1 + (classes - 2) * u + u**2
    gap = COLLAPSE.fit.at({CLASSES: classes}) - PAIRED_COLUMN_FIT.at({CLASSES: classes})
    weight = SCALED_DECAY * factors / 2 * SCALE ** (2 / factors)
    losses = (
        COLLAPSE.loss.at({CLASSES: classes}),
        RELU_PAIRED_LOSS.at({PAIRED_CLASSES: k}),
    )
    return Proof(
        title=f"the paired ReLU network beats collapse: K ≥ {fewest}, L ≥ {first}",
        variables=(
            Variable(others, "k − 1, with k = K − single paired classes", sp.Integer(fewest - 1)),
            Variable(SINGLE, "K mod 2", sp.Integer(0), sp.Integer(1), integer=True),
            Variable(factors, "F = L + 1", sp.Integer(first + 1)),
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(SCALED_DECAY, "μ = λn^{1/F}", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "first depth",
                Fact(base[0], ">", base[1]),
                RationalSign(),
                f"2^(L−3)(k−1)^(L+1) > k³(k+2)^(L−2) at L = {first}: a polynomial in k − {fewest}",
            ),
            Step("slower is positive", Fact(slower, ">"), RationalSign(), "k + 2"),
            Step("faster", Fact(faster, ">=", slower), RationalSign(), "2(k−1) ≥ k + 2"),
            Step(
                "logarithms",
                Fact(sp.log(faster), ">=", sp.log(slower)),
                Increasing("log", faster, slower, "faster", "slower is positive"),
                "take logarithms",
            ),
            Step("beyond", Fact(beyond, ">="), RationalSign(), f"L ≥ {first}"),
            Step(
                "times",
                Fact(beyond * sp.log(faster), ">=", beyond * sp.log(slower)),
                Combination((("beyond", "logarithms"),)),
                f"times L − {first}",
            ),
            Step(
                "growth",
                Fact(sp.exp(beyond * sp.log(faster)), ">=", sp.exp(beyond * sp.log(slower))),
                Increasing("exp", beyond * sp.log(faster), beyond * sp.log(slower), "times"),
                "(2(k−1))^(L−L₁) ≥ (k+2)^(L−L₁)",
            ),
            Step("power", Fact(sp.exp(beyond * sp.log(faster)), ">"), Evident(), "an exponential"),
            Step("right base", Fact(base[1], ">"), RationalSign(), "a product of positive numbers"),
            Step(
                "every depth",
                Fact(left, ">", right),
                Combination((("power", "first depth"), ("right base", "growth"))),
                "2^(L−3)(k−1)^(L+1) > k³(k+2)^(L−2) at every L",
            ),
            Step("right is positive", Fact(right, ">"), Evident(), "a product of positive numbers"),
            Step(
                "log of powers",
                Fact(logs[0], ">", logs[1]),
                Increasing("log", left, right, "every depth", "right is positive"),
                "to take the root of order F",
            ),
            Step("1/F", Fact(1 / factors, ">"), RationalSign(), "F is positive"),
            Step(
                "roots in logarithms",
                Fact(logs[0] / factors, ">", logs[1] / factors),
                Combination((("1/F", "log of powers"),)),
                "divide by F",
            ),
            Step(
                "roots",
                Fact(sp.exp(logs[0] / factors), ">", sp.exp(logs[1] / factors)),
                Increasing("exp", logs[0] / factors, logs[1] / factors, "roots in logarithms"),
                "2^{(L−3)/F}(k−1) > (k³(k+2)^{L−2})^{1/F}",
            ),
            Step("halving", Fact(1 / doubling, ">"), Evident(), "2^{−(L−3)/F}"),
            Step(
                "cost",
                Fact(others, ">", cost),
                Combination((("halving", "roots"),)),
                "c < k − 1: the paired network costs less than collapse",
            ),
            Step("scale", Fact(SCALE, ">"), RationalSign(), "collapse has α > 0"),
            Step(
                "e^{−α} < 1",
                Fact(one, ">", u),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "exp(0) − exp(−α)",
            ),
            Step("e^{−α} > 0", Fact(u, ">"), Evident(), "an exponential"),
            Step(
                "exponentials",
                Fact(collapse_inside, ">", paired_inside),
                Combination((("e^{−α} > 0", "e^{−α} < 1"),)),
                "the difference is u(1 − u), u = e^{−α}",
            ),
            Step("K exceeds 2", Fact(classes, ">", sp.Integer(2)), RationalSign(), f"K ≥ {fewest}"),
            Step("one", Fact(1 + u**2, ">"), Evident(), "a sum of positive numbers"),
            Step(
                "inside is positive",
                Fact(paired_inside, ">"),
                Combination(((one, "one"), ("K exceeds 2", "e^{−α} > 0"))),
                "so its logarithm is defined",
            ),
            Step(
                "column",
                Fact(gap, ">"),
                Increasing("log", collapse_inside, paired_inside, "exponentials", "inside is positive"),
                "a paired column fits better",
            ),
            Step("share", Fact(k / classes, ">"), RationalSign(), "the share of paired columns"),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step(
                "paired network wins",
                Fact(losses[0], ">", losses[1]),
                Combination((("share", "column"), ("weight", "cost"))),
                "mean fit over the columns, plus weight decay of all factors",
            ),
        ),
        goals=("paired network wins",),
        rests_on=("cross-entropy/relu-collapse-costs-as-much",),
    )


def forward_passes(run: Run) -> Evidence:
    """Explicit weights through a ReLU network: logits, non-negative features, and the cost of the formula."""
    from numerics.descent.network import Network, network_outputs

    margins: list[Margin] = []
    largest = 20 if run.level == "quick" else 40
    for classes in range(4, largest + 1):
        for depth in (2, 3, 4, 5, 8):
            samples, scale, single = 1 + classes % 3, 3.0, classes % 2
            code = paired_code(classes)
            networks = [(relu_paired_weights(classes, depth, samples, scale), code)]
            if single:
                printed = code + np.diag([0.0] * (classes - 1) + [1.0])
                networks.append((relu_printed_odd_weights(classes, depth, samples, scale), printed))
            for index, ((features, weights), expected) in enumerate(networks):
                network = Network(tuple(weights), (), "relu")
                outputs = network_outputs(network, features)
                wanted = scale * np.kron(expected, np.ones((1, samples)))
                error = LINEAR_ALGEBRA * depth * classes * scale
                margins.append(Margin.equal(float(np.abs(outputs - wanted).max()), 0.0, error=error))
                margins.append(Margin.equal(_most_negative(features, weights), 0.0, error=error))
                norms = float(np.sum(features**2)) + sum(float(np.sum(weight**2)) for weight in weights)
                cost = (
                    float(RELU_PAIRED_COST(paired_classes=classes - single, factors=depth + 1)) + single
                    if index == 0
                    else float(RELU_PRINTED_ODD_COST(classes=classes, factors=depth + 1))
                )
                formula = (depth + 1) * cost * (samples * scale**2) ** (1 / (depth + 1))
                margins.append(Margin.equal(norms, formula, error=LINEAR_ALGEBRA * classes * formula))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"{len(margins) // 3} networks through a ReLU forward pass",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(_table(),),
    )


def _most_negative(features: Any, weights: list[Any]) -> float:
    """How negative a pre-activation gets: 0 where ReLU changes nothing."""
    lowest, values = 0.0, features
    for weight in weights[:-1]:
        values = weight @ values
        lowest = min(lowest, float(values.min()))
    return -lowest


def _table() -> Table:
    """For every depth the K from which on the construction wins, in integers, beside the printed ones."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    for depth in range(2, 13):
        ours, printed, theorem = (
            _from(rule, depth) for rule in (relu_paired_wins, relu_printed_network_wins, relu_printed_theorem)
        )
        rows.append((depth, ours, printed, theorem))
    return Table(
        "Collapse is not optimal with ReLU: K at each depth, K ≤ 60 compared in integers",
        ("L", "with scalar chains", "network as printed", "Theorem 7 as printed"),
        tuple(rows),
    )


def _from(rule: Any, depth: int) -> str:
    """The K ≤ 60 at which a rule holds, as text such as "14, K ≥ 16"."""
    holds = [classes for classes in range(4, 61) if rule(classes, depth)]
    if not holds:
        return "never"
    start = max(holds)
    while start - 1 in holds:
        start -= 1
    apart = [str(classes) for classes in holds if classes < start]
    return ", ".join([*apart, f"K ≥ {start}"])


CLAIM = Claim(
    id="cross-entropy/relu-low-rank-wins",
    title="Deep enough, collapse is not optimal in ReLU networks: K ≥ 14, 10, 8, 6 at L = 4, 5, 6, 8",
    statement=(
        r"(K\ge14,L\ge4)\ \text{or}\ (K\ge10,L\ge5)\ \text{or}\ (K\ge8,L\ge6)\ \text{or}\ (K\ge6,L\ge8)"
        r"\ \Longrightarrow\ \mathcal L_{\mathrm{paired\ ReLU}}(\alpha)<"
        r"\min_{\mathrm{collapsed\ ReLU}}\mathcal L(\alpha)\quad\forall\alpha,\lambda>0"
    ),
    source=GARROD_KEATING_2025.theorem(7),
    computed="least collapsed minus paired loss; forward passes; the exact table",
    tight="for this construction: it wins at no other (K, L)",
    instances=instances,
    sampler=sampler,
    hypotheses=in_hypothesis,
    margin=margin,
    exact_margin=exact_margin,
    proofs=tuple(_proof(fewest, first) for fewest, first in CASES),
    experiments=(forward_passes,),
)
