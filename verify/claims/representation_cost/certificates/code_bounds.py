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
    Bisected(3, 3, Fraction(1998, 1000), 200),
    Bisected(3, 4, Fraction(1998, 1000), 200),
    Bisected(3, 5, Fraction(1998, 1000), 200),
    Bisected(3, 6, Fraction(1998, 1000), 300),
    Bisected(3, 7, Fraction(1998, 1000), 400),
    Bisected(3, 8, Fraction(1998, 1000), 600),
    Bisected(4, 3, Fraction(2971, 1000), 120_000),
    Bisected(4, 4, Fraction(2801, 1000), 230_000),
)
"""K = 3 to a tenth of a per cent, K = 4 to one per cent for F = 3, 4. Its F = 5, 6 close to one per cent as
well, in 303 299 and 605 937 nodes, too many for every check; for K = 5 and F = 3 a million nodes do not close
0.8 times the simplex. More nodes are allowed than needed, for a processor that rounds otherwise."""

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
the start, three seeds for each rank up to six having been tried for K ≤ 12, F ≤ 8."""
