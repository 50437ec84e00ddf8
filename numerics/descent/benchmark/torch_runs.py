"""The cases as a user of PyTorch writes them: eager autograd, parameters updated in place."""

from collections.abc import Callable
from typing import Any

import torch  # pyright: ignore[reportMissingImports]  (a rival, never a requirement)

from numerics.descent.benchmark.cases import DECAY, STEP, ChainCase, NetworkCase, Run


def chain_run(case: ChainCase) -> Run:
    """Return the run of a chain, multiplied as the network is drawn."""
    labels = torch.tensor(case.labels)
    start = case.start(0)

    def loss(parameters: list[Any]) -> Any:
        product = parameters[0]
        for factor in parameters[1:]:
            product = factor @ product
        return torch.nn.functional.cross_entropy(product.T, labels) + _penalty(parameters)

    return _descent(lambda: [torch.tensor(factor, requires_grad=True) for factor in start], loss)


def network_run(case: NetworkCase) -> Run:
    """Return the run of a network, samples in rows."""
    images, classes = case.data()
    inputs, labels, network = torch.tensor(images.T.copy()), torch.tensor(classes), case.start()
    depth = len(network.weights)

    def loss(parameters: list[Any]) -> Any:
        values = inputs
        for index in range(depth):
            values = torch.nn.functional.linear(values, parameters[index], parameters[depth + index])
            values = torch.relu(values) if index < depth - 1 else values
        return torch.nn.functional.cross_entropy(values, labels) + _penalty(parameters[:depth])

    blocks = [*network.weights, *network.biases]
    return _descent(lambda: [torch.tensor(block, requires_grad=True) for block in blocks], loss)


def _penalty(parameters: list[Any]) -> Any:
    return 0.5 * DECAY * sum((matrix**2).sum() for matrix in parameters)


def _descent(begin: Callable[[], list[Any]], loss: Callable[[list[Any]], Any]) -> Run:
    def run(steps: int) -> float:
        parameters = begin()
        for _ in range(steps):
            slopes = torch.autograd.grad(loss(parameters), parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, slopes, strict=True):
                    parameter -= STEP * slope
        return float(loss(parameters).detach())

    return run
