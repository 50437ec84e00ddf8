"""The critical scales of many one-scale structures at once, in float64 arrays.

A block of k classes with the Gram matrix M of a tight code (unit vectors, rank r) has the loss
share · log(1 + Σ_m c_m e^{−βg_m}) + (μF/2) r (kβ/r)^{2/F}, where g_m are the gaps of a column, c_m their
counts, and share is k/K. Stationarity is solved in logarithms, so neither a tiny decay nor a large scale
leaves the range of floats: log share + log(−fit′) + (1 − 2/F) log β = log μ + log r + (2/F) log(k/r).
The larger root is the local minimum. Scales are accurate to a few roundings, except at a double root
(the decay at which a structure ceases to exist), where half of the digits are.

Derived for this project; for collapse the equation is 2410.23169, equation 19.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.circle import circle_averages, is_circle
from theory.tolerances import EPSILON

Floats = NDArray[np.float64]

ITERATIONS = 200
CONVERGED = 1e-10
"""A Newton step in log β after which the next one would be below a rounding."""
LONGEST_STEP = 4.0
"""In log β: roots of flat equations (a polygon of a million corners) may be decades apart from the start."""
DOUBLING = float(np.log(2))
"""In log β: how far a start short of the root moves at a time."""
SMALLEST_SCALE = 1e-12
"""Below it a structure counts as zero."""


class Gaps(Protocol):
    """The gaps of a column of every row, and sums over them."""

    smallest: Floats

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)} for the given rows."""
        ...

    def start(self, excess: Floats, factors: Floats) -> Floats:
        """A scale near the larger root, seldom below it; `excess` is that of `Blocks`."""
        ...


def _start(total: Floats, smallest: Floats, excess: Floats, factors: Floats) -> Floats:
    """Where `total`, Σ c g, times e^{−β smallest} pulls as the weight decay pushes, a tenth beyond."""
    reach = np.maximum(excess + np.log(total), smallest)
    place = reach / smallest
    for _ in range(2):
        place = np.maximum(reach + (1 - 2 / factors) * np.log(np.maximum(place, 1.0)), smallest) / smallest
    return 1.1 * place


class ListedGaps:
    """Gaps given one by one, as arrays of rows × gaps; a count of zero is a gap that is not there."""

    def __init__(self, gaps: Floats, counts: Floats) -> None:
        self._gaps, self._counts = np.ascontiguousarray(gaps.T), np.ascontiguousarray(counts.T)
        self.smallest: Floats = np.min(np.where(self._counts > 0, self._gaps, np.inf), axis=0)

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        smallest = self.smallest[rows]
        total, first, second = np.zeros((3, rows.size))
        for gaps, counts in zip(self._gaps, self._counts, strict=True):
            gap, count = gaps[rows], counts[rows]
            terms = count * np.exp(-scale * np.maximum(gap - smallest, 0.0))
            total += terms
            terms *= gap
            first += terms
            second += terms * gap
        return total, first, second

    def start(self, excess: Floats, factors: Floats) -> Floats:
        """Where all gaps count as the smallest one."""
        return _start((self._counts * self._gaps).sum(axis=0), self.smallest, excess, factors)


class TabledGaps:
    """Many gaps a row, from a table (codes × gaps) with one line for each code; a count of zero is no gap."""

    def __init__(self, gaps: Floats, counts: Floats, code: NDArray[np.intp]) -> None:
        smallest = np.min(np.where(counts > 0, gaps, np.inf), axis=1)
        self._beyond = np.where(counts > 0, gaps - smallest[:, None], 0.0)
        self._weights = np.stack([counts, counts * gaps, counts * gaps**2])
        self._code = code
        self.smallest: Floats = smallest[code]

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        code = self._code[rows]
        terms = np.exp(-scale[:, None] * self._beyond[code])
        total, first, second = (np.einsum("rg,rg->r", terms, weights[code]) for weights in self._weights)
        return total, first, second

    def start(self, excess: Floats, factors: Floats) -> Floats:
        """Where all gaps count as the smallest one."""
        total = self._weights[1].sum(axis=1)[self._code]
        return _start(total, self.smallest, excess, factors)


