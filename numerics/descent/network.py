"""Multilayer perceptrons and residual networks: weights, biases, activation, and the forward pass.

Layers a_l = W_l z_{l−1} (+ b_l), z_l = σ(a_l), the last one linear; columns are samples, z_0 = X is p × N.
A residual network has blocks z ← z + V σ(W z (+ b)) (+ c), then a linear layer.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError

Activation: TypeAlias = Literal["linear", "tanh", "relu"]


@dataclass(frozen=True)
class Network:
    """Weights from the input side, biases (one per weight, or none at all) and the activation.

    With `residual` the weights are W_1, V_1, W_2, V_2, …, and the last, linear one.
    """

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    activation: Activation
    residual: bool = field(default=False, kw_only=True)

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
        if self.residual:
            self._check_blocks()

    def _check_blocks(self) -> None:
        if len(self.weights) % 2 == 0:
            raise InvalidProblemError(
                f"{len(self.weights)} weights of a residual network: pass W and V per block, and one more"
            )
        for index in range(1, len(self.weights), 2):
            inner, outer = self.weights[index - 1], self.weights[index]
            if outer.shape[0] != inner.shape[1]:
                raise InvalidProblemError(
                    f"weight {index} of shape {outer.shape} does not lead back to the {inner.shape[1]} units "
                    "its block starts from"
                )

    @property
    def activations(self) -> tuple[Activation, ...]:
        """What follows each weight: in a residual network nothing follows V, and nowhere the last weight."""
        last = len(self.weights) - 1
        linear = [index == last or (self.residual and index % 2 == 1) for index in range(last + 1)]
        return tuple("linear" if plain else self.activation for plain in linear)

    @property
    def skips(self) -> tuple[bool, ...]:
        """Whether each layer adds what went into the layer before it."""
        return tuple(self.residual and index % 2 == 1 for index in range(len(self.weights)))


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


def random_residual_network(
    width: int,
    hidden: int,
    outputs: int,
    activation: Activation,
    rng: np.random.Generator,
    *,
    blocks: int,
    biased: bool = True,
) -> Network:
    """Return a residual network of that many blocks; weights as in `random_network`, V over √blocks.

    Examples
    --------
    >>> network = random_residual_network(8, 16, 3, "relu", np.random.default_rng(0), blocks=2)
    >>> [weight.shape for weight in network.weights]
    [(16, 8), (8, 16), (16, 8), (8, 16), (3, 8)]
    """
    if blocks < 1:
        raise InvalidProblemError(f"{blocks} blocks: a residual network has at least 1")
    plain = random_network([width, *[hidden, width] * blocks, outputs], activation, rng, biased=biased)
    scaled = tuple(
        weight / math.sqrt(blocks) if index % 2 == 1 else weight for index, weight in enumerate(plain.weights)
    )
    return Network(scaled, plain.biases, activation, residual=True)


def network_outputs(network: Network, inputs: ArrayLike) -> FloatArray:
    """Return the outputs, one column per column of the p × N inputs.

    Examples
    --------
    >>> network_outputs(Network((np.eye(2), np.ones((1, 2))), (), "relu"), [[1.0, -1.0], [2.0, 0.5]])
    array([[3. , 0.5]])
    """
    values = checked_inputs(network, inputs)
    before = values
    layers = zip(network.weights, network.activations, network.skips, strict=True)
    for index, (weight, activation, skip) in enumerate(layers):
        before, entered, values = values, before, weight @ values
        if network.biases:
            values = values + network.biases[index][:, None]
        if activation != "linear":
            values = np.tanh(values) if activation == "tanh" else np.maximum(values, 0.0)
        if skip:
            values = values + entered
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
