"""Critical points of networks: exact Hessians, zero modes counted, refinement to rounding, kinks named."""

import itertools
from typing import Literal

import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.critical.network_objective import NetworkObjective, network_at, network_objective
from numerics.critical.newton import refine
from numerics.critical.spectrum import classify, dense_hessian
from numerics.critical.symmetry import numerical_rank
from numerics.descent.network import (
    Activation,
    Network,
    network_outputs,
    random_network,
    random_residual_network,
)
from numerics.descent.training import layer_quantities, train_network

LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1])
INPUTS = np.random.default_rng(0).standard_normal((3, 8))
TARGETS = np.random.default_rng(1).standard_normal((3, 8))


def network(activation: Activation, residual: bool, biased: bool) -> Network:
    rng = np.random.default_rng(2)
    if residual:
        made = random_residual_network(3, 4, 3, activation, rng, blocks=2, biased=biased)
    else:
        made = random_network([3, 4, 4, 3], activation, rng, biased=biased)
    biases = tuple(0.3 * rng.standard_normal(bias.shape) for bias in made.biases)
    return Network(made.weights, biases, activation, residual=residual)


def setting(
    activation: Activation,
    residual: bool,
    biased: bool,
    loss: Literal["cross-entropy", "squared"],
    decay: float = 0.02,
    features_decay: float | None = None,
) -> tuple[NetworkObjective, FloatArray]:
    answers = LABELS if loss == "cross-entropy" else TARGETS
    made = network(activation, residual, biased)
    return network_objective(made, INPUTS, answers, decay, loss=loss, features_decay=features_decay)


SETTINGS = list(
    itertools.product(["linear", "tanh", "relu"], [False, True], [False, True], ["cross-entropy", "squared"])
)


@pytest.mark.parametrize(("activation", "residual", "biased", "loss"), SETTINGS)
@pytest.mark.parametrize("features_decay", [None, 0.05])
def test_gradients_and_hessian_products_agree_with_differences(
    activation: Activation,
    residual: bool,
    biased: bool,
    loss: Literal["cross-entropy", "squared"],
    features_decay: float | None,
) -> None:
    objective, point = setting(activation, residual, biased, loss, features_decay=features_decay)
    direction = np.random.default_rng(3).standard_normal(point.size)
    step = 1e-5 if activation != "relu" else 1e-7
    up, down = (objective.loss_and_gradient(point + sign * step * direction) for sign in (1, -1))
    gradient = objective.loss_and_gradient(point)[1]
    assert abs((up[0] - down[0]) / (2 * step) - gradient @ direction) < 1e-6 * np.linalg.norm(gradient)
    bent = objective.curvature(point)(direction)
    assert np.linalg.norm((up[1] - down[1]) / (2 * step) - bent) < 1e-6 * np.linalg.norm(bent)
    hessian = dense_hessian(objective, point)
    other = np.random.default_rng(4).standard_normal(point.size)
    assert abs(other @ bent - direction @ objective.curvature(point)(other)) < 1e-12 * np.linalg.norm(hessian)


def test_the_gradient_is_that_of_the_descent() -> None:
    objective, point = setting("tanh", True, True, "cross-entropy")
    layers = layer_quantities(network_at(objective, point), INPUTS, LABELS, 0.02, loss="cross-entropy")
    slots = objective.split(objective.loss_and_gradient(point)[1])
    for ours, layer in zip(slots.weights, layers, strict=True):
        np.testing.assert_allclose(ours, layer.residual, rtol=0, atol=1e-14)
    outputs = network_outputs(network_at(objective, point), INPUTS)
    assert objective.loss_and_gradient(point)[0] > objective.term.value_and_slope(outputs)[0]


@pytest.mark.parametrize(("activation", "residual", "biased", "loss"), SETTINGS)
@pytest.mark.parametrize(("decay", "features_decay"), [(0.0, None), (0.02, None), (0.0, 0.0), (0.02, 0.05)])
def test_the_loss_is_constant_in_flat_directions(
    activation: Activation,
    residual: bool,
    biased: bool,
    loss: Literal["cross-entropy", "squared"],
    decay: float,
    features_decay: float | None,
) -> None:
    objective, point = setting(activation, residual, biased, loss, decay, features_decay)
    flat = objective.flat_directions(point)
    gradient = objective.loss_and_gradient(point)[1]
    assert np.max(np.abs(flat @ gradient), initial=0.0) < 1e-12


