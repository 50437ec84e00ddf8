"""The codes of every size that a coordinate of a product may have, their scales solved all at once.

A row is one problem of k classes: a divisor k of some K, with the scaled decay μ(K/k)^{2/F}. The kinds of
codes are simplices, orthoplexes, the listed codes, the pairs of points (`subsets-m-2`) and polygons.

Derived for this project from the codes of `tight_codes`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.scales import Blocks, Floats, Gaps, ListedGaps, PolygonGaps, critical_scales
from theory.cross_entropy.tight_codes import Code, codes_of_size, listed_sizes

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Kind:
    """One kind of code, for the rows whose size has it.

    name: of the code of a size. rows: rising. ranks, scales, losses: of these rows; an infinite loss where
    the code has no critical scale.
    """

    name: Callable[[int], str]
    rows: Rows
    ranks: NDArray[np.int64]
    scales: Floats
    losses: Floats


def codes_of_rows(sizes: NDArray[np.int64], factors: Floats, log_decay: Floats) -> list[Kind]:
    """All codes of every row; each row occurs at most once in a kind.

    >>> kinds = codes_of_rows(np.array([4, 5]), np.array([3.0, 3.0]), np.log([0.01, 0.01]))
    >>> [(kind.name(int(kind.rows[0]) + 4), kind.rows.tolist()) for kind in kinds]
    [('simplex-4', [0, 1]), ('orthoplex-4', [0]), ('polygon-5', [1])]
    """

    def solved(name: Callable[[int], str], rows: Rows, ranks: Floats, gaps: Gaps) -> Kind:
        size = sizes[rows].astype(np.float64)
        blocks = Blocks(gaps, np.ones_like(size), size, ranks, log_decay[rows], factors[rows])
        scales = critical_scales(blocks)
        return Kind(name, rows, ranks.astype(np.int64), scales, blocks.losses(scales))

    found: list[Kind] = []
    listed = np.isin(sizes, listed_sizes())
    points = _points(sizes)
    for name, rows, shape in (
        (_simplex_name, np.arange(sizes.size), _simplex),
        (lambda size: f"orthoplex-{size}", np.nonzero((sizes >= 4) & (sizes % 2 == 0))[0], _orthoplex),
        (_subsets_name, np.nonzero((points >= 5) & ~listed)[0], _subsets),
    ):
        if rows.size:
            ranks, gaps, counts = shape(sizes[rows].astype(np.float64))
            found.append(solved(name, rows, ranks, ListedGaps(gaps, counts)))
    found[2:2] = [solved(*each) for each in _listed(sizes, np.nonzero(listed)[0])]
    corners = np.nonzero(sizes >= 5)[0]
    if corners.size:
        found.append(solved(_polygon_name, corners, np.full(corners.size, 2.0), PolygonGaps(sizes[corners])))
    return found


def _polygon_name(size: int) -> str:
    return f"polygon-{size}"


def _simplex_name(size: int) -> str:
    return "pair" if size == 2 else f"simplex-{size}"


def _simplex(size: Floats) -> tuple[Floats, Floats, Floats]:
    return size - 1, (size / (size - 1))[:, None], (size - 1)[:, None]


def _orthoplex(size: Floats) -> tuple[Floats, Floats, Floats]:
    gaps = np.broadcast_to([1.0, 2.0], (size.size, 2))
    return size / 2, gaps, np.stack([size - 2, np.ones_like(size)], axis=1)


def _points(size: NDArray[np.int64]) -> NDArray[np.int64]:
    """m with C(m, 2) = k, or 0."""
    points = (1 + np.sqrt(1 + 8 * size).round().astype(np.int64)) // 2
    return np.where(points * (points - 1) == 2 * size, points, 0)


def _subsets_name(size: int) -> str:
    return f"subsets-{int(_points(np.array([size]))[0])}-2"


def _subsets(size: Floats) -> tuple[Floats, Floats, Floats]:
    points = np.round((1 + np.sqrt(1 + 8 * size)) / 2)
    gaps = np.outer(points / (points - 2) / 2, [1.0, 2.0])
    return points - 1, gaps, np.stack([2 * (points - 2), (points - 2) * (points - 3) / 2], axis=1)


@cache
def _numbers(size: int) -> tuple[tuple[Code, Floats, Floats], ...]:
    return tuple(
        (code, np.array([float(gap) for gap in code.gaps]), np.array(code.counts, dtype=np.float64))
        for code in codes_of_size(size)
    )


def _listed(
    sizes: NDArray[np.int64], rows: Rows
) -> list[tuple[Callable[[int], str], Rows, Floats, ListedGaps]]:
    """The listed codes: the first of every size, then the second, and so on."""
    codes = {size: _numbers(size) for size in np.unique(sizes[rows]).tolist()}
    found: list[tuple[Callable[[int], str], Rows, Floats, ListedGaps]] = []
    for place in range(max((len(each) for each in codes.values()), default=0)):
        having = {size: each[place] for size, each in codes.items() if len(each) > place}
        at = rows[np.isin(sizes[rows], list(having))]
        widest = max(gaps.size for _, gaps, _ in having.values())
        ranks, gaps, counts = np.ones(at.size), np.ones((at.size, widest)), np.zeros((at.size, widest))
        for size, (code, one, count) in having.items():
            same = sizes[at] == size
            ranks[same], gaps[same, : one.size], counts[same, : one.size] = code.rank, one, count
        names = {size: code.name for size, (code, _, _) in having.items()}
        found.append((names.__getitem__, at, ranks, ListedGaps(gaps, counts)))
    return found
