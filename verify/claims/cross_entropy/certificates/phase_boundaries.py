"""What a search left behind for the phase boundaries: decays on both sides, scales, values and bisections."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True)
class Side:
    """At the decay μ the winner at a scale β is below a value that the loser exceeds at every scale.

    The loser's scale is t^F: `top` is a t beyond which its weight decay alone exceeds the value, and `tree`
    the bisection of 0 < t ≤ top.
    """

    decay: Fraction
    winner: str
    scale: Fraction
    value: Fraction
    loser: str
    top: Fraction
    tree: str


@dataclass(frozen=True)
class Boundary:
    """Two structures of K classes and F factors that change places between two decays."""

    classes: int
    factors: int
    below: Side
    above: Side


BOUNDARIES: Final = (
    Boundary(
        4,
        3,
        Side(
            Fraction(29401, 2500000),
            "collapse",
            Fraction(371671, 100000),
            Fraction(174738223979507, 1000000000000000),
            "paired",
            Fraction(89, 50),
            "0.0.00.0..000..00.0.0..0000..00..00.0.0..000..0..0..0000.....0..000....",
        ),
        Side(
            Fraction(58803, 5000000),
            "paired",
            Fraction(2234261, 500000),
            Fraction(10921301493223, 62500000000000),
            "collapse",
            Fraction(167, 100),
            "0.0.00.0..000..00.0..000.0..000..00..00.0..00..0..0000.....00...000....",
        ),
    ),
    Boundary(
        6,
        4,
        Side(
            Fraction(701077, 10000000),
            "paired",
            Fraction(596809, 200000),
            Fraction(1214030207245907, 1000000000000000),
            "polygon",
            Fraction(8, 5),
            ("0.00.0.0..000..00..00.0..00.0..000.0..000..0.0..000..0..0..000....000000.....0..0.."),
        ),
        Side(
            Fraction(350541, 5000000),
            "polygon",
            Fraction(234887, 62500),
            Fraction(1214037223971797, 1000000000000000),
            "paired",
            Fraction(36, 25),
            "0.00.0..000..0.0..000.0.0..0000..00.0..000.0..000..0..0..00...000....0..00...",
        ),
    ),
    Boundary(
        8,
        3,
        Side(
            Fraction(181757, 2000000),
            "paired",
            Fraction(2029413, 1000000),
            Fraction(494602266045629, 250000000000000),
            "polygon",
            Fraction(171, 100),
            ("000..0.0..0000..0.0..000.0..000..00..00..0.0..000000..0..00..0..00...00...0..000...0..000...."),
        ),
        Side(
            Fraction(908791, 10000000),
            "polygon",
            Fraction(1523887, 1000000),
            Fraction(395683328011073, 200000000000000),
            "paired",
            Fraction(153, 100),
            ("000..0..000..0.0..0000..0.0..0000..00..00.0..00.0..00..0..000000....0..0..0..00...00..."),
        ),
    ),
    Boundary(
        10,
        3,
        Side(
            Fraction(46681, 2000000),
            "paired",
            Fraction(4118839, 1000000),
            Fraction(836562462772467, 1000000000000000),
            "subsets-5-2",
            Fraction(91, 50),
            ("0.00..000..0.0..0000..0.0.0.0..000000..00..0.0.0..00000..0..0..0..0..00...0..0..0.."),
        ),
        Side(
            Fraction(3647, 156250),
            "subsets-5-2",
            Fraction(451631, 100000),
            Fraction(209142895519747, 250000000000000),
            "paired",
            Fraction(7, 4),
            "0.00..00.0..000.0..000.0.0..0000..00..00..00..0..00000.....0..00...00...00...",
        ),
    ),
    Boundary(
        12,
        3,
        Side(
            Fraction(212971, 5000000),
            "paired",
            Fraction(1646167, 500000),
            Fraction(831885504278401, 500000000000000),
            "icosahedron",
            Fraction(187, 100),
            ("00..00.0.0..000.0..00.0.0..000.0..000.0..000..0.0..000..0..0..000....000....000...."),
        ),
        Side(
            Fraction(212973, 5000000),
            "icosahedron",
            Fraction(1020291, 250000),
            Fraction(831891557726533, 500000000000000),
            "paired",
            Fraction(167, 100),
            ("0.00.0..000..0.0.0..00000..00..00..00..0.0.0..0000000..0..0..0..0..0..0..00...0.."),
        ),
    ),
    Boundary(
        16,
        3,
        Side(
            Fraction(613577, 10000000),
            "half-cube-5",
            Fraction(2589527, 1000000),
            Fraction(1367107944439217, 500000000000000),
            "polygon",
            Fraction(97, 50),
            (
                "000.0..00..0.0..00000..00..00..0.0..00000.0..000..0..000..0..0..0000...0..0..00."
                "..00...00...0.."
            ),
        ),
        Side(
            Fraction(306791, 5000000),
            "polygon",
            Fraction(672191, 500000),
            Fraction(42722300840527, 15625000000000),
            "half-cube-5",
            Fraction(167, 100),
            (
                "000..0..000..00..0..0000..00..0.0..00000..0.0..0000..00..0..000..0..0..00...000."
                "..0..00...000...."
            ),
        ),
    ),
    Boundary(
        10,
        4,
        Side(
            Fraction(741727, 10000000),
            "subsets-5-2",
            Fraction(198643, 62500),
            Fraction(1018475374953073, 500000000000000),
            "polygon",
            Fraction(177, 100),
            ("00.0..000.0..00.0..00.0..00.0..000.0..00.0..000..0..00..0..0000...0..0..000000...0..0..0..0.."),
        ),
        Side(
            Fraction(741733, 10000000),
            "polygon",
            Fraction(46319, 15625),
            Fraction(636550669881, 312500000000),
            "subsets-5-2",
            Fraction(149, 100),
            "00..00.0..000..0.0.0..0000.0..000.0..000..00..0..000....000....000....0..",
        ),
    ),
)
