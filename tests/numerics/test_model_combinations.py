"""Every combination of network, loss and descent, against plain NumPy, alone and in a batch."""

import itertools
from functools import partial
from typing import Any, Literal

import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.critical.network_objective import network_at, network_objective
from numerics.descent.batch import in_parallel
from numerics.descent.initialisation import orthogonal_factors
from numerics.descent.network import (
    Activation,
    Network,
    random_network,
    random_residual_network,
)
from numerics.descent.network_flow import flow_network
from numerics.descent.training import train_network
from theory.errors import InvalidProblemError

LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1])
INPUTS = np.random.default_rng(0).standard_normal((3, 8))
TARGETS = np.random.default_rng(1).standard_normal((3, 8))
STEPS = 60
COMBINATIONS = list(
    itertools.product(
        ["linear", "tanh", "relu"],
        [False, True],
        [False, True],
        ["cross-entropy", "squared"],
        [None, 0.05],
        [0.0, 0.8],
    )
)


def network(activation: Activation, residual: bool, biased: bool, seed: int = 2) -> Network:
    rng = np.random.default_rng(seed)
    if residual:
        return random_residual_network(3, 4, 3, activation, rng, blocks=2, biased=biased)
    return random_network([3, 5, 4, 3], activation, rng, biased=biased)


def settings(made: Network, loss: str, features_decay: float | None) -> dict[str, Any]:
    decays = [0.01 * (index + 1) for index in range(len(made.weights))]
    answers = LABELS if loss == "cross-entropy" else TARGETS
    return {
        "network": made,
        "inputs": INPUTS,
        "answers": answers,
        "weight_decays": decays,
        "loss": loss,
        "features_decay": features_decay,
    }


def plain_descent(arguments: dict[str, Any], momentum: float) -> FloatArray:
    objective, point = network_objective(**arguments)
    velocity = np.zeros_like(point)
    for _ in range(STEPS):
        velocity = momentum * velocity - 0.05 * objective.loss_and_gradient(point)[1]
        point = point + velocity
    return point


@pytest.mark.parametrize(
    ("activation", "residual", "biased", "loss", "features_decay", "momentum"), COMBINATIONS
)
def test_training_is_the_plain_loop(
    activation: Activation,
    residual: bool,
    biased: bool,
    loss: Literal["cross-entropy", "squared"],
    features_decay: float | None,
    momentum: float,
) -> None:
    made = network(activation, residual, biased)
    arguments = settings(made, loss, features_decay)
    expected = plain_descent(arguments, momentum)
    objective, _ = network_objective(**arguments)
    train = partial(train_network, **arguments, step=0.05, max_steps=STEPS, momentum=momentum, tolerance=0.0)
    alone = train()
    other = partial(train, network=network(activation, residual, biased, seed=3))
    for trained in (alone, in_parallel([train, other], threads=2)[0]):
        assert trained.loss == pytest.approx(objective.loss_and_gradient(expected)[0], rel=1e-9)
        parts = objective.split(expected)
        expected_parts = (*parts.weights, *parts.biases)
        for ours, theirs in zip((*trained.weights, *trained.biases), expected_parts, strict=True):
            assert np.linalg.norm(ours - theirs) <= 1e-9 * np.linalg.norm(theirs)
        if parts.features is not None:
            assert trained.features is not None
            assert np.linalg.norm(trained.features - parts.features) < 1e-9 * np.linalg.norm(parts.features)


