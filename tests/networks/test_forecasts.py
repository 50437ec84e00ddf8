"""Bounds before training on networks of every kind: true at their own loss, and those of plain networks."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.arrays import FloatArray
from numerics.descent.network import random_residual_network
from numerics.networks.architecture import Architecture
from numerics.networks.convolution import Convolution
from numerics.networks.forecast import forecast
from numerics.networks.layers import Activation, Dense, Flatten, Kind, Layer, MeanPool, Sum, residual
from numerics.networks.objective import Loss, Objective
from numerics.networks.standard import convolutional_network, perceptron, residual_network
from numerics.networks.training import train
from numerics.rank_forecast import full_loss, rank_bounds_before_training
from theory.errors import InvalidProblemError
from theory.networks.before_training import bounds_before_training
from theory.networks.rank_bound import rank_bound
from theory.networks.variation import total_cluster_variation

KINDS: tuple[Kind, ...] = ("tanh", "relu", "linear")
LOSSES: tuple[Loss, ...] = ("cross-entropy", "squared")
SHARED: tuple[Layer, ...] = (Dense("shared", 5), Activation("tanh"), Dense("shared", 5))


def networks(kind: Kind) -> dict[str, Architecture]:
    """Networks with three outputs: five features, or images of two channels and 4 × 4 pixels."""
    return {
        "dense": perceptron(5, (4, 6, 3), kind),
        "one layer": perceptron(5, (3,), kind),
        "residual": residual_network(5, 4, 6, 3, kind, blocks=2),
        "sum": Architecture((5,), (Sum(((Dense("a", 3), Activation(kind)), (Dense("b", 3),))),)),
        "shared": Architecture((5,), (*SHARED, Activation(kind), Dense("out", 3))),
        "convolution": convolutional_network((2, 4, 4), (3, 2), 3, kind),
        "pooled": convolutional_network((2, 4, 4), (3, 4), 3, kind, pool=True, stride=1),
        "residual image": Architecture(
            (2, 4, 4),
            (residual(Convolution("C", 2, 3, padding=1), Activation(kind)), MeanPool(), Dense("out", 3)),
        ),
        "distant patches": Architecture(
            (2, 4, 4), (Convolution("C", 3, 1, stride=2), Activation(kind), Flatten(), Dense("out", 3))
        ),
    }


NAMES = tuple(networks("tanh"))


def task(network: Architecture, loss: Loss, spread: float, seed: int) -> tuple[FloatArray, Any]:
    """Nine samples about three centres; labels, or a target for each class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(9) % 3
    features = math.prod(network.input_shape)
    inputs = rng.standard_normal((features, 3))[:, labels] + spread * rng.standard_normal((features, 9))
    return inputs, labels if loss == "cross-entropy" else rng.standard_normal((3, 3))[:, labels]


@given(
    name=st.sampled_from(NAMES),
    kind=st.sampled_from(KINDS),
    loss=st.sampled_from(LOSSES),
    spread=st.sampled_from([0.0, 1e-3, 0.1, 1.0]),
    decay=st.floats(1e-3, 10),
    size=st.floats(0.01, 3),
    seed=st.integers(0, 10**6),
)
def test_what_is_forecast_holds_at_any_parameters_for_their_own_loss(
    name: str, kind: Kind, loss: Loss, spread: float, decay: float, size: float, seed: int
) -> None:
    network = networks(kind)[name]
    inputs, answers = task(network, loss, spread, seed)
    rng = np.random.default_rng(seed + 1)
    decays = {weight: decay * 10.0 ** rng.uniform(-1, 1) for weight in network.maps}
    objective = Objective(network, inputs, answers, decays, loss)
    parameters = size * rng.standard_normal(network.size)
    labels = np.arange(9) % 3
    found = forecast(objective, parameters)
    assert [item.name for item in found] == list(network.maps)
    for item, promised in zip(objective.linear_maps(parameters), found, strict=True):
        bound = rank_bound(
            item.weight, item.inputs, item.deltas, item.residual, item.weight_decay,
            item.of_columns(labels), images=item.images,
        )  # fmt: skip
        rounding = 1e-9 * (1 + bound.weight_norm + bound.residual + float(np.sum(item.inputs**2)))
        assert bound.weight_norm <= promised.norm + rounding
        assert bound.input_variation <= promised.input_variation + rounding
        assert not math.isnan(promised.linear + promised.root)
        assert bound.distance <= promised.root + bound.residual + rounding
        assert bound.distance <= promised.linear + bound.residual + rounding


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", LOSSES)
def test_plain_networks_have_the_bounds_derived_for_them(kind: Kind, loss: Loss) -> None:
    network = networks(kind)["dense"]
    inputs, answers = task(network, loss, 0.1, 0)
    decays = dict(zip(network.maps, (0.1, 0.5, 0.2), strict=True))
    objective = Objective(network, inputs, answers, decays, loss)
    start = network.random_parameters(np.random.default_rng(0))
    labels = np.arange(9) % 3
    plain = bounds_before_training(
        objective.value_and_gradient(start)[0], list(decays.values()), samples=9,
        input_variation=total_cluster_variation(inputs, labels), activation=kind, loss=loss,
    )  # fmt: skip
    for one, other in zip(forecast(objective, start), plain, strict=True):
        for number in ("norm", "input_variation", "linear", "root"):
            assert getattr(one, number) == pytest.approx(getattr(other, number), rel=1e-12)


