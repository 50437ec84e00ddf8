"""Small products in registers: a tile of C stays there while the inner dimension passes by once.

BLAS copies its operands together before it multiplies them, which pays for large matrices only. Matrices
with as few rows as there are classes, or of the size of the cache, are faster read where they lie. The code
of a tile is written out here, so that the compiler has nothing to guess: vectors of four float64 (which it
splits where registers are shorter), one accumulator a vector, products and sums rounded together where the
processor can. The order of summation depends on the shapes alone.
"""

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils

from numerics.compilation import instruction

DOUBLE: Final = ir.DoubleType()
INTEGER: Final = ir.IntType(64)
LANES: Final = 4
BYTES: Final = 8
FUSED: Final = ("contract",)
"""Lets a product and the sum it goes into be rounded once."""


class Emitter:
    """Writes vector instructions at addresses counted in float64s."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def place(self, base: Any, *offsets: tuple[Any, Any]) -> Any:
        """Return base + Σ number·stride as an address; both may be known numbers."""
        for number, stride in offsets:
            if isinstance(number, int) and number == 0:
                continue
            number, stride = self._integer(number), self._integer(stride)
            step = self.builder.mul(self.builder.mul(number, stride), self._integer(BYTES))
            base = self.builder.add(base, step)
        return base

    def load(self, address: Any, lanes: int) -> Any:
        """Read that many neighbours."""
        return self.builder.load(self._pointer(address, lanes), align=BYTES)

    def store(self, value: Any, address: Any, lanes: int) -> None:
        """Write that many neighbours."""
        self.builder.store(value, self._pointer(address, lanes), align=BYTES)

    def add_product(self, left: Any, right: Any, total: Any) -> Any:
        """Return left·right + total."""
        return self.builder.fadd(self.builder.fmul(left, right, flags=FUSED), total, flags=FUSED)

    def repeated(self, number: Any, lanes: int) -> Any:
        """Return a vector of one and the same number."""
        vector = ir.Constant(vector_of(lanes), ir.Undefined)
        for lane in range(lanes):
            vector = self.builder.insert_element(vector, number, ir.IntType(32)(lane))
        return vector

    def neighbours_added(self, left: Any, right: Any | None, lanes: int) -> Any:
        """Return the sums of pairs of neighbours in `left`, then in `right` where there is one."""
        width = lanes if right is None else 2 * lanes
        other = ir.Constant(vector_of(lanes), ir.Undefined) if right is None else right
        sides = [self.builder.shuffle_vector(left, other, _indices(range(side, width, 2))) for side in (0, 1)]
        return self.builder.fadd(*sides)

    def number(self, address: Any) -> Any:
        """Read one number."""
        return self.builder.load(self.builder.inttoptr(address, DOUBLE.as_pointer()))

    def _integer(self, value: Any) -> Any:
        return INTEGER(value) if isinstance(value, int) else value

    def _pointer(self, address: Any, lanes: int) -> Any:
        return self.builder.inttoptr(address, vector_of(lanes).as_pointer())


def vector_of(lanes: int) -> Any:
    """The type of so many float64s side by side."""
    return ir.VectorType(DOUBLE, lanes)


def _indices(those: range) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(those)), list(those))


def _accumulators(builder: Any, count: int, lanes: int) -> list[Any]:
    zero = ir.Constant(vector_of(lanes), [0.0] * lanes)
    return [cgutils.alloca_once_value(builder, zero) for _ in range(count)]


def _finish(
    emitter: Emitter, totals: list[Any], addresses: list[Any], lanes: int, keep: Any, scale: Any
) -> None:
    """C ← keep·C + scale·total; what is not kept is not read either: it may be a NaN."""
    builder = emitter.builder
    scales = emitter.repeated(scale, lanes)
    scaled = [builder.fmul(total, scales) for total in totals]
    fresh = builder.fcmp_ordered("==", keep, DOUBLE(0.0))
    with builder.if_else(fresh) as (then, otherwise):
        with then:
            for value, address in zip(scaled, addresses, strict=True):
                emitter.store(value, address, lanes)
        with otherwise:
            keeps = emitter.repeated(keep, lanes)
            for value, address in zip(scaled, addresses, strict=True):
                before = emitter.load(address, lanes)
                emitter.store(emitter.add_product(keeps, before, value), address, lanes)


def outer_tile(rows: int, vectors: int, lanes: int) -> Callable[..., None]:
    """Make the instruction C ← keep·C + scale·A·B for a C of `rows` × `vectors·lanes`.

    Called with address and row stride of C; address, row stride and inner stride of A; address and row
    stride of B; the inner dimension; keep and scale.
    """

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        c, c_stride, a, a_row, a_inner, b, b_stride, inner, keep, scale = arguments
        emitter = Emitter(builder)
        sums = _accumulators(builder, rows * vectors, lanes)
        with cgutils.for_range(builder, inner) as loop:
            line = emitter.place(b, (loop.index, b_stride))
            right = [emitter.load(emitter.place(line, (v, lanes)), lanes) for v in range(vectors)]
            left = emitter.place(a, (loop.index, a_inner))
            for i in range(rows):
                number = emitter.number(emitter.place(left, (i, a_row)))
                spread = emitter.repeated(number, lanes)
                for v in range(vectors):
                    place = sums[i * vectors + v]
                    builder.store(emitter.add_product(spread, right[v], builder.load(place)), place)
        addresses = [emitter.place(c, (i, c_stride), (v, lanes)) for i in range(rows) for v in range(vectors)]
        _finish(emitter, [builder.load(place) for place in sums], addresses, lanes, keep, scale)

    def tile(
        _context: Any, _c: Any, _c_stride: Any, _a: Any, _a_row: Any, _a_inner: Any, _b: Any, _b_stride: Any,
        _inner: Any, _keep: Any, _scale: Any,
    ) -> Any:  # fmt: skip
        return types.void(*[types.int64] * 8, types.float64, types.float64), generate

    return instruction(tile)


def dot_tile(rows: int, columns: int) -> Callable[..., None]:
    """Make the instruction C ← keep·C + scale·A·Bᵀ for a C of `rows` × `columns` (1, 2 or 4).

    Called with address and row stride of C, of A and of B; the inner dimension; keep and scale.
    """

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        c, c_stride, a, a_stride, b, b_stride, inner, keep, scale = arguments
        emitter = Emitter(builder)
        sums = _accumulators(builder, rows * columns, LANES)
        whole = builder.sdiv(inner, INTEGER(LANES))
        with cgutils.for_range(builder, whole) as loop:
            along = (loop.index, LANES)
            left = [emitter.load(emitter.place(a, (i, a_stride), along), LANES) for i in range(rows)]
            for j in range(columns):
                right = emitter.load(emitter.place(b, (j, b_stride), along), LANES)
                for i in range(rows):
                    place = sums[i * columns + j]
                    builder.store(emitter.add_product(left[i], right, builder.load(place)), place)
        totals = [
            _sums_across(emitter, [builder.load(sums[i * columns + j]) for j in range(columns)])
            for i in range(rows)
        ]
        rest = [cgutils.alloca_once_value(builder, total) for total in totals]
        done = builder.mul(whole, INTEGER(LANES))
        with cgutils.for_range(builder, builder.sub(inner, done)) as loop:
            index = builder.add(done, loop.index)
            right_column = ir.Constant(vector_of(columns), ir.Undefined)
            for j in range(columns):
                number = emitter.number(emitter.place(b, (j, b_stride), (index, 1)))
                right_column = builder.insert_element(right_column, number, ir.IntType(32)(j))
            for i in range(rows):
                spread = emitter.repeated(
                    emitter.number(emitter.place(a, (i, a_stride), (index, 1))), columns
                )
                builder.store(emitter.add_product(spread, right_column, builder.load(rest[i])), rest[i])
        addresses = [emitter.place(c, (i, c_stride)) for i in range(rows)]
        _finish(emitter, [builder.load(place) for place in rest], addresses, columns, keep, scale)

    def tile(
        _context: Any, _c: Any, _c_stride: Any, _a: Any, _a_stride: Any, _b: Any, _b_stride: Any,
        _inner: Any, _keep: Any, _scale: Any,
    ) -> Any:  # fmt: skip
        return types.void(*[types.int64] * 7, types.float64, types.float64), generate

    return instruction(tile)


def _sums_across(emitter: Emitter, vectors: list[Any]) -> Any:
    """Return the sum of the entries of each vector, side by side."""
    count, lanes = len(vectors), LANES
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [emitter.neighbours_added(left, right, lanes) for left, right in pairs]
    (sums,) = vectors
    while lanes > count:
        sums = emitter.neighbours_added(sums, None, lanes)
        lanes //= 2
    return sums
