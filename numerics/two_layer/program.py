"""Solving one of cvxpy's programs: what went wrong is a value with a remedy."""

import importlib.metadata
import warnings
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from theory.errors import InvalidProblemError

Solver: TypeAlias = Literal["clarabel", "scs"]

OPTIONS: dict[str, dict[str, Any]] = {
    "clarabel": {"solver": "CLARABEL"},
    "scs": {"solver": "SCS", "eps_abs": 1e-8, "eps_rel": 1e-8, "max_iters": 100_000},
}


@dataclass(frozen=True)
class Solution:
    """A solver's word; a `remedy` that is not empty means that there is no answer."""

    status: str
    solver: str
    remedy: str


def solved(problem: Any, solver: Solver) -> Solution:
    """Solve a cvxpy problem in place and tell how it went.

    Raises InvalidProblemError for an unknown solver.
    """
    import cvxpy as cp

    if solver not in OPTIONS:
        raise InvalidProblemError(f"solver {solver!r} is unknown: use clarabel or scs")
    name = f"{solver} {importlib.metadata.version(solver)}"
    other = "scs" if solver == "clarabel" else "clarabel"
    try:
        with warnings.catch_warnings():
            # The status below says the same, as a value.
            warnings.filterwarnings("ignore", message="Solution may be inaccurate")
            problem.solve(**OPTIONS[solver])
    except cp.SolverError as error:
        return Solution("failed", name, f"{error}: ask {other} for a second opinion")
    status = str(problem.status)
    if status in (cp.INFEASIBLE, cp.INFEASIBLE_INACCURATE):
        return Solution(
            status, name, "no network gives these targets: parallel samples contradict each other"
        )
    if status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
        return Solution(status, name, f"{status}: rescale the data, or ask {other}")
    return Solution(status, name, "")
