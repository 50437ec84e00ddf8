"""Squared loss, any number of factors: the optimum in logit space in closed form.

With g(Z) = (1/2N)‖Z − Y‖² the singular vectors of an optimum are those of Y (von Neumann's trace
inequality), and its singular values are those of separate modes, each with a known global minimum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, centred, finite_matrix
from theory.errors import InvalidProblemError
from theory.squared_loss.modes import optimal_mode


@dataclass(frozen=True)
class SquaredOptimum:
    """A global optimum: the K × N outputs (without their bias), singular values largest first, and the loss.

    Unique unless a mode ties with zero, or singular values of the targets coincide where `width` cuts.
    """

    outputs: FloatArray
    singular_values: FloatArray
    loss: float

    @property
    def rank(self) -> int:
        """Number of modes that are kept."""
        return int(np.count_nonzero(self.singular_values))


def squared_loss_optimum(
    targets: ArrayLike,
    weight_decay: float,
    *,
    factors: int,
    width: int | None = None,
    free_bias: bool = False,
) -> SquaredOptimum:
    """The global optimum of (1/2N)‖Z − Y‖² + (λF/2) Σσ_i(Z)^{2/F} over Z of rank at most `width`.

    With `free_bias` an unpenalised bias per row is at its best value: the rows of Y are centred.

    Raises
    ------
    InvalidProblemError
        Unless the targets are a finite matrix, λ > 0, F ≥ 2 and the width is at least 1.

    Source: Dang et al. 2023 (2301.00437) for classes; theory.md 2.1 for any targets.

    Examples
    --------
    >>> found = squared_loss_optimum([[3.0, 0.0], [0.0, 0.5]], 0.5, factors=2)  # ν = Nλ = 1
    >>> found.outputs.round(12).tolist(), found.loss
    ([[2.0, 0.0], [0.0, 0.0]], 1.3125)
    """
    matrix = finite_matrix(targets, "targets")
    if not (0 < weight_decay < np.inf and factors >= 2):
        raise InvalidProblemError(f"weight decay {weight_decay} must be positive, factors {factors} ≥ 2")
    if width is not None and width < 1:
        raise InvalidProblemError(f"width {width} must be at least 1")
    samples = matrix.shape[1]
    left, values, right = np.linalg.svd(centred(matrix) if free_bias else matrix, full_matrices=False)
    modes = [optimal_mode(float(value), samples * weight_decay, factors) for value in values]
    reachable = len(modes) if width is None else width
    kept = np.array([mode.singular_value for mode in modes[:reachable]])
    total = sum(mode.loss for mode in modes[:reachable]) + 0.5 * float(np.sum(values[reachable:] ** 2))
    return SquaredOptimum(
        outputs=(left[:, : kept.size] * kept) @ right[: kept.size],
        singular_values=np.concatenate([kept, np.zeros(len(modes) - kept.size)]),
        loss=total / samples,
    )
