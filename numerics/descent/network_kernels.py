"""Compiled full-batch descent on a multilayer perceptron; columns are samples."""

import math
from typing import Final, NamedTuple

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel
from numerics.descent.fit import fit_and_residual
from numerics.descent.heavy_ball import RUNNING, Control, State, add_penalty, block, judge_and_move

LINEAR: Final = 0
TANH: Final = 1
RELU: Final = 2


class Layers(NamedTuple):
    """Sizes, data, fit and buffers of a network with `widths[0]` inputs and `widths[-1]` outputs.

    `starts` cuts `values` (what each layer puts out) and `deltas` (gradients of the mean loss in the
    pre-activations) into width × N matrices. Weights come first in a state, then biases if there are any.
    """

    widths: IntegerArray
    biased: bool
    activation: int
    inputs: FloatArray
    kind: int
    targets: FloatArray
    starts: IntegerArray
    values: FloatArray
    deltas: FloatArray


@kernel
def layer(buffer: FloatArray, layers: Layers, index: int) -> FloatArray:
    """View layer `index` of a buffer; layer −1 is the input data."""
    if index < 0:
        return layers.inputs
    return block(buffer, layers.starts, index, layers.widths[index + 1], layers.inputs.shape[1])


@kernel
def weight(flat: FloatArray, state: State, layers: Layers, index: int) -> FloatArray:
    """View the weight (or its gradient) of layer `index` in a flat vector."""
    return block(flat, state.starts, index, layers.widths[index + 1], layers.widths[index])


@kernel
def activate(values: FloatArray, activation: int) -> None:
    """Apply the activation in place."""
    flat = values.ravel()
    if activation == TANH:
        for i in range(flat.size):
            flat[i] = math.tanh(flat[i])
    elif activation == RELU:
        for i in range(flat.size):
            flat[i] = flat[i] if flat[i] > 0.0 else 0.0


@kernel
def pull_back(deltas: FloatArray, values: FloatArray, activation: int) -> None:
    """Multiply by the activation's derivative, written in terms of its value."""
    delta, value = deltas.ravel(), values.ravel()
    if activation == TANH:
        for i in range(delta.size):
            delta[i] *= 1.0 - value[i] * value[i]
    elif activation == RELU:
        for i in range(delta.size):
            delta[i] = delta[i] if value[i] > 0.0 else 0.0


@kernel
def forward(state: State, layers: Layers) -> None:
    """Fill `values` layer by layer; the last layer is linear."""
    depth = layers.widths.size - 1
    for index in range(depth):
        values = layer(layers.values, layers, index)
        np.dot(
            weight(state.parameters, state, layers, index),
            layer(layers.values, layers, index - 1),
            out=values,
        )
        if layers.biased:
            bias_start = state.starts[depth + index]
            for row in range(values.shape[0]):
                bias = state.parameters[bias_start + row]
                for i in range(values.shape[1]):
                    values[row, i] += bias
        if index < depth - 1:
            activate(values, layers.activation)


@kernel
def network_objective(state: State, layers: Layers) -> float:
    """Return fit plus penalty and write the gradient of both into the state."""
    depth = layers.widths.size - 1
    forward(state, layers)
    fit = fit_and_residual(
        layers.kind,
        layer(layers.values, layers, depth - 1),
        layers.targets,
        layer(layers.deltas, layers, depth - 1),
    )
    for index in range(depth - 1, -1, -1):
        deltas = layer(layers.deltas, layers, index)
        values_before = layer(layers.values, layers, index - 1)
        np.dot(deltas, values_before.T, out=weight(state.gradient, state, layers, index))
        if layers.biased:
            bias_start = state.starts[depth + index]
            for row in range(deltas.shape[0]):
                state.gradient[bias_start + row] = deltas[row].sum()
        if index > 0:
            before = layer(layers.deltas, layers, index - 1)
            np.dot(weight(state.parameters, state, layers, index).T, deltas, out=before)
            pull_back(before, values_before, layers.activation)
    return fit + add_penalty(state)


@kernel
def advance_network(
    state: State, layers: Layers, control: Control, first: int, last: int
) -> tuple[int, int, float]:
    """Run steps first..last in place; return status, step and objective."""
    status = RUNNING
    loss = 0.0
    count = first
    while True:
        loss = network_objective(state, layers)
        status = judge_and_move(state, control, loss, count, last)
        if status != RUNNING:
            return status, count, loss
        count += 1
