"""Loss of explicit weights by a forward pass through a ReLU network, and that of collapse beside it."""

import numpy as np
from numpy.typing import NDArray

from theory.squared_loss.relu_chains import FIT
from theory.squared_loss.relu_factors import scaled_factors
from verify.instance import Instance


def loss_through_relu(factors: list[NDArray[np.float64]], decays: list[float], samples: int) -> float:
    """Regularised loss of explicit factors, features first, by a forward pass; n equal samples a class."""
    from numerics.descent.network import Network, network_outputs

    classes = factors[0].shape[1]
    logits = network_outputs(Network(tuple(factors[1:]), (), "relu"), factors[0])
    own = [decays[0] * samples, *decays[1:]]
    penalty = sum(decay / 2 * float(np.sum(factor**2)) for decay, factor in zip(own, factors, strict=True))
    return float(np.sum((logits - np.eye(classes)) ** 2)) / (2 * classes) + penalty


def loss_of_blocks(blocks: list[list[NDArray[np.float64]]], instance: Instance) -> tuple[float, float]:
    """The blocks' loss at the instance's scale and decays, and that of collapse on as many classes."""
    decays, samples = [float(decay) for decay in instance["decays"]], int(instance["samples"])
    scale, factors = float(instance["scale"]), len(decays)
    own = [decays[0] * samples, *decays[1:]]
    classes = sum(block[0].shape[1] for block in blocks)
    loss = loss_through_relu(scaled_factors(blocks, scale, own), decays, samples)
    strength = float(np.exp(np.sum(np.log(own)))) ** (1 / factors)
    fit = float(FIT(scale=scale))
    return loss, fit + factors / 2 * classes * strength * scale ** (2 / factors)
