import math
from typing import Any

import numpy as np
import pytest

from numerics.representation_cost import Solver, max_margin_cost, two_factor_cost
from theory.errors import InvalidProblemError
from theory.tolerances import SOLVER_GAP


@pytest.mark.parametrize("solver", ["clarabel", "scs"])
def test_the_cost_of_two_factors_is_twice_the_nuclear_norm(solver: Solver) -> None:
    rng = np.random.default_rng(0)
    product = rng.standard_normal((3, 2)) @ rng.standard_normal((2, 5))
    exact = 2 * np.linalg.svd(product, compute_uv=False).sum()
    cost = two_factor_cost(product, solver=solver)
    assert cost.status == "optimal"
    assert cost.solver.startswith(solver)
    assert cost.value == pytest.approx(exact, rel=SOLVER_GAP)
    assert exact * (1 - SOLVER_GAP) <= cost.lower_bound <= exact
    assert cost.gap == cost.value - cost.lower_bound


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_the_cost_is_homogeneous(scale: float) -> None:
    cost = two_factor_cost(scale * np.diag([3.0, 1.0]))
    assert cost.value == pytest.approx(8 * scale, rel=SOLVER_GAP)
    assert 8 * scale * (1 - SOLVER_GAP) <= cost.lower_bound <= 8 * scale


def test_zero_costs_nothing() -> None:
    cost = two_factor_cost(np.zeros((2, 3)))
    assert cost.lower_bound == 0.0
    assert cost.value == pytest.approx(0.0, abs=SOLVER_GAP)


@pytest.mark.parametrize("solver", ["clarabel", "scs"])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_cheapest_margins_are_the_simplex(classes: int, solver: Solver) -> None:
    cost = max_margin_cost(classes, solver=solver)
    exact = 2.0 * (classes - 1)
    assert cost.value == pytest.approx(exact, rel=SOLVER_GAP)
    assert exact * (1 - SOLVER_GAP) <= cost.lower_bound <= exact
    np.testing.assert_allclose(cost.matrix, np.eye(classes) - 1 / classes, rtol=0, atol=1e-4)


def test_a_solver_that_fails_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    import cvxpy as cp

    def fail(*_: Any, **__: Any) -> None:
        raise cp.SolverError("planted")

    monkeypatch.setattr(cp.Problem, "solve", fail)
    cost = two_factor_cost(np.eye(2))
    assert (cost.value, cost.lower_bound, cost.gap, cost.status) == (math.inf, 0.0, math.inf, "failed")
    assert "planted" in cost.remedy
    assert "scs" in cost.remedy


def test_an_inaccurate_solution_is_not_passed_off_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numerics.representation_cost.SCS_ACCURACY", 1e-300)
    monkeypatch.setattr("numerics.representation_cost.SCS_ITERATIONS", 50)
    cost = max_margin_cost(4, solver="scs")
    assert cost.status != "optimal"
    assert (cost.value, cost.lower_bound) == (math.inf, 0.0)
    assert cost.remedy


def test_bad_input_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="NaN"):
        two_factor_cost([[math.nan]])
    with pytest.raises(InvalidProblemError, match="mosek"):
        two_factor_cost([[1.0]], solver="mosek")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProblemError, match="at least 2"):
        max_margin_cost(1)
