"""Where the numbers of a chain of matrices lie, for its kernels."""

from typing import NamedTuple

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import part_of_kernels
from numerics.descent.heavy_ball import State
from numerics.descent.products import View, view


class Chain(NamedTuple):
    """Sizes, fit and buffers of a chain; factor 0 is the transposed features, the last gives the outputs.

    Rows of factor j, and of the P and B with as many columns, are `strides[j]` numbers apart.
    `partials` holds P_j twice, before and after the step under way: row `parity` is the current one.
    `backs` holds B_j for the weights; `partial_starts` cuts both into K × (columns of factor j+1) matrices.
    `fit` holds the latest value of the fit; `scratch` one block of a gradient.
    """

    shapes: IntegerArray
    strides: IntegerArray
    kind: int
    targets: FloatArray
    partial_starts: IntegerArray
    partials: FloatArray
    parity: IntegerArray
    backs: FloatArray
    outputs: FloatArray
    residual: FloatArray
    lanes: FloatArray
    scratch: FloatArray
    fit: FloatArray


@part_of_kernels
def factor(flat: FloatArray, state: State, chain: Chain, index: int) -> View:
    """View factor `index` (or its gradient) in a flat vector; the features are transposed."""
    rows, columns = chain.shapes[index, 0], chain.shapes[index, 1]
    return view(flat, state.starts[index], rows, columns, chain.strides[index])


@part_of_kernels
def partial(chain: Chain, index: int, side: int) -> View:
    """View P of factor `index`, as it was (side 0) or is after the last completed pass (side 1)."""
    parity = (chain.parity[0] + 1 + side) % 2
    start = parity * (chain.partials.size // 2) + chain.partial_starts[index]
    columns, stride = chain.shapes[index + 1, 1], chain.strides[index + 1]
    return view(chain.partials, start, chain.outputs.shape[0], columns, stride)


@part_of_kernels
def back(chain: Chain, index: int) -> View:
    """View B of factor `index`: the residual for the features."""
    classes, samples = chain.outputs.shape
    if index == 0:
        return view(chain.residual, 0, classes, samples, samples)
    start, columns = chain.partial_starts[index - 1], chain.shapes[index, 1]
    return view(chain.backs, start, classes, columns, chain.strides[index])


@part_of_kernels
def gradient_sides(chain: Chain, index: int, side: int) -> tuple[View, View]:
    """Return left and right with leftᵀ·right the gradient of the fit in factor `index` as it is stored."""
    if index == 0:
        return back(chain, 0), partial(chain, 0, side)
    return partial(chain, index, side), back(chain, index)
