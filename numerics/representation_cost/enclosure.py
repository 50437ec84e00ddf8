"""The one result type: a cost enclosed by a feasible point and a feasible dual point, whoever found them.

Nothing here trusts a solver. Its Z is moved until the constraints hold, its multipliers P until they are
dual feasible, and the values there bound the optimum on either side; status says how close they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.conic_solvers import Status
from numerics.representation_cost.fits import Alignment, Interpolation, Margins
from numerics.representation_cost.problem import CostProblem
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP

Solver: TypeAlias = Literal["clarabel", "scs", "own"]

NOTHING: Final = np.zeros((0, 0))


@dataclass(frozen=True)
class RepresentationCost:
    """A cost enclosed by the value at a feasible point and a feasible dual bound.

    Parameters
    ----------
    value: at `matrix`, an upper bound of the optimum up to rounding; +∞ where no feasible point is known,
        −∞ where the problem is unbounded.
    lower_bound: at `multipliers`; +∞ where the problem is infeasible.
    gap: value − lower_bound.
    status: ``optimal`` when the gap is within the accuracy asked for, else what went wrong.
    solver: name and version.
    remedy: what to do when the status is not ``optimal``, else empty.
    matrix: Z; for an unbounded problem a direction along which the objective falls for ever.
    multipliers: P, K × N, with PXᵀ ∈ λ∂‖Z‖_* at the optimum (signs: see `fits`); for an infeasible problem
        PXᵀ = 0 with a positive dual value.
    seconds, iterations: what the solver took.
    """

    value: float
    lower_bound: float
    gap: float
    status: Status
    solver: str
    remedy: str
    matrix: FloatArray
    multipliers: FloatArray = field(default_factory=lambda: NOTHING)
    seconds: float = 0.0
    iterations: int = 0


@dataclass(frozen=True)
class Attempt:
    """What a solver handed back: a point and multipliers where it has them, and its own words."""

    solver: str
    matrix: FloatArray | None = None
    multipliers: FloatArray | None = None
    claim: Status = "optimal"
    remedy: str = ""
    seconds: float = 0.0
    iterations: int = 0


def enclose(problem: CostProblem, attempt: Attempt, accuracy: float = SOLVER_GAP) -> RepresentationCost:
    """Judge an attempt: move both sides into the feasible sets, compare, name the status.

    The point 0 competes where it is feasible, and −∇h at the point competes with the multipliers.
    """
    if attempt.claim in ("infeasible", "unbounded"):
        return _without_optimum(problem, attempt)
    matrix, value = _best_point(problem, attempt.matrix)
    pulls = [] if attempt.multipliers is None else [attempt.multipliers]
    if not isinstance(problem.fit, (Margins, Interpolation)):
        pulls.append(problem.fit.pull_at(matrix @ problem.inputs))
    multipliers, bound = _best_multipliers(problem, pulls)
    gap = value - bound
    allowed = accuracy * abs(value) + LINEAR_ALGEBRA * _scale(problem)
    enough = math.isfinite(gap) and gap <= allowed
    status: Status = "optimal" if enough else attempt.claim
    remedy = attempt.remedy
    if not enough and status == "optimal":
        status = "inaccurate"
    if not enough and not remedy:
        remedy = f"gap {gap:.1e}, more than {accuracy:.0e} of the value: rescale the problem, ask for less"
    return RepresentationCost(
        value=value,
        lower_bound=bound,
        gap=gap,
        status=status,
        solver=attempt.solver,
        remedy="" if enough else remedy,
        matrix=matrix,
        multipliers=multipliers,
        seconds=attempt.seconds,
        iterations=attempt.iterations,
    )


def _best_point(problem: CostProblem, matrix: FloatArray | None) -> tuple[FloatArray, float]:
    """The cheaper of the point moved into the feasible set and of zero, if feasible; else zero and ∞."""
    zero = np.zeros(problem.shape)
    best, value = zero, problem.objective(zero) if is_feasible(problem, zero) else math.inf
    moved = None if matrix is None else into_feasible_set(problem, matrix)
    if moved is not None and (cost := problem.objective(moved)) < value:
        best, value = moved, cost
    return best, value


def into_feasible_set(problem: CostProblem, matrix: FloatArray) -> FloatArray | None:
    """The matrix moved a little so that the constraints hold to rounding, None where no way was found.

    Scaled up, or corrected by what the outputs lack times X⁺; free features get their own entries raised.
    """
    if not np.isfinite(matrix).all():
        return None
    if not isinstance(problem.fit, (Margins, Interpolation)):
        return matrix
    outputs = matrix @ problem.inputs
    if isinstance(problem.fit, Interpolation):
        lacking = problem.fit.targets - outputs
        candidates = [matrix + lacking @ np.linalg.pinv(problem.inputs)]
    else:
        candidates = _with_margins_met(problem, problem.fit, matrix, outputs)
    feasible = [candidate for candidate in candidates if is_feasible(problem, candidate)]
    return min(feasible, key=problem.objective, default=None)


def _with_margins_met(
    problem: CostProblem, fit: Margins, matrix: FloatArray, outputs: FloatArray
) -> list[FloatArray]:
    lacking = np.zeros_like(outputs)
    lacking[fit.labels, np.arange(fit.labels.size)] = fit.shortfall(outputs).max(axis=0)
    if not lacking.any():
        return [matrix]
    if problem.scales is not None:
        return [matrix + lacking / problem.scales]
    margins, positive = fit.margins(outputs), fit.required > 0
    candidates = [matrix + lacking @ np.linalg.pinv(problem.inputs)]
    if (margins[positive] > 0).all():
        candidates.append(matrix * float(np.max(fit.required[positive] / margins[positive], initial=1.0)))
    return candidates


def is_feasible(problem: CostProblem, matrix: FloatArray) -> bool:
    """Whether the constraints hold up to rounding of the product ZX."""
    if not isinstance(problem.fit, (Margins, Interpolation)):
        return True
    lacking = problem.fit.shortfall(matrix @ problem.inputs)
    size = float(np.linalg.norm(matrix, 2) * np.linalg.norm(problem.inputs, 2)) + _largest_demand(problem)
    return float(lacking.max()) <= LINEAR_ALGEBRA * size


def _best_multipliers(problem: CostProblem, pulls: Sequence[FloatArray]) -> tuple[FloatArray, float]:
    """The best dual point among the multipliers moved into the dual ball, and P = 0 where that is one."""
    best, bound = np.zeros(problem.fit.shape), -math.inf
    for pull in [np.zeros(problem.fit.shape), *pulls]:
        moved = into_dual_ball(problem, pull)
        if moved is not None and (value := problem.fit.dual_value(moved)) > bound:
            best, bound = moved, value
    return best, bound


def into_dual_ball(problem: CostProblem, pull: FloatArray) -> FloatArray | None:
    """P moved into the domain of h*, then scaled until ‖PXᵀ‖_2 ≤ λ despite rounding; None if it cannot be."""
    if not np.isfinite(pull).all():
        return None
    inside = problem.fit.in_domain(pull)
    size = float(np.linalg.norm(problem.gradient_side(inside), 2)) * (1.0 + LINEAR_ALGEBRA)
    if size <= problem.weight:
        return inside
    if isinstance(problem.fit, Alignment):  # only C itself is dual
        return inside if size <= problem.weight * (1.0 + 2 * LINEAR_ALGEBRA) else None
    return inside * (problem.weight / size)


def _without_optimum(problem: CostProblem, attempt: Attempt) -> RepresentationCost:
    """Infeasible or unbounded, if that can be seen without the solver; else the attempt failed."""
    from numerics.representation_cost.obstruction import falling_direction, separating_multipliers

    proof = separating_multipliers(problem) if attempt.claim == "infeasible" else falling_direction(problem)
    nothing = np.zeros(problem.shape)
    if proof is None:
        remedy = f"the solver says {attempt.claim}, which does not bear out: rescale, or ask another solver"
        return RepresentationCost(
            math.inf, -math.inf, math.inf, "failed", attempt.solver, remedy, nothing, seconds=attempt.seconds
        )
    if attempt.claim == "infeasible":
        return RepresentationCost(
            math.inf,
            math.inf,
            0.0,
            "infeasible",
            attempt.solver,
            "no matrix meets the constraints: drop some that have a multiplier, or add inputs",
            nothing,
            proof,
            attempt.seconds,
            attempt.iterations,
        )
    return RepresentationCost(
        -math.inf,
        -math.inf,
        0.0,
        "unbounded",
        attempt.solver,
        f"the objective falls for ever along the matrix: raise the weight {problem.weight:g}",
        proof,
        seconds=attempt.seconds,
        iterations=attempt.iterations,
    )


def _largest_demand(problem: CostProblem) -> float:
    if isinstance(problem.fit, Margins):
        return float(np.max(problem.fit.required, initial=0.0))
    return float(np.abs(problem.fit.targets).max()) if isinstance(problem.fit, Interpolation) else 0.0


def _scale(problem: CostProblem) -> float:
    """A natural size of the cost, for problems whose cost is zero."""
    return _largest_demand(problem) / float(np.linalg.norm(problem.inputs, 2))
