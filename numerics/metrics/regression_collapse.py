"""NRC1–NRC4, the collapse metrics of deep regression (2603.23805).

Features H are d × N, targets Y are t × N, columns are samples. Features and targets are centred here
(rows less their mean), as the covariance is. U holds the top eigenvectors of Σ_H = HHᵀ/N, by default
t of them; pass `rank` when weight decay leaves a structure of rank r < t.

The authors' code differs in two places: it truncates H to its first t raw coordinates before the CKA
of NRC2, and leaves H uncentred in NRC4. These functions follow the paper; `nrc4` offers the other.
"""

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, centred, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA, NUMERICAL_RANK


def nrc1(features: ArrayLike, *, rank: int) -> float:
    """Return 1 − tr(UᵀΣ_HU)/trΣ_H, the share of the features' variance outside their top directions.

    Source: 2603.23805, NRC1; `rank` is the number t of targets, or the rank of the structure.

    Raises
    ------
    InvalidProblemError
        If the features are constant, or the rank is not between 1 and min(d, N).

    Examples
    --------
    >>> nrc1([[2.0, -2.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]], rank=1)
    0.2
    """
    _, values = _principal_directions(_centred_features(features), rank)
    # The tail summed as such: one minus the head would lose it to rounding.
    return float(np.sum(values[rank:] ** 2) / np.sum(values**2))


def nrc2(features: ArrayLike, targets: ArrayLike, *, rank: int | None = None) -> float:
    """Return the linear CKA of UUᵀH and Y: ‖YAᵀ‖_F²/(‖AAᵀ‖_F‖YYᵀ‖_F) with A = UUᵀH.

    It is 1 iff the Gram matrices of both are proportional; not in general, since spectra differ.

    Source: 2603.23805, NRC2.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, a matrix is constant, or the rank is out of range.

    Examples
    --------
    >>> nrc2([[1.0, -1.0], [0.0, 0.0]], [[3.0, -3.0]])
    1.0
    """
    matrix, answers = _centred_features(features), _centred_targets(targets)
    _check_samples(matrix, answers)
    directions, _ = _principal_directions(matrix, answers.shape[0] if rank is None else rank)
    projected = directions.T @ matrix  # UUᵀH in U's own coordinates: the same Gram matrix
    alignment = np.sum((answers @ projected.T) ** 2)
    norms = np.linalg.norm(projected @ projected.T) * np.linalg.norm(answers @ answers.T)
    return float(alignment / norms)


def nrc3(features: ArrayLike, weight: ArrayLike, *, rank: int | None = None) -> float:
    """Return the mean cosine of the principal angles between U and W's top right-singular space.

    W is t × d, the layer that acts on the features.

    Source: 2603.23805, NRC3.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, or the rank exceeds what either matrix has.

    Examples
    --------
    >>> round(nrc3([[1.0, -1.0], [0.0, 0.0]], [[1.0, 1.0]]), 12)  # cos 45°
    0.707106781187
    """
    matrix, last = _centred_features(features), finite_matrix(weight, "weight")
    if last.shape[1] != matrix.shape[0]:
        raise InvalidProblemError(
            f"weight of shape {last.shape} does not act on features of {matrix.shape[0]} rows"
        )
    count = last.shape[0] if rank is None else rank
    directions, _ = _principal_directions(matrix, count)
    _, values, right = np.linalg.svd(last, full_matrices=False)
    if count > values.size or values[count - 1] <= LINEAR_ALGEBRA * values[0]:
        raise InvalidProblemError(f"rank {count} exceeds the rank of the weight: pass a smaller rank")
    cosines = np.linalg.svd(right[:count] @ directions, compute_uv=False)
    return float(np.minimum(cosines, 1.0).mean())


def nrc4(
    features: ArrayLike, targets: ArrayLike, *, rank: int | None = None, centre_features: bool = True
) -> float:
    """Return ‖YH⁺H − Y‖_F²/N, the error of the best linear probe on the features.

    `rank` truncates the pseudo-inverse; by default it is H's numerical rank at NUMERICAL_RANK.
    `centre_features=False` is the convention of the authors' code.

    Source: 2603.23805, NRC4.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, the features are constant, or the rank is out of range.

    Examples
    --------
    >>> nrc4([[1.0, -1.0, 0.0, 0.0]], [[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    0.5
    """
    matrix = _centred_features(features) if centre_features else finite_matrix(features, "features")
    answers = _centred_targets(targets)
    _check_samples(matrix, answers)
    _, values, right = np.linalg.svd(matrix, full_matrices=False)
    kept = int(np.count_nonzero(values > NUMERICAL_RANK * values[0])) if rank is None else rank
    _check_rank(values, kept)
    rows = right[:kept]
    return float(np.sum((answers - (answers @ rows.T) @ rows) ** 2) / answers.shape[1])


def _principal_directions(matrix: FloatArray, rank: int) -> tuple[FloatArray, FloatArray]:
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    _check_rank(values, rank)
    return left[:, :rank], values


def _check_rank(values: FloatArray, rank: int) -> None:
    if not 1 <= rank <= values.size or values[rank - 1] <= LINEAR_ALGEBRA * values[0]:
        raise InvalidProblemError(
            f"rank {rank} is not between 1 and the rank of the features: pass the rank of the structure"
        )


def _check_samples(features: FloatArray, targets: FloatArray) -> None:
    if features.shape[1] != targets.shape[1]:
        raise InvalidProblemError(
            f"{features.shape[1]} feature columns and {targets.shape[1]} target columns: columns are samples"
        )


def _centred_features(features: ArrayLike) -> FloatArray:
    return _not_constant(finite_matrix(features, "features"), "features")


def _centred_targets(targets: ArrayLike) -> FloatArray:
    return _not_constant(finite_matrix(targets, "targets"), "targets")


def _not_constant(matrix: FloatArray, name: str) -> FloatArray:
    deviations = centred(matrix)
    if np.abs(deviations).max() <= LINEAR_ALGEBRA * np.abs(matrix).max():
        raise InvalidProblemError(f"{name} are the same for every sample: the metric is not defined")
    return deviations
