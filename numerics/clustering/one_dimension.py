"""k-means on a line, exactly: optimal clusters are intervals of the sorted values."""

import numpy as np

from numerics.arrays import FloatArray, IntegerArray


def optimal_intervals(values: FloatArray, clusters: int) -> IntegerArray:
    """Return the labels of an optimal partition of numbers into at most `clusters` clusters.

    Dynamic programming over the sorted values in O(C·N²); labels run from the smallest value.

    Examples
    --------
    >>> optimal_intervals(np.array([5.0, 0.0, 1.0, 9.0]), 3).tolist()
    [1, 0, 0, 2]
    """
    order = np.argsort(values, kind="stable")
    data = values[order] - values.mean()
    size = data.size
    sums, squares = (np.concatenate([[0.0], np.cumsum(part)]) for part in (data, data**2))
    first, last = np.arange(size)[:, None], np.arange(1, size + 1)[None, :]
    counts = np.where(last > first, last - first, 1)
    within = (squares[last] - squares[first]) - (sums[last] - sums[first]) ** 2 / counts
    within = np.where(last > first, np.maximum(within, 0.0), np.inf)
    costs = within[0]
    starts: list[IntegerArray] = [np.zeros(size, dtype=np.int64)]
    for _ in range(1, min(clusters, size)):
        before = np.concatenate([[0.0], costs[:-1]])
        candidates = before[:, None] + within
        starts.append(np.argmin(candidates, axis=0).astype(np.int64))
        costs = candidates[starts[-1], np.arange(size)]
    labels = np.zeros(size, dtype=np.int64)
    end = size
    for level in range(len(starts) - 1, -1, -1):
        start = int(starts[level][end - 1])
        labels[order[start:end]] = level
        end = start
        if end == 0:
            break
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
