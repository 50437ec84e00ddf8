"""Collapsed ReLU networks as explicit weights, and what they cost."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from theory.cross_entropy.relu_collapse import (
    collapsed_cost,
    collapsed_weights,
    meets_assumption_one,
    simplex_algebra,
)
from theory.tolerances import LINEAR_ALGEBRA
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin


def cost_of(instance: Instance) -> Any:
    """Squared norms of all factors of the cheapest network with the instance's features and scale."""
    return collapsed_cost(*_numbers(instance))


def _numbers(instance: Instance) -> tuple[int, int, Any, Any]:
    return instance["classes"], instance["samples"], instance["scale"], instance["layers"]


def through_relu(networks: Iterable[Instance], judge: Callable[[Instance], Margin]) -> Evidence:
    """Logits and cost of explicit weights; the bound's ratio where Assumption 1 holds, and where it fails."""
    from numerics.descent.network import Network, network_outputs

    margins: list[Margin] = []
    smallest = {True: np.inf, False: np.inf}
    count = {True: 0, False: 0}
    for drawn in networks:
        features, weights, pre = collapsed_weights(*_numbers(drawn))
        outputs = network_outputs(Network(tuple(weights), (), "relu"), features)
        expected = np.kron(
            simplex_algebra(drawn["classes"], drawn["scale"], 0.0), np.ones((1, drawn["samples"]))
        )
        size = float(np.linalg.norm(expected)) * len(weights)
        error = LINEAR_ALGEBRA * 100 * size
        margins.append(Margin.equal(float(np.linalg.norm(outputs - expected)), 0.0, error=error))
        measured = float(np.sum(features**2)) + sum(float(np.sum(weight**2)) for weight in weights)
        margins.append(Margin.equal(measured, float(cost_of(drawn)), error=LINEAR_ALGEBRA * measured))
        assumed = all(meets_assumption_one(layer) for layer in pre)
        ratio = judge(drawn).ratio
        assert ratio is not None
        count[assumed] += 1
        smallest[assumed] = min(smallest[assumed], ratio)
    rows = tuple((("holds" if key else "fails"), count[key], float(smallest[key])) for key in (True, False))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"{sum(count.values())} forward passes, Assumption 1 fails in {count[False]} of them",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Collapsed ReLU networks: cost over the bound",
                ("Assumption 1", "networks", "smallest ratio"),
                rows,
            ),
        ),
    )
