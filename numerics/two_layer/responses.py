"""The largest response ‖Z max(Xᵀu, 0)‖ over all unit weights u, by listing every face of every cell.

On a cell the response is ‖Z D Xᵀu‖. A weight that maximises it lies in the relative interior of some face,
in the intersection L of hyperplanes, and is there an eigenvector of the form restricted to L. So the
eigenvectors of all restrictions, kept where they lie in their cell, include every maximiser: exponential in
the number of samples, exact up to rounding, and no relaxation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from numerics.arrays import FloatArray
from theory.tolerances import LINEAR_ALGEBRA

INSIDE = 1e-9
"""Distance by which an eigenvector may miss its cell, in units of the samples' norms: its rounding."""

MULTIPLE = 1e-7
"""Eigenvalues nearer than this share of the largest count as equal: some combination of their vectors may lie
in the cell though none of those computed does, so the value counts all the same."""


@dataclass(frozen=True)
class Responses:
    """An upper bound on every response, and unit weights (rows) with responses of their own."""

    largest: float
    weights: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class Face:
    """A basis (r × k) of an intersection of hyperplanes, and the patterns of the other samples met there."""

    basis: FloatArray
    active: NDArray[np.bool_]
    others: NDArray[np.bool_]


def faces(data: FloatArray, active: NDArray[np.bool_]) -> list[Face]:
    """Return all faces of an arrangement whose normals are the columns of r × N data of full row rank.

    >>> len(faces(np.eye(2), np.array([[True, True], [True, False], [False, True], [False, False]])))
    3
    """
    return list(_faces(data, active))


def _faces(data: FloatArray, active: NDArray[np.bool_]) -> Iterator[Face]:
    rank, samples = data.shape
    for size in range(rank):
        for chosen in combinations(range(samples), size):
            normals = data[:, list(chosen)]
            left, values, _ = np.linalg.svd(normals, full_matrices=True)
            if size and values.min() <= INSIDE * values.max():
                continue  # dependent normals: fewer of them give the same face
            others = np.ones(samples, dtype=bool)
            others[list(chosen)] = False
            patterns = np.unique(np.where(others, active, False), axis=0)
            yield Face(np.ascontiguousarray(left[:, size:]), patterns, others)


def responses(multipliers: FloatArray, data: FloatArray, listed: list[Face]) -> Responses:
    """Return the largest response of c × N multipliers, and the weights that respond on each face.

    >>> found = responses(np.array([[1.0, -1.0]]), np.eye(2), faces(np.eye(2), np.eye(2) > 0))
    >>> round(found.largest, 12)
    1.0
    """
    form = multipliers.T @ multipliers
    norms = np.linalg.norm(data, axis=0)
    largest, weights = 0.0, [np.zeros((0, data.shape[0]))]
    for face in listed:
        on = face.active.astype(np.float64)
        shown = face.basis.T @ data
        restricted = np.einsum("pi,ij,pj,ai,bj->pab", on, form, on, shown, shown, optimize=True)
        values, vectors = np.linalg.eigh(restricted)
        sides = np.where(face.others, 2.0 * on - 1.0, 0.0)
        reach = np.einsum("pak,ai,pi->pki", vectors, shown, sides, optimize=True)
        # A sample on the face has side 0 and does not count.
        lowest, highest = (reach / norms).min(axis=2), (reach / norms).max(axis=2)
        forward, backward = lowest >= -INSIDE, highest <= INSIDE
        gaps = np.diff(values, axis=1)
        near = gaps <= MULTIPLE * np.maximum(values[:, -1:], LINEAR_ALGEBRA)
        multiple = np.zeros_like(forward)
        multiple[:, 1:] |= near
        multiple[:, :-1] |= near
        counted = forward | backward | multiple
        if counted.any():
            largest = max(largest, float(values[counted].max()))
        for inside, side in ((forward, 1.0), (backward, -1.0)):
            cell, index = np.nonzero(inside)
            weights.append(side * vectors[cell, :, index] @ face.basis.T)
    found = np.vstack(weights)
    sizes = np.linalg.norm(multipliers @ np.maximum(found @ data, 0.0).T, axis=0)
    return Responses(float(np.sqrt(max(largest, 0.0))), found, sizes)
