"""Where the rank bound informs: networks on mixtures of Gaussians, over decay, spread, depth and clusters.

Two tasks set the ends. To reconstruct its input a network has to keep what varies within clusters: weights
have a true tail beyond rank C, and B0 finds it. To tell classes apart it need not: at critical points hidden
weights end at rank K − 1 to rounding while the bound falls with the variation only, so it is far from tight.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.networks.rank_bound import RankBound, rank_bound
from verify.claim import Run
from verify.claims.networks.experiments.readings import COLUMNS, Row, margins_of, row
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

Array: TypeAlias = NDArray[np.float64]
Task: TypeAlias = Literal["reconstruct", "classify"]
CLASSES, PER_CLASS, UNITS, HIDDEN = 3, 20, 8, 12
DECAYS = (0.003, 0.03, 0.3)
STREAM = "networks/rank-bound"


def mixture(
    classes: int, per_class: int, units: int, spread: float, generator: np.random.Generator
) -> tuple[Array, NDArray[np.int64]]:
    """Samples about normal centres, `spread` times a normal deviation away; labels in turn."""
    labels = np.arange(classes * per_class, dtype=np.int64) % classes
    centres = generator.standard_normal((units, classes))
    return centres[:, labels] + spread * generator.standard_normal((units, labels.size)), labels


def trained_layers(
    run: Run, task: Task, depth: int, spread: float, decay: float
) -> tuple[list[tuple[Array, Array, Array, Array]], NDArray[np.int64]]:
    """Weight, inputs, deltas and residual of every layer of a tanh network after training; the labels."""
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities, train_network

    inputs, labels = mixture(CLASSES, PER_CLASS, UNITS, spread, run.generator(STREAM, "mixture"))
    outputs = UNITS if task == "reconstruct" else CLASSES
    sizes = [UNITS, *[HIDDEN] * (depth - 1), outputs]
    start = random_network(sizes, "tanh", run.generator(STREAM, task, str(depth), str(spread), str(decay)))
    answers = inputs if task == "reconstruct" else labels
    loss = "squared" if task == "reconstruct" else "cross-entropy"
    steps = 3_000 if run.level == "quick" else 30_000
    trained = train_network(
        start, inputs, answers, decay, loss=loss, step=0.05 if loss == "squared" else 0.3, max_steps=steps,
        momentum=0.9,
    )  # fmt: skip
    layers = layer_quantities(trained, inputs, answers, decay, loss=loss)
    return [(layer.weight, layer.inputs, layer.deltas, layer.residual) for layer in layers], labels


def _cases(run: Run) -> Iterator[tuple[Task, int, float, float]]:
    depths = (1, 2) if run.level == "quick" else (1, 2, 3, 4)
    spreads = (0.1, 1.0) if run.level == "quick" else (0.03, 0.1, 0.3, 1.0)
    for depth in depths:
        for spread in spreads:
            for decay in DECAYS:
                yield "reconstruct", depth, spread, decay
    for spread in spreads:
        yield "classify", 2, spread, 0.03


def regimes(run: Run) -> Evidence:
    """The regime map: the first layer's bound over λ, spread and depth, clusters by class."""
    margins: list[Margin] = []
    rows: list[Row] = []
    curves: dict[tuple[int, float], list[RankBound]] = {}
    for task, depth, spread, decay in _cases(run):
        layers, labels = trained_layers(run, task, depth, spread, decay)
        for number, layer in enumerate(layers, start=1):
            bound = rank_bound(*layer, decay, labels)
            margins += margins_of(bound)
            rows.append((task, depth, spread, decay, number, *row(bound, layer[0].shape[0])))
            if number == 1 and task == "reconstruct":
                curves.setdefault((depth, spread), []).append(bound)
    deepest = max(depth for depth, _ in curves)
    shown = {spread: bounds for (depth, spread), bounds in curves.items() if depth == deepest}
    readings = [str(entry[-len(COLUMNS)]) for entry in rows]
    near = sum(isinstance(entry[-2], float) and entry[-2] <= 3 for entry in rows)
    columns = ("task", "depth", "spread", "λ", "layer", *COLUMNS)
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"mixtures: of {len(rows)} layers the bound is within 3 of the truth in {near}, informs in "
        f"{readings.count('informs')}, is vacuous in {readings.count('vacuous')}",
        instances=len(margins),
        worst=worst_of(margins),
        tightness=min((entry[-2] for entry in rows if isinstance(entry[-2], float)), default=None),
        tables=(
            *_two_settings(rows),
            Table("Where the bound informs: tanh on three Gaussians, C = 3", columns, tuple(rows)),
        ),
        plots=(
            Plot(
                f"Bound and truth over weight decay (reconstruction, depth {deepest}, layer 1)",
                "λ",
                "tail beyond rank 3, over ‖W‖",
                tuple(
                    curve for spread, bounds in shown.items() for curve in _bound_and_truth(spread, bounds)
                ),
                x_log=True,
                y_log=True,
            ),
        ),
        versions=versions("numba"),
    )


