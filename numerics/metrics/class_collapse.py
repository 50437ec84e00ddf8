"""Within-class variability (NC1), in the two conventions that give different numbers on the same data.

Features are d × N with one column per sample. Σ_W = (1/N)ΣΣ(h_i − μ_k)(h_i − μ_k)ᵀ over all samples,
Σ_B = (1/K)Σ(μ_k − μ)(μ_k − μ)ᵀ over classes, μ the mean of the class means (for balanced classes, as
in the papers, that is the mean of all samples).
"""

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA


def nc1_trace(features: ArrayLike, labels: ArrayLike, *, rank: int | None = None) -> float:
    """Return tr(Σ_WΣ_B⁺)/K, the pseudo-inverse truncated at an explicit rank.

    `rank` is that of the structure: K − 1 for full collapse (the default), less for a low-rank one.
    Never left to a float tolerance: a between-class direction that is all rounding would dominate.

    Source: Papyan, Han, Donoho, PNAS 2020 (convention with 1/K).

    Raises
    ------
    InvalidProblemError
        If the rank exceeds that of Σ_B, or features or labels are out of range.

    Examples
    --------
    >>> nc1_trace([[1.0, 3.0, -1.0, -3.0]], [0, 0, 1, 1])
    0.125
    """
    within, means = _deviations(features, labels)
    classes = means.shape[1]
    kept = classes - 1 if rank is None else rank
    left, values, _ = np.linalg.svd(means / np.sqrt(classes), full_matrices=False)
    if not 1 <= kept <= values.size or values[kept - 1] <= LINEAR_ALGEBRA * values[0]:
        raise InvalidProblemError(
            f"rank {kept} is not between 1 and the rank of the class means: pass the structure's own rank"
        )
    scores = (left[:, :kept].T @ within) / values[:kept, None]
    return float(np.sum(scores**2) / (within.shape[1] * classes))


def nc1_quotient(features: ArrayLike, labels: ArrayLike) -> float:
    """Return trΣ_W/trΣ_B: no pseudo-inverse, hence no rank to choose.

    Raises
    ------
    InvalidProblemError
        If all class means coincide, or features or labels are out of range.

    Examples
    --------
    >>> nc1_quotient([[1.0, 3.0, -1.0, -3.0]], [0, 0, 1, 1])
    0.25
    """
    within, means = _deviations(features, labels)
    between = float(np.mean(np.sum(means**2, axis=0)))
    if between == 0:
        raise InvalidProblemError("all class means coincide: the quotient trΣ_W/trΣ_B is not defined")
    return float(np.mean(np.sum(within**2, axis=0))) / between


def _deviations(features: ArrayLike, labels: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Columns h_i − μ_k for every sample, and μ_k − μ for every class."""
    matrix = finite_matrix(features, "features")
    checked = class_labels(labels, matrix.shape[1])
    _, which, sizes = np.unique(checked, return_inverse=True, return_counts=True)
    if sizes.size < 2:
        raise InvalidProblemError("all labels are the same: variability between classes needs two classes")
    sums = np.zeros((matrix.shape[0], sizes.size))
    np.add.at(sums.T, which, matrix.T)
    means = sums / sizes
    return matrix - means[:, which], means - means.mean(axis=1, keepdims=True)
