"""Compiled descent on a chain of matrices A_F⋯A_1.

The chain is evaluated from the output side: P_j = A_F⋯A_{j+1} has only as many rows as there are
classes, so the gradient of factor j is P_jᵀB_j, of rank at most K, and nothing d × d × N is formed.
B_1 is the residual, B_{j+1} = B_jA_jᵀ.

A step passes over the factors once on the way down, each block of rows being moved and multiplied
while it is in the cache, and the weights once more on the way up. The features are kept transposed, so
that a block of samples lies together: moved, multiplied, judged and pulled back in one go.
"""

import math

from numerics.compilation import kernel, part_of_kernels
from numerics.descent.chain_gradient import gradient_norm
from numerics.descent.chain_layout import Chain, back, factor, gradient_sides, partial
from numerics.descent.fit import SQUARED_FREE_BIAS, fit_and_residual, squared_loss
from numerics.descent.heavy_ball import (
    RUNNING,
    Control,
    State,
    judge,
    looks_at_gradient,
    penalty_and_norm,
    step_flat,
    step_matrix,
    wants_value,
)
from numerics.descent.products import (
    block_rows,
    columns_of,
    copy_flat,
    flat_of,
    multiply,
    multiply_transposed_right,
    rows_of,
    view,
)


@part_of_kernels
def pass_chain(state: State, chain: Chain, control: Control, with_value: bool) -> None:
    """Take a step and evaluate the chain where it ends: fit, residual, all P_j and B_j."""
    chain.parity[0] = 1 - chain.parity[0]
    last = chain.shapes.shape[0] - 1
    step_flat(state, control, last, flat_of(back(chain, last)))
    outermost, out = factor(state.parameters, state, chain, last), partial(chain, last - 1, 1)
    copy_flat(flat_of(outermost), flat_of(out))
    for j in range(last - 1, 0, -1):
        _pass_weight(state, chain, control, j)
    _pass_features(state, chain, control, with_value)
    for j in range(1, last):
        _pull_back(state, chain, j)


@part_of_kernels
def _pass_weight(state: State, chain: Chain, control: Control, index: int) -> None:
    """Step one weight and multiply the new P by it, block by block."""
    weight = factor(state.parameters, state, chain, index)
    left, right = gradient_sides(chain, index, 0)
    above, below = partial(chain, index, 1), partial(chain, index - 1, 1)
    height = block_rows(weight.rows, weight.columns, above.rows)
    first = 0
    while first < weight.rows:
        count = min(height, weight.rows - first)
        block = rows_of(weight, first, count)
        step_matrix(state, control, state.decays[index], block, columns_of(left, first, count), right)
        multiply(below, 1.0 if first > 0 else 0.0, 1.0, columns_of(above, first, count), block)
        first += count


@part_of_kernels
def _pass_features(state: State, chain: Chain, control: Control, with_value: bool) -> None:
    """Step the features, find outputs and residual, and pull the residual back, samples block by block."""
    features = factor(state.parameters, state, chain, 0)
    old, new, pulled = partial(chain, 0, 0), partial(chain, 0, 1), back(chain, 1)
    residual = back(chain, 0)
    outputs = view(chain.outputs, 0, residual.rows, residual.columns, residual.stride)
    height = block_rows(features.rows, features.columns, residual.rows)
    fit = 0.0
    first = 0
    while first < features.rows:
        count = min(height, features.rows - first)
        block = rows_of(features, first, count)
        step_matrix(state, control, state.decays[0], block, columns_of(residual, first, count), old)
        multiply_transposed_right(columns_of(outputs, first, count), 0.0, 1.0, new, block)
        if chain.kind != SQUARED_FREE_BIAS:
            fit += _fit(chain, first, count, with_value)
            multiply(pulled, 1.0 if first > 0 else 0.0, 1.0, columns_of(residual, first, count), block)
        first += count
    if chain.kind == SQUARED_FREE_BIAS:  # the bias depends on all samples
        fit = squared_loss(chain.outputs, chain.targets, chain.residual, True)
        multiply(pulled, 0.0, 1.0, residual, features)
    chain.fit[0] = fit


@part_of_kernels
def _fit(chain: Chain, first: int, count: int, with_value: bool) -> float:
    return fit_and_residual(
        chain.kind, chain.outputs, chain.targets, chain.residual, chain.lanes, first, count, with_value
    )


@part_of_kernels
def _pull_back(state: State, chain: Chain, index: int) -> None:
    """B_{j+1} = B_jA_jᵀ, block by block."""
    weight, before, after = (
        factor(state.parameters, state, chain, index),
        back(chain, index),
        back(chain, index + 1),
    )
    height = block_rows(weight.rows, weight.columns, before.rows)
    first = 0
    while first < weight.rows:
        count = min(height, weight.rows - first)
        multiply_transposed_right(
            columns_of(after, first, count), 0.0, 1.0, before, rows_of(weight, first, count)
        )
        first += count


@kernel
def advance_chain(
    state: State, chain: Chain, control: Control, first: int, last: int
) -> tuple[int, int, float, float, float]:
    """Run steps first..last in place; return status, step, objective, gradient norm and decay norm."""
    count, wanted = first, wants_value(control, first, last)
    while True:
        if wanted:
            penalty, scale = penalty_and_norm(state)
            enough = math.inf if count == last else control.tolerance * max(scale, control.floor)
            norm = math.inf
            if looks_at_gradient(control, count, last):
                norm = gradient_norm(state, chain, enough)
            status = judge(control, chain.fit[0] + penalty, norm, scale, count, last)
            if status != RUNNING:
                return status, count, chain.fit[0] + penalty, norm, scale
        count += 1
        wanted = wants_value(control, count, last)
        pass_chain(state, chain, control, wanted)
