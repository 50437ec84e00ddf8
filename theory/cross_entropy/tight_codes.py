"""Codes: k unit vectors q_i of rank r whose Gram matrix is the logits of a block of k classes, up to scale.

Every code here is tight and looks the same from each of its vectors: its Gram matrix M = (q_iᵀq_j) is
k/r times a projection, its rows sum to zero, and each column holds the same multiset of cosines. Hence
βM is critical for cross-entropy with weight decay at the right scale β (the gradient of the fit lies in
the commutant of the code's group), with r singular values βk/r and a fit that depends only on the gaps
1 − q_iᵀq_j. The codes of largest smallest gap are the softmax codes of 2310.05351. The list below is that
of codes with a closed form known here, not of all codes: descent finds others, which have none.
"""

from dataclasses import dataclass
from functools import cache
from math import comb, isqrt
from typing import Final, cast

import sympy as sp

from theory.problem import LARGEST_SIZE

LARGEST_LISTED = 40
"""Sets of more than this many points are too large a ground set for `subsets`: their rank is high."""


@dataclass(frozen=True)
class Code:
    """A tight code of `size` vectors of rank `rank`.

    Parameters
    ----------
    name: as the output prints it.
    size, rank: k and r.
    cosines: the distinct inner products of one vector with the others, exact and falling.
    counts: how many of the others have each.
    """

    name: str
    size: int
    rank: int
    cosines: tuple[sp.Expr, ...]
    counts: tuple[int, ...]

    @property
    def gaps(self) -> tuple[sp.Expr, ...]:
        """1 − cosine, smallest first."""
        return tuple(1 - cosine for cosine in self.cosines)

    @property
    def is_tight(self) -> bool:
        """Σ cosines = 0 and Σ cosines² = k/r over all vectors, to 40 digits: tight and of zero sum."""
        pairs = list(zip(self.counts, self.cosines, strict=True))
        first = sum((count * cosine for count, cosine in pairs), sp.Integer(1))
        second = sum((count * cosine**2 for count, cosine in pairs), 1 - sp.Rational(self.size, self.rank))
        zero = all(abs(sp.N(total, 60, chop=False)) < sp.Float("1e-40", 60) for total in (first, second))
        return sum(self.counts) == self.size - 1 and zero


def simplex(size: int) -> Code:
    """k ≥ 2 vectors of rank k − 1: the simplex matrix S, up to scale. k = 2 is a pair."""
    name = "pair" if size == 2 else f"simplex-{size}"
    return Code(name, size, size - 1, (sp.Rational(-1, size - 1),), (size - 1,))


def orthoplex(rank: int) -> Code:
    """r ≥ 2 pairs ± along orthogonal axes: the paired structure."""
    return Code(f"orthoplex-{2 * rank}", 2 * rank, rank, (sp.Integer(0), sp.Integer(-1)), (2 * rank - 2, 1))


