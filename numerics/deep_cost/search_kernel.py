"""The compiled depth-first bisection of simplices of squared distances."""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.arrays import FloatArray
from numerics.compilation import kernel
from numerics.deep_cost.bisection import SLACK
from numerics.deep_cost.bisection_kernels import (
    concave_sum,
    distance_form,
    eigenvalues,
    gram_matrix,
    least_over_node,
    nearest_hull_point,
)

DEEPEST = 200
"""Bisections above a node. Corners stay multiples of K·2⁻⁵⁰ far longer than the worst case of 50 says."""

CHORDS = np.array([0.5, 0.33, 0.25, 0.15, 0.1, 0.05, 0.02, 0.005, 0.001])
ATTEMPTS = 4
FLOOR = 0.3
"""A distance counts as no less than this share of its largest in the node."""


@kernel
def _is_outside(corners: FloatArray, order: NDArray[np.int64]) -> bool:
    """Whether an inequality D_a ≥ D_b of the fundamental domain fails at every corner."""
    for k in range(order.shape[0]):
        inside = False
        for v in range(corners.shape[0]):
            inside = inside or corners[v, order[k, 0]] >= corners[v, order[k, 1]]
        if not inside:
            return True
    return False


@kernel
def _sides(corners: FloatArray, vector: FloatArray, sides: FloatArray) -> float:
    """yᵀAy at every corner, raised by what rounding may do; the largest.

    y is centred, so that yᵀAy = −Σ_{i<j} y_i y_j D_ij.
    """
    classes = vector.size
    centred = vector - vector.sum() / classes
    largest = -math.inf
    for v in range(corners.shape[0]):
        total, place = 0.0, 0
        for i in range(classes):
            for j in range(i + 1, classes):
                total -= centred[i] * centred[j] * corners[v, place]
                place += 1
        sides[v] = total + 1e-11
        largest = max(largest, sides[v])
    return largest


@kernel
def _is_closed(
    corners: FloatArray, spectra: FloatArray, middle: FloatArray, sides: FloatArray, goal: float, power: float
) -> bool:
    """Whether X(A)·T(A)^{F−1} ≥ goal on the node, by affine bounds of one and concave bounds of the other.

    X ≥ (Σω)²/Σω_c²d_c (Cauchy–Schwarz), so T ≥ (goal·Σω_c²d_c)^q/(Σω)^{2q} suffices; the right side is
    concave in Σω_c²d_c and lies below its tangent. Weights ω are tried at the centre, then moved towards
    the point that fails.
    """
    count, classes = corners.shape[0], middle.shape[0]
    forms, points = np.zeros((classes, corners.shape[1])), np.zeros(classes)
    weights = np.zeros(classes)
    distances = np.zeros((count, classes))
    for c in range(classes):
        points[c] = nearest_hull_point(middle, c, weights)
        distance_form(weights, c, forms[c])
        mean, largest = 0.0, 0.0
        for v in range(count):
            distances[v, c] = (forms[c] * corners[v]).sum()
            mean += distances[v, c] / count
            largest = max(largest, distances[v, c])
        points[c] = max(max(points[c], mean), max(FLOOR * largest, 1e-6))
    gaps, place, worst = np.zeros(count), np.zeros(count), np.zeros(count)
    for attempt in range(ATTEMPTS):
        scale = (1.0 / points).sum()  # Σω = Σω²d at the point of tangency
        factor = (goal / (scale * scale)) ** power
        constant, slope = factor * (1 - power) * scale**power, factor * power * scale ** (power - 1.0)
        best = -math.inf
        for chord in CHORDS:
            for v in range(count):
                bound = constant + slope * (distances[v] / (points * points)).sum()
                gaps[v] = concave_sum(spectra[v], power, chord) - bound
            least = least_over_node(gaps, sides, place)
            if least >= SLACK:
                return True
            if least > best:
                best = least
                worst[:] = place
        if not best > -1.0:
            return False
        for c in range(classes):
            there = (worst * distances[:, c]).sum()
            points[c] += (max(there, FLOOR * points[c]) - points[c]) / (attempt + 2)
    return False


@kernel
def search(
    classes: int, power: float, goal: float, order: NDArray[np.int64], limit: int, counts: NDArray[np.int64]
) -> bool:
    """Whether every node below the whole simplex closes within `limit` nodes.

    `counts` receives nodes, those outside the fundamental domain, those without a Gram matrix, those closed.
    """
    size = classes * (classes - 1) // 2
    stack = np.zeros((DEEPEST + 2, size, size))
    spectra = np.zeros((DEEPEST + 2, size, classes))
    depths = np.zeros(DEEPEST + 2, np.int64)
    gram, vectors, values = np.zeros((classes, classes)), np.zeros((classes, classes)), np.zeros(classes)
    for v in range(size):
        stack[0, v, v] = classes
        gram_matrix(stack[0, v], gram)
        eigenvalues(gram, spectra[0, v], vectors)
    top, sides, middle = 1, np.zeros(size), np.zeros(size)
    while top > 0:
        counts[0] += 1
        if counts[0] > limit:
            return False
        top -= 1
        corners, known, depth = stack[top].copy(), spectra[top].copy(), depths[top]
        if _is_outside(corners, order):
            counts[1] += 1
            continue
        for e in range(size):
            middle[e] = corners[:, e].sum() / size
        gram_matrix(middle, gram)
        eigenvalues(gram, values, vectors)
        lowest = int(np.argmin(values))
        if _sides(corners, vectors[:, lowest], sides) < 0:
            counts[2] += 1
            continue
        for i in range(classes):  # the nearest Gram matrix, kept off the boundary
            for j in range(classes):
                gram[i, j] = 0.0
                for k in range(classes):
                    kept = values[k] if k == lowest else max(values[k], 1e-6)
                    gram[i, j] += max(kept, 0.0) * vectors[i, k] * vectors[j, k]
        if _is_closed(corners, known, gram, sides, goal, power):
            counts[3] += 1
            continue
        if depth == DEEPEST:
            return False
        first, second = _longest_edge(corners)
        halfway = 0.5 * (corners[first] + corners[second])
        if not _is_exact_sum(corners[first], corners[second]):
            return False  # halves that rounding shifts would not cover the node
        for end in (first, second):
            stack[top], spectra[top], depths[top] = corners, known, depth + 1
            stack[top, end] = halfway
            gram_matrix(stack[top, end], gram)
            eigenvalues(gram, spectra[top, end], vectors)
            top += 1
    return True


@kernel
def _is_exact_sum(first: FloatArray, second: FloatArray) -> bool:
    """Whether no entry of the sum was rounded: Knuth's error of a sum of two is zero."""
    for e in range(first.size):
        total = first[e] + second[e]
        part = total - first[e]
        if (first[e] - (total - part)) + (second[e] - part) != 0.0:
            return False
    return True


@kernel
def _longest_edge(corners: FloatArray) -> tuple[int, int]:
    longest, first, second = -1.0, 0, 1
    for i in range(corners.shape[0]):
        for j in range(i + 1, corners.shape[0]):
            length = ((corners[i] - corners[j]) ** 2).sum()
            if length > longest * (1 + 1e-12):
                longest, first, second = length, i, j
    return first, second
