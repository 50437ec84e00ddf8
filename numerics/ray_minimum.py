"""The least loss along the ray α ↦ αX of a code, by direct minimisation: no stationarity equation is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray
from theory.cross_entropy.codes import Code, class_margins, singular_values

GRID: Final = 481
"""Points of the first scan, evenly spaced in log α over twelve decades: 40 to a decade."""


@dataclass(frozen=True)
class RayMinimum:
    """The best scale found (0 where nothing beats it) and the loss there."""

    scale: float
    loss: float


def least_on_ray(
    code: Code, sizes: Sequence[int], *, rank: int, factors: int, weight_decay: float
) -> RayMinimum:
    """Minimise ℒ(αX) over α ≥ 0: a scan in log α, refined around its best point, against α = 0.

    >>> least_on_ray([[1, -1], [-1, 1]], [1, 1], rank=1, factors=2, weight_decay=10.0)
    RayMinimum(scale=0.0, loss=0.6931471805599453)
    """
    margins = np.asarray(class_margins(code), dtype=np.float64)
    weights = np.asarray(sizes, dtype=np.float64) / sum(sizes)
    power = 2 / factors
    cost = 0.5 * weight_decay * factors * float(np.sum(singular_values(code, sizes, rank) ** power))

    def loss(log_scale: FloatArray) -> FloatArray:
        scale = np.exp(log_scale)
        exponents = np.logaddexp.reduce(-np.multiply.outer(scale, margins), axis=-1)
        return np.logaddexp(0.0, exponents) @ weights + cost * scale**power

    grid = np.linspace(-6, 6, GRID) * np.log(10.0)
    best = int(np.argmin(loss(grid)))

    def one(log_scale: float) -> float:
        return float(loss(np.asarray(log_scale)))

    ends = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID - 1)])
    refined = cast(
        Any, optimize.minimize_scalar(one, bounds=ends, method="bounded", options={"xatol": 1e-10})
    )
    at_zero = float(np.log(len(code)))
    if refined.fun >= at_zero:
        return RayMinimum(0.0, at_zero)
    return RayMinimum(float(np.exp(refined.x)), float(refined.fun))
