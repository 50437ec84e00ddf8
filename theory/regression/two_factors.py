"""Multivariate regression with one weight matrix, free features and a free bias: the optimum in closed form.

Minimise (1/2N)‖WH + b1ᵀ − Y‖² + (λ_W/2)‖W‖² + (λ_H/2)‖H‖². With Σ the covariance (1/N) of the targets and
c = Nλ_Wλ_H, every eigendirection of Σ with eigenvalue above c keeps √Σ − √c and leaves a residual
variance c; the others vanish. 2409.04180 penalises (λ_H/2N)‖H‖² instead: `per_sample=True`, c = λ_Wλ_H.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import ANDRIOPOULOS_2024, RANKCOLLAPSE
from theory.symbols import positive
from theory.tolerances import LINEAR_ALGEBRA

Matrix = NDArray[np.float64]

VARIANCE: Final = positive("variance")
"""λ_j(Σ), an eigenvalue of the targets' covariance."""
CUT: Final = positive("cut")
"""c = Nλ_Wλ_H: directions of at most this variance vanish."""

KEPT_LOSS: Final = Formula(
    "loss of a kept direction",
    sp.sqrt(CUT * VARIANCE) - CUT / 2,
    (VARIANCE, CUT),
    ANDRIOPOULOS_2024.theorem("4.1"),
    "√(cλ_j) − c/2 for λ_j > c; a direction that vanishes costs λ_j/2",
)

GRAM_VALUE: Final = Formula(
    "eigenvalue of WWᵀ",
    sp.sqrt(positive("feature_decay") / positive("weight_decay")) * (sp.sqrt(VARIANCE) - sp.sqrt(CUT)),
    (VARIANCE, CUT, positive("feature_decay"), positive("weight_decay")),
    ANDRIOPOULOS_2024.theorem("4.1"),
    "√(λ_H/λ_W)(√λ_j − √c), λ_H for the penalty (λ_H/2N)‖H‖²",
)

CURVATURE: Final = Formula(
    "negative curvature of a saddle",
    2 * (positive("kept_target") - positive("free_target"))
    / (positive("samples") * (sp.sqrt(positive("weight_decay") / positive("feature_decay"))
                              + sp.sqrt(positive("feature_decay") / positive("weight_decay")))),
    (positive("free_target"), positive("kept_target"), positive("samples"),
     positive("weight_decay"), positive("feature_decay")),
    RANKCOLLAPSE.at("theory 2.3"),
    "second derivative along the unit direction that lets the unused y replace y_m (or ν, for an empty slot)",
)  # fmt: skip


@dataclass(frozen=True)
class TwoFactorOptimum:
    """The global optimum (up to a rotation of the inner space), and what it leaves."""

    weight: Matrix
    features: Matrix
    bias: Matrix
    variances: Matrix
    cut: float
    loss: float

    @property
    def rank(self) -> int:
        """Number of kept directions."""
        return int(np.linalg.matrix_rank(self.weight)) if np.any(self.weight) else 0

    @property
    def training_error(self) -> float:
        """(1/N)‖WH + b1ᵀ − Y‖² = Σ_j min(c, λ_j(Σ)) where the width allows every direction above c."""
        return float(np.sum(np.minimum(self.variances, self.cut)))

    @property
    def residual_variances(self) -> Matrix:
        """Eigenvalues of the residual covariance: c on kept directions, λ_j on the others."""
        return np.minimum(self.variances, self.cut)


def two_factor_optimum(
    targets: Matrix, weight_decay: float, feature_decay: float, *, width: int, per_sample: bool = False
) -> TwoFactorOptimum:
    """The optimum for t×N targets and an inner width ≥ min(t, N).

    With `per_sample` the features' penalty is (λ_H/2N)‖H‖², as in 2409.04180 (Theorem 4.1).
    Raises InvalidProblemError for a decay ≤ 0 or a width below the number of directions.

    >>> found = two_factor_optimum(np.array([[1.0, -1.0]]), 0.1, 0.05, width=1)
    >>> round(found.cut, 12), round(found.loss, 12)  # √(0.01·1) − 0.01/2
    (0.01, 0.095)
    """
    for decay in (weight_decay, feature_decay):
        if not (math.isfinite(decay) and decay > 0):
            raise InvalidProblemError(
                f"weight decay {decay} is not finite and above 0: without it nothing is determined"
            )
    outputs, samples = targets.shape
    if width < min(outputs, samples):
        raise InvalidProblemError(f"width {width} is below the {min(outputs, samples)} directions: raise it")
    own_decay = feature_decay if per_sample else samples * feature_decay
    bias = targets.mean(axis=1)
    left, values, right = np.linalg.svd(targets - bias[:, None], full_matrices=False)
    values[values <= LINEAR_ALGEBRA * values[0]] = 0.0
    variances, cut = values**2 / samples, weight_decay * own_decay
    kept = variances > cut
    gram = np.asarray(
        GRAM_VALUE(variance=variances[kept], cut=cut, feature_decay=own_decay, weight_decay=weight_decay)
    )
    weight, features = np.zeros((outputs, width)), np.zeros((width, samples))
    count = int(np.count_nonzero(kept))
    weight[:, :count] = left[:, kept] * np.sqrt(gram)
    scale = math.sqrt(weight_decay / own_decay) * math.sqrt(samples)  # √(λ_W/λ_H) WᵀΣ^{−1/2}(Y − Ȳ)
    features[:count] = scale * np.sqrt(gram)[:, None] * right[kept]
    loss = float(np.sum(KEPT_LOSS(variance=variances[kept], cut=cut)) + np.sum(variances[~kept]) / 2)
    padded = np.concatenate([variances, np.zeros(outputs - variances.size)])
    return TwoFactorOptimum(weight, features, bias, padded, cut, loss)


def interpolating_features(targets: Matrix, weight: Matrix, free: Matrix) -> Matrix:
    """H = W⁺Y + (I − W⁺W)Q: all features that fit centred targets exactly when λ = 0.

    The width×N matrix Q is arbitrary, so nothing collapses without weight decay (2409.04180).
    Raises InvalidProblemError unless W has full row rank.

    >>> interpolating_features(np.array([[1.0]]), np.array([[2.0, 0.0]]), np.array([[5.0], [7.0]])).tolist()
    [[0.5], [7.0]]
    """
    if np.linalg.matrix_rank(weight) < weight.shape[0]:
        raise InvalidProblemError("the weight lacks full row rank: it cannot fit arbitrary targets")
    inverse = np.linalg.pinv(weight)
    return inverse @ targets + free - inverse @ (weight @ free)
