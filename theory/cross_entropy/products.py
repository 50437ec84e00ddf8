"""Products of codes: K = k_1⋯k_m classes as m-tuples, Z = Σ_j (code j acting on coordinate j alone).

The softmax factorises, so fits add; the singular values of coordinate j are those of its own problem times
K/k_j. Hence the loss of a product is the sum of the losses of its coordinates, each a problem of k_j
classes with the scaled decay μ(K/k_j)^{2/F}, and every coordinate has its own scale. Pairs alone are the
cube; a coordinate may be left unserved (its classes are merged, at a fit of log k_j). The best
factorisation is found by a recursion over the divisors of K.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.scales import Blocks, Floats, ListedGaps, PolygonGaps, critical_scales
from theory.cross_entropy.tight_codes import Code, codes_of_size, orthoplex, simplex


@dataclass(frozen=True)
class Part:
    """One coordinate: its code's name, size and rank; rank 0 leaves the coordinate unserved."""

    name: str
    size: int
    rank: int


Product = tuple[tuple[Part, float], ...]
"""The coordinates of a product with the scale β of each."""


class Factorisations:
    """All products for K classes, for an array of (F, log μ).

    `whole` lists the codes of size K itself with their losses and scales (parts × problems; an infinite
    loss where a code has no critical scale); `loss` and `rank` are those of the best product of two or more
    coordinates.
    """

    def __init__(self, classes: int, factors: Floats, log_decay: Floats) -> None:
        self.classes = classes
        self._divisors = [size for size in _divisors(classes) if size > 1]
        self._parts = [part for size in self._divisors for part in _parts(size)]
        self._scales, self._losses = self._solve(factors, log_decay)
        self._best: dict[int, Floats] = {}
        self._chosen: dict[int, NDArray[np.int64]] = {}
        self._split: dict[int, NDArray[np.int64]] = {}
        self._rank: dict[int, NDArray[np.int64]] = {}
        for size in self._divisors:
            self._choose(size, factors.size)
        at = [index for index, part in enumerate(self._parts) if part.size == classes]
        self.whole = tuple(self._parts[index] for index in at)
        self.whole_losses, self.whole_scales = self._losses[at], self._scales[at]
        self.loss, self._last = self._best_split(classes, factors.size)
        self.rank = self._split_rank(classes, self._last)

    def product(self, problem: int) -> Product:
        """The coordinates of the best product, largest first; only where `loss` is finite."""
        first = int(self._last[problem])
        parts = [*self._coordinates(first, problem), *self._coordinates(self.classes // first, problem)]
        return tuple(sorted(parts, key=lambda each: (-each[0].size, each[0].name)))

    def logits(self, problem: int) -> Floats:
        """Z of the best product for one sample a class, classes in lexicographic order."""
        matrix, before = np.zeros((self.classes, self.classes)), 1
        for part, scale in self.product(problem):
            after = self.classes // (before * part.size)
            if part.rank:
                alone = np.kron(np.ones((before, before)), gram(part.name))
                matrix += scale * np.kron(alone, np.ones((after, after)))
            before *= part.size
        return matrix

    def _solve(self, factors: Floats, log_decay: Floats) -> tuple[Floats, Floats]:
        """Scale and loss of every part for every problem."""
        listed = [i for i, part in enumerate(self._parts) if not part.name.startswith("polygon")]
        round_ = [i for i, part in enumerate(self._parts) if part.name.startswith("polygon")]
        scales = np.zeros((len(self._parts), factors.size))
        losses = np.full(scales.shape, np.inf)
        for at in (listed, round_):
            if not at:
                continue
            part, problem = (index.ravel() for index in np.indices((len(at), factors.size)))
            sizes = np.array([float(self._parts[i].size) for i in at])[part]
            ranks = np.array([float(self._parts[i].rank) for i in at])[part]
            gaps = PolygonGaps(sizes) if at is round_ else _listed_gaps([self._parts[i] for i in at], part)
            decay = log_decay[problem] + 2 / factors[problem] * np.log(self.classes / sizes)
            blocks = Blocks(gaps, np.ones_like(sizes), sizes, ranks, decay, factors[problem])
            scale = critical_scales(blocks)
            loss = np.where(scale > 0, blocks.fit(scale) + blocks.penalty(scale), np.inf)
            scales[at], losses[at] = scale.reshape(len(at), -1), loss.reshape(len(at), -1)
        return scales, losses

    def _choose(self, size: int, problems: int) -> None:
        """The best way to use `size` classes: one part (index ≥ 0), unserved (−1), or a product."""
        at = np.array([index for index, part in enumerate(self._parts) if part.size == size])
        lowest = np.argmin(self._losses[at], axis=0)
        best, chosen = np.min(self._losses[at], axis=0), at[lowest]
        unserved = np.log(size) <= best
        best, chosen = np.where(unserved, np.log(size), best), np.where(unserved, -1, chosen)
        loss, split = self._best_split(size, problems)
        further = loss < best * (1 - 1e-15)
        self._best[size] = np.where(further, loss, best)
        self._chosen[size], self._split[size] = chosen, np.where(further, split, 0)
        ranks = np.array([*(part.rank for part in self._parts), 0])  # unserved (−1) has the last
        self._rank[size] = np.where(further, self._split_rank(size, split), ranks[chosen])

    def _best_split(self, size: int, problems: int) -> tuple[Floats, NDArray[np.int64]]:
        loss, split = np.full(problems, np.inf), np.zeros(problems, dtype=np.int64)
        for divisor in self._divisors:
            if divisor * divisor > size:
                break
            if size % divisor == 0:
                tried = self._best[divisor] + self._best[size // divisor]
                split = np.where(tried < loss, divisor, split)
                loss = np.minimum(loss, tried)
        return loss, split

    def _split_rank(self, size: int, split: NDArray[np.int64]) -> NDArray[np.int64]:
        rank = np.zeros(split.size, dtype=np.int64)
        for divisor in np.unique(split[split > 0]).tolist():
            rank = np.where(split == divisor, self._rank[divisor] + self._rank[size // divisor], rank)
        return rank

    def _coordinates(self, size: int, problem: int) -> list[tuple[Part, float]]:
        split = int(self._split[size][problem])
        if split:
            return [*self._coordinates(split, problem), *self._coordinates(size // split, problem)]
        chosen = int(self._chosen[size][problem])
        if chosen < 0:
            return [(Part(f"merged-{size}", size, 0), 0.0)]
        return [(self._parts[chosen], float(self._scales[chosen, problem]))]


def _divisors(number: int) -> list[int]:
    small = [divisor for divisor in range(1, int(number**0.5) + 1) if number % divisor == 0]
    return sorted({*small, *(number // divisor for divisor in small)})


def listed_codes(size: int) -> list[Code]:
    """Simplex, orthoplex and the listed codes of a size (a polygon has no list of gaps here)."""
    paired = [orthoplex(size // 2)] if size >= 4 and size % 2 == 0 else []
    return [simplex(size), *paired, *codes_of_size(size)]


def _parts(size: int) -> list[Part]:
    parts = [Part(code.name, code.size, code.rank) for code in listed_codes(size)]
    return [*parts, Part(f"polygon-{size}", size, 2)] if size >= 5 else parts


def _listed_gaps(parts: list[Part], row: NDArray[np.intp]) -> ListedGaps:
    by_name = {code.name: code for size in {part.size for part in parts} for code in listed_codes(size)}
    codes = [by_name[part.name] for part in parts]
    widest = max(len(code.counts) for code in codes)
    gaps, counts = np.ones((len(codes), widest)), np.zeros((len(codes), widest))
    for index, code in enumerate(codes):
        gaps[index, : len(code.counts)] = [float(gap) for gap in code.gaps]
        counts[index, : len(code.counts)] = code.counts
    return ListedGaps(gaps[row], counts[row])


def product_name(product: Product) -> str:
    """A product in words.

    >>> product_name(((Part("simplex-5", 5, 4), 1.0), (Part("pair", 2, 1), 1.0), (Part("pair", 2, 1), 1.0)))
    'simplex-5 × pair^2'
    """
    counts = Counter(part.name for part, _ in product)
    return " × ".join(name if count == 1 else f"{name}^{count}" for name, count in counts.items())
