"""The gradient of a chain's objective, written out or only its norm, where the chain was last evaluated."""

import math

import numpy as np

from numerics.arrays import FloatArray
from numerics.compilation import kernel, part_of_kernels
from numerics.descent.chain_layout import Chain, back, factor, gradient_sides
from numerics.descent.heavy_ball import State
from numerics.descent.products import (
    block_rows,
    columns_of,
    copy_flat,
    flat_of,
    multiply_transposed_left,
    rows_of,
    view,
)


@kernel
def write_gradient(state: State, chain: Chain, gradient: FloatArray) -> None:
    """Write the gradient of the objective where the chain was last evaluated; features transposed."""
    last = chain.shapes.shape[0] - 1
    for j in range(last):
        left, right = gradient_sides(chain, j, 1)
        multiply_transposed_left(factor(gradient, state, chain, j), 0.0, 1.0, left, right)
    copy_flat(flat_of(back(chain, last)), flat_of(factor(gradient, state, chain, last)))
    for j in range(last + 1):
        for i in range(state.starts[j], state.starts[j + 1]):
            gradient[i] += state.decays[j] * state.parameters[i]


@part_of_kernels
def gradient_norm(state: State, chain: Chain, enough: float) -> float:
    """Return the norm of that gradient without holding more than a block of it.

    Infinity where the last weight's share alone, which is at hand, exceeds `enough`.
    """
    last = chain.shapes.shape[0] - 1
    total = _square_of_outermost(state, chain)
    if math.sqrt(total) > enough:
        return math.inf
    for j in range(last):
        total += _gradient_square_of(state, chain, j)
    return math.sqrt(total)


@part_of_kernels
def _square_of_outermost(state: State, chain: Chain) -> float:
    last = chain.shapes.shape[0] - 1
    weights, slopes = flat_of(factor(state.parameters, state, chain, last)), flat_of(back(chain, last))
    total = 0.0
    for i in range(slopes.size):
        total += (state.decays[last] * weights[i] + slopes[i]) ** 2
    return total


@part_of_kernels
def _gradient_square_of(state: State, chain: Chain, index: int) -> float:
    matrix = factor(state.parameters, state, chain, index)
    left, right = gradient_sides(chain, index, 1)
    height = min(block_rows(matrix.rows, matrix.columns, left.rows), matrix.rows)
    total = 0.0
    first = 0
    while first < matrix.rows:
        count = min(height, matrix.rows - first)
        block = view(chain.scratch, 0, count, matrix.columns, matrix.stride)
        slope = flat_of(block)
        copy_flat(flat_of(rows_of(matrix, first, count)), slope)
        multiply_transposed_left(block, state.decays[index], 1.0, columns_of(left, first, count), right)
        total += np.dot(slope, slope)
        first += count
    return total
