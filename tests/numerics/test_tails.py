"""Tails of networks: features by layer, Jacobians, and features with a given output."""

import numpy as np
import pytest

from numerics.descent.network import (
    Activation,
    Network,
    network_outputs,
    random_network,
    random_residual_network,
)
from numerics.tails import (
    feature_with_output,
    half_squared_norm,
    random_tail,
    tail_features,
    tail_from,
    tail_jacobian,
    tail_outputs,
)
from theory.errors import InvalidProblemError


def network(kind: str, activation: Activation, seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    if kind == "residual":
        made = random_residual_network(5, 7, 3, activation, rng, blocks=2)
    else:
        made = random_network([5, 6, 4, 3], activation, rng)
    biases = tuple(rng.standard_normal(bias.shape) for bias in made.biases)
    return Network(made.weights, biases, made.activation, residual=made.residual)


@pytest.mark.parametrize("kind", ["feed-forward", "residual"])
@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_layers_and_jacobian_are_those_of_the_network(kind: str, activation: Activation) -> None:
    made = network(kind, activation)
    data = np.random.default_rng(1).standard_normal((5, 4))
    inputs = tail_features(made, data)
    assert [part.shape[0] for part in inputs] == [weight.shape[1] for weight in made.weights]
    expected = made.weights[-1] @ inputs[-1] + made.biases[-1][:, None]
    assert np.abs(expected - network_outputs(made, data)).max() <= 1e-13
    jacobian, step = tail_jacobian(made, data[:, 0]), 1e-6
    for index in range(5):
        moved = data[:, :1] + step * np.array([[-1.0, 1.0]]) * np.eye(5)[:, [index]]
        difference = np.diff(network_outputs(made, moved), axis=1)[:, 0] / (2 * step)
        assert np.abs(difference - jacobian[:, index]).max() <= 1e-8


@pytest.mark.parametrize(("kind", "first"), [("feed-forward", 1), ("feed-forward", 2), ("residual", 2)])
def test_a_tail_continues_the_network(kind: str, first: int) -> None:
    made = network(kind, "tanh")
    data = np.random.default_rng(1).standard_normal((5, 4))
    entering = tail_features(made, data)[first]
    assert np.abs(tail_outputs(tail_from(made, first), entering) - network_outputs(made, data)).max() <= 1e-13


def test_the_tail_of_a_network_without_biases_has_none() -> None:
    tail = random_tail("residual", "relu", width=4, depth=2, outputs=2, rng=np.random.default_rng(0))
    assert tail_from(tail, 2).biases == ()
    assert half_squared_norm(Network((np.eye(2), np.ones((1, 2))), (), "tanh")) == 2.0


def test_features_with_one_output_differ() -> None:
    rng = np.random.default_rng(0)
    tail = random_tail("feed-forward", "tanh", width=6, depth=2, outputs=2, rng=rng)
    centre = rng.standard_normal(6)
    target = tail_outputs(tail, centre[:, None])[:, 0]
    found = feature_with_output(tail, centre + 0.3 * rng.standard_normal(6), target)
    assert found is not None
    assert np.linalg.norm(found - centre) > 1e-2
    assert np.abs(tail_outputs(tail, found[:, None])[:, 0] - target).max() <= 1e-12


def test_dead_units_give_no_feature() -> None:
    tail = Network((-np.eye(2), np.ones((1, 2))), (), "relu")
    assert feature_with_output(tail, np.array([1.0, 1.0]), np.array([1.0])) is None


def test_what_cannot_be_a_tail_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="no tail starts at weight 1"):
        tail_from(network("residual", "tanh"), 1)
    with pytest.raises(InvalidProblemError, match="no tail starts at weight 5"):
        tail_from(network("feed-forward", "tanh"), 5)
    with pytest.raises(InvalidProblemError, match="widen the tail"):
        random_tail("residual", "tanh", width=3, depth=1, outputs=3, rng=np.random.default_rng(0))
