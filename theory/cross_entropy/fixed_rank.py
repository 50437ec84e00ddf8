"""Critical points of an arrangement among the points of the same rank: a damped Newton method.

The unknowns are the singular values of codes and spreads and a matrix C = UΣVᵀ of fixed rank. Near it the
matrices of that rank are UKVᵀ + U⊥PVᵀ + UQᵀV⊥ᵀ to first order, with the second-order term U⊥PΣ⁻¹QᵀV⊥ᵀ, and
Σφ(σ) changes by Σφ'K_ii + ½D²φ[K, K] + ½Σ(φ'_j/σ_j)(‖P_j‖² + ‖Q_j‖²), where D²φ has the divided differences
(φ'_i ∓ φ'_j)/(σ_i ∓ σ_j) on the (skew-)symmetric parts. (Second derivatives of spectral functions: Lewis and
Sendov 2001; the geometry of matrices of fixed rank: Vandereycken 2013.) A singular value on its way to zero
is dropped: for F ≥ 3 it then stays zero.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.cells import Arrangement, Columns, Floats, Point

ITERATIONS: Final = 80
NEAR: Final = 25
"""Plain Newton steps granted to a start that should be near its critical point."""
FARTHEST: Final = 30.0
"""A relative step beyond it has lost its way."""
LONGEST_STEP: Final = 0.8
"""Largest relative change of a singular value in a step."""
DROPPED: Final = 1e-7
"""A singular value below this fraction of the largest is on its way to zero."""
CONVERGED: Final = 1e-9
"""A relative step after which the next one would be below a rounding: Newton's method squares it."""
ALMOST: Final = 1e-3
"""Relative steps below it are taken in full, whatever the signs of the curvatures."""
GRID: Final = 120
"""Points of the first scan of a ray, evenly spaced in the logarithm of its scale."""


@dataclass(frozen=True)
class Chart:
    """Gradient and Hessian at a point, in coordinates in which a change of one is relative."""

    gradient: Floats
    hessian: Floats
    scale: Floats
    inside: NDArray[np.bool_]
    left: Floats
    right: Floats
    held: NDArray[np.intp]


def critical_point(problem: Arrangement, start: Point) -> Point | None:
    """The critical point of a start's rank near it, minimum or saddle; None if plain Newton steps stray."""
    point = start
    for _ in range(NEAR):
        chart = _chart(problem, point)
        step = _solve(chart.hessian, -chart.gradient)
        if step is None:
            return None
        reach = float(np.abs(step).max())
        if not reach <= FARTHEST:
            return None
        point = _moved(chart, point, step * min(1.0, LONGEST_STEP / reach))
        if _without_small(point) is not point:
            return None
        if reach <= CONVERGED:
            return point
    return None


def local_minimum(problem: Arrangement, start: Point) -> Point | None:
    """The critical point that descending Newton steps reach from a start; None where they end at zero.

    Its rank is at most that of the start.
    """
    point = _without_small(start)
    value = problem.value(point)
    for _ in range(ITERATIONS):
        if point.middle.size == 0 and not point.values.any():
            return None
        chart = _chart(problem, point)
        step = _step(chart)
        reach = float(np.abs(step).max())
        if reach <= CONVERGED:
            return _moved(chart, point, step)
        moved = _descend(problem, chart, point, value, step, reach)
        if moved is None:
            return None
        point, value = moved
        fewer = _without_small(point)
        if fewer is not point:
            point, value = fewer, problem.value(fewer)
    return None


def _without_small(point: Point) -> Point:
    largest = max(point.values.max(initial=0.0), point.middle.max(initial=0.0))
    small = (point.values > 0) & (point.values <= DROPPED * largest)
    kept = point.middle > DROPPED * largest
    if kept.all() and not small.any():
        return point
    values = np.where(small, 0.0, point.values)
    return Point(values, point.left[:, kept], point.middle[kept], point.right[:, kept])


def _step(chart: Chart) -> Floats:
    """Newton's step; away from a minimum, one that descends."""
    size = chart.gradient.size
    largest = float(np.abs(np.diag(chart.hessian)).max())
    step = _solve(chart.hessian, -chart.gradient)
    if step is not None and np.abs(step).max() <= ALMOST:
        return step
    shift = 0.0
    while True:
        try:
            root = np.linalg.cholesky(chart.hessian + shift * np.eye(size))
        except np.linalg.LinAlgError:
            shift = max(4 * shift, 1e-4 * largest)
            continue
        half = np.linalg.solve(root, -chart.gradient)
        return np.linalg.solve(root.T, half).astype(np.float64)


