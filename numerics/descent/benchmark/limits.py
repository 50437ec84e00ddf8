"""The multiplications alone: what a step cannot avoid, each product in the cheapest order and by BLAS."""

import numpy as np

from numerics.arrays import FloatArray
from numerics.compilation import kernel
from numerics.descent.benchmark.cases import ChainCase, NetworkCase, Run
from numerics.descent.threads import one_blas_thread


@kernel
def chain_products(
    features: FloatArray,
    weights: FloatArray,
    last: FloatArray,
    residual: FloatArray,
    partials: FloatArray,
    backs: FloatArray,
    outputs: FloatArray,
    gradients: tuple[FloatArray, FloatArray],
    steps: int,
) -> None:
    """All products of a step of a chain, from the output side."""
    depth = weights.shape[0]
    for _ in range(steps):
        left = last
        for j in range(depth - 1, -1, -1):
            np.dot(left, weights[j], out=partials[j])
            left = partials[j]
        np.dot(left, features, out=outputs)
        np.dot(left.T, residual, out=gradients[0])
        np.dot(residual, features.T, out=backs[0])
        for j in range(depth):
            np.dot((partials[j + 1] if j < depth - 1 else last).T, backs[j], out=gradients[1][j])
            np.dot(backs[j], weights[j].T, out=backs[j + 1])


@kernel
def network_products(
    inputs: FloatArray,
    weights: FloatArray,
    last: FloatArray,
    residual: FloatArray,
    values: FloatArray,
    slopes: FloatArray,
    outputs: FloatArray,
    gradients: tuple[FloatArray, FloatArray],
    steps: int,
) -> None:
    """All products of a step of a network whose layers are equally wide, but for the last."""
    depth = weights.shape[0]
    for _ in range(steps):
        before = inputs
        for j in range(depth):
            np.dot(weights[j], before, out=values[j])
            before = values[j]
        np.dot(last, before, out=outputs)
        np.dot(residual, before.T, out=gradients[0])
        np.dot(last.T, residual, out=slopes[depth - 1])
        for j in range(depth - 1, -1, -1):
            np.dot(slopes[j], (values[j - 1] if j > 0 else inputs).T, out=gradients[1][j])
            if j > 0:
                np.dot(weights[j].T, slopes[j], out=slopes[j - 1])


def chain_limit(case: ChainCase) -> Run:
    """Return the products of a case, once for every instance."""
    features, *weights, last = case.start(0)
    stacked = np.array(weights)
    residual = np.random.default_rng(0).standard_normal((case.classes, features.shape[1]))
    arguments = (
        features, stacked, last, residual, np.zeros((len(weights), *last.shape)),
        np.zeros((len(weights) + 1, *last.shape)), np.zeros_like(residual),
        (np.zeros_like(features), np.zeros_like(stacked)),
    )  # fmt: skip

    def run(steps: int) -> float:
        with one_blas_thread():
            chain_products(*arguments, steps * case.instances)
        return 0.0

    return run


def network_limit(case: NetworkCase) -> Run:
    """Return the products of a case, all samples at once."""
    inputs, network = case.data()[0], case.start()
    weights, last = np.array(network.weights[:-1]), network.weights[-1]
    samples, depth, width = inputs.shape[1], len(weights), last.shape[1]
    residual = np.random.default_rng(0).standard_normal((last.shape[0], samples))
    values = np.zeros((depth, width, samples))
    arguments = (
        inputs, weights, last, residual, values, np.zeros_like(values), np.zeros_like(residual),
        (np.zeros_like(last), np.zeros_like(weights)),
    )  # fmt: skip

    def run(steps: int) -> float:
        with one_blas_thread():
            network_products(*arguments, steps)
        return 0.0

    return run
