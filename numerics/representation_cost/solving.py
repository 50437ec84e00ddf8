"""One call for every problem and every solver, and two solvers held against each other.

Failure, infeasibility, an objective without a minimum, a stop for lack of time: all are values of one
type with a remedy. No status of a solver is taken on trust (see `enclosure`).
"""

import importlib.metadata
import threading
import time
import warnings
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

import numpy as np

from numerics.representation_cost.enclosure import (
    Attempt,
    RepresentationCost,
    Solver,
    Status,
    enclose,
    is_feasible,
)
from numerics.representation_cost.fits import Alignment, Interpolation, Margins, SquaredLoss
from numerics.representation_cost.own import own_attempt
from numerics.representation_cost.problem import CostProblem
from numerics.representation_cost.programs import Form, Program, program_for
from theory.errors import InvalidProblemError
from theory.tolerances import SOLVER_GAP

CLARABEL_ACCURACY = 1e-9
"""A digit beyond what it asks of itself; the gap says what came of it."""

SCS_ACCURACY = 1e-8
"""Accuracy asked of the first-order solver: two digits below what is asked of the comparison."""

SCS_ITERATIONS = 100_000
"""A few seconds at the sizes met here."""

SECONDS: Final = 60.0
"""Time allowed by default: forty classes with margins take Clarabel less."""

_ONE_AT_A_TIME = threading.Lock()
_CLAIMS: Final[dict[str, Status]] = {
    "optimal": "optimal",
    "optimal_inaccurate": "inaccurate",
    "infeasible": "infeasible",
    "infeasible_inaccurate": "infeasible",
    "unbounded": "unbounded",
    "unbounded_inaccurate": "unbounded",
    "user_limit": "timed out",
}


def representation_cost(
    problem: CostProblem,
    *,
    solver: Solver = "clarabel",
    form: Form = "semidefinite",
    accuracy: float = SOLVER_GAP,
    seconds: float = SECONDS,
) -> RepresentationCost:
    """The least h(ZX) + λ‖Z‖_*, enclosed from both sides.

    Parameters
    ----------
    problem: made by `margins`, `interpolation` or one of the `penalised_…`.
    solver: ``clarabel`` (interior point), ``scs`` (first order), both through cvxpy; ``own`` is for free
        features and closed forms much faster.
    form: how cvxpy is given the nuclear norm.
    accuracy: largest relative gap that counts as optimal.
    seconds: time allowed.

    Raises
    ------
    InvalidProblemError
        If solver or form is unknown, accuracy or time is not positive, or ``own`` does not do the problem.

    Examples
    --------
    >>> from numerics.representation_cost import margins
    >>> cost = representation_cost(margins(np.ones((3, 3))))
    >>> cost.status, round(cost.value, 6)
    ('optimal', 2.0)
    """
    if solver not in get_args(Solver):
        raise InvalidProblemError(f"solver {solver!r} is unknown: use clarabel, scs or own")
    if form not in get_args(Form):
        raise InvalidProblemError(f"form {form!r} is unknown: use {' or '.join(get_args(Form))}")
    if not (accuracy > 0 and seconds > 0):
        raise InvalidProblemError(f"accuracy {accuracy} and seconds {seconds} must be positive")
    zero = np.zeros(problem.shape)
    if problem.fit.is_constraint and is_feasible(problem, zero):
        return enclose(problem, Attempt("none: zero meets the constraints"), accuracy)
    if solver == "own":
        return enclose(problem, own_attempt(problem, accuracy, seconds), accuracy)
    return enclose(problem, _ask(problem, solver, form, seconds), accuracy)


@dataclass(frozen=True)
class Opinions:
    """Two solvers on one problem: `difference` of their values, and whether their enclosures meet.

    `remedy` says what to do where the second opinion differs or is missing, else it is empty.
    """

    first: RepresentationCost
    second: RepresentationCost
    difference: float
    agree: bool
    remedy: str


def second_opinion(
    problem: CostProblem,
    *,
    solvers: tuple[Solver, Solver] = ("clarabel", "scs"),
    form: Form = "semidefinite",
    accuracy: float = SOLVER_GAP,
    seconds: float = SECONDS,
) -> Opinions:
    """Ask two solvers; they agree when statuses are equal and values within the accuracy of each other.

    Raises
    ------
    InvalidProblemError
        As `representation_cost` does.

    Examples
    --------
    >>> from numerics.representation_cost import margins
    >>> second_opinion(margins(np.ones((3, 3))), solvers=("clarabel", "own")).agree
    True
    """
    first, second = (
        representation_cost(problem, solver=solver, form=form, accuracy=accuracy, seconds=seconds)
        for solver in solvers
    )
    difference = 0.0 if first.value == second.value else abs(first.value - second.value)
    allowed = first.gap + second.gap + accuracy * abs(second.value) if difference else 0.0
    agree = first.status == second.status and difference <= allowed
    remedy = "" if agree else _reconciled(first, second)
    return Opinions(first, second, difference, agree, remedy)


