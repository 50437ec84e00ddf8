"""Optima in logit space against closed forms and bounds."""

import numpy as np

from theory.cross_entropy.codes import (
    least_margin,
    mean_margin,
    paired_code,
    polygon_code,
    simplex_code,
    singular_values,
    weighted_code,
)
from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.decay_schedule import SERVING_DECAY, TRAILING_BOUND, reach, trailing_constant
from theory.cross_entropy.depth_threshold import depth_threshold, sharp_factors
from theory.cross_entropy.imbalance import seli_singular_values, step_sizes
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin


def depth_one_optima(run: Run) -> Evidence:
    """The convex problem solved in logit space from a random start, against α = log(1/μ − K + 1)."""
    from numerics.optimum.local import logit_optimum

    generator = run.generator("cross-entropy/collapse-is-global-at-depth-one", "optima")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes, samples, share in ((2, 1, 0.3), (3, 4, 0.1), (5, 2, 0.02), (8, 1, 0.5), (6, 3, 1.1)):
        decay = share / classes / samples**0.5
        mu = decay * samples**0.5
        scale = max(float(np.log(max(1 / mu - classes + 1, 1.0))), 0.0)
        loss = float(COLLAPSE.loss(scale=scale, classes=classes, factors=2, scaled_decay=mu))
        start = generator.standard_normal((classes, classes))
        found = logit_optimum([start], [samples] * classes, factors=2, weight_decay=decay)
        margins.append(Margin.equal(found.loss, loss, error=DESCENT_AGREEMENT))
        rows.append((classes, samples, decay, scale, loss, found.loss, found.rank))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} convex problems solved in logit space agree",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Depth one from a random start",
                ("K", "n", "λ", "α", "collapse", "found", "rank found"),
                tuple(rows),
            ),
        ),
    )


STEEP = 1.5
"""λ_L = c F^{−3/2}, which is o(1/L)."""


def optima_by_depth(run: Run) -> Evidence:
    """Optima in logit space for λ_L = c/F^{3/2}: singular values, depth by depth, against the bound."""
    from numerics.optimum.local import logit_optimum, spherical_starts

    generator = run.generator("cross-entropy/trailing-singular-values-decay", "optima")
    depths = (1, 2, 3, 4, 6, 8) if run.level == "quick" else (*range(1, 13), 16, 24, 32)
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    curves: list[Series] = []
    for sizes, start in (([1] * 6, 0.1), ([1] * 8, 0.05), ([5, 5, 5, 1, 1, 1], 0.05)):
        classes = len(sizes)
        polygon = polygon_code(classes).tolist()
        constant = trailing_constant(polygon, sizes, 2)
        bounds: list[float] = []
        for depth in depths:
            factors = depth + 1
            decay = start / factors**STEEP
            known = [6 * simplex_code(classes), 6 * paired_code(classes)]
            drawn = spherical_starts(classes, (2, 2, 3, 3, 4), scale=9.0, rng=generator)
            best = logit_optimum([*known, *drawn], sizes, factors=factors, weight_decay=decay)
            ratios = best.singular_values / best.singular_values[0]
            allowed = TRAILING_BOUND(
                trailing=constant, lower_rank=2, place=np.arange(1, classes + 1), factors=factors
            )
            bounds.append(float(allowed[2]))
            margins += [Margin.at_least(float(a), float(r)) for a, r in zip(allowed, ratios, strict=True)]
            served = bool(least_margin(best.code.tolist()) > 0)
            found = (best.loss, best.rank, *map(float, ratios[1:4]), float(allowed[2]), served)
            rows.append((_named(sizes), depth, decay, *found))
        third = tuple(max(float(row[6]), 1e-12) for row in rows if row[0] == _named(sizes))
        name = _named(sizes)
        curves.append(Series(f"σ₃/σ₁, {name}", tuple(map(float, depths)), third, "points"))
        curves.append(Series(f"bound, {name}", tuple(map(float, depths)), tuple(bounds), "dashed"))
    columns = ("classes", "L", "λ", "loss", "rank", "σ₂/σ₁", "σ₃/σ₁", "σ₄/σ₁", "bound on σ₃/σ₁", "all served")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} optima in logit space: rank 2 from L = {_rank_two_from(rows)} on",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table("Best optimum found in logit space, λ = c/(L+1)^{3/2}", columns, tuple(rows)),),
        plots=(
            Plot(
                "Third singular value of the optimum (zero drawn at 1e-12)",
                "L",
                "σ₃/σ₁",
                tuple(curves),
                y_log=True,
            ),
        ),
    )


