"""Networks of two or three lines with gradients by hand: an independent source for one weight W of each kind.

The losses are analytic in W, so that a complex step gives derivatives to rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.tolerances import LINEAR_ALGEBRA
from verify.instance import Instance

Array: TypeAlias = NDArray[np.float64]
Complex: TypeAlias = NDArray[Any]
PATCHES, TAPS = 4, 3


@dataclass(frozen=True)
class Toy:
    """A weight, its inputs and deltas (a column a sample, patch or use), and the data loss as a function.

    `labels` marks the columns: those of one sample share it. `rounding` is per unit of what is summed.
    """

    weight: Array
    inputs: Array
    deltas: Array
    labels: NDArray[np.int64]
    images: int
    loss: Callable[[Complex], complex]
    direction: Array
    rounding: float


def toy_gradient(instance: Instance) -> Toy:
    """The network that an instance names, with everything about its weight W."""
    generator = np.random.default_rng(instance["seed"])
    width, samples, outputs = instance["width"], instance["samples"], instance["outputs"]
    build = KINDS[instance["kind"]]
    answers = generator.standard_normal((outputs, samples))
    return build(generator, width, samples, answers)


def _normal(generator: np.random.Generator, *shape: int) -> Array:
    return generator.standard_normal(shape) / np.sqrt(shape[-1])


def _toy(
    weight: Array,
    forward: Callable[[Complex], Complex],
    answers: Array,
    parts: tuple[Array, Array],
    generator: np.random.Generator,
) -> Toy:
    samples = answers.shape[1]
    inputs, deltas = parts

    def loss(changed: Complex) -> complex:
        return complex(np.sum((forward(changed) - answers) ** 2) / (2 * samples))

    size = float(np.sum(answers**2)) / samples
    return Toy(
        weight,
        inputs,
        deltas,
        np.tile(np.arange(samples), inputs.shape[1] // samples),
        samples,
        loss,
        generator.standard_normal(weight.shape),
        LINEAR_ALGEBRA * (1 + size),
    )


def plain(generator: np.random.Generator, width: int, samples: int, answers: Array) -> Toy:
    """f = V tanh(W z + b)."""
    weight, last = _normal(generator, width, width), _normal(generator, answers.shape[0], width)
    bias, inputs = generator.standard_normal((width, 1)), generator.standard_normal((width, samples))

    def forward(changed: Complex) -> Complex:
        return last @ np.tanh(changed @ inputs + bias)

    hidden = np.tanh(weight @ inputs + bias)
    deltas = (1 - hidden**2) * (last.T @ (forward(weight) - answers))
    return _toy(weight, forward, answers, (inputs, deltas), generator)


def residual(generator: np.random.Generator, width: int, samples: int, answers: Array) -> Toy:
    """f = V(z + U tanh(W z))."""
    weight, back = _normal(generator, width + 1, width), _normal(generator, width, width + 1)
    last, inputs = _normal(generator, answers.shape[0], width), generator.standard_normal((width, samples))

    def forward(changed: Complex) -> Complex:
        return last @ (inputs + back @ np.tanh(changed @ inputs))

    hidden = np.tanh(weight @ inputs)
    deltas = (1 - hidden**2) * (back.T @ last.T @ (forward(weight) - answers))
    return _toy(weight, forward, answers, (inputs, deltas), generator)


def convolution(generator: np.random.Generator, width: int, samples: int, answers: Array) -> Toy:
    """f = V·mean over patches p of tanh(W z_p), z_p three neighbouring points of a signal with two channels.

    Patches of one position stand side by side: column p·N + i is patch p of image i.
    """
    channels = 2
    weight = _normal(generator, width, channels * TAPS)
    last = _normal(generator, answers.shape[0], width)
    signals = generator.standard_normal((samples, channels, PATCHES + TAPS - 1))
    patches = [signals[:, :, p : p + TAPS].reshape(samples, -1).T for p in range(PATCHES)]

    def forward(changed: Complex) -> Complex:
        return last @ sum(np.tanh(changed @ patch) for patch in patches) / PATCHES

    back = last.T @ (forward(weight) - answers) / PATCHES
    deltas = np.hstack([(1 - np.tanh(weight @ patch) ** 2) * back for patch in patches])
    return _toy(weight, forward, answers, (np.hstack(patches), deltas), generator)


def shared(generator: np.random.Generator, width: int, samples: int, answers: Array) -> Toy:
    """f = V tanh(W tanh(W z)): one weight, two uses."""
    weight, last = _normal(generator, width, width), _normal(generator, answers.shape[0], width)
    inputs = generator.standard_normal((width, samples))

    def forward(changed: Complex) -> Complex:
        return last @ np.tanh(changed @ np.tanh(changed @ inputs))

    first = np.tanh(weight @ inputs)
    second = np.tanh(weight @ first)
    outer = (1 - second**2) * (last.T @ (forward(weight) - answers))
    inner = (1 - first**2) * (weight.T @ outer)
    return _toy(weight, forward, answers, (np.hstack([inputs, first]), np.hstack([inner, outer])), generator)


KINDS: tuple[Callable[[np.random.Generator, int, int, Array], Toy], ...] = (
    plain,
    residual,
    convolution,
    shared,
)
"""An instance names its network by the position here."""
