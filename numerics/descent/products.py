"""Products of matrices that lie in flat buffers: C ← keep·C + scale·op(A)op(B), in place.

BLAS does this in one pass, so that weight decay and a rank-K gradient step cost no more than the product
alone. Numba's `np.dot` always overwrites C; the routine behind it, called here, can also keep it.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  (holds the routine; loaded now, so that threads can be limited)
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.np.numpy_support import carray

from numerics.arrays import FloatArray
from numerics.compilation import instruction, part_of_kernels
from numerics.descent.small_products import dot_products, outer_products

DIRECT: Final = 900_000
"""Multiplications up to which BLAS reads its operands where they lie instead of copying them together."""

IN_CACHE: Final = 24_000
"""Numbers of a left operand up to which small tiles are faster than BLAS: it is read again and again."""

LARGEST_BLOCK: Final = 48
"""Rows of a block of a large matrix: with the operands it stays in the second-level cache."""

BYTES: Final = 8
"""Of a float64."""

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
    """A rows × columns matrix at an address, its rows `stride` numbers apart.

    An address and not an array: counting references would take longer than a small product. The arrays
    that a kernel is called with outlive its views.
    """

    address: int
    rows: int
    columns: int
    stride: int


@instruction
def address_of(_context: Any, flat: Any) -> Any:
    """Return where the numbers of a vector lie."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(array.data, ir.IntType(64))

    return types.int64(flat), generate


@instruction
def _pointer_to(_context: Any, _address: Any) -> Any:
    """Return an address as a pointer."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generate


@part_of_kernels
def view(flat: FloatArray, start: int, rows: int, columns: int, stride: int) -> View:
    """View numbers of a vector (or of a matrix without gaps) from `start` on as a matrix."""
    return View(address_of(flat) + BYTES * start, rows, columns, stride)


@part_of_kernels
def rows_of(matrix: View, first: int, count: int) -> View:
    """View some rows."""
    return View(matrix.address + BYTES * first * matrix.stride, count, matrix.columns, matrix.stride)


@part_of_kernels
def columns_of(matrix: View, first: int, count: int) -> View:
    """View some columns."""
    return View(matrix.address + BYTES * first, matrix.rows, count, matrix.stride)


@part_of_kernels
def flat_of(matrix: View) -> FloatArray:
    """Return whole rows, gaps between them included, as a vector that shares their numbers."""
    return carray(_pointer_to(matrix.address), matrix.rows * matrix.stride, np.float64)


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
def block_rows(rows: int, columns: int, inner: int) -> int:
    """Return how many of the rows to take at a time, where each takes `columns · inner` multiplications."""
    if rows <= LARGEST_BLOCK and rows * columns * inner <= DIRECT:
        return rows
    fitting = DIRECT // (columns * inner) // 8 * 8
    return min(max(fitting, 8), LARGEST_BLOCK)


@instruction
def _on_stack(_context: Any, _number: Any) -> Any:
    """Put a number on the stack and return its address: Fortran takes nothing else."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = cgutils.alloca_once_value(builder, arguments[0])
        return builder.bitcast(place, ir.IntType(8).as_pointer())

    return types.voidptr(types.float64), generate


@part_of_kernels
def multiply(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·left·right."""
    if _reads_in_place(left):
        outer_products(
            target.address, target.stride, left.address, left.stride, 1, right.address, right.stride,
            target.rows, target.columns, left.columns, keep, scale,
        )  # fmt: skip
    else:
        _blas(target, keep, scale, left, PLAIN, right, PLAIN, left.columns)


@part_of_kernels
def multiply_transposed_left(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·leftᵀ·right."""
    if _reads_in_place(left):
        outer_products(
            target.address, target.stride, left.address, 1, left.stride, right.address, right.stride,
            target.rows, target.columns, left.rows, keep, scale,
        )  # fmt: skip
    else:
        _blas(target, keep, scale, left, TRANSPOSED, right, PLAIN, left.rows)


@part_of_kernels
def multiply_transposed_right(target: View, keep: float, scale: float, left: View, right: View) -> None:
    """target ← keep·target + scale·left·rightᵀ."""
    if _reads_in_place(left):
        dot_products(
            target.address, target.stride, left.address, left.stride, right.address, right.stride,
            target.rows, target.columns, left.columns, keep, scale,
        )  # fmt: skip
    else:
        _blas(target, keep, scale, left, PLAIN, right, TRANSPOSED, left.columns)


@part_of_kernels
def _reads_in_place(left: View) -> bool:
    """Whether the left operand stays in the cache while each strip of the right one passes by it once."""
    return left.rows * left.columns <= IN_CACHE


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
        REAL, right_flag, left_flag, target.columns, target.rows, inner, _on_stack(scale),
        _pointer_to(right.address), right.stride, _pointer_to(left.address), left.stride,
        _on_stack(keep), _pointer_to(target.address), target.stride,
    )  # fmt: skip
