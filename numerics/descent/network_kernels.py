"""Compiled full-batch descent on multilayer perceptrons and residual networks.

Samples go through forwards and backwards in blocks that stay in the cache, here one row a sample. Blocks
are dealt to a few lots, each with a gradient of its own: lots may run side by side, and the sum
over the lots does not depend on how many did.
"""

import math
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.compilation import kernel, part_of_kernels
from numerics.descent.fit import fit_and_residual
from numerics.descent.heavy_ball import (
    RUNNING,
    Control,
    State,
    judge,
    looks_at_gradient,
    penalty_and_norm,
    wants_value,
)
from numerics.descent.network_layout import (
    Layers,
    activate,
    bias,
    pull_back,
    slopes_of,
    turned_weight,
    values_of,
    weight,
)
from numerics.descent.products import (
    View,
    add_flat,
    columns_of,
    copy_flat,
    flat_of,
    multiply,
    multiply_transposed_left,
    multiply_transposed_right,
    view,
)

ALL: Final = 0
LOTS: Final = 1
REST: Final = 2


@part_of_kernels
def _outputs_of(matrix: FloatArray) -> View:
    """View all outputs, or their gradient: classes × samples."""
    return view(matrix, 0, matrix.shape[0], matrix.shape[1], matrix.shape[1])


@part_of_kernels
def _turn(state: State, layers: Layers, lot: int) -> None:
    """Transpose the weights for the way forwards: rows of tiles need no sums across."""
    for index in range(layers.activations.size - 1):
        start, turned_start = state.starts[index], layers.turned_starts[index]
        stride, turned_stride = layers.strides[index], layers.strides[index + 1]
        turned = layers.turned[lot]
        for row in range(layers.widths[index + 1]):
            for column in range(layers.widths[index]):
                turned[turned_start + column * turned_stride + row] = state.parameters[
                    start + row * stride + column
                ]


@part_of_kernels
def _forward(state: State, layers: Layers, lot: int, first: int, count: int) -> None:
    """Fill the values of a block layer by layer; the outputs are classes × samples."""
    depth = layers.activations.size
    for index in range(depth - 1):
        before = values_of(state, layers, lot, index - 1, first, count)
        values = values_of(state, layers, lot, index, first, count)
        if layers.turned.size > 0:
            multiply(values, 0.0, 1.0, before, turned_weight(layers, lot, index))
        else:
            plain = weight(state.parameters, state, layers, index)
            multiply_transposed_right(values, 0.0, 1.0, before, plain)
        shift = bias(state.parameters, state, layers, index)
        activate(flat_of(values), values.stride, shift, layers.activations[index])
        if layers.skips[index]:
            add_flat(flat_of(values_of(state, layers, lot, index - 2, first, count)), flat_of(values))
    last = values_of(state, layers, lot, depth - 2, first, count)
    outputs = columns_of(_outputs_of(layers.outputs), first, count)
    multiply_transposed_right(outputs, 0.0, 1.0, weight(state.parameters, state, layers, depth - 1), last)
    shift = bias(state.parameters, state, layers, depth - 1)
    for row in range(shift.size):
        output = layers.outputs[row, first : first + count]
        for i in range(count):
            output[i] += shift[row]


@part_of_kernels
def _backward(state: State, layers: Layers, lot: int, first: int, count: int) -> None:
    """Add a block's share of the gradient of the fit."""
    depth, share = layers.activations.size, layers.shares[lot]
    residual = columns_of(_outputs_of(layers.residual), first, count)
    last = values_of(state, layers, lot, depth - 2, first, count)
    multiply(weight(share, state, layers, depth - 1), 1.0, 1.0, residual, last)
    shift = bias(share, state, layers, depth - 1)
    for row in range(shift.size):
        slope, total = layers.residual[row, first : first + count], 0.0
        for i in range(count):
            total += slope[i]
        shift[row] += total
    if depth > 1 or layers.free:
        outermost = weight(state.parameters, state, layers, depth - 1)
        slopes = slopes_of(state, layers, lot, depth - 2, first, count)
        multiply_transposed_left(slopes, 0.0, 1.0, residual, outermost)
    for index in range(depth - 2, -1, -1):
        slopes = slopes_of(state, layers, lot, index, first, count)
        values = values_of(state, layers, lot, index, first, count)
        shift = bias(share, state, layers, index)
        pull_back(flat_of(slopes), flat_of(values), slopes.stride, shift, layers.activations[index])
        before = values_of(state, layers, lot, index - 1, first, count)
        multiply_transposed_left(weight(share, state, layers, index), 1.0, 1.0, slopes, before)
        if index > 0 or layers.free:
            pulled, kept = slopes_of(state, layers, lot, index - 1, first, count), 0.0
            if layers.skips[index + 1]:  # the layer after took these values over as they were
                kept = 1.0
                copy_flat(flat_of(slopes_of(state, layers, lot, index + 1, first, count)), flat_of(pulled))
            multiply(pulled, kept, 1.0, slopes, weight(state.parameters, state, layers, index))


