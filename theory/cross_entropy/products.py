"""Products of codes: K = k_1⋯k_m classes as m-tuples, Z = Σ_j (code j acting on coordinate j alone).

The softmax factorises, so fits add; the singular values of coordinate j are those of its own problem times
K/k_j. Hence the loss of a product is the sum of the losses of its coordinates, each a problem of k_j
classes with the scaled decay μ(K/k_j)^{2/F}, and every coordinate has its own scale. Pairs alone are the
cube; a coordinate may be left unserved (its classes are merged, at a fit of log k_j). The best
factorisation is found by a recursion over the divisors of K.

Derived for this project; products of pairs are the Hadamard family of 2605.23087.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.coordinates import codes_of_rows
from theory.cross_entropy.divisors import divisors
from theory.cross_entropy.scales import Floats


@dataclass(frozen=True)
class Part:
    """One coordinate: its code's name, size and rank; rank 0 leaves the coordinate unserved."""

    name: str
    size: int
    rank: int


Product = tuple[tuple[Part, float], ...]
"""The coordinates of a product with the scale β of each."""

ROUNDING = 1e-15
"""A split must be better by more than this to replace a code of the whole size."""


@dataclass(frozen=True)
class WholeCodes:
    """One kind of code of all K classes, for the problems whose K has it.

    rank, scale, loss: of every problem; the loss is infinite where there is no such critical point.
    """

    kind: int
    rank: NDArray[np.int64]
    scale: Floats
    loss: Floats


