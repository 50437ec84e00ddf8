"""Convolutions as linear maps of patches: every position of every image is one column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from numerics.arrays import FloatArray
from numerics.networks.layers import Affine, MapShape, Pullback, Record, Shape, at_least
from theory.errors import InvalidProblemError


@dataclass(frozen=True)
class Convolution:
    """A square filter bank on images: a = W z + b on every patch z, W of shape filters × (channels·size²).

    As everywhere in deep learning the filters are not mirrored (a cross-correlation). Padding is by zeros.
    """

    name: str
    filters: int
    size: int
    stride: int = 1
    padding: int = 0
    bias: bool = True

    def __post_init__(self) -> None:
        at_least(1, filters=self.filters, size=self.size, stride=self.stride)
        at_least(0, padding=self.padding)

    def shape_after(self, shape: Shape) -> Shape:
        """Filters × positions down × positions across."""
        if len(shape) != 3:
            raise InvalidProblemError(
                f"convolution {self.name!r} meets samples of shape {shape}: it takes "
                "(channels, height, width)"
            )
        if min(shape[1:]) + 2 * self.padding < self.size:
            raise InvalidProblemError(
                f"convolution {self.name!r} of size {self.size} is larger than the padded image {shape[1:]}: "
                "use a smaller filter or more padding"
            )
        down, across = ((side + 2 * self.padding - self.size) // self.stride + 1 for side in shape[1:])
        return (self.filters, down, across)

    def maps(self, shape: Shape) -> Iterator[MapShape]:
        """Its own one, on patches."""
        yield MapShape(self.name, self.filters, shape[0] * self.size**2, self.bias)

    def forward(self, values: FloatArray, affine: Mapping[str, Affine]) -> tuple[FloatArray, Pullback]:
        """W z + b on all patches; back the slopes of patches add up where they overlap."""
        shape = values.shape
        after = (*self.shape_after(shape[:-1]), shape[-1])
        columns = patches(values, self.size, self.stride, self.padding)
        own = affine[self.name]

        def back(slopes: FloatArray, record: Record) -> FloatArray:
            deltas = slopes.reshape(self.filters, -1)
            record(self.name, columns, deltas)
            return add_patches(own.weight.T @ deltas, shape, self.size, self.stride, self.padding)

        return own.of(columns).reshape(after), back


def patches(images: FloatArray, size: int, stride: int = 1, padding: int = 0) -> FloatArray:
    """The size × size patches of (channels, height, width, N) images as (channels·size²) × (positions·N).

    Columns run over positions first and over images within: column p·N + i is position p of image i.

    >>> patches(np.arange(9.0).reshape(1, 3, 3, 1), size=2, stride=1)[:, 0].tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    around = (padding, padding)
    padded = np.pad(images, ((0, 0), around, around, (0, 0))) if padding else images
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    ordered = windows[:, ::stride, ::stride].transpose(0, 4, 5, 1, 2, 3)
    return ordered.reshape(images.shape[0] * size**2, -1)


def add_patches(
    columns: FloatArray, shape: tuple[int, ...], size: int, stride: int = 1, padding: int = 0
) -> FloatArray:
    """The images of that shape in which every pixel is the sum of its entries in all patches.

    The adjoint of `patches`: ⟨patches(u), C⟩ = ⟨u, add_patches(C)⟩.

    >>> add_patches(np.ones((4, 4)), (1, 3, 3, 1), size=2)[0, :, :, 0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    channels, height, width, samples = shape
    down, across = ((side + 2 * padding - size) // stride + 1 for side in (height, width))
    parts = columns.reshape(channels, size, size, down, across, samples)
    padded = np.zeros((channels, height + 2 * padding, width + 2 * padding, samples))
    for row in range(size):
        for column in range(size):
            rows = slice(row, row + stride * down, stride)
            padded[:, rows, column : column + stride * across : stride] += parts[:, row, column]
    return padded[:, padding : padding + height, padding : padding + width]
