"""The largest decays at which a block of one scale exists, and at which it is no worse than zero.

Along the ray of a block of k classes (rank r, share k/K) the scale β is critical for one decay μ(β), and the
block is no worse than leaving its classes unserved for μ ≤ q(β): what its fit falls by, over
(F/2) r (kβ/r)^{2/F}. So it exists up to the maximum of μ(β), and is no worse than zero, at its best scale, up
to the maximum of q. Copies of a block, and classes left unserved beside them, change neither. For F = 2 both
are reached at β = 0.

Derived for this project.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from theory.cross_entropy.products import Part
from theory.cross_entropy.scales import Blocks, Floats, Gaps, ListedGaps, PolygonGaps
from theory.cross_entropy.tight_codes import Code, listed_codes, polygon

GRID: Final = 400
"""Points of the first scan, evenly spaced in log β."""
REFINEMENTS: Final = 3
"""Each looks at the two cells next to the best point with `GRID` points again; a maximum is flat."""
SMALLEST: Final = 1e-6
"""Fraction of the scale at which a gap first matters, from where the scan starts; exact for F = 2 to it."""


def thresholds(part: Part, classes: int, factors: int) -> tuple[float, float]:
    """log μ up to which blocks of a code among K classes exist, and are no worse than zero.

    >>> from math import exp
    >>> existence, tie = thresholds(Part("simplex-4", 4, 3), 4, 3)
    >>> round(exp(existence), 6), round(exp(tie), 6)
    (0.17766, 0.148276)
    """
    if factors == 2:
        return -math.log(classes), -math.log(classes)  # the slope of the fit at zero is −1, k/K of it
    blocks = _repeated(part, classes, factors)
    rows = np.arange(GRID)
    smallest = float(blocks.gaps.smallest[0])
    low, high = math.log(SMALLEST), math.log((math.log(classes) + 40) / smallest)

    def log_decay(place: Floats) -> Floats:
        return blocks.residual(np.exp(place), rows)[0]

    def log_tie(place: Floats) -> Floats:
        scale = np.exp(place)
        drop = blocks.share * math.log(classes) - blocks.fit(scale, rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(drop > 0, np.log(drop) - np.log(blocks.penalty(scale, rows)), -np.inf)

    return _largest(log_decay, low, high), _largest(log_tie, low, high)


def _largest(function: Callable[[Floats], Floats], low: float, high: float) -> float:
    """The maximum on an interval, by scans that close in on the best point."""
    best = -math.inf
    for _ in range(1 + REFINEMENTS):
        places = np.linspace(low, high, GRID)
        values = function(places)
        at = int(np.argmax(values))
        best = max(best, float(values[at]))
        low, high = float(places[max(at - 1, 0)]), float(places[min(at + 1, GRID - 1)])
    return best


def _repeated(part: Part, classes: int, factors: int) -> Blocks:
    """One row for each point of a scan, at μ = 1."""
    size, rank, full = np.full((3, GRID), [[part.size], [part.rank], [classes]], dtype=np.float64)
    return Blocks(
        _gaps(part, classes), size / full, size, rank, np.zeros(GRID), np.full(GRID, float(factors))
    )


def _gaps(part: Part, classes: int) -> Gaps:
    if part.size == classes and part.name.startswith("polygon"):
        return PolygonGaps(np.full(GRID, float(classes)))
    code = _code(part)
    gaps, counts = [*map(float, code.gaps), 1.0], [*map(float, code.counts), float(classes - part.size)]
    return ListedGaps(np.tile(gaps, (GRID, 1)), np.tile(counts, (GRID, 1)))


def _code(part: Part) -> Code:
    if part.name.startswith("polygon"):
        return polygon(part.size)
    return next(code for code in listed_codes(part.size) if code.name == part.name)
