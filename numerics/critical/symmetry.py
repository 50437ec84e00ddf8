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
    return _rank(tangent_vectors(factors))


def aligned_rank(factors: Sequence[FloatArray]) -> int | None:
    """The common rank of all factors if the range of each is the row space of the next, else None.

    >>> aligned_rank([np.eye(3, 2), np.eye(2, 3)]), aligned_rank([np.eye(3, 2), np.ones((1, 3))])
    (2, None)
    """
    ranks = {_rank(factor) for factor in factors}
    if len(ranks) != 1:
        return None
    common = ranks.pop()
    both = [np.hstack([_normalised(inner), _normalised(outer).T]) for inner, outer in pairwise(factors)]
    return common if all(_rank(matrix) == common for matrix in both) else None


def tangent_vectors(factors: Sequence[FloatArray]) -> FloatArray:
    """One row for every plane of every inner dimension: the flat direction in which turning it moves."""
    ends = np.cumsum([0, *[factor.size for factor in factors]])
    found: list[FloatArray] = []
    for place, (inner, outer) in enumerate(pairwise(factors)):
        for a in range(inner.shape[0]):
            for b in range(a):
                vector = np.zeros(ends[-1])
                turned = vector[ends[place] : ends[place + 1]].reshape(inner.shape)
                turned[a], turned[b] = inner[b], -inner[a]
                against = vector[ends[place + 1] : ends[place + 2]].reshape(outer.shape)
                against[:, b], against[:, a] = -outer[:, a], outer[:, b]
                found.append(vector)
    return np.array(found).reshape(len(found), int(ends[-1]))


def _normalised(matrix: FloatArray) -> FloatArray:
    largest = float(np.linalg.norm(matrix, 2))
    return matrix / largest if largest > 0 else matrix


def _rank(matrix: FloatArray) -> int:
    if matrix.size == 0:
        return 0
    values = np.linalg.svd(matrix, compute_uv=False)
    return int(np.count_nonzero(values > NUMERICAL_RANK * float(values[0])))
