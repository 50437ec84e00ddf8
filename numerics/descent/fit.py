"""The data term of every descent: mean loss over the columns, and its gradient in the outputs.

Columns are samples. The functions work on `count` columns from `first` on, so that a block of samples can
be done with while it is in the cache; their loops run along the samples, several to a register.
"""

import math
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.compilation import kernel
from numerics.descent.elementary import exponential_of_negative

CROSS_ENTROPY: Final = 0
SQUARED: Final = 1
SQUARED_FREE_BIAS: Final = 2

LANES: Final = 4
"""Numbers the cross-entropy keeps for a sample: largest logit, its class, sum of the others, 1/(1 + sum)."""


@kernel
def fit_and_residual(
    kind: int,
    outputs: FloatArray,
    targets: FloatArray,
    residual: FloatArray,
    lanes: FloatArray,
    first: int,
    count: int,
    with_value: bool,
) -> float:
    """Write the gradient of the mean loss in the outputs into `residual`; return these columns' share of it.

    The share is 0 without `with_value`: a descent needs the value far less often than the gradient.
    """
    if kind == CROSS_ENTROPY:
        return cross_entropy_of_block(outputs, targets, residual, lanes, first, count, with_value)
    if kind == SQUARED_FREE_BIAS:
        return squared_loss(outputs, targets, residual, True)
    return squared_loss_of_block(outputs, targets, residual, first, count, with_value)


@kernel
def cross_entropy_of_block(
    outputs: FloatArray,
    targets: FloatArray,
    residual: FloatArray,
    lanes: FloatArray,
    first: int,
    count: int,
    with_value: bool,
) -> float:
    """Cross-entropy against columns that sum to one, exact to rounding however large the margin.

    The largest logit is kept out of the sum: both log1p and the residual at that entry would lose all
    digits once its probability rounds to one.
    """
    classes, samples = outputs.shape
    per_sample, last = 1.0 / samples, first + count
    peak, top = lanes[0, first:last], lanes[1, first:last]
    others, normaliser = lanes[2, first:last], lanes[3, first:last]
    logit = outputs[0, first:last]
    for i in range(count):
        peak[i], top[i], others[i] = logit[i], 0.0, 0.0
    for k in range(1, classes):
        logit = outputs[k, first:last]
        for i in range(count):
            higher = logit[i] > peak[i]
            peak[i] = logit[i] if higher else peak[i]
            top[i] = float(k) if higher else top[i]
    for k in range(classes):
        logit, slope = outputs[k, first:last], residual[k, first:last]
        for i in range(count):
            weight = exponential_of_negative(logit[i] - peak[i])
            slope[i] = 0.0 if top[i] == k else weight
            others[i] += slope[i]
    for i in range(count):
        normaliser[i] = 1.0 / (1.0 + others[i])
    for k in range(classes):
        target, slope = targets[k, first:last], residual[k, first:last]
        for i in range(count):
            of_top = (1.0 - target[i]) - others[i] * normaliser[i]
            of_other = slope[i] * normaliser[i] - target[i]
            slope[i] = per_sample * (of_top if top[i] == k else of_other)
    if not with_value:
        return 0.0
    total = 0.0
    for i in range(count):
        total += math.log1p(others[i])
        for k in range(classes):
            total += targets[k, first + i] * (peak[i] - outputs[k, first + i])
    return total * per_sample


@kernel
def squared_loss_of_block(
    outputs: FloatArray, targets: FloatArray, residual: FloatArray, first: int, count: int, with_value: bool
) -> float:
    """(1/2N)‖outputs − targets‖² over some columns."""
    rows, samples = outputs.shape
    per_sample, last = 1.0 / samples, first + count
    total = 0.0
    for k in range(rows):
        output, target, slope = outputs[k, first:last], targets[k, first:last], residual[k, first:last]
        for i in range(count):
            slope[i] = per_sample * (output[i] - target[i])
        if with_value:
            for i in range(count):
                total += (output[i] - target[i]) ** 2
    return 0.5 * total * per_sample


@kernel
def cross_entropy(outputs: FloatArray, targets: FloatArray, residual: FloatArray) -> float:
    """Return the mean cross-entropy over all columns and write its gradient into `residual`."""
    samples = outputs.shape[1]
    lanes = np.empty((LANES, samples))
    first = samples - samples  # a literal zero would have all of it compiled once more
    return cross_entropy_of_block(outputs, targets, residual, lanes, first, samples, True)


@kernel
def squared_loss(outputs: FloatArray, targets: FloatArray, residual: FloatArray, free_bias: bool) -> float:
    """(1/2N)‖outputs − targets‖², after the best bias per row when it is free.

    Centring the rows of the difference eliminates the bias exactly: it is a projection, so the
    gradient is the centred difference itself.
    """
    rows, samples = outputs.shape
    per_sample = 1.0 / samples
    total = 0.0
    for k in range(rows):
        mean = 0.0
        if free_bias:
            for i in range(samples):
                mean += outputs[k, i] - targets[k, i]
            mean *= per_sample
        for i in range(samples):
            difference = outputs[k, i] - targets[k, i] - mean
            total += difference * difference
            residual[k, i] = difference * per_sample
    return 0.5 * total * per_sample
