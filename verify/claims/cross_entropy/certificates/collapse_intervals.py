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

LAST_DECAYS: Final = {
    3: (
        ("pair + 1 unserved", 865, 194186),
        ("pair + 1 unserved", 1322, 165571),
        ("pair + 1 unserved", 1650, 147623),
        ("pair + 1 unserved", 1908, 133854),
        ("pair + 1 unserved", 2122, 122594),
        ("pair + 1 unserved", 2305, 113118),
        ("pair + 1 unserved", 2465, 105006),
    ),
    4: (
        ("paired", 1133, 159962),
        ("paired", 1699, 142458),
        ("paired", 2086, 130140),
        ("paired", 2381, 119812),
        ("paired", 2619, 110868),
        ("paired", 2818, 103053),
        ("paired", 2990, 96189),
    ),
    5: (
        ("polygon", 1210, 138943),
        ("polygon", 1944, 130542),
        ("polygon", 2507, 123897),
        ("polygon", 2959, 117334),
        ("polygon", 3331, 110939),
        ("polygon", 3644, 104872),
        ("polygon", 3912, 99217),
    ),
    6: (
        ("polygon", 1226, 123174),
        ("polygon", 2054, 119896),
        ("polygon", 2806, 116834),
        ("polygon", 3483, 113029),
        ("polygon", 4061, 108734),
        ("polygon", 4547, 104239),
        ("polygon", 4958, 99752),
    ),
    7: (
        ("polygon", 1228, 111157),
        ("polygon", 2086, 111133),
        ("polygon", 2963, 110321),
        ("polygon", 3900, 108420),
        ("polygon", 4769, 105757),
        ("polygon", 5498, 102587),
        ("polygon", 6102, 99140),
    ),
    8: (
        ("polygon", 1228, 101690),
        ("polygon", 2092, 103975),
        ("polygon", 3021, 104693),
        ("polygon", 4168, 104076),
        ("polygon", 5398, 102630),
        ("polygon", 6455, 100542),
        ("polygon", 7312, 97990),
    ),
    9: (
        ("polygon", 1228, 94011),
        ("polygon", 2093, 98031),
        ("polygon", 3035, 99895),
        ("polygon", 4295, 100182),
        ("polygon", 5892, 99612),
        ("polygon", 7371, 98388),
        ("polygon", 8554, 96594),
    ),
    10: (
        ("polygon", 1228, 87634),
        ("polygon", 2094, 93000),
        ("polygon", 3038, 95776),
        ("polygon", 4340, 96753),
        ("polygon", 6215, 96812),
        ("polygon", 8197, 96258),
        ("polygon", 9797, 95102),
    ),
    11: (
        ("polygon", 1228, 82239),
        ("polygon", 2094, 88672),
        ("polygon", 3039, 92194),
        ("polygon", 4352, 93733),
        ("polygon", 6381, 94266),
        ("polygon", 8882, 94221),
        ("polygon", 11005, 93594),
    ),
    12: (
        ("icosahedron", 1910, 77972),
        ("icosahedron", 3181, 85785),
        ("icosahedron", 4083, 89645),
        ("polygon", 4355, 91055),
        ("polygon", 6448, 91967),
        ("polygon", 9387, 92305),
        ("polygon", 12138, 92113),
    ),
    13: (
        ("icosahedron + 1 unserved", 2024, 73758),
        ("icosahedron + 1 unserved", 3261, 81722),
        ("polygon", 3039, 86235),
        ("polygon", 4355, 88658),
        ("polygon", 6470, 89892),
        ("polygon", 9705, 90526),
        ("polygon", 13156, 90683),
    ),
    14: (
        ("polygon", 1228, 70025),
        ("polygon", 2094, 78600),
        ("polygon", 3039, 83716),
        ("polygon", 4355, 86494),
        ("polygon", 6476, 88010),
        ("polygon", 9871, 88884),
        ("polygon", 14017, 89318),
    ),
    15: (
        ("polygon", 1228, 66877),
        ("polygon", 2094, 75934),
        ("polygon", 3039, 81437),
        ("polygon", 4355, 84528),
        ("polygon", 6477, 86292),
        ("polygon", 9943, 87371),
        ("polygon", 14688, 88024),
    ),
    16: (
        ("polygon", 1228, 64061),
        ("polygon", 2094, 73523),
        ("polygon", 3039, 79362),
        ("polygon", 4355, 82729),
        ("polygon", 6478, 84716),
        ("polygon", 9970, 85975),
        ("polygon", 15158, 86804),
    ),
    17: (
        ("polygon", 1228, 61523),
        ("polygon", 2094, 71328),
        ("polygon", 3039, 77460),
        ("polygon", 4355, 81074),
        ("polygon", 6478, 83261),
        ("polygon", 9979, 84682),
        ("polygon", 15446, 85658),
    ),
    18: (
        ("polygon", 1228, 59223),
        ("polygon", 2094, 69318),
        ("polygon", 3039, 75710),
        ("polygon", 4355, 79544),
        ("polygon", 6478, 81912),
        ("polygon", 9981, 83481),
        ("polygon", 15601, 84584),
    ),
    19: (
        ("polygon", 1228, 57126),
        ("polygon", 2094, 67469),
        ("polygon", 3039, 74090),
        ("polygon", 4355, 78123),
        ("polygon", 6478, 80657),
        ("polygon", 9982, 82360),
        ("polygon", 15673, 83577),
    ),
    20: (
        ("polygon", 1228, 55206),
        ("polygon", 2094, 65761),
        ("polygon", 3039, 72585),
        ("polygon", 4355, 76799),
        ("polygon", 6478, 79483),
        ("polygon", 9983, 81310),
        ("polygon", 15705, 82631),
    ),
}
"""For each K and L = 2, …, 8: a structure, its scale β in thousandths, and a decay μ in millionths at which
it is still ahead of zero."""
