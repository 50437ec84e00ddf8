"""Instances for claims on two-layer networks: small integer samples, and a teacher that gives the targets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verify.instance import Instance

if TYPE_CHECKING:
    from numerics.two_layer.network import TwoLayer

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class TeacherShape:
    """The largest dimension and number of samples, and the number of outputs."""

    dimension: int
    samples: int
    outputs: int


def teacher_of(instance: Instance) -> "tuple[Matrix, TwoLayer, Matrix]":
    """Return samples d × N, the teacher, and its outputs c × N."""
    from numerics.two_layer.network import TwoLayer

    samples, hidden, output = (_matrix(instance[key]) for key in ("samples", "hidden", "output"))
    teacher = TwoLayer(hidden, output)
    return samples, teacher, teacher(samples)


def usable(instance: Instance, shape: TeacherShape) -> bool:
    """Shapes fit, no sample is zero, and the targets are not all zero."""
    samples, hidden, output = (_matrix(instance[key]) for key in ("samples", "hidden", "output"))
    if min(samples.ndim, hidden.ndim, output.ndim) < 2 or samples.shape[0] > shape.dimension:
        return False
    fits = (
        samples.shape[1] <= shape.samples
        and hidden.shape[1] == samples.shape[0]
        and output.shape == (shape.outputs, hidden.shape[0])
    )
    return bool(fits and samples.any(axis=0).all() and (output @ np.maximum(hidden @ samples, 0)).any())


def teacher_sampler(shape: TeacherShape, generator: np.random.Generator) -> Instance:
    """Integers up to 9 and up to four hidden neurons."""
    dimension = int(generator.integers(1, shape.dimension + 1))
    count, width = int(generator.integers(1, shape.samples + 1)), int(generator.integers(1, 5))

    def integers(rows: int, columns: int) -> list[list[int]]:
        return generator.integers(-9, 10, size=(rows, columns)).tolist()

    return {
        "samples": integers(dimension, count),
        "hidden": integers(width, dimension),
        "output": integers(shape.outputs, width),
    }


def _matrix(rows: Any) -> Matrix:
    return np.array([[float(entry) for entry in row] for row in rows])
