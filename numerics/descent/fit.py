"""The data term of every descent: mean loss over the columns, and its gradient in the outputs."""

import math
from typing import Final

from numerics.arrays import FloatArray
from numerics.compilation import kernel

CROSS_ENTROPY: Final = 0
SQUARED: Final = 1
SQUARED_FREE_BIAS: Final = 2


@kernel
def fit_and_residual(kind: int, outputs: FloatArray, targets: FloatArray, residual: FloatArray) -> float:
    """Return the mean loss over the columns and write its gradient in the outputs into `residual`."""
    if kind == CROSS_ENTROPY:
        return cross_entropy(outputs, targets, residual)
    return squared_loss(outputs, targets, residual, kind == SQUARED_FREE_BIAS)


@kernel
def cross_entropy(outputs: FloatArray, targets: FloatArray, residual: FloatArray) -> float:
    """Cross-entropy against columns that sum to one, exact to rounding however large the margin.

    The largest logit is kept out of the sum: both log1p and the residual at that entry would lose all
    digits once its probability rounds to one.
    """
    classes, samples = outputs.shape
    per_sample = 1.0 / samples
    total = 0.0
    for i in range(samples):
        top = 0
        for k in range(1, classes):
            if outputs[k, i] > outputs[top, i]:
                top = k
        peak = outputs[top, i]
        others = 0.0
        shortfall = 0.0
        for k in range(classes):
            gap = peak - outputs[k, i]
            shortfall += targets[k, i] * gap
            if k != top:
                weight = math.exp(-gap)
                others += weight
                residual[k, i] = weight
        total += math.log1p(others) + shortfall
        normaliser = 1.0 / (1.0 + others)
        for k in range(classes):
            if k != top:
                residual[k, i] = (residual[k, i] * normaliser - targets[k, i]) * per_sample
        residual[top, i] = ((1.0 - targets[top, i]) - others * normaliser) * per_sample
    return total * per_sample


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