@pytest.mark.parametrize("package", ["jax", "torch"])
@pytest.mark.parametrize("residual", [False, True])
def test_gradients_are_those_of_automatic_differentiation(package: str, residual: bool) -> None:
    library: Any = pytest.importorskip(package)
    made = network("tanh", residual, True)
    objective, point = network_objective(made, INPUTS, LABELS, 0.02, loss="cross-entropy")
    if package == "jax":
        library.config.update("jax_enable_x64", True)
        array: Any = library.numpy.array
        tanh, log_softmax = library.numpy.tanh, partial(library.nn.log_softmax, axis=0)
    else:
        array = partial(library.tensor, dtype=library.float64, requires_grad=True)
        tanh, log_softmax = library.tanh, partial(library.log_softmax, dim=0)

    def value(weights: list[Any], biases: list[Any]) -> Any:
        before = values = array(INPUTS)
        for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            before, entered, values = values, before, weight @ values + bias[:, None]
            values = tanh(values) if made.activations[index] == "tanh" else values
            values = values + entered if made.skips[index] else values
        chosen = log_softmax(values)[LABELS, np.arange(LABELS.size)]
        return -chosen.mean() + 0.01 * sum((weight**2).sum() for weight in weights)

    parts = objective.split(point)
    weights, biases = [array(w) for w in parts.weights], [array(b) for b in parts.biases]
    if package == "jax":
        slopes = [np.array(each) for group in library.grad(value, (0, 1))(weights, biases) for each in group]
    else:
        slopes = [s.numpy() for s in library.autograd.grad(value(weights, biases), [*weights, *biases])]
    loss, gradient = objective.loss_and_gradient(point)
    ours = objective.split(gradient)
    assert float(value(weights, biases)) == pytest.approx(loss, rel=1e-12)
    for mine, theirs in zip((*ours.weights, *ours.biases), slopes, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("features_decay", [None, 0.05])
def test_descent_of_a_network_tends_to_its_flow(residual: bool, features_decay: float | None) -> None:
    arguments = settings(network("tanh", residual, True), "cross-entropy", features_decay)
    flow = flow_network(**arguments, times=[0.0, 1.0])
    assert flow.status == "arrived"
    errors: list[float] = []
    for steps in (100, 200):
        run = train_network(**arguments, step=1.0 / steps, max_steps=steps, tolerance=0.0)
        there = flow.networks[1]
        pairs = zip((*run.weights, *run.biases), (*there.weights, *there.biases), strict=True)
        errors.append(max(float(np.linalg.norm(ours - theirs)) for ours, theirs in pairs))
    assert 1.7 < errors[0] / errors[1] < 2.3
    assert len(flow.features) == (2 if features_decay is not None else 0)
    assert flow.losses[1] < flow.losses[0]


def test_a_flow_of_a_network_that_takes_too_long_says_so() -> None:
    arguments = settings(network("relu", False, True), "squared", None)
    flow = flow_network(**arguments, times=[0.0, 1e6], max_evaluations=100)
    assert flow.status == "evaluations-exhausted"
    assert "max_evaluations" in flow.remedy
    assert len(flow.networks) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answers": [0, 0, 0, 0, 1, 1, 1, 1]}, "class 2 has no sample"),
        ({"answers": [0, 1, 2, 0, 1, 2, 0, 3]}, "below 3"),
        ({"inputs": np.full((3, 8), np.nan)}, "NaN"),
        ({"features_decay": -1.0}, "at least 0"),
        ({"times": [2.0, 1.0]}, "increasing"),
        ({"loss": "hinge"}, "hinge"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], words: str) -> None:
    arguments: dict[str, Any] = settings(network("tanh", False, True), "cross-entropy", None)
    arguments |= {"times": [1.0], **change}
    with pytest.raises(InvalidProblemError, match=words):
        flow_network(**arguments)


def test_orthogonal_weights_make_a_network_too() -> None:
    weights = orthogonal_factors([(4, 3), (4, 4), (3, 4)], scale=1.0, rng=np.random.default_rng(0))
    made = Network(tuple(weights), (), "tanh")
    trained = train_network(made, INPUTS, LABELS, 0.01, loss="cross-entropy", step=0.1, max_steps=100)
    objective, point = network_objective(trained, INPUTS, LABELS, 0.01, loss="cross-entropy")
    assert objective.loss_and_gradient(point)[0] == pytest.approx(trained.loss, rel=1e-12)
    np.testing.assert_array_equal(network_at(objective, point).weights[0], trained.weights[0])
