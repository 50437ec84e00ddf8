import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cost_catalogue import CATALOGUE

from numerics.arrays import FloatArray
from numerics.optimum.class_means import class_means
from numerics.optimum.convex import two_factor_optimum
from numerics.representation_cost import (
    CostProblem,
    Form,
    Solver,
    class_inputs,
    interpolation,
    margins,
    max_margin_cost,
    penalised_alignment,
    penalised_cross_entropy,
    penalised_squared_loss,
    representation_cost,
    second_opinion,
    two_factor_cost,
)
from numerics.representation_cost.enclosure import Attempt, enclose
from numerics.representation_cost.programs import program_for
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP

SOLVERS: tuple[Solver, ...] = ("clarabel", "scs", "own")


def random_margins(classes: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).uniform(0.5, 1.5, (classes, classes))


def random_inputs(dimension: int, samples: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((dimension, samples))


# --- factorisations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_cost_of_two_factors_is_twice_the_nuclear_norm(solver: Solver) -> None:
    rng = np.random.default_rng(0)
    product = rng.standard_normal((3, 2)) @ rng.standard_normal((2, 5))
    exact = 2 * np.linalg.svd(product, compute_uv=False).sum()
    cost = two_factor_cost(product, solver=solver)
    assert cost.status == "optimal"
    assert cost.solver.startswith(solver)
    assert cost.value == pytest.approx(exact, rel=SOLVER_GAP)
    assert exact * (1 - SOLVER_GAP) <= cost.lower_bound <= exact * (1 + LINEAR_ALGEBRA)
    assert cost.gap == pytest.approx(cost.value - cost.lower_bound, rel=0, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_the_cost_is_homogeneous(scale: float) -> None:
    cost = two_factor_cost(scale * np.diag([3.0, 1.0]))
    assert cost.value == pytest.approx(8 * scale, rel=SOLVER_GAP, abs=0)
    assert 8 * scale * (1 - SOLVER_GAP) <= cost.lower_bound <= 8 * scale * (1 + LINEAR_ALGEBRA)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_cheapest_margins_are_the_simplex(classes: int, solver: Solver) -> None:
    cost = max_margin_cost(classes, solver=solver)
    exact = 2.0 * (classes - 1)
    assert cost.value == pytest.approx(exact, rel=SOLVER_GAP)
    assert exact * (1 - SOLVER_GAP) <= cost.lower_bound <= exact * (1 + LINEAR_ALGEBRA)
    np.testing.assert_allclose(cost.matrix, np.eye(classes) - 1 / classes, rtol=0, atol=1e-4)


# --- the same problem encoded twice -------------------------------------------------------------------


def agree(first: CostProblem, second: CostProblem, solver: Solver = "clarabel", factor: float = 1.0) -> None:
    one, other = (representation_cost(problem, solver=solver) for problem in (first, second))
    assert one.status == other.status == "optimal"
    assert one.value == pytest.approx(factor * other.value, rel=2 * SOLVER_GAP)
    assert one.lower_bound <= factor * other.value * (1 + LINEAR_ALGEBRA)
    assert factor * other.lower_bound <= one.value * (1 + LINEAR_ALGEBRA)


@pytest.mark.parametrize("solver", SOLVERS)
def test_equal_columns_are_one_column_with_a_weight(solver: Solver) -> None:
    sizes, required = [1, 3, 2], random_margins(3)
    labels = np.repeat(np.arange(3), sizes)
    columns = margins(required[:, labels], labels=labels)
    agree(columns, margins(required, inputs=class_inputs(sizes)), solver)


@pytest.mark.parametrize("solver", SOLVERS)
def test_equal_samples_are_one_sample_with_a_share(solver: Solver) -> None:
    sizes = [1, 3, 2]
    labels = np.repeat(np.arange(3), sizes)
    weighed = penalised_cross_entropy(
        [0, 1, 2], 0.05, inputs=class_inputs(sizes), shares=np.array(sizes) / sum(sizes)
    )
    agree(penalised_cross_entropy(labels, 0.05), weighed, solver)


def test_class_means_have_the_optimum_of_the_accelerated_descent() -> None:
    sizes = [1, 3, 2]
    found = two_factor_optimum(class_means(sizes), 0.05)
    weighed = penalised_cross_entropy(
        [0, 1, 2], 0.05, inputs=class_inputs(sizes), shares=np.array(sizes) / sum(sizes)
    )
    assert representation_cost(weighed).value == pytest.approx(found.loss, rel=SOLVER_GAP)


def test_turned_inputs_and_renamed_classes_cost_the_same() -> None:
    required, inputs = random_margins(4), random_inputs(4, 4)
    turn = np.linalg.qr(random_inputs(4, 4, seed=1))[0]
    order = np.array([2, 0, 3, 1])
    plain = margins(required, inputs=inputs)
    agree(plain, margins(required, inputs=turn @ inputs))
    agree(plain, margins(required[order][:, order], inputs=inputs[:, order]))
    agree(plain, margins(required, inputs=inputs / 7), factor=1 / 7)


def test_a_dense_diagonal_is_a_diagonal() -> None:
    required, scales = random_margins(4), np.array([1.0, 0.5, 2.0, 3.0])
    padded = np.vstack([np.diag(scales), np.zeros(4)])  # a row of zeros hides that it is diagonal
    assert margins(required, inputs=padded).scales is None
    agree(margins(required, inputs=np.diag(scales)), margins(required, inputs=padded))
    agree(margins(required / scales), margins(required, inputs=np.diag(scales)), "own")


def test_small_weights_make_losses_constraints() -> None:
    targets, inputs = random_inputs(2, 3, seed=5), random_inputs(3, 3)
    exact = representation_cost(interpolation(targets, inputs=inputs)).value
    weight = 1e-5
    cost = representation_cost(penalised_squared_loss(targets, weight, inputs=inputs), accuracy=1e-4)
    assert exact * (1 - 1e-2) <= cost.value / weight <= exact * (1 + SOLVER_GAP)


# --- compiled once ------------------------------------------------------------------------------------

PAIRS = {
    "margins": [margins(random_margins(3, seed)) for seed in (0, 1)],
    "margins on inputs": [
        margins(random_margins(3, seed), inputs=random_inputs(4, 3, seed)) for seed in (0, 1)
    ],
    "interpolation": [
        interpolation(random_inputs(2, 3, seed), inputs=random_inputs(3, 3, seed + 7)) for seed in (0, 1)
    ],
    "cross-entropy": [
        penalised_cross_entropy([0, 1, 1], decay, inputs=random_inputs(2, 3)) for decay in (0.05, 0.07)
    ],
    "squared loss": [penalised_squared_loss(random_inputs(2, 3, seed), 0.1) for seed in (0, 1)],
    "alignment": [penalised_alignment(random_inputs(2, 3, seed), 9.0) for seed in (0, 1)],
}


@pytest.mark.parametrize("form", ["semidefinite", "nuclear norm"])
@pytest.mark.parametrize("name", PAIRS)
def test_a_second_problem_of_a_shape_is_not_compiled_again(
    name: str, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cvxpy.reductions.dcp2cone.dcp2cone import Dcp2Cone

    compiled: list[object] = []
    apply = Dcp2Cone.apply
    monkeypatch.setattr(
        Dcp2Cone, "apply", lambda self, problem: compiled.append(problem) or apply(self, problem)
    )
    first, second = PAIRS[name]
    representation_cost(first, form=form)
    program = program_for(first, form).problem
    assert program.is_dpp()
    compiled.clear()
    after = representation_cost(second, form=form)
    assert program_for(second, form).problem is program
    assert compiled == []
    assert after.value != representation_cost(first, form=form).value or name == "alignment"
    assert representation_cost(second, form=form).value == after.value  # no memory of what came between


@pytest.mark.parametrize("form", ["semidefinite", "nuclear norm"])
@pytest.mark.parametrize("name", [name for name in PAIRS if name != "alignment"])
def test_the_solvers_own_multipliers_have_the_sign_we_say(name: str, form: Form) -> None:
    """They alone, with nothing of ours in competition, bound the optimum from below."""
    problem = PAIRS[name][0]
    program = program_for(problem, form)
    program.problem.solve(solver="CLARABEL")
    pull = program.multipliers()
    assert np.linalg.norm(problem.gradient_side(pull), 2) <= problem.weight * (1 + SOLVER_GAP)
    assert problem.fit.dual_value(pull) == pytest.approx(float(program.problem.value), rel=SOLVER_GAP)


# --- failures are values ------------------------------------------------------------------------------


def test_a_solver_that_fails_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    import cvxpy as cp

    def fail(*_: Any, **__: Any) -> None:
        raise cp.SolverError("planted")

    monkeypatch.setattr(cp.Problem, "solve", fail)
    cost = two_factor_cost(np.eye(2))
    assert (cost.value, cost.lower_bound, cost.gap, cost.status) == (math.inf, 0.0, math.inf, "failed")
    assert "planted" in cost.remedy
    assert "scs" in cost.remedy


def test_a_solver_that_panics_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clarabel's own breakdown derives from BaseException; a stop by the user does, too, and goes through."""
    import cvxpy as cp

    planted: list[type[BaseException]] = [type("PanicException", (BaseException,), {}), KeyboardInterrupt]

    def fail(*_: Any, **__: Any) -> None:
        raise planted[0]("planted")

    monkeypatch.setattr(cp.Problem, "solve", fail)
    cost = two_factor_cost(np.eye(2))
    assert (cost.value, cost.status) == (math.inf, "failed")
    assert "planted" in cost.remedy
    planted.pop(0)
    with pytest.raises(KeyboardInterrupt):
        two_factor_cost(np.eye(2))


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("scale", [1e-90, 1e-30, 1e30, 1e90])
def test_extreme_sizes_are_solved_or_said_to_be_not(scale: float, solver: Solver) -> None:
    targets = scale * np.diag([3.0, 1.0])
    for problem, value in (
        (margins(np.full((3, 3), scale)), 2 * scale),
        (interpolation(targets), 4 * scale),
        (penalised_squared_loss(targets, scale), 2.25 * scale**2),
    ):
        cost = representation_cost(problem, solver=solver)
        assert cost.status == "optimal"
        assert cost.value / value == pytest.approx(1, rel=SOLVER_GAP)
        assert value * (1 - SOLVER_GAP) <= cost.lower_bound <= value * (1 + LINEAR_ALGEBRA)


@pytest.mark.parametrize("solver", SOLVERS)
def test_where_zero_is_optimal_no_solver_is_asked(solver: Solver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numerics.representation_cost.solving._ask", None)
    monkeypatch.setattr("numerics.representation_cost.solving.own_attempt", None)
    for problem in (
        penalised_cross_entropy([0, 1, 2], 1e90),
        penalised_squared_loss(np.eye(2), 0.51),
        penalised_alignment(np.eye(2), 1.0),
        margins(-np.ones((2, 2))),
        interpolation(np.zeros((2, 2))),
    ):
        cost = representation_cost(problem, solver=solver)
        assert (cost.status, cost.solver) == ("optimal", "none: zero is optimal")
        assert not cost.matrix.any()


def test_margins_far_below_zero_do_not_spoil_the_scale() -> None:
    required = np.array([[0.0, 1.0, -1e6], [1.0, 0.0, 1.0], [-1e6, 1.0, 0.0]])
    free = np.where(required < 0, -math.inf, required)
    for solver in SOLVERS:
        agree(margins(required), margins(free), solver)


def test_an_inaccurate_solution_is_not_passed_off_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numerics.conic_solvers.SCS_ITERATIONS", 5)
    problem = margins(random_margins(6))
    cost, exact = representation_cost(problem, solver="scs"), representation_cost(problem).value
    assert cost.status == "inaccurate"
    assert cost.remedy
    assert cost.lower_bound <= exact <= cost.value
    assert cost.gap > SOLVER_GAP * exact


@pytest.mark.parametrize("solver", SOLVERS)
def test_time_that_runs_out_leaves_an_enclosure(solver: Solver) -> None:
    problem = margins(random_margins(8))
    cost, exact = (
        representation_cost(problem, solver=solver, seconds=1e-9),
        representation_cost(problem).value,
    )
    assert cost.status in ("timed out", "inaccurate")
    assert "ask" in cost.remedy or "allow more seconds" in cost.remedy
    assert cost.lower_bound <= exact <= cost.value


@pytest.mark.parametrize("claim", ["infeasible", "unbounded"])
def test_a_solver_that_is_wrong_is_not_believed(claim: Any) -> None:
    for problem in (margins(np.ones((3, 3))), CATALOGUE["alignment"].problem, PAIRS["margins on inputs"][0]):
        cost = enclose(problem, Attempt("a solver", claim=claim))
        assert cost.status == "failed"
        assert cost.value == math.inf
        assert cost.lower_bound == -math.inf
        assert cost.remedy


def test_garbage_is_judged_for_what_it_is() -> None:
    problem = margins(np.ones((3, 3)))
    for matrix in (None, np.full((3, 3), np.nan), np.zeros((3, 3)), 1e3 * random_inputs(3, 3)):
        for pull in (None, np.full((3, 3), np.inf), -np.eye(3), 1e3 * random_inputs(3, 3)):
            cost = enclose(problem, Attempt("a solver", matrix, pull))
            assert cost.status == "inaccurate"
            assert cost.remedy
            assert cost.lower_bound <= 2.0 <= cost.value


def test_disagreement_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numerics.conic_solvers.SCS_ITERATIONS", 5)
    opinions = second_opinion(margins(random_margins(6)))
    assert not opinions.agree
    assert opinions.difference == abs(opinions.first.value - opinions.second.value) > 0
    assert "take that of clarabel" in opinions.remedy


def test_excluding_enclosures_are_called_what_they_are() -> None:
    from numerics.representation_cost import solving

    cost = representation_cost(margins(np.ones((3, 3))))
    beyond = replace(cost, value=cost.value + 1, lower_bound=cost.value + 0.9)
    assert "exclude each other" in solving._reconciled(cost, beyond)  # pyright: ignore[reportPrivateUsage]


def test_nearly_consistent_targets_are_consistent() -> None:
    inputs = random_inputs(2, 4)
    targets = random_inputs(3, 2) @ inputs
    assert (
        representation_cost(interpolation(targets + 1e-15, inputs=inputs), solver="own").status == "optimal"
    )
    targets[0, 0] += 1e-6
    assert representation_cost(interpolation(targets, inputs=inputs), solver="own").status == "infeasible"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: two_factor_cost([[math.nan]]), "NaN"),
        (lambda: margins("abc"), "not a real"),  # pyright: ignore[reportArgumentType]
        (lambda: margins([[1, 2], [3]]), "not a real"),  # pyright: ignore[reportArgumentType]
        (lambda: margins(1j * np.ones((2, 2))), "complex"),
        (lambda: margins([]), "at least 2 rows"),
        (lambda: margins(np.full((2, 2), 1e200)), "rescale"),
        (lambda: interpolation(np.zeros((0, 3))), "non-empty"),
        (lambda: interpolation([[1e-200]]), "rescale"),
        (lambda: penalised_cross_entropy([0, 1], -0.1), "-0.1"),
        (lambda: penalised_cross_entropy([0, 1], "x"), "weight"),  # pyright: ignore[reportArgumentType]
        (lambda: penalised_cross_entropy([0, 1], 1e-200), "rescale"),
        (lambda: penalised_cross_entropy([0, 1], 0.1, shares=["a", "b"]), "shares"),  # pyright: ignore[reportArgumentType]
        (lambda: class_inputs([math.inf]), "finite"),  # pyright: ignore[reportArgumentType]
        (lambda: class_inputs("ab"), "class sizes"),  # pyright: ignore[reportArgumentType]
        (lambda: max_margin_cost(2.5), "integer"),  # pyright: ignore[reportArgumentType]
        (lambda: representation_cost(np.eye(2)), "ndarray is no problem"),  # pyright: ignore[reportArgumentType]
        (lambda: representation_cost(PAIRS["margins"][0], seconds=math.inf), "finite"),
        (lambda: representation_cost(PAIRS["margins"][0], accuracy=math.nan), "nan"),
        (lambda: CostProblem(PAIRS["margins"][0].fit, np.eye(4)), "for 3 samples"),
        (lambda: two_factor_cost([[1.0]], solver="mosek"), "mosek"),  # pyright: ignore[reportArgumentType]
        (lambda: max_margin_cost(1), "at least 2"),
        (lambda: margins([[math.nan, 0], [0, 0]]), "NaN"),
        (lambda: margins([[1.0, math.inf], [0, 0]]), "∞"),
        (lambda: margins(np.ones((3, 4))), "labels"),
        (lambda: margins(np.ones((1, 1))), "at least 2"),
        (lambda: margins(np.ones((2, 2)), inputs=np.ones((2, 3))), "for 2 samples"),
        (lambda: margins(np.ones((2, 2)), inputs=np.zeros((2, 2))), "all zero"),
        (lambda: margins(np.ones((2, 2)), labels=[0, 2]), "below 2"),
        (lambda: penalised_cross_entropy([0, 1], 0.0), "positive"),
        (lambda: penalised_cross_entropy([0, 0], 0.1), "at least 2"),
        (lambda: penalised_squared_loss(np.eye(2), math.inf), "finite"),
        (lambda: penalised_squared_loss(np.eye(2), 0.1, shares=[1.0, 0.0]), "positive numbers"),
        (lambda: class_inputs([1, 0]), "at least 1"),
        (lambda: representation_cost(PAIRS["margins on inputs"][0], solver="own"), "clarabel or scs"),
        (lambda: representation_cost(PAIRS["margins"][0], form="lp"), "lp"),  # pyright: ignore[reportArgumentType]
        (lambda: representation_cost(PAIRS["margins"][0], seconds=0.0), "positive"),
    ],
)
def test_bad_input_is_named(make: Any, message: str) -> None:
    with pytest.raises(InvalidProblemError, match=message):
        make()
