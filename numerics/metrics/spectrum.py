"""Three ways to say how many directions a matrix uses."""

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import NUMERICAL_RANK


def stable_rank(matrix: ArrayLike) -> float:
    """Return ‖A‖_F²/‖A‖_2²: at least 1, at most the rank, continuous in A.

    Examples
    --------
    >>> round(stable_rank([[2.0, 0.0], [0.0, 1.0]]), 12)
    1.25
    """
    shares = _relative_singular_values(matrix)
    return float(np.sum(shares**2))


def numerical_rank(matrix: ArrayLike, *, relative_threshold: float = NUMERICAL_RANK) -> int:
    """Return the number of singular values above `relative_threshold` times the largest; 0 for zero.

    Examples
    --------
    >>> numerical_rank([[1.0, 0.0], [0.0, 1e-9]])
    1
    """
    if not 0 <= relative_threshold < 1:
        raise InvalidProblemError(f"relative_threshold {relative_threshold} must be in [0, 1): try 1e-6")
    values = np.linalg.svd(finite_matrix(matrix, "matrix"), compute_uv=False)
    return int(np.count_nonzero(values > relative_threshold * values[0]))


def effective_rank(matrix: ArrayLike) -> float:
    """Return exp(−Σp_i log p_i) with p_i = σ_i/Σσ: the rank if the non-zero spectrum is flat.

    Source: Roy and Vetterli, The effective rank, EUSIPCO 2007 (singular values, not their squares).

    Examples
    --------
    >>> round(effective_rank([[1.0, 0.0], [0.0, 1.0]]), 12)
    2.0
    """
    shares = _relative_singular_values(matrix)
    shares = shares[shares > 0] / shares.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))


def _relative_singular_values(matrix: ArrayLike) -> FloatArray:
    values = np.linalg.svd(finite_matrix(matrix, "matrix"), compute_uv=False)
    if values[0] == 0:
        raise InvalidProblemError("the matrix is zero: its stable and effective ranks are not defined")
    return values / values[0]
