"""Compiled descent on a chain of matrices.

The chain is evaluated from the output side: P_j = A_F⋯A_{j+1} has only as many rows as there are
classes, so the gradient of factor j is P_jᵀB_j, of rank at most K, and nothing d × d × N is formed.
"""

from typing import NamedTuple

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel
from numerics.descent.fit import fit_and_residual
from numerics.descent.heavy_ball import RUNNING, Control, State, add_penalty, block, judge_and_move


class Chain(NamedTuple):
    """Sizes, fit and buffers of a chain; factor 0 is the features, the last one gives the outputs.

    `inner_starts` cuts `partials` and `backs` into F−2 matrices, K × rows of factor j.
    """

    shapes: IntegerArray
    kind: int
    targets: FloatArray
    inner_starts: IntegerArray
    partials: FloatArray
    backs: FloatArray
    outputs: FloatArray
    residual: FloatArray


@kernel
def factor(flat: FloatArray, state: State, chain: Chain, index: int) -> FloatArray:
    """View factor `index` (or its gradient) in a flat vector."""
    return block(flat, state.starts, index, chain.shapes[index, 0], chain.shapes[index, 1])


@kernel
def inner(buffer: FloatArray, flat: FloatArray, state: State, chain: Chain, index: int) -> FloatArray:
    """View the K × rows-of-factor-`index` matrix of a buffer; the outermost one is the last factor."""
    last = chain.shapes.shape[0] - 1
    if index == last - 1:
        return factor(flat, state, chain, last)
    return block(buffer, chain.inner_starts, index, chain.outputs.shape[0], chain.shapes[index, 0])


@kernel
def chain_objective(state: State, chain: Chain) -> float:
    """Return fit plus penalty and write the gradient of both into the state."""
    factors = chain.shapes.shape[0]
    for j in range(factors - 2, 0, -1):
        np.dot(
            inner(chain.partials, state.parameters, state, chain, j),
            factor(state.parameters, state, chain, j),
            out=inner(chain.partials, state.parameters, state, chain, j - 1),
        )
    np.dot(
        inner(chain.partials, state.parameters, state, chain, 0),
        factor(state.parameters, state, chain, 0),
        out=chain.outputs,
    )
    fit = fit_and_residual(chain.kind, chain.outputs, chain.targets, chain.residual)
    back = chain.residual
    for j in range(factors - 1):
        left = inner(chain.partials, state.parameters, state, chain, j)
        np.dot(left.T, back, out=factor(state.gradient, state, chain, j))
        # Past the last inner factor the product so far is the last factor's gradient itself.
        further = inner(chain.backs, state.gradient, state, chain, j)
        np.dot(back, factor(state.parameters, state, chain, j).T, out=further)
        back = further
    return fit + add_penalty(state)


@kernel
def advance_chain(
    state: State, chain: Chain, control: Control, first: int, last: int
) -> tuple[int, int, float]:
    """Run steps first..last in place; return status, step and objective."""
    status = RUNNING
    loss = 0.0
    count = first
    while True:
        loss = chain_objective(state, chain)
        status = judge_and_move(state, control, loss, count, last)
        if status != RUNNING:
            return status, count, loss
        count += 1
