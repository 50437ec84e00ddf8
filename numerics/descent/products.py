"""Products of matrices that lie in flat buffers: C ← keep·C + scale·op(A)op(B), in place.

BLAS does this in one pass, so that weight decay and a rank-K gradient step cost no more than the product
alone. Numba's `np.dot` always overwrites C; the routine behind it, called here, can also keep it.
"""

from typing import Any, Final, NamedTuple

import scipy.linalg.cython_blas  # noqa: F401  (holds the routine; loaded now, so that threads can be limited)
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from numerics.arrays import FloatArray
from numerics.compilation import part_of_kernels

DIRECT: Final = 900_000
"""Multiplications up to which BLAS reads its operands where they lie instead of copying them together."""

LARGEST_BLOCK: Final = 96
"""Rows of a block of a large matrix: with the operands it stays in the second-level cache."""

REAL, PLAIN, TRANSPOSED = ord("d"), ord("n"), ord("t")
"""Flags of the routine: float64, as it lies, and its transpose."""

_gemm: Any = types.ExternalFunction(
    "numba_xxgemm",
    types.intc(
        types.char, types.char, types.char, types.intp, types.intp, types.intp, types.voidptr, types.voidptr,
        types.intp, types.voidptr, types.intp, types.voidptr, types.voidptr, types.intp,
    ),
)  # fmt: skip


class View(NamedTuple):
    """A rows × columns matrix in a flat buffer, its rows `stride` numbers apart."""

    flat: FloatArray
    start: int
    rows: int
    columns: int
    stride: int


@part_of_kernels
def view(flat: FloatArray, start: int, rows: int, columns: int) -> View:
    """View consecutive numbers as a matrix."""
    return View(flat, start, rows, columns, columns)


@part_of_kernels
def rows_of(matrix: View, first: int, count: int) -> View:
    """View some rows."""
    return View(matrix.flat, matrix.start + first * matrix.stride, count, matrix.columns, matrix.stride)


@part_of_kernels
def columns_of(matrix: View, first: int, count: int) -> View:
    """View some columns."""
    return View(matrix.flat, matrix.start + first, matrix.rows, count, matrix.stride)


@part_of_kernels
def flat_of(matrix: View) -> FloatArray:
    """View a matrix without gaps as a vector."""
    return matrix.flat[matrix.start : matrix.start + matrix.rows * matrix.columns]


@part_of_kernels
def copy_flat(source: FloatArray, target: FloatArray) -> None:
    """Copy a vector into one of its size (an assignment would compile an error message for other sizes)."""
    for i in range(target.size):
        target[i] = source[i]


@part_of_kernels
def add_flat(source: FloatArray, target: FloatArray) -> None:
    """Add a vector to one of its size."""
    for i in range(target.size):
        target[i] += source[i]


@part_of_kernels
def block_rows(columns: int, inner: int) -> int:
    """Return how many rows to take at a time, where each takes `columns · inner` multiplications."""
    fitting = DIRECT // (columns * inner) // 8 * 8
    return min(max(fitting, 8), LARGEST_BLOCK)


@intrinsic
def _address_of(_context: Any, _number: Any) -> Any:
    """Put a number on the stack and return its address: Fortran takes nothing else."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = cgutils.alloca_once_value(builder, arguments[0])
        return builder.bitcast(place, ir.IntType(8).as_pointer())

    return types.voidptr(types.float64), generate


@part_of_kernels
def multiply(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·left·right."""
    _blas(target, keep, scale, left, PLAIN, right, PLAIN, left.columns)


@part_of_kernels
def multiply_transposed_left(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·leftᵀ·right."""
    _blas(target, keep, scale, left, TRANSPOSED, right, PLAIN, left.rows)


@part_of_kernels
def multiply_transposed_right(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·left·rightᵀ."""
    _blas(target, keep, scale, left, PLAIN, right, TRANSPOSED, left.columns)


@part_of_kernels
def _blas(
    target: View,
    keep: float,
    scale: float,
    left: View,
    left_flag: int,
    right: View,
    right_flag: int,
    inner: int,
) -> None:
    # Fortran sees every matrix transposed, hence the exchange of left and right.
    _gemm(
        REAL, right_flag, left_flag, target.columns, target.rows, inner, _address_of(scale),
        right.flat[right.start :].ctypes, right.stride, left.flat[left.start :].ctypes, left.stride,
        _address_of(keep), target.flat[target.start :].ctypes, target.stride,
    )  # fmt: skip
