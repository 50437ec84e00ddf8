"""Direct sums of codes for unequal class sizes: every block inside a group of classes of one size.

Such a sum is critical as for equal sizes: the columns of a block have equal weights, so what the rest of the
classes gets from them cancels. Every group is a knapsack of its own, with the decay λn^{1/F} of its size n.
"""

import math
from collections.abc import Sequence

import numpy as np

from theory.cross_entropy.sums import block_losses, fill, items, sum_name

Named = tuple[str, float, tuple[tuple[float, int], ...]]


def group_sums(
    groups: Sequence[tuple[int, int]], samples: int, factors: int, log_decay: float
) -> list[Named]:
    """Name, loss and singular values of the best sum, for groups of (size, number of classes).

    Empty where nothing is served.

    >>> [name for name, _, _ in group_sums([(10, 2), (1, 2)], 22, 3, math.log(0.01))]
    ['pair of 10; 2 unserved of 1']
    """
    sizes = np.array([float(size) for size, _ in groups])
    counts = np.array([count for _, count in groups])
    classes = np.full(counts.size, counts.sum())
    decays = log_decay + np.log(sizes) / factors
    scales, cost = block_losses(classes, counts, sizes / samples, np.full(counts.size, float(factors)), decays)
    loss, copies = fill(counts, sizes / samples * math.log(classes[0]), cost)
    if not copies.any():
        return []
    values: list[tuple[float, int]] = []
    for row, size in enumerate(sizes.tolist()):
        for code, count, scale in zip(items(), copies[row].tolist(), scales[row].tolist(), strict=True):
            if count:
                values.append((scale * math.sqrt(size) * code.size / code.rank, code.rank * count))
    names = [
        f"{sum_name(copies[row], count)} of {size}" for row, (size, count) in enumerate(groups)
    ]
    return [("; ".join(names), float(loss.sum()), tuple(sorted(values, reverse=True)))]
