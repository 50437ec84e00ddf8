"""Weight matrices are near rank C when samples vary little within C clusters.

Statement   (Σ_{j>C} σ_j(W)²)^{1/2} ≤ B + ‖R‖_F/λ for B = B0, B1, B2 (and B0, B1 for the nuclear tail), at any
            parameters of any network; R is the gradient of the full loss, zero at a critical point.
Source      2402.03991; reconstruction from its abstract, residual form and proof derived for this project.
Computed    the bounds on random networks, and on every layer of tanh and ReLU networks trained on the
            scikit-learn digits images for several weight decays, clusters by class.
Tight       rarely: on loosely clustered data the bounds exceed ‖W‖_F and say nothing (reported as vacuous).
"""

from typing import Any

import numpy as np

from theory.networks.rank_bound import RankBound, rank_bound
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin

ACTIVATIONS = ("tanh", "relu", "linear")
DIGITS_DECAYS = (0.003, 0.02, 0.08)


def margins_of(bound: RankBound) -> list[Margin]:
    """One margin for every bound, Frobenius and nuclear."""
    found: list[Margin] = []
    for distance, bounds, residual in (
        (bound.distance, bound.frobenius, bound.residual),
        (bound.nuclear_distance, bound.nuclear, bound.nuclear_residual),
    ):
        for value in bounds.values():
            error = LINEAR_ALGEBRA * (bound.weight_norm + value + residual)
            found.append(Margin.at_least(value + residual, distance, error=error))
    return found


def margin(instance: Instance) -> Margin:
    """The worst margin over layers and bounds of a random network at random parameters."""
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities

    generator = np.random.default_rng(instance["seed"])
    classes, samples, decay = instance["classes"], instance["samples"], float(instance["weight_decay"])
    widths = [*instance["widths"], classes]
    network = random_network(widths, ACTIVATIONS[instance["activation"]], generator)
    labels = np.arange(samples) % classes
    centres = generator.standard_normal((widths[0], classes))
    inputs = centres[:, labels] + float(instance["spread"]) * generator.standard_normal((widths[0], samples))
    layers = layer_quantities(network, inputs, labels, decay, loss="cross-entropy")
    return worst_of(
        [
            found
            for layer in layers
            for found in margins_of(
                rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, labels)
            )
        ]
    )


def meets_hypotheses(instance: Instance) -> bool:
    """Every class has a sample, every layer a unit, λ > 0."""
    sizes = (instance["classes"] - 1, *instance["widths"])
    known = 0 <= instance["activation"] < len(ACTIVATIONS) and instance["seed"] >= 0
    enough = instance["samples"] >= instance["classes"] and min(sizes) >= 1
    return enough and known and instance["weight_decay"] > 0 and instance["spread"] >= 0


def instances() -> Any:
    """Small networks named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 4),
            "samples": st.integers(4, 12),
            "widths": st.lists(st.integers(2, 8), min_size=1, max_size=3),
            "activation": st.integers(0, 2),
            "weight_decay": st.floats(1e-4, 10),
            "spread": st.floats(0, 3),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Networks of one to four layers, spreads from none to large, weight decays over five decades."""
    classes = int(generator.integers(2, 6))
    return {
        "classes": classes,
        "samples": int(generator.integers(classes, 40)),
        "widths": [int(width) for width in generator.integers(2, 16, size=generator.integers(1, 5))],
        "activation": int(generator.integers(0, 3)),
        "weight_decay": float(10.0 ** generator.uniform(-4, 1)),
        "spread": float(generator.choice([0.0, 10.0 ** generator.uniform(-3, 0.5)])),
        "seed": int(generator.integers(0, 2**31)),
    }


def digits(run: Run) -> Evidence:
    """tanh and ReLU networks on the digits images: every layer, several weight decays, clusters by class."""
    from numerics.data import digits as images
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities, train_network

    inputs, labels = images()
    steps = 600 if run.level == "quick" else 6_000
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
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
                rows.append((activation, decay, index, *_row(bound, layer.weight.shape[0])))
            first = rank_bound(
                layers[0].weight, layers[0].inputs, layers[0].deltas, layers[0].residual, decay, labels
            )
            tails.append(max(first.distance / first.weight_norm, 1e-16))
        curves.append(Series(f"{activation}, layer 1", DIGITS_DECAYS, tuple(tails)))
    readings = [str(row[-1]) for row in rows]
    informs, vacuous = readings.count("informs"), readings.count("vacuous")
    columns = ("activation", "λ", "layer", "distance to rank 10", "‖W‖", "B0", "B1", "B2", "‖R‖/λ",
               "TCV(z)", "bound/actual", "bound/‖W‖", "reading")  # fmt: skip
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


def _reading(bound: RankBound, rows: int) -> str:
    """What the bound tells: nothing new where the matrix has no more rows than clusters, or beyond ‖W‖."""
    if rows <= bound.clusters:
        return "rank ≤ C anyway"
    return "vacuous" if bound.vacuous else "informs"


def _row(bound: RankBound, rows: int) -> tuple[str | int | float | bool, ...]:
    sharpest = min(bound.frobenius.values()) + bound.residual
    return (
        bound.distance,
        bound.weight_norm,
        *bound.frobenius.values(),
        bound.residual,
        bound.input_variation,
        sharpest / bound.distance if bound.distance > LINEAR_ALGEBRA * bound.weight_norm else "—",
        sharpest / bound.weight_norm,
        _reading(bound, rows),
    )


CLAIM = Claim(
    id="networks/rank-bound",
    title="Weight decay and small within-class variation force weights near rank C",
    statement=(
        r"\left(\sum_{j>C}\sigma_j(W)^2\right)^{1/2}"
        r"\le \frac1{\lambda N}\|\Delta\mathcal Z^\top\|_F+\frac{\|R\|_F}\lambda"
        r"\le\frac1\lambda\sqrt{\mathrm{TCV}(\delta)\,\mathrm{TCV}(z)}+\frac{\|R\|_F}\lambda"
    ),
    source=ZANGRANDO_2024.at("rank bound"),
    computed="bounds B0, B1, B2 with residual against the singular values beyond C",
    tight="rarely; vacuity is reported layer by layer",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    experiments=(digits,),
    full_samples=100_000,
)
