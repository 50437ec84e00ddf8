"""Matrices in one vector, laid out for the cache: every row begins a line of it, and rows do not compete.

Rows a power of two apart would all lie in the same few places of the cache and push each other out. The
numbers between the end of a row and the beginning of the next are zero, and every kernel leaves them so.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from numerics.arrays import FloatArray, IntegerArray

LINE: Final = 8
"""Numbers of a line of the cache."""


def row_stride(columns: int) -> int:
    """Return how many numbers apart to lay rows: an odd number of lines.

    Examples
    --------
    >>> row_stride(8), row_stride(70), row_stride(512)
    (8, 72, 520)
    """
    return LINE * (-(-columns // LINE) | 1)


def zeros_on_lines(size: int) -> FloatArray:
    """Return a vector of zeros that begins where a line of the cache does.

    Examples
    --------
    >>> zeros_on_lines(3)
    array([0., 0., 0.])
    """
    room = np.zeros(size + LINE)
    first = -(room.ctypes.data // room.itemsize) % LINE
    return room[first : first + size]


def starts_of(shapes: Sequence[tuple[int, int]]) -> IntegerArray:
    """Return where matrices of these shapes begin in one vector, and where the last one ends.

    Examples
    --------
    >>> starts_of([(2, 3), (1, 70)])
    array([ 0, 16, 88])
    """
    sizes = [rows * row_stride(columns) for rows, columns in shapes]
    return np.cumsum([0, *sizes], dtype=np.int64)


def rows_at(flat: FloatArray, start: int, shape: tuple[int, int]) -> FloatArray:
    """View the matrix of that shape that begins at `start`.

    Examples
    --------
    >>> rows_at(np.arange(16.0), 0, (2, 3))
    array([[ 0.,  1.,  2.],
           [ 8.,  9., 10.]])
    """
    rows, stride = shape[0], row_stride(shape[1])
    return flat[start : start + rows * stride].reshape(rows, stride)[:, : shape[1]]


def laid_out(matrices: Sequence[FloatArray]) -> tuple[FloatArray, IntegerArray]:
    """Copy matrices into one vector; return it with their starts.

    Examples
    --------
    >>> flat, starts = laid_out([np.ones((1, 2)), np.eye(2)])
    >>> flat.size, starts.tolist(), rows_at(flat, 8, (2, 2)).tolist()
    (24, [0, 8, 24], [[1.0, 0.0], [0.0, 1.0]])
    """
    starts = starts_of([(matrix.shape[0], matrix.shape[1]) for matrix in matrices])
    flat = zeros_on_lines(int(starts[-1]))
    for matrix, start in zip(matrices, starts, strict=False):
        rows_at(flat, int(start), (matrix.shape[0], matrix.shape[1]))[:] = matrix
    return flat, starts
