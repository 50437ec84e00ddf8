"""ReLU tails and where the path of their features and rescalings ends."""

from typing import TYPE_CHECKING

import numpy as np

from numerics.arrays import IntegerArray
from theory.networks.loss_decreasing_path import half_norm
from theory.networks.rank_bound import total_cluster_variation
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin

if TYPE_CHECKING:
    from numerics.paths.relu import ReluPath

SEGMENTS = 25
"""Enough for most tails; a path cut short still must fall."""
SAME = 1e-7
"""Distance within which two solutions of one quadratic program agree: active-set steps on scaled data."""


def drawn_path(instance: Instance) -> "tuple[IntegerArray, ReluPath]":
    """Labels and path of a random tail; the features of a class share one output."""
    from numerics.paths.relu import relu_path
    from numerics.tails import feature_with_output, random_tail, tail_outputs

    rng = np.random.default_rng(instance["seed"])
    sizes = instance["sizes"]
    width = 2 * len(sizes) + instance["extra_width"]
    tail = random_tail(
        "feed-forward", "relu", width=width, depth=instance["depth"], outputs=len(sizes), rng=rng
    )
    labels = np.repeat(np.arange(len(sizes)), sizes)
    columns: list[np.ndarray] = []
    for size in sizes:
        centre = rng.standard_normal(width)
        target = tail_outputs(tail, centre[:, None])[:, 0]
        for _ in range(size):
            start = centre + float(instance["spread"]) * rng.standard_normal(width)
            found = feature_with_output(tail, start, target, steps=20)
            columns.append(centre if found is None else found)
    return labels, relu_path(tail, np.array(columns).T, max_segments=SEGMENTS)


def ends_of_paths(run: Run) -> Evidence:
    """The norm after each part, and how much variation within classes is left."""
    from numerics.paths.relu import patterns_of

    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for depth in (1, 2, 3):
        for spread in (0.1, 1.0):
            seed = int(run.generator("networks/relu-path", str(depth), str(spread)).integers(2**31))
            labels, path = drawn_path(
                {"sizes": [6, 6], "depth": depth, "extra_width": 4, "spread": spread, "seed": seed}
            )
            before, between, after = path.half_norms
            start, moved = path.move.factors, path.move.at(1.0)
            keys = np.vstack([labels, *patterns_of(start)])
            margins += [Margin.at_least(before, between), Margin.at_least(between, after)]
            rows.append((depth, spread, before, between, after, np.unique(keys, axis=1).shape[1],
                         *[total_cluster_variation(part[0], labels) for part in (start, moved)]))  # fmt: skip
    columns = ("hidden layers", "spread", "½Σ‖·‖² at first", "after the move", "at the end",
               "classes and patterns (12 samples)", "TCV before", "TCV after the move")  # fmt: skip
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"norm down to {min(float(row[4]) / float(row[2]) for row in rows):.0%} of its start at best",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Where the path of a ReLU tail ends (2 classes of 6)", columns, tuple(rows)),),
    )


def where_it_ends(run: Run) -> Evidence:
    """Both obstacles of the claim's docstring: two regions with one output, two units that could be one."""
    from numerics.descent.network import Network
    from numerics.paths.relu import outputs_of, relu_path

    size = Network((np.array([[1.0], [-1.0]]), np.array([[1.0, 1.0]])), (), "relu")
    regions = relu_path(size, np.array([[1.0, -1.0]])).move
    at_zero = outputs_of((np.array([[0.0]]), *size.weights))
    pair = Network((np.array([[1.0], [1.0]]), np.eye(2)), (), "relu")
    feature = np.array([[2.0]])
    path = relu_path(pair, feature).balancing
    root = 2.0**0.25
    one_unit = (feature, np.array([[root]]), np.full((2, 1), 1 / root))
    apart = outputs_of((feature, *pair.weights)) - outputs_of(one_unit)
    weights = half_norm(pair.weights), half_norm(one_unit[1:])
    best = path.half_norm_at(path.end)
    left = relu_path(Network(one_unit[1:], (), "relu"), feature).balancing
    margins = [
        Margin.equal(float(np.max(np.abs(regions.cheapest - regions.factors[0]))), 0.0, error=1e-9),
        Margin.equal(float(at_zero[0, 0]), 0.0),
        Margin.equal(float(np.max(np.abs(apart))), 0.0),
        Margin.equal(weights[0], 2.0),
        Margin.equal(weights[1], 2.0**0.5),
        Margin.at_least(best, left.half_norm_at(left.end)),
    ]
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary="it does not cross regions and does not merge units: 2 > √2",
        instances=2,
        worst=worst_of(margins),
    )