def _solve(matrix: Floats, right: Floats) -> Floats | None:
    try:
        return np.linalg.solve(matrix, right).astype(np.float64)
    except np.linalg.LinAlgError:
        return None


def _descend(
    problem: Arrangement, chart: Chart, point: Point, value: float, step: Floats, reach: float
) -> tuple[Point, float] | None:
    """The step, shortened until the loss does not rise; None when no step is short enough."""
    length = min(1.0, LONGEST_STEP / reach)
    slope = float(chart.gradient @ step)
    for _ in range(40):
        moved = _moved(chart, point, length * step)
        reached = problem.value(moved)
        rounding = 1e-13 * abs(value)
        if reached <= value + 1e-4 * length * min(slope, 0.0) + rounding or reach <= ALMOST:
            return moved, reached
        length /= 2
    return None


def _complete(frame: Floats) -> Floats:
    """The frame's orthonormal columns, completed to a basis."""
    rows, columns = frame.shape
    if columns == rows:
        return frame
    full, _, _ = np.linalg.svd(frame, full_matrices=True)
    return np.concatenate([frame, full[:, columns:]], axis=1)


def _chart(problem: Arrangement, point: Point) -> Chart:
    cells, rank = len(problem.cells), point.middle.size
    columns = problem.columns(problem.gaps(point))
    slope, bend = _fit_derivatives(problem, columns)
    left, right = _complete(point.left), _complete(point.right)
    inside = np.zeros((cells - 1, cells), dtype=bool)
    inside[:rank], inside[:, :rank] = True, True
    scale = np.ones((cells - 1, cells))
    scale[:, :rank], scale[:rank] = point.middle, point.middle[:, None]
    scale[:rank, :rank] = np.sqrt(np.outer(point.middle, point.middle))
    held = np.nonzero(point.values > 0)[0]
    within = left.T @ slope[:, 2:].T @ right
    matrix_gradient, matrix_hessian = _matrix_part(problem, point, within, bend, left, right)
    values, first, second = _value_part(problem, point, slope, bend, held)
    cell, kind = held % cells, held // cells
    mixed = (bend[cell, kind, 2:] @ left)[:, :, None] * right[cell][:, None, :]
    factors = np.concatenate([values, scale[inside]])
    hessian = np.block(
        [
            [second, mixed[:, inside]],
            [mixed[:, inside].T, matrix_hessian[inside][:, inside]],
        ]
    )
    gradient = np.concatenate([first, matrix_gradient[inside]])
    return Chart(gradient * factors, hessian * np.outer(factors, factors), scale, inside, left, right, held)


def _fit_derivatives(problem: Arrangement, columns: Columns) -> tuple[Floats, Floats]:
    """Gradient and Hessian of the fit over λ in each cell's (code value, spread value, column of C)."""
    table, weighted = problem.table, columns.weighted
    slope = -np.einsum("crv,cr->cv", table, weighted)
    first = np.einsum("crv,cr->cv", table, columns.wrong)
    bend = table.transpose(0, 2, 1) @ (weighted[:, :, None] * table) + first[:, :, None] * slope[:, None, :]
    return slope, bend


def _value_part(
    problem: Arrangement,
    point: Point,
    slope: Floats,
    bend: Floats,
    held: NDArray[np.intp],
) -> tuple[Floats, Floats, Floats]:
    """The singular values of codes and spreads, gradient and Hessian in them."""
    cells, power = len(problem.cells), 2 / problem.factors
    cell, kind = held % cells, held // cells
    values, count = point.values[held], problem.multiplicity[held]
    first = slope[cell, kind] + count * values ** (power - 1)
    second = np.where(cell[:, None] == cell, bend[cell[:, None], kind[:, None], kind], 0.0)
    second += np.diag(count * (power - 1) * values ** (power - 2))
    return values, first, second


