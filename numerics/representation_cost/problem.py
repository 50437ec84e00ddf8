"""The convex problems min h(ZX) + λ‖Z‖_*: deep linear networks with two factors, Z = W_2 W_1 on inputs X.

2‖Z‖_* = min{‖A‖_F² + ‖B‖_F² : AB = Z} (Shang et al. 2020), so λ‖Z‖_* is the weight decay λ/2 of both
factors. Free features of classes with n_k samples each are the inputs diag(1/√n_k): a class of n_k equal
columns z has the singular values of the one column √n_k·z.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, finite_matrix, real_array
from numerics.representation_cost.fits import (
    Alignment,
    CrossEntropy,
    Fit,
    Interpolation,
    Margins,
    SquaredLoss,
)
from theory.errors import InvalidProblemError

LARGEST: Final = 1e100
"""Beyond it, and below one over it, products of three numbers leave the range of floats."""


@dataclass(frozen=True, eq=False)
class CostProblem:
    """min h(ZX) + λ‖Z‖_* over K × d matrices Z, X of d × N; made by the functions of this file."""

    fit: Fit
    inputs: FloatArray
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Raise InvalidProblemError if fit and inputs differ in their numbers of samples."""
        if self.inputs.ndim != 2 or self.inputs.shape[1] != self.fit.shape[1]:
            raise InvalidProblemError(
                f"inputs of shape {self.inputs.shape} for {self.fit.shape[1]} samples: one column each"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """The shape K × d of Z."""
        return self.fit.shape[0], self.inputs.shape[0]

    @cached_property
    def scales(self) -> FloatArray | None:
        """The diagonal of X where X is diagonal and positive (free features), else None."""
        if self.inputs.shape[0] != self.inputs.shape[1]:
            return None
        diagonal = np.diag(self.inputs).copy()
        is_diagonal = np.count_nonzero(self.inputs) == diagonal.size and bool((diagonal > 0).all())
        return diagonal if is_diagonal else None

    def objective(self, matrix: FloatArray) -> float:
        """h(ZX) + λ‖Z‖_*, where constraints count as met."""
        norm = float(np.linalg.svd(matrix, compute_uv=False).sum())
        return self.fit.value(matrix @ self.inputs) + self.weight * norm

    def gradient_side(self, pull: FloatArray) -> FloatArray:
        """G = PXᵀ, to be compared with λ∂‖Z‖_*."""
        return pull @ self.inputs.T


def margins(
    required: ArrayLike, *, labels: ArrayLike | None = None, inputs: ArrayLike | None = None
) -> CostProblem:
    """min ‖Z‖_* subject to (ZX)_{y_i,i} − (ZX)_{j,i} ≥ m_ji for j ≠ y_i.

    Parameters
    ----------
    required: m, K × N; its entries at the labels are ignored, −∞ asks for nothing.
    labels: y, N integers below K; by default column i belongs to class i (then N = K).
    inputs: X, d × N; by default the identity, that is free features.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, or an entry is NaN or +∞.

    Examples
    --------
    >>> margins(np.ones((3, 3))).shape
    (3, 3)
    """
    asked = real_array(required, "required margins")
    if asked.ndim != 2 or asked.shape[0] < 2 or asked.shape[1] < 1:
        raise InvalidProblemError(f"margins of shape {asked.shape}: they need at least 2 rows and a column")
    if np.isnan(asked).any() or (asked == np.inf).any():
        raise InvalidProblemError("a required margin is NaN or +∞: ask for a finite one, or −∞ for none")
    classes, samples = asked.shape
    if labels is None and classes != samples:
        raise InvalidProblemError(f"{samples} columns for {classes} classes: say their labels")
    own = class_labels(np.arange(samples) if labels is None else labels, samples, classes)
    asked[own, np.arange(samples)] = -np.inf
    _of_moderate_size(asked, "required margins")
    return CostProblem(Margins(asked, own), _inputs(inputs, samples))


def interpolation(targets: ArrayLike, *, inputs: ArrayLike | None = None) -> CostProblem:
    """min ‖Z‖_* subject to ZX = Y, with Y of K × N and X of d × N (by default the identity).

    Raises
    ------
    InvalidProblemError
        If a matrix is not finite or the shapes do not fit.

    Examples
    --------
    >>> interpolation([[1.0, 2.0]], inputs=[[1.0, 2.0], [0.0, 0.0]]).shape
    (1, 2)
    """
    wanted = _matrix(targets, "targets")
    return CostProblem(Interpolation(wanted), _inputs(inputs, wanted.shape[1]))


def penalised_cross_entropy(
    labels: ArrayLike,
    weight: float,
    *,
    classes: int | None = None,
    inputs: ArrayLike | None = None,
    shares: ArrayLike | None = None,
) -> CostProblem:
    """min Σ share_i · cross-entropy of column i of ZX + λ‖Z‖_*; shares are 1/N by default.

    Raises
    ------
    InvalidProblemError
        If λ or a share is not positive (without decay there is no minimum), or shapes do not fit.

    Examples
    --------
    >>> penalised_cross_entropy([0, 1, 1], 0.1).shape
    (2, 3)
    """
    own = np.asarray(labels)
    own = class_labels(own, own.size, classes)
    count = int(own.max()) + 1 if classes is None else classes
    if count < 2:
        raise InvalidProblemError(f"classes {count}: cross-entropy needs at least 2")
    fit = CrossEntropy(count, own, _shares(shares, own.size))
    return CostProblem(fit, _inputs(inputs, own.size), _weight(weight))


def penalised_squared_loss(
    targets: ArrayLike,
    weight: float,
    *,
    inputs: ArrayLike | None = None,
    shares: ArrayLike | None = None,
) -> CostProblem:
    """min ½ Σ share_i ‖column i of ZX − Y‖² + λ‖Z‖_*; shares are 1/N by default.

    Raises
    ------
    InvalidProblemError
        If λ or a share is not positive, a matrix is not finite, or shapes do not fit.

    Examples
    --------
    >>> penalised_squared_loss(np.eye(2), 0.1).weight
    0.1
    """
    wanted = _matrix(targets, "targets")
    fit = SquaredLoss(wanted, _shares(shares, wanted.shape[1]))
    return CostProblem(fit, _inputs(inputs, wanted.shape[1]), _weight(weight))


def penalised_alignment(
    directions: ArrayLike, weight: float, *, inputs: ArrayLike | None = None
) -> CostProblem:
    """min λ‖Z‖_* − ⟨C, ZX⟩: zero while ‖CXᵀ‖_2 ≤ λ, unbounded beyond.

    With C = (Y − 1/K)/N it is cross-entropy to first order at Z = 0: whether anything is learnt at all.

    Raises
    ------
    InvalidProblemError
        If λ is not positive, a matrix is not finite, or shapes do not fit.

    Examples
    --------
    >>> penalised_alignment(np.eye(2), 1.0).shape
    (2, 2)
    """
    wanted = _matrix(directions, "directions")
    return CostProblem(Alignment(wanted), _inputs(inputs, wanted.shape[1]), _weight(weight))


def class_inputs(sizes: Sequence[int]) -> FloatArray:
    """The inputs diag(1/√n_k) that stand for classes of n_k samples with free features.

    Raises
    ------
    InvalidProblemError
        If a size is below 1.

    Examples
    --------
    >>> class_inputs([1, 4])
    array([[1. , 0. ],
           [0. , 0.5]])
    """
    counts = real_array(sizes, "class sizes")
    if counts.ndim != 1 or counts.size == 0 or not ((counts >= 1) & (counts < np.inf)).all():
        raise InvalidProblemError(f"class sizes {counts.tolist()}: each must be at least 1, and finite")
    return np.diag(1.0 / np.sqrt(counts))


def _inputs(inputs: ArrayLike | None, samples: int) -> FloatArray:
    matrix = np.eye(samples) if inputs is None else _matrix(inputs, "inputs")
    if not matrix.any():
        raise InvalidProblemError("inputs are all zero: no weight acts on anything, drop the zero columns")
    return matrix


def _shares(shares: ArrayLike | None, samples: int) -> FloatArray:
    given = np.full(samples, 1.0 / samples) if shares is None else real_array(shares, "shares")
    if given.shape != (samples,) or not (np.isfinite(given).all() and (given > 0).all()):
        raise InvalidProblemError(f"shares of shape {given.shape}: pass {samples} positive numbers")
    return _of_moderate_size(given, "shares")


def _weight(weight: float) -> float:
    given = real_array(weight, "weight")
    if given.ndim or not 0 < given < np.inf:
        raise InvalidProblemError(
            f"weight {weight} of the nuclear norm must be a number, positive and finite"
        )
    return float(_of_moderate_size(given, "weight"))


def _matrix(value: ArrayLike, name: str) -> FloatArray:
    return _of_moderate_size(finite_matrix(value, name), name)


def _of_moderate_size(values: FloatArray, name: str) -> FloatArray:
    """The values if the largest of the finite ones is zero or within the range where nothing overflows."""
    size = float(np.max(np.abs(values), where=np.isfinite(values), initial=0.0))
    if size and not 1.0 / LARGEST <= size <= LARGEST:
        raise InvalidProblemError(
            f"{name} of size {size:.0e}: rescale to between {1 / LARGEST:.0e} and {LARGEST:.0e}"
        )
    return values
