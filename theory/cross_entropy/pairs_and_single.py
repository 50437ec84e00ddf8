"""Odd K: pairs and a single class, Z = β(P⊕0) + γuvᵀ, three coupled scalars (K ≥ 5).

u is the direction of Se_K, v = cos θ e_K − sin θ (1, …, 1, 0)/√(K−1): the single class is told from the
others in its own column by the margin b = γ cos θ √(K/(K−1)), and stays out of a paired column by
a = γ sin θ √K/(K−1) more than β. The singular values are 2β (⌊K/2⌋ times) and γ.

With h = (K−1)/2 the loss is ((K−1)/K) log(1 + (K−3)e^{−β} + e^{−2β} + e^{−β−a})
+ (1/K) log(1 + (K−1)e^{−b}) + (μF/2)(h(2β)^{2/F} + γ^{2/F}), γ² = b²(K−1)/K + a²(K−1)²/K.
(2410.23169 pads P with a single 1 instead, which is no critical point.)
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.scales import Blocks, Floats, ListedGaps, critical_scales
from theory.formula import Formula
from theory.formula.atoms import log1p
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY, positive

SINGLE_MARGIN: Final = positive("single_margin")
"""b."""
DISTANCE: Final = positive("distance")
"""a."""

GAMMA_SQUARED: Final = SINGLE_MARGIN**2 * (CLASSES - 1) / CLASSES + DISTANCE**2 * (CLASSES - 1) ** 2 / CLASSES

LOSS: Final = Formula(
    "loss of pairs and a single class",
    (CLASSES - 1)
    / CLASSES
    * log1p((CLASSES - 3) * sp.exp(-SCALE) + sp.exp(-2 * SCALE) + sp.exp(-SCALE - DISTANCE))
    + log1p((CLASSES - 1) * sp.exp(-SINGLE_MARGIN)) / CLASSES
    + SCALED_DECAY
    * FACTORS
    / 2
    * ((CLASSES - 1) / 2 * (2 * SCALE) ** (2 / FACTORS) + GAMMA_SQUARED ** (1 / FACTORS)),
    (SCALE, DISTANCE, SINGLE_MARGIN, CLASSES, FACTORS, SCALED_DECAY),
    RANKCOLLAPSE.at("pairs and a single class"),
    "mean cross-entropy plus weight decay, odd K ≥ 5, in the scalars β, a, b",
)

ITERATIONS: Final = 60
CONVERGED: Final = 1e-13
"""Largest step in the logarithms at which Newton's method stops; it converges quadratically."""


@dataclass(frozen=True)
class PairsAndSingle:
    """The critical point of every problem: β, a, b, γ, and the loss (infinite where none was found)."""

    scale: Floats
    distance: Floats
    single_margin: Floats
    gamma: Floats
    loss: Floats

    def at(self, rows: NDArray[np.intp]) -> "PairsAndSingle":
        """Some of the problems."""
        return PairsAndSingle(*(values[rows] for values in vars(self).values()))

    def logits(self, classes: int, problem: int) -> Floats:
        """Z = β(P⊕0) + γuvᵀ for one sample a class; the single class is the last."""
        distance, single = self.distance[problem], self.single_margin[problem]
        matrix = np.zeros((classes, classes))
        matrix[:-1, :-1] = self.scale[problem] * gram(f"orthoplex-{classes - 1}")
        u = np.full(classes, -1 / np.sqrt(classes * (classes - 1)))
        u[-1] = np.sqrt((classes - 1) / classes)
        row = np.full(classes, -distance * np.sqrt((classes - 1) / classes))  # γv: −γ sin θ/√(K−1)
        row[-1] = single * np.sqrt((classes - 1) / classes)
        return matrix + np.outer(u, row)


def pairs_and_single(classes: Floats, factors: Floats, log_decay: Floats) -> PairsAndSingle:
    """The critical point for odd K ≥ 5, by Newton's method in log β, log a, log b from decoupled scales."""
    scale = critical_scales(_pair(classes, factors, log_decay))
    single = critical_scales(_single(classes, factors, log_decay))
    rows = np.nonzero((scale > 0) & (single > 0))[0]
    parameters = np.stack([classes, factors, log_decay])
    place = np.log(np.stack([scale, scale, single]) + 1e-300)
    place[1, rows] = _first_distance(np.exp(place[:, rows]), parameters[:, rows])
    solved = np.zeros(classes.size, dtype=bool)
    for _ in range(ITERATIONS):
        if rows.size == 0:
            break
        value, jacobian = _equations(np.exp(place[:, rows]), parameters[:, rows])
        step = np.linalg.solve(jacobian.transpose(2, 0, 1), -value.T[:, :, None])[:, :, 0].T
        reach = np.abs(step).max(axis=0)
        place[:, rows] += step * np.minimum(1.0, 1 / np.maximum(reach, 1.0))
        done = reach < CONVERGED * (1 + np.abs(place[:, rows]).max(axis=0))
        solved[rows[done]] = True
        rows = rows[~done & (np.abs(place[:, rows]).max(axis=0) < FARTHEST)]
    scale, distance, single = np.exp(np.where(solved, place, 0.0))
    gamma = np.sqrt(_gamma_squared(distance, single, classes))
    fit, penalty = _fit(scale, distance, single, classes), _penalty(scale, gamma, parameters)
    return PairsAndSingle(scale, distance, single, gamma, np.where(solved, fit + penalty, np.inf))


