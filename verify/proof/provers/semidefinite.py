"""The search for an exact lower bound of a semidefinite program: a float dual point made rational.

At the optimum the slack matrix is singular, so that any rounding leaves the cone. Coarse rounding is
tried first (the optimum often is rational); then the float optimum is moved towards a dual point well
inside the cone, which costs a little of the bound.
"""

import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

import numpy as np
import sympy as sp

from theory.errors import InvalidProofError
from verify.proof.checker import check
from verify.proof.facts import Matrix, Proof, SemidefiniteBound, Step, rational
from verify.proof.rules import DualCertificate

DENOMINATORS = (1, 2, 3, 4, 5, 6, 12, 60, 840)
STEPS_INSIDE = (1e-10, 1e-8, 1e-6, 1e-4, 1e-2)
FINE = 10**12

Constraint = tuple[Matrix, Any, sp.Rational]


def bound_semidefinite(cost: Matrix, constraints: Sequence[Constraint], *, title: str = "") -> Proof | None:
    """A proof of the best lower bound found for min ⟨C, X⟩ over X ⪰ 0 and the constraints, or None.

    Matrices are symmetric, of SymPy rationals; a constraint is (A, ">=" or "=", b).

    >>> zero, half, one = sp.Integer(0), sp.Rational(1, 2), sp.Integer(1)
    >>> identity, corner = ((one, zero), (zero, one)), ((zero, half), (half, zero))
    >>> print(bound_semidefinite(identity, [(corner, ">=", one)]).steps[0].fact)  # trace, given x₁₂ ≥ 1
    x_11 + x_22 ≥ 2 for every 2×2 X ⪰ 0 with x_12 ≥ 1
    """
    optimum = _dual_point(cost, constraints, inside=False)
    if optimum is None:
        return None
    attempts = [[_rounded(y, denominator) for y in optimum] for denominator in DENOMINATORS]
    best = max(
        filter(None, (_proof(cost, constraints, a, title) for a in attempts)), key=_value, default=None
    )
    interior = _dual_point(cost, constraints, inside=True)
    if interior is not None:
        for step in STEPS_INSIDE:
            moved = [_rounded(y, FINE) for y in (1 - step) * optimum + step * interior]
            proof = _proof(cost, constraints, moved, title)
            if proof is not None:
                return proof if best is None or _value(proof) > _value(best) else best
    return best


def _value(proof: Proof) -> sp.Rational:
    return cast(SemidefiniteBound, proof.steps[0].fact).bound


def _rounded(value: float, denominator: int) -> sp.Rational:
    return rational(Fraction(round(value * denominator), denominator))


def _proof(
    cost: Matrix, constraints: Sequence[Constraint], multipliers: list[sp.Rational], title: str
) -> Proof | None:
    """The proof that these multipliers give, if they are feasible."""
    feasible = [
        y if relation == "=" or y > 0 else rational(Fraction(0))
        for y, (_, relation, _) in zip(multipliers, constraints, strict=True)
    ]
    bound = sp.Add(*[y * right for y, (_, _, right) in zip(feasible, constraints, strict=True)])
    fact = SemidefiniteBound(cost, tuple(constraints), cast(sp.Rational, bound))
    step = Step("bound", fact, DualCertificate(tuple(feasible)), "found by a solver, made exact")
    proof = Proof(title or str(fact), (), (step,), ("bound",))
    try:
        check(proof)
    except InvalidProofError:
        return None
    return proof


def _dual_point(cost: Matrix, constraints: Sequence[Constraint], *, inside: bool) -> np.ndarray | None:
    """The best dual point in floats, or one as far inside the cone as can be."""
    import cvxpy

    y = cvxpy.Variable(len(constraints))
    matrices = [np.array(matrix, dtype=float) for matrix, _, _ in constraints]
    slack = np.array(cost, dtype=float) - cast(Any, sum(y[i] * matrix for i, matrix in enumerate(matrices)))
    symmetric = cvxpy.Variable((len(cost), len(cost)), PSD=True)
    signs = [y[i] >= 0 for i, (_, relation, _) in enumerate(constraints) if relation == ">="]
    right = np.array([float(b) for _, _, b in constraints])
    depth = cvxpy.Variable()
    if inside:
        parts = [slack == symmetric + depth * np.eye(len(cost)), depth <= 1, cvxpy.norm(y, "inf") <= 1e3]
        problem = cvxpy.Problem(cvxpy.Maximize(depth), [*signs, *parts])
    else:
        problem = cvxpy.Problem(cvxpy.Maximize(right @ y), [*signs, slack == symmetric])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an inaccurate solution: it is made exact, or given up
            problem.solve(solver=cvxpy.CLARABEL)
    except cvxpy.SolverError:
        return None
    if y.value is None or problem.status not in ("optimal", "optimal_inaccurate"):
        return None
    return np.asarray(y.value)
