"""A weight decay of its own for every factor: rescaling the factors turns them into their geometric mean.

With λ̄ = (Πλ_j)^{1/F} and A_j = √(λ̄/λ_j) B_j the product of the chain and Σλ_j‖A_j‖² = λ̄Σ‖B_j‖² are kept,
whatever the fit: losses, optima and critical points are those of λ̄. Spectra of single factors and of the
features are not.

Derived for this project; used without proof in 2301.00437 and 2410.23169.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import positive

MEAN_DECAY: Final = positive("mean_decay")
"""λ̄, the geometric mean of the factors' weight decays."""
FACTOR_DECAY: Final = positive("factor_decay")
"""λ_j, the weight decay of one factor."""

FACTOR_SCALE: Final = Formula(
    "scale of a factor",
    sp.sqrt(MEAN_DECAY / FACTOR_DECAY),
    (MEAN_DECAY, FACTOR_DECAY),
    RANKCOLLAPSE.at("theory 0, different decays"),
    "√(λ̄/λ_j): factor j under its own decay over factor j under the mean decay",
)


def geometric_mean(decays: Sequence[float]) -> float:
    """λ̄ = (Πλ_j)^{1/F}, in logarithms so that it neither overflows nor underflows.

    Raises InvalidProblemError unless there are at least two decays, all finite and above zero.

    >>> geometric_mean([1e-300, 1.0, 1e300])
    1.0
    """
    if len(decays) < 2:
        raise InvalidProblemError(f"{len(decays)} weight decays: give one for each of at least two factors")
    for decay in decays:
        if not (math.isfinite(decay) and decay > 0):
            raise InvalidProblemError(f"weight decay {decay} is not finite and above 0: correct it")
    return math.exp(math.fsum(math.log(decay) for decay in decays) / len(decays))


def factor_scales(decays: Sequence[float]) -> NDArray[np.float64]:
    """√(λ̄/λ_j) for every factor, features first.

    >>> factor_scales([1.0, 4.0]).round(6).tolist()
    [1.414214, 0.707107]
    """
    mean = geometric_mean(decays)
    return np.asarray(FACTOR_SCALE(mean_decay=mean, factor_decay=np.asarray(decays)), dtype=np.float64)


def layer_values(
    factor_values: NDArray[np.float64], decays: Sequence[float], layer: int
) -> NDArray[np.float64]:
    """Singular values s_i^l Π_{j≤l} √(λ̄/λ_j) of the features at layer l (the free features are l = 1).

    Parameters
    ----------
    factor_values: s_i = σ_i^{1/F} of the product's non-zero singular values σ_i.
    decays: λ_j of every factor, features first.
    layer: 1 ≤ l ≤ F.

    Raises InvalidProblemError for a layer or a decay out of range.

    >>> layer_values(np.array([2.0]), [1.0, 4.0], 2)  # the product itself
    array([4.])
    """
    if not 1 <= layer <= len(decays):
        raise InvalidProblemError(f"layer {layer} is not between 1 and the {len(decays)} factors")
    return factor_values**layer * float(np.prod(factor_scales(decays)[:layer]))
