"""The one wrapper of cvxpy's solvers: every end is a value, and each names a remedy."""

from typing import Any

import numpy as np
import pytest

from numerics.conic_solvers import ConicSolver, solve
from numerics.two_layer.scalar import scalar_cost
from numerics.two_layer.vector import vector_cost
from theory.errors import InvalidProblemError

SOLVERS: tuple[ConicSolver, ...] = ("clarabel", "scs")


def line(low: float, high: float) -> Any:
    """Minimise x between two numbers."""
    import cvxpy as cp

    x = cp.Variable()
    constraints: list[Any] = [x <= high]
    if np.isfinite(low):
        constraints.append(x >= low)
    return cp.Problem(cp.Minimize(x), constraints)


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_end_is_a_value(solver: ConicSolver) -> None:
    found = solve(line(1.0, 2.0), solver)
    assert (found.status, found.remedy, found.has_solution) == ("optimal", "", True)
    assert found.solver.startswith(solver)
    assert found.iterations > 0
    for problem, status in (
        (line(2.0, 1.0), "infeasible"),
        (line(-np.inf, 2.0), "unbounded"),
    ):
        word = solve(problem, solver)
        assert (word.status, word.has_solution) == (status, False)
        assert "ask" in word.remedy


@pytest.mark.parametrize(
    "error", [ValueError, ZeroDivisionError, type("PanicException", (BaseException,), {})]
)
def test_what_breaks_inside_is_a_value(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    import cvxpy as cp

    def fail(*_: Any, **__: Any) -> None:
        raise error("planted\nand more")

    monkeypatch.setattr(cp.Problem, "solve", fail)
    word = solve(line(1.0, 2.0))
    assert word.status == "failed"
    assert "planted" in word.remedy
    assert "ask scs" in word.remedy
    samples, targets = np.eye(2), np.eye(2)
    assert "rescale" in scalar_cost(samples, targets[:1]).remedy
    alone = vector_cost(samples, targets)
    assert alone.network is None
    assert "failed" in alone.remedy  # and not: the targets contradict each other


def test_an_unknown_solver_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="mosek"):
        solve(line(1.0, 2.0), "mosek")  # pyright: ignore[reportArgumentType]
