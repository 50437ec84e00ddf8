"""One call for every problem and every solver, and two solvers held against each other.

Failure, infeasibility, an objective without a minimum, a stop for lack of time: all are values of one
type with a remedy. No status of a solver is taken on trust (see `enclosure`).
"""

import threading
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from numerics.conic_solvers import SECONDS, ConicSolver, solve
from numerics.representation_cost.enclosure import (
    Attempt,
    RepresentationCost,
    Solver,
    enclose,
)
from numerics.representation_cost.fits import Alignment, Interpolation, Margins, SquaredLoss
from numerics.representation_cost.own import own_attempt
from numerics.representation_cost.problem import CostProblem
from numerics.representation_cost.programs import Form, program_for
from theory.errors import InvalidProblemError
from theory.tolerances import SOLVER_GAP

_ONE_AT_A_TIME = threading.Lock()


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
    if not isinstance(problem, CostProblem):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidProblemError(
            f"{type(problem).__name__} is no problem: make one by margins, interpolation or penalised_…"
        )
    if solver not in get_args(Solver):
        raise InvalidProblemError(f"solver {solver!r} is unknown: use clarabel, scs or own")
    if form not in get_args(Form):
        raise InvalidProblemError(f"form {form!r} is unknown: use {' or '.join(get_args(Form))}")
    if not (0 < accuracy < np.inf and 0 < seconds < np.inf):
        raise InvalidProblemError(f"accuracy {accuracy} and seconds {seconds} must be positive and finite")
    at_zero = enclose(problem, Attempt("none: zero is optimal"), accuracy)
    if at_zero.status == "optimal":
        return at_zero
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


def _ask(problem: CostProblem, solver: ConicSolver, form: Form, seconds: float) -> Attempt:
    """Clarabel's or SCS's attempt at the problem, scaled to inputs and demands of size one."""
    scaled, stretch, pull = _normalised(problem)
    with _ONE_AT_A_TIME:  # compiled programs are shared
        program = program_for(scaled, form)
        word = solve(program.problem, solver, seconds=seconds)
        attempt = Attempt(word.solver, None, None, word.status, word.remedy, word.seconds, word.iterations)
        if word.status in ("infeasible", "unbounded", "failed") or program.matrix.value is None:
            return attempt
        return replace(
            attempt,
            matrix=stretch * np.array(program.matrix.value, dtype=np.float64),
            multipliers=pull * program.multipliers(),
        )


def _normalised(problem: CostProblem) -> tuple[CostProblem, float, float]:
    """An equal problem with inputs and demands of size one; what its Z and its P are to be multiplied by.

    Costs are homogeneous; solvers' absolute tolerances are not.
    """
    fit = problem.fit
    reach = float(np.linalg.norm(problem.inputs, 2))
    inputs = problem.inputs / reach
    if isinstance(fit, Margins):
        size = float(np.max(fit.required))  # positive, or zero were optimal
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
