"""Asking one of cvxpy's solvers: whatever happens is a value with a remedy, never an exception.

A status is a solver's word and no fact. The callers recompute bounds from the numbers they get.
"""

import importlib.metadata
import time
import warnings
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

from theory.errors import InvalidProblemError

ConicSolver: TypeAlias = Literal["clarabel", "scs"]
Status: TypeAlias = Literal["optimal", "inaccurate", "infeasible", "unbounded", "timed out", "failed"]

CLARABEL_ACCURACY = 1e-9
"""A digit beyond what it asks of itself."""

SCS_ACCURACY = 1e-8
"""Accuracy asked of the first-order solver: two digits below what is asked of comparisons."""

SCS_ITERATIONS = 100_000
"""A few seconds at the sizes met here."""

SECONDS: Final = 60.0
"""Time allowed by default: forty classes with margins take Clarabel less."""

_STATUSES: Final[dict[str, Status]] = {
    "optimal": "optimal",
    "optimal_inaccurate": "inaccurate",
    "infeasible": "infeasible",
    "infeasible_inaccurate": "infeasible",
    "unbounded": "unbounded",
    "unbounded_inaccurate": "unbounded",
    "user_limit": "timed out",
}


@dataclass(frozen=True)
class Word:
    """What a solver says of its work; `remedy` is empty for ``optimal`` only. `solver` has its version."""

    status: Status
    solver: str
    remedy: str
    seconds: float
    iterations: int

    @property
    def has_solution(self) -> bool:
        """Whether variables and multipliers have values that are meant as a solution."""
        return self.status in ("optimal", "inaccurate")


def solve(problem: Any, solver: ConicSolver = "clarabel", *, seconds: float = SECONDS) -> Word:
    """Solve a cvxpy problem in place and tell how it went.

    Raises
    ------
    InvalidProblemError
        If the solver is unknown.

    Examples
    --------
    >>> import cvxpy
    >>> x = cvxpy.Variable()
    >>> solve(cvxpy.Problem(cvxpy.Minimize(x), [x >= 1, x <= 0])).status
    'infeasible'
    """
    if solver not in get_args(ConicSolver):
        raise InvalidProblemError(f"solver {solver!r} is unknown: use {' or '.join(get_args(ConicSolver))}")
    name = f"{solver} {importlib.metadata.version(solver)}"
    other = "scs" if solver == "clarabel" else "clarabel"
    started = time.perf_counter()
    failure = _failure(problem, _options(solver, seconds))
    elapsed = time.perf_counter() - started
    if failure:
        return Word("failed", name, f"{failure}: rescale the problem, or ask {other}", elapsed, 0)
    status = _STATUSES.get(str(problem.status), "failed")
    statistics = problem.solver_stats
    iterations = 0 if statistics is None else int(statistics.num_iters or 0)
    return Word(status, name, _remedy(status, seconds, other), elapsed, iterations)


def _options(solver: ConicSolver, seconds: float) -> dict[str, Any]:
    if solver == "scs":
        return {
            "solver": "SCS",
            "eps_abs": SCS_ACCURACY,
            "eps_rel": SCS_ACCURACY,
            "max_iters": SCS_ITERATIONS,
            "time_limit_secs": seconds,
        }
    return {
        "solver": "CLARABEL",
        "tol_gap_abs": CLARABEL_ACCURACY,
        "tol_gap_rel": CLARABEL_ACCURACY,
        "tol_feas": CLARABEL_ACCURACY,
        "time_limit": seconds,
    }


def _failure(problem: Any, options: dict[str, Any]) -> str:
    """Solve; returns what a solver that broke down says, else nothing."""
    import cvxpy as cp

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the status says the same, as a value
            problem.solve(warm_start=False, **options)
    except (cp.SolverError, ArithmeticError, ValueError) as error:
        return str(error).partition("\n")[0]
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Clarabel's own breakdown is no Exception
            raise
        return f"it panicked ({error})"
    return ""


def _remedy(status: Status, seconds: float, other: str) -> str:
    if status == "optimal":
        return ""
    if status == "timed out":
        return f"stopped after {seconds:g} s: allow more seconds, or ask {other}"
    return f"{status}: rescale the problem, or ask {other}"
