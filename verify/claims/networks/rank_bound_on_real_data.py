"""The rank bound on every layer of plain, residual and convolutional networks trained on real data.

Statement   Every bound of networks/rank-bound, with its residual, holds on each layer of each network trained
            on digits, wine, diabetes and linnerud, weight decays over three decades and one beyond.
Source      2402.03991; the bound is that of networks/rank-bound, the networks and data are this project's.
Computed    L-BFGS (at full level polished by Newton–CG) from random parameters; per layer: ranks, singular
            values, TCV, bound over actual, bound over ‖W‖, the residual's share. Clusters are the classes,
            for regression k-means clusters of the targets; then k-means with every C.
Tight       no. With classes as clusters the bound informs on few layers: real classes are loose. It falls
            below ‖W‖ where λ or C is large; where every weight is 0 (dead) it says nothing, as tables tell.
"""

from collections.abc import Callable

import numpy as np

from theory.sources import ZANGRANDO_2024
from verify.claim import Claim, Run
from verify.claims.networks.real_data.cases import CASES, Case, digits_plain, wine_plain
from verify.claims.networks.real_data.measured import (
    BOUND_COLUMNS,
    RANK_COLUMNS,
    TRAINING_COLUMNS,
    MeasuredLayer,
    MeasuredNetwork,
    measure,
)
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

STREAM = "networks/rank-bound-on-real-data"
QUICK_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1, 0.6)
FULL_DECAYS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 0.6)


def every_layer(run: Run) -> Evidence:
    """Every layer of every network at every weight decay, clusters by class or by target."""
    groups = [_over_decays(run, make) for make in CASES]
    networks = [network for group in groups for network in group]
    layers = [layer for network in networks for layer in network.layers]
    margins = [margin for layer in layers for margin in layer.margins]
    readings = [layer.reading for layer in layers]
    ratios = [layer.bound.ratio for layer in layers if not layer.dead and layer.bound.ratio is not None]
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=(
            f"{len(networks)} networks: holds on all {len(layers)} layers, informs on "
            f"{readings.count('informs')}, vacuous on {readings.count('vacuous')}, "
            f"{readings.count('rank ≤ C anyway')} have rank ≤ C anyway, {readings.count('dead')} are dead"
        ),
        instances=len(margins),
        worst=worst_of(margins),
        tightness=min(ratios, default=None),
        tables=(
            Table("How training ended", TRAINING_COLUMNS, tuple(network.row for network in networks)),
            *(table for group in groups for table in _tables(group)),
        ),
        plots=tuple(plot for group in groups for plot in _plots(group)),
        versions=versions("scipy", "scikit-learn"),
    )


def _over_decays(run: Run, make: Callable[[np.random.Generator], Case]) -> list[MeasuredNetwork]:
    """One network, from the same start at every weight decay."""
    case = make(run.generator(STREAM, make.__name__, "data"))
    quick = run.level == "quick"
    return [
        measure(
            case,
            decay,
            run.generator(STREAM, make.__name__, "start"),
            steps=200 if quick else 1_500,
            polish=0 if quick or "ReLU" in case.name else 2_500,
        )
        for decay in (QUICK_DECAYS if quick else FULL_DECAYS)
    ]


def _tables(group: list[MeasuredNetwork]) -> tuple[Table, Table]:
    """Ranks and variations, then bounds, of every layer at every λ."""
    layers = [(item.weight_decay, layer) for item in group for layer in item.layers]
    name, clusters = group[0].case.name, group[0].layers[0].bound.clusters
    ranks = tuple((decay, *layer.rank_row) for decay, layer in layers)
    bounds = tuple((decay, *layer.bound_row) for decay, layer in layers)
    return (
        Table(f"{name}: ranks and variation, C = {clusters}", ("λ", *RANK_COLUMNS), ranks),
        Table(f"{name}: the bound, C = {clusters}", ("λ", *BOUND_COLUMNS), bounds),
    )


def _plots(group: list[MeasuredNetwork]) -> list[Plot]:
    """Effective rank, bound/‖W‖ and variation of every layer against λ where it lives; then spectra."""
    title = group[0].case.name
    decays = tuple(item.weight_decay for item in group)
    vacuous = Series("vacuous above", decays, (1.0,) * len(decays), style="dashed")
    return [
        Plot(
            f"{title}: effective rank", "λ", "effective rank",
            _against_decay(group, lambda layer: layer.effective_rank), x_log=True,
        ),
        Plot(
            f"{title}: bound over ‖W‖", "λ", "bound/‖W‖",
            (*_against_decay(group, lambda layer: layer.bound.relative or np.nan), vacuous),
            x_log=True, y_log=True,
        ),
        Plot(
            f"{title}: variation of the inputs", "λ", "TCV(z)",
            _against_decay(group, lambda layer: layer.bound.input_variation), x_log=True, y_log=True,
        ),
        *(
            _spectrum(group, index)
            for index, layer in enumerate(group[0].layers)
            if min(layer.shape) > layer.bound.clusters
        ),
    ]  # fmt: skip