def _reconciled(first: RepresentationCost, second: RepresentationCost) -> str:
    """Enclosures hold whatever the solver; say which one to take."""
    if first.lower_bound > second.value or second.lower_bound > first.value:
        return "the enclosures exclude each other: a bound is beyond rounding, rescale the problem"
    better = min((first, second), key=lambda cost: cost.gap)
    return f"both enclosures hold; take that of {better.solver} ({better.status}, gap {better.gap:.1e})"


def _ask(problem: CostProblem, solver: Solver, form: Form, seconds: float) -> Attempt:
    """Clarabel's or SCS's attempt at the problem, scaled to inputs and demands of size one."""
    name = f"{solver} {importlib.metadata.version(solver)}"
    other = "scs" if solver == "clarabel" else "clarabel"
    scaled, stretch, pull = _normalised(problem)
    with _ONE_AT_A_TIME:  # compiled programs are shared
        program = program_for(scaled, form)
        started = time.perf_counter()
        failure = _run(program, solver, seconds)
        elapsed = time.perf_counter() - started
        if failure:
            return Attempt(name, claim="failed", remedy=f"{failure}: ask {other}", seconds=elapsed)
        claim = _CLAIMS.get(str(program.problem.status), "failed")
        remedy = "" if claim == "optimal" else _advice(claim, seconds, other)
        attempt = Attempt(name, claim=claim, remedy=remedy, seconds=elapsed, iterations=_iterations(program))
        if program.matrix.value is None or claim in ("infeasible", "unbounded"):
            return attempt
        return replace(
            attempt,
            matrix=stretch * np.array(program.matrix.value, dtype=np.float64),
            multipliers=pull * program.multipliers(),
        )


def _run(program: Program, solver: Solver, seconds: float) -> str:
    """Solve; returns what a solver that broke down says, else nothing."""
    import cvxpy as cp

    options: dict[str, Any] = {
        "solver": cp.CLARABEL,
        "tol_gap_abs": CLARABEL_ACCURACY,
        "tol_gap_rel": CLARABEL_ACCURACY,
        "tol_feas": CLARABEL_ACCURACY,
        "time_limit": seconds,
    }
    if solver == "scs":
        options = {
            "solver": cp.SCS,
            "eps_abs": SCS_ACCURACY,
            "eps_rel": SCS_ACCURACY,
            "max_iters": SCS_ITERATIONS,
            "time_limit_secs": seconds,
        }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the status says the same, as a value
            program.problem.solve(warm_start=False, **options)
    except cp.SolverError as error:
        return str(error).partition("\n")[0]
    return ""


def _advice(claim: Status, seconds: float, other: str) -> str:
    if claim == "timed out":
        return f"stopped after {seconds:g} s: allow more seconds, or use the solver `own`"
    return f"{claim}: rescale the problem, or ask {other}"


def _iterations(program: Program) -> int:
    stats = program.problem.solver_stats
    return int(stats.num_iters or 0) if stats is not None else 0


def _normalised(problem: CostProblem) -> tuple[CostProblem, float, float]:
    """An equal problem with inputs and demands of size one; what its Z and its P are to be multiplied by.

    Costs are homogeneous; solvers' absolute tolerances are not.
    """
    fit = problem.fit
    reach = float(np.linalg.norm(problem.inputs, 2))
    inputs = problem.inputs / reach
    if isinstance(fit, Margins):
        size = float(np.max(np.abs(fit.required[np.isfinite(fit.required)])))
        return CostProblem(replace(fit, required=fit.required / size), inputs), size / reach, 1.0 / reach
    if isinstance(fit, Interpolation):
        size = float(np.abs(fit.targets).max())
        return CostProblem(replace(fit, targets=fit.targets / size), inputs), size / reach, 1.0 / reach
    if isinstance(fit, SquaredLoss):
        size = float(np.abs(fit.targets).max()) or 1.0
        scaled = replace(fit, targets=fit.targets / size)
        return CostProblem(scaled, inputs, problem.weight / (reach * size)), size / reach, size
    if isinstance(fit, Alignment):
        size = float(np.abs(fit.directions).max()) or 1.0
        scaled = replace(fit, directions=fit.directions / size)
        return CostProblem(scaled, inputs, problem.weight / (reach * size)), 1.0 / reach, size
    return CostProblem(fit, inputs, problem.weight / reach), 1.0 / reach, 1.0
