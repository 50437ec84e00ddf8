"""The least of fit + (λF/2) Σσ_i(Z)^{2/F} over logits Z: where deep linear training can end.

Averaging the columns of a class lowers the convex fit and no singular value rises, so the K×K matrix Z̃ of
class columns times √n_k is enough: it has the singular values of the K×N logits. The minimum is sought from
several starts by L-BFGS on F balanced K×K factors of Z̃, where the problem is smooth; F = 2 is convex in Z,
for F ≥ 3 the result is the best point found, an upper bound of the minimum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray
from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import chain_product
from theory.errors import InvalidProblemError
from theory.tolerances import CLOSED_FORM, NUMERICAL_RANK

ITERATIONS: Final = 1_500


@dataclass(frozen=True)
class LogitOptimum:
    """The best point found.

    Parameters
    ----------
    code: K×K, one column of logits for each class.
    singular_values: of the K×N logits, largest first.
    loss: fit + (λF/2) Σσ^{2/F}, evaluated at the product itself; log K at zero.
    gradient: largest entry of the gradient in the factors where the search stopped.
    """

    code: FloatArray
    singular_values: FloatArray
    loss: float
    gradient: float

    @property
    def rank(self) -> int:
        """Singular values above the reported-rank threshold."""
        top = float(self.singular_values[0])
        return int(np.count_nonzero(self.singular_values > NUMERICAL_RANK * top)) if top > 0 else 0


def fit_and_gradient(weighted: FloatArray, sizes: FloatArray) -> tuple[float, FloatArray]:
    """Mean cross-entropy of the class columns Z̃/√n_k, and its gradient in Z̃."""
    roots = np.sqrt(sizes)
    logits = weighted / roots
    top = logits.max(axis=0)
    exponentials = np.exp(logits - top)
    totals = exponentials.sum(axis=0)
    shares = sizes / sizes.sum()
    fit = float(shares @ (top + np.log(totals) - np.diag(logits)))
    gradient = (exponentials / totals - np.eye(len(sizes))) * (shares / roots)
    return fit, gradient


def logit_loss(weighted: FloatArray, sizes: FloatArray, factors: int, weight_decay: float) -> float:
    """fit + (λF/2) Σσ_i(Z̃)^{2/F}."""
    values = np.linalg.svd(weighted, compute_uv=False)
    cost = float(np.sum(values ** (2 / factors)))
    return fit_and_gradient(weighted, sizes)[0] + 0.5 * weight_decay * factors * cost


def descend_from(
    start: FloatArray, sizes: Sequence[int], *, factors: int, weight_decay: float
) -> LogitOptimum:
    """The local minimum reached from the K×K class columns `start`.

    >>> end = descend_from(np.eye(2), [1, 1], factors=2, weight_decay=0.1)
    >>> round(float(end.code[0, 0] - end.code[1, 0]), 5)  # log 9
    2.19722
    """
    weights = np.asarray(sizes, dtype=np.float64)
    classes = weights.size
    chain = balanced_factors(np.asarray(start) * np.sqrt(weights), factors=factors, width=classes)
    shape = (factors, classes, classes)

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        matrices = flat.reshape(shape)
        before = [np.eye(classes)]  # products of the factors on the input side of each
        for matrix in matrices[:-1]:
            before.append(matrix @ before[-1])
        fit, back = fit_and_gradient(matrices[-1] @ before[-1], weights)
        gradient = weight_decay * matrices
        for index in range(factors - 1, -1, -1):
            gradient[index] += back @ before[index].T
            back = matrices[index].T @ back
        return fit + 0.5 * weight_decay * float(np.sum(matrices**2)), gradient.ravel()

    options = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "ftol": 0.0, "gtol": 1e-12, "maxcor": 30}
    found = cast(
        Any,
        optimize.minimize(objective, np.concatenate([matrix.ravel() for matrix in chain]), jac=True,
                          method="L-BFGS-B", options=options),
    )  # fmt: skip
    product = chain_product(list(found.x.reshape(shape)))
    gradient = float(np.max(np.abs(objective(found.x)[1])))
    return _result(product, weights, factors, weight_decay, gradient)


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


def _result(
    product: FloatArray, weights: FloatArray, factors: int, weight_decay: float, gradient: float
) -> LogitOptimum:
    """Values below the reported-rank threshold are left-overs of vanishing factors: cut where that pays."""
    left, values, right = np.linalg.svd(product)
    kept = np.where(values > NUMERICAL_RANK * values[0], values, 0.0)
    cleaned = (left * kept) @ right
    exact = fit_and_gradient(cleaned, weights)[0] + 0.5 * weight_decay * factors * float(
        np.sum(kept[kept > 0] ** (2 / factors))
    )
    if exact <= logit_loss(product, weights, factors, weight_decay):
        return LogitOptimum(cleaned / np.sqrt(weights), kept, exact, gradient)
    loss = logit_loss(product, weights, factors, weight_decay)
    return LogitOptimum(product / np.sqrt(weights), values, loss, gradient)


def logit_optimum(
    starts: Sequence[FloatArray], sizes: Sequence[int], *, factors: int, weight_decay: float
) -> LogitOptimum:
    """The best of the local minima reached from the starts, and of zero.

    Raises InvalidProblemError without a start.
    """
    if not len(starts):
        raise InvalidProblemError("no start: give at least one K×K matrix")
    found = [descend_from(start, sizes, factors=factors, weight_decay=weight_decay) for start in starts]
    classes = len(sizes)
    zero = LogitOptimum(np.zeros((classes, classes)), np.zeros(classes), float(np.log(classes)), 0.0)
    best = min(found, key=lambda point: point.loss)
    return best if best.loss < zero.loss * (1 - CLOSED_FORM) else zero
