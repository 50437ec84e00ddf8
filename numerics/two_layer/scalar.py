"""The representation cost of two-layer ReLU networks with one output: an exact convex program.

min ½(‖U‖² + ‖v‖²) over networks of any width with v max(UX, 0) = y equals
min Σ_p ‖a_p‖ + ‖b_p‖ with Σ_p D_p Xᵀ(a_p − b_p) = y and a_p, b_p in the cell p (Pilanci and Ergen 2020,
here for interpolation and without bias). Its dual is max yᵀz with |zᵀ max(Xᵀu, 0)| ≤ 1 for all ‖u‖ ≤ 1.

On the cell p the largest zᵀ max(Xᵀu, 0) is the norm of g = X D_p z projected to the cell, which is
min_{μ≥0} ‖g + A_pᵀμ‖ where A_p has the rows ±xᵢᵀ: any μ ≥ 0 bounds it, so dividing z by the largest bound
gives a lower bound on the cost that needs no trust in the solver.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.conic_solvers import ConicSolver, Word, solve
from numerics.two_layer.network import CONTRADICTION, NEGLIGIBLE, TwoLayer, cheapest_with
from numerics.two_layer.patterns import Patterns, activation_patterns
from theory.errors import InvalidProblemError


@dataclass(frozen=True)
class ScalarCost:
    """A cost enclosed: `network` interpolates and costs `value`; no network costs less than `lower_bound`.

    `multipliers` are the z of the lower bound before they are scaled into the feasible set. Where the solver
    failed, or no interpolating network came out, the value is infinite, and `remedy` says what to do.
    """

    value: float
    lower_bound: float
    status: str
    solver: str
    remedy: str
    network: TwoLayer | None
    multipliers: FloatArray
    patterns: Patterns

    @property
    def gap(self) -> float:
        """How far the two bounds are apart."""
        return self.value - self.lower_bound


def scalar_cost(samples: ArrayLike, targets: ArrayLike, *, solver: ConicSolver = "clarabel") -> ScalarCost:
    """Return min ½(‖U‖² + ‖v‖²) over two-layer ReLU networks of any width with v max(UX, 0) = y.

    Parameters
    ----------
    samples: d × N, at most 16 of them; append a row of ones for a penalised bias.
    targets: N numbers.

    Source: Pilanci and Ergen 2020, Theorem 1, for interpolation in place of a loss.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, or patterns cannot be listed.

    Examples
    --------
    >>> cost = scalar_cost([[1.0, -1.0]], [3.0, 4.0])  # |x| needs a neuron for each side
    >>> round(cost.value, 6), round(cost.lower_bound, 4), cost.status
    (7.0, 7.0, 'optimal')
    """
    import cvxpy as cp

    matrix = finite_matrix(samples, "samples")
    values = finite_matrix(np.atleast_2d(np.asarray(targets, dtype=np.float64)), "targets")
    if values.shape != (1, matrix.shape[1]):
        raise InvalidProblemError(f"{values.shape} targets for {matrix.shape[1]} samples: pass one a sample")
    patterns = activation_patterns(matrix)
    scale = float(np.abs(values).max()) or 1.0
    active = patterns.active.T.astype(np.float64)
    rising, falling = (cp.Variable((matrix.shape[0], patterns.count)) for _ in range(2))
    signs = 2.0 * active - 1.0
    constraints: list[Any] = [
        cp.sum(cp.multiply(active, matrix.T @ (rising - falling)), axis=1) == values[0] / scale,
        cp.multiply(signs, matrix.T @ rising) >= 0,
        cp.multiply(signs, matrix.T @ falling) >= 0,
    ]
    cost = cp.sum(cp.norm(rising, axis=0)) + cp.sum(cp.norm(falling, axis=0))
    word = solve(cp.Problem(cp.Minimize(cost), constraints), solver)
    if not word.has_solution:
        return _unknown(word, patterns, matrix.shape[1])
    multipliers = np.array(constraints[0].dual_value, dtype=np.float64)
    multipliers *= np.sign(multipliers @ values[0])  # whichever sign convention the solver has
    largest = max(
        _largest_response(matrix, active[:, p], side * multipliers)[0]
        for p in range(patterns.count)
        for side in (1.0, -1.0)
    )
    bound = float(multipliers @ values[0]) / largest if largest > 0 else 0.0
    found = cheapest_with(
        _directions(np.array(rising.value), np.array(falling.value), patterns), matrix, values
    )
    network = None if found is None else found[0]
    return ScalarCost(
        value=math.inf if network is None else network.cost,
        lower_bound=bound,
        status=word.status,
        solver=word.solver,
        remedy="" if network is not None else "the recovered network does not interpolate: ask scs",
        network=network,
        multipliers=multipliers,
        patterns=patterns,
    )


def exact_scalar_bound(samples: ArrayLike, targets: ArrayLike, cost: ScalarCost) -> Fraction:
    """Return a rational lower bound on the square of the cost, proved in rational arithmetic.

    The multipliers z and the μ of each cell are rounded to rationals; the largest of ‖X D_p z + A_pᵀμ‖² over
    all cells and signs is exact, and (yᵀz)² over it is the bound. The patterns are complete by their count.

    Examples
    --------
    >>> cost = scalar_cost([[1.0, -1.0]], [3.0, 4.0])
    >>> float(exact_scalar_bound([[1.0, -1.0]], [3.0, 4.0], cost)) <= 49.0
    True
    """
    matrix, columns = finite_matrix(samples, "samples"), cost.patterns.samples
    values = [Fraction(float(entry)) for entry in np.ravel(np.asarray(targets, dtype=np.float64))]
    weights = [Fraction(float(entry)).limit_denominator(10**9) for entry in cost.multipliers]
    largest = Fraction(0)
    for pattern in cost.patterns.active:
        for side in (1, -1):
            shares = _largest_response(matrix, pattern.astype(np.float64), side * cost.multipliers)[1]
            vector = [Fraction(0)] * matrix.shape[0]
            for column, on, weight, share in zip(columns, pattern, weights, shares, strict=True):
                rounded = Fraction(float(share)).limit_denominator(10**9)
                factor = (side * weight + rounded) if on else -rounded
                vector = [entry + factor * part for entry, part in zip(vector, column, strict=True)]
            largest = max(largest, sum((entry * entry for entry in vector), Fraction(0)))
    gain = sum((weight * value for weight, value in zip(weights, values, strict=True)), Fraction(0))
    return gain * gain / largest if gain > 0 else Fraction(0)


def _largest_response(
    samples: FloatArray, active: FloatArray, multipliers: FloatArray
) -> tuple[float, FloatArray]:
    """min_{μ≥0} ‖X D z + Aᵀμ‖, an upper bound on the response of one cell whatever μ is, and that μ."""
    from scipy.optimize import nnls

    pull = samples @ (active * multipliers)
    cone = samples * (2.0 * active - 1.0)
    shares = np.maximum(nnls(cone, -pull)[0], 0.0)
    return float(np.linalg.norm(pull + cone @ shares)), shares


def _directions(rising: FloatArray, falling: FloatArray, patterns: Patterns) -> FloatArray:
    """Hidden weights to choose from: the solver's, and one of every cell to make up for its rounding."""
    vectors = np.hstack([rising, falling]).T
    sizes = np.linalg.norm(vectors, axis=1)
    spare = np.array([[float(entry) for entry in weight] for weight in patterns.witnesses])
    return np.vstack([vectors[sizes > NEGLIGIBLE * sizes.sum()], spare])


def _unknown(word: Word, patterns: Patterns, samples: int) -> ScalarCost:
    remedy = f"by {word.solver}'s word {CONTRADICTION}" if word.status == "infeasible" else word.remedy
    return ScalarCost(
        math.inf, 0.0, word.status, word.solver,
        remedy, None, np.zeros(samples), patterns,
    )  # fmt: skip
