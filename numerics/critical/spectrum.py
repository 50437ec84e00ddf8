"""The Hessian's spectrum at a critical point, and what kind of point it says it is."""

import math
from dataclasses import dataclass
from typing import Final, Literal, cast

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from numerics.arrays import FloatArray
from numerics.critical.objective import ChainObjective, HessianProduct, Objective
from numerics.critical.symmetry import orbit_dimension
from theory.tolerances import ZERO_CURVATURE

DENSE: Final = 2_000
"""Coordinates up to which the whole spectrum is computed: a few seconds."""

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
        explains (higher derivatives decide), ``undecided`` where the part of the spectrum seen doesn't tell.
    negative, zero: how many eigenvalues are below and within the threshold (−1: not all were seen).
    symmetry: dimension of the orbit of inner rotations, counted as a rank.
    threshold: below this an eigenvalue counts as zero.
    """

    kind: Kind
    negative: int
    zero: int
    symmetry: int
    threshold: float
    spectrum: Spectrum


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
    product = objective.curvature(point)
    low, first = _lanczos(product, point.size, ends, "SA")
    high, second = _lanczos(product, point.size, ends, "LA")
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


def classify(objective: ChainObjective, point: FloatArray, *, dense: int = DENSE) -> Classification:
    """Minimum, saddle or degenerate, with the zero modes of the symmetry counted.

    The point has to be critical (see `refine`): the Hessian is invariant along the orbit only there.

    >>> from numerics.critical.newton import refine
    >>> from numerics.critical.objective import cross_entropy_chain
    >>> objective, start = cross_entropy_chain([np.eye(2), 1.5 * np.eye(2)], [0, 1], 0.1)
    >>> found = classify(objective, refine(objective, start).point)
    >>> found.kind, found.negative, found.zero, found.symmetry
    ('minimum', 0, 1, 1)
    """
    spectrum = hessian_spectrum(objective, point, dense=dense)
    symmetry = orbit_dimension(objective.split(point))
    if not spectrum.values.size:
        return Classification("undecided", -1, -1, symmetry, math.inf, spectrum)
    threshold = max(ZERO_CURVATURE * float(np.abs(spectrum.values).max()), spectrum.accuracy)
    negative = int(np.count_nonzero(spectrum.values < -threshold))
    zero = int(np.count_nonzero(np.abs(spectrum.values) <= threshold))
    if not spectrum.complete:
        kind: Kind = "saddle" if negative else "undecided"
        return Classification(kind, negative if negative else -1, -1, symmetry, threshold, spectrum)
    if negative:
        kind = "saddle"
    else:
        kind = "minimum" if zero == symmetry else "degenerate" if zero > symmetry else "undecided"
    return Classification(kind, negative, zero, symmetry, threshold, spectrum)
