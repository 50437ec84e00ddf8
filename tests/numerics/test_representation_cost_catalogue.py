"""Every solver on every problem with a known answer, by the optimality conditions and by the answer."""

import math
from dataclasses import replace

import numpy as np
import pytest
from cost_catalogue import CATALOGUE, Known
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from optimality import assert_optimal, residuals

from numerics.representation_cost import (
    Form,
    RepresentationCost,
    Solver,
    margins,
    penalised_squared_loss,
    representation_cost,
    second_opinion,
)
from numerics.representation_cost.fits import Margins
from theory.tolerances import SOLVER_GAP

FORMS: tuple[Form, ...] = ("semidefinite", "nuclear norm")
CASES = [
    pytest.param(known, solver, form, id=f"{name}-{solver}-{form}")
    for name, known in CATALOGUE.items()
    for solver in known.solvers
    for form in (FORMS if solver != "own" else FORMS[:1])
]
OPTIMAL = [known for known in CATALOGUE.values() if known.status == "optimal"]


@pytest.mark.parametrize(("known", "solver", "form"), CASES)
def test_a_known_answer_is_found(known: Known, solver: Solver, form: Form) -> None:
    cost = representation_cost(known.problem, solver=solver, form=form)
    assert cost.status == known.status, cost.remedy
    assert (cost.remedy == "") == (known.status == "optimal")
    if known.status != "optimal":
        assert cost.value == known.value
        assert_no_optimum(known, cost)
        return
    slack = SOLVER_GAP * max(known.value, 1.0)
    assert known.value - slack / 1e4 <= cost.value <= known.value + slack
    assert known.value - slack <= cost.lower_bound <= known.value + slack / 1e4
    assert_optimal(known.problem, cost, SOLVER_GAP)
    if known.matrix is not None:
        # a cost within ε of the least leaves the point within about √ε
        np.testing.assert_allclose(cost.matrix, known.matrix, rtol=0, atol=2 * math.sqrt(SOLVER_GAP))


def assert_no_optimum(known: Known, cost: RepresentationCost) -> None:
    """The certificate: P with PXᵀ = 0 and a positive dual value, or a direction of descent for ever."""
    problem = known.problem
    if known.status == "infeasible":
        assert np.abs(cost.multipliers @ problem.inputs.T).max() <= SOLVER_GAP
        assert problem.fit.dual_value(cost.multipliers) > SOLVER_GAP
        if isinstance(problem.fit, Margins):
            np.testing.assert_allclose(
                problem.fit.in_domain(cost.multipliers), cost.multipliers, rtol=0, atol=0
            )
    else:
        assert problem.objective(cost.matrix) < -SOLVER_GAP
        assert problem.objective(10 * cost.matrix) == pytest.approx(10 * problem.objective(cost.matrix))


@pytest.mark.parametrize(
    "known", OPTIMAL, ids=[name for name, known in CATALOGUE.items() if known in OPTIMAL]
)
def test_two_solvers_agree(known: Known) -> None:
    opinions = second_opinion(known.problem)
    assert opinions.agree, opinions.remedy
    assert opinions.remedy == ""
    assert opinions.difference <= 2 * SOLVER_GAP * max(abs(known.value), 1.0)


# --- the checker itself -------------------------------------------------------------------------------

TURNED = (  # what must not pass: signs, a scale, a point or a multiplier that is off
    lambda z, p: (z, -p),
    lambda z, p: (z, 1.01 * p),
    lambda z, p: (0.99 * z, p),
    lambda z, p: (1.01 * z + 0.01, p),
    lambda z, p: (-z, p),
)
TELLING = (
    "simplex, K = 3",
    "diagonal targets",
    "imbalanced",
    "balanced cross-entropy",
    "ties: equal singular values",
)


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize("number", range(len(TURNED)))
def test_the_checker_refuses_what_is_not_optimal(name: str, number: int) -> None:
    problem = CATALOGUE[name].problem
    cost = representation_cost(problem)
    matrix, pull = TURNED[number](cost.matrix, cost.multipliers)
    with pytest.raises(AssertionError):
        assert_optimal(problem, replace(cost, matrix=matrix, multipliers=pull), SOLVER_GAP)


def test_the_checker_names_the_condition() -> None:
    problem = margins(np.ones((3, 3)))
    simplex = np.eye(3) - 1 / 3
    assert max(vars(residuals(problem, simplex, simplex)).values()) <= SOLVER_GAP
    assert residuals(problem, 0.9 * simplex, simplex).primal > 0.01
    assert residuals(problem, simplex, -simplex).dual_cone > 0.01
    assert residuals(problem, 2 * simplex, simplex).complementarity > 0.01
    assert residuals(problem, simplex, 0.5 * simplex).stationarity > 0.01


# --- the sign convention ------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["clarabel", "scs", "own"])
def test_multipliers_are_slopes_of_the_cost_in_the_margins(solver: Solver) -> None:
    rng = np.random.default_rng(3)
    required = rng.uniform(0.5, 1.5, (4, 4))
    np.fill_diagonal(required, 0.0)

    def cost_of(asked: np.ndarray) -> RepresentationCost:
        return representation_cost(
            margins(asked), solver=solver, accuracy=1e-9 if solver == "own" else SOLVER_GAP
        )

    problem = margins(required)
    assert isinstance(problem.fit, Margins)
    slopes = problem.fit.multipliers(cost_of(required).multipliers)
    step = 1e-3
    for row, column in ((1, 0), (0, 3), (2, 1)):
        change = np.zeros((4, 4))
        change[row, column] = step
        slope = (cost_of(required + change).value - cost_of(required - change).value) / (2 * step)
        assert slope == pytest.approx(slopes[row, column], abs=2e-3)


@pytest.mark.parametrize("solver", ["clarabel", "scs", "own"])
def test_multipliers_are_slopes_of_the_cost_in_the_targets(solver: Solver) -> None:
    rng = np.random.default_rng(4)
    targets, inputs, step = rng.standard_normal((2, 3)), rng.standard_normal((3, 3)), 1e-3
    change = np.zeros((2, 3))
    change[1, 2] = step
    up, here, down = (
        representation_cost(penalised_squared_loss(asked, 0.05, inputs=inputs), solver=solver)
        for asked in (targets + change, targets, targets - change)
    )
    assert (up.value - down.value) / (2 * step) == pytest.approx(here.multipliers[1, 2], abs=1e-3)


# --- any problem --------------------------------------------------------------------------------------


@given(st.data())
def test_our_own_solver_meets_every_condition_on_any_margins(data: st.DataObject) -> None:
    """Random sizes, labels, signs, magnitudes and places; what is asked twice or negatively ties."""
    classes, samples = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 6))
    asked = st.sampled_from([-math.inf, -1.0, 0.0, 0.5, 1.0, 2.0]) | st.floats(-3.0, 3.0, width=16)
    required = data.draw(arrays(np.float64, (classes, samples), elements=asked))
    labels = data.draw(arrays(np.int64, samples, elements=st.integers(0, classes - 1)))
    scales = data.draw(arrays(np.float64, samples, elements=st.sampled_from([0.25, 1.0, 3.0])))
    problem = margins(required, labels=labels, inputs=np.diag(scales))
    cost = representation_cost(problem, solver="own")
    assert cost.status == "optimal", cost.remedy
    assert_optimal(problem, cost, 2 * SOLVER_GAP)