def _matrix_part(
    problem: Arrangement, point: Point, within: Floats, bend: Floats, left: Floats, right: Floats
) -> tuple[Floats, Floats]:
    """Gradient in the coordinates (K, P, Q) of C, and Hessian as a (rows, columns, rows, columns) array."""
    rank, power = point.middle.size, 2 / problem.factors
    first = point.middle ** (power - 1)
    gradient = within.copy()
    gradient[range(rank), range(rank)] += first
    turned = left.T @ bend[:, 2:, 2:] @ left
    outer = np.einsum("cj,cl->cjl", right, right).reshape(right.shape[0], -1)
    shape = (left.shape[0], left.shape[0], right.shape[0], right.shape[0])
    flat = turned.reshape(right.shape[0], -1).T @ outer
    hessian = flat.reshape(shape).transpose(0, 2, 1, 3).copy()
    values, bent = point.middle, (power - 1) * point.middle ** (power - 2)
    difference, total = np.subtract.outer(first, first), np.add.outer(first, first)
    apart = np.subtract.outer(values, values)
    near = np.abs(apart) <= 1e-6 * np.add.outer(values, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        symmetric = np.where(near, (bent[:, None] + bent) / 2, difference / apart)
    skew = total / np.add.outer(values, values)
    i, j = np.indices((rank, rank)).reshape(2, -1)
    hessian[i, j, i, j] += ((symmetric + skew) / 2)[i, j]
    hessian[i, j, j, i] += ((symmetric - skew) / 2)[i, j]  # together φ'' on the diagonal
    for k in range(rank):
        normal = within[rank:, rank:] / values[k]
        further, beyond = np.arange(rank, left.shape[0]), np.arange(rank, right.shape[0])
        hessian[further, k, further, k] += first[k] / values[k]
        hessian[k, beyond, k, beyond] += first[k] / values[k]
        hessian[rank:, k, k, rank:] += normal
        hessian[k, rank:, rank:, k] += normal.T
    return gradient, hessian


def _moved(chart: Chart, point: Point, step: Floats) -> Point:
    """The point a step away, on the matrices of the same rank."""
    rank = point.middle.size
    values = point.values.copy()
    values[chart.held] *= np.maximum(1 + step[: chart.held.size], 0.1)
    if rank == 0:
        return replace(point, values=values)
    change = np.zeros(chart.scale.shape)
    change[chart.inside] = step[chart.held.size :]
    change *= chart.scale
    tall = np.concatenate([np.eye(rank), change[rank:, :rank] / point.middle])
    wide = np.concatenate([np.eye(rank), (change[:rank, rank:] / point.middle[:, None]).T])
    centre = np.diag(point.middle) + change[:rank, :rank]
    left, middle, right = np.linalg.svd(chart.left @ tall @ centre @ wide.T @ chart.right.T)
    return Point(values, left[:, :rank], middle[:rank], right[:rank].T)


def along_ray(problem: Arrangement, direction: Point) -> Point | None:
    """The best of the local minima along t ↦ t·direction, on a grid; None where the loss only rises."""
    gaps = problem.gaps(direction)
    positive = gaps[(gaps > 1e-9 * np.abs(gaps).max(initial=0.0))]
    if positive.size == 0:
        return None
    unit = 1 / float(positive.min())
    farthest = 4 * unit * (np.log(problem.classes) + max(float(problem.log_shares.max()), 1.0) + 40)
    scales = np.geomspace(1e-3 * unit, farthest, GRID)
    penalty = problem.penalty(direction) * scales ** (2 / problem.factors)
    losses = problem.fits(scales[:, None, None] * gaps) + penalty
    lower = (losses[1:-1] < losses[:-2]) & (losses[1:-1] <= losses[2:])
    places = np.nonzero(lower)[0] + 1
    if places.size == 0:
        return None
    scale = float(scales[places[np.argmin(losses[places])]])
    return replace(direction, values=scale * direction.values, middle=scale * direction.middle)


SHORTEST: Final = 1 / 8
"""Steps of a continuation are halved down to this fraction of the way."""


def continued(family: Callable[[float], Arrangement], start: Point) -> Point | None:
    """The critical point of family(1) on the branch through that of family(0) near `start`.

    None where the branch turns back or loses rank on the way.
    """
    point, place, step = critical_point(family(0.0), start), 0.0, 1.0
    while point is not None and place < 1:
        step = min(step, 1 - place)
        further = critical_point(family(place + step), point)
        if further is not None:
            point, place = further, place + step
            continue
        step /= 2
        if step < SHORTEST:
            return None
    return point
