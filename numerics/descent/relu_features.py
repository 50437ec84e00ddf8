"""The ReLU unconstrained features model with squared loss, minimised by L-BFGS.

    minimise  (1/2N)‖W_L φ(W_{L−1} φ(⋯ φ(W_1H)⋯)) − Y‖² + Σ_j (λ_j/2)‖A_j‖²,   φ = max(·, 0)

Factors A_j come features first, as in `numerics.descent.linear_chain`; the features may be negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray, decay_of_each
from numerics.descent.chain_workspace import checked_chain, checked_targets


@dataclass(frozen=True)
class ReluMinimum:
    """Where L-BFGS stopped: factors, loss, norm of the gradient there, iterations."""

    factors: tuple[FloatArray, ...]
    loss: float
    gradient_norm: float
    iterations: int


def relu_loss_and_gradients(
    factors: Sequence[FloatArray], targets: FloatArray, decays: FloatArray
) -> tuple[float, list[FloatArray]]:
    """The objective and its gradient in every factor (zero is taken as the slope at a kink).

    >>> loss, _ = relu_loss_and_gradients([np.eye(2), np.eye(2), np.eye(2)], np.eye(2), np.zeros(3))
    >>> loss
    0.0
    """
    values, signs = [factors[0]], [np.ones(0)]
    for index, weight in enumerate(factors[1:], 1):
        raw = weight @ values[-1]
        last = index == len(factors) - 1
        signs.append(np.ones_like(raw) if last else (raw > 0).astype(np.float64))
        values.append(raw if last else np.maximum(raw, 0.0))
    samples = targets.shape[1]
    delta = (values[-1] - targets) / samples
    loss = 0.5 * samples * float(np.sum(delta**2))
    gradients = [decay * factor for decay, factor in zip(decays, factors, strict=True)]
    for index in range(len(factors) - 1, 0, -1):
        delta = delta * signs[index]
        gradients[index] = gradients[index] + delta @ values[index - 1].T
        delta = factors[index].T @ delta
    gradients[0] = gradients[0] + delta
    penalty = sum(
        float(decay) / 2 * float(np.sum(factor**2)) for decay, factor in zip(decays, factors, strict=True)
    )
    return loss + penalty, gradients


def minimise_relu_features(
    factors: Sequence[FloatArray],
    targets: FloatArray,
    weight_decays: float | Sequence[float],
    *,
    max_iterations: int = 2_000,
) -> ReluMinimum:
    """L-BFGS from the given factors; a ReLU has kinks, so it may stop short of a minimum.

    Raises InvalidProblemError if shapes do not chain, or a decay is out of range.

    >>> start = [np.eye(2), np.eye(2), np.eye(2)]
    >>> round(minimise_relu_features(start, np.eye(2), 0.1).loss, 6)
    0.275903
    """
    matrices = checked_chain(factors)
    answers = checked_targets(targets, matrices)
    decays = decay_of_each(weight_decays, len(matrices))
    ends = np.cumsum([factor.size for factor in matrices])

    def unpacked(flat: FloatArray) -> list[FloatArray]:
        parts = np.split(flat, ends[:-1])
        return [part.reshape(factor.shape) for part, factor in zip(parts, matrices, strict=True)]

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        loss, gradients = relu_loss_and_gradients(unpacked(flat), answers, decays)
        return loss, np.concatenate([gradient.ravel() for gradient in gradients])

    minimise = cast(Any, optimize.minimize)
    start = np.concatenate([factor.ravel() for factor in matrices])
    options = {
        "maxiter": max_iterations,
        "maxfun": 2 * max_iterations,
        "ftol": 1e-14,
        "gtol": 1e-10,
        "maxcor": 30,
    }
    found = minimise(objective, start, jac=True, method="L-BFGS-B", options=options)
    return ReluMinimum(
        tuple(part.copy() for part in unpacked(found.x)),
        float(found.fun),
        float(np.linalg.norm(found.jac)),
        int(found.nit),
    )
