"""Arrays at the border: what comes in is checked once, copied, and made contiguous float64."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import InvalidProblemError

FloatArray: TypeAlias = NDArray[np.float64]
IntegerArray: TypeAlias = NDArray[np.int64]


def real_array(value: ArrayLike, name: str) -> FloatArray:
    """Return a contiguous float64 copy of real numbers, infinities and NaN among them as they are.

    Raises
    ------
    InvalidProblemError
        If the value is not made of real numbers, or ragged.

    Examples
    --------
    >>> real_array([1, 2], "shares")
    array([1., 2.])
    """
    try:
        if np.iscomplexobj(value):
            raise TypeError("its entries are complex")
        return np.array(value, dtype=np.float64, order="C")
    except (TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise InvalidProblemError(
            f"{name} is not a real matrix, vector or number ({reason}): pass an array"
        ) from error


def finite_matrix(value: ArrayLike, name: str) -> FloatArray:
    """Return a contiguous float64 copy of a finite, non-empty matrix.

    The copy is writable, so that a compiled kernel always sees one and the same array type.

    Raises
    ------
    InvalidProblemError
        If the value is not a real matrix, is empty, or has a NaN or an infinity.

    Examples
    --------
    >>> finite_matrix([[1, 2]], "targets")
    array([[1., 2.]])
    """
    matrix = real_array(value, name)
    if matrix.ndim != 2 or matrix.size == 0:
        raise InvalidProblemError(f"{name} has shape {matrix.shape}: pass a non-empty 2-d array")
    if not np.isfinite(matrix).all():
        count = int(np.count_nonzero(~np.isfinite(matrix)))
        raise InvalidProblemError(f"{name} has {count} entries that are NaN or infinite: remove them first")
    return matrix


def class_labels(value: ArrayLike, samples: int, classes: int | None = None) -> IntegerArray:
    """Return labels as int64, checked against the number of samples and, where given, of classes.

    Raises
    ------
    InvalidProblemError
        If the labels are not integers, of another length, negative, or not below `classes`.

    Examples
    --------
    >>> class_labels([0, 1, 1], samples=3, classes=2)
    array([0, 1, 1])
    """
    labels = np.asarray(value)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise InvalidProblemError(
            f"labels have shape {labels.shape} and type {labels.dtype}: pass a list of integers"
        )
    if labels.size != samples:
        raise InvalidProblemError(f"{labels.size} labels for {samples} samples: pass one label per column")
    if labels.min() < 0 or (classes is not None and labels.max() >= classes):
        limit = "" if classes is None else f" and below {classes}"
        raise InvalidProblemError(
            f"labels run from {labels.min()} to {labels.max()}: they must be at least 0{limit}"
        )
    return labels.astype(np.int64)


def every_class(labels: IntegerArray, classes: int) -> IntegerArray:
    """Return the labels if each of the classes has a sample.

    Raises
    ------
    InvalidProblemError
        If some class has none: its logits would fall without end, or say nothing.

    Examples
    --------
    >>> every_class(np.array([1, 0]), 2)
    array([1, 0])
    """
    empty = np.flatnonzero(np.bincount(labels, minlength=classes) == 0)
    if empty.size:
        raise InvalidProblemError(
            f"class {empty[0]} has no sample ({empty.size} of {classes} classes have none): "
            "drop it, or add samples"
        )
    return labels


def one_hot(labels: IntegerArray, classes: int) -> FloatArray:
    """Return the classes × N matrix whose columns are the labels' unit vectors.

    Examples
    --------
    >>> one_hot(np.array([1, 0]), 2)
    array([[0., 1.],
           [1., 0.]])
    """
    return np.ascontiguousarray(np.eye(classes)[:, labels])


def decay_of_each(weight_decays: float | Sequence[float] | FloatArray, count: int) -> FloatArray:
    """Return one non-negative weight decay per matrix, from a number or a sequence.

    Raises
    ------
    InvalidProblemError
        If there are not `count` of them, or one is negative or not finite.

    Examples
    --------
    >>> decay_of_each(0.5, 2)
    array([0.5, 0.5])
    """
    decays = np.array(weight_decays, dtype=np.float64)
    if decays.ndim == 0:
        decays = np.full(count, float(decays))
    if decays.shape != (count,):
        raise InvalidProblemError(
            f"weight decays of shape {decays.shape} for {count} matrices: pass one number, or one each"
        )
    if not (np.isfinite(decays).all() and (decays >= 0).all()):
        raise InvalidProblemError(f"weight decays {decays.tolist()} must be finite and at least 0")
    return decays


def centred(matrix: FloatArray) -> FloatArray:
    """Return the matrix less the mean of its columns (columns are samples).

    Examples
    --------
    >>> centred(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]])
    """
    return matrix - matrix.mean(axis=1, keepdims=True)
