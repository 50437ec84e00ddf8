"""What a search left behind for ties with zero: decays on both sides, scales and bisections."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True)
class Tie:
    """A structure of K classes and F factors: below zero's loss at μ₋, above it at μ₊.

    `scale` is one below zero's loss at μ₋. At μ₊ the scales t^F are seen one by one: t ≤ `near` by Jensen's
    inequality, near ≤ t ≤ top by the bisection `tree`, and t ≥ `top` by the weight decay alone.
    """

    classes: int
    factors: int
    structure: str
    below: Fraction
    above: Fraction
    scale: Fraction
    near: Fraction
    top: Fraction
    tree: str


TIES: Final[tuple[Tie, ...]] = (
    Tie(
        4,
        3,
        "collapse",
        Fraction(5931, 40000),
        Fraction(1482763, 10000000),
        Fraction(237, 200),
        Fraction(4, 5),
        Fraction(33, 25),
        "000..00..00..00..00.0..00.0..00.0..00...00000000...0..0..0..0..0..0..",
    ),
    Tie(
        10,
        3,
        "collapse",
        Fraction(88193, 1250000),
        Fraction(705551, 10000000),
        Fraction(10181, 5000),
        Fraction(51, 50),
        Fraction(151, 100),
        "000..00..00..00..00..0.0.0..00000000..0..00...00...0..0..0..0..",
    ),
    Tie(
        10,
        6,
        "collapse",
        Fraction(125831, 2500000),
        Fraction(503329, 10000000),
        Fraction(81839, 25000),
        Fraction(27, 25),
        Fraction(32, 25),
        "00.0..000.0..000..0.0.0..00000..0..00...0..0..000....",
    ),
    Tie(
        4,
        3,
        "paired",
        Fraction(79981, 500000),
        Fraction(1599633, 10000000),
        Fraction(56667, 50000),
        Fraction(19, 25),
        Fraction(27, 20),
        "000.0..00.0..00.0..000..0.0..000.0..000..0..00...000...0..000000...0..0..0..0..",
    ),
    Tie(
        10,
        3,
        "paired",
        Fraction(825767, 10000000),
        Fraction(412887, 5000000),
        Fraction(12933, 6250),
        Fraction(49, 50),
        Fraction(77, 50),
        "000..00..00..00..0.0..000000.0..000..0..000..0..0..0000....0..00...00...0..",
    ),
    Tie(
        3,
        3,
        "pair and unserved",
        Fraction(388371, 2000000),
        Fraction(121367, 625000),
        Fraction(86497, 100000),
        Fraction(69, 100),
        Fraction(31, 20),
        "0000..0.0.0..0000.0..00.0..000..0.0..000..0..0..0000...0..0..00...00...",
    ),
    Tie(
        3,
        4,
        "pair and unserved",
        Fraction(1655709, 10000000),
        Fraction(1655723, 10000000),
        Fraction(26449, 20000),
        Fraction(83, 100),
        Fraction(77, 50),
        "000.0.0..000.0..000..00..00.0..00..0..0000...0..0..000....00...",
    ),
    Tie(
        3,
        6,
        "pair and unserved",
        Fraction(1338541, 10000000),
        Fraction(1338553, 10000000),
        Fraction(190757, 100000),
        Fraction(93, 100),
        Fraction(37, 25),
        "000.0.0..000.0..000.0..000.0..00..0..00...00...00...00...",
    ),
    Tie(
        5,
        4,
        "polygon",
        Fraction(652709, 5000000),
        Fraction(1305429, 10000000),
        Fraction(194357, 100000),
        Fraction(9, 10),
        Fraction(7, 5),
        "000..00..0.0..00000..00..00..00..00..0..000000...0..0..0..0..00...0..",
    ),
    Tie(
        12,
        3,
        "polygon",
        Fraction(194011, 2500000),
        Fraction(776051, 10000000),
        Fraction(122829, 100000),
        Fraction(19, 25),
        Fraction(9, 5),
        "0000..00..0.0..0000.0..000..00..0.0..0000..0..00...00...0000....0..00...00...",
    ),
    Tie(
        10,
        3,
        "subsets-5-2",
        Fraction(213177, 2500000),
        Fraction(213179, 2500000),
        Fraction(201669, 100000),
        Fraction(47, 50),
        Fraction(157, 100),
        "000.0..00..00..00..00..0.0..0000000.0..00.0..00..0..000..0..0..00...00...0..0..",
    ),
    Tie(
        12,
        3,
        "icosahedron",
        Fraction(194931, 2500000),
        Fraction(779731, 10000000),
        Fraction(190977, 100000),
        Fraction(22, 25),
        Fraction(42, 25),
        "000.0..000..0..000..00..0.0..0000.0..00.0..00..0..0000...0..0..00...00000...0..0..0..",
    ),
)
