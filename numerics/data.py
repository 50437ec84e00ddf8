"""Small bundled data sets, and targets of a chosen rank. Columns are samples."""

from typing import Any, cast

import numpy as np

from numerics.arrays import FloatArray, IntegerArray, centred
from theory.errors import InvalidProblemError


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


def linnerud_targets() -> FloatArray:
    """Return the three physiological targets of Linnerud's data, centred, of unit variance: 3 × 20.

    Examples
    --------
    >>> linnerud_targets().shape
    (3, 20)
    """
    from sklearn.datasets import load_linnerud

    targets = centred(np.ascontiguousarray(cast(Any, load_linnerud()).target.T, dtype=np.float64))
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
