"""The cases, and our own runs of them: public functions, set-up included."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.data import digits
from numerics.descent.batch import in_parallel
from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import descend_cross_entropy
from numerics.descent.network import Network, random_network
from numerics.descent.training import train_network

Run: TypeAlias = Callable[[int], float]
"""Takes a number of steps; returns the loss at the end (of the first instance of a batch)."""

DECAY: Final = 1e-3
STEP: Final = 0.1


@dataclass(frozen=True)
class ChainCase:
    """Deep linear chains of one shape: several seeds are a batch."""

    name: str
    classes: int
    samples_per_class: int
    width: int
    depth: int
    instances: int = 1

    @property
    def problem(self) -> str:
        """What is trained, in a few words."""
        chain = f"K={self.classes} n={self.samples_per_class} d={self.width} L={self.depth}"
        return chain if self.instances == 1 else f"{self.instances} seeds of {chain}"

    @property
    def labels(self) -> IntegerArray:
        """N labels, class by class."""
        return np.repeat(np.arange(self.classes), self.samples_per_class)

    def start(self, seed: int) -> list[FloatArray]:
        """Return Gaussian factors that neither vanish nor explode."""
        shapes = chain_shapes(
            classes=self.classes, samples=self.labels.size, depth=self.depth, width=self.width
        )
        return gaussian_factors(shapes, scale=0.7 / self.width**0.5, rng=np.random.default_rng(seed))

    def ours(self) -> Run:
        """Return our run of the case."""
        starts, labels = [self.start(seed) for seed in range(self.instances)], self.labels

        def run(steps: int) -> float:
            descents = [
                partial(
                    descend_cross_entropy, start, labels, DECAY, step=STEP, max_steps=steps, tolerance=0.0
                )
                for start in starts
            ]
            return in_parallel(descents)[0].loss if len(descents) > 1 else descents[0]().loss

        return run


@dataclass(frozen=True)
class NetworkCase:
    """A ReLU network on the digits, full batch."""

    name: str
    widths: tuple[int, ...]

    @property
    def problem(self) -> str:
        """What is trained, in a few words."""
        return f"ReLU {'-'.join(str(width) for width in self.widths)}"

    def data(self) -> tuple[FloatArray, IntegerArray]:
        """Return the 64 × 1797 images and their labels."""
        return digits()

    def start(self) -> Network:
        """Return the network that everybody starts from."""
        return random_network(self.widths, "relu", np.random.default_rng(0))

    def ours(self) -> Run:
        """Return our run of the case."""
        (images, labels), network = self.data(), self.start()

        def run(steps: int) -> float:
            return train_network(
                network,
                images,
                labels,
                DECAY,
                loss="cross-entropy",
                step=STEP,
                max_steps=steps,
                tolerance=0.0,
            ).loss

        return run


CHAINS: Final = (
    ChainCase("A", 4, 1, 8, 3),
    ChainCase("B", 10, 5, 70, 2),
    ChainCase("C", 10, 5, 70, 4),
    ChainCase("D", 10, 100, 512, 3),
)

BATCHES: Final = (ChainCase("256×A", 4, 1, 8, 3, 256), ChainCase("32×B", 10, 5, 70, 2, 32))

NETWORKS: Final = (NetworkCase("digits", (64, 64, 64, 64, 64, 10)),)
