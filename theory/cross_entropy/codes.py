"""Codes: the K×K matrices X whose columns are the logits of each class, up to a scale.

Logits Z = αX repeat column k for each of the n_k samples of class k. A margin of X is X_kk − X_ik with
i ≠ k; X is diagonally superior when every margin is positive. Entries may be ints, Fractions or floats:
margins keep the type, losses are floats.

Margins and superiority as in 2410.23169, Theorem 2.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

Code = Sequence[Sequence[Any]] | NDArray[np.float64]
"""K rows of K numbers."""


def require_square(code: Code, sizes: Sequence[int]) -> None:
    """Raise InvalidProblemError unless the code is K×K with one positive size for each class, K ≥ 2."""
    classes = len(code)
    if classes < 2 or any(len(row) != classes for row in code):
        raise InvalidProblemError(f"a code of {classes} rows is not square with K ≥ 2: give K rows of K")
    if len(sizes) != classes or any(int(size) != size or size < 1 for size in sizes):
        raise InvalidProblemError(
            f"class sizes {list(sizes)} do not fit {classes} classes: give one ≥ 1 each"
        )


def class_margins(code: Code) -> list[list[Any]]:
    """Margins of each class: for column k the K − 1 numbers X_kk − X_ik.

    >>> class_margins([[1, -1], [-2, 3]])
    [[3], [4]]
    """
    classes = range(len(code))
    return [[code[k][k] - code[i][k] for i in classes if i != k] for k in classes]


def least_margin(code: Code) -> Any:
    """The smallest margin; positive exactly for a diagonally superior code."""
    return min(min(margins) for margins in class_margins(code))


def mean_margin(code: Code, sizes: Sequence[int]) -> Any:
    """The mean margin over samples and wrong classes: Σ_k (n_k/N) Σ_{i≠k}(X_kk − X_ik)/(K − 1).

    >>> from fractions import Fraction
    >>> mean_margin([[Fraction(1), -1], [0, 3]], [1, 3])
    Fraction(13, 4)
    """
    weighted = sum(size * sum(margins) for size, margins in zip(sizes, class_margins(code), strict=True))
    return weighted / (sum(sizes) * (len(code) - 1))


def weighted_code(code: Code, sizes: Sequence[int]) -> NDArray[np.float64]:
    """X·diag(√n_k): it has the singular values of the K×N logits."""
    require_square(code, sizes)
    return np.asarray(code, dtype=np.float64) * np.sqrt(np.asarray(sizes, dtype=np.float64))


def singular_values(code: Code, sizes: Sequence[int], rank: int) -> NDArray[np.float64]:
    """The `rank` largest singular values of the K×N logits at scale one."""
    values = np.linalg.svd(weighted_code(code, sizes), compute_uv=False)[:rank]
    return np.asarray(values, dtype=np.float64)


def code_fit(code: Code, scale: float, sizes: Sequence[int]) -> float:
    """Mean cross-entropy of the logits αX over all samples: Σ_k (n_k/N) log(1 + Σ_{i≠k} e^{−α·margin}).

    >>> round(code_fit([[1, 0], [0, 1]], 0.0, [1, 1]), 6)
    0.693147
    """
    margins = scale * np.asarray(class_margins(code), dtype=np.float64)
    columns = np.logaddexp(0.0, np.logaddexp.reduce(-margins, axis=1))
    return float(np.average(columns, weights=np.asarray(sizes, dtype=np.float64)))


def code_loss(
    code: Code, scale: float, sizes: Sequence[int], *, rank: int, factors: int, weight_decay: float
) -> float:
    """ℒ(αX) = fit + (λF/2) Σσ_i^{2/F}: the loss of balanced factors of the logits αX.

    `rank` is the rank of X: that many singular values count, so that rounding does not add any.

    >>> loss = code_loss([[1, -1], [-1, 1]], 1.0, [1, 1], rank=1, factors=2, weight_decay=0.1)
    >>> round(loss, 6)  # log(1 + e^{−2}) + 0.1·2
    0.326928
    """
    values = singular_values(code, sizes, rank) * scale
    penalty = 0.5 * weight_decay * factors * float(np.sum(values ** (2 / factors)))
    return code_fit(code, scale, sizes) + penalty


def simplex_code(classes: int) -> NDArray[np.float64]:
    """I − 11ᵀ/K: collapse."""
    return np.eye(classes) - 1 / classes


def paired_code(classes: int) -> NDArray[np.float64]:
    """P = blockdiag([[1, −1], [−1, 1]], …); a last class of an odd K stands alone with a 1."""
    code = np.eye(classes)
    for first in range(0, classes - 1, 2):
        code[first, first + 1] = code[first + 1, first] = -1.0
    return code


def polygon_code(classes: int) -> NDArray[np.float64]:
    """cos(2π(i−j)/K): the regular polygon, rank two for K ≥ 3."""
    steps = np.arange(classes)
    return np.cos(2 * np.pi * (steps[:, None] - steps) / classes)
