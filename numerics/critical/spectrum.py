"""The Hessian's spectrum at a critical point, and what kind of point it says it is."""

import math
from dataclasses import dataclass
from typing import Final, Literal, cast

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from numerics.arrays import FloatArray
from numerics.critical.objective import HessianProduct, Objective
from numerics.critical.symmetry import orthonormal_basis
from theory.errors import InvalidProblemError
from theory.tolerances import ZERO_CURVATURE

DENSE: Final = 2_000
"""Coordinates up to which the whole spectrum is computed: a few seconds."""

ENDS: Final = 6
"""Eigenvalues at either end that decide the kind of a larger problem."""

Kind = Literal["minimum", "saddle", "degenerate", "undecided"]


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of a Hessian in ascending order: all of them, or some at either end.

    `complete` says which; `accuracy` bounds the error of each eigenvalue by its residual or rounding.
    """

    values: FloatArray
    complete: bool
    accuracy: float

    @property
    def smallest(self) -> float:
        """The smallest eigenvalue."""
        return float(self.values[0])

    @property
    def largest(self) -> float:
        """The largest eigenvalue: gradient descent is stable for steps below 2 over it."""
        return float(self.values[-1])


@dataclass(frozen=True)
class Classification:
    """What the second derivative says of a critical point.

    Parameters
    ----------
    kind: ``minimum`` where the only zero curvature is that of the symmetry (a minimum along every other
        direction), ``saddle`` with a negative eigenvalue, ``degenerate`` with more zeros than the symmetry
        explains (higher derivatives decide), ``undecided`` where none of this can be told; `note` says why.
    negative, zero: how many eigenvalues are below and within the threshold; of a spectrum that is not
        complete `negative` counts those seen, and `zero` is −1 unless all zeros are the symmetry's.
    symmetry: dimension of what is known to leave the loss as it is, counted as a rank.
    threshold: below this an eigenvalue counts as zero.
    """

    kind: Kind
    negative: int
    zero: int
    symmetry: int
    threshold: float
    spectrum: Spectrum
    note: str = ""


def dense_hessian(objective: Objective, point: FloatArray) -> FloatArray:
    """The Hessian as a matrix, column by column from exact products, symmetrised.

    >>> from numerics.critical.objective import squared_loss_chain
    >>> dense_hessian(*squared_loss_chain([[[1.0]], [[1.0]]], [[1.0]], 0.0)).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    product = objective.curvature(point)
    columns = np.array([product(direction) for direction in np.eye(point.size)])
    return 0.5 * (columns + columns.T)


def hessian_spectrum(
    objective: Objective, point: FloatArray, *, ends: int = 12, dense: int = DENSE
) -> Spectrum:
    """The eigenvalues of the Hessian: all up to `dense` coordinates, else `ends` at either end by Lanczos."""
    if point.size <= dense:
        values = np.linalg.eigvalsh(dense_hessian(objective, point))
        rounding = 10 * point.size * np.finfo(float).eps * float(np.abs(values).max())
        return Spectrum(np.asarray(values, dtype=np.float64), True, rounding)
    return _ends(objective.curvature(point), point.size, ends)


def _ends(product: HessianProduct, size: int, count: int) -> Spectrum:
    low, first = _lanczos(product, size, count, "SA")
    high, second = _lanczos(product, size, count, "LA")
    return Spectrum(np.concatenate([low, high]), False, max(first, second))


def _lanczos(product: HessianProduct, size: int, count: int, which: str) -> tuple[FloatArray, float]:
    """Some eigenvalues at one end with the largest residual norm; those that converged where not all did."""
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)  # pyright: ignore[reportCallIssue]
    start = np.random.default_rng(0).standard_normal(size)
    try:
        values, vectors = eigsh(operator, k=count, which=which, v0=start, ncv=4 * count + 20, maxiter=200)
    except ArpackNoConvergence as error:
        values, vectors = cast(FloatArray, error.eigenvalues), cast(FloatArray, error.eigenvectors)
    if not len(values):
        return np.zeros(0), math.inf
    residuals = [float(np.linalg.norm(product(v) - w * v)) for w, v in zip(values, vectors.T, strict=True)]
    return np.sort(values), max(residuals)


def classify(objective: Objective, point: FloatArray, *, dense: int = DENSE) -> Classification:
    """Minimum, saddle or degenerate, with the zero modes of the symmetry counted.

    The point has to be critical (see `refine`): the Hessian is invariant along the orbit only there. Above
    `dense` coordinates Lanczos looks at the ends of the spectrum on the complement of the symmetry.

    >>> from numerics.critical.newton import refine
    >>> from numerics.critical.objective import cross_entropy_chain
    >>> objective, start = cross_entropy_chain([np.eye(2), 1.5 * np.eye(2)], [0, 1], 0.1)
    >>> found = classify(objective, refine(objective, start).point)
    >>> found.kind, found.negative, found.zero, found.symmetry
    ('minimum', 0, 1, 1)
    """
    symmetry = objective.symmetry_dimension(point)
    rough = objective.roughness(point)
    if rough:
        return _undecided(symmetry, rough)
    if point.size > dense:
        return _classify_by_ends(objective, point, symmetry)
    spectrum = hessian_spectrum(objective, point, dense=dense)
    threshold, negative, zero = _counts(spectrum)
    kind: Kind = "saddle" if negative else "minimum" if zero == symmetry else "degenerate"
    if not negative and zero < symmetry:
        why = f"{zero} zero eigenvalues, {symmetry} by the symmetry: the point is not critical, refine it"
        return Classification("undecided", negative, zero, symmetry, threshold, spectrum, why)
    return Classification(kind, negative, zero, symmetry, threshold, spectrum)


def _classify_by_ends(objective: Objective, point: FloatArray, symmetry: int) -> Classification:
    """Lanczos where the symmetry's directions have been moved to the upper end of the spectrum."""
    try:
        flat = orthonormal_basis(objective.flat_directions(point))
    except InvalidProblemError as error:
        return _undecided(symmetry, str(error))
    product = objective.curvature(point)
    high, _ = _lanczos(product, point.size, 1, "LA")
    lift = float(high[-1]) if high.size else 1.0

    def elsewhere(direction: FloatArray) -> FloatArray:
        direction = np.asarray(direction).ravel()
        shares = flat @ direction
        turned = product(direction - flat.T @ shares)
        return turned - flat.T @ (flat @ turned) + lift * (flat.T @ shares)

    spectrum = _ends(elsewhere, point.size, ENDS)
    if not spectrum.values.size or not math.isfinite(spectrum.accuracy):
        return _undecided(symmetry, "Lanczos did not converge: pass a larger `dense`")
    threshold, negative, zero = _counts(spectrum)
    kind: Kind = "saddle" if negative else "degenerate" if zero else "minimum"
    return Classification(kind, negative, -1 if zero else symmetry, symmetry, threshold, spectrum)


def _counts(spectrum: Spectrum) -> tuple[float, int, int]:
    """The threshold, and how many eigenvalues are below and within it."""
    threshold = max(ZERO_CURVATURE * float(np.abs(spectrum.values).max()), spectrum.accuracy)
    negative = int(np.count_nonzero(spectrum.values < -threshold))
    return threshold, negative, int(np.count_nonzero(np.abs(spectrum.values) <= threshold))


def _undecided(symmetry: int, why: str) -> Classification:
    unseen = Spectrum(np.zeros(0), False, math.inf)
    return Classification("undecided", -1, -1, symmetry, math.inf, unseen, why)
