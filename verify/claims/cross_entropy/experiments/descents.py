"""Descent against the closed form of collapse."""

import numpy as np

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY, TURNING_SCALE
from theory.tolerances import DESCENT_AGREEMENT
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin


def descent(run: Run) -> Evidence:
    """Random factors descend to the closed form below the threshold, and to zero beyond it."""
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import descend_cross_entropy

    generator = run.generator("cross-entropy/collapse-scale", "descent")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes, samples, depth, share in (
        (3, 2, 1, 0.2),
        (4, 3, 1, 0.05),
        (3, 2, 2, 0.2),
        (3, 1, 3, 0.1),
        (3, 1, 2, 1.1),
    ):
        factors = depth + 1
        decay = share * COLLAPSE.existence(classes, factors) / samples ** (1 / factors)
        scaled = decay * samples ** (1 / factors)
        scale = COLLAPSE.stationary_scale.solve(classes=classes, factors=factors, scaled_decay=scaled) or 0.0
        loss = float(COLLAPSE.loss(classes=classes, factors=factors, scaled_decay=scaled, scale=scale))
        shapes = chain_shapes(classes=classes, samples=classes * samples, depth=depth, width=classes + 2)
        start = gaussian_factors(shapes, scale=0.6, rng=generator)
        labels = np.repeat(np.arange(classes), samples)
        end = descend_cross_entropy(start, labels, decay, step=0.5, max_steps=200_000)
        logits = end.product
        on_class = float(np.mean(logits[labels, np.arange(labels.size)]))
        measured = (on_class * classes - float(np.mean(logits.sum(axis=0)))) / (classes - 1)
        margins.append(Margin.equal(measured, scale, error=10 * np.sqrt(DESCENT_AGREEMENT)))
        margins.append(Margin.equal(end.loss, loss, error=DESCENT_AGREEMENT))
        rows.append((classes, samples, depth, decay, scale, measured, loss, end.loss))
    columns = ("K", "n", "L", "λ", "predicted α", "measured α", "predicted loss", "measured loss")
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"descent agrees in {len(rows)} runs, losses within {DESCENT_AGREEMENT:g}",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Descent from random factors", columns, tuple(rows)),),
        plots=(_decay_plot(),),
    )


def _decay_plot() -> Plot:
    scales = np.linspace(0.02, 8, 200)
    curves = tuple(
        Series(f"F = {factors}", tuple(map(float, scales)), tuple(map(float, COLLAPSE_DECAY(
            scale=scales, classes=4, factors=factors))))
        for factors in (2, 3, 4, 6)
    )  # fmt: skip
    turning = float(TURNING_SCALE(classes=4, factors=4))
    return Plot("Decay at which a collapse scale is critical (K = 4)", "α", "μ", curves,
                vertical_lines=((turning, "α_c, F = 4"),))  # fmt: skip
