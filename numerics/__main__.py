"""``python -m numerics`` compiles every kernel into the cache, so that the first run does not have to."""

import time

import numpy as np

from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import (
    descend_cross_entropy,
    descend_squared_loss,
    loss_and_gradients_cross_entropy,
)
from numerics.descent.network import random_network
from numerics.descent.spectral import hadamard_characters, spectral_descent
from numerics.descent.training import train_network
from numerics.representation_cost.alternating import cheapest_margins


def warm() -> float:
    """Compile every kernel by running it on a tiny problem; return the seconds this took."""
    start = time.perf_counter()
    rng = np.random.default_rng(0)
    factors = gaussian_factors(chain_shapes(classes=2, samples=2, depth=2, width=2), scale=0.5, rng=rng)
    loss_and_gradients_cross_entropy(factors, [0, 1], 0.1)
    descend_cross_entropy(factors, [0, 1], 0.1, step=0.1, max_steps=2)
    descend_squared_loss(factors, np.eye(2), 0.1, free_bias=True, step=0.1, max_steps=2)
    network = random_network([2, 2, 2], "tanh", rng)
    train_network(network, np.eye(2), [0, 1], 0.1, loss="cross-entropy", step=0.1, max_steps=2)
    spectral_descent(np.full(2, 0.1), hadamard_characters(1), factors=2, step=0.1, steps=2)
    cheapest_margins(np.ones((2, 2)), np.arange(2), 0.1, 1.0)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"kernels ready in {warm():.2f} s")
