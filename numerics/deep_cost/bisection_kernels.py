"""Compiled parts of the bisection: eigenvalues with an error bound, hull points, and the test of a node.

Squared distances D_ij, i < j, stand in a vector of K(K−1)/2 numbers: (0,1), (0,2), …, (1,2), …
"""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.arrays import FloatArray
from numerics.compilation import kernel

RESIDUAL = 1e-11
"""Largest residual that Jacobi's method may leave; it leaves about 1e-14 at the sizes met here."""

NOTHING = -1e30
"""An eigenvalue that is not known: no test passes with it."""

RIDGE = 1e-9
"""Keeps the small linear systems regular; any weights give a valid bound."""


@kernel
def gram_matrix(distances: FloatArray, gram: FloatArray) -> None:
    """−½ S D S: the Gram matrix of centred points with these squared distances."""
    classes = gram.shape[0]
    rows = np.zeros(classes)
    place = 0
    for i in range(classes):
        for j in range(i + 1, classes):
            rows[i] += distances[place]
            rows[j] += distances[place]
            gram[i, j] = distances[place]
            gram[j, i] = distances[place]
            place += 1
        gram[i, i] = 0.0
    total = rows.sum() / classes
    for i in range(classes):
        for j in range(classes):
            gram[i, j] = -0.5 * (gram[i, j] - (rows[i] + rows[j] - total) / classes)


@kernel
def eigenvalues(matrix: FloatArray, values: FloatArray, vectors: FloatArray) -> None:
    """Jacobi's method, and the proof of its result: all are NOTHING unless the residuals are small.

    With R = AV − VΛ and E = VᵀV − I every eigenvalue lies within ‖R‖ + ‖E‖(‖A‖ + ‖Λ‖) of its number:
    replace V by its orthogonal polar factor, which is as near to V as E is to zero, and apply Weyl.
    """
    size = matrix.shape[0]
    rest = matrix.copy()
    for i in range(size):
        for j in range(size):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(30):
        beside = 0.0
        for i in range(size):
            for j in range(i):
                beside += rest[i, j] ** 2
        if beside < 1e-30:
            break
        for p in range(size):
            for q in range(p + 1, size):
                if abs(rest[p, q]) > 1e-300:
                    _rotate(rest, vectors, p, q)
    residual = 0.0
    for i in range(size):
        values[i] = rest[i, i]
    for i in range(size):
        for j in range(size):
            image, product = -vectors[i, j] * values[j], -1.0 if i == j else 0.0
            for k in range(size):
                image += matrix[i, k] * vectors[k, j]
                product += vectors[k, i] * vectors[k, j]
            residual += image * image + product * product
    if not residual <= RESIDUAL**2:
        values[:] = NOTHING


@kernel
def _rotate(rest: FloatArray, vectors: FloatArray, p: int, q: int) -> None:
    """One rotation of Jacobi's method, in place."""
    ratio = (rest[q, q] - rest[p, p]) / (2 * rest[p, q])
    tangent = (1.0 if ratio >= 0 else -1.0) / (abs(ratio) + math.sqrt(ratio * ratio + 1))
    cosine = 1 / math.sqrt(tangent * tangent + 1)
    sine = tangent * cosine
    for k in range(rest.shape[0]):
        a, b = rest[k, p], rest[k, q]
        rest[k, p], rest[k, q] = cosine * a - sine * b, sine * a + cosine * b
    for k in range(rest.shape[0]):
        a, b = rest[p, k], rest[q, k]
        rest[p, k], rest[q, k] = cosine * a - sine * b, sine * a + cosine * b
    for k in range(rest.shape[0]):
        a, b = vectors[k, p], vectors[k, q]
        vectors[k, p], vectors[k, q] = cosine * a - sine * b, sine * a + cosine * b


