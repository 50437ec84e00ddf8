"""Gram matrices of a polynomial: the semidefinite program behind a sum of squares, in floats."""

import warnings
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

Powers = tuple[int, ...]
Polynomial = dict[Powers, float]


def gram_matrices(
    polynomial: Polynomial,
    multipliers: Sequence[Polynomial],
    bases: Sequence[Sequence[Powers]],
    *,
    strict: bool,
) -> tuple[list[np.ndarray], float] | None:
    """Positive definite Q_j, as far inside the cone as can be, with p = c + Σ_j m_j · z_jᵀ Q_j z_j.

    Parameters
    ----------
    polynomial, multipliers: monomials (tuples of powers) to coefficients; the first multiplier is 1.
    bases: for each multiplier the monomials z_j.
    strict: whether a constant c > 0 is split off; otherwise c = 0.

    Returns the matrices and c, or None when there is no such decomposition or the solver fails.
    """
    import cvxpy

    matrices = [cvxpy.Variable((len(basis), len(basis)), symmetric=True) for basis in bases]
    depth = cvxpy.Variable()
    constant = cvxpy.Variable(nonneg=True)
    sums: dict[Powers, list[Any]] = {}
    for multiplier, basis, matrix in zip(multipliers, bases, matrices, strict=True):
        for factor, coefficient in multiplier.items():
            for i, left in enumerate(basis):
                for j, right in enumerate(basis):
                    powers = tuple(a + b + c for a, b, c in zip(factor, left, right, strict=True))
                    sums.setdefault(powers, []).append(coefficient * matrix[i, j])
    zero = tuple(0 for _ in next(iter(polynomial)))
    sums.setdefault(zero, []).append(constant)
    constraints: list[Any] = [
        cast(Any, sum(terms)) == polynomial.get(powers, 0.0) for powers, terms in sums.items()
    ]
    if set(polynomial) - set(sums):
        return None
    constraints += [matrix >> depth * np.eye(matrix.shape[0]) for matrix in matrices]
    constraints += [depth <= 1, constant >= depth if strict else constant == 0]
    problem = cvxpy.Problem(cvxpy.Maximize(depth), constraints)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an inaccurate solution: it is made exact, or given up
            problem.solve(solver=cvxpy.CLARABEL)
    except cvxpy.SolverError:
        return None
    values = [matrix.value for matrix in matrices]
    if problem.status not in ("optimal", "optimal_inaccurate") or any(value is None for value in values):
        return None
    return [cast(np.ndarray, value) for value in values], float(cast(Any, constant.value))
