"""The reduction to one column a class, and cross-entropy in it.

Averaging the columns of a class keeps the convex fit from rising and no singular value rises, so the K × K
matrix M with columns √n_k · (mean logits of class k) is enough: it has the singular values of the K × N
logits. The reduction is exact for the optimum, for any class sizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from numerics.arrays import FloatArray
from theory.errors import InvalidProblemError


@dataclass(frozen=True)
class ClassMeans:
    """Class sizes n_k and the fit g(M) = Σ_k (n_k/N) · cross-entropy of column k of M/√n_k."""

    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise InvalidProblemError(f"class sizes {self.sizes}: give at least two, each at least 1")

    @property
    def classes(self) -> int:
        """K."""
        return len(self.sizes)

    @property
    def samples(self) -> int:
        """N."""
        return sum(self.sizes)

    @property
    def roots(self) -> FloatArray:
        """√n_k."""
        return np.sqrt(np.array(self.sizes, dtype=np.float64))

    @property
    def shares(self) -> FloatArray:
        """n_k/N."""
        return np.array(self.sizes, dtype=np.float64) / self.samples

    def fit_and_probabilities(self, means: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """g(M); the probabilities of wrong classes, zero on the diagonal; and their sums.

        Small probabilities keep their digits however large the margins are.
        """
        gaps = means / self.roots
        gaps -= np.diag(gaps).copy()  # z_j − z_k for the class k of the column
        peaks = np.maximum(gaps.max(axis=0), 0.0)
        weights = np.exp(gaps - peaks)
        np.fill_diagonal(weights, 0.0)
        own = np.exp(-peaks)
        wrong = weights.sum(axis=0)
        easy = peaks == 0.0
        losses = np.where(easy, np.log1p(wrong), peaks + np.log(own + wrong))
        return float(self.shares @ losses), weights / (own + wrong), wrong / (own + wrong)

    def fit_and_gradient(self, means: FloatArray) -> tuple[float, FloatArray]:
        """g(M) and its gradient in M."""
        fit, wrong, total = self.fit_and_probabilities(means)
        return fit, self.gradient_of(wrong, total)

    def gradient_of(self, wrong: FloatArray, total: FloatArray) -> FloatArray:
        """∇g from the probabilities: p − e_k in column k, times √n_k/N."""
        slope = wrong.copy()
        slope[np.diag_indices(self.classes)] = -total
        return slope * (self.shares / self.roots)

    @property
    def smoothness(self) -> float:
        """A Lipschitz constant of the gradient: half of max (n_k/N)/n_k."""
        return 0.5 / self.samples

    def conjugate(self, scale: float, wrong: FloatArray, total: FloatArray) -> float:
        """g*(c·∇g(M)) for 0 ≤ c ≤ 1: minus the mean entropy of (1−c)e_k + c·p_k, p the probabilities at M."""
        mixed = scale * wrong
        own = 1.0 - scale * total
        entropies = -_plogp(mixed).sum(axis=0) - _plogp(own, 1.0 - own)
        return -float(self.shares @ entropies)


def class_means(sizes: Sequence[int]) -> ClassMeans:
    """The reduction for class sizes; raises InvalidProblemError for fewer than two, or an empty class."""
    return ClassMeans(tuple(int(size) for size in sizes))


def _plogp(share: FloatArray, missing: FloatArray | None = None) -> FloatArray:
    """p log p with 0 log 0 = 0; from 1 − p where that is given, which keeps the digits near one."""
    if missing is not None:
        return share * np.log1p(-np.minimum(missing, 1.0 - 1e-300))
    return np.where(share > 0, share * np.log(np.where(share > 0, share, 1.0)), 0.0)
