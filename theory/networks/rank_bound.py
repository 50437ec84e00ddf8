"""How far a weight matrix is from rank C, through total cluster variation and weight decay.

Any weight matrix W with decay λ in a loss (1/N)Σℓ_i + (λ/2)‖W‖² + … that maps inputs z_i to
a_i = W z_i (+ b) satisfies λW = −(1/N)Σ δ_i z_iᵀ + R, with δ_i = ∂(Σ_j ℓ_j)/∂a_i and R the gradient of the
full loss. Splitting δ and z into cluster means and deviations Δ, 𝒵 leaves a part of rank at most C, so the
singular values beyond C obey the bounds below (2402.03991; reconstruction and residual form ours).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class RankBound:
    """The tail of W beyond rank C, what bounds it, and what the residual gradient adds.

    Frobenius: `distance` = (Σ_{j>C}σ_j²)^{1/2} ≤ `frobenius[name] + residual` for B0, B1, B2.
    Nuclear: `nuclear_distance` = Σ_{j>C}σ_j ≤ `nuclear[name] + nuclear_residual` for B0, B1.
    """

    clusters: int
    weight_norm: float
    distance: float
    nuclear_distance: float
    frobenius: dict[str, float]
    nuclear: dict[str, float]
    residual: float
    nuclear_residual: float
    input_variation: float
    delta_variation: float

    @property
    def vacuous(self) -> bool:
        """The sharpest bound with its residual says no more than ‖W‖_F does."""
        return min(self.frobenius.values()) + self.residual >= self.weight_norm


def deviations_from_cluster_means(columns: Matrix, labels: NDArray[np.int64]) -> Matrix:
    """Each column minus the mean of its cluster, computed about the overall mean for accuracy.

    Raises InvalidProblemError for labels that do not match, an empty cluster, or values not finite.
    """
    if columns.ndim != 2 or labels.shape != (columns.shape[1],):
        raise InvalidProblemError(
            f"{labels.shape} labels do not fit columns of shape {columns.shape}: one label a column"
        )
    if not np.isfinite(columns).all():
        raise InvalidProblemError("the columns contain NaN or infinity: remove these samples")
    counts = np.bincount(labels) if labels.size and labels.min() >= 0 else np.zeros(1)
    if (counts == 0).any():
        raise InvalidProblemError("a cluster has no sample: number the clusters 0, 1, … without gaps")
    centred = columns - columns.mean(axis=1, keepdims=True)
    membership = np.zeros((labels.size, counts.size))
    membership[np.arange(labels.size), labels] = 1.0
    return centred - (centred @ membership / counts)[:, labels]


def total_cluster_variation(columns: Matrix, labels: NDArray[np.int64]) -> float:
    """TCV = (1/N) Σ_k Σ_{i∈C_k} ‖u_i − ū_k‖² of the columns u_i for a partition into clusters.

    >>> total_cluster_variation(np.array([[0.0, 2.0, 5.0]]), np.array([0, 0, 1]))
    0.6666666666666666
    """
    return float(np.sum(deviations_from_cluster_means(columns, labels) ** 2) / columns.shape[1])


def rank_bound(
    weight: Matrix,
    inputs: Matrix,
    deltas: Matrix,
    residual: Matrix,
    weight_decay: float,
    labels: NDArray[np.int64],
) -> RankBound:
    """Bounds B0, B1, B2 on the distance of W to rank C for one partition of the samples.

    Shapes: weight m×d, inputs d×N, deltas m×N, residual m×d, labels N. Valid at any parameters, critical
    or not. Raises InvalidProblemError for λ ≤ 0 and mismatched shapes.

    B0 = (1/λN)‖Δ𝒵ᵀ‖, B1 = (1/λ)√(TCV(δ)·TCV(z)), B2 = (1/λ)(‖Δ‖₂/√N)√TCV(z).
    """
    if not weight_decay > 0:
        raise InvalidProblemError(f"weight decay {weight_decay} is not positive: the bound divides by it")
    expected = (weight.shape[0], inputs.shape[1]), weight.shape
    if (deltas.shape, residual.shape) != expected or weight.shape[1] != inputs.shape[0]:
        raise InvalidProblemError(
            f"weight {weight.shape}, inputs {inputs.shape}, deltas {deltas.shape}, residual {residual.shape} "
            "do not fit together: expected m×d, d×N, m×N, m×d"
        )
    samples = inputs.shape[1]
    delta_deviation = deviations_from_cluster_means(deltas, labels)
    input_deviation = deviations_from_cluster_means(inputs, labels)
    clusters = int(labels.max()) + 1
    correlation = np.linalg.svd(delta_deviation @ input_deviation.T, compute_uv=False)
    tail = np.linalg.svd(weight, compute_uv=False)[clusters:]
    residual_values = np.linalg.svd(residual, compute_uv=False)
    input_variation = float(np.sum(input_deviation**2) / samples)
    delta_variation = float(np.sum(delta_deviation**2) / samples)
    b1 = float(np.sqrt(delta_variation * input_variation)) / weight_decay
    spectral = float(np.linalg.norm(delta_deviation, 2)) / np.sqrt(samples)
    return RankBound(
        clusters=clusters,
        weight_norm=float(np.linalg.norm(weight)),
        distance=float(np.linalg.norm(tail)),
        nuclear_distance=float(np.sum(tail)),
        frobenius={
            "B0": float(np.linalg.norm(correlation)) / (weight_decay * samples),
            "B1": b1,
            "B2": float(spectral * np.sqrt(input_variation)) / weight_decay,
        },
        nuclear={"B0": float(np.sum(correlation)) / (weight_decay * samples), "B1": b1},
        residual=float(np.linalg.norm(residual_values)) / weight_decay,
        nuclear_residual=float(np.sum(residual_values)) / weight_decay,
        input_variation=input_variation,
        delta_variation=delta_variation,
    )
