"""Compiled proximal steps on K × K class means with cross-entropy and the penalty c·Σσ^p."""

import math

import numpy as np

from numerics.arrays import FloatArray
from numerics.compilation import kernel


@kernel
def fit_and_gradient(means: FloatArray, roots: FloatArray, shares: FloatArray, gradient: FloatArray) -> float:
    """Return Σ_k share_k · cross-entropy of column k of M/√n_k; write its gradient in M."""
    classes = means.shape[0]
    total = 0.0
    for k in range(classes):
        peak = 0.0
        for j in range(classes):
            peak = max(peak, (means[j, k] - means[k, k]) / roots[k])
        wrong = 0.0
        for j in range(classes):
            if j != k:
                weight = math.exp((means[j, k] - means[k, k]) / roots[k] - peak)
                gradient[j, k] = weight
                wrong += weight
        own = math.exp(-peak)
        total += shares[k] * (math.log1p(wrong) if peak == 0.0 else peak + math.log(own + wrong))
        slope = shares[k] / (roots[k] * (own + wrong))
        for j in range(classes):
            if j != k:
                gradient[j, k] *= slope
        gradient[k, k] = -wrong * slope
    return total


@kernel
def shrink(values: FloatArray, amount: float, power: float) -> None:
    """argmin over s ≥ 0 of ½(s − x)² + amount·s^power for every x, in place."""
    jump = (2.0 * amount * (1.0 - power)) ** (1.0 / (2.0 - power))
    threshold = jump + amount * power * jump ** (power - 1.0)
    for i in range(values.size):
        x = values[i]
        if x <= threshold:
            values[i] = 0.0
            continue
        s = x
        for _ in range(60):  # convex beyond the jump and positive at x: Newton falls onto the root
            slope = amount * power * s ** (power - 1.0)
            move = (s + slope - x) / (1.0 + (power - 1.0) * slope / s)
            s = max(s - move, jump)
            if abs(move) <= 1e-15 * s:
                break
        values[i] = s


@kernel
def proximal_step(
    place: FloatArray,
    roots: FloatArray,
    shares: FloatArray,
    step: float,
    weight: float,
    power: float,
    gradient: FloatArray,
    result: FloatArray,
) -> tuple[float, FloatArray]:
    """Write prox(place − step·∇g) into `result`; return its loss and its singular values."""
    fit_and_gradient(place, roots, shares, gradient)
    left, values, right = np.linalg.svd(place - step * gradient)
    shrink(values, step * weight, power)
    result[:] = np.dot(left * values, right)
    cost = 0.0
    for value in values:
        if value > 0.0:
            cost += value**power
    return fit_and_gradient(result, roots, shares, gradient) + weight * cost, values


@kernel
def descend_proximally(
    start: FloatArray,
    start_loss: float,
    roots: FloatArray,
    shares: FloatArray,
    step: float,
    weight: float,
    power: float,
    still: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, float, float, int]:
    """Accelerated steps that never raise the loss: means, singular values, loss, last move, iterations."""
    current, ahead = start.copy(), start.copy()
    following, gradient = np.empty_like(start), np.empty_like(start)
    loss, momentum, move = start_loss, 1.0, np.inf
    kept = np.zeros(start.shape[0])
    count = 0
    while move > still and count < max_iterations:
        reached, values = proximal_step(ahead, roots, shares, step, weight, power, gradient, following)
        if reached > loss:  # the momentum overshot: a plain step never raises the loss
            reached, values = proximal_step(current, roots, shares, step, weight, power, gradient, following)
            momentum = 1.0
        faster = 0.5 * (1.0 + math.sqrt(1.0 + 4.0 * momentum * momentum))
        size, moved = 0.0, 0.0
        for i in range(start.shape[0]):
            for j in range(start.shape[1]):
                difference = following[i, j] - current[i, j]
                size += following[i, j] ** 2
                moved += difference**2
                ahead[i, j] = following[i, j] + (momentum - 1.0) / faster * difference
                current[i, j] = following[i, j]
        move = math.sqrt(moved / size) if size > 0.0 else 0.0
        kept, loss, momentum = values, reached, faster
        count += 1
    return current, kept, loss, move, count
