"""Ratios of Hessian norms along decreasing decay, and from dense Hessians."""

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.landscape.norm_ratio import FROBENIUS_LIMIT, TRACE_LIMIT, norm_ratios, spectral_limit
from theory.tolerances import LIMIT_EXTRAPOLATION, LINEAR_ALGEBRA
from verify.claim import Run
from verify.claims.landscape.experiments.dense_hessian import dense_hessian, pairs, simplex
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin

SHOWN = (10.0, 30.0, 100.0, 300.0, 1e3, 1e4, 1e5, 1e6)
SETTINGS = ((4, 2, 1, 4), (4, 3, 1, 4), (4, 4, 1, 4), (6, 3, 1, 6), (6, 3, 5, 12), (10, 5, 2, 10))
"""K, F, n, d."""
DENSE_SETTINGS = ((4, 2, 1, 4), (4, 3, 2, 5), (4, 4, 1, 4), (6, 3, 1, 6))
_NORMS: dict[str, Callable[[Any], float]] = {
    "trace": lambda matrix: float(np.trace(matrix)),
    "spectral": lambda matrix: float(np.linalg.norm(matrix, 2)),
    "frobenius": lambda matrix: float(np.linalg.norm(matrix)),
}


def convergence(run: Run) -> Evidence:
    """The three ratios along decreasing decay, and their extrapolation in 1/α against the constants."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    curves: list[Series] = []
    for classes, factors, samples, width in SETTINGS:
        place = {"classes": classes, "factors": factors, "width": width, "samples_per_class": samples}
        where = {"classes": classes, "factors": factors, "samples_per_class": samples}
        limits = (
            float(TRACE_LIMIT(**where)), spectral_limit(classes, factors), float(FROBENIUS_LIMIT(**where))
        )  # fmt: skip
        found = [norm_ratios(collapse_scale=scale, **place) for scale in SHOWN]
        for ratios in found:
            shown = (ratios.trace, ratios.spectral, ratios.frobenius)
            rows.append((classes, factors, samples, width, ratios.collapse_scale, *shown))
        near, far = found[-2], found[-1]
        for name, limit in zip(("trace", "spectral", "frobenius"), limits, strict=True):
            extrapolated = (10 * getattr(far, name) - getattr(near, name)) / 9
            margins.append(Margin.equal(extrapolated, limit, error=LIMIT_EXTRAPOLATION))
        rows.append((classes, factors, samples, width, "limit", *limits))
        distance = tuple(abs(ratios.frobenius - limits[2]) for ratios in found)
        curves.append(Series(f"K = {classes}, F = {factors}, n = {samples}, d = {width}", SHOWN, distance))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"limits reached within {max(-margin.value for margin in margins):.1g}, α up to 10⁶",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Ratios of Hessian norms, collapse over paired",
                ("K", "F", "n", "d", "α", "trace", "spectral", "Frobenius"),
                tuple(rows),
            ),
        ),
        plots=(
            Plot("Distance of the Frobenius ratio from its limit", "α", "distance", tuple(curves),
                 x_log=True, y_log=True),
        ),
    )  # fmt: skip


def dense_ratios(run: Run) -> Evidence:
    """The same ratios from dense Hessians at decays that floats can reach."""
    margins: list[Margin] = []
    for classes, factors, samples, width in DENSE_SETTINGS:
        for scale in (4.0, 9.0, 16.0):
            place = {"classes": classes, "factors": factors, "width": width, "samples_per_class": samples}
            ratios = norm_ratios(collapse_scale=scale, **place)
            collapse = dense_hessian(simplex(classes), scale, ratios.log_decay, place)
            paired = dense_hessian(pairs(classes // 2), ratios.paired_scale, ratios.log_decay, place)
            error = LINEAR_ALGEBRA * (1 + scale) * collapse.shape[0]
            for name, norm in _NORMS.items():
                margins.append(
                    Margin.equal(norm(collapse) / norm(paired), getattr(ratios, name), error=error)
                )
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(margins)} ratios of dense Hessians agree",
        instances=len(margins),
        worst=worst_of(margins),
    )