@kernel
def _solve_for_ones(matrix: FloatArray, chosen: NDArray[np.int64], count: int, solution: FloatArray) -> bool:
    """Solve M x = 1 on the chosen rows and columns by Cholesky; False where M is singular."""
    lower = np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1):
            entry = matrix[chosen[i], chosen[j]]
            for k in range(j):
                entry -= lower[i, k] * lower[j, k]
            if i == j:
                if not entry > 1e-13:
                    return False
                lower[i, i] = math.sqrt(entry)
            else:
                lower[i, j] = entry / lower[j, j]
    for i in range(count):
        entry = 1.0
        for k in range(i):
            entry -= lower[i, k] * solution[k]
        solution[i] = entry / lower[i, i]
    for i in range(count - 1, -1, -1):
        entry = solution[i]
        for k in range(i + 1, count):
            entry -= lower[k, i] * solution[k]
        solution[i] = entry / lower[i, i]
    return True


@kernel
def nearest_hull_point(gram: FloatArray, own: int, weights: FloatArray) -> float:
    """Weights β ≥ 0, Σβ = 1, of the point of the others' hull nearest to point `own`; its squared distance.

    All supports are tried: exact for the few points met here.
    """
    others = gram.shape[0] - 1
    products = np.zeros((others, others))
    names = np.zeros(others, np.int64)
    chosen = np.zeros(others, np.int64)
    solution = np.zeros(others)
    for p in range(others):
        names[p] = p if p < own else p + 1
    for p in range(others):
        for q in range(others):
            a, b = names[p], names[q]
            products[p, q] = gram[own, own] - gram[own, a] - gram[own, b] + gram[a, b]
        products[p, p] += RIDGE
    nearest = math.inf
    for subset in range(1, 1 << others):
        count = 0
        for p in range(others):
            if (subset >> p) & 1:
                chosen[count] = p
                count += 1
        if not _solve_for_ones(products, chosen, count, solution):
            continue
        total = solution[:count].sum()
        if solution[:count].min() < 0 or not 1 / total < nearest:
            continue
        nearest = 1 / total
        weights[:] = 0.0
        for p in range(count):
            weights[names[chosen[p]]] = solution[p] / total
    return nearest


@kernel
def distance_form(weights: FloatArray, own: int, form: FloatArray) -> None:
    """Coefficients b with |w_own − Σβ_j w_j|² = b·D, linear in the squared distances D."""
    classes = weights.size
    place = 0
    for i in range(classes):
        for j in range(i + 1, classes):
            if i == own:
                form[place] = weights[j]
            elif j == own:
                form[place] = weights[i]
            else:
                form[place] = -weights[i] * weights[j]
            place += 1


@kernel
def concave_sum(values: FloatArray, power: float, chord: float) -> float:
    """Σh(λ_i) with h the chord of λ^q through 0 and `chord` below it, λ^q above, less what rounding may do.

    h is concave on the whole line and h ≤ λ^q for λ ≥ 0, so this is concave in the matrix and no more
    than Σλ_i^q where the matrix is positive semidefinite.
    """
    slope = chord ** (power - 1.0)
    total = 0.0
    for value in values:
        total += value**power if value > chord else value * slope
    return total


@kernel
def least_over_node(gaps: FloatArray, sides: FloatArray, place: FloatArray) -> float:
    """The least value at the corners of {sides ≥ 0} within a simplex of a function concave on it.

    `gaps` are the function's values at the simplex's corners. On an edge that leaves the half-space the
    chord is no more than the function. `place` receives the corners' shares of the worst point.
    """
    least = math.inf
    for v in range(gaps.size):
        if sides[v] < 0:
            continue
        if not gaps[v] >= least:
            least = gaps[v]
            place[:] = 0.0
            place[v] = 1.0
        for w in range(gaps.size):
            if sides[w] < 0:
                part = sides[v] / (sides[v] - sides[w])
                value = gaps[v] + part * (gaps[w] - gaps[v])
                if not value >= least:
                    least = value
                    place[:] = 0.0
                    place[v], place[w] = 1 - part, part
    return least