class Factorisations:
    """All products for problems of (K, F, log μ).

    `whole` lists the kinds of codes of size K itself; `loss` and `rank` are those of the best product of two
    or more coordinates (an infinite loss where K is prime or no coordinate of any is served).
    """

    def __init__(self, classes: NDArray[np.int64], factors: Floats, log_decay: Floats) -> None:
        self.classes = classes
        numbers, number = np.unique(classes, return_inverse=True)
        table = divisors(numbers)
        many = np.diff(table.first)[number]
        self._end = np.cumsum(many)  # rows of a problem: its divisors, rising, the last is K
        self._shift = self._end - many - table.first[number]
        problem = np.repeat(np.arange(classes.size), many)
        self._sizes = table.sizes[np.arange(problem.size) - self._shift[problem]]
        log_stretch = np.log(classes[problem] / self._sizes)
        row_decay = log_decay[problem] + 2 / factors[problem] * log_stretch
        self._kinds = codes_of_rows(self._sizes, factors[problem], row_decay)
        self._parts: dict[tuple[int, int], Part] = {}
        self.whole = tuple(self._whole(kind) for kind in range(len(self._kinds)))
        self._choose_alone()
        whole, one, other = table.splits
        first = np.searchsorted(whole, table.first)
        pieces = np.diff(first)[number]
        owner = np.repeat(np.arange(classes.size), pieces)
        at = np.arange(owner.size) - (np.cumsum(pieces) - pieces - first[number])[owner]
        shift = self._shift[owner]
        self._split(whole[at] + shift, one[at] + shift, other[at] + shift)

    def part(self, row: int, kind: int) -> Part:
        """The code of a kind and the size of a row; kind −1 is the merged, unserved coordinate."""
        size = int(self._sizes[row])
        known = self._parts.get((kind, size))
        if known is None:
            if kind < 0:
                known = Part(f"merged-{size}", size, 0)
            else:
                found = self._kinds[kind]
                known = Part(found.name(size), size, int(found.ranks[np.searchsorted(found.rows, row)]))
            self._parts[kind, size] = known
        return known

    def whole_part(self, problem: int, kind: int) -> Part:
        """The code of a kind of all K classes."""
        return self.part(int(self._end[problem]) - 1, kind)

    def whole_name(self, problem: int, kind: int) -> str:
        """The name of that code."""
        return self._kinds[kind].name(int(self.classes[problem]))

    def product(self, problem: int) -> Product:
        """The coordinates of the best product, largest first; only where `loss` is finite."""
        split = int(self._last_split[problem])
        parts = [*self._coordinates(int(self._one[split])), *self._coordinates(int(self._other[split]))]
        return tuple(sorted(parts, key=lambda each: (-each[0].size, each[0].name)))

    def logits(self, problem: int) -> Floats:
        """Z of the best product for one sample a class, classes in lexicographic order."""
        classes = int(self.classes[problem])
        matrix, before = np.zeros((classes, classes)), 1
        for part, scale in self.product(problem):
            after = classes // (before * part.size)
            if part.rank:
                alone = np.kron(np.ones((before, before)), gram(part.name))
                matrix += scale * np.kron(alone, np.ones((after, after)))
            before *= part.size
        return matrix

    def _whole(self, kind: int) -> WholeCodes:
        found, rows = self._kinds[kind], self._end - 1
        at = np.minimum(np.searchsorted(found.rows, rows), found.rows.size - 1)
        has = found.rows[at] == rows
        return WholeCodes(
            kind,
            np.where(has, found.ranks[at], 0),
            np.where(has, found.scales[at], 0.0),
            np.where(has, found.losses[at], np.inf),
        )

    def _choose_alone(self) -> None:
        """The best single code of every row, or none (kind −1)."""
        self._best = np.log(self._sizes)
        self._kind = np.full(self._sizes.size, -1)
        self._scale, self._rank = np.zeros(self._sizes.size), np.zeros(self._sizes.size, dtype=np.int64)
        for index, found in enumerate(self._kinds):
            better = found.losses < self._best[found.rows]
            rows = found.rows[better]
            self._best[rows], self._kind[rows] = found.losses[better], index
            self._scale[rows], self._rank[rows] = found.scales[better], found.ranks[better]

    def _split(self, whole: NDArray[np.int64], one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
        """Replace single codes by better products, again until nothing improves; `whole` rises."""
        self._one, self._other = one, other
        self.loss, self.rank = np.full(self.classes.size, np.inf), np.zeros(self.classes.size, dtype=np.int64)
        self._last_split = np.full(self.classes.size, -1)
        self._at = np.full(self._sizes.size, -1)  # the split of every row, −1 for a single code
        if whole.size == 0:
            return
        starts = np.nonzero(np.diff(whole, prepend=-1))[0]
        rows = whole[starts]
        while True:
            loss = self._best[one] + self._best[other]
            lowest = np.minimum.reduceat(loss, starts)
            better = lowest < self._best[rows] * (1 - ROUNDING)
            if not better.any():
                break
            at = self._cheapest(whole, loss, rows, lowest)
            improved = rows[better]
            self._best[improved], self._at[improved] = lowest[better], at[better]
        at = self._cheapest(whole, loss, rows, lowest)
        self._count_ranks()
        problem = np.searchsorted(self._end - 1, rows)
        last = self._end[problem] - 1 == rows
        self.loss[problem[last]], self._last_split[problem[last]] = lowest[last], at[last]
        self.rank[problem[last]] = self._rank[one[at[last]]] + self._rank[other[at[last]]]

    def _cheapest(
        self, whole: NDArray[np.int64], loss: Floats, rows: NDArray[np.int64], lowest: Floats
    ) -> NDArray[np.int64]:
        """For each row the first of its splits that has the lowest loss."""
        least = np.empty(self._sizes.size)
        least[rows] = lowest
        reached = np.nonzero(loss == least[whole])[0]
        first = np.empty(self._sizes.size, dtype=np.int64)
        first[whole[reached[::-1]]] = reached[::-1]
        return first[rows]

    def _count_ranks(self) -> None:
        rows = np.nonzero(self._at >= 0)[0]
        one, other = self._one[self._at[rows]], self._other[self._at[rows]]
        while True:
            rank = self._rank[one] + self._rank[other]
            if np.array_equal(rank, self._rank[rows]):
                break
            self._rank[rows] = rank

    def _coordinates(self, row: int) -> list[tuple[Part, float]]:
        split = int(self._at[row])
        if split >= 0:
            return [*self._coordinates(int(self._one[split])), *self._coordinates(int(self._other[split]))]
        return [(self.part(row, int(self._kind[row])), float(self._scale[row]))]


def product_name(product: Product) -> str:
    """A product in words.

    >>> product_name(((Part("simplex-5", 5, 4), 1.0), (Part("pair", 2, 1), 1.0), (Part("pair", 2, 1), 1.0)))
    'simplex-5 × pair^2'
    """
    counts = Counter(part.name for part, _ in product)
    return " × ".join(name if count == 1 else f"{name}^{count}" for name, count in counts.items())
