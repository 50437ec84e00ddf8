"""Feasible points of tails, random and trained, before and after their features collapse."""

from typing import Any, NamedTuple

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.descent.network import Activation
from theory.networks.rank_bound import total_cluster_variation
from theory.networks.representation_cost import FeaturePoint
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

KINDS = ("feed-forward", "residual")
ACTIVATIONS = ("tanh", "relu", "linear")
FEASIBLE = 1e-11
"""|g(h) − y| that Newton's method leaves on features of a trained network, outputs of order one to ten."""
DIGITS_DECAY = 1e-3
TRAINED: tuple[tuple[str, Activation], ...] = (
    ("plain", "tanh"),
    ("plain", "relu"),
    ("residual", "tanh"),
    ("residual", "relu"),
)
MEMBERS = 12
"""Samples of each digit whose features are moved to a common output."""


class Collapse(NamedTuple):
    """Cost, feasibility error and TCV by layer, before and after collapsing; what that should save."""

    cost: tuple[float, float]
    infeasibility: tuple[float, float]
    variation: tuple[list[float], list[float]]
    saving: float
    cost_of_representatives: float


def collapse_of(tail: Any, point: FeaturePoint, targets: FloatArray) -> Collapse:
    """The construction, measured on both sides; targets d×N hold each sample's required output."""
    from numerics.tails import tail_features, tail_outputs

    both = (point, point.collapsed())
    errors = [float(np.max(np.abs(tail_outputs(tail, item.features) - targets))) for item in both]
    layers = [
        [total_cluster_variation(z, item.labels) for z in tail_features(tail, item.features)] for item in both
    ]
    chosen, weights = point.representatives()
    cheapest = point.tail_cost + point.kappa * float(weights @ point.feature_cost(chosen))
    return Collapse(
        (both[0].cost, both[1].cost), (errors[0], errors[1]), (layers[0], layers[1]), point.saving, cheapest
    )


