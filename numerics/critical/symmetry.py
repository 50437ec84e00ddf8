"""The directions in which a chain can turn without moving its product: inner rotations.

A_j → R_jA_j, A_{j+1} → A_{j+1}R_jᵀ with orthogonal R_j leaves the loss as it is. At any factors the orbit's
tangent space is spanned by Ω_jA_j and −A_{j+1}Ω_j for antisymmetric Ω_j; its dimension is counted as a
rank, never guessed from small eigenvalues. Where the factors are aligned, as at every critical point with
weight decay (2410.23169, Lemma 1), the stabiliser turns only what no factor sees, and ranks suffice:
Σ_j (r d_j − r(r+1)/2) over the inner widths d_j.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from theory.errors import InvalidProblemError
from theory.tolerances import NUMERICAL_RANK

LARGEST: Final = 3_000
"""Planes of rotation beyond which unaligned factors are refused: their tangent vectors would not fit."""

MOST_NUMBERS: Final = 30_000_000
"""Of a basis of flat directions: a quarter of a gigabyte."""


def orbit_dimension(factors: Sequence[FloatArray]) -> int:
    """Dimension of the orbit of inner rotations through these factors, listed from the input side.

    Raises InvalidProblemError for unaligned factors with too many planes to count.

    >>> orbit_dimension([np.eye(3, 2), np.eye(2, 3)])  # rank 2 in width 3: 2·3 − 3
    3
    """
    rank = aligned_rank(factors)
    if rank is not None:
        return sum(rank * factor.shape[0] - rank * (rank + 1) // 2 for factor in factors[:-1])
    widths = [factor.shape[0] for factor in factors[:-1]]
    planes = sum(width * (width - 1) // 2 for width in widths)
    if planes > LARGEST:
        raise InvalidProblemError(
            f"{planes} planes of rotation of unaligned factors (inner widths {widths}) are too many: "
            "refine them to a critical point, or use a smaller width"
        )
    return numerical_rank(tangent_vectors(factors))


def aligned_rank(factors: Sequence[FloatArray]) -> int | None:
    """The common rank of all factors if the range of each is the row space of the next, else None.

    >>> aligned_rank([np.eye(3, 2), np.eye(2, 3)]), aligned_rank([np.eye(3, 2), np.ones((1, 3))])
    (2, None)
    """
    ranks = {numerical_rank(factor) for factor in factors}
    if len(ranks) != 1:
        return None
    common = ranks.pop()
    both = [np.hstack([_normalised(inner), _normalised(outer).T]) for inner, outer in pairwise(factors)]
    return common if all(numerical_rank(matrix) == common for matrix in both) else None


def tangent_vectors(factors: Sequence[FloatArray]) -> FloatArray:
    """One row for every plane of an inner space that a factor reaches: where turning it moves the factors.

    >>> tangent_vectors([np.array([[2.0], [0.0]]), np.array([[2.0, 0.0]])]).round(12).tolist()
    [[0.0, 2.0, 0.0, 2.0]]
    """
    ends = np.cumsum([0, *[factor.size for factor in factors]])
    found: list[FloatArray] = []
    for place, (inner, outer) in enumerate(pairwise(factors)):
        both = np.hstack([_normalised(inner), _normalised(outer).T])
        frame = np.linalg.svd(both)[0]
        frame *= np.sign(frame.sum(axis=0) + 0.5)  # any sign: this one is the same on every machine
        for a in range(numerical_rank(both)):
            for b in range(a + 1, inner.shape[0]):
                p, q = frame[:, a], frame[:, b]
                turned = np.outer(q, p @ inner) - np.outer(p, q @ inner)
                against = np.outer(outer @ p, q) - np.outer(outer @ q, p)
                vector = np.zeros(ends[-1])
                vector[ends[place] : ends[place + 1]] = turned.ravel()
                vector[ends[place + 1] : ends[place + 2]] = against.ravel()
                found.append(vector)
    return np.array(found).reshape(len(found), int(ends[-1]))


def _normalised(matrix: FloatArray) -> FloatArray:
    largest = float(np.linalg.norm(matrix, 2))
    return matrix / largest if largest > 0 else matrix


def numerical_rank(matrix: FloatArray) -> int:
    """The number of singular values above rounding.

    >>> numerical_rank(np.ones((2, 3)))
    1
    """
    if matrix.size == 0:
        return 0
    values = np.linalg.svd(matrix, compute_uv=False)
    return int(np.count_nonzero(values > NUMERICAL_RANK * float(values[0])))


def orthonormal_basis(vectors: FloatArray) -> FloatArray:
    """Orthonormal rows that span the given rows.

    Raises InvalidProblemError where they would fill the memory.

    >>> orthonormal_basis(np.array([[3.0, 0.0], [1.0, 0.0]])).round(12).tolist()
    [[1.0, 0.0]]
    """
    if vectors.size > MOST_NUMBERS:
        raise InvalidProblemError(
            f"{vectors.shape[0]} flat directions of {vectors.shape[1]} coordinates are too many: "
            "use a smaller width"
        )
    _, values, basis = np.linalg.svd(vectors, full_matrices=False)
    basis = basis[: int(np.count_nonzero(values > NUMERICAL_RANK * values[0])) if values.size else 0]
    largest = basis[np.arange(len(basis)), np.abs(basis).argmax(axis=1)]
    return basis * np.sign(largest)[:, None]
