from functools import partial
from typing import Literal, get_args

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from numerics.arrays import FloatArray, IntegerArray
from numerics.descent.linear_chain import Descent, descend_cross_entropy
from numerics.descent.network import (
    Activation,
    Network,
    network_outputs,
    random_network,
    random_residual_network,
)
from numerics.descent.training import Loss, TrainedNetwork, layer_quantities, train_network
from theory.errors import InvalidProblemError

RNG = np.random.default_rng(0)
INPUTS = RNG.standard_normal((4, 9))
LABELS = RNG.integers(0, 3, 9)
TARGETS = RNG.standard_normal((3, 9))
DECAYS = [0.03, 0.02, 0.01]


def answers_for(loss: Loss) -> FloatArray | IntegerArray:
    return LABELS if loss == "cross-entropy" else TARGETS


def network_for(activation: Activation, biased: bool = True) -> Network:
    network = random_network([4, 5, 6, 3], activation, np.random.default_rng(1), biased=biased)
    biases = tuple(0.3 * np.random.default_rng(2).standard_normal(bias.shape) for bias in network.biases)
    return Network(network.weights, biases, activation)


def objective(network: Network, loss: Loss) -> float:
    """Evaluate the objective by the public forward pass alone."""
    outputs = network_outputs(network, INPUTS)
    if loss == "cross-entropy":
        fit = -log_softmax(outputs, axis=0)[LABELS, np.arange(9)].mean()
    else:
        fit = np.sum((outputs - TARGETS) ** 2) / 18
    return float(fit) + sum(
        0.5 * decay * float(np.sum(w**2)) for decay, w in zip(DECAYS, network.weights, strict=True)
    )


