"""A network without its numbers: the shape that enters, the layers, and where each weight lives in θ."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.networks.layers import (
    Activation,
    Affine,
    Layer,
    MapShape,
    Pullback,
    Shape,
    Sum,
    at_least,
    maps_in,
    shape_through,
    through,
)
from theory.errors import InvalidProblemError


@dataclass(frozen=True)
class Architecture:
    """Layers for samples of one shape; all weights and biases are one vector θ, map after map.

    Raises InvalidProblemError where shapes do not fit, or two maps share a name but not a shape.

    >>> from numerics.networks.layers import Dense
    >>> network = Architecture((3,), (Dense("W", 2), Activation("tanh")))
    >>> network.size, network.output_shape
    (8, (2,))
    """

    input_shape: Shape
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if len(self.input_shape) not in (1, 3):
            raise InvalidProblemError(
                f"samples of shape {self.input_shape}: pass (features,) or (channels, height, width)"
            )
        at_least(1, **{f"axis {axis} of the input shape": side for axis, side in enumerate(self.input_shape)})
        if len(self.output_shape) != 1:
            raise InvalidProblemError(
                f"the network ends with shape {self.output_shape}: end it with a dense layer, Flatten() or "
                "MeanPool()"
            )
        if not self.maps:
            raise InvalidProblemError("the network has no linear map: nothing could be trained")

    @cached_property
    def output_shape(self) -> Shape:
        """The shape of one sample at the end."""
        return shape_through(self.layers, self.input_shape)

    @cached_property
    def maps(self) -> dict[str, MapShape]:
        """The linear maps by name, in the order in which samples first meet them."""
        shape_through(self.layers, self.input_shape)  # says what does not fit
        found: dict[str, MapShape] = {}
        for item in maps_in(self.layers, self.input_shape):
            if found.setdefault(item.name, item) != item:
                raise InvalidProblemError(
                    f"linear maps named {item.name!r} differ ({found[item.name][1:]} and {item[1:]}): maps "
                    "with one name share their weight, rename one"
                )
        return found

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(item.rows * (item.columns + item.bias) for item in self.maps.values())

    def affine(self, parameters: FloatArray) -> dict[str, Affine]:
        """The weights and biases by name, as views into θ: writing to one writes to θ."""
        if parameters.shape != (self.size,):
            raise InvalidProblemError(
                f"parameters of shape {parameters.shape}: the network has {self.size} in one vector"
            )
        found: dict[str, Affine] = {}
        end = 0
        for name, rows, columns, biased in self.maps.values():
            start, end = end, end + rows * columns
            weight, bias = parameters[start:end].reshape(rows, columns), None
            if biased:
                start, end = end, end + rows
                bias = parameters[start:end]
            found[name] = Affine(weight, bias)
        return found

    def with_weights(self, parameters: FloatArray, weights: Mapping[str, ArrayLike]) -> FloatArray:
        """A copy of θ with some weights replaced, as compression needs.

        Raises InvalidProblemError for an unknown name or another shape.
        """
        changed = np.array(parameters, dtype=np.float64)
        affine = self.affine(changed)
        for name, weight in weights.items():
            if name not in affine:
                raise InvalidProblemError(f"no linear map is called {name!r}: there are {', '.join(affine)}")
            matrix = finite_matrix(weight, name)
            if matrix.shape != affine[name].weight.shape:
                raise InvalidProblemError(
                    f"weight {name!r} has shape {affine[name].weight.shape}, not {matrix.shape}: "
                    "keep the shape, whatever the rank"
                )
            affine[name].weight[:] = matrix
        return changed

    def random_parameters(self, rng: np.random.Generator) -> FloatArray:
        """Normal weights of variance 1/d (2/d in a network with ReLUs), d their columns, and zero biases."""
        parameters = np.zeros(self.size)
        gain = 2.0 if _has_relu(self.layers) else 1.0
        for weight, _ in self.affine(parameters).values():
            weight[:] = math.sqrt(gain / weight.shape[1]) * rng.standard_normal(weight.shape)
        return parameters

    def values(self, inputs: ArrayLike) -> FloatArray:
        """The p × N inputs as values that enter the first layer: samples last, images unfolded.

        Raises InvalidProblemError for NaN, infinity, or another number of rows.
        """
        columns = finite_matrix(inputs, "inputs")
        if columns.shape[0] != math.prod(self.input_shape):
            raise InvalidProblemError(
                f"inputs have {columns.shape[0]} rows, samples of shape {self.input_shape} have "
                f"{math.prod(self.input_shape)}: columns are samples"
            )
        return columns.reshape(*self.input_shape, columns.shape[1])

    def forward(self, values: FloatArray, parameters: FloatArray) -> tuple[FloatArray, Pullback]:
        """The outputs for values from `values`, and the way back from their slopes."""
        return through(self.layers, values, self.affine(parameters))

    def outputs(self, parameters: FloatArray, inputs: ArrayLike) -> FloatArray:
        """One column of outputs per column of the p × N inputs.

        >>> from numerics.networks.layers import Dense
        >>> network = Architecture((2,), (Dense("W", 1, bias=False),))
        >>> network.outputs(np.array([1.0, 2.0]), [[3.0], [4.0]])
        array([[11.]])
        """
        return self.forward(self.values(inputs), parameters)[0]


def _has_relu(layers: tuple[Layer, ...]) -> bool:
    return any(
        any(map(_has_relu, layer.branches)) if isinstance(layer, Sum) else layer == Activation("relu")
        for layer in layers
    )
