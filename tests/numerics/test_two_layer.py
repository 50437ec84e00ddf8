"""Two-layer ReLU costs: problems with known answers, by every method; patterns against two counts."""

import math
from itertools import product

import numpy as np
import pytest

from numerics.two_layer.descent import descend_to_interpolation
from numerics.two_layer.network import TwoLayer, cheapest_with, interpolating
from numerics.two_layer.patterns import activation_patterns
from numerics.two_layer.relaxations import relaxed_cost
from numerics.two_layer.responses import faces, responses
from numerics.two_layer.scalar import exact_scalar_bound, scalar_cost
from numerics.two_layer.vector import vector_cost
from theory.errors import InvalidProblemError
from theory.tolerances import SOLVER_GAP
from theory.two_layer.arrangement import cells, cells_in_general_position

DIAGONAL = 2**0.5

# Samples (columns), targets, and the cost worked out by hand.
KNOWN = {
    "one sample": ([[3.0], [4.0]], [[10.0]], 2.0),  # u along x: |y|/‖x‖
    "negative target": ([[3.0], [4.0]], [[-10.0]], 2.0),
    "absolute value": ([[1.0, -1.0]], [[3.0, 4.0]], 7.0),  # a neuron for each side
    "one side": ([[1.0, 2.0]], [[3.0, 6.0]], 3.0),
    "orthonormal, one sign": (np.eye(2), [[1.0, 1.0]], DIAGONAL),  # one neuron along (1, 1)
    "orthonormal, two signs": (np.eye(2), [[1.0, -1.0]], 2.0),  # two neurons, where a linear map costs √2
    "zero": (np.eye(2), [[0.0, 0.0]], 0.0),
    "bias": ([[0.0, 2.0], [1.0, 1.0]], [[1.0, 1.0]], 1.0),  # a constant through the bias alone
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("solver", ["clarabel", "scs"])
def test_known_costs_by_the_convex_program(name: str, solver: str) -> None:
    samples, targets, cost = KNOWN[name]
    found = scalar_cost(samples, targets, solver=solver)  # pyright: ignore[reportArgumentType]
    assert found.remedy == ""
    assert found.value == pytest.approx(cost, rel=SOLVER_GAP, abs=SOLVER_GAP)
    assert cost - SOLVER_GAP * max(cost, 1.0) <= found.lower_bound <= cost * (1 + 1e-12)
    assert found.network is not None
    outputs = found.network(np.array(samples, dtype=float))
    assert np.allclose(outputs, np.array(targets), rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("name", KNOWN)
def test_known_costs_by_generated_neurons(name: str) -> None:
    samples, targets, cost = KNOWN[name]
    found = vector_cost(samples, targets)
    assert found.value == pytest.approx(cost, rel=SOLVER_GAP, abs=SOLVER_GAP)
    assert found.lower_bound <= cost * (1 + 1e-12)
    assert found.gap <= SOLVER_GAP * max(cost, 1.0)


@pytest.mark.parametrize("name", ["absolute value", "orthonormal, two signs", "bias"])
def test_known_costs_by_descent(name: str) -> None:
    samples, targets, cost = KNOWN[name]
    starts = [np.random.default_rng(seed) for seed in range(4)]
    found = [descend_to_interpolation(samples, targets, width=8, rng=rng) for rng in starts]
    costs = [network.cost for network in found if network is not None]
    assert min(costs) == pytest.approx(cost, rel=1e-5)
    assert all(each >= cost * (1 - 1e-9) for each in costs)


@pytest.mark.parametrize(("classes", "members"), [(2, 1), (2, 2), (3, 1)])
def test_one_hot_labels_on_orthonormal_samples_cost_the_nuclear_norm(classes: int, members: int) -> None:
    targets = np.kron(np.eye(classes), np.ones((1, members)))
    samples = np.eye(classes * members)
    expected = classes * math.sqrt(members)
    assert vector_cost(samples, targets).value == pytest.approx(expected, rel=SOLVER_GAP)
    nuclear = relaxed_cost(samples, targets, relaxation="nuclear")
    assert nuclear.lower_bound == pytest.approx(expected, rel=SOLVER_GAP)
    assert not nuclear.exact


def test_the_same_problem_with_one_output_and_with_a_row_of_zeros() -> None:
    rng = np.random.default_rng(5)
    samples, targets = rng.standard_normal((2, 4)), rng.standard_normal((1, 4))
    alone = scalar_cost(samples, targets)
    padded = vector_cost(samples, np.vstack([targets, np.zeros((1, 4))]))
    assert padded.value == pytest.approx(alone.value, rel=SOLVER_GAP)
    assert relaxed_cost(samples, targets).lower_bound == pytest.approx(alone.value, rel=1e-4)


def test_the_cone_is_needed() -> None:
    """Without cones the bound is that of gated linear maps: lower for targets of two signs."""
    samples, targets = np.array([[1.0, -1.0]]), np.array([[1.0, 1.0]])
    assert relaxed_cost(samples, targets, relaxation="nuclear").lower_bound <= 2.0
    rng = np.random.default_rng(1)
    samples, targets = rng.standard_normal((2, 5)), rng.standard_normal((2, 5))
    nuclear = relaxed_cost(samples, targets, relaxation="nuclear").lower_bound
    assert nuclear < 0.9 * vector_cost(samples, targets).lower_bound


def test_the_rational_bound_is_below_and_near() -> None:
    rng = np.random.default_rng(2)
    samples, targets = rng.standard_normal((2, 4)), rng.standard_normal(4)
    cost = scalar_cost(samples, targets)
    bound = math.sqrt(exact_scalar_bound(samples, targets, cost))
    assert bound <= cost.value
    assert bound == pytest.approx(cost.value, rel=SOLVER_GAP)


def test_any_multipliers_give_a_rational_bound_that_holds() -> None:
    from dataclasses import replace

    samples, targets, true = KNOWN["orthonormal, two signs"]
    cost = scalar_cost(samples, targets)
    rng = np.random.default_rng(3)
    for _ in range(20):
        wrong = replace(cost, multipliers=rng.standard_normal(2))
        assert exact_scalar_bound(samples, targets, wrong) <= true**2


@pytest.mark.parametrize(("dimension", "count"), [(1, 1), (1, 3), (2, 2), (2, 5), (3, 4), (3, 6), (4, 3)])
def test_patterns_in_general_position(dimension: int, count: int) -> None:
    found = activation_patterns(np.random.default_rng(count).standard_normal((dimension, count)))
    assert found.count == cells_in_general_position(count, min(dimension, count))
    signs = [
        tuple(sum(a * b for a, b in zip(column, weight, strict=True)) > 0 for column in found.samples)
        for weight in found.witnesses
    ]
    assert signs == [tuple(row) for row in found.active.tolist()]
    assert len(set(signs)) == found.count


def test_patterns_with_parallel_opposite_and_dependent_samples() -> None:
    samples = [[1.0, 2.0, -1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0]]
    found = activation_patterns(samples)
    assert (found.count, found.rank) == (6, 2)  # three different lines


def test_the_count_of_subsets_against_random_signs() -> None:
    """Zaslavsky's number against patterns seen on a fine circle."""
    samples = np.array([[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, -2.0]])
    angles = np.linspace(0, 2 * np.pi, 4001)[:-1] + 1e-4
    seen = {tuple(row) for row in (np.column_stack([np.cos(angles), np.sin(angles)]) @ samples > 0).tolist()}
    assert len(seen) == cells(4, lambda chosen: min(len(chosen), 2)) == activation_patterns(samples).count


def test_the_largest_response_against_a_fine_circle() -> None:
    rng = np.random.default_rng(4)
    angles = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    for _ in range(10):
        data, multipliers = rng.standard_normal((2, 4)), rng.standard_normal((2, 4))
        listed = faces(data, activation_patterns(data).active)
        found = responses(multipliers, data, listed)
        seen = np.linalg.norm(multipliers @ np.maximum(circle @ data, 0.0).T, axis=0).max()
        assert seen <= found.largest * (1 + 1e-12)
        assert found.largest == pytest.approx(seen, rel=1e-6)
        assert found.values.max() == pytest.approx(found.largest, rel=1e-9)


def test_balancing_keeps_the_function_and_attains_the_cost() -> None:
    network = TwoLayer(np.array([[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.array([[1.0, -4.0, 7.0]]))
    balanced = network.balanced()
    points = np.array(list(product((-1.0, 0.5, 2.0), repeat=2))).T
    assert np.allclose(network(points), balanced(points), rtol=0.0, atol=1e-14)
    half = 0.5 * float(np.sum(balanced.hidden**2) + np.sum(balanced.output**2))
    assert half == pytest.approx(network.cost, rel=1e-14)


def test_networks_that_cannot_interpolate_are_told() -> None:
    dead = TwoLayer(np.array([[-1.0]]), np.array([[1.0]]))
    assert interpolating(dead, np.array([[1.0]]), np.array([[1.0]])) is None
    assert cheapest_with(np.array([[-1.0]]), np.array([[1.0]]), np.array([[1.0]])) is None


@pytest.mark.parametrize("targets", [[1.0, 3.0], [[1.0, 3.0], [0.0, 1.0]]])
def test_contradicting_targets_are_a_value_with_a_remedy(targets: list[float]) -> None:
    samples = [[1.0, 2.0]]
    found = vector_cost(samples, np.atleast_2d(targets))
    assert found.value == math.inf
    assert "contradict" in found.remedy
    if np.ndim(targets) == 1:
        alone = scalar_cost(samples, targets)
        assert (alone.value, alone.lower_bound, alone.status) == (math.inf, 0.0, "infeasible")
        assert "contradict" in alone.remedy


@pytest.mark.parametrize(
    ("samples", "targets", "words"),
    [
        ([[1.0, 0.0]], [1.0, 1.0], "sample 1 is zero"),
        ([[1.0, math.nan]], [1.0, 1.0], "NaN"),
        ([[1.0, 2.0]], [1.0], "targets for 2 samples"),
        (np.ones((2, 17)), np.ones(17), "at most 16"),
    ],
)
def test_bad_input_is_named(samples: object, targets: object, words: str) -> None:
    with pytest.raises(InvalidProblemError, match=words):
        scalar_cost(samples, targets)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("call", [lambda: cells_in_general_position(3, 4), lambda: cells(17, len)])
def test_counts_refuse_what_they_cannot_count(call: object) -> None:
    with pytest.raises(InvalidProblemError):
        call()  # pyright: ignore[reportCallIssue]
