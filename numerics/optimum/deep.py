"""Three factors or more: g(M) + (λF/2) Σσ_i^{2/F} by proximal steps from many starts.

The penalty is concave in each singular value, so there are many local minima: every start's end is one, and
the best of them bounds the minimum from above. The proximal map is exact: a singular value either drops to
zero or goes to the larger root of s + c·p·s^{p−1} = x, p = 2/F.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.optimum.class_means import ClassMeans
from numerics.optimum.deep_kernels import descend_proximally, shrink
from theory.errors import InvalidProblemError

ITERATIONS: Final = 20_000
STILL: Final = 1e-12
"""A step that moves M by less than this fraction of its size ends a run."""


@dataclass(frozen=True)
class LocalOptimum:
    """A local minimum: class means, singular values, loss, and how still the last step was."""

    means: FloatArray
    singular_values: FloatArray
    loss: float
    last_move: float
    iterations: int

    @property
    def rank(self) -> int:
        """Number of singular values that the proximal map left above zero."""
        return int(np.count_nonzero(self.singular_values))


def shrunk_values(values: FloatArray, amount: float, power: float) -> FloatArray:
    """argmin over s ≥ 0 of ½(s − x)² + c·s^p for every x ≥ 0, with c = amount and 0 < p < 1.

    Zero up to the threshold where both minima tie: s̄ = (2c(1−p))^{1/(2−p)}, x̄ = s̄ + c·p·s̄^{p−1}.

    >>> shrunk_values(np.array([1.0, 2.0]), 0.5, 2 / 3).round(6).tolist()
    [0.606125, 1.721894]
    """
    result = np.array(values, dtype=np.float64)
    shrink(result, float(amount), float(power))
    return result


def local_optimum(
    problem: ClassMeans,
    weight_decay: float,
    factors: int,
    start: FloatArray,
    *,
    max_iterations: int = ITERATIONS,
) -> LocalOptimum:
    """The local minimum that accelerated proximal steps reach from a K × K start; the loss never rises.

    Raises InvalidProblemError unless λ > 0, F ≥ 3 and the start is K × K and finite.

    >>> from numerics.optimum.class_means import class_means
    >>> found = local_optimum(class_means([1, 1]), 0.05, 3, 3 * (np.eye(2) - 0.5))
    >>> found.rank, round(found.loss, 6)
    (1, 0.202395)
    """
    current = _checked(problem, weight_decay, factors, start)
    power, weight = 2.0 / factors, 0.5 * weight_decay * factors
    values = np.linalg.svd(current, compute_uv=False)
    loss = problem.fit_and_gradient(current)[0] + weight * float(np.sum(values[values > 0] ** power))
    means, kept, loss, move, iterations = descend_proximally(
        current,
        loss,
        problem.roots,
        problem.shares,
        1.0 / problem.smoothness,
        weight,
        power,
        STILL,
        max_iterations,
    )
    return LocalOptimum(means, np.sort(kept)[::-1], float(loss), float(move), int(iterations))


def best_local_optimum(
    problem: ClassMeans, weight_decay: float, factors: int, starts: Sequence[FloatArray]
) -> LocalOptimum:
    """The best of the local minima from the starts, and of zero: an upper bound of the minimum."""
    zero = LocalOptimum(
        np.zeros((problem.classes, problem.classes)),
        np.zeros(problem.classes),
        float(np.log(problem.classes)),
        0.0,
        0,
    )
    found = [local_optimum(problem, weight_decay, factors, start) for start in starts]
    return min([*found, zero], key=lambda point: point.loss)


def random_starts(
    problem: ClassMeans, ranks: Sequence[int], *, scale: float, rng: np.random.Generator
) -> list[FloatArray]:
    """Gram matrices of random unit vectors, one start of each rank, times scale·√n_k: all classes served."""
    starts: list[FloatArray] = []
    for rank in ranks:
        vectors = rng.standard_normal((rank, problem.classes))
        vectors /= np.linalg.norm(vectors, axis=0)
        starts.append(scale * (vectors.T @ vectors) * problem.roots)
    return starts


def _checked(problem: ClassMeans, weight_decay: float, factors: int, start: FloatArray) -> FloatArray:
    if not (0 < weight_decay < np.inf and factors >= 3):
        raise InvalidProblemError(f"weight decay {weight_decay} must be positive, factors {factors} ≥ 3")
    current = np.array(start, dtype=np.float64)
    if current.shape != (problem.classes,) * 2 or not np.isfinite(current).all():
        raise InvalidProblemError(f"a start must be a finite {problem.classes}×{problem.classes} matrix")
    return current