def test_a_residual_network_is_its_architecture() -> None:
    """The same network twice: weights in a list, and a vector of parameters."""
    start = random_residual_network(3, 5, 2, "tanh", np.random.default_rng(0), blocks=2)
    data, labels = np.random.default_rng(1).standard_normal((3, 6)), np.arange(6) % 2
    found = rank_bounds_before_training(start, data, labels, [0.1, 0.2, 0.3, 0.4, 0.5], loss="cross-entropy")
    assert [item.name for item in found] == ["W1", "V1", "W2", "V2", "W3"]
    initial = full_loss(start, data, labels, [0.1, 0.2, 0.3, 0.4, 0.5], loss="cross-entropy")
    for item, decay in zip(found, (0.1, 0.2, 0.3, 0.4, 0.5), strict=True):
        assert item.norm == pytest.approx(math.sqrt(2 * initial / decay), rel=1e-12)


@pytest.mark.parametrize("name", ["residual", "pooled"])
def test_what_is_forecast_holds_after_training(name: str) -> None:
    network = networks("tanh")[name]
    inputs, labels = task(network, "cross-entropy", 1e-3, 0)
    start = network.random_parameters(np.random.default_rng(0))
    found = rank_bounds_before_training(network, inputs, labels, 0.02, loss="cross-entropy")
    objective = Objective(network, inputs, labels, 0.02, "cross-entropy")
    assert found == forecast(objective, start)
    trained = train(objective, start, steps=200)
    assert trained.loss <= objective.value_and_gradient(start)[0]
    for item, promised in zip(objective.linear_maps(trained.parameters), found, strict=True):
        assert float(np.linalg.norm(item.weight)) <= promised.norm


def test_many_blocks_take_no_exponential_time_and_stay_true() -> None:
    network = residual_network(4, 3, 3, 2, "tanh", blocks=20)
    inputs, labels = np.random.default_rng(0).standard_normal((4, 6)), np.arange(6) % 2
    objective = Objective(network, inputs, labels, 0.1, "cross-entropy")
    parameters = 0.3 * np.random.default_rng(1).standard_normal(network.size)
    for item, promised in zip(
        objective.linear_maps(parameters), forecast(objective, parameters), strict=True
    ):
        assert total_cluster_variation(item.inputs, labels) <= promised.input_variation * (1 + 1e-9)
        assert math.isfinite(promised.linear)


def test_clusters_refine_classes_and_decays_are_positive() -> None:
    network = networks("tanh")["residual"]
    inputs, labels = task(network, "cross-entropy", 0.1, 0)
    start = network.random_parameters(np.random.default_rng(0))
    objective = Objective(network, inputs, labels, 0.1, "cross-entropy")
    alone = forecast(objective, start, clusters=np.arange(9))
    assert all(item.linear == item.root == 0.0 for item in alone)
    with pytest.raises(InvalidProblemError, match="mixes the classes"):
        forecast(objective, start, clusters=np.zeros(9, dtype=np.int64))
    with pytest.raises(InvalidProblemError, match="no sample"):
        forecast(objective, start, clusters=2 * np.arange(9))
    with pytest.raises(InvalidProblemError, match=r"decay 0\.0 of layer 1 is not positive"):
        forecast(Objective(network, inputs, labels, 0.0, "cross-entropy"), start)
