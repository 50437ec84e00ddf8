"""Variation of more samples than fit in memory: two passes over batches, in float64 about a reference point.

Batches are merged by the formulas of Chan, Golub and LeVeque (1983). The first pass finds the cluster means,
the second sums squared deviations from them and takes off what the means are still wrong by, so that offsets
a million times the spread, float32 features and millions of samples lose nothing but the data's own rounding.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arrays import FloatArray, IntegerArray, class_labels
from theory.errors import InvalidProblemError
from theory.networks.variation import number_of_images

Batch: TypeAlias = tuple[ArrayLike, ArrayLike]
"""Columns d × n and one label a column."""

MOST_AT_ONCE = 65_536
"""Columns that are widened to float64 at a time."""


class ClusterMoments:
    """Sizes, means and squared deviations of clusters, added to batch by batch.

    Means are kept as deviations from a reference point: the first column, or one given for each cluster.

    Examples
    --------
    >>> moments = ClusterMoments(2)
    >>> moments.add([[0.0, 2.0]], [0, 0])
    >>> moments.add([[5.0, 4.0]], [1, 0])
    >>> moments.variation(), moments.means.tolist()
    (2.0, [[2.0, 5.0]])
    """

    def __init__(self, clusters: int, reference: FloatArray | None = None) -> None:
        if clusters < 1:
            raise InvalidProblemError(f"{clusters} clusters: there is at least 1")
        self.sizes: FloatArray = np.zeros(clusters)
        self.squares: FloatArray = np.zeros(clusters)
        self._reference = reference
        self._offsets: FloatArray | None = None

    @property
    def samples(self) -> int:
        """How many columns were added."""
        return int(self.sizes.sum())

    @property
    def means(self) -> FloatArray:
        """The cluster means, d × C; raises InvalidProblemError for a cluster without samples."""
        if self._offsets is None or self._reference is None or (self.sizes == 0).any():
            empty = np.flatnonzero(self.sizes == 0)
            raise InvalidProblemError(f"cluster {empty[0]} has no sample: number the clusters without gaps")
        return self._reference + self._offsets

    def add(self, columns: ArrayLike, labels: ArrayLike) -> None:
        """Add a batch; raises InvalidProblemError for NaN, labels that do not match, or another dimension."""
        batch = np.asarray(columns)
        if batch.ndim != 2 or not np.issubdtype(batch.dtype, np.number) or np.iscomplexobj(batch):
            raise InvalidProblemError(
                f"a batch has shape {batch.shape} and type {batch.dtype}: pass d × n numbers"
            )
        if batch.shape[1] == 0:
            return
        marks = class_labels(labels, batch.shape[1], self.sizes.size)
        for start in range(0, batch.shape[1], MOST_AT_ONCE):
            part = slice(start, start + MOST_AT_ONCE)
            self._add(np.asarray(batch[:, part], dtype=np.float64), marks[part])

    def _add(self, columns: FloatArray, labels: IntegerArray) -> None:
        if not np.isfinite(columns).all():
            raise InvalidProblemError("a batch contains NaN or infinity: remove these samples")
        if self._reference is None:
            self._reference = np.repeat(columns[:, :1], self.sizes.size, axis=1)
        if self._offsets is None:
            self._offsets = np.zeros_like(self._reference)
        if columns.shape[0] != self._reference.shape[0]:
            raise InvalidProblemError(
                f"a batch has {columns.shape[0]} rows, those before {self._reference.shape[0]}: keep all"
            )
        sizes = np.bincount(labels, minlength=self.sizes.size).astype(np.float64)
        shifted = columns - self._reference[:, labels]
        means = _sums(shifted, labels, self.sizes.size) / np.maximum(sizes, 1.0)
        deviations = shifted - means[:, labels]
        squares = _sums(np.sum(deviations**2, axis=0)[None, :], labels, self.sizes.size)[0]
        self._merge(sizes, means, squares)

    def _merge(self, sizes: FloatArray, offsets: FloatArray, squares: FloatArray) -> None:
        assert self._offsets is not None
        total = np.maximum(self.sizes + sizes, 1.0)
        step = offsets - self._offsets
        self.squares = self.squares + squares + np.sum(step**2, axis=0) * self.sizes * sizes / total
        self._offsets = self._offsets + step * (sizes / total)
        self.sizes = self.sizes + sizes

    def variation(self, *, images: int | None = None) -> float:
        """The total cluster variation of what was added; 1/N is that of the `images` where they are given."""
        if (self.sizes == 0).any():
            raise InvalidProblemError(
                f"cluster {int(np.argmin(self.sizes))} has no sample: number the clusters without gaps"
            )
        return float(np.sum(self.squares)) / number_of_images(self.samples, images)


def streamed_variation(
    batches: Callable[[], Iterable[Batch]], clusters: int, *, images: int | None = None
) -> float:
    """Return the total cluster variation of batches (columns, labels), read twice.

    `batches` is called once a pass and has to give the same samples both times.

    Raises
    ------
    InvalidProblemError
        For NaN, labels that do not match, an empty cluster, or passes that differ in length.

    Examples
    --------
    >>> data = np.array([[1e4, 1e4 + 2, 0.0]], dtype=np.float32)
    >>> streamed_variation(lambda: [(data[:, :1], [0]), (data[:, 1:], [0, 1])], 2)
    0.6666666666666666
    """
    first = _read(batches(), ClusterMoments(clusters))
    second = _read(batches(), ClusterMoments(clusters, first.means))
    if not np.array_equal(first.sizes, second.sizes):
        raise InvalidProblemError(
            f"the first pass had {first.samples} samples, the second {second.samples}: give the same batches"
        )
    return second.variation(images=images)


def in_batches(columns: NDArray[np.floating], labels: ArrayLike, size: int) -> Iterator[Batch]:
    """Yield an array's columns and labels in batches of a size.

    Examples
    --------
    >>> [labels.tolist() for _, labels in in_batches(np.zeros((1, 3)), [0, 1, 0], 2)]
    [[0, 1], [0]]
    """
    marks = np.asarray(labels)
    for start in range(0, columns.shape[1], size):
        yield columns[:, start : start + size], marks[start : start + size]


def _read(batches: Iterable[Batch], moments: ClusterMoments) -> ClusterMoments:
    for columns, labels in batches:
        moments.add(columns, labels)
    return moments


def _sums(columns: FloatArray, labels: IntegerArray, clusters: int) -> FloatArray:
    rows = [np.bincount(labels, weights=row, minlength=clusters) for row in columns]
    return np.array(rows, dtype=np.float64)
