"""The parts of a network: each maps values forward and slopes back.

Values have their samples last: (features, N) for vectors, (channels, height, width, N) for images.
Linear maps are named; two with one name share their weight.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias, get_args

import numpy as np

from numerics.arrays import FloatArray
from theory.errors import InvalidProblemError

Shape: TypeAlias = tuple[int, ...]
Kind: TypeAlias = Literal["linear", "tanh", "relu"]
Record: TypeAlias = Callable[[str, FloatArray, FloatArray], None]
"""Told the name, inputs z and slopes ∂/∂a of each use of a linear map a = W z + b, the last use first."""
Pullback: TypeAlias = Callable[[FloatArray, Record], FloatArray]
"""From the slopes of a layer's outputs to those of its inputs."""


class Affine(NamedTuple):
    """The m×d weight W of a linear map, and its bias, if it has one."""

    weight: FloatArray
    bias: FloatArray | None

    def of(self, columns: FloatArray) -> FloatArray:
        """W z + b for every column z."""
        product = self.weight @ columns
        return product if self.bias is None else product + self.bias[:, None]


class MapShape(NamedTuple):
    """What a linear map needs: its name, the m×d shape of its weight, and whether it has a bias."""

    name: str
    rows: int
    columns: int
    bias: bool


class Layer(Protocol):
    """One part of a network."""

    def shape_after(self, shape: Shape) -> Shape:
        """The shape of one sample after the layer; raises InvalidProblemError where it cannot enter."""
        ...

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """The linear maps inside, for samples that enter with this shape."""
        ...

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """The values after the layer, and the way back."""
        ...


@dataclass(frozen=True)
class Dense:
    """a = W z + b on vectors, W of shape outputs × features."""

    name: str
    outputs: int
    bias: bool = True

    def __post_init__(self) -> None:
        at_least(1, outputs=self.outputs)

    def shape_after(self, shape: Shape) -> Shape:
        """A vector of `outputs`."""
        if len(shape) != 1:
            raise InvalidProblemError(
                f"dense layer {self.name!r} meets samples of shape {shape}: put Flatten() or MeanPool() first"
            )
        return (self.outputs,)

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """Its own one."""
        yield MapShape(self.name, self.outputs, shape[0], self.bias)

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """W z + b; back with Wᵀ."""
        own = affine[self.name]

        def back(slopes: FloatArray, record: Record) -> FloatArray:
            record(self.name, values, slopes)
            return own.weight.T @ slopes

        return own.of(values), back


@dataclass(frozen=True)
class Activation:
    """A function of every entry; ReLU has slope 0 at its kink."""

    kind: Kind

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InvalidProblemError(
                f"activation {self.kind!r} is unknown: use one of {', '.join(get_args(Kind))}"
            )

    def shape_after(self, shape: Shape) -> Shape:
        """Shapes stay."""
        return shape

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """None."""
        return iter(())

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """σ(a); back with σ′(a), which tanh and ReLU know from σ(a)."""
        if self.kind == "linear":
            return values, lambda slopes, record: slopes
        if self.kind == "tanh":
            after = np.tanh(values)
            return after, lambda slopes, record: slopes * (1.0 - after**2)
        after = np.maximum(values, 0.0)
        return after, lambda slopes, record: slopes * (after > 0)


@dataclass(frozen=True)
class Flatten:
    """An image as the vector of its pixels, channel by channel and row by row."""

    def shape_after(self, shape: Shape) -> Shape:
        """All entries in one axis."""
        return (int(np.prod(shape)),)

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """None."""
        return iter(())

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """A reshape, and back."""
        return values.reshape(-1, values.shape[-1]), lambda slopes, record: slopes.reshape(values.shape)


@dataclass(frozen=True)
class MeanPool:
    """The mean of every channel over the image."""

    def shape_after(self, shape: Shape) -> Shape:
        """One number a channel."""
        if len(shape) != 3:
            raise InvalidProblemError(f"a mean over images meets samples of shape {shape}: it takes images")
        return (shape[0],)

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """None."""
        return iter(())

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """The mean; back every pixel gets its share."""
        pixels = values.shape[1] * values.shape[2]

        def back(slopes: FloatArray, record: Record) -> FloatArray:
            return np.broadcast_to(slopes[:, None, None, :] / pixels, values.shape)

        return values.mean(axis=(1, 2)), back


@dataclass(frozen=True)
class Sum:
    """The sum of branches that all start from the same values; an empty branch is the identity."""

    branches: tuple[tuple[Layer, ...], ...]

    def __post_init__(self) -> None:
        if not self.branches:
            raise InvalidProblemError("a sum without branches: give it one at least, () for the identity")

    def shape_after(self, shape: Shape) -> Shape:
        """The shape on which all branches agree."""
        shapes = {shape_through(branch, shape) for branch in self.branches}
        if len(shapes) > 1:
            raise InvalidProblemError(f"branches of a sum end with shapes {sorted(shapes)}: make them equal")
        return shapes.pop()

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """Those of every branch."""
        for branch in self.branches:
            yield from maps_in(branch, shape)

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """The branches added; back their slopes add."""
        ends = [through(branch, values, affine) for branch in self.branches]

        def back(slopes: FloatArray, record: Record) -> FloatArray:
            parts = [pullback(slopes, record) for _, pullback in reversed(ends)]
            return np.sum(parts, axis=0)

        return np.sum([after for after, _ in ends], axis=0), back


def residual(*branch: Layer) -> Sum:
    """z + branch(z).

    >>> residual(Dense("W", 8), Activation("tanh"), Dense("V", 4)).shape_after((4,))
    (4,)
    """
    return Sum(((), branch))


def through(
    layers: Sequence[Layer], values: FloatArray, affine: Mapping[str, Affine]
) -> tuple[FloatArray, Pullback]:
    """The values after all layers in turn, and the way back."""
    pullbacks: list[Pullback] = []
    for layer in layers:
        values, pullback = layer.forward(values, affine)
        pullbacks.append(pullback)

    def back(slopes: FloatArray, record: Record) -> FloatArray:
        for pullback in reversed(pullbacks):
            slopes = pullback(slopes, record)
        return slopes

    return values, back


def shape_through(layers: Sequence[Layer], shape: Shape) -> Shape:
    """The shape of one sample after all layers in turn."""
    for layer in layers:
        shape = layer.shape_after(shape)
    return shape


def maps_in(layers: Sequence[Layer], shape: Shape) -> Iterator[MapShape]:
    """The linear maps of all layers in turn."""
    for layer in layers:
        yield from layer.maps(shape)
        shape = layer.shape_after(shape)


def at_least(least: int, **numbers: int) -> None:
    """Raise InvalidProblemError for a size below the least that makes sense."""
    for name, number in numbers.items():
        if number < least:
            raise InvalidProblemError(f"{name} {number} is below {least}: pass a larger whole number")
