"""What a search left behind for where collapse is beaten: scales, decays and bisections, all re-checked.

Nothing here is taken on trust: each row is data of a proof step that the checker goes through in every run.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True)
class Duel:
    """Collapse at the scale α against a structure whose scales are fixed multiples of α, same decay μ(α).

    structure: its name. ratios: multiples of α. low, high: ends of α, with the bisection that shows the
    structure ahead on them. start: least scale of the range up to `low` on which zero is ahead of collapse,
    with its bisection.
    """

    classes: int
    factors: int
    structure: str
    ratios: tuple[Fraction, ...]
    low: Fraction
    high: Fraction
    tree: str
    start: Fraction
    start_tree: str


DUELS: Final = (
    Duel(
        3,
        3,
        "pair + 1 unserved",
        (Fraction(17, 25),),
        Fraction(69, 50),
        Fraction(1537, 1000),
        "0.0.0.0.0..",
        Fraction(13, 20),
        "00..0.0.0..",
    ),
    Duel(
        3,
        4,
        "pair + 1 unserved",
        (Fraction(37, 50),),
        Fraction(99, 50),
        Fraction(279, 125),
        "0.0.0.0.0.0..",
        Fraction(9, 10),
        "00..0.0.0.0..",
    ),
    Duel(
        3,
        5,
        "pair + 1 unserved",
        (Fraction(19, 25),),
        Fraction(119, 50),
        Fraction(671, 250),
        "0.0.0.0.0.0..",
        Fraction(1),
        "00..0.0.0.0.0..",
    ),
    Duel(
        3,
        6,
        "pair + 1 unserved",
        (Fraction(39, 50),),
        Fraction(267, 100),
        Fraction(3017, 1000),
        "0.0.0.0.0..",
        Fraction(11, 10),
        "00..0.0.0..",
    ),
    Duel(
        3,
        7,
        "pair + 1 unserved",
        (Fraction(4, 5),),
        Fraction(291, 100),
        Fraction(3281, 1000),
        "0.0.0.0.0..",
        Fraction(23, 20),
        "00..0.0.0.0..",
    ),
    Duel(
        3,
        8,
        "pair + 1 unserved",
        (Fraction(41, 50),),
        Fraction(311, 100),
        Fraction(3499, 1000),
        "0.0.0.0.0..",
        Fraction(6, 5),
        "00..0.0.0.0..",
    ),
    Duel(
        3,
        9,
        "pair + 1 unserved",
        (Fraction(41, 50),),
        Fraction(82, 25),
        Fraction(921, 250),
        "0.0.0.0.0.0..",
        Fraction(6, 5),
        "00..0.0.0.0..",
    ),
    Duel(
        4,
        3,
        "paired",
        (Fraction(9, 10),),
        Fraction(79, 50),
        Fraction(991, 200),
        (
            "00000..0..00..0..000..0..00..0..0000..0..00..0..0000..0..00..0..000..0..000..0..00..00.."
            "0.0.0.0.0.."
        ),
        Fraction(3, 4),
        "00..0.0.0.0.0.0.0..",
    ),
    Duel(
        5,
        3,
        "pairs and a single",
        (Fraction(941, 1000), Fraction(489, 4000), Fraction(247, 250)),
        Fraction(173, 100),
        Fraction(9743, 1000),
        (
            "000000..0..00..0..000..0..00..0..0000..0..00..0..000..0..00..0..00000..00..0..000..0..00"
            "..0..0000..0..00..0..000..0..00..0..00000..0..00..0..000..0..00..0.0..00000..0..00..0..0"
            "00..0..00..0..0000..0..00..0..0000..0..00..0..000..0..000..0..00..0.0.."
        ),
        Fraction(17, 20),
        "00..0.0.0..",
    ),
)
"""K = 3 at L = 2, …, 8, and K = 4, 5 at L = 2: where Theorem 1 leaves the question open."""
