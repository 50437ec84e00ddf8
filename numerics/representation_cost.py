"""Representation costs of two factors as semidefinite programs, with a bound from either side.

min{‖A‖_F² + ‖B‖_F² : AB = X} = 2‖X‖_* = min{tr P + tr Q : [[P, X], [Xᵀ, Q]] ⪰ 0}.

The lower bound is computed from the solver's multipliers after moving them into the feasible set, so
it holds whatever the solver's accuracy. A solver that fails leaves 0 ≤ cost < ∞ as all that is known.
"""

import importlib.metadata
import math
import warnings
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA

Solver: TypeAlias = Literal["clarabel", "scs"]

SCS_ACCURACY = 1e-8
"""Accuracy asked of the first-order solver: two digits below what is asked of the comparison."""

SCS_ITERATIONS = 100_000
"""A few seconds at the sizes met here."""


@dataclass(frozen=True)
class RepresentationCost:
    """A cost enclosed by the solver's value and a feasible dual bound; `matrix` attains the value."""

    value: float
    lower_bound: float
    gap: float
    status: str
    solver: str
    remedy: str
    matrix: FloatArray


def two_factor_cost(product: ArrayLike, *, solver: Solver = "clarabel") -> RepresentationCost:
    """Return min{‖A‖_F² + ‖B‖_F² : AB = X}, solved as a semidefinite program.

    The dual is max{2⟨X, Y⟩ : ‖Y‖_2 ≤ 1}; the solver's Y is clipped to that ball.

    Source: Shang et al. 2020 (F = 2); the program is that of Fazel, Hindi, Boyd, ACC 2001.

    Raises
    ------
    InvalidProblemError
        If the product is not a finite matrix or the solver is unknown.

    Examples
    --------
    >>> cost = two_factor_cost([[3.0, 0.0], [0.0, 1.0]])
    >>> round(cost.value, 5), cost.lower_bound <= 8.0, cost.status
    (8.0, True, 'optimal')
    """
    import cvxpy as cp

    target = finite_matrix(product, "product")
    rows, columns = target.shape
    # The cost is homogeneous; solvers' absolute tolerances are not.
    scale = float(np.linalg.norm(target, 2)) or 1.0
    whole = cp.Variable((rows + columns, rows + columns), PSD=True)
    fixed = cast(Any, whole[:rows, rows:] == target / scale)
    solution = _solve(cp.Problem(cp.Minimize(cp.trace(whole)), [fixed]), solver)
    if solution.remedy:
        return _unknown(solution, target.shape)
    # Stationarity in `whole`: I + ½(multiplier off the diagonal) ⪰ 0.
    certificate = _clipped(-0.5 * _value(fixed.dual_value))
    bound = 2.0 * float(np.sum(target * certificate))
    return _enclosed(solution, bound, target, scale)


def max_margin_cost(classes: int, *, solver: Solver = "clarabel") -> RepresentationCost:
    """Return min{2‖Z‖_* : Z_cc − Z_jc ≥ 1 for all j ≠ c} over K × K matrices: 2(K − 1), at Z = S.

    The dual is max{Σα_jc : ‖Σα_jc(e_c − e_j)e_cᵀ‖_2 ≤ 2, α ≥ 0}; the solver's multipliers are scaled
    into that ball.

    Raises
    ------
    InvalidProblemError
        If there are fewer than two classes or the solver is unknown.

    Examples
    --------
    >>> round(max_margin_cost(3).value, 5)
    4.0
    """
    import cvxpy as cp

    if classes < 2:
        raise InvalidProblemError(f"classes {classes}: a margin needs at least 2")
    whole = cp.Variable((2 * classes, 2 * classes), PSD=True)
    logits = whole[:classes, classes:]
    own = cp.diag(logits)
    # Row j, column c: Z_cc − Z_jc; the diagonal is 0 ≥ 0 and carries no multiplier.
    margins = np.ones((classes, 1)) @ cp.reshape(own, (1, classes), order="C") - logits
    required = cast(Any, margins >= np.ones((classes, classes)) - np.eye(classes))
    solution = _solve(cp.Problem(cp.Minimize(cp.trace(whole)), [required]), solver)
    if solution.remedy:
        return _unknown(solution, (classes, classes))
    weights = np.maximum(_value(required.dual_value), 0.0)
    np.fill_diagonal(weights, 0.0)
    certificate = np.diag(weights.sum(axis=0)) - weights
    excess = float(np.linalg.norm(certificate, 2)) * (1.0 + LINEAR_ALGEBRA) / 2.0
    bound = float(weights.sum()) / max(1.0, excess)
    return _enclosed(solution, bound, _value(whole.value)[:classes, classes:])


@dataclass(frozen=True)
class _Solution:
    value: float
    status: str
    solver: str
    remedy: str


def _solve(problem: Any, solver: Solver) -> _Solution:
    import cvxpy as cp

    options: dict[str, dict[str, Any]] = {
        "clarabel": {"solver": cp.CLARABEL},
        "scs": {
            "solver": cp.SCS,
            "eps_abs": SCS_ACCURACY,
            "eps_rel": SCS_ACCURACY,
            "max_iters": SCS_ITERATIONS,
        },
    }
    if solver not in options:
        raise InvalidProblemError(f"solver {solver!r} is unknown: use clarabel or scs")
    name = f"{solver} {importlib.metadata.version(solver)}"
    other = "scs" if solver == "clarabel" else "clarabel"
    try:
        with warnings.catch_warnings():
            # The status below says the same, as a value.
            warnings.filterwarnings("ignore", message="Solution may be inaccurate")
            problem.solve(**options[solver])
    except cp.SolverError as error:
        return _Solution(math.inf, "failed", name, f"{error}: ask {other} for a second opinion")
    status = str(problem.status)
    if status != cp.OPTIMAL:
        return _Solution(math.inf, status, name, f"{status}: rescale the matrix, or ask {other}")
    return _Solution(float(problem.value), status, name, "")


def _value(value: Any) -> FloatArray:
    """Turn one of cvxpy's untyped values into an array."""
    return np.array(value, dtype=np.float64)


def _clipped(matrix: FloatArray) -> FloatArray:
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    # A hair inside the ball, so that rounding in the decomposition cannot leave it.
    return (left * np.minimum(values, 1.0 - LINEAR_ALGEBRA)) @ right


def _enclosed(
    solution: _Solution, bound: float, matrix: FloatArray, scale: float = 1.0
) -> RepresentationCost:
    value = scale * solution.value
    return RepresentationCost(value, bound, value - bound, solution.status, solution.solver, "", matrix)


def _unknown(solution: _Solution, shape: tuple[int, ...]) -> RepresentationCost:
    return RepresentationCost(
        math.inf, 0.0, math.inf, solution.status, solution.solver, solution.remedy, np.zeros(shape)
    )
