"""Codes along their rays: each minimised over its scale, at many weight decays."""

from typing import Any

import numpy as np

from theory.cross_entropy.codes import (
    least_margin,
    mean_margin,
    paired_code,
    polygon_code,
    simplex_code,
    singular_values,
)
from theory.cross_entropy.decay_schedule import ZERO_DECAY
from theory.cross_entropy.depth_threshold import depth_threshold, sharp_factors
from theory.cross_entropy.superior_rank import parabola_code
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin

STEP_SIZES = {6: [40, 40, 40, 4, 4, 4], 9: [30, 30, 30, 30, 30, 3, 3, 3, 3]}
"""Majority and minority classes, ten to one."""


def structured_pairs(run: Run) -> Evidence:
    """Simplex, pairs, polygon and parabola against each other: both rays minimised over their scale."""
    from numerics.ray_minimum import least_on_ray

    decays = np.geomspace(1e-9, 0.3, 12 if run.level == "quick" else 60)
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes, sizes, names in (
        (4, [1] * 4, ("simplex", "paired")),
        (6, [1] * 6, ("simplex", "paired")),
        (6, [1] * 6, ("paired", "polygon")),
        (6, STEP_SIZES[6], ("simplex", "paired")),
        (9, [1] * 9, ("simplex", "polygon")),
        (9, [1] * 9, ("simplex", "parabola")),
        (9, STEP_SIZES[9], ("simplex", "polygon")),
    ):
        (code, rank), (lower, lower_rank) = (_structure(name, classes) for name in names)
        values, lower_values = singular_values(code, sizes, rank), singular_values(lower, sizes, lower_rank)
        threshold = depth_threshold(
            float(mean_margin(code, sizes)), list(values), float(least_margin(lower)), list(lower_values)
        )
        for factors in (threshold.factors, threshold.factors + 3):
            for decay in decays:
                shared: dict[str, Any] = {"factors": factors, "weight_decay": float(decay)}
                above = least_on_ray(code, sizes, rank=rank, **shared)
                below = least_on_ray(lower, sizes, rank=lower_rank, **shared)
                margins.append(Margin.at_least(above.loss, below.loss, error=1e-9))
        sharp = sharp_factors(list(values), list(lower_values), threshold)
        wins = _still_wins_somewhere(code, lower, sizes, (rank, lower_rank), sharp - 1, decays)
        rows.append(
            (classes, "equal" if len(set(sizes)) == 1 else "10 : 1", *names, rank, lower_rank,
             threshold.excess, threshold.bound, threshold.depth, sharp - 1, wins)
        )  # fmt: skip
    columns = (
        "K",
        "sizes",
        "X",
        "X'",
        "p",
        "q",
        "R",
        "bound on F",
        "L₀",
        "sharp L₀",
        "one less: X wins at some λ",
    )
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(margins)} pairs of rays minimised directly",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table("From which depth the lower rank wins at every weight decay", columns, tuple(rows)),),
    )


def _structure(name: str, classes: int) -> tuple[Any, int]:
    return {
        "simplex": (simplex_code(classes), classes - 1),
        "paired": (paired_code(classes), (classes + 1) // 2),
        "polygon": (polygon_code(classes), 2),
        "parabola": (parabola_code(classes), 2),
    }[name]


def _still_wins_somewhere(
    code: Any, lower: Any, sizes: list[int], ranks: tuple[int, int], factors: int, decays: Any
) -> str:
    """Whether the higher rank wins at some decay one layer below the sharp depth."""
    from numerics.ray_minimum import least_on_ray

    if factors < 2:
        return "no such depth"
    for decay in decays:
        shared: dict[str, Any] = {"factors": factors, "weight_decay": float(decay)}
        above = least_on_ray(code, sizes, rank=ranks[0], **shared)
        below = least_on_ray(lower, sizes, rank=ranks[1], **shared)
        if above.loss < below.loss - 1e-9:
            return f"yes, λ = {decay:.1e}"
    return "not at the λ tried"


def against_collapse(run: Run) -> Evidence:
    """The threshold beside the decays at which collapse, pairs and polygons stop beating zero."""
    from numerics.ray_minimum import least_on_ray

    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for classes in (2, 3, 4, 6, 10):
        rays = [("collapse", simplex_code(classes), classes - 1)]
        if classes >= 4:
            rays += [("paired", paired_code(classes), classes // 2), ("polygon", polygon_code(classes), 2)]
        for factors in (2, 3, 4, 8, 16, 64):
            sizes = [1] * classes
            threshold = float(
                ZERO_DECAY(classes=classes, samples_per_class=1, samples=classes, factors=factors)
            )
            best = 0.0
            for _, code, rank in rays:
                low, high = threshold * 1e-3, threshold * 1.01
                above = least_on_ray(code, sizes, rank=rank, factors=factors, weight_decay=high)
                margins.append(Margin.equal(above.loss, float(np.log(classes)), error=0.0))
                for _ in range(30):
                    middle = (low * high) ** 0.5
                    found = least_on_ray(code, sizes, rank=rank, factors=factors, weight_decay=middle)
                    low, high = (middle, high) if found.scale > 0 else (low, middle)
                best = max(best, low)
            rows.append((classes, factors - 1, threshold, best, threshold / best))
    largest = max(float(row[4]) for row in rows)
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} thresholds, at most {largest:.3g} × the best known structure's",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Decay that leaves nothing, and the largest at which a known structure beats zero (n = 1)",
                ("K", "L", "threshold λ", "best known structure", "ratio"),
                tuple(rows),
            ),
        ),
    )
