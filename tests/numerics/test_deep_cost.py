"""The deep cost of margins: reweighting from above, bisection from below, and the KKT residual between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.deep_cost.bisection import bisect, fundamental_order
from numerics.deep_cost.reweighting import best_of_starts, kkt_residual, reweight
from numerics.deep_cost.tangent_steps import descend_at_rank, smallest_margin, spectral_cost
from numerics.representation_cost import margins, representation_cost
from theory.errors import InvalidProblemError
from theory.representation_cost.codes import cheapest_sum
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP

KKT = 1e-6
"""Residual of what descent arrives at: it stops where rounding hides a decrease, square roots above it."""


@pytest.mark.parametrize(("classes", "factors"), [(2, 8), (3, 2), (4, 3), (4, 4), (5, 8), (6, 2), (6, 4)])
def test_a_descent_falls_and_ends_at_a_feasible_kkt_point(classes: int, factors: int) -> None:
    found = reweight(np.random.default_rng(classes).standard_normal((classes, classes)), factors)
    history = np.array(found.history)
    assert np.all(np.diff(history) <= LINEAR_ALGEBRA * history[1:])
    assert found.has_settled
    assert smallest_margin(found.logits) >= 1 - LINEAR_ALGEBRA
    assert found.cost == spectral_cost(found.logits, factors)
    residual, multipliers = kkt_residual(found.logits, factors)
    assert residual < KKT
    assert multipliers.min() >= 0
    assert not np.diag(multipliers).any()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_two_factors_give_the_convex_optimum(classes: int) -> None:
    generator = np.random.default_rng(classes)
    found = reweight(generator.standard_normal((classes, classes)), 2)
    solved = representation_cost(margins(np.ones((classes, classes))))
    assert abs(found.cost - solved.value) <= SOLVER_GAP * solved.value
    assert abs(found.cost - (classes - 1)) <= SOLVER_GAP * classes


@pytest.mark.parametrize(("classes", "factors"), [(3, 3), (4, 4), (5, 4), (6, 3)])
def test_no_known_structure_is_cheaper_than_what_many_starts_find(classes: int, factors: int) -> None:
    best, costs = best_of_starts(classes, factors, 12, np.random.default_rng(0))
    assert best.cost == min(costs)
    assert best.cost <= cheapest_sum(classes, factors).cost(factors) * (1 + SOLVER_GAP)


@given(classes=st.integers(2, 8), factors=st.integers(2, 8))
def test_a_sum_of_codes_has_margins_and_the_cost_it_states(classes: int, factors: int) -> None:
    structure = cheapest_sum(classes, factors)
    logits = structure.logits()
    assert structure.classes == classes
    assert abs(smallest_margin(logits) - 1) <= LINEAR_ALGEBRA * classes
    assert abs(spectral_cost(logits, factors) - structure.cost(factors)) <= 1e-6


@pytest.mark.parametrize(
    ("classes", "factors", "share"), [(2, 3, 0.999), (3, 3, 0.99), (3, 8, 0.99), (4, 4, 0.9)]
)
def test_no_matrix_with_margins_costs_less_than_a_closed_bisection(
    classes: int, factors: int, share: float
) -> None:
    bound = share * cheapest_sum(classes, factors).cost(factors)
    assert bisect(classes, factors, bound, limit=60_000).is_closed
    generator = np.random.default_rng(classes)
    cheapest = cheapest_sum(classes, factors).logits()
    for size in 10.0 ** generator.uniform(-3, 1, size=200):
        logits = cheapest + size * generator.standard_normal((classes, classes))
        margin = smallest_margin(logits)
        assert margin <= 0 or spectral_cost(logits / margin, factors) >= bound


@pytest.mark.parametrize(("classes", "factors"), [(2, 3), (3, 3), (3, 4), (4, 3), (4, 4), (5, 3), (5, 4)])
def test_a_bisection_never_closes_above_what_a_code_costs(classes: int, factors: int) -> None:
    bound = 1.001 * cheapest_sum(classes, factors).cost(factors)
    assert not bisect(classes, factors, bound, limit=2_000).is_closed


def test_the_kkt_residual_sees_what_is_no_kkt_point() -> None:
    simplex = np.eye(4) - 0.25
    assert kkt_residual(simplex, 4)[0] < LINEAR_ALGEBRA * 10
    assert kkt_residual(simplex * 0.9, 4)[0] == np.inf
    assert kkt_residual(simplex * 1.1, 4)[0] == pytest.approx(1.0)  # no margin is active
    tilted = simplex + 0.1 * np.diag([1.0, 0, 0, 0])
    assert kkt_residual(tilted / smallest_margin(tilted), 4)[0] > 1e-3


def test_a_settled_point_stays_where_it_is() -> None:
    simplex = np.eye(3) - 1 / 3
    logits, costs, settled = descend_at_rank(simplex, 3, iterations=100)
    assert settled
    assert costs[-1] == pytest.approx(2.0, abs=1e-12)
    assert np.abs(logits - simplex).max() < 1e-6


def test_the_order_of_the_classes_leaves_one_matrix_of_each_orbit() -> None:
    for classes in range(2, 6):
        order = fundamental_order(classes)
        assert order.shape[1] == 2
        assert order.max() < max(classes * (classes - 1) // 2, 1) if order.size else classes == 2


@pytest.mark.parametrize(
    ("start", "factors", "message"),
    [
        (np.ones((2, 3)), 3, "not K×K"),
        (np.ones((1, 1)), 3, "not K×K"),
        (np.full((2, 2), np.nan), 3, "finite"),
        (np.eye(3), 1, "at least 2"),
        (np.eye(3), float("nan"), "at least 2"),
    ],
)
def test_an_odd_start_is_refused(start: np.ndarray, factors: float, message: str) -> None:
    with pytest.raises(InvalidProblemError, match=message):
        reweight(start, factors)


def test_a_start_without_a_direction_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match="another start"):
        reweight(np.zeros((3, 3)), 3)


@pytest.mark.parametrize(
    ("classes", "factors", "bound"), [(1, 3, 1.0), (6, 3, 1.0), (3, 2, 1.0), (3, 3, 0.0), (3, 3, np.inf)]
)
def test_an_odd_bisection_is_refused(classes: int, factors: int, bound: float) -> None:
    with pytest.raises(InvalidProblemError):
        bisect(classes, factors, bound)
