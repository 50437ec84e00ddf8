"""Direct sums of codes: Z = ⊕_j β_j M_j ⊕ 0, blocks of classes that share no logits.

A column sees its own block and the logit 0 of every class outside it, so the loss is a sum over blocks,
each with a scale of its own, plus (log K)/K for every class left unserved. Such a point is critical: the
gradient of the fit is constant on a block outside the column's own, and the rows and columns of every M_j
sum to zero. (For F ≥ 3 a singular value of zero stays zero at a critical point.) The best sum is an exact
knapsack over block sizes; pairs (k = 2) alone are the paired structure, and K = 3 served by one pair and a
class unserved is the rank-one structure (1, −1, 0).

Beyond `WINDOW` classes the block of lowest loss a class is repeated and the knapsack fills up the rest;
blocks are those of `ITEMS`.

Derived for this project; pairs alone are 2410.23169, section 4.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.scales import Blocks, Floats, ListedGaps, critical_scales
from theory.cross_entropy.tight_codes import SPORADIC, Code, half_cube, polygon, simplex, subsets

WINDOW: Final = 48


@cache
def items() -> tuple[Code, ...]:
    """The blocks a sum may be made of, beside single classes left unserved."""
    simplices = [simplex(size) for size in (2, 3, 4, 5)]
    return (*simplices, *(polygon(size) for size in range(5, 9)), subsets(5, 2), SPORADIC[0], half_cube(5))


@cache
def _tables() -> tuple[Floats, Floats, Floats, Floats]:
    """Gaps and counts of the items (a last column for the classes outside), sizes and ranks."""
    widest = max(len(code.counts) for code in items()) + 1
    gaps, counts = np.ones((len(items()), widest)), np.zeros((len(items()), widest))
    for row, code in enumerate(items()):
        gaps[row, : len(code.counts)] = [float(gap) for gap in code.gaps]
        counts[row, : len(code.counts)] = code.counts
    sizes = np.array([code.size for code in items()], dtype=np.float64)
    return gaps, counts, sizes, np.array([code.rank for code in items()], dtype=np.float64)


@dataclass(frozen=True)
class Sums:
    """The best direct sum for every problem of an array.

    loss: its loss (log K where nothing is served). scales: β of every item. copies: how often every item
    occurs; what is missing to K is unserved.
    """

    loss: Floats
    scales: Floats
    copies: NDArray[np.int64]

    @property
    def rank(self) -> NDArray[np.int64]:
        """Rank of the logits."""
        return self.copies @ np.array([code.rank for code in items()])

    def at(self, rows: NDArray[np.intp]) -> "Sums":
        """Some of the problems."""
        return Sums(self.loss[rows], self.scales[rows], self.copies[rows])

    def logits(self, classes: int, problem: int) -> Floats:
        """Z for one sample a class: blocks in the order of the items, unserved classes last."""
        matrix, start = np.zeros((classes, classes)), 0
        for code, count, scale in zip(items(), self.copies[problem], self.scales[problem], strict=True):
            for _ in range(int(count)):
                block = slice(start, start + code.size)
                matrix[block, block] = scale * gram(code.name)
                start += code.size
        return matrix


def best_sums(classes: NDArray[np.int64], factors: Floats, log_decay: Floats) -> Sums:
    """The direct sum of lowest loss for each (K, F, log μ)."""
    scales, cost = block_losses(classes, classes, 1 / classes, factors, log_decay)
    loss, copies = fill(classes, np.log(classes) / classes, cost)
    return Sums(loss, scales, copies)


def fill(classes: NDArray[np.int64], single: Floats, cost: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The least loss of so many classes, and copies of every item: `single` for a class left unserved."""
    sizes = np.array([code.size for code in items()])
    density = np.concatenate([single[:, None], cost / sizes], axis=1)
    bulk = np.concatenate([[1], sizes])[np.argmin(density, axis=1)]
    repeats = np.maximum(classes - WINDOW, 0) // bulk
    rest = classes - repeats * bulk
    loss, copies = _fill(rest, single, cost, sizes)
    chosen = np.argmin(density, axis=1)
    rows = np.arange(classes.size)
    served = chosen > 0
    copies[rows[served], chosen[served] - 1] += repeats[served]
    return loss + repeats * np.min(density, axis=1) * bulk, copies


def block_losses(
    classes: NDArray[np.int64],
    room: NDArray[np.int64],
    share: Floats,
    factors: Floats,
    log_decay: Floats,
) -> tuple[Floats, Floats]:
    """Scale and loss of every item among K classes, for `room` classes that weigh `share` each in the fit.

    An infinite loss where there is no critical scale, or no room.
    """
    gaps, counts, sizes, ranks = _tables()
    problem, item = np.nonzero(room[:, None] >= sizes[None, :])
    scales, losses = np.zeros((classes.size, sizes.size)), np.full((classes.size, sizes.size), np.inf)
    if problem.size == 0:
        return scales, losses
    row_counts = counts[item].copy()
    row_counts[:, -1] = classes[problem] - sizes[item]
    blocks = Blocks(
        ListedGaps(gaps[item], row_counts),
        sizes[item] * share[problem],
        sizes[item],
        ranks[item],
        log_decay[problem],
        factors[problem],
    )
    scale = critical_scales(blocks)
    scales[problem, item] = scale
    losses[problem, item] = blocks.losses(scale)
    return scales, losses


def _fill(
    rest: NDArray[np.int64], single: Floats, cost: Floats, sizes: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64]]:
    """The knapsack: loss and copies of every item for `rest` classes."""
    longest = int(rest.max())
    best = np.zeros((longest + 1, rest.size))
    choice = np.full((longest + 1, rest.size), -1, dtype=np.int8)
    costs = list(zip(sizes.tolist(), np.ascontiguousarray(cost.T), strict=True))
    for room in range(1, longest + 1):
        np.add(best[room - 1], single, out=best[room])
        for index, (size, one) in enumerate(costs):
            if size <= room:
                tried = best[room - size] + one
                better = tried < best[room]
                np.copyto(best[room], tried, where=better)
                np.copyto(choice[room], index, where=better)
    rows = np.arange(rest.size)
    copies = np.zeros((rest.size, sizes.size), dtype=np.int64)
    room = rest.copy()
    while room.any():
        picked = np.where(room > 0, choice[room, rows], -1)
        taken = picked >= 0
        copies[rows[taken], picked[taken]] += 1
        room = np.maximum(room - np.where(taken, sizes[picked], 1), 0)
    return best[rest, rows], copies


def sum_name(copies: NDArray[np.int64], classes: int) -> str:
    """A direct sum in words, largest blocks first.

    >>> sum_name(np.array([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), 10)
    'polygon-5 + 2×pair + 1 unserved'
    """
    parts = [
        code.name if count == 1 else f"{count}×{code.name}"
        for count, code in sorted(zip(copies.tolist(), items(), strict=True), key=lambda each: -each[1].size)
        if count
    ]
    unserved = classes - sum(int(count) * code.size for count, code in zip(copies, items(), strict=True))
    return " + ".join([*parts, f"{unserved} unserved"] if unserved else parts)
