"""How far a weight matrix is from rank C, through total cluster variation and weight decay.

Any weight matrix W with decay λ in a loss (1/N)Σℓ_i + (λ/2)‖W‖² + … that maps inputs z_i to
a_i = W z_i (+ b) satisfies λW = −(1/N)Σ δ_i z_iᵀ + R, with δ_i = ∂(Σ_j ℓ_j)/∂a_i and R the gradient of the
full loss. Splitting δ and z into cluster means and deviations Δ, 𝒵 leaves a part of rank at most C, so the
singular values beyond C obey the bounds below (2402.03991; reconstruction and residual form ours).

A convolution is the linear map of its patches: each patch of an image is a column of inputs and deltas, and
so is each use of a weight that is used several times. N stays the number of images.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.networks.variation import (
    deviations_from_cluster_means,
    number_of_images,
    total_cluster_variation,
)
from theory.tolerances import LINEAR_ALGEBRA

Matrix = NDArray[np.float64]
__all__ = ["Matrix", "RankBound", "deviations_from_cluster_means", "rank_bound", "total_cluster_variation"]


@dataclass(frozen=True)
class RankBound:
    """The tail of W beyond rank C, what bounds it, and what the residual gradient adds.

    Frobenius: `distance` = (Σ_{j>C}σ_j²)^{1/2} ≤ `frobenius[name] + residual` for B0, B1, B2.
    Nuclear: `nuclear_distance` = Σ_{j>C}σ_j ≤ `nuclear[name] + nuclear_residual` for B0, B1.
    Parts of the residual are ‖R‖/λ; variations are those of inputs and deltas.
    """

    clusters: int
    weight_decay: float
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
    def sharpest(self) -> float:
        """The smallest of the Frobenius bounds, with its residual."""
        return min(self.frobenius.values()) + self.residual

    @property
    def vacuous(self) -> bool:
        """The sharpest bound with its residual says no more than ‖W‖_F does."""
        return self.sharpest >= self.weight_norm

    @property
    def relative(self) -> float | None:
        """The sharpest bound over ‖W‖_F; None for W = 0."""
        return self.sharpest / self.weight_norm if self.weight_norm > 0 else None

    @property
    def ratio(self) -> float | None:
        """The sharpest bound over the distance it bounds: its tightness; None where that is all rounding."""
        rounding = LINEAR_ALGEBRA * self.weight_norm
        return self.sharpest / self.distance if self.distance > rounding else None


def rank_bound(
    weight: Matrix,
    inputs: Matrix,
    deltas: Matrix,
    residual: Matrix,
    weight_decay: float,
    labels: NDArray[np.int64],
    *,
    images: int | None = None,
) -> RankBound:
    """Bounds B0, B1, B2 on the distance of W to rank C for one partition of the samples.

    Shapes: weight m×d, inputs d×M, deltas m×M, residual m×d, labels M. N = M, unless the columns are the
    patches or uses of fewer `images`: then N = images. Valid at any parameters, critical or not, for any
    partition. Raises InvalidProblemError for λ ≤ 0, mismatched shapes, NaN, and an empty cluster.

    B0 = (1/λN)‖Δ𝒵ᵀ‖, B1 = (1/λ)√(TCV(δ)·TCV(z)), B2 = (1/λ)(‖Δ‖₂/√N)√TCV(z).

    >>> signals, labels = np.array([[2.0, 2.0], [1.0, -1.0]]), np.array([0, 0])
    >>> weight = -signals @ signals.T / 2
    >>> bound = rank_bound(weight, signals, signals, np.zeros((2, 2)), 1.0, labels)
    >>> bound.distance, bound.sharpest
    (1.0, 1.0)
    """
    if not weight_decay > 0:
        raise InvalidProblemError(f"weight decay {weight_decay} is not positive: the bound divides by it")
    expected = (weight.shape[0], inputs.shape[1]), weight.shape
    if (deltas.shape, residual.shape) != expected or weight.shape[1] != inputs.shape[0]:
        raise InvalidProblemError(
            f"weight {weight.shape}, inputs {inputs.shape}, deltas {deltas.shape}, residual {residual.shape} "
            "do not fit together: expected m×d, d×N, m×N, m×d"
        )
    if not (np.isfinite(weight).all() and np.isfinite(residual).all()):
        raise InvalidProblemError("the weight or the residual contains NaN or infinity: training diverged")
    samples = number_of_images(inputs.shape[1], images)
    deviations = deviations_from_cluster_means(np.vstack([deltas, inputs]), labels)
    delta_deviation, input_deviation = deviations[: len(deltas)], deviations[len(deltas) :]
    clusters = int(labels.max()) + 1
    matrices = np.stack([delta_deviation @ input_deviation.T, weight, residual])  # one call for all three
    correlation, values, residual_values = np.linalg.svd(matrices, compute_uv=False)
    tail = values[clusters:]
    input_variation = float(np.sum(input_deviation**2) / samples)
    delta_variation = float(np.sum(delta_deviation**2) / samples)
    b1 = float(np.sqrt(delta_variation * input_variation)) / weight_decay
    largest_square = np.linalg.eigvalsh(delta_deviation @ delta_deviation.T)[-1]
    spectral = np.sqrt(max(float(largest_square), 0.0) / samples)
    return RankBound(
        clusters=clusters,
        weight_decay=float(weight_decay),
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
