"""Any number of factors: local minima of g(M) + (λF/2) Σσ_i^{2/F}, from many starts.

L-BFGS on F balanced K × K factors, where the problem is smooth, comes near a minimum fast; proximal steps on
M itself finish it, with singular values that are exactly zero where they have to be. The penalty is concave
in each singular value for F ≥ 3: every start's end is one local minimum, and the best of them bounds the
minimum from above. (F = 2 is convex: see `numerics.optimum.convex` for an enclosure.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray
from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import chain_product
from numerics.optimum.class_means import ClassMeans, class_means
from numerics.optimum.proximal_kernels import descend_proximally, shrink
from theory.errors import InvalidProblemError
from theory.tolerances import NUMERICAL_RANK

ITERATIONS: Final = 1_500
POLISHING: Final = 500
STILL: Final = 1e-13
"""A proximal step that moves M by less than this fraction of its size ends the polishing."""


@dataclass(frozen=True)
class LocalOptimum:
    """A local minimum, as good as the last proximal step was still.

    Parameters
    ----------
    code: K × K, one column of logits for each class.
    singular_values: of the K × N logits, largest first, exact zeros included.
    loss: g + (λF/2)Σσ^{2/F}; log K at zero.
    last_move: relative size of the last proximal step.
    """

    code: FloatArray
    singular_values: FloatArray
    loss: float
    last_move: float

    @property
    def rank(self) -> int:
        """Number of singular values that the proximal map left above zero."""
        return int(np.count_nonzero(self.singular_values))


def shrunk_values(values: FloatArray, amount: float, power: float) -> FloatArray:
    """argmin over s ≥ 0 of ½(s − x)² + c·s^p for every x ≥ 0, with c = amount and 0 < p ≤ 1.

    Zero up to the threshold where both minima tie: s̄ = (2c(1−p))^{1/(2−p)}, x̄ = s̄ + c·p·s̄^{p−1}.

    >>> shrunk_values(np.array([1.0, 2.0]), 0.5, 2 / 3).round(6).tolist()
    [0.606125, 1.721894]
    """
    result = np.array(values, dtype=np.float64)
    shrink(result, float(amount), float(power))
    return result


def local_optimum(
    problem: ClassMeans, start: FloatArray, *, factors: int, weight_decay: float
) -> LocalOptimum:
    """The local minimum reached from the K × K code `start`.

    Raises InvalidProblemError unless λ > 0, F ≥ 2 and the start is K × K and finite.

    >>> end = local_optimum(class_means([1, 1]), np.eye(2), factors=2, weight_decay=0.1)
    >>> round(float(end.code[0, 0] - end.code[1, 0]), 5)  # log 9
    2.19722
    """
    code = _checked(problem, start, factors, weight_decay)
    near = _descended(problem, code * problem.roots, factors, weight_decay)
    # Left-overs of vanishing factors: the penalty's slope at zero is infinite, and their limit is zero.
    left, values, right = np.linalg.svd(near)
    values[values <= NUMERICAL_RANK * values[0]] = 0.0
    near = (left * values) @ right
    power, weight = 2.0 / factors, 0.5 * weight_decay * factors
    loss = problem.fit_and_gradient(near)[0] + weight * float(np.sum(values[values > 0] ** power))
    means, kept, loss, move, _ = descend_proximally(
        near, loss, problem.roots, problem.shares, 1.0 / problem.smoothness, weight, power, STILL, POLISHING
    )
    return LocalOptimum(means / problem.roots, np.sort(kept)[::-1], float(loss), float(move))


def logit_optimum(
    starts: Sequence[FloatArray], sizes: Sequence[int], *, factors: int, weight_decay: float
) -> LocalOptimum:
    """The best of the local minima reached from the starts, and of zero.

    Raises InvalidProblemError without a start.
    """
    if not len(starts):
        raise InvalidProblemError("no start: give at least one K×K matrix")
    problem = class_means(sizes)
    found = [local_optimum(problem, start, factors=factors, weight_decay=weight_decay) for start in starts]
    classes = problem.classes
    zero = LocalOptimum(np.zeros((classes, classes)), np.zeros(classes), float(np.log(classes)), 0.0)
    return min([*found, zero], key=lambda point: point.loss)


def spherical_starts(
    classes: int, ranks: Sequence[int], *, scale: float, rng: np.random.Generator
) -> list[FloatArray]:
    """Gram matrices of random unit vectors, one of each rank, times a scale: starts that serve every class.

    >>> start = spherical_starts(5, [2], scale=9.0, rng=np.random.default_rng(0))[0]
    >>> start.shape, int(np.linalg.matrix_rank(start)), float(np.trace(start).round(9))
    ((5, 5), 2, 45.0)
    """
    starts: list[FloatArray] = []
    for rank in ranks:
        vectors = rng.standard_normal((rank, classes))
        vectors /= np.linalg.norm(vectors, axis=0)
        starts.append(scale * (vectors.T @ vectors))
    return starts


def _descended(problem: ClassMeans, means: FloatArray, factors: int, weight_decay: float) -> FloatArray:
    """The product that L-BFGS reaches on balanced factors of the class means."""
    classes = problem.classes
    chain = balanced_factors(means, factors=factors, width=classes)
    shape = (factors, classes, classes)

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        matrices = flat.reshape(shape)
        before = [np.eye(classes)]  # products of the factors on the input side of each
        for matrix in matrices[:-1]:
            before.append(matrix @ before[-1])
        fit, back = problem.fit_and_gradient(matrices[-1] @ before[-1])
        gradient = weight_decay * matrices
        for index in range(factors - 1, -1, -1):
            gradient[index] += back @ before[index].T
            back = matrices[index].T @ back
        return fit + 0.5 * weight_decay * float(np.sum(matrices**2)), gradient.ravel()

    options = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "ftol": 0.0, "gtol": 1e-12, "maxcor": 30}
    first = np.concatenate([matrix.ravel() for matrix in chain])
    found = optimize.minimize(objective, first, jac=True, method="L-BFGS-B", options=options)
    return chain_product(list(cast(Any, found).x.reshape(shape)))


def _checked(problem: ClassMeans, start: FloatArray, factors: int, weight_decay: float) -> FloatArray:
    if not (0 < weight_decay < np.inf and factors >= 2):
        raise InvalidProblemError(f"weight decay {weight_decay} must be positive, factors {factors} ≥ 2")
    code = np.array(start, dtype=np.float64)
    if code.shape != (problem.classes,) * 2 or not np.isfinite(code).all():
        raise InvalidProblemError(f"a start must be a finite {problem.classes}×{problem.classes} matrix")
    return code
