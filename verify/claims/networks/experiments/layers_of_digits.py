"""The rank bound on every layer of networks trained on the digits."""

from theory.networks.rank_bound import rank_bound
from verify.claim import Run
from verify.claims.networks.experiments.readings import COLUMNS, Row, margins_of, row
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

DIGITS_DECAYS = (0.003, 0.02, 0.08)


def layers_of_digits(run: Run) -> Evidence:
    """tanh and ReLU networks on the digits images: every layer, several weight decays, clusters by class."""
    from numerics.data import digits as images
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities, train_network

    inputs, labels = images()
    steps = 600 if run.level == "quick" else 6_000
    margins: list[Margin] = []
    rows: list[Row] = []
    curves: list[Series] = []
    for activation in ("tanh", "relu"):
        tails: list[float] = []
        for decay in DIGITS_DECAYS:
            generator = run.generator("networks/rank-bound", "digits", activation, str(decay))
            start = random_network([64, 32, 32, 10], activation, generator)
            trained = train_network(
                start, inputs, labels, decay, loss="cross-entropy", step=0.3, max_steps=steps, momentum=0.9
            )
            layers = layer_quantities(trained, inputs, labels, decay, loss="cross-entropy")
            for index, layer in enumerate(layers, start=1):
                bound = rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, labels)
                margins += margins_of(bound)
                rows.append((activation, decay, index, *row(bound, layer.weight.shape[0])))
            first = rank_bound(
                layers[0].weight, layers[0].inputs, layers[0].deltas, layers[0].residual, decay, labels
            )
            tails.append(max(first.distance / first.weight_norm, 1e-16))
        curves.append(Series(f"{activation}, layer 1", DIGITS_DECAYS, tuple(tails)))
    readings = [str(row[-1]) for row in rows]
    informs, vacuous = readings.count("informs"), readings.count("vacuous")
    columns = ("activation", "λ", "layer", *COLUMNS)
    ratios = [found.ratio for found in margins if found.ratio is not None]
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"digits: holds, informs {informs} layers, vacuous in {vacuous}",
        instances=len(margins),
        worst=worst_of(margins),
        tightness=min(ratios) if ratios else None,
        tables=(Table("Digits, 64–32–32–10, clusters by class (C = 10)", columns, tuple(rows)),),
        plots=(
            Plot(
                "Distance to rank 10 falls with weight decay (digits)",
                "λ",
                "tail / ‖W‖",
                tuple(curves),
                x_log=True,
                y_log=True,
            ),
        ),
        versions=versions("numba", "scikit-learn"),
    )