def _two_settings(rows: list[Row]) -> tuple[Table, ...]:
    """The tightest layer of reconstruction and the most vacuous one of classification, and why."""
    tight = [entry for entry in rows if entry[0] == "reconstruct" and isinstance(entry[-2], float)]
    loose = [entry for entry in rows if entry[0] == "classify" and "vacuous" in entry]
    tight.sort(key=lambda entry: float(entry[-2]))
    loose.sort(key=lambda entry: -float(entry[-1]))
    columns = ("task", "depth", "spread", "λ", "layer", *COLUMNS)
    return tuple(
        Table(why, columns, (entries[0],))
        for entries, why in (
            (
                tight,
                "Near the truth: outputs have to vary with the samples of a cluster, so that W has a tail, "
                "and δ is what is left of that same variation: B0 loses little",
            ),
            (
                loose,
                "Vacuous: samples of a class vary, the answer does not. The units have merged into copies, "
                "up to sign, of a few: that is W's rank, which no bound by the size of variations sees",
            ),
        )
        if entries
    )


def _bound_and_truth(spread: float, bounds: list[RankBound]) -> tuple[Series, Series]:
    """Over the decays; what is all rounding is drawn at 1e-12."""
    bound = tuple(max(found.relative or 0.0, 1e-12) for found in bounds)
    truth = tuple(max(found.distance / (found.weight_norm or 1.0), 1e-12) for found in bounds)
    return (
        Series(f"bound, spread {spread:g}", DECAYS, bound),
        Series(f"tail, spread {spread:g}", DECAYS, truth, "dashed"),
    )


def reconstruction(run: Run) -> Evidence:
    """The tail curve C ↦ bound of a network whose truth has a tail, k-means clusters of inputs and deltas."""
    from numerics.clustering.tail_curve import tail_curve

    spread, decay = 0.3, 0.03
    layers, _ = trained_layers(run, "reconstruct", 2, spread, decay)
    margins: list[Margin] = []
    rows: list[Row] = []
    plotted: list[Series] = []
    for number, layer in enumerate(layers, start=1):
        curve = tail_curve(*layer, decay)
        for bound in curve:
            margins += margins_of(bound)
            rows.append((number, bound.clusters, *row(bound, layer[0].shape[0])))
        counts = tuple(float(bound.clusters) for bound in curve)
        plotted.append(Series(f"bound, layer {number}", counts, tuple(bound.sharpest for bound in curve)))
        plotted.append(
            Series(f"tail, layer {number}", counts, tuple(bound.distance for bound in curve), "dashed")
        )
    ratios = [entry[-2] for entry in rows if isinstance(entry[-2], float)]
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"tail curve C = 1…{UNITS - 1}: bound/truth {min(ratios):.2g} to {max(ratios):.2g}",
        instances=len(margins),
        worst=worst_of(margins),
        tightness=min(ratios),
        tables=(
            Table(
                f"Every C: reconstruction (spread {spread}, λ = {decay}), k-means clusters",
                ("layer", "C", *COLUMNS),
                tuple(rows),
            ),
        ),
        plots=(
            Plot(
                "The tail of the weights and its bound at every C", "C", "tail beyond rank C", tuple(plotted)
            ),
        ),
        versions=versions("numba", "scikit-learn"),
    )
