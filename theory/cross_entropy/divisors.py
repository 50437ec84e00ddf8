"""Divisors of many numbers at once, and all ways to split each of them into two others."""

from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

BLOCK = 20_000
"""Divisions at a time: one number by many, or many numbers by one."""


@dataclass(frozen=True)
class Divisors:
    """The divisors above 1 of distinct numbers above 1, in one list.

    Those of number i are sizes[first[i]:first[i + 1]], rising; the last is the number itself.
    """

    sizes: Indices
    first: Indices

    @cached_property
    def owner(self) -> Indices:
        """Which number every divisor belongs to."""
        return np.repeat(np.arange(self.first.size - 1), np.diff(self.first))

    @cached_property
    def splits(self) -> tuple[Indices, Indices, Indices]:
        """Places (w, a, b) of all sizes[w] = sizes[a]·sizes[b] with a ≤ b, all of one number; w rising."""
        low = np.nonzero(self.sizes * self.sizes <= self.sizes[self.first[1:] - 1][self.owner])[0]
        partners = self.first[self.owner[low] + 1] - low  # a itself and the larger divisors
        one = np.repeat(low, partners)
        other = one + np.arange(one.size) - np.repeat(np.cumsum(partners) - partners, partners)
        product, number = self.sizes[one] * self.sizes[other], self.owner[one]
        kept = self.sizes[self.first[number + 1] - 1] % product == 0
        one, other, product, number = one[kept], other[kept], product[kept], number[kept]
        stride = int(self.sizes.max(initial=1)) + 1
        whole = np.searchsorted(self.owner * stride + self.sizes, number * stride + product)
        order = np.argsort(whole, kind="stable")
        return whole[order], one[order], other[order]


def divisors(numbers: Indices) -> Divisors:
    """The divisors above 1 of distinct numbers above 1.

    >>> found = divisors(np.array([6, 7]))
    >>> found.sizes.tolist(), found.first.tolist()
    ([2, 3, 6, 7], [0, 3, 4])
    >>> [places.tolist() for places in found.splits]  # 6 = 2·3
    [[2], [0], [1]]
    """
    owners, sizes = [np.arange(numbers.size)], [numbers]
    last = isqrt(int(numbers.max(initial=1)))
    step = max(1, BLOCK // max(numbers.size, 1))
    for start in range(2, last + 1, step):
        tried = np.arange(start, min(start + step, last + 1))[:, None]
        quotient = numbers // tried
        divisor, owner = np.nonzero((quotient * tried == numbers) & (quotient >= tried))
        small, large = divisor + start, quotient[divisor, owner]
        twice = large > small
        owners += [owner, owner[twice]]
        sizes += [small, large[twice]]
    owner, size = np.concatenate(owners), np.concatenate(sizes)
    order = np.lexsort((size, owner))
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=numbers.size))])
    return Divisors(size[order], first)