FARTHEST: Final = 700.0
"""Logarithms beyond which Newton's method has lost its way."""


def _pair(classes: Floats, factors: Floats, log_decay: Floats) -> Blocks:
    """A pair among K classes, to start β from."""
    one = np.ones_like(classes)
    gaps = ListedGaps(np.stack([one, 2 * one], axis=1), np.stack([classes - 2, one], axis=1))
    return Blocks(gaps, 2 / classes, 2 * one, one, log_decay, factors)


def _single(classes: Floats, factors: Floats, log_decay: Floats) -> Blocks:
    """A centred single column, to start b from."""
    one = np.ones_like(classes)
    gaps = ListedGaps(one[:, None], (classes - 1)[:, None])
    return Blocks(gaps, 1 / classes, np.sqrt(1 - 1 / classes), one, log_decay, factors)


def _first_distance(scalars: Floats, parameters: Floats) -> Floats:
    """log a from the quotient of its equation and that of b, for small a."""
    (scale, _, single), (classes, _, _) = scalars, parameters
    inside = np.logaddexp(0, np.log(classes - 2) - scale)
    return -scale - inside + single + np.log(single) + _log_single(single, classes) - np.log(classes - 1)


def _log_single(single: Floats, classes: Floats) -> Floats:
    """log(1 + (K−1)e^{−b})."""
    return np.logaddexp(0, np.log(classes - 1) - single)


def _gamma_squared(distance: Floats, single: Floats, classes: Floats) -> Floats:
    return single**2 * (classes - 1) / classes + distance**2 * (classes - 1) ** 2 / classes


def _equations(scalars: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """The logarithms of the three stationarity equations, and their Jacobian in log β, log a, log b."""
    (scale, distance, single), (classes, factors, log_decay) = scalars, parameters
    others = classes - 3 + 2 * np.exp(-scale) + np.exp(-distance)
    near = classes - 3 + np.exp(-scale) + np.exp(-distance)
    inside = np.logaddexp(0, np.log(near) - scale)
    pull, far = np.exp(np.log(others) - scale - inside), np.exp(-scale - distance - inside)
    single_inside = _log_single(single, classes)
    single_pull = np.exp(np.log(classes - 1) - single - single_inside)
    squared = _gamma_squared(distance, single, classes)
    bend = 1 / factors - 1
    from_distance = 2 * distance**2 * (classes - 1) ** 2 / classes / squared
    from_single = 2 - from_distance
    share = np.log1p(-1 / classes)
    push = log_decay + bend * np.log(squared)
    push_pair = log_decay + np.log((classes - 1) / 2) + 2 / factors * np.log(2)
    push_far = push + 2 * np.log(classes - 1) - np.log(classes)
    value = np.stack(
        [
            share + np.log(others) - scale - inside - push_pair + (1 - 2 / factors) * np.log(scale),
            share - scale - distance - inside - push_far - np.log(distance),
            -single - single_inside - push - np.log(single),
        ]
    )
    zero = np.zeros_like(scale)
    jacobian = np.stack(
        [
            np.stack(
                [
                    scale * (-1 - 2 * np.exp(-scale) / others + pull) + 1 - 2 / factors,
                    distance * (-np.exp(-distance) / others + far),
                    zero,
                ]
            ),
            np.stack(
                [scale * (pull - 1), distance * (far - 1) - 1 - bend * from_distance, -bend * from_single]
            ),
            np.stack([zero, -bend * from_distance, single * (single_pull - 1) - 1 - bend * from_single]),
        ]
    )
    return value, jacobian


def _fit(scale: Floats, distance: Floats, single: Floats, classes: Floats) -> Floats:
    near = classes - 3 + np.exp(-scale) + np.exp(-distance)
    paired = np.logaddexp(0, np.log(near) - scale)
    return (1 - 1 / classes) * paired + _log_single(single, classes) / classes


def _penalty(scale: Floats, gamma: Floats, parameters: Floats) -> Floats:
    classes, factors, log_decay = parameters
    half = factors / 2 * np.exp(log_decay)
    return half * ((classes - 1) / 2 * (2 * scale) ** (2 / factors) + gamma ** (2 / factors))
