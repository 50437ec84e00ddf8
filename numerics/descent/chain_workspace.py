"""A chain of matrices checked at the border and laid out for the kernels."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, finite_matrix, one_hot
from numerics.descent.chain_kernels import Chain
from theory.errors import InvalidProblemError


def chain_workspace(matrices: list[FloatArray], kind: int, targets: FloatArray) -> Chain:
    """Return sizes and zeroed buffers for these matrices."""
    inner_sizes = [targets.shape[0] * matrix.shape[0] for matrix in matrices[:-2]]
    return Chain(
        shapes=np.array([matrix.shape for matrix in matrices], dtype=np.int64),
        kind=kind,
        targets=targets,
        inner_starts=np.concatenate([[0], np.cumsum(inner_sizes)]).astype(np.int64),
        partials=np.zeros(sum(inner_sizes)),
        backs=np.zeros(sum(inner_sizes)),
        outputs=np.zeros_like(targets),
        residual=np.zeros_like(targets),
    )


def checked_chain(factors: Sequence[ArrayLike]) -> list[FloatArray]:
    """Return the factors as matrices that can be multiplied, or say which cannot."""
    matrices = [finite_matrix(factor, f"factor {index}") for index, factor in enumerate(factors)]
    if len(matrices) < 2:
        raise InvalidProblemError(f"{len(matrices)} factors: pass the features and at least one weight")
    for index, (right, left) in enumerate(itertools.pairwise(matrices)):
        if left.shape[1] != right.shape[0]:
            raise InvalidProblemError(
                f"factor {index + 1} of shape {left.shape} cannot follow factor {index} of shape "
                f"{right.shape}: list the factors from the input side, features first"
            )
    return matrices


def one_hot_targets(labels: ArrayLike, matrices: list[FloatArray]) -> FloatArray:
    """Return labels as the K × N matrix of their unit vectors, checked against the chain's sizes."""
    classes, samples = matrices[-1].shape[0], matrices[0].shape[1]
    return one_hot(class_labels(labels, samples, classes), classes)


def checked_targets(targets: ArrayLike, matrices: list[FloatArray]) -> FloatArray:
    """Return the targets as a matrix of the shape of the chain's product."""
    checked = finite_matrix(targets, "targets")
    shape = (matrices[-1].shape[0], matrices[0].shape[1])
    if checked.shape != shape:
        raise InvalidProblemError(f"targets have shape {checked.shape}: the chain's product has {shape}")
    return checked
