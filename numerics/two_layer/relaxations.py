"""The representation cost of two-layer ReLU networks with several outputs: bounds by conic programs.

min ½(‖U‖² + ‖V‖²) with V max(UX, 0) = Y is the largest ⟨Y, Z⟩ with ‖Z max(Xᵀu, 0)‖ ≤ 1 for all ‖u‖ ≤ 1: on
the cell p, where A_p u ≥ 0, the form ‖u‖² − ‖Z D_p Xᵀu‖² has to be non-negative, which is a copositive
condition (Sahiner et al. 2021). Two programs strengthen it, so their values are lower bounds:

nuclear: the form is positive semidefinite everywhere, ‖Z D_p Xᵀ‖₂ ≤ 1; the dual of min Σ‖W_p‖_* over
    Σ_p W_p X D_p = Y.
conic: I − (Z D_p Xᵀ)ᵀ(Z D_p Xᵀ) − A_pᵀ N_p A_p ⪰ 0 for some entrywise non-negative N_p; never below the
    nuclear one.

The conic bound is exact where every cell is a simplicial cone with at most four facets, for there copositive
forms are the sums of a positive semidefinite and a non-negative one (Diananda 1962): for data of rank one or
two, and for up to four linearly independent samples.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.conic_solvers import ConicSolver, solve
from numerics.two_layer.patterns import Patterns, activation_patterns
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA

Relaxation: TypeAlias = Literal["nuclear", "conic"]

DIANANDA = 4
"""Order up to which copositive is the sum of positive semidefinite and non-negative."""


@dataclass(frozen=True)
class RelaxedCost:
    """A lower bound on a cost; `exact` tells whether the relaxation's value is the cost, `reason` why.

    Where the solver failed the bound is 0 and `remedy` says what to do.
    """

    lower_bound: float
    exact: bool
    reason: str
    status: str
    solver: str
    remedy: str
    multipliers: FloatArray


def relaxed_cost(
    samples: ArrayLike,
    targets: ArrayLike,
    *,
    relaxation: Relaxation = "conic",
    solver: ConicSolver = "clarabel",
) -> RelaxedCost:
    """Return a lower bound on min ½(‖U‖² + ‖V‖²) over two-layer ReLU networks with V max(UX, 0) = Y.

    The bound is recomputed from the solver's multipliers after they are scaled into the feasible set.

    Parameters
    ----------
    samples: d × N, at most 16 of them; append a row of ones for a penalised bias.
    targets: c × N.

    Source: Sahiner et al. 2021, section 3; the conic strengthening and its exact cases ours.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, the relaxation is unknown, or patterns cannot be listed.

    Examples
    --------
    >>> bound = relaxed_cost([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> round(bound.lower_bound, 6), bound.exact
    (2.0, True)
    """
    import cvxpy as cp

    matrix, values = finite_matrix(samples, "samples"), finite_matrix(targets, "targets")
    if values.shape[1] != matrix.shape[1]:
        raise InvalidProblemError(
            f"{values.shape} targets for {matrix.shape[1]} samples: pass one column a sample"
        )
    if relaxation not in ("nuclear", "conic"):
        raise InvalidProblemError(f"relaxation {relaxation!r} is unknown: use nuclear or conic")
    patterns = activation_patterns(matrix)
    data = in_span(matrix, patterns.rank)[1]
    scale = float(np.linalg.norm(values, 2)) or 1.0
    multipliers = cp.Variable(values.shape)
    shares: list[Any] = []
    constraints: list[Any] = []
    for active in patterns.active.astype(np.float64):
        whole = np.eye(patterns.rank)
        if relaxation == "conic":
            shares.append(cp.Variable((matrix.shape[1], matrix.shape[1]), symmetric=True))
            facets = (data * (2.0 * active - 1.0)).T
            constraints.append(shares[-1] >= 0)
            whole = whole - facets.T @ shares[-1] @ facets
        response = multipliers @ (data * active).T
        constraints.append(cp.bmat([[whole, response.T], [response, np.eye(values.shape[0])]]) >> 0)
    problem = cp.Problem(cp.Maximize(cp.sum(cp.multiply(values / scale, multipliers))), constraints)
    word = solve(problem, solver)
    found = np.array(multipliers.value, dtype=np.float64) if word.has_solution else np.zeros(values.shape)
    forms = [np.maximum(np.array(share.value), 0.0) for share in shares if word.has_solution]
    exact, reason = _exactness(patterns, relaxation)
    return RelaxedCost(
        lower_bound=_feasible_value(data, patterns, values, found, forms),
        exact=exact and word.has_solution,
        reason=reason,
        status=word.status,
        solver=word.solver,
        remedy="" if word.has_solution else word.remedy,
        multipliers=found,
    )


def in_span(matrix: FloatArray, rank: int) -> tuple[FloatArray, FloatArray]:
    """An orthonormal basis (d × r) of the samples' span, and the samples in it: weights outside only cost."""
    basis = cast(FloatArray, np.linalg.svd(matrix, full_matrices=False)[0])[:, :rank]
    return basis, basis.T @ matrix


def _feasible_value(
    data: FloatArray, patterns: Patterns, values: FloatArray, multipliers: FloatArray, forms: list[FloatArray]
) -> float:
    """⟨Y, tZ⟩ for the largest t ≤ 1 such that t²(GᵀG + AᵀNA) stays below the identity on every cell."""
    largest = 1.0
    for index, active in enumerate(patterns.active.astype(np.float64)):
        response = multipliers @ (data * active).T
        form = response.T @ response
        if forms:
            facets = (data * (2.0 * active - 1.0)).T
            form = form + facets.T @ (0.5 * (forms[index] + forms[index].T)) @ facets
        largest = max(largest, float(np.linalg.eigvalsh(form)[-1]) * (1.0 + LINEAR_ALGEBRA))
    return max(0.0, float(np.sum(values * multipliers)) / math.sqrt(largest))


def _exactness(patterns: Patterns, relaxation: Relaxation) -> tuple[bool, str]:
    """Whether the conic bound is the cost for any targets, and why."""
    if relaxation == "nuclear":
        return False, "a lower bound: the cells' cones are left out"
    if patterns.rank <= 2:
        return True, f"data of rank {patterns.rank}: every cell is a simplicial cone"
    if patterns.independent and patterns.rank <= DIANANDA:
        return True, f"{patterns.rank} linearly independent samples: every cell is a simplicial cone"
    return False, "a lower bound: cells are no simplicial cones of at most four facets"
