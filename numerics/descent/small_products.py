"""Products of matrices in the cache, tile by tile: C ← keep·C + scale·A·B or A·Bᵀ, operands where they lie.

Matrices are addresses with strides in numbers. Rows are shared out evenly among tiles that the registers
can hold; the columns left over at the edge have narrower tiles.
"""

from collections.abc import Callable
from typing import Final

from numerics.compilation import kernel, part_of_kernels
from numerics.descent.tiles import BYTES, dot_tile, outer_tile

HIGHEST: Final = 6
"""Rows of a tile eight columns wide, a line of the cache: it and its operands fill sixteen registers."""

NARROW: Final = 32
"""Inner dimension up to which the right operand may be read once for every few rows."""

HIGHEST_DOT: Final = 3
"""Rows of a tile of four dot products each: as many accumulators."""


def _outer(vectors: int, lanes: int) -> Callable[..., None]:
    """Make the outer tile of that width, for any height up to the highest."""
    one, two, three, four, five, six = (outer_tile(rows, vectors, lanes) for rows in range(1, HIGHEST + 1))

    @part_of_kernels
    def tile(
        height: int, c: int, c_stride: int, a: int, a_row: int, a_inner: int, b: int, b_stride: int,
        inner: int, keep: float, scale: float,
    ) -> None:  # fmt: skip
        if height == 6:
            six(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)
        elif height == 5:
            five(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)
        elif height == 4:
            four(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)
        elif height == 3:
            three(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)
        elif height == 2:
            two(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)
        else:
            one(c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale)

    return tile


def _dot(columns: int) -> Callable[..., None]:
    """Make the tile of that many dot products a row, for any height up to the highest."""
    one, two, three = (dot_tile(rows, columns) for rows in range(1, HIGHEST_DOT + 1))

    @part_of_kernels
    def tile(
        height: int, c: int, c_stride: int, a: int, a_stride: int, b: int, b_stride: int,
        inner: int, keep: float, scale: float,
    ) -> None:  # fmt: skip
        if height == 3:
            three(c, c_stride, a, a_stride, b, b_stride, inner, keep, scale)
        elif height == 2:
            two(c, c_stride, a, a_stride, b, b_stride, inner, keep, scale)
        else:
            one(c, c_stride, a, a_stride, b, b_stride, inner, keep, scale)

    return tile


_outer_8, _outer_4, _outer_2, _outer_1 = _outer(2, 4), _outer(1, 4), _outer(1, 2), _outer(1, 1)
_dot_4, _dot_2, _dot_1 = _dot(4), _dot(2), _dot(1)


@part_of_kernels
def _shared_out(rows: int, most: int) -> tuple[int, int]:
    """Return the height of a tile, and how many of the first tiles are one row higher, none above `most`."""
    tiles = (rows + most - 1) // most
    low = rows // tiles
    return low, rows - low * tiles


@part_of_kernels
def _width(left: int) -> int:
    """Columns of the next tile with `left` to go."""
    return 8 if left >= 8 else 4 if left >= 4 else 2 if left >= 2 else 1


@kernel
def outer_products(
    c: int, c_stride: int, a: int, a_row: int, a_inner: int, b: int, b_stride: int,
    rows: int, columns: int, inner: int, keep: float, scale: float,
) -> None:  # fmt: skip
    """C ← keep·C + scale·A·B, rows of B and C without gaps; A as it lies, or transposed by its strides.

    Strip by strip of B's columns, which then stay at hand; but along the rows of a C much larger than B,
    for the processor to see what comes next.
    """
    along_rows = inner <= NARROW and rows > inner
    low, higher = _shared_out(rows, HIGHEST)
    i, j, tile = 0, 0, 0
    while i < rows and j < columns:
        height, width = low + 1 if tile < higher else low, _width(columns - j)
        here, left, right = c + BYTES * (i * c_stride + j), a + BYTES * i * a_row, b + BYTES * j
        if width == 8:
            _outer_8(height, here, c_stride, left, a_row, a_inner, right, b_stride, inner, keep, scale)
        elif width == 4:
            _outer_4(height, here, c_stride, left, a_row, a_inner, right, b_stride, inner, keep, scale)
        elif width == 2:
            _outer_2(height, here, c_stride, left, a_row, a_inner, right, b_stride, inner, keep, scale)
        else:
            _outer_1(height, here, c_stride, left, a_row, a_inner, right, b_stride, inner, keep, scale)
        if along_rows:
            j += width
            if j >= columns:
                i, j, tile = i + height, 0, tile + 1
        else:
            i, tile = i + height, tile + 1
            if i >= rows:
                i, j, tile = 0, j + width, 0


@kernel
def dot_products(
    c: int, c_stride: int, a: int, a_stride: int, b: int, b_stride: int,
    rows: int, columns: int, inner: int, keep: float, scale: float,
) -> None:  # fmt: skip
    """C ← keep·C + scale·A·Bᵀ, rows of A, B and C without gaps."""
    low, higher = _shared_out(rows, HIGHEST_DOT)
    j = 0
    while j < columns:
        width = 4 if columns - j >= 4 else 2 if columns - j >= 2 else 1
        i, tile = 0, 0
        while i < rows:
            height = low + 1 if tile < higher else low
            here, left = c + BYTES * (i * c_stride + j), a + BYTES * i * a_stride
            right = b + BYTES * j * b_stride
            if width == 4:
                _dot_4(height, here, c_stride, left, a_stride, right, b_stride, inner, keep, scale)
            elif width == 2:
                _dot_2(height, here, c_stride, left, a_stride, right, b_stride, inner, keep, scale)
            else:
                _dot_1(height, here, c_stride, left, a_stride, right, b_stride, inner, keep, scale)
            i, tile = i + height, tile + 1
        j += width