def polygon(size: int) -> Code:
    """The regular k-gon, k ≥ 5 (a 3-gon is a simplex, a 4-gon an orthoplex)."""
    steps = range(1, size // 2 + 1)
    cosines = tuple(sp.cos(2 * sp.pi * sp.Rational(step, size)) for step in steps)
    return Code(f"polygon-{size}", size, 2, cosines, tuple(1 if 2 * step == size else 2 for step in steps))


def subsets(points: int, chosen: int) -> Code:
    """All w-subsets of m points, 2 ≤ w ≤ m/2: centred indicator vectors, rank m − 1 (Johnson scheme)."""
    others = range(1, chosen + 1)  # how many points are exchanged
    norm = sp.Rational(chosen * (points - chosen), points)
    return Code(
        f"subsets-{points}-{chosen}",
        comb(points, chosen),
        points - 1,
        tuple(cast(sp.Expr, 1 - sp.Integer(changed) / norm) for changed in others),
        tuple(comb(chosen, changed) * comb(points - chosen, changed) for changed in others),
    )


def half_cube(dimension: int) -> Code:
    """Sign vectors of length m ≥ 5 with an even number of minus signs: 2^{m−1} vectors of rank m."""
    flips = range(2, dimension + 1, 2)
    return Code(
        f"half-cube-{dimension}",
        2 ** (dimension - 1),
        dimension,
        tuple(1 - sp.Rational(2 * flipped, dimension) for flipped in flips),
        tuple(comb(dimension, flipped) for flipped in flips),
    )


_GOLDEN = sp.sqrt(5)
_ONE, _HALF, _ZERO = sp.Integer(1), sp.Rational(1, 2), sp.Integer(0)

SPORADIC: Final = (
    Code("icosahedron", 12, 3, (1 / _GOLDEN, -1 / _GOLDEN, sp.Integer(-1)), (5, 5, 1)),
    Code("24-cell", 24, 4, (_HALF, _ZERO, -_HALF, -_ONE), (8, 6, 8, 1)),
    Code("schlaefli-27", 27, 6, (sp.Rational(1, 4), sp.Rational(-1, 2)), (16, 10)),
    Code("gosset-56", 56, 7, (sp.Rational(1, 3), sp.Rational(-1, 3), sp.Integer(-1)), (27, 27, 1)),
    Code(
        "600-cell",
        120,
        4,
        (
            (1 + _GOLDEN) / 4,
            sp.Rational(1, 2),
            (_GOLDEN - 1) / 4,
            sp.Integer(0),
            (1 - _GOLDEN) / 4,
            sp.Rational(-1, 2),
            -(1 + _GOLDEN) / 4,
            sp.Integer(-1),
        ),
        (12, 20, 12, 30, 12, 20, 12, 1),
    ),
    Code("e8-240", 240, 8, (_HALF, _ZERO, -_HALF, -_ONE), (56, 126, 56, 1)),
)  # fmt: skip
"""Codes of one size: icosahedron, 24-cell, 600-cell, and the chain of the E8 lattice (27, 56, 240)."""


@cache
def codes_of_size(size: int) -> tuple[Code, ...]:
    """The listed codes of exactly this size beside simplex, orthoplex and polygon.

    >>> [code.name for code in codes_of_size(10)]
    ['subsets-5-2']
    """
    found = [code for code in SPORADIC if code.size == size]
    if size >= 16 and size & (size - 1) == 0:
        found.append(half_cube(size.bit_length()))
    found += _subset_codes(size)
    return tuple(found)


def listed_codes(size: int) -> list[Code]:
    """Simplex, orthoplex and the listed codes of a size (not the polygon)."""
    paired = [orthoplex(size // 2)] if size >= 4 and size % 2 == 0 else []
    return [simplex(size), *paired, *codes_of_size(size)]


@cache
def listed_sizes() -> tuple[int, ...]:
    """The sizes up to `LARGEST_SIZE` of sporadic codes, half-cubes, and subsets of three points or more."""
    sporadic = {code.size for code in SPORADIC}
    cubes = {2**power for power in range(4, LARGEST_SIZE.bit_length())}
    grounds = range(6, LARGEST_LISTED + 1)
    chosen = {comb(points, few) for points in grounds for few in range(3, points // 2 + 1)}
    return tuple(sorted(size for size in sporadic | cubes | chosen if size <= LARGEST_SIZE))


def _subset_codes(size: int) -> list[Code]:
    """Every (m, w) with C(m, w) = k and m up to the larger of `LARGEST_LISTED` and √(2k) + 1 (w = 2)."""
    found: list[Code] = []
    pairs = (1 + isqrt(1 + 8 * size)) // 2
    if pairs >= 5 and comb(pairs, 2) == size:
        found.append(subsets(pairs, 2))
    for points in range(6, LARGEST_LISTED + 1):
        for chosen in range(3, points // 2 + 1):
            if comb(points, chosen) >= size:
                if comb(points, chosen) == size:
                    found.append(subsets(points, chosen))
                break
    return found
