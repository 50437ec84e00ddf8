"""One mode of the deep linear model with squared loss: optimum, thresholds, first-order transition.

With y a singular value of the targets and ν = Nλ, a mode minimises ½(y − σ)² + (Fν/2) σ^{2/F} over the
product's singular value σ ≥ 0. In the kept fraction t = σ/y a non-zero critical point satisfies
t^{(F−2)/F}(1 − t) = κ with the relative decay κ = ν y^{−2(F−1)/F}.

Derived for this project; the scalar problem is equivalent to that of 2301.00437, Theorem 3.1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sympy as sp

from theory.formula import Formula, ImplicitFormula
from theory.formula.atoms import log1p
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS, FRACTION, MODE_DECAY, SINGULAR_VALUE, TARGET, positive
from theory.tolerances import EPSILON

RELATIVE_DECAY: Final = positive("relative_decay")
"""κ = ν y^{−2(F−1)/F}."""
LOST_FRACTION: Final = positive("lost_fraction")
"""1 − t: solving for it keeps all digits when almost everything is kept."""

MODE_LOSS: Final = Formula(
    "loss of a mode",
    (TARGET - SINGULAR_VALUE) ** 2 / 2 + FACTORS * MODE_DECAY / 2 * SINGULAR_VALUE ** (2 / FACTORS),
    (SINGULAR_VALUE, TARGET, MODE_DECAY, FACTORS),
    RANKCOLLAPSE.at("squared loss, modes"),
    "½(y − σ)² + (Fν/2) σ^{2/F}: N times a mode's share of the loss",
)

STATIONARY_DECAY: Final = Formula(
    "decay at which a fraction is stationary",
    TARGET ** (2 * (FACTORS - 1) / FACTORS) * FRACTION ** ((FACTORS - 2) / FACTORS) * (1 - FRACTION),
    (FRACTION, TARGET, FACTORS),
    RANKCOLLAPSE.at("squared loss, modes"),
    "the ν for which σ = ty is a critical point",
)

TURNING_FRACTION: Final = (FACTORS - 2) / (2 * (FACTORS - 1))
"""t at which the stationary decay is largest: critical points exist up to it."""
JUMP_FRACTION: Final = (FACTORS - 2) / (FACTORS - 1)
"""t at which the non-zero optimum ties with zero: from it the optimum jumps."""

EXISTENCE_DECAY: Final = Formula(
    "largest decay with a non-zero critical point",
    TARGET ** (2 * (FACTORS - 1) / FACTORS)
    * TURNING_FRACTION ** ((FACTORS - 2) / FACTORS)
    * (1 - TURNING_FRACTION),
    (TARGET, FACTORS),
    RANKCOLLAPSE.at("squared loss, modes"),
    "ν above which zero is the only critical point of a mode (F ≥ 3; y itself for F = 2)",
)

GLOBAL_DECAY: Final = Formula(
    "decay of the first-order transition",
    TARGET ** (2 * (FACTORS - 1) / FACTORS)
    * (FACTORS - 2) ** ((FACTORS - 2) / FACTORS)
    / (FACTORS - 1) ** (2 * (FACTORS - 1) / FACTORS),
    (TARGET, FACTORS),
    RANKCOLLAPSE.at("squared loss, first-order transition"),
    "ν* up to which the large root is the global minimum (F ≥ 3; y itself for F = 2)",
)


def _bracket(parameters: Mapping[str, float]) -> tuple[float, float]:
    factors, decay = parameters["factors"], parameters["relative_decay"]
    return decay * (1 - 1e-12), factors / (2 * (factors - 1))  # t ≤ 1 makes the lost fraction at least κ


LARGE_ROOT: Final = ImplicitFormula(
    "lost fraction of the large root",
    Formula(
        "logarithm of the stationarity of a mode",
        (FACTORS - 2) / FACTORS * log1p(-LOST_FRACTION) + sp.log(LOST_FRACTION) - sp.log(RELATIVE_DECAY),
        (LOST_FRACTION, RELATIVE_DECAY, FACTORS),
        RANKCOLLAPSE.at("squared loss, modes"),
        "log of both sides of t^{(F−2)/F}(1 − t) = κ, in 1 − t",
    ),
    "lost_fraction",
    _bracket,
    "derivative 1/u − a/(1−u), a = (F−2)/F, is positive for u < 1/(1+a) = F/(2(F−1))",
)


@dataclass(frozen=True)
class Mode:
    """The global optimum of one mode: target y, product's σ, loss (times N), and the two thresholds in ν."""

    target: float
    singular_value: float
    loss: float
    existence_decay: float
    global_decay: float


def large_root(target: float, mode_decay: float, factors: int) -> float | None:
    """The largest non-zero critical σ of a mode, or None where there is none.

    >>> large_root(target=3.0, mode_decay=1.0, factors=2)
    2.0
    """
    if target <= 0:
        return None
    if factors == 2:
        return target - mode_decay if mode_decay < target else None
    log_decay = math.log(mode_decay) - 2 * (factors - 1) / factors * math.log(target)
    if log_decay > 0:  # t^a(1−t) < 1: no root, and κ may not be representable
        return None
    if log_decay < math.log(EPSILON) - 10:  # what is lost is far below a rounding of the target
        return target
    lost = LARGE_ROOT.solve(relative_decay=math.exp(log_decay), factors=factors)
    return None if lost is None else target * (1 - lost)


def optimal_mode(target: float, mode_decay: float, factors: int) -> Mode:
    """The global minimum of ½(y − σ)² + (Fν/2) σ^{2/F}: the large root, or zero beyond ν*.

    At ν = ν* exactly both are global; the large root is returned.
    """
    if target <= 0:
        return Mode(target, 0.0, 0.0, 0.0, 0.0)
    existence = float(EXISTENCE_DECAY(target=target, factors=factors)) if factors > 2 else target
    transition = float(GLOBAL_DECAY(target=target, factors=factors)) if factors > 2 else target
    kept = large_root(target, mode_decay, factors) if mode_decay <= transition else None
    singular_value = 0.0 if kept is None else kept
    loss = MODE_LOSS(singular_value=singular_value, target=target, mode_decay=mode_decay, factors=factors)
    return Mode(target, singular_value, float(loss), existence, transition)
