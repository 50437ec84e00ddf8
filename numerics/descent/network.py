"""Multilayer perceptrons: weights, biases, activation, and the forward pass.

Layers a_l = W_l z_{l−1} (+ b_l), z_l = σ(a_l), the last one linear; columns are samples, z_0 = X is p × N.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError

Activation: TypeAlias = Literal["linear", "tanh", "relu"]


@dataclass(frozen=True)
class Network:
    """Weights from the input side, biases (one per layer, or none at all) and the activation."""

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    activation: Activation

    def __post_init__(self) -> None:
        if self.activation not in get_args(Activation):
            raise InvalidProblemError(
                f"activation {self.activation!r} is unknown: use {', '.join(get_args(Activation))}"
            )
        if not self.weights or len(self.biases) not in (0, len(self.weights)):
            raise InvalidProblemError(
                f"{len(self.weights)} weights and {len(self.biases)} biases: pass one bias per layer, or none"
            )
        for index, (right, left) in enumerate(itertools.pairwise(self.weights)):
            if left.shape[1] != right.shape[0]:
                raise InvalidProblemError(
                    f"weight {index + 1} of shape {left.shape} cannot follow weight {index} of {right.shape}"
                )
        for index, (matrix, bias) in enumerate(zip(self.weights, self.biases, strict=False)):
            if bias.shape != (matrix.shape[0],):
                raise InvalidProblemError(
                    f"bias {index} has shape {bias.shape}: its layer has {matrix.shape[0]} units"
                )


def random_network(
    widths: Sequence[int], activation: Activation, rng: np.random.Generator, *, biased: bool = True
) -> Network:
    """Return a network with normal weights of variance 1/inputs (2/inputs for ReLU) and zero biases.

    Examples
    --------
    >>> network = random_network([64, 32, 10], "tanh", np.random.default_rng(0))
    >>> [weight.shape for weight in network.weights]
    [(32, 64), (10, 32)]
    """
    if len(widths) < 2 or min(widths) < 1:
        raise InvalidProblemError(f"widths {list(widths)}: pass at least two, all at least 1")
    gain = 2.0 if activation == "relu" else 1.0
    pairs = list(itertools.pairwise(widths))
    weights = tuple(
        math.sqrt(gain / before) * rng.standard_normal((after, before)) for before, after in pairs
    )
    biases = tuple(np.zeros(after) for _, after in pairs) if biased else ()
    return Network(weights, biases, activation)


def network_outputs(network: Network, inputs: ArrayLike) -> FloatArray:
    """Return the outputs, one column per column of the p × N inputs.

    Examples
    --------
    >>> network_outputs(Network((np.eye(2), np.ones((1, 2))), (), "relu"), [[1.0, -1.0], [2.0, 0.5]])
    array([[3. , 0.5]])
    """
    values = checked_inputs(network, inputs)
    for index, weight in enumerate(network.weights):
        values = weight @ values
        if network.biases:
            values = values + network.biases[index][:, None]
        if index < len(network.weights) - 1 and network.activation != "linear":
            values = np.tanh(values) if network.activation == "tanh" else np.maximum(values, 0.0)
    return values


def checked_inputs(network: Network, inputs: ArrayLike) -> FloatArray:
    """Return the inputs as a p × N matrix that the network accepts, or say why it does not."""
    data = finite_matrix(inputs, "inputs")
    if data.shape[0] != network.weights[0].shape[1]:
        taken = network.weights[0].shape[1]
        raise InvalidProblemError(
            f"inputs have {data.shape[0]} rows: the network takes {taken} (columns are samples)"
        )
    return data
