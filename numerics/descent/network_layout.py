"""Where the numbers of a network lie, for its kernels, and what they do entry by entry."""

from typing import Final, NamedTuple

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel, part_of_kernels
from numerics.descent.elementary import hyperbolic_tangent
from numerics.descent.heavy_ball import State
from numerics.descent.products import View, view

LINEAR: Final = 0
TANH: Final = 1
RELU: Final = 2


class Layers(NamedTuple):
    """Sizes, data, fit and buffers of a network with `widths[0]` inputs and `widths[-1]` outputs.

    Blocks of a state: the weights, then one bias per weight (of size zero if there are none), then the
    N × p features if they are free (`inputs` is then not used). Layer l puts out σ(W_l z_{l−1} + b_l), with
    `skips[l]` plus z_{l−2}. Rows of `widths[l]` numbers are `strides[l]` apart. `lots` cuts the samples; each
    lot has a row of `scratch` (values, then their gradients, at `starts`, `block` samples at a time), of
    `turned` (transposed weights at `turned_starts`; empty for few samples), of `shares` (gradient) and of
    `fits`.
    """

    widths: IntegerArray
    strides: IntegerArray
    activations: IntegerArray
    skips: IntegerArray
    biased: bool
    free: bool
    inputs: FloatArray
    kind: int
    targets: FloatArray
    outputs: FloatArray
    residual: FloatArray
    lanes: FloatArray
    lots: IntegerArray
    block: int
    starts: IntegerArray
    scratch: FloatArray
    turned_starts: IntegerArray
    turned: FloatArray
    shares: FloatArray
    fits: FloatArray
    gradient: FloatArray


@part_of_kernels
def weight(flat: FloatArray, state: State, layers: Layers, index: int) -> View:
    """View the weight (or its gradient) of layer `index` in a flat vector."""
    rows, columns = layers.widths[index + 1], layers.widths[index]
    return view(flat, state.starts[index], rows, columns, layers.strides[index])


@part_of_kernels
def bias(flat: FloatArray, state: State, layers: Layers, index: int) -> FloatArray:
    """View the bias (or its gradient) of layer `index` in a flat vector; empty where there are none."""
    start = state.starts[layers.activations.size + index]
    return flat[start : start + layers.widths[index + 1]] if layers.biased else flat[:0]


@part_of_kernels
def turned_weight(layers: Layers, lot: int, index: int) -> View:
    """View the transposed weight of layer `index`."""
    rows, columns = layers.widths[index], layers.widths[index + 1]
    return view(layers.turned[lot], layers.turned_starts[index], rows, columns, layers.strides[index + 1])


@part_of_kernels
def values_of(state: State, layers: Layers, lot: int, index: int, first: int, count: int) -> View:
    """View what layer `index` put out for the block of samples at hand; layer −1 is the input."""
    width, stride = layers.widths[index + 1], layers.strides[index + 1]
    if index >= 0:
        return view(layers.scratch[lot], layers.starts[index], count, width, stride)
    if layers.free:
        start = state.starts[2 * layers.activations.size]
        return view(state.parameters, start + first * stride, count, width, stride)
    return view(layers.inputs, first * stride, count, width, stride)


@part_of_kernels
def slopes_of(state: State, layers: Layers, lot: int, index: int, first: int, count: int) -> View:
    """View the gradient in those values; that in free features goes where the gradient is collected."""
    width, stride = layers.widths[index + 1], layers.strides[index + 1]
    if index < 0:
        start = state.starts[2 * layers.activations.size] + first * stride
        return view(layers.gradient, start, count, width, stride)
    half = layers.starts[layers.starts.size - 1]
    return view(layers.scratch[lot], half + layers.starts[index], count, width, stride)


@kernel
def activate(values: FloatArray, stride: int, bias: FloatArray, activation: int) -> None:
    """Add the bias (if there is one) to every row, and apply the activation."""
    for start in range(0, values.size, stride):
        row = values[start : start + stride]
        for i in range(bias.size):
            row[i] += bias[i]
        if activation == TANH:
            for i in range(stride):
                row[i] = hyperbolic_tangent(row[i])
        elif activation == RELU:
            for i in range(stride):
                row[i] = row[i] if row[i] > 0.0 else 0.0


@kernel
def pull_back(slopes: FloatArray, values: FloatArray, stride: int, bias: FloatArray, activation: int) -> None:
    """Multiply by the activation's derivative, written in terms of its value; sum up for the bias."""
    if activation == TANH:
        for i in range(slopes.size):
            slopes[i] *= 1.0 - values[i] * values[i]
    elif activation == RELU:
        for i in range(slopes.size):
            slopes[i] = slopes[i] if values[i] > 0.0 else 0.0
    if bias.size > 0:
        for start in range(0, slopes.size, stride):
            row = slopes[start : start + stride]
            for i in range(bias.size):
                bias[i] += row[i]
