"""Every layer of the deep linear regression optimum in closed form (the model behind 2603.23805).

With y_i the singular values of the centred t×N targets, F factors, decay λ on each and a free bias, mode
i keeps σ_i = s_i^F (see `theory.squared_loss.modes`). Features at layer l (the free features are l = 1)
have singular values s_i^l along the targets' principal axes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from theory.squared_loss.modes import optimal_mode


@dataclass(frozen=True)
class RegressionOptimum:
    """The optimum's spectra: targets y_i (largest first) and factor singular values s_i (0 when dropped)."""

    targets: NDArray[np.float64]
    factor_values: NDArray[np.float64]
    samples: int
    factors: int
    loss: float

    @property
    def rank(self) -> int:
        """Number of kept directions."""
        return int(np.count_nonzero(self.factor_values))

    @property
    def training_error(self) -> float:
        """Mean squared error of the network, Σ(y_i − s_i^F)²/N."""
        return float(np.sum((self.targets - self.factor_values**self.factors) ** 2) / self.samples)

    @property
    def probe_error(self) -> float:
        """Error of the best linear probe on any layer, Σ_dropped y_i²/N: below the network's own."""
        return float(np.sum(self.targets[self.factor_values == 0] ** 2) / self.samples)

    def feature_values(self, layer: int) -> NDArray[np.float64]:
        """Singular values s_i^l of the features at layer l ≥ 1, kept directions only."""
        kept = self.factor_values[self.factor_values > 0]
        return kept**layer

    def alignment(self, layer: int) -> float:
        """Linear CKA of the layer's features with the targets: Σy_i²s_i^{2l}/√(Σs_i^{4l} Σy_i⁴).

        Raises OutOfDomainError where nothing is kept: zero features align with nothing.
        """
        if self.rank == 0:
            raise OutOfDomainError("no direction is kept, so alignment is undefined: lower the weight decay")
        features = self.factor_values ** (2 * layer)
        targets = self.targets**2
        return float(features @ targets / np.sqrt((features @ features) * (targets @ targets)))


def regression_optimum(
    targets: NDArray[np.float64], weight_decay: float, *, depth: int, width: int | None = None
) -> RegressionOptimum:
    """The global optimum for t×N targets with a free bias.

    A `width` below the number of kept directions keeps the largest (see regression/switching-off). For
    unequal decays pass their geometric mean. Raises OutOfDomainError for a width below one.

    >>> regression_optimum(np.array([[1.0, -1.0]]), 0.01, depth=2).rank
    1
    """
    if width is not None and width < 1:
        raise OutOfDomainError(f"width {width} is below 1: nothing can be kept")
    centred = targets - targets.mean(axis=1, keepdims=True)
    values = np.asarray(np.linalg.svd(centred, compute_uv=False), dtype=np.float64)
    samples, factors = targets.shape[1], depth + 1
    modes = [optimal_mode(float(value), samples * weight_decay, factors) for value in values]
    allowed = len(modes) if width is None else width
    kept = np.array([mode.singular_value ** (1 / factors) for mode in modes])
    kept[allowed:] = 0.0
    dropped = values[allowed:]
    loss = (sum(mode.loss for mode in modes[:allowed]) + float(np.sum(dropped**2)) / 2) / samples
    return RegressionOptimum(values, kept, samples, factors, loss)