def _against_decay(group: list[MeasuredNetwork], of: Callable[[MeasuredLayer], float]) -> tuple[Series, ...]:
    """A number of each layer, one curve a layer, without the dead."""
    curves: list[Series] = []
    for index, layer in enumerate(group[0].layers):
        alive = [item for item in group if not item.layers[index].dead]
        numbers = tuple(of(item.layers[index]) for item in alive)
        curves.append(Series(layer.name, tuple(item.weight_decay for item in alive), numbers))
    return tuple(curves)


def _spectrum(group: list[MeasuredNetwork], index: int) -> Plot:
    """The singular values of one layer over ‖W‖, a curve for each decade of λ; rounding drawn at 1e-12."""
    curves: list[Series] = []
    for item in group:
        layer = item.layers[index]
        if item.weight_decay in QUICK_DECAYS and not layer.dead:
            relative = tuple(max(float(v), 1e-12) for v in layer.singular_values / layer.bound.weight_norm)
            order = tuple(float(j) for j in range(1, len(relative) + 1))
            curves.append(Series(f"λ = {item.weight_decay:g}", order, relative))
    title = f"{group[0].case.name}, {group[0].layers[index].name}: singular values"
    return Plot(title, "j", "σ_j/‖W‖", tuple(curves), y_log=True)


def tail_curves(run: Run) -> Evidence:
    """k-means clusters for every C: the whole tail of the first two layers against its bound."""
    from numerics.clustering.tail_curve import tail_curve

    quick = run.level == "quick"
    margins: list[Margin] = []
    plots: list[Plot] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for make in (wine_plain, digits_plain):
        case = make(run.generator(STREAM, make.__name__, "data"))
        trained = measure(
            case, 1e-2, run.generator(STREAM, make.__name__, "start"),
            steps=400 if quick else 1_500, polish=0 if quick else 2_500,
        )  # fmt: skip
        for item in case.objective(1e-2).linear_maps(trained.trained.parameters)[:2]:
            most = min(item.weight.shape) - 1
            counts = sorted({*range(1, most + 1, 3 if quick else 1), most})
            curve = tail_curve(
                item.weight, item.inputs, item.deltas, item.residual, item.weight_decay, clusters=counts
            )
            norm = curve[0].weight_norm
            margins += [
                Margin.at_least(bound.sharpest, bound.distance, error=1e-12 * (norm + bound.sharpest))
                for bound in curve
            ]
            informed = [bound.clusters for bound in curve if not bound.vacuous]
            rows.append(
                (
                    case.name,
                    item.name,
                    trained.trained.stationarity,
                    min(informed, default=0) or "none",
                    curve[-1].clusters,
                    curve[-1].sharpest / norm,
                )
            )
            where = tuple(float(bound.clusters) for bound in curve)
            plots.append(
                Plot(
                    f"{case.name}, {item.name}: tail beyond C, λ = 0.01",
                    "C",
                    "tail beyond rank C and its bound",
                    (
                        Series("tail", where, tuple(max(b.distance, 1e-6 * norm) for b in curve)),
                        Series("bound, k-means", where, tuple(bound.sharpest for bound in curve)),
                        Series("of which ‖R‖/λ", where, tuple(bound.residual for bound in curve)),
                        Series("‖W‖", where, (norm,) * len(where), style="dashed"),
                    ),
                    y_log=True,
                )
            )
    columns = ("network", "layer", "‖R‖/λ‖W‖", "informs from C =", "largest C", "bound/‖W‖ there")
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"tail curves by k-means: holds at {len(margins)} points",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table("The whole tail by k-means, λ = 0.01", columns, tuple(rows)),),
        plots=tuple(plots),
        versions=versions("scipy", "scikit-learn"),
    )


CLAIM = Claim(
    id="networks/rank-bound-on-real-data",
    title="The rank bound holds on every layer of networks trained on real data, and seldom informs",
    statement=(
        r"\left(\sum_{j>C}\sigma_j(W)^2\right)^{1/2}\le\min(B_0,B_1,B_2)+\frac{\|R\|_F}\lambda"
        r"\quad\text{on every layer trained on digits, wine, diabetes and linnerud}"
    ),
    source=ZANGRANDO_2024.at("rank bound, experiments"),
    computed="bounds, ranks, singular values and variation of every layer against the weight decay",
    tight="no; how many layers it informs on is in the summary",
    experiments=(every_layer, tail_curves),
)
