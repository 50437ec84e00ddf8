"""The usual networks: multilayer perceptrons, residual networks, small convolutional networks."""

from collections.abc import Sequence

from numerics.networks.architecture import Architecture
from numerics.networks.convolution import Convolution
from numerics.networks.layers import Activation, Dense, Flatten, Kind, Layer, MeanPool, residual
from theory.errors import InvalidProblemError


def perceptron(inputs: int, widths: Sequence[int], activation: Kind, *, bias: bool = True) -> Architecture:
    """Dense layers W1, W2, … of these widths, an activation between any two; the last width is the output's.

    >>> list(perceptron(64, (32, 10), "tanh").maps)
    ['W1', 'W2']
    """
    if not widths:
        raise InvalidProblemError("a perceptron without layers: pass one width at least, the output's")
    layers: list[Layer] = []
    for index, width in enumerate(widths, start=1):
        layers += [Dense(f"W{index}", width, bias), Activation(activation)]
    return Architecture((inputs,), tuple(layers[:-1]))


def residual_network(
    inputs: int, width: int, hidden: int, outputs: int, activation: Kind, *, blocks: int, bias: bool = True
) -> Architecture:
    """An entry, blocks z + V σ(W z) of that width, and a readout, all named.

    >>> list(residual_network(64, 16, 32, 10, "tanh", blocks=2).maps)
    ['entry', 'W1', 'V1', 'W2', 'V2', 'readout']
    """
    if blocks < 1:
        raise InvalidProblemError(f"{blocks} blocks: a residual network has at least 1")
    inside = [
        residual(Dense(f"W{block}", hidden, bias), Activation(activation), Dense(f"V{block}", width, bias))
        for block in range(1, blocks + 1)
    ]
    return Architecture((inputs,), (Dense("entry", width, bias), *inside, Dense("readout", outputs, bias)))


def convolutional_network(
    image: tuple[int, int, int],
    filters: Sequence[int],
    outputs: int,
    activation: Kind,
    *,
    size: int = 3,
    stride: int = 2,
    pool: bool = False,
    bias: bool = True,
) -> Architecture:
    """Convolutions C1, C2, … that keep the image's side but for the stride, and a readout of what is left.

    `image` is (channels, height, width); with `pool` the readout sees each channel's mean only.

    >>> network = convolutional_network((1, 8, 8), (8, 16), 10, "relu")
    >>> [(item.name, item.rows, item.columns) for item in network.maps.values()]
    [('C1', 8, 9), ('C2', 16, 72), ('readout', 10, 64)]
    """
    layers: list[Layer] = []
    for index, count in enumerate(filters, start=1):
        layers += [Convolution(f"C{index}", count, size, stride, size // 2, bias), Activation(activation)]
    return Architecture(image, (*layers, MeanPool() if pool else Flatten(), Dense("readout", outputs, bias)))
