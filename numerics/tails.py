"""Tails of networks: what acts on the features, feed-forward or residual, with exact Jacobians.

Feed-forward: z ↦ σ(Wz) a layer. Residual: z ↦ z + Vσ(Wz) a layer. Both end in a linear readout.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from numerics.arrays import FloatArray
from theory.errors import InvalidProblemError

TailKind = Literal["feed-forward", "residual"]
Activation = Literal["tanh", "relu", "linear"]


@dataclass(frozen=True)
class Tail:
    """Layers and readout of a tail; a residual layer is a pair (V, W), a feed-forward layer a single W."""

    kind: TailKind
    activation: Activation
    layers: tuple[tuple[FloatArray, ...], ...]
    readout: FloatArray

    @property
    def squared_norm(self) -> float:
        """Ω(θ) = ½ Σ‖·‖_F² over all weight matrices."""
        matrices = [matrix for layer in self.layers for matrix in layer]
        return 0.5 * float(sum(np.sum(matrix**2) for matrix in [*matrices, self.readout]))


def random_tail(
    kind: TailKind, activation: Activation, *, width: int, depth: int, outputs: int, rng: np.random.Generator
) -> Tail:
    """A Gaussian tail of constant width, scaled to keep features of order one.

    >>> random_tail("residual", "tanh", width=4, depth=2, outputs=2, rng=np.random.default_rng(0)).kind
    'residual'
    """
    if outputs >= width:
        raise InvalidProblemError(
            f"{outputs} outputs need a width above {outputs}, not {width}: widen the tail"
        )

    def gaussian(rows: int) -> FloatArray:
        return rng.standard_normal((rows, width)) / np.sqrt(width)

    layers = tuple(
        (0.5 * gaussian(width), gaussian(width)) if kind == "residual" else (1.4 * gaussian(width),)
        for _ in range(depth)
    )
    return Tail(kind, activation, layers, gaussian(outputs))


def tail_features(tail: Tail, features: FloatArray) -> list[FloatArray]:
    """Inputs of every layer of the tail: the features first, the readout's input last."""
    inputs = [features]
    for layer in tail.layers:
        inputs.append(_apply(tail, layer, inputs[-1]))
    return inputs


def tail_outputs(tail: Tail, features: FloatArray) -> FloatArray:
    """g_θ of every column."""
    return tail.readout @ tail_features(tail, features)[-1]


def tail_jacobian(tail: Tail, feature: FloatArray) -> FloatArray:
    """∂g_θ/∂h at one feature vector (one of the one-sided derivatives at a kink of ReLU)."""
    jacobian = np.eye(feature.size)
    z = feature
    for layer in tail.layers:
        slopes = _slope(tail.activation, layer[-1] @ z)
        inner = (slopes[:, None] * layer[-1]) @ jacobian
        jacobian = jacobian + layer[0] @ inner if tail.kind == "residual" else inner
        z = _apply(tail, layer, z)
    return tail.readout @ jacobian


def feature_with_output(
    tail: Tail, start: FloatArray, output: FloatArray, *, steps: int = 60
) -> FloatArray | None:
    """A feature near `start` with g_θ(h) = output to rounding, or None: minimum-norm Newton steps.

    The solutions form a set of dimension width − outputs: different starts give different features.
    """
    feature = start.copy()
    for _ in range(steps):
        error = tail_outputs(tail, feature[:, None])[:, 0] - output
        if float(np.linalg.norm(error)) <= 1e-14 * (1 + float(np.linalg.norm(output))):
            return feature
        feature = feature - np.linalg.lstsq(tail_jacobian(tail, feature), error, rcond=None)[0]
        if not np.isfinite(feature).all():
            return None
    error = tail_outputs(tail, feature[:, None])[:, 0] - output
    return feature if float(np.linalg.norm(error)) <= 1e-12 * (1 + float(np.linalg.norm(output))) else None


def _apply(tail: Tail, layer: tuple[FloatArray, ...], z: FloatArray) -> FloatArray:
    hidden = _activate(tail.activation, layer[-1] @ z)
    return z + layer[0] @ hidden if tail.kind == "residual" else hidden


def _activate(activation: Activation, a: FloatArray) -> FloatArray:
    if activation == "tanh":
        return np.tanh(a)
    return np.maximum(a, 0.0) if activation == "relu" else a


def _slope(activation: Activation, a: FloatArray) -> FloatArray:
    if activation == "tanh":
        return 1 - np.tanh(a) ** 2
    return (a > 0).astype(np.float64) if activation == "relu" else np.ones_like(a)