@pytest.mark.parametrize(
    ("activation", "biased", "decay", "features_decay", "count"),
    [
        ("tanh", True, 0.02, None, 1),  # the bias that all logits share
        ("tanh", False, 0.02, None, 0),
        ("linear", False, 0.02, None, 6 + 6),  # rotations of four dimensions, twice
        ("linear", True, 0.02, None, 6 + 6 + 8 + 1),  # and eight biases that the next can undo
        ("tanh", False, 0.02, 0.05, 3),  # rotations of the features
    ],
)
def test_the_count_is_what_the_symmetry_says(
    activation: Activation, biased: bool, decay: float, features_decay: float | None, count: int
) -> None:
    objective, point = setting(activation, False, biased, "cross-entropy", decay, features_decay)
    assert objective.symmetry_dimension(point) == count


def test_units_without_decay_are_counted_dead_or_alive() -> None:
    """Three outputs, two units: their scales; a dead one in place of its scale loses row, bias and column."""
    inputs, targets = np.abs(INPUTS[:2]) + 0.1, TARGETS
    alive, dead = np.array([[1.0, 1.0], [-1.0, 2.0]]), np.array([[1.0, 1.0], [-1.0, -2.0]])
    last = np.random.default_rng(5).standard_normal((3, 2))
    for first, count in ((alive, 2), (dead, 1 + 2 + 1 + 3)):
        made = Network((first, last), (np.zeros(2), np.zeros(3)), "relu")
        objective, point = network_objective(made, inputs, targets, 0.0, loss="squared")
        assert objective.symmetry_dimension(point) == count


@pytest.mark.parametrize(
    ("activation", "residual", "loss", "features_decay"),
    [
        ("tanh", False, "cross-entropy", None),
        ("tanh", True, "squared", None),
        ("tanh", True, "cross-entropy", 0.05),
        ("linear", False, "squared", None),
        ("linear", True, "cross-entropy", None),
    ],
)
def test_training_is_refined_to_a_critical_point_whose_zeros_are_the_symmetry(
    activation: Activation,
    residual: bool,
    loss: Literal["cross-entropy", "squared"],
    features_decay: float | None,
) -> None:
    answers = LABELS if loss == "cross-entropy" else TARGETS
    trained = train_network(
        network(activation, residual, True),
        INPUTS,
        answers,
        0.05,
        loss=loss,
        step=0.1,
        momentum=0.9,
        max_steps=20_000,
        tolerance=1e-5,
        features_decay=features_decay,
    )
    data = INPUTS if trained.features is None else trained.features
    objective, point = network_objective(
        trained, data, answers, 0.05, loss=loss, features_decay=features_decay
    )
    found = refine(objective, point)
    assert found.status == "critical"
    assert found.stationarity <= 1e-10
    kind = classify(objective, found.point)
    assert kind.kind in ("minimum", "degenerate")
    assert kind.zero >= kind.symmetry == numerical_rank(objective.flat_directions(found.point))
    by_ends = classify(objective, found.point, dense=10)
    assert by_ends.kind == kind.kind
    assert kind.negative == by_ends.negative == 0


def test_relu_is_refined_away_from_kinks_and_says_so_at_one() -> None:
    trained = train_network(
        network("relu", False, True),
        INPUTS,
        TARGETS,
        0.05,
        loss="squared",
        step=0.05,
        momentum=0.9,
        max_steps=20_000,
        tolerance=1e-6,
    )
    objective, point = network_objective(trained, INPUTS, TARGETS, 0.05, loss="squared")
    found = refine(objective, point)
    kind = classify(objective, found.point)
    if objective.kink_distance(found.point) > 1e-9:
        assert (found.status, kind.kind) != ("critical", "undecided")
    else:
        assert "kink" in kind.note
    still, zero = network_objective(
        Network((np.zeros((2, 3)), np.zeros((3, 2))), (), "relu"), INPUTS, TARGETS, 0.05, loss="squared"
    )
    at_kink = classify(still, zero)
    assert at_kink.kind == "undecided"
    assert "kink" in at_kink.note


def test_zero_weights_of_a_tanh_network_are_a_saddle() -> None:
    objective, point = network_objective(
        Network((np.zeros((2, 3)), np.zeros((3, 2))), (), "tanh"), INPUTS, TARGETS, 1e-4, loss="squared"
    )
    assert np.linalg.norm(objective.loss_and_gradient(point)[1]) == 0.0
    assert classify(objective, point).kind == "saddle"
