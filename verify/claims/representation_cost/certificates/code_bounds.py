"""Lower bounds of Σσ_i^{2/F} at margins ≥ 1 that a bisection closes, and where descent found cheap codes."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True)
class Bisected:
    """Σσ_i^{2/F} ≥ bound for K classes, by a bisection that closes within some nodes."""

    classes: int
    factors: int
    bound: Fraction
    nodes: int


BISECTED: Final = (
    *(Bisected(3, factors, Fraction(199, 100), 2_000) for factors in range(3, 9)),
    Bisected(4, 3, Fraction(2971, 1000), 150_000),
    Bisected(4, 4, Fraction(2801, 1000), 250_000),
    Bisected(4, 5, Fraction(230, 100), 150_000),
)
"""K = 3 to half a per cent, K = 4 to one per cent for F = 3, 4; for F = 5 as far as seconds reach, beyond it
three of the four classes are better. For K = 5, F = 3 a million nodes do not close 0.8 times 4."""

FOUND: Final = {
    (7, 4): (3, 0),
    (7, 5): (3, 0),
    (8, 5): (3, 0),
    (8, 6): (3, 0),
    (9, 4): (2, 0),
    (9, 5): (2, 0),
    (9, 6): (2, 0),
    (9, 7): (2, 0),
    (10, 5): (2, 0),
    (10, 6): (2, 0),
    (10, 7): (3, 0),
    (11, 4): (4, 2),
    (11, 5): (2, 0),
    (11, 6): (2, 0),
    (11, 7): (3, 0),
    (11, 8): (3, 0),
    (12, 4): (4, 0),
}
"""(K, F) where descent from random unit vectors is cheaper than every sum of listed codes: rank and seed of
the start. Three seeds for each rank up to six were tried for 5 ≤ K ≤ 12, 3 ≤ F ≤ 8."""