def moved(
    network: Network, part: Literal["weights", "biases"], index: int, position: tuple[int, ...], by: float
) -> Network:
    blocks = {"weights": [w.copy() for w in network.weights], "biases": [b.copy() for b in network.biases]}
    blocks[part][index][position] += by
    return Network(tuple(blocks["weights"]), tuple(blocks["biases"]), network.activation)


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("loss", get_args(Loss))
@pytest.mark.parametrize("biased", [True, False])
def test_residuals_are_the_gradient(activation: Activation, loss: Loss, biased: bool) -> None:
    network, width = network_for(activation, biased), 1e-5
    layers = layer_quantities(network, INPUTS, answers_for(loss), DECAYS, loss=loss)
    for index, layer in enumerate(layers):
        for position in np.ndindex(layer.weight.shape):
            sides = [objective(moved(network, "weights", index, position, s), loss) for s in (width, -width)]
            numeric = (sides[0] - sides[1]) / (2 * width)
            assert layer.residual[position] == pytest.approx(numeric, rel=1e-6, abs=1e-9)
        identity = layer.weight_decay * layer.weight + layer.deltas @ layer.inputs.T / 9
        np.testing.assert_allclose(layer.residual, identity, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("loss", get_args(Loss))
def test_deltas_are_the_gradient_in_a_bias_of_one_sample(activation: Activation, loss: Loss) -> None:
    """The mean of the deltas is the gradient in the bias; one sample alone gives its own delta."""
    network, width = network_for(activation), 1e-5
    layers = layer_quantities(network, INPUTS, answers_for(loss), DECAYS, loss=loss)
    for index, layer in enumerate(layers):
        for row in range(layer.deltas.shape[0]):
            sides = [objective(moved(network, "biases", index, (row,), s), loss) for s in (width, -width)]
            numeric = (sides[0] - sides[1]) / (2 * width)
            assert layer.deltas[row].mean() == pytest.approx(numeric, rel=1e-6, abs=1e-9)
        alone = layer_quantities(network, INPUTS[:, [4]], answers_for(loss)[..., [4]], DECAYS, loss=loss)
        np.testing.assert_allclose(layer.deltas[:, [4]], alone[index].deltas, rtol=1e-10, atol=1e-14)


def residual_network(activation: Activation, biased: bool) -> Network:
    network = random_residual_network(4, 5, 3, activation, np.random.default_rng(1), blocks=2, biased=biased)
    biases = tuple(0.3 * np.random.default_rng(2).standard_normal(bias.shape) for bias in network.biases)
    return Network(network.weights, biases, activation, residual=True)


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("biased", [True, False])
def test_residual_networks_have_their_gradient(activation: Activation, biased: bool) -> None:
    network, width = residual_network(activation, biased), 1e-5
    layers = layer_quantities(network, INPUTS, LABELS, 0.02, loss="cross-entropy")

    def value(weights: list[FloatArray]) -> float:
        outputs = network_outputs(Network(tuple(weights), network.biases, activation, residual=True), INPUTS)
        fit = -log_softmax(outputs, axis=0)[LABELS, np.arange(9)].mean()
        return float(fit) + sum(0.01 * float(np.sum(weight**2)) for weight in weights)

    for index, layer in enumerate(layers):
        for position in np.ndindex(layer.weight.shape):
            sides: list[float] = []
            for by in (width, -width):
                weights = [weight.copy() for weight in network.weights]
                weights[index][position] += by
                sides.append(value(weights))
            numeric = (sides[0] - sides[1]) / (2 * width)
            assert layer.residual[position] == pytest.approx(numeric, rel=1e-6, abs=1e-9)


def test_many_blocks_of_samples_are_one_data_set() -> None:
    """700 samples, in blocks and lots, against the objective's difference quotient along the first step."""
    rng = np.random.default_rng(5)
    inputs, labels = rng.standard_normal((4, 700)), rng.integers(0, 3, 700)
    network, step = residual_network("tanh", True), 1e-6
    once = train_network(network, inputs, labels, 0.02, loss="cross-entropy", step=step, max_steps=1)
    whole = layer_quantities(network, inputs, labels, 0.02, loss="cross-entropy")
    for layer, before, after in zip(whole, network.weights, once.weights, strict=True):
        np.testing.assert_allclose((before - after) / step, layer.residual, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("residual", [True, False])
def test_free_features_descend_with_the_weights(residual: bool, biased: bool) -> None:
    network = residual_network("tanh", biased) if residual else network_for("tanh", biased)
    step, width, decay = 1e-6, 1e-5, 0.05
    trained = train_network(
        network, INPUTS, LABELS, 0.02, loss="cross-entropy", step=step, max_steps=1, features_decay=decay
    )
    assert trained.features is not None

    def value(inputs: FloatArray) -> float:
        fit = -log_softmax(network_outputs(network, inputs), axis=0)[LABELS, np.arange(9)].mean()
        return float(fit) + 0.5 * decay * float(np.sum(inputs**2))

    for position in np.ndindex(INPUTS.shape):
        moved = [INPUTS.copy(), INPUTS.copy()]
        moved[0][position] += width
        moved[1][position] -= width
        numeric = (value(moved[0]) - value(moved[1])) / (2 * width)
        slope = (INPUTS[position] - trained.features[position]) / step
        assert slope == pytest.approx(numeric, rel=1e-5, abs=1e-8)


def test_a_linear_network_with_free_features_is_a_chain() -> None:
    labels = np.repeat(np.arange(3), 3)
    network = network_for("linear", biased=False)
    decays = [0.02, 0.03, 0.04]
    train = partial(train_network, network, INPUTS, labels, decays, loss="cross-entropy", features_decay=0.01)
    descend = partial(descend_cross_entropy, [INPUTS, *network.weights], labels, [0.01, *decays])
    trained, chain = (run(step=0.2, max_steps=300, momentum=0.5) for run in (train, descend))
    assert isinstance(trained, TrainedNetwork)
    assert isinstance(chain, Descent)
    assert trained.features is not None
    np.testing.assert_allclose(trained.loss_history, chain.loss_history, rtol=1e-9)
    for ours, theirs in zip((trained.features, *trained.weights), chain.factors, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


def test_a_single_layer_may_have_free_features_too() -> None:
    labels = np.repeat(np.arange(3), 3)
    network = random_network([4, 3], "relu", np.random.default_rng(0), biased=False)
    trained = train_network(
        network, INPUTS, labels, 0.02, loss="cross-entropy", step=0.2, max_steps=50, features_decay=0.02
    )
    chain = descend_cross_entropy([INPUTS, *network.weights], labels, 0.02, step=0.2, max_steps=50)
    assert trained.loss == pytest.approx(chain.loss, rel=1e-12)


def test_training_equals_a_plain_loop() -> None:
    network = network_for("tanh")
    weights, biases = list(network.weights), list(network.biases)
    for _ in range(100):
        values = [INPUTS]
        for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
            a = w @ values[-1] + b[:, None]
            values.append(a if index == 2 else np.tanh(a))
        delta = (softmax(values[-1], axis=0) - np.eye(3)[:, LABELS]) / 9
        for index in (2, 1, 0):
            before = (weights[index].T @ delta) * (1 - values[index] ** 2)
            weights[index] = weights[index] - 0.2 * (delta @ values[index].T + DECAYS[index] * weights[index])
            biases[index] = biases[index] - 0.2 * delta.sum(axis=1)
            delta = before
    trained = train_network(network, INPUTS, LABELS, DECAYS, loss="cross-entropy", step=0.2, max_steps=100)
    for ours, theirs in zip((*trained.weights, *trained.biases), (*weights, *biases), strict=True):
        assert np.linalg.norm(ours - theirs) < 1e-9 * np.linalg.norm(theirs)
    assert trained.loss == pytest.approx(objective(trained, "cross-entropy"), rel=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_training_arrives_at_a_critical_point(activation: Activation) -> None:
    trained = train_network(
        network_for(activation),
        INPUTS,
        LABELS,
        0.05,
        loss="cross-entropy",
        step=0.2,
        momentum=0.9,
        max_steps=40_000,
        tolerance=1e-8,
    )
    assert trained.status == "stationary"
    assert (np.diff(trained.loss_history) < 1e-2).all()
    for layer in layer_quantities(trained, INPUTS, LABELS, 0.05, loss="cross-entropy"):
        assert np.linalg.norm(layer.residual) <= trained.gradient_norm * (1 + 1e-9)


def test_training_with_relu_may_end_at_a_kink_but_says_so() -> None:
    trained = train_network(
        network_for("relu"), INPUTS, LABELS, 0.05, loss="cross-entropy", step=0.2, max_steps=2_000
    )
    assert trained.loss < 0.5 * trained.loss_history[0]
    assert (trained.status == "stationary") == (trained.remedy == "")


def test_without_biases_none_appear() -> None:
    network = random_network([4, 5, 3], "relu", RNG, biased=False)
    trained = train_network(network, INPUTS, TARGETS, 0.1, loss="squared", step=0.05, max_steps=20)
    assert trained.biases == ()
    assert trained.loss_history[0] > trained.loss


def test_a_step_too_large_is_a_value() -> None:
    trained = train_network(
        network_for("linear"), INPUTS, TARGETS, 0.1, loss="squared", step=100.0, max_steps=100
    )
    assert trained.status == "diverged"
    assert trained.stable_step is not None
    assert not np.isnan(trained.loss)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": INPUTS.T}, "columns are samples"),
        ({"answers": TARGETS}, "integers"),
        ({"answers": [7] * 9}, "below 3"),
        ({"loss": "hinge"}, "hinge"),
        ({"loss": "squared", "answers": TARGETS.T}, "outputs have"),
        ({"weight_decays": [0.1, 0.1]}, "3 matrices"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], words: str) -> None:
    arguments: dict[str, object] = {
        "network": network_for("tanh"),
        "inputs": INPUTS,
        "answers": LABELS,
        "weight_decays": 0.1,
        "loss": "cross-entropy",
    }
    with pytest.raises(InvalidProblemError, match=words):
        layer_quantities(**{**arguments, **change})  # pyright: ignore[reportArgumentType]


def test_networks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidProblemError, match="sigmoid"):
        Network((np.eye(2),), (), "sigmoid")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProblemError, match="cannot follow"):
        Network((np.eye(2), np.eye(3)), (), "tanh")
    with pytest.raises(InvalidProblemError, match="one bias per layer"):
        Network((np.eye(2), np.eye(2)), (np.zeros(2),), "tanh")
    with pytest.raises(InvalidProblemError, match="2 units"):
        Network((np.eye(2),), (np.zeros(3),), "tanh")
    with pytest.raises(InvalidProblemError, match="W and V"):
        Network((np.eye(2), np.eye(2)), (), "tanh", residual=True)
    with pytest.raises(InvalidProblemError, match="lead back"):
        Network((np.ones((3, 2)), np.ones((4, 3)), np.ones((2, 4))), (), "tanh", residual=True)
    with pytest.raises(InvalidProblemError, match="0 blocks"):
        random_residual_network(4, 5, 3, "relu", RNG, blocks=0)
    with pytest.raises(InvalidProblemError, match="widths"):
        random_network([3], "tanh", RNG)
