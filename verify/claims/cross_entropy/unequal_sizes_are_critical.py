"""With unequal class sizes the candidates of a prediction are critical points, with the losses stated.

Statement   Generalised collapse, minority collapse, direct sums inside groups of equal sizes, coupled pairs
            and polygons, and the structures of equal sizes continued: each is a critical point of the deep
            linear model for those sizes. With one weight matrix the best one is the global optimum.
Source      2410.23169, appendix on imbalance (generalised collapse); the others are our derivations.
Computed    the gradient in every factor of the K×N logits and their loss; at L = 1 the duality gap; the
            lowest of several minimisations in logit space against the best candidate.
Tight       equality. For L ≥ 2 the list is not complete: the table says where minimisation ends below it.
"""

import math

import numpy as np

from theory.cross_entropy.unequal_sizes import group_sizes, unequal_structures
from theory.sources import GARROD_KEATING_2025
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA, STRUCTURE_GRADIENT
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin

GAP = 1e-12
"""Duality gap asked of the optimum with one weight matrix: some thousand roundings of a loss of one."""


def margin(instance: Instance) -> Margin:
    """The worst of gradient norms over those of the decay terms, and of losses; at L = 1 also of the gap."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.descent.linear_chain import loss_and_gradients_cross_entropy

    sizes, factors = tuple(instance["sizes"]), instance["factors"]
    decay = float(instance["weight_decay"])
    falling = [size for size, count in group_sizes(sizes) for _ in range(count)]
    labels = np.repeat(np.arange(len(sizes)), falling)
    candidates = unequal_structures(sizes, factors, decay)
    margins: list[Margin] = []
    if candidates[0].gap is not None:
        margins.append(Margin.at_least(GAP, candidates[0].gap))
    for each in candidates:
        product = np.repeat(each.logits(), falling, axis=1)
        chain = balanced_factors(product, factors=factors, width=len(sizes))
        loss, gradients = loss_and_gradients_cross_entropy(chain, labels, decay)
        size = math.sqrt(sum(float(np.sum(factor**2)) for factor in chain)) or 1.0
        norm = math.sqrt(sum(float(np.sum(gradient**2)) for gradient in gradients))
        if each.rank:
            margins.append(Margin.equal(norm / (decay * size), 0.0, error=STRUCTURE_GRADIENT))
        rounding = LINEAR_ALGEBRA * each.loss * (1 + float(np.max(np.abs(product))))
        margins.append(Margin.equal(loss, each.loss, error=rounding))
    return worst_of(margins)


def drawn(generator: np.random.Generator) -> Instance:
    """Up to seven classes of up to three sizes between 1 and 300, up to 8 factors."""
    distinct = 1 + (300 ** generator.uniform(0, 1, size=3)).astype(int)
    sizes = generator.choice(distinct, size=int(generator.integers(2, 8)))
    return {
        "sizes": [int(size) for size in sizes],
        "factors": int(generator.integers(2, 9)),
        "weight_decay": float(10.0 ** generator.uniform(-6, -1)),
    }


def criticality(run: Run) -> Evidence:
    """The margin on drawn class sizes: each draw is a search of its own, so the sample is small."""
    generator = run.generator("cross-entropy/unequal-sizes-are-critical", "criticality")
    count = 12 if run.level == "quick" else 400
    margins = [margin(drawn(generator)) for _ in range(count)]
    return Evidence(
        kind="sampling",
        outcome=overall(margins),
        summary=f"the candidates for {count} drawn problems are critical",
        instances=count,
        worst=worst_of(margins),
    )


MET = (
    ((10, 10, 1, 1), 3, 1e-3),
    ((5, 5, 5, 1, 1, 1), 4, 1e-2),
    ((100, 50, 20, 10, 5), 3, 1e-3),
    ((3, 2, 2), 3, 0.05),
    ((100, 100, 100, 1, 1), 4, 1e-3),
)
"""(sizes, F, λ) where minimisation from random starts ends in the best candidate."""
MISSED = (((10,) * 5 + (1,) * 5, 4, 1e-3), ((10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 4, 1e-3))
"""Where the two may differ, either way."""


def minimisation(run: Run) -> Evidence:
    """The lowest of several minimisations in logit space against the best candidate."""
    from numerics.optimum.local import logit_optimum, spherical_starts

    generator = run.generator("cross-entropy/unequal-sizes-are-critical", "minimisation")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for sizes, factors, decay in MET if run.level == "quick" else (*MET, *MISSED):
        best = unequal_structures(sizes, factors, decay)[0]
        ranks = [min(rank, len(sizes) - 1) for rank in (1, 2, 2, 3, 3, 4)]
        drawn = spherical_starts(len(sizes), ranks, scale=9.0, rng=generator)
        reached = logit_optimum(drawn, sizes, factors=factors, weight_decay=decay)
        if (sizes, factors, decay) in MET:
            margins.append(Margin.equal(reached.loss, best.loss, error=DESCENT_AGREEMENT * best.loss))
        named = ", ".join(map(str, sizes))
        rows.append((named, factors - 1, decay, best.name, best.loss, best.rank, reached.loss, reached.rank))
    columns = ("class sizes", "L", "λ", "best candidate", "loss", "rank", "minimised", "its rank")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"minimisation in logit space ends in the best candidate in {len(margins)} problems",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table("Best candidate and lowest of six minimisations in logit space", columns, tuple(rows)),
        ),
    )


CLAIM = Claim(
    id="cross-entropy/unequal-sizes-are-critical",
    title="With unequal class sizes the candidates of a prediction are critical, optimal with one layer",
    statement=(
        r"Z\in\{\text{candidates for }n_1,\dots,n_K\}\Longrightarrow\nabla_{W_1,\dots,W_L,H}\mathcal L=0,"
        r"\qquad L=1:\ \mathcal L(Z)=\min\mathcal L"
    ),
    source=GARROD_KEATING_2025.at("imbalance, extended"),
    computed="gradients, losses and the duality gap of every candidate",
    tight="equality; for L ≥ 2 the list of candidates is not complete",
    experiments=(criticality, minimisation),
)
