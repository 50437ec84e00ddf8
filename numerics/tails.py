"""Tails of networks: what acts on the features, feed-forward or residual, with exact Jacobians.

A tail is a `numerics.descent.network.Network` (or the layers of one from some weight on) fed with features.
"""

from typing import Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.network import (
    Activation,
    Network,
    network_outputs,
    random_network,
    random_residual_network,
)
from theory.errors import InvalidProblemError

TailKind: TypeAlias = Literal["feed-forward", "residual"]


def random_tail(
    kind: TailKind, activation: Activation, *, width: int, depth: int, outputs: int, rng: np.random.Generator
) -> Network:
    """Return a Gaussian tail without biases: `depth` layers or blocks of one width, and a linear readout.

    Raises InvalidProblemError unless the width exceeds the outputs, so that features with one output differ.

    Examples
    --------
    >>> random_tail("residual", "tanh", width=4, depth=2, outputs=2, rng=np.random.default_rng(0)).residual
    True
    """
    if outputs >= width:
        raise InvalidProblemError(
            f"{outputs} outputs need a width above {outputs}, not {width}: widen the tail"
        )
    if kind == "residual":
        return random_residual_network(width, width, outputs, activation, rng, blocks=depth, biased=False)
    return random_network([width] * (depth + 1) + [outputs], activation, rng, biased=False)


def tail_from(network: Network, first: int) -> Network:
    """Return the layers of a network from its weight number `first` (from 0) on.

    Raises InvalidProblemError where there is no such weight, or it lies inside a residual block.

    Examples
    --------
    >>> tail_from(Network((np.eye(2), np.ones((1, 2))), (), "relu"), 1).weights
    (array([[1., 1.]]),)
    """
    if not 0 <= first < len(network.weights) or (network.residual and first % 2 == 1):
        raise InvalidProblemError(
            f"no tail starts at weight {first} of {len(network.weights)}: choose a layer's or block's start"
        )
    return Network(
        network.weights[first:], network.biases[first:], network.activation, residual=network.residual
    )


def tail_features(tail: Network, features: FloatArray) -> list[FloatArray]:
    """Return the inputs of every weight of the tail: the features first, the readout's input last."""
    inputs = [features]
    for index in range(len(tail.weights) - 1):
        value, entered = _applied(tail, index, inputs[-1]), inputs[-2] if index else features
        inputs.append(value + entered if tail.skips[index] else value)
    return inputs


def tail_outputs(tail: Network, features: FloatArray) -> FloatArray:
    """Return g_θ of every column."""
    return network_outputs(tail, features)


def tail_jacobian(tail: Network, feature: FloatArray) -> FloatArray:
    """Return ∂g_θ/∂h at one feature vector (one of the one-sided derivatives at a kink of ReLU)."""
    inputs = tail_features(tail, feature[:, None])
    jacobian = entered = np.eye(feature.size)
    for index, weight in enumerate(tail.weights):
        slopes = _slope(tail.activations[index], _preactivation(tail, index, inputs[index]))
        following = slopes * (weight @ jacobian)
        if tail.skips[index]:
            following = following + entered
        jacobian, entered = following, jacobian
    return jacobian


def feature_with_output(
    tail: Network, start: FloatArray, output: FloatArray, *, steps: int = 60
) -> FloatArray | None:
    """Return a feature near `start` with g_θ(h) = output to rounding, or None: minimum-norm Newton steps.

    The solutions form a set of dimension width − outputs: different starts give different features.
    """
    feature = start.copy()
    size = 1 + float(np.linalg.norm(output))
    for _ in range(steps):
        error = tail_outputs(tail, feature[:, None])[:, 0] - output
        if float(np.linalg.norm(error)) <= 1e-14 * size:
            return feature
        step = np.linalg.lstsq(tail_jacobian(tail, feature), error, rcond=None)[0]
        feature = feature - step
        if not (np.isfinite(feature).all() and step.any()):  # run away, or stuck among dead units
            return None
    error = tail_outputs(tail, feature[:, None])[:, 0] - output
    return feature if float(np.linalg.norm(error)) <= 1e-12 * size else None


def half_squared_norm(tail: Network) -> float:
    """Return Ω(θ) = ½ Σ‖·‖_F² over all weight matrices; biases are free, as in training."""
    return 0.5 * float(sum(np.sum(weight**2) for weight in tail.weights))


def _preactivation(tail: Network, index: int, inputs: FloatArray) -> FloatArray:
    plain = tail.weights[index] @ inputs
    return plain + tail.biases[index][:, None] if tail.biases else plain


def _applied(tail: Network, index: int, inputs: FloatArray) -> FloatArray:
    a = _preactivation(tail, index, inputs)
    if tail.activations[index] == "tanh":
        return np.tanh(a)
    return np.maximum(a, 0.0) if tail.activations[index] == "relu" else a


def _slope(activation: Activation, a: FloatArray) -> FloatArray:
    if activation == "tanh":
        return 1 - np.tanh(a) ** 2
    return (a > 0).astype(np.float64) if activation == "relu" else np.ones_like(a)
