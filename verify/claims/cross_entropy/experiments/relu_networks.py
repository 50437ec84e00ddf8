"""Paired ReLU networks as explicit weights."""

from typing import Any

import numpy as np

from theory.cross_entropy.codes import paired_code
from theory.cross_entropy.relu_paired import (
    RELU_PAIRED_COST,
    RELU_PRINTED_ODD_COST,
    relu_paired_weights,
    relu_printed_odd_weights,
)
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Run
from verify.evidence import Evidence, overall, worst_of
from verify.margin import Margin


def forward_passes(run: Run) -> Evidence:
    """Explicit weights through a ReLU network: logits, non-negative features, and the cost of the formula."""
    from numerics.descent.network import Network, network_outputs

    margins: list[Margin] = []
    largest = 20 if run.level == "quick" else 40
    for classes in range(4, largest + 1):
        for depth in (2, 3, 4, 5, 8):
            samples, scale, single = 1 + classes % 3, 3.0, classes % 2
            code = paired_code(classes)
            networks = [(relu_paired_weights(classes, depth, samples, scale), code)]
            if single:
                printed = code + np.diag([0.0] * (classes - 1) + [1.0])
                networks.append((relu_printed_odd_weights(classes, depth, samples, scale), printed))
            for index, ((features, weights), expected) in enumerate(networks):
                network = Network(tuple(weights), (), "relu")
                outputs = network_outputs(network, features)
                wanted = scale * np.kron(expected, np.ones((1, samples)))
                error = LINEAR_ALGEBRA * depth * classes * scale
                margins.append(Margin.equal(float(np.abs(outputs - wanted).max()), 0.0, error=error))
                margins.append(Margin.equal(_most_negative(features, weights), 0.0, error=error))
                norms = float(np.sum(features**2)) + sum(float(np.sum(weight**2)) for weight in weights)
                cost = (
                    float(RELU_PAIRED_COST(paired_classes=classes - single, factors=depth + 1)) + single
                    if index == 0
                    else float(RELU_PRINTED_ODD_COST(classes=classes, factors=depth + 1))
                )
                formula = (depth + 1) * cost * (samples * scale**2) ** (1 / (depth + 1))
                margins.append(Margin.equal(norms, formula, error=LINEAR_ALGEBRA * classes * formula))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"{len(margins) // 3} networks through a ReLU forward pass",
        instances=len(margins),
        worst=worst_of(margins),
    )


def _most_negative(features: Any, weights: list[Any]) -> float:
    """How negative a pre-activation gets: 0 where ReLU changes nothing."""
    lowest, values = 0.0, features
    for weight in weights[:-1]:
        values = weight @ values
        lowest = min(lowest, float(values.min()))
    return -lowest
