"""Total cluster variation: how far vectors lie from the means of their clusters.

For a convolution, or a weight used several times, the columns are its patches or uses, more than there are
images; the 1/N stays that of the images: pass `images`.
"""

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]


def cluster_sizes(labels: Labels, columns: int) -> Labels:
    """Return how many columns each of the clusters 0, 1, … has.

    Raises InvalidProblemError where there is not one integer label a column, or a cluster has no sample.

    >>> cluster_sizes(np.array([0, 1, 1]), 3)
    array([1, 2])
    """
    if labels.shape != (columns,) or not np.issubdtype(labels.dtype, np.integer):
        raise InvalidProblemError(
            f"labels of shape {labels.shape} and type {labels.dtype} do not fit {columns} columns: "
            "pass one integer a column"
        )
    if not labels.size or labels.min() < 0:
        found = f"{labels.min()} is a label" if labels.size else "there are no samples"
        raise InvalidProblemError(f"{found}: number the clusters 0, 1, … without gaps")
    missing = np.setdiff1d(np.arange(min(int(labels.max()), columns) + 1), labels)
    if missing.size:
        raise InvalidProblemError(
            f"cluster {missing[0]} has no sample: number the clusters 0, 1, … without gaps"
        )
    return np.bincount(labels)


def deviations_from_cluster_means(columns: Matrix, labels: Labels) -> Matrix:
    """Each column minus the mean of its cluster, computed about the overall mean for accuracy.

    Raises InvalidProblemError for labels that do not match, an empty cluster, or values not finite.

    >>> deviations_from_cluster_means(np.array([[0.0, 2.0, 5.0]]), np.array([0, 0, 1]))
    array([[-1.,  1.,  0.]])
    """
    if columns.ndim != 2:
        raise InvalidProblemError(f"columns have shape {columns.shape}: pass a matrix with a column a sample")
    sizes = cluster_sizes(labels, columns.shape[1])
    if not np.isfinite(columns).all():
        raise InvalidProblemError("the columns contain NaN or infinity: remove these samples")
    centred = columns - columns.mean(axis=1, keepdims=True)
    membership = np.zeros((labels.size, sizes.size))
    membership[np.arange(labels.size), labels] = 1.0
    return centred - (centred @ membership / sizes)[:, labels]


def total_cluster_variation(columns: Matrix, labels: Labels, *, images: int | None = None) -> float:
    """TCV = (1/N) Σ_k Σ_{i∈C_k} ‖u_i − ū_k‖² of the columns u_i for a partition into clusters.

    N is the number of columns, or of `images` where several columns belong to one.

    >>> total_cluster_variation(np.array([[0.0, 2.0, 5.0]]), np.array([0, 0, 1]))
    0.6666666666666666
    >>> total_cluster_variation(np.array([[0.0, 2.0, 5.0, 5.0]]), np.array([0, 0, 1, 1]), images=2)
    1.0
    """
    samples = number_of_images(columns.shape[-1], images)
    return float(np.sum(deviations_from_cluster_means(columns, labels) ** 2) / samples)


def number_of_images(columns: int, images: int | None) -> int:
    """Return the N of every 1/N: the number of columns unless they are patches or uses of fewer images.

    Raises InvalidProblemError unless 1 ≤ images ≤ columns.

    >>> number_of_images(12, None), number_of_images(12, 3)
    (12, 3)
    """
    if images is None:
        return columns
    if not 1 <= images <= columns:
        raise InvalidProblemError(
            f"{images} images for {columns} columns: each image has at least one patch or use, a column each"
        )
    return images


def labels_of_patches(labels: Labels, patches: int) -> Labels:
    """Return the label of every patch, for columns that list the patches of the first image first.

    >>> labels_of_patches(np.array([1, 0]), 3)
    array([1, 1, 1, 0, 0, 0])
    """
    if patches < 1:
        raise InvalidProblemError(f"{patches} patches an image: there is at least 1")
    return np.repeat(labels, patches)


def check_refinement(clusters: Labels, classes: Labels) -> None:
    """Raise InvalidProblemError if a cluster mixes samples of different classes.

    >>> check_refinement(np.array([0, 1, 2]), np.array([0, 0, 1]))
    """
    if clusters.shape != classes.shape:
        raise InvalidProblemError(
            f"{clusters.size} clusters' labels and {classes.size} classes' labels: pass one each a sample"
        )
    for cluster in range(cluster_sizes(clusters, clusters.size).size):
        found = np.unique(classes[clusters == cluster])
        if found.size > 1:
            raise InvalidProblemError(
                f"cluster {cluster} mixes the classes {found[:4].tolist()}: a bound that is linear in the "
                "variation needs clusters within classes; split it, or use B0, B1, B2"
            )
