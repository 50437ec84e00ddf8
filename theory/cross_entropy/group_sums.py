"""Direct sums of codes for unequal class sizes: every block inside a group of classes of one size.

Such a sum is critical as for equal sizes: the columns of a block have equal weights, so what the rest of the
classes gets from them cancels. Every group is a knapsack of its own, with the decay λn^{1/F} of its size n.

Derived for this project.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.scales import Floats
from theory.cross_entropy.sums import Sums, block_losses, fill, items, sum_name


@dataclass(frozen=True)
class GroupSum:
    """The best direct sum: scales and copies of every item in every group, and its loss.

    groups: (size, number of classes). name: in words, group by group.
    """

    groups: Sequence[tuple[int, int]]
    scales: Floats
    copies: NDArray[np.int64]
    loss: float

    @property
    def name(self) -> str:
        """For instance `pair of 10; 2 unserved of 1`."""
        named = zip(self.copies, self.groups, strict=True)
        return "; ".join(f"{sum_name(copies, count)} of {size}" for copies, (size, count) in named)

    @property
    def values(self) -> list[tuple[float, int]]:
        """Singular values of the K×N logits with multiplicities."""
        found: list[tuple[float, int]] = []
        for (size, _), copies, scales in zip(self.groups, self.copies, self.scales, strict=True):
            for code, count, scale in zip(items(), copies.tolist(), scales.tolist(), strict=True):
                if count:
                    value = scale * math.sqrt(size) * code.size / code.rank
                    found.append((value, code.rank * count))
        return found

    def logits(self) -> Floats:
        """Z for one sample a class, groups in order."""
        classes = sum(count for _, count in self.groups)
        matrix, start = np.zeros((classes, classes)), 0
        for (_, count), copies, scales in zip(self.groups, self.copies, self.scales, strict=True):
            inside = slice(start, start + count)
            group = Sums(np.zeros(1), scales[None], copies[None])
            matrix[inside, inside] = group.logits(count, 0)
            start += count
        return matrix


def group_sum(groups: Sequence[tuple[int, int]], factors: int, log_decay: float) -> GroupSum:
    """The direct sum of lowest loss, for groups of (size, number of classes); perhaps nothing is served.

    >>> group_sum([(10, 2), (1, 2)], 3, math.log(0.03)).name
    'pair of 10; 2 unserved of 1'
    """
    sizes = np.array([float(size) for size, _ in groups])
    counts = np.array([count for _, count in groups])
    classes, depth = np.full(counts.size, counts.sum()), np.full(counts.size, float(factors))
    share = sizes / float(sizes @ counts)
    scales, cost = block_losses(classes, counts, share, depth, log_decay + np.log(sizes) / factors)
    loss, copies = fill(counts, share * math.log(classes[0]), cost)
    return GroupSum(groups, scales, copies, float(loss.sum()))