class PolygonGaps:
    """The gaps 1 − cos(2πm/K) of the regular K-gon, for any K.

    The sum over the corners is a trapezoidal sum of a periodic function of bandwidth about √β: with many
    more corners than that it is the integral over the circle, a Bessel function, to rounding. With fewer,
    corners whose term is below e^{−44} of the largest are left out. So some thirty terms are added at most.
    """

    def __init__(self, classes: Floats | NDArray[np.int64]) -> None:
        self.classes: Floats = classes.astype(np.float64)
        self.smallest: Floats = 2 * np.sin(np.pi * (1 / self.classes)) ** 2

    def sums(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Σ c, Σ c g and Σ c g² of e^{−β(g − smallest)}."""
        round_ = is_circle(self.classes[rows], scale)
        found = np.empty((3, rows.size))
        for here, of in ((round_, _circle_sums), (~round_, _corner_sums)):
            if here.any():
                found[:, here] = of(self.classes[rows[here]], self.smallest[rows[here]], scale[here])
        return found[0], found[1], found[2]

    def start(self, excess: Floats, factors: Floats) -> Floats:
        """The corners as a list of gaps, or as a circle if that is nearer: its sum is K I_0(β)e^{−β}.

        A circle pulls with about 1/(2β), so that (2/F) log β = log(1/2) + excess.
        """
        corners = _start(self.classes, self.smallest, excess, factors)
        circle = 2 * np.exp(np.minimum(factors / 2 * (excess - np.log(2)), 700.0))
        return np.maximum(np.minimum(corners, circle), 1.0)


def _corner_sums(classes: Floats, smallest: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Corner by corner, all rows behind each other in one list."""
    needed = classes * np.sqrt((44 / scale + smallest) / 8) + 2  # gap ≥ 8(m/K)²
    kept = np.minimum(classes // 2, np.ceil(needed)).astype(np.int64)
    end = np.cumsum(kept)
    start = end - kept
    row = np.repeat(np.arange(kept.size), kept)
    part = (np.arange(row.size) - start[row] + 1) / classes[row]
    gaps = 2 * np.sin(np.pi * part) ** 2
    terms = 2 * np.exp(-scale[row] * np.maximum(gaps - smallest[row], 0.0))
    half = end[2 * kept == classes] - 1  # the corner opposite has no mirror image
    terms[half] /= 2
    first = terms * gaps
    total, first, second = (np.add.reduceat(each, start) for each in (terms, first, first * gaps))
    return total, first, second


def _circle_sums(classes: Floats, smallest: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    total, first, second = classes * np.stack(circle_averages(scale))
    shift = np.exp(scale * smallest)
    return (total - 1) * shift, first * shift, second * shift


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

    def fit(self, scale: Floats, rows: NDArray[np.intp]) -> Floats:
        """share · log(1 + Σ c e^{−βg}) of the given rows; log K for a scale of zero."""
        total, _, _ = self.gaps.sums(scale, rows)
        return self.share[rows] * _softplus(np.log(total) - scale * self.gaps.smallest[rows])

    def penalty(self, scale: Floats, rows: NDArray[np.intp]) -> Floats:
        """(μF/2) r (kβ/r)^{2/F} of the given rows."""
        factors, rank = self.factors[rows], self.rank[rows]
        with np.errstate(divide="ignore"):
            power = 2 / factors * np.log(self.size[rows] * scale / rank)
        return factors / 2 * rank * np.exp(self.log_decay[rows] + power)

    def losses(self, scale: Floats) -> Floats:
        """Fit and penalty of all rows; infinite where the scale is zero: there is no critical point."""
        losses, rows = np.full(scale.size, np.inf), np.nonzero(scale > 0)[0]
        losses[rows] = self.fit(scale[rows], rows) + self.penalty(scale[rows], rows)
        return losses

    @cached_property
    def excess(self) -> Floats:
        """log share − log r − (2/F) log(k/r) − log μ: what the equation of the scale adds to the gaps'."""
        stretch = 2 / self.factors * np.log(self.size / self.rank)
        return np.log(self.share) - np.log(self.rank) - stretch - self.log_decay

    def residual(self, scale: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Log of the fit's pull minus log of the penalty's, and its derivative in log β."""
        total, first, second = self.gaps.sums(scale, rows)
        reach, bend = scale * self.gaps.smallest[rows], 1 - 2 / self.factors[rows]
        fade = np.exp(-reach)
        inside = 1 + total * fade
        value = np.log(first / inside) - reach + self.excess[rows] + bend * np.log(scale)
        return value, bend + scale * (first * fade / inside - second / first)


def _softplus(exponent: Floats) -> Floats:
    """log(1 + e^x)."""
    return np.logaddexp(0.0, exponent)


def critical_scales(blocks: Blocks, converged: float = CONVERGED) -> Floats:
    """The larger critical scale of every row; 0 where there is none.

    Newton's method from beyond the root (doubled until it is), kept between the points known to lie on
    either side of it. A row is given up once it has passed the turning point and the tangents on both sides
    of it meet below zero.
    """
    place = np.log(blocks.gaps.start(blocks.excess, blocks.factors))
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
        low, high = np.where(left, here, below[rows]), np.where(left, above[rows], here)
        high_value, high_slope = (
            np.where(left, above_value[rows], value),
            np.where(left, above_slope[rows], slope),
        )
        bounded = np.isfinite(high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = -value / slope
            step = np.where(
                (step > -0.8) & (step < 1), np.log1p(step), np.clip(step, -LONGEST_STEP, LONGEST_STEP)
            )
            middle = np.where(bounded, (low + high) / 2, here + DOUBLING)
            run = high_value - value + high_slope * (here - high)
            peak = value + slope * run / (slope - high_slope)
        target = here + step
        inside = (target > low) & (target < high) & (slope < 0) & bounded
        done = (value == 0) | (np.abs(step) <= converged) & (slope < 0)
        passed = bounded & (slope >= 0) & (value < 0) & (peak < 0)
        lost = ~done & (passed | (here < np.log(SMALLEST_SCALE)))
        target = np.where(inside | done, target, middle)
        moved = np.abs(target - here)
        closed = ~done & (moved <= 4 * EPSILON * np.abs(here))  # the bracket is down to a rounding
        finished = done | closed
        found[rows[finished]] = np.exp(target[finished])
        kept = ~(finished | lost)
        rows = rows[kept]
        place[rows], below[rows], above[rows] = target[kept], low[kept], high[kept]
        above_value[rows], above_slope[rows] = high_value[kept], high_slope[kept]
    return found
