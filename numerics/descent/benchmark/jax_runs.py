"""The cases as a user of JAX writes them: jit around fori_loop around grad; vmap for batches."""

from collections.abc import Callable
from typing import Any

import jax  # pyright: ignore[reportMissingImports]  (a rival, never a requirement)
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

from numerics.descent.benchmark.cases import DECAY, STEP, ChainCase, NetworkCase, Run

jax.config.update("jax_enable_x64", True)


def _cross_entropy(logits: Any, labels: Any) -> Any:
    return -jnp.mean(jax.nn.log_softmax(logits, axis=0)[labels, jnp.arange(labels.size)])


def _penalty(parameters: Any) -> Any:
    return 0.5 * DECAY * sum(jnp.sum(matrix**2) for matrix in parameters)


def features_first(factors: Any, labels: Any) -> Any:
    """Multiply as the network is drawn."""
    product = factors[0]
    for factor in factors[1:]:
        product = factor @ product
    return _cross_entropy(product, labels) + _penalty(factors)


def output_first(factors: Any, labels: Any) -> Any:
    """Multiply in the order that we use."""
    product = factors[-1]
    for factor in factors[-2::-1]:
        product = product @ factor
    return _cross_entropy(product, labels) + _penalty(factors)


def chain_run(case: ChainCase, loss: Callable[[Any, Any], Any]) -> Run:
    """Return the run of a case with that loss."""
    labels = jnp.array(case.labels)
    starts = [case.start(seed) for seed in range(case.instances)]

    def descend(factors: Any, steps: Any) -> Any:
        slope = jax.grad(loss)
        return jax.lax.fori_loop(0, steps, lambda _, now: _moved(now, slope(now, labels)), factors)

    if case.instances == 1:
        start, descended, value = [jnp.array(factor) for factor in starts[0]], jax.jit(descend), loss
    else:
        start = [jnp.stack([jnp.array(one[j]) for one in starts]) for j in range(len(starts[0]))]
        descended = jax.jit(jax.vmap(descend, in_axes=(0, None)))
        value = jax.vmap(loss, in_axes=(0, None))

    def run(steps: int) -> float:
        end = jax.block_until_ready(descended(start, steps))
        return float(jnp.ravel(value(end, labels))[0])

    return run


def network_run(case: NetworkCase) -> Run:
    """Return the run of a network, samples in columns."""
    images, labels = case.data()
    network = case.start()
    inputs, classes = jnp.array(images), jnp.array(labels)
    start = [(jnp.array(w), jnp.array(b)) for w, b in zip(network.weights, network.biases, strict=True)]

    def loss(layers: Any) -> Any:
        values = inputs
        for index, (weight, bias) in enumerate(layers):
            values = weight @ values + bias[:, None]
            values = jnp.maximum(values, 0.0) if index < len(layers) - 1 else values
        return _cross_entropy(values, classes) + _penalty([weight for weight, _ in layers])

    @jax.jit
    def descend(layers: Any, steps: Any) -> Any:
        return jax.lax.fori_loop(0, steps, lambda _, now: _moved(now, jax.grad(loss)(now)), layers)

    def run(steps: int) -> float:
        return float(loss(jax.block_until_ready(descend(start, steps))))

    return run


def _moved(parameters: Any, slopes: Any) -> Any:
    return jax.tree.map(lambda value, slope: value - STEP * slope, parameters, slopes)