def feasible_features(
    tail: Any, labels: IntegerArray, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Distinct features of each class with one common output: Newton from different starts."""
    from numerics.tails import feature_with_output, tail_outputs

    width = tail.weights[0].shape[1]
    columns: list[FloatArray] = []
    outputs: list[FloatArray] = []
    for label in np.unique(labels):
        centre = generator.standard_normal(width)
        target = tail_outputs(tail, centre[:, None])[:, 0]
        for _ in range(int(np.sum(labels == label))):
            feature = None
            size = 1.0
            while feature is None:  # nearer starts always succeed: the centre itself is feasible
                start = centre + size * generator.standard_normal(width)
                feature = feature_with_output(tail, start, target, steps=20)
                size *= 0.7
            columns.append(feature)
            outputs.append(target)
    return np.array(columns).T, np.array(outputs).T


def random_tails(run: Run) -> Evidence:
    """One tail of each kind and activation and every cost: cost, feasibility and TCV, before and after."""
    from verify.claims.networks.collapse_minimises_cost import COSTS, collapse, worst_margin

    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for kind, activation in np.ndindex(len(KINDS), len(ACTIVATIONS)):
        cost = (kind * len(ACTIVATIONS) + activation) % len(COSTS)
        found = collapse({"sizes": [2, 4, 6], "kind": kind, "activation": activation, "cost": cost,
                          "kappa": 1.0, "depth": 3, "extra_width": 4, "seed": run.seed})  # fmt: skip
        margins.append(worst_margin(found))
        rows.append((KINDS[kind], ACTIVATIONS[activation], COSTS[cost], *_shown(found)))
    columns = ("tail", "activation", "ω", "cost before", "cost after", "largest |g(h) − y|",
               "least TCV before", "largest TCV after")  # fmt: skip
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"TCV from at least {min(float(row[6]) for row in rows):.2g} to 0 on {len(rows)} tails",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Three tail layers, classes of 2, 4 and 6 samples", columns, tuple(rows)),),
    )


def trained_tails(run: Run) -> Evidence:
    """The layers after the first of networks trained on the digits.

    Each feature is moved by Newton's method to the mean output of its class: this is the common output that
    the constraint asks for, and features of a class still differ.
    """
    from numerics.data import digits
    from numerics.descent.network import random_network, random_residual_network
    from numerics.descent.training import train_network
    from numerics.tails import feature_with_output, half_squared_norm, tail_features, tail_from, tail_outputs
    from verify.claims.networks.collapse_minimises_cost import worst_margin

    images, labels = digits()
    kept = np.concatenate([np.flatnonzero(labels == label)[:MEMBERS] for label in range(10)])
    steps, every = (150, 4) if run.level == "quick" else (6_000, 1)
    training = np.unique(np.concatenate([kept, np.arange(0, labels.size, every)]))
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for kind, activation in TRAINED:
        rng = run.generator("networks/collapse-minimises-cost", kind, activation)
        first = 2 if kind == "residual" else 1
        if kind == "residual":
            start = random_residual_network(64, 32, 10, activation, rng, blocks=3)
        else:
            start = random_network([64, 32, 32, 32, 10], activation, rng)
        network = train_network(
            start,
            images[:, training],
            labels[training],
            DIGITS_DECAY,
            loss="cross-entropy",
            step=0.1,
            max_steps=steps,
            momentum=0.9,
        )
        entering = tail_features(network, images[:, kept])[first]
        tail = tail_from(network, first)
        outputs = tail_outputs(tail, entering)
        means = np.array([outputs[:, labels[kept] == label].mean(axis=1) for label in range(10)])
        found = [
            (label, feature)
            for label, column in zip(labels[kept], entering.T, strict=True)
            if (feature := feature_with_output(tail, column, means[label])) is not None
        ]
        moved = np.array([feature for _, feature in found]).T
        of_class = np.array([label for label, _ in found])
        if np.unique(of_class).size < 10:
            return Evidence(kind="descent", outcome=overall([]), summary="a class has no feasible feature")
        point = FeaturePoint(moved, of_class, half_squared_norm(tail))
        measured = collapse_of(tail, point, means[of_class].T)
        margins += [
            worst_margin(measured),
            Margin.at_least(FEASIBLE, measured.infeasibility[0]),
            Margin.at_least(min(measured.variation[0]), LINEAR_ALGEBRA),
        ]
        rows.append((kind, activation, len(found), *_shown(measured)))
    columns = ("network", "activation", "features of 120", "cost before", "cost after", "largest |g(h) − y|",
               "least TCV before", "largest TCV after")  # fmt: skip
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"digits: {sum(int(row[2]) for row in rows)} features of trained networks, all costs fall",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Later layers of networks trained on the digits (λ = 0.001)", columns, tuple(rows)),),
        versions=versions("numba", "scikit-learn"),
    )


def without_uniqueness(run: Run) -> Evidence:
    """What cannot be left out: two cheapest features side by side; and linear tails, where there is one."""
    from numerics.descent.network import Network
    from numerics.tails import half_squared_norm, random_tail, tail_outputs

    size = Network((np.array([[1.0], [-1.0]]), np.array([[1.0, 1.0]])), (), "relu")
    pair = FeaturePoint(np.array([[1.0, -1.0]]), np.array([0, 0]), half_squared_norm(size))
    apart = np.max(np.abs(tail_outputs(size, pair.features) - 1.0))
    margins = [
        Margin.equal(float(apart), 0.0),
        Margin.equal(pair.saving, 0.0),
        Margin.equal(total_cluster_variation(pair.features, pair.labels), 1.0),
    ]
    rng = run.generator("networks/collapse-minimises-cost", "linear")
    ratios: list[float] = []
    for sizes in ([3], [2, 5], [1, 4, 4]):
        tail = random_tail("residual", "linear", width=8, depth=2, outputs=len(sizes), rng=rng)
        labels = np.repeat(np.arange(len(sizes)), sizes)
        features, targets = feasible_features(tail, labels, rng)
        point = FeaturePoint(features, labels, half_squared_norm(tail), 0.7)
        mean = point.averaged()
        variation = total_cluster_variation(features, labels)
        rounding = LINEAR_ALGEBRA * (1 + point.cost)
        moved = float(np.max(np.abs(tail_outputs(tail, mean.features) - targets)))
        margins += [
            Margin.equal(point.cost - mean.cost, 0.35 * variation, error=rounding),
            Margin.equal(moved, 0.0, error=rounding),
        ]
        ratios.append((point.cost - mean.cost) / (0.35 * variation))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary="two cheapest features: TCV 1 at no saving; linear tails: the mean saves κ/2·TCV",
        instances=1 + len(ratios),
        worst=worst_of(margins),
    )


def _shown(found: Collapse) -> tuple[float, float, float, float, float]:
    before, after = found.variation
    return (*found.cost, max(found.infeasibility), min(before), max(after))
