"""Cells of a central hyperplane arrangement: the activation patterns of one ReLU layer without bias.

The hyperplanes xᵢᵀu = 0 of N samples cut the space of weights u into open cells; on each cell the pattern
(sign xᵢᵀu)ᵢ is constant. A bias is one more coordinate of every sample, equal to one.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from math import comb

from theory.errors import InvalidProblemError

LARGEST_COUNT = 16
"""Samples up to which all subsets are looked at (65 536 ranks)."""


def cells_in_general_position(samples: int, rank: int) -> int:
    """Return 2 Σ_{i<r} C(N−1, i): cells of N hyperplanes of which any r have independent normals.

    Source: Cover 1965, Theorem 1 (there with homogeneously linearly separable dichotomies).

    Raises
    ------
    InvalidProblemError
        If there is no sample, or the rank is not between 1 and N.

    Examples
    --------
    >>> cells_in_general_position(5, 3)  # 2 (1 + 4 + 6)
    22
    """
    if not 1 <= rank <= samples:
        raise InvalidProblemError(f"rank {rank} of {samples} samples: it lies between 1 and their number")
    return 2 * sum(comb(samples - 1, i) for i in range(rank))


def cells(samples: int, rank_of: Callable[[tuple[int, ...]], int]) -> int:
    """Return Σ_S (−1)^{|S| − rank S} over all subsets S of the hyperplanes: the number of cells.

    Parameters
    ----------
    samples: N; hyperplanes may coincide, but no normal may vanish.
    rank_of: rank of the normals with these indices, exact.

    Source: Zaslavsky 1975, Theorem A, with Whitney's sum for the characteristic polynomial at −1.

    Raises
    ------
    InvalidProblemError
        If there are more samples than subsets can be listed for.

    Examples
    --------
    >>> cells(3, lambda chosen: min(len(chosen), 2))  # three lines through a point of the plane
    6
    """
    if samples > LARGEST_COUNT:
        raise InvalidProblemError(
            f"{samples} samples have 2^{samples} subsets to look at: use at most {LARGEST_COUNT}"
        )
    return sum((-1) ** (len(chosen) - rank_of(chosen)) for chosen in _subsets(samples))


def _subsets(size: int) -> Iterable[tuple[int, ...]]:
    for count in range(size + 1):
        yield from combinations(range(size), count)
