"""Descent on both sides of the first-order transition."""

import numpy as np

from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY, MODE_LOSS, large_root
from theory.tolerances import DESCENT_AGREEMENT
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin


def descent(run: Run) -> Evidence:
    """Descent from the large root and from near zero, on both sides of ν* and beyond existence."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.descent.linear_chain import descend_squared_loss

    generator = run.generator("squared-loss/first-order-transition", "descent")
    classes, factors = 3, 3
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    transition = float(GLOBAL_DECAY(target=1.0, factors=factors))
    existence = float(EXISTENCE_DECAY(target=1.0, factors=factors))
    for place, decay in (
        ("below ν*", 0.9 * transition),
        ("above ν*", 1.1 * transition),
        ("no root", 1.1 * existence),
    ):
        root = large_root(1.0, decay, factors) or 0.0
        predicted = MODE_LOSS(singular_value=root, target=1.0, mode_decay=decay, factors=factors)
        ends: list[float] = []
        for size, goal in ((1.0, float(predicted)), (0.05, 0.5)):
            start = balanced_factors(size * np.eye(classes), factors=factors, width=4, rng=generator)
            start = [factor + 0.01 * generator.standard_normal(factor.shape) for factor in start]
            end = descend_squared_loss(start, np.eye(classes), decay / classes, step=0.3, max_steps=100_000)
            ends.append(end.loss)
            margins.append(Margin.equal(end.loss, goal, error=DESCENT_AGREEMENT))
        if root:
            winner, loser = (ends[0], ends[1]) if decay < transition else (ends[1], ends[0])
            margins.append(Margin.at_least(loser, winner, error=DESCENT_AGREEMENT))
        rows.append((place, decay, root, float(predicted), ends[0], ends[1]))
    columns = ("side", "ν", "predicted σ", "predicted loss", "descent from σ = 1", "descent from σ = 0.05")
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"{len(margins)} comparisons on both sides of ν*, within {DESCENT_AGREEMENT:g}",
        instances=2 * len(rows),
        worst=worst_of(margins),
        tables=(Table(f"K = 3, F = 3, y = 1, ν* = {transition:.5f}", columns, tuple(rows)),),
        plots=(_jump(factors),),
    )


def _jump(factors: int) -> Plot:
    transition = float(GLOBAL_DECAY(target=1.0, factors=factors))
    existence = float(EXISTENCE_DECAY(target=1.0, factors=factors))
    decays = np.linspace(0.01, existence * (1 - 1e-6), 120)
    roots = [large_root(1.0, float(decay), factors) or 0.0 for decay in decays]
    optimal = [(float(decay), root) for root, decay in zip(roots, decays, strict=True) if decay <= transition]
    jump = large_root(1.0, transition, factors) or 0.0
    optimal += [(transition, jump), (transition, 0.0), (existence, 0.0)]
    return Plot(
        "The optimum of a mode jumps to zero (F = 3, y = 1)",
        "ν",
        "σ",
        (
            Series("large root", tuple(map(float, decays)), tuple(roots), "dashed"),
            Series("global optimum", tuple(x for x, _ in optimal), tuple(y for _, y in optimal)),
        ),
        vertical_lines=((transition, "ν*"), (existence, "existence")),
    )
