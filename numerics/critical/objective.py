"""What a critical point is a point of: loss, gradient and exact Hessian products in one flat vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, decay_of_each
from numerics.critical.fit_term import Fit, FitTerm
from numerics.critical.symmetry import orbit_dimension, tangent_vectors
from numerics.descent.chain_workspace import checked_chain, checked_targets, one_hot_targets


class Objective(Protocol):
    """A twice differentiable function of a flat vector."""

    @property
    def decay_norm(self) -> float:
        """A typical size of the gradient's parts where nothing balances."""
        ...

    def loss_and_gradient(self, point: FloatArray) -> tuple[float, FloatArray]:
        """The loss at a point and its gradient there."""
        ...

    def curvature(self, point: FloatArray) -> "HessianProduct":
        """The Hessian at a point, ready to be applied to directions."""
        ...

    def symmetry_dimension(self, point: FloatArray) -> int:
        """The dimension of what `flat_directions` spans."""
        ...

    def flat_directions(self, point: FloatArray) -> FloatArray:
        """Directions in which the loss is known to be constant, one a row, in any number."""
        ...

    def roughness(self, point: FloatArray) -> str:
        """Why the loss is not twice differentiable at the point; empty where it is."""
        ...


class HessianProduct(Protocol):
    """A symmetric matrix known by its products."""

    def __call__(self, direction: FloatArray) -> FloatArray:
        """The Hessian times a direction."""
        ...


@dataclass(frozen=True)
class ChainObjective:
    """g(A_F⋯A_1) + Σ_j (λ_j/2)‖A_j‖² of the deep linear unconstrained features model.

    Parameters
    ----------
    shapes: of the factors from the input side, features first.
    targets: K × N; one-hot columns for the cross-entropy.
    decays: λ_j, one a factor.
    fit: mean cross-entropy over the columns, or (1/2N)‖Z − Y‖², with the best bias where it is free.

    Coordinates are the entries of the factors, row by row, in their order. Everything is evaluated from
    the output side, with matrices of K rows.
    """

    shapes: tuple[tuple[int, int], ...]
    targets: FloatArray
    decays: FloatArray
    fit: Fit = "cross-entropy"

    @property
    def decay_norm(self) -> float:
        """The largest λ_j; 1 without weight decay."""
        largest = float(self.decays.max())
        return largest if largest > 0 else 1.0

    def split(self, flat: FloatArray) -> list[FloatArray]:
        """The factors as views of a flat vector."""
        ends = np.cumsum([0, *[rows * columns for rows, columns in self.shapes]])
        return [flat[a:b].reshape(shape) for (a, b), shape in zip(pairwise(ends), self.shapes, strict=True)]

    def loss_and_gradient(self, point: FloatArray) -> tuple[float, FloatArray]:
        """The objective and its gradient."""
        factors = self.split(point)
        partials = _partial_products(factors)
        loss, residual = self._term.value_and_slope(partials[0] @ factors[0])
        gradient = np.empty_like(point)
        back = residual
        for part, partial, factor, decay in zip(
            self.split(gradient), partials, factors, self.decays, strict=True
        ):
            part[...] = partial.T @ back + decay * factor
            back = back @ factor.T
            loss += 0.5 * float(decay) * float(np.vdot(factor, factor))
        return loss, gradient

    def curvature(self, point: FloatArray) -> HessianProduct:
        """The Hessian at a point, exact up to rounding: two passes for each direction."""
        factors = [factor.copy() for factor in self.split(point)]
        partials = _partial_products(factors)
        outputs = partials[0] @ factors[0]
        _, residual = self._term.value_and_slope(outputs)
        backs = [residual]
        for factor in factors[:-1]:
            backs.append(backs[-1] @ factor.T)
        turn = self._term.curvature(outputs)

        def product(direction: FloatArray) -> FloatArray:
            moves = self.split(np.asarray(direction, dtype=np.float64).ravel())
            tangents = [np.zeros_like(partials[-1])]  # of the partial products, from the output side
            for partial, factor, move in zip(partials[:0:-1], factors[:0:-1], moves[:0:-1], strict=True):
                tangents.append(tangents[-1] @ factor + partial @ move)
            tangents.reverse()
            turned = turn(tangents[0] @ factors[0] + partials[0] @ moves[0])
            result = np.empty_like(point)
            for j, part in enumerate(self.split(result)):
                part[...] = tangents[j].T @ backs[j] + partials[j].T @ turned + self.decays[j] * moves[j]
                if j + 1 < len(factors):
                    turned = turned @ factors[j].T + backs[j] @ moves[j].T
            return result

        return product

    def symmetry_dimension(self, point: FloatArray) -> int:
        """Of the orbit of inner rotations."""
        return orbit_dimension(self.split(point))

    def flat_directions(self, point: FloatArray) -> FloatArray:
        """The tangent vectors of that orbit."""
        return tangent_vectors(self.split(point))

    def roughness(self, point: FloatArray) -> str:
        """Nothing: the loss is smooth everywhere."""
        return ""

    @property
    def _term(self) -> FitTerm:
        return FitTerm(self.targets, self.fit)


def cross_entropy_chain(
    factors: Sequence[ArrayLike], labels: ArrayLike, weight_decays: float | Sequence[float]
) -> tuple[ChainObjective, FloatArray]:
    """The objective of a chain with cross-entropy, and the point that its factors are.

    Raises
    ------
    InvalidProblemError
        If shapes do not chain, or labels or decays are out of range.

    Examples
    --------
    >>> objective, point = cross_entropy_chain([np.eye(2), np.eye(2)], [0, 1], 0.1)
    >>> round(objective.loss_and_gradient(point)[0], 6)  # log(1 + 1/e) + 0.2
    0.513262
    """
    matrices = checked_chain(factors)
    return _chain(matrices, one_hot_targets(labels, matrices), weight_decays, "cross-entropy")


def squared_loss_chain(
    factors: Sequence[ArrayLike],
    targets: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    free_bias: bool = False,
) -> tuple[ChainObjective, FloatArray]:
    """As `cross_entropy_chain` for (1/2N)‖Z − Y‖²; a free bias is at its best value for every Z.

    Examples
    --------
    >>> objective, point = squared_loss_chain([np.eye(1), np.eye(1)], [[3.0]], 0.0)
    >>> objective.loss_and_gradient(point)
    (2.0, array([-2., -2.]))
    """
    matrices = checked_chain(factors)
    fit: Fit = "squared, free bias" if free_bias else "squared"
    return _chain(matrices, checked_targets(targets, matrices), weight_decays, fit)


def _chain(
    matrices: list[FloatArray], targets: FloatArray, weight_decays: float | Sequence[float], fit: Fit
) -> tuple[ChainObjective, FloatArray]:
    shapes = tuple((int(matrix.shape[0]), int(matrix.shape[1])) for matrix in matrices)
    decays = decay_of_each(weight_decays, len(matrices))
    point = np.concatenate([matrix.ravel() for matrix in matrices])
    return ChainObjective(shapes, targets, decays, fit), point


def _partial_products(factors: list[FloatArray]) -> list[FloatArray]:
    """A_F⋯A_{j+1} for every factor j, K × rows of it; the identity for the last."""
    products = [np.eye(factors[-1].shape[0])]
    for factor in factors[:0:-1]:
        products.append(products[-1] @ factor)
    return products[::-1]
