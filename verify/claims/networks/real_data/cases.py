"""The networks and the data they are trained on: digits and wine, diabetes and linnerud."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.networks.architecture import Architecture
from numerics.networks.objective import Loss, Objective
from theory.networks.variation import deviations_from_cluster_means

DIGITS_TO_TRAIN_ON = 160
"""Few enough for full-batch training to convergence; the other digits test."""

TARGET_CLUSTERS = {"diabetes": 4, "linnerud": 3}
"""Clusters of the targets by k-means, where there are no classes."""


@dataclass(frozen=True, eq=False)
class Case:
    """A network, its data, the loss, and the clusters that the bounds use: classes, or k-means of targets."""

    name: str
    network: Architecture
    loss: Loss
    inputs: FloatArray
    answers: Any
    test_inputs: FloatArray
    test_answers: Any

    def objective(self, weight_decay: float) -> Objective:
        """The regularised training loss."""
        return Objective(self.network, self.inputs, self.answers, weight_decay, self.loss)

    @cached_property
    def clusters(self) -> IntegerArray:
        """One label a training sample."""
        from numerics.clustering.kmeans import best_clusters

        if self.loss == "cross-entropy":
            return self.answers
        count = TARGET_CLUSTERS[self.name.split(",")[0]]
        return best_clusters(self.answers, count, sharpen=False).labels

    def towards_means(self, share: float) -> "Case":
        """The training samples moved to that share of their distance from the mean of their cluster."""
        deviations = deviations_from_cluster_means(self.inputs, self.clusters)
        return replace(self, inputs=self.inputs - (1 - share) * deviations)

    def test_score(self, parameters: FloatArray) -> float:
        """Accuracy on the test part, or the share of the targets' variance that is explained (R²)."""
        outputs = self.network.outputs(parameters, self.test_inputs)
        if self.loss == "cross-entropy":
            return float(np.mean(outputs.argmax(axis=0) == self.test_answers))
        spread = self.test_answers - self.test_answers.mean(axis=1, keepdims=True)
        return 1 - float(np.sum((outputs - self.test_answers) ** 2) / np.sum(spread**2))


def wine_plain(rng: np.random.Generator) -> Case:
    """13–12–12–3, tanh."""
    from numerics.data import wine
    from numerics.networks.standard import perceptron

    return _classified("wine, plain tanh", perceptron(13, (12, 12, 3), "tanh"), *wine(), 0.25, rng)


def wine_residual(rng: np.random.Generator) -> Case:
    """An entry of 10 units, one block z + V σ(W z) with 12 ReLUs, a readout."""
    from numerics.data import wine
    from numerics.networks.standard import residual_network

    network = residual_network(13, 10, 12, 3, "relu", blocks=1)
    return _classified("wine, residual ReLU", network, *wine(), 0.25, rng)


def digits_plain(rng: np.random.Generator) -> Case:
    """64–20–20–10, tanh."""
    from numerics.networks.standard import perceptron

    return _digits("digits, plain tanh", perceptron(64, (20, 20, 10), "tanh"), rng)


def digits_residual(rng: np.random.Generator) -> Case:
    """An entry of 16 units, one block with 20 tanh units, a readout."""
    from numerics.networks.standard import residual_network

    return _digits("digits, residual tanh", residual_network(64, 16, 20, 10, "tanh", blocks=1), rng)


def digits_convolutional(rng: np.random.Generator) -> Case:
    """3 × 3 convolutions of 6 and 12 channels with stride 2 and tanh, a readout of 48 values."""
    from numerics.networks.standard import convolutional_network

    return _digits("digits, convolutional tanh", convolutional_network((1, 8, 8), (6, 12), 10, "tanh"), rng)


def diabetes_plain(rng: np.random.Generator) -> Case:
    """10–12–12–1, tanh, squared loss."""
    from numerics.data import diabetes
    from numerics.networks.standard import perceptron

    return _regression("diabetes, plain tanh", perceptron(10, (12, 12, 1), "tanh"), *diabetes(), rng)


def linnerud_plain(rng: np.random.Generator) -> Case:
    """3–8–8–3, tanh, squared loss."""
    from numerics.data import linnerud
    from numerics.networks.standard import perceptron

    return _regression("linnerud, plain tanh", perceptron(3, (8, 8, 3), "tanh"), *linnerud(), rng)


CASES = (
    wine_plain,
    wine_residual,
    digits_plain,
    digits_residual,
    digits_convolutional,
    diabetes_plain,
    linnerud_plain,
)


def _digits(name: str, network: Architecture, rng: np.random.Generator) -> Case:
    from numerics.data import digits

    images, labels = digits()
    return _classified(name, network, images, labels, 1 - DIGITS_TO_TRAIN_ON / labels.size, rng)


def _classified(
    name: str,
    network: Architecture,
    inputs: FloatArray,
    labels: IntegerArray,
    test_share: float,
    rng: np.random.Generator,
) -> Case:
    """Wine is standardised, digits are images in [0, 1]."""
    from numerics.data import split

    parts = split(inputs, labels, test_share=test_share, rng=rng, standardise=name.startswith("wine"))
    return Case(
        name, network, "cross-entropy",
        parts.training_inputs, parts.training_answers, parts.test_inputs, parts.test_answers,
    )  # fmt: skip


def _regression(
    name: str, network: Architecture, inputs: FloatArray, targets: FloatArray, rng: np.random.Generator
) -> Case:
    from numerics.data import split

    parts = split(inputs, targets, test_share=0.25, rng=rng, standardise=True)
    return Case(
        name, network, "squared",
        parts.training_inputs, parts.training_answers, parts.test_inputs, parts.test_answers,
    )  # fmt: skip
