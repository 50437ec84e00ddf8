"""The critical scales of many one-scale structures at once, in float64 arrays.

A block of k classes with the Gram matrix M of a tight code (unit vectors, rank r) has the loss
share · log(1 + Σ_m c_m e^{−βg_m}) + (μF/2) r (kβ/r)^{2/F}, where g_m are the gaps of a column, c_m their
counts, and share is k/K. Stationarity is solved in logarithms, so neither a tiny decay nor a large scale
leaves the range of floats: log share + log(−fit′) + (1 − 2/F) log β = log μ + log r + (2/F) log(k/r).
The larger root is the local minimum. Scales are accurate to a few roundings, except at a double root
(the decay at which a structure ceases to exist), where half of the digits are.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from theory.tolerances import EPSILON

Floats = NDArray[np.float64]

ITERATIONS = 200
LONGEST_STEP = 1.0
"""In log β: roots of flat equations (a polygon of a million corners) may be decades apart from the start."""
SMALLEST_SCALE = 1e-12
"""Below it a structure counts as zero."""


class Gaps(Protocol):
    """The gaps of a column of every row, and sums over them."""

    smallest: Floats

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)} for the given rows."""
        ...


class ListedGaps:
    """Gaps given one by one, as arrays of rows × gaps; a count of zero is a gap that is not there."""

    def __init__(self, gaps: Floats, counts: Floats) -> None:
        self.gaps, self.counts = gaps, counts
        self.smallest: Floats = np.min(np.where(counts > 0, gaps, np.inf), axis=1)

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        gaps = self.gaps[rows]
        beyond = np.maximum(gaps - self.smallest[rows, None], 0.0)
        terms = self.counts[rows] * np.exp(-scale[:, None] * beyond)
        first = terms * gaps
        return terms.sum(axis=1), first.sum(axis=1), (first * gaps).sum(axis=1)


class PolygonGaps:
    """The gaps 1 − cos(2πm/K) of the regular K-gon, for any K.

    The sum over the K corners is a trapezoidal sum of a periodic function of bandwidth about √β: beyond
    √(100β) corners a coarser polygon gives the same sum to rounding, and corners whose term underflows
    are left out. So at most about 130 terms are added, whatever K.
    """

    def __init__(self, classes: Floats) -> None:
        self.classes = classes
        self.smallest: Floats = 2 * np.sin(np.pi / classes) ** 2

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        classes, smallest = self.classes[rows], self.smallest[rows]
        corners = np.minimum(classes, np.ceil(np.sqrt(100 * scale)) + 48)
        kept = np.minimum(corners // 2, np.ceil(corners / 4 * np.sqrt(800 / np.maximum(scale, 1e-3)) + 2))
        step = np.arange(1, int(kept.max(initial=1)) + 1)
        turn = np.pi * np.minimum(step / corners[:, None], 0.5)
        first_turn = np.pi * (1 / classes)[:, None]
        gaps = 2 * np.sin(turn) ** 2
        beyond = 2 * np.sin(turn - first_turn) * np.sin(turn + first_turn)  # gaps − smallest, to all digits
        counts = np.where(2 * step == corners[:, None], 1.0, 2.0) * (step <= kept[:, None])
        terms = counts * np.exp(np.minimum(-scale[:, None] * beyond, 700.0))
        first = terms * gaps
        weight = classes / corners
        # the class itself has gap zero: the coarser sum holds weight − 1 copies of it too many
        own = np.where(corners < classes, (weight - 1) * np.exp(np.minimum(scale * smallest, 700.0)), 0.0)
        return weight * terms.sum(axis=1) + own, weight * first.sum(axis=1), weight * (first * gaps).sum(axis=1)


@dataclass(frozen=True)
class Blocks:
    """One row for each block: its gaps, and all that its loss depends on.

    share: k/K. classes: K. size, rank: k and r. log_decay: log μ. factors: F.
    """

    gaps: Gaps
    share: Floats
    size: Floats
    rank: Floats
    log_decay: Floats
    factors: Floats

    def fit(self, scale: Floats) -> Floats:
        """share · log(1 + Σ c e^{−βg}); log K for a scale of zero."""
        total, _, _ = self.gaps.sums(scale, np.arange(scale.size))
        return self.share * _softplus(np.log(total) - scale * self.gaps.smallest)

    def penalty(self, scale: Floats) -> Floats:
        """(μF/2) r (kβ/r)^{2/F}."""
        with np.errstate(divide="ignore"):
            power = 2 / self.factors * np.log(self.size * scale / self.rank)
        return self.factors / 2 * self.rank * np.exp(self.log_decay + power)

    def residual(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Log of the fit's pull minus log of the penalty's, and its derivative in log β."""
        total, first, second = self.gaps.sums(scale, rows)
        smallest, factors = self.gaps.smallest[rows], self.factors[rows]
        inside = _softplus(np.log(total) - scale * smallest)
        pull = np.log(self.share[rows]) + np.log(first) - scale * smallest - inside
        push = self.log_decay[rows] + np.log(self.rank[rows])
        push += 2 / factors * np.log(self.size[rows] / self.rank[rows])
        bend = 1 - 2 / factors
        slope = bend + scale * (first * np.exp(-scale * smallest - inside) - second / first)
        return pull + bend * np.log(scale) - push, slope


def _softplus(exponent: Floats) -> Floats:
    """log(1 + e^x)."""
    return np.logaddexp(0.0, exponent)


def critical_scales(blocks: Blocks) -> Floats:
    """The larger critical scale of every row; 0 where there is none.

    Newton's method in log β from beyond the root, kept within the bracket found on the way.
    """
    scale = _beyond_the_root(blocks)
    above = np.log(scale)  # the residual is negative there
    below = np.full(scale.size, -np.inf)  # and positive there
    found = np.zeros(scale.size)
    place = above.copy()
    rows = np.arange(scale.size)
    for _ in range(ITERATIONS):
        if rows.size == 0:
            break
        value, slope = blocks.residual(np.exp(place[rows]), rows)
        positive = value > 0
        below[rows] = np.where(positive, place[rows], below[rows])
        above[rows] = np.where(positive, above[rows], place[rows])
        bracketed = np.isfinite(below[rows])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.clip(-value / slope, -LONGEST_STEP, LONGEST_STEP)
            middle = (below[rows] + above[rows]) / 2
        target = place[rows] + step
        outside = (slope >= 0) | (target <= below[rows]) | (target >= above[rows])
        outside &= ~((value == 0) | (np.abs(step) <= 4 * EPSILON * np.maximum(1, np.abs(place[rows]))))
        lost = (slope >= 0) & ~bracketed & (value < 0)  # fell past the turning point without a sign change
        target = np.where(outside & bracketed, middle, target)
        moved = np.abs(target - place[rows])
        done = (moved <= 4 * EPSILON * np.maximum(1.0, np.abs(target))) | (value == 0)
        lost |= target < np.log(SMALLEST_SCALE)
        found[rows[done & ~lost]] = np.exp(target[done & ~lost])
        place[rows] = target
        rows = rows[~(done | lost)]
    found[rows] = np.exp(place[rows])
    return found


def _beyond_the_root(blocks: Blocks) -> Floats:
    rows = np.arange(blocks.share.size)
    smallest = blocks.gaps.smallest
    with np.errstate(over="ignore"):
        scale = (np.maximum(1.0, np.log(blocks.size / blocks.rank + 1) - blocks.log_decay)) / smallest
    for _ in range(60):
        value, slope = blocks.residual(scale, rows)
        short = (value > 0) | (slope >= 0)
        if not short.any():
            break
        scale = np.where(short, 2 * scale, scale)
    return scale