def served_optima(run: Run) -> Evidence:
    """The least margin of optima in logit space, at the decay up to which every sample must be served."""
    from numerics.optimum.local import logit_optimum, spherical_starts

    generator = run.generator("cross-entropy/weak-decay-serves-every-class", "optima")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for sizes in ([1] * 4, [3] * 5, [1] * 8, [5, 5, 1, 1]):
        classes = len(sizes)
        polygon = polygon_code(classes).tolist()
        for depth in (1, 4) if run.level == "quick" else (1, 2, 4, 8):
            decay = float(
                SERVING_DECAY(
                    classes=classes,
                    samples=sum(sizes),
                    factors=depth + 1,
                    lower_rank=2,
                    reach=reach(polygon, sizes, 2),
                )
            )
            starts = [12 * simplex_code(classes), 12 * paired_code(classes), 20 * polygon_code(classes)]
            starts += spherical_starts(classes, (2, 3), scale=12.0, rng=generator)
            best = logit_optimum(starts, sizes, factors=depth + 1, weight_decay=decay)
            least = float(least_margin(best.code.tolist()))
            margins.append(Margin.at_least(least, 0.0))
            rows.append((_named(sizes), depth, decay, best.loss, best.rank, least))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} optima in logit space serve every class",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Best optimum found at the decay that serves every class",
                ("classes", "L", "λ", "loss", "rank", "least margin"),
                tuple(rows),
            ),
        ),
    )


def _named(sizes: list[int]) -> str:
    equal = len(set(sizes)) == 1
    return f"K = {len(sizes)}" if equal else f"sizes {', '.join(map(str, sizes))}"


def _rank_two_from(rows: list[tuple[str | int | float | bool, ...]]) -> int:
    """The least tabulated depth from which on every optimum has rank two."""
    deeper = [int(row[1]) for row in rows if int(row[4]) > 2]
    return min(int(row[1]) for row in rows if int(row[1]) > max(deeper, default=0))


def depth_one_minimisers(run: Run) -> Evidence:
    """Depth-one minimisers at falling λ: distance from Ẑ, rank, L₀ against the polygon, both rays at L₀."""
    from numerics.optimum.local import logit_optimum
    from numerics.ray_minimum import least_on_ray

    decays = (
        (1e-2, 1e-3, 1e-5, 1e-7) if run.level == "quick" else (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
    )
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes, minority, imbalance in ((4, 2, 10), (6, 3, 10), (6, 1, 100)):
        sizes = step_sizes(classes, minority, imbalance)
        seli, polygon = simplex_code(classes).tolist(), polygon_code(classes).tolist()
        values = seli_singular_values(classes, minority, imbalance)
        direct = singular_values(seli, sizes, classes - 1)
        margins.append(
            Margin.equal(
                float(np.max(np.abs(direct - sorted(values, reverse=True)))),
                0.0,
                error=LINEAR_ALGEBRA * classes * imbalance,
            )
        )
        lower_values = list(map(float, singular_values(polygon, sizes, 2)))
        target = weighted_code(seli, sizes)
        for decay in decays:
            found = logit_optimum([8.0 * simplex_code(classes)], sizes, factors=2, weight_decay=decay)
            code, rank = found.code.tolist(), found.rank
            if rank <= 2:
                rows.append((classes, minority, imbalance, decay, rank, "—", "—", "—", "—"))
                continue
            where = weighted_code(code, sizes)
            distance = float(np.linalg.norm(where / np.linalg.norm(where) - target / np.linalg.norm(target)))
            own = list(map(float, found.singular_values[:rank]))
            threshold = depth_threshold(
                float(mean_margin(code, sizes)), own, float(least_margin(polygon)), lower_values
            )
            shared = {"factors": threshold.factors}
            for tested in np.geomspace(1e-8, 0.1, 15):
                above = least_on_ray(code, sizes, rank=rank, weight_decay=float(tested), **shared)
                below = least_on_ray(polygon, sizes, rank=2, weight_decay=float(tested), **shared)
                margins.append(Margin.at_least(above.loss, below.loss, error=1e-9))
            limit = depth_threshold(1.0, values, float(least_margin(polygon)), lower_values)
            sharp = sharp_factors(own, lower_values, threshold)
            rows.append(
                (classes, minority, imbalance, decay, rank, distance, threshold.depth, sharp - 1, limit.depth)
            )
    nearest = min(float(row[5]) for row in rows if row[5] != "—")
    columns = ("K", "m", "R", "λ at depth one", "rank", "distance from Ẑ", "L₀", "sharp L₀", "L₀ of Ẑ")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} depth-one minimisers, nearest to Ẑ {nearest:.1g}",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table("Depth-one minimisers against the polygon, deep", columns, tuple(rows)),),
    )
