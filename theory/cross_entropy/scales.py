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
CONVERGED = 1e-10
"""A Newton step in log β after which the next one would be below a rounding."""
LONGEST_STEP = 4.0
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
        first, second = np.einsum("rg,rg->r", terms, gaps), np.einsum("rg,rg,rg->r", terms, gaps, gaps)
        return terms.sum(axis=1), first, second


class PolygonGaps:
    """The gaps 1 − cos(2πm/K) of the regular K-gon, for any K.

    The sum over the K corners is a trapezoidal sum of a periodic function of bandwidth about √β: beyond
    √(100β) corners a coarser polygon gives the same sum to rounding, and corners whose term is below
    e^{−44} of the largest are left out. So some forty terms are added, whatever K.
    """

    def __init__(self, classes: Floats) -> None:
        self.classes = classes
        self.smallest: Floats = 2 * np.sin(np.pi * (1 / classes)) ** 2

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        classes, smallest = self.classes[rows], self.smallest[rows]
        corners = np.minimum(classes, np.ceil(np.sqrt(100 * scale)) + 48)
        needed = corners * np.sqrt((44 / np.maximum(scale, 1e-3) + smallest) / 8) + 2  # gap ≥ 8(m/K)²
        kept = np.minimum(corners // 2, np.ceil(needed))
        step = np.arange(1, int(kept.max(initial=1)) + 1)
        gaps = 2 * np.sin(np.pi * np.minimum(step * (1 / corners)[:, None], 0.5)) ** 2
        counts = np.where(2 * step == corners[:, None], 1.0, 2.0) * (step <= kept[:, None])
        terms = counts * np.exp(np.minimum(-scale[:, None] * (gaps - smallest[:, None]), 700.0))
        first, second = np.einsum("rg,rg->r", terms, gaps), np.einsum("rg,rg,rg->r", terms, gaps, gaps)
        weight = classes / corners
        # the class itself has gap zero: the coarser sum holds weight − 1 copies of it too many
        own = np.where(corners < classes, (weight - 1) * np.exp(np.minimum(scale * smallest, 700.0)), 0.0)
        return weight * terms.sum(axis=1) + own, weight * first, weight * second


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

    Newton's method from beyond the root, kept between the points known to lie on either side of it. A row
    is given up once it has passed the turning point and the tangents on both sides of it meet below zero.
    """
    place = np.log(_beyond_the_root(blocks))
    found = np.zeros(place.size)
    below, above = np.full(place.size, -np.inf), np.full(place.size, np.inf)
    above_value, above_slope = np.zeros(place.size), np.zeros(place.size)
    rows = np.arange(place.size)
    for _ in range(ITERATIONS):
        if rows.size == 0:
            break
        here = place[rows]
        value, slope = blocks.residual(np.exp(here), rows)
        left = (value > 0) | (slope >= 0)
        below[rows] = np.where(left, here, below[rows])
        above[rows] = np.where(left, above[rows], here)
        above_value[rows] = np.where(left, above_value[rows], value)
        above_slope[rows] = np.where(left, above_slope[rows], slope)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = -value / slope
            step = np.where(
                (step > -0.8) & (step < 1), np.log1p(step), np.clip(step, -LONGEST_STEP, LONGEST_STEP)
            )
            middle = (below[rows] + above[rows]) / 2
            run = above_value[rows] - value + above_slope[rows] * (here - above[rows])
            peak = value + slope * run / (slope - above_slope[rows])
        target = here + step
        inside = (target > below[rows]) & (target < above[rows]) & (slope < 0)
        done = (value == 0) | (np.abs(step) <= CONVERGED) & (slope < 0)
        lost = ~done & (((slope >= 0) & (value < 0) & (peak < 0)) | (here < np.log(SMALLEST_SCALE)))
        target = np.where(inside | done, target, middle)
        moved = np.abs(target - here)
        closed = ~done & (moved <= 4 * EPSILON * np.abs(here))  # the bracket is down to a rounding
        found[rows[done | closed]] = np.exp(target[done | closed])
        place[rows] = target
        rows = rows[~(done | lost | closed)]
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
