"""Small bundled data sets, splits to train and test on, and targets of a chosen rank. Columns are samples.

Wine, diabetes and linnerud come in their own units: `split` standardises them by the training part alone.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import numpy as np

from numerics.arrays import FloatArray, IntegerArray, centred
from theory.errors import InvalidProblemError

Answers = TypeVar("Answers", FloatArray, IntegerArray)


def digits() -> tuple[FloatArray, IntegerArray]:
    """Return scikit-learn's 8 × 8 digits: a 64 × 1797 matrix scaled to [0, 1], and 1797 labels.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, float(images.max()), labels[:3].tolist()
    ((64, 1797), 1.0, [0, 1, 2])
    """
    from sklearn.datasets import load_digits

    bunch = cast(Any, load_digits())
    images = np.ascontiguousarray(bunch.data.T, dtype=np.float64) / 16.0
    return images, np.asarray(bunch.target, dtype=np.int64)


def wine() -> tuple[FloatArray, IntegerArray]:
    """Return scikit-learn's wine data: a 13 × 178 matrix of measurements and 178 labels of 3 cultivars.

    Examples
    --------
    >>> measurements, labels = wine()
    >>> measurements.shape, np.bincount(labels).tolist()
    ((13, 178), [59, 71, 48])
    """
    from sklearn.datasets import load_wine

    bunch = cast(Any, load_wine())
    return _columns(bunch.data), np.asarray(bunch.target, dtype=np.int64)


def diabetes() -> tuple[FloatArray, FloatArray]:
    """Return scikit-learn's diabetes data: 10 × 442 measurements, unscaled, and the 1 × 442 progression.

    Examples
    --------
    >>> measurements, progression = diabetes()
    >>> measurements.shape, progression.shape
    ((10, 442), (1, 442))
    """
    from sklearn.datasets import load_diabetes

    bunch = cast(Any, load_diabetes(scaled=False))
    return _columns(bunch.data), _columns(bunch.target[:, None])


def linnerud() -> tuple[FloatArray, FloatArray]:
    """Return scikit-learn's linnerud data: 3 × 20 exercises and 3 × 20 physiological targets.

    Examples
    --------
    >>> exercises, physiology = linnerud()
    >>> exercises.shape, physiology.shape
    ((3, 20), (3, 20))
    """
    from sklearn.datasets import load_linnerud

    bunch = cast(Any, load_linnerud())
    return _columns(bunch.data), _columns(bunch.target)


@dataclass(frozen=True, eq=False)
class Split(Generic[Answers]):
    """One part of a data set to train on, and the rest to test on; columns are samples."""

    training_inputs: FloatArray
    training_answers: Answers
    test_inputs: FloatArray
    test_answers: Answers


def split(
    inputs: FloatArray,
    answers: Answers,
    *,
    test_share: float,
    rng: np.random.Generator,
    standardise: bool = False,
) -> Split[Answers]:
    """Return a random split; labels keep their shares of the classes in both parts, up to one sample a class.

    With `standardise` each row of the inputs, and of targets, has mean 0 and variance 1 over the training
    part; the test part is moved and scaled with it, so that nothing of it is seen.

    Raises
    ------
    InvalidProblemError
        If a part would be empty, a class would have no training sample, or a row to be standardised is
        constant over the training part.

    Examples
    --------
    >>> measurements, labels = wine()
    >>> parts = split(measurements, labels, test_share=0.25, rng=np.random.default_rng(0), standardise=True)
    >>> parts.training_inputs.shape, np.bincount(parts.test_answers).tolist()
    ((13, 133), [15, 18, 12])
    """
    samples = inputs.shape[1]
    if answers.shape[-1] != samples:
        raise InvalidProblemError(f"{answers.shape[-1]} answers for {samples} samples: pass one a sample")
    labelled = answers.ndim == 1
    groups = [np.flatnonzero(answers == label) for label in np.unique(answers)] if labelled else []
    test = np.sort(
        np.concatenate([_drawn(group, test_share, rng) for group in groups or [np.arange(samples)]])
    )
    training = np.setdiff1d(np.arange(samples), test)
    if not test.size:
        raise InvalidProblemError(f"a test share of {test_share} leaves no test sample: raise it")
    before, after = inputs[:, training], inputs[:, test]
    learnt, asked = answers[..., training], answers[..., test]
    if standardise:
        before, after = _standardised(before, after)
        if not labelled:
            learnt, asked = _standardised(learnt.astype(np.float64), asked.astype(np.float64))
    return Split(before, cast(Answers, learnt), after, cast(Answers, asked))


def _drawn(group: IntegerArray, share: float, rng: np.random.Generator) -> IntegerArray:
    if not 0 < share < 1 or round(share * group.size) == group.size:
        raise InvalidProblemError(
            f"a test share of {share} of {group.size} samples leaves none to train on, or is not between 0 "
            "and 1: try 0.25"
        )
    return rng.permutation(group)[: round(share * group.size)]


def _standardised(training: FloatArray, test: FloatArray) -> tuple[FloatArray, FloatArray]:
    means, deviations = training.mean(axis=1, keepdims=True), training.std(axis=1, keepdims=True)
    if (deviations == 0).any():
        constant = int(np.argmin(deviations))
        raise InvalidProblemError(f"row {constant} is constant over the training part: leave it out")
    return (training - means) / deviations, (test - means) / deviations


def _columns(rows: Any) -> FloatArray:
    return np.ascontiguousarray(np.asarray(rows, dtype=np.float64).T)


def linnerud_targets() -> FloatArray:
    """Return the three physiological targets of Linnerud's data, centred, of unit variance: 3 × 20.

    Examples
    --------
    >>> linnerud_targets().shape
    (3, 20)
    """
    targets = centred(linnerud()[1])
    return targets / targets.std(axis=1, keepdims=True)


def low_rank_targets(targets: int, samples: int, rank: int, rng: np.random.Generator) -> FloatArray:
    """Return a centred Gaussian targets × samples matrix of that rank, its mean squared entry one.

    Raises
    ------
    InvalidProblemError
        If the rank is not between 1 and min(targets, samples − 1).

    Examples
    --------
    >>> int(np.linalg.matrix_rank(low_rank_targets(5, 20, 2, np.random.default_rng(0))))
    2
    """
    if not 1 <= rank <= min(targets, samples - 1):
        raise InvalidProblemError(
            f"rank {rank} is not between 1 and min(targets, samples − 1) = {min(targets, samples - 1)}"
        )
    product = rng.standard_normal((targets, rank)) @ centred(rng.standard_normal((rank, samples)))
    return product / np.sqrt(np.mean(product**2))