@part_of_kernels
def _fit(layers: Layers, first: int, count: int, with_value: bool) -> float:
    return fit_and_residual(
        layers.kind, layers.outputs, layers.targets, layers.residual, layers.lanes, first, count, with_value
    )


@part_of_kernels
def _pass_lot(state: State, layers: Layers, lot: int, with_value: bool) -> None:
    """Evaluate fit and gradient on the samples of a lot."""
    share = layers.shares[lot]
    for i in range(share.size):
        share[i] = 0.0
    layers.fits[lot] = 0.0
    if layers.turned.size > 0:
        _turn(state, layers, lot)
    for first in range(layers.lots[lot], layers.lots[lot + 1], layers.block):
        count = min(layers.block, layers.lots[lot + 1] - first)
        _forward(state, layers, lot, first, count)
        layers.fits[lot] += _fit(layers, first, count, with_value)
        _backward(state, layers, lot, first, count)


@part_of_kernels
def _collect(state: State, layers: Layers) -> float:
    """Add up the lots, always in the same order, and the decay; return the fit."""
    fit = 0.0
    for lot in range(layers.fits.size):
        fit += layers.fits[lot]
        share = layers.shares[lot]
        if lot == 0:
            copy_flat(share, layers.gradient[: share.size])
        else:
            add_flat(share, layers.gradient[: share.size])
    for j in range(state.decays.size):
        first, last, decay = state.starts[j], state.starts[j + 1], state.decays[j]
        slope, parameters = layers.gradient[first:last], state.parameters[first:last]
        if decay > 0.0:
            for i in range(slope.size):
                slope[i] += decay * parameters[i]
    return fit


@part_of_kernels
def _move(state: State, control: Control, gradient: FloatArray) -> None:
    """Take one heavy-ball step along the gradient of the objective."""
    if control.momentum == 0.0:
        for i in range(gradient.size):
            state.parameters[i] -= control.step * gradient[i]
        return
    for i in range(gradient.size):
        state.velocity[i] = control.momentum * state.velocity[i] - control.step * gradient[i]
        state.parameters[i] += state.velocity[i]


@kernel
def advance_network(
    state: State,
    layers: Layers,
    control: Control,
    first: int,
    last: int,
    stage: int,
    first_lot: int,
    last_lot: int,
) -> tuple[int, int, float, float, float]:
    """Run steps first..last in place; return status, step, objective, gradient norm and decay norm.

    That is stage ALL. For threads one step comes in two: stage LOTS evaluates some of the lots, and stage
    REST does what is left. One function, so that all this is compiled once.
    """
    count = first
    while True:
        if stage != REST:
            for lot in range(first_lot, last_lot):
                _pass_lot(state, layers, lot, wants_value(control, count, last))
        if stage == LOTS:
            return RUNNING, count, 0.0, 0.0, 0.0
        fit = _collect(state, layers)
        if wants_value(control, count, last):
            penalty, scale = penalty_and_norm(state)
            norm = math.inf
            if looks_at_gradient(control, count, last):
                norm = math.sqrt(np.dot(layers.gradient, layers.gradient))
            status = judge(control, fit + penalty, norm, scale, count, last)
            if status != RUNNING:
                return status, count, fit + penalty, norm, scale
        _move(state, control, layers.gradient)
        count += 1
        if stage == REST:
            return RUNNING, count, 0.0, 0.0, 0.0
