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
from numpy.typing import NDArray

from theory.sources import SUKENIK_2024
from theory.squared_loss.relu_chains import (
    CHAIN_COST,
    EDGES,
    FIT,
    INCIDENCE_ROOT,
    ROOT,
    STRENGTH,
    VERTICES,
    chain_loss,
    incidence_wins,
)
from theory.squared_loss.relu_factors import incidence_factors, scaled_factors, vertex_edge_incidence
from theory.symbols import FACTORS, SCALE, positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Proof,
    RationalSign,
    Rising,
    Step,
    Variable,
)

SIDE = positive("side")
"""r − 1."""


def loss_through_relu(factors: list[NDArray[np.float64]], decays: list[float], samples: int) -> float:
    """Regularised loss of explicit factors, features first, by a forward pass; n equal samples a class."""
    from numerics.descent.network import Network, network_outputs

    classes = factors[0].shape[1]
    logits = network_outputs(Network(tuple(factors[1:]), (), "relu"), factors[0])
    own = [decays[0] * samples, *decays[1:]]
    penalty = sum(decay / 2 * float(np.sum(factor**2)) for decay, factor in zip(own, factors, strict=True))
    return float(np.sum((logits - np.eye(classes)) ** 2)) / (2 * classes) + penalty


def loss_of_blocks(blocks: list[list[NDArray[np.float64]]], instance: Instance) -> tuple[float, float]:
    """The blocks' loss at the instance's scale and decays, and that of collapse on as many classes."""
    decays, samples = [float(decay) for decay in instance["decays"]], int(instance["samples"])
    scale, factors = float(instance["scale"]), len(decays)
    own = [decays[0] * samples, *decays[1:]]
    classes = sum(block[0].shape[1] for block in blocks)
    loss = loss_through_relu(scaled_factors(blocks, scale, own), decays, samples)
    strength = float(np.exp(np.sum(np.log(own)))) ** (1 / factors)
    fit = float(FIT(scale=scale))
    return loss, fit + factors / 2 * classes * strength * scale ** (2 / factors)


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


def costs_compare(
    name: str, root: sp.Expr, collapse: sp.Expr, logs: tuple[sp.Expr, sp.Expr]
) -> tuple[Step, ...]:
    """From log B^{1/F} of collapse above that of the chain (step `name`) to the two losses.

    `root` and `collapse` are the two B^{1/F}, `logs` their logarithms, larger first.
    """
    weight = CHAIN_COST.at({ROOT: sp.Integer(1)})
    losses = [FIT.expression + CHAIN_COST.at({ROOT: part}) for part in (collapse, root)]
    return (
        Step(
            "roots",
            Fact(sp.exp(logs[0]), ">", sp.exp(logs[1])),
            Increasing("exp", *logs, name),
            "exponentiate",
        ),
        Step("weight", Fact(weight, ">"), Evident(), "(F/2)(nΛx²)^{1/F}"),
        Step(
            "chain wins",
            Fact(losses[0], ">", losses[1]),
            Combination((("weight", "roots"),)),
            "same fit, larger cost: collapse loses at this x, so also at its own best x",
        ),
    )


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


def construction(run: Run) -> Evidence:
    """Weights through the ReLU in integers; loss against the formula; the exact table; descent from it."""
    from numerics.descent.relu_features import minimise_relu_features

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    depths = range(2, 8)
    for vertices in range(3, 9):
        incidence = vertex_edge_incidence(vertices)
        relu = np.maximum(2 * incidence.T @ incidence - 2, 0)  # twice the pre-activation, all integers
        margins.append(Margin.exact(-int(np.sum(relu != 2 * np.eye(incidence.shape[1])))))
        wins: list[str] = []
        for depth in depths:
            block, decays = incidence_factors(vertices, depth), [0.01] * (depth + 1)
            loss = loss_through_relu(scaled_factors([block], 0.9, decays), decays, 1)
            root = float(INCIDENCE_ROOT(vertices=vertices, factors=depth + 1))
            where = {"scale": 0.9, "strength_decay": 0.01 ** (depth + 1), "factors": depth + 1}
            formula = float(FIT(scale=0.9)) + float(CHAIN_COST(root_bracket=root, **where))
            margins.append(Margin.equal(loss, formula, error=LINEAR_ALGEBRA * formula))
            cheaper = root < incidence.shape[1]
            margins.append(Margin.exact(-int(cheaper != incidence_wins(vertices, depth))))
            wins.append("wins" if cheaper else f"{root / incidence.shape[1]:.3f}")
        rows.append((vertices, incidence.shape[1], *wins))
    vertices, depth, decay = 4, 4, 0.005
    predicted = chain_loss(float(INCIDENCE_ROOT(vertices=4, factors=5)), factors=5, strength_decay=decay**5)
    start = scaled_factors([incidence_factors(vertices, depth)], predicted.scale, [decay] * 5)
    found = minimise_relu_features(start, np.eye(6), decay, max_iterations=400)
    margins.append(Margin.at_least(predicted.loss, found.loss, error=LINEAR_ALGEBRA))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"exact in integers; descent from r = 4, L = 4: {found.loss:.5f} ≤ {predicted.loss:.5f}",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Incidence chain against collapse: B^{1/F}/K where it does not win",
                ("r", "K", *(f"L = {depth}" for depth in depths)),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


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
    experiments=(construction,),
    quick_samples=200,
)
