"""The networks that several tests of gradients and linear maps share, and their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from numerics.arrays import FloatArray, IntegerArray
from numerics.descent.network import Network, network_outputs, random_residual_network
from numerics.descent.training import layer_quantities
from numerics.networks.architecture import Architecture
from numerics.networks.convolution import Convolution, add_patches, patches
from numerics.networks.layers import Activation, Dense, Flatten, Kind, Layer, MeanPool, Sum, residual
from numerics.networks.objective import LinearMap, Loss, Objective
from numerics.networks.standard import convolutional_network, perceptron, residual_network
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA

IMAGE = (2, 4, 4)
KINDS: tuple[Kind, ...] = ("tanh", "relu", "linear")


def architectures(kind: Kind) -> dict[str, Architecture]:
    """One network for every kind of part, all with three outputs."""
    half_size = Convolution("half", 3, size=1, stride=2)
    down = Convolution("down", 3, size=3, stride=2, padding=1)
    shared = Dense("shared", 5)
    widened: tuple[Layer, ...] = (Dense("widened", 3),)
    return {
        "dense": perceptron(5, (4, 3), kind),
        "no bias": perceptron(5, (4, 3), kind, bias=False),
        "width one": perceptron(5, (1, 3), kind),
        "residual": residual_network(5, 4, 6, 3, kind, blocks=2),
        "sum of branches": Architecture((5,), (Sum(((Dense("one", 3), Activation(kind)), widened)),)),
        "shared weight": Architecture((5,), (shared, Activation(kind), shared, Dense("out", 3))),
        "convolution": convolutional_network(IMAGE, (3, 2), 3, kind),
        "pooled": convolutional_network(IMAGE, (3, 4), 3, kind, pool=True, stride=1),
        "residual image": Architecture(
            IMAGE, (Sum(((half_size,), (down, Activation(kind)))), Flatten(), Dense("out", 3))
        ),
        "uneven stride": Architecture(
            (1, 4, 5),
            (Convolution("C", 2, 2, stride=2, bias=False), Activation(kind), Flatten(), Dense("out", 3)),
        ),
    }


NAMES = tuple(architectures("tanh"))


def objective_for(name: str, kind: Kind, loss: Loss, samples: int = 4) -> tuple[Objective, FloatArray]:
    """A network on random data, a decay of its own for every weight, and parameters nowhere near zero."""
    rng = np.random.default_rng(7)
    network = architectures(kind)[name]
    inputs = rng.standard_normal((int(np.prod(network.input_shape)), samples))
    answers = np.arange(samples) % 3 if loss == "cross-entropy" else rng.standard_normal((3, samples))
    decays = {name: 0.02 * (index + 1) for index, name in enumerate(network.maps)}
    return Objective(network, inputs, answers, decays, loss), 0.6 * rng.standard_normal(network.size)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_gradient_is_that_of_the_objective(name: str, kind: Kind, loss: Loss) -> None:
    objective, theta = objective_for(name, kind, loss)
    _, gradient = objective.value_and_gradient(theta)
    width, rng = 1e-5, np.random.default_rng(1)
    directions = [*np.eye(theta.size)[rng.permutation(theta.size)[:8]], *rng.standard_normal((4, theta.size))]
    for direction in directions:
        values = [written_out(objective, theta + side * direction) for side in (width, -width)]
        slope = (values[0] - values[1]) / (2 * width)
        assert float(gradient @ direction) == pytest.approx(slope, rel=1e-6, abs=1e-8)


def written_out(objective: Objective, theta: FloatArray) -> float:
    """The regularised loss from the public forward pass alone."""
    network = objective.architecture
    outputs = network.outputs(theta, objective.inputs)
    penalty = sum(
        0.5 * objective.decays[name] * float(np.sum(weight**2))
        for name, (weight, _) in network.affine(theta).items()
    )
    if objective.loss == "squared":
        return 0.5 * float(np.mean(np.sum((outputs - np.asarray(objective.answers)) ** 2, axis=0))) + penalty
    labels = np.asarray(objective.answers)
    return -float(log_softmax(outputs, axis=0)[labels, np.arange(labels.size)].mean()) + penalty


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_identity_of_every_linear_map(name: str, kind: Kind, loss: Loss) -> None:
    """λW = −(1/N)Σδzᵀ + R with R the gradient, N the number of images; one column per use."""
    objective, theta = objective_for(name, kind, loss)
    gradient = objective.architecture.affine(objective.value_and_gradient(theta)[1])
    found = objective.linear_maps(theta)
    assert [item.name for item in found] == list(objective.architecture.maps)
    for item in found:
        assert item.inputs.shape[1] == item.deltas.shape[1] == item.uses * item.images
        parts = [item.weight_decay * item.weight, item.deltas @ item.inputs.T / item.images]
        size = sum(float(np.linalg.norm(part)) for part in parts)
        assert np.linalg.norm(gradient[item.name].weight - sum(parts)) <= LINEAR_ALGEBRA * size
        assert np.linalg.norm(gradient[item.name].weight - item.residual) <= LINEAR_ALGEBRA * size
        bias = gradient[item.name].bias
        if bias is not None:
            np.testing.assert_allclose(bias, item.deltas.sum(axis=1) / item.images, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_columns_belong_to_their_images(name: str) -> None:
    """The columns of image 2 among four are those it has alone."""
    objective, theta = objective_for(name, "tanh", "cross-entropy")
    inputs, labels = np.asarray(objective.inputs), np.asarray(objective.answers)
    alone = Objective(objective.architecture, inputs[:, [2]], labels[[2]], objective.decays, "cross-entropy")
    for together, single in zip(objective.linear_maps(theta), alone.linear_maps(theta), strict=True):
        columns = together.of_columns(np.arange(4)) == 2
        assert single.uses == together.uses == int(columns.sum())
        np.testing.assert_allclose(together.inputs[:, columns], single.inputs, rtol=0, atol=1e-13)
        np.testing.assert_allclose(together.deltas[:, columns], single.deltas, rtol=0, atol=1e-13)


def test_agrees_with_the_compiled_residual_networks() -> None:
    """The same network in the other encoding: outputs and all quantities of every layer."""
    rng = np.random.default_rng(3)
    compiled = random_residual_network(5, 6, 3, "tanh", rng, blocks=2)
    biases = tuple(rng.standard_normal(bias.shape) for bias in compiled.biases)
    compiled = Network(compiled.weights, biases, "tanh", residual=True)
    blocks = [residual(Dense(f"W{i}", 6), Activation("tanh"), Dense(f"V{i}", 5)) for i in range(2)]
    network = Architecture((5,), (*blocks, Dense("out", 3)))
    pairs = zip(compiled.weights, compiled.biases, strict=True)
    theta = np.concatenate([part.ravel() for pair in pairs for part in pair])
    inputs, labels = rng.standard_normal((5, 9)), np.arange(9) % 3
    np.testing.assert_allclose(
        network.outputs(theta, inputs), network_outputs(compiled, inputs), rtol=0, atol=1e-13
    )
    layers = layer_quantities(compiled, inputs, labels, 0.1, loss="cross-entropy")
    found = Objective(network, inputs, labels, 0.1, "cross-entropy").linear_maps(theta)
    for layer, item in zip(layers, found, strict=True):
        for part in ("weight", "inputs", "deltas", "residual"):
            np.testing.assert_allclose(getattr(item, part), getattr(layer, part), rtol=0, atol=1e-13)


def test_convolution_of_a_one_pixel_image_is_a_dense_layer() -> None:
    rng = np.random.default_rng(0)
    dense = perceptron(3, (4, 2), "tanh")
    pixel = Architecture(
        (3, 1, 1), (Convolution("W1", 4, size=1), Activation("tanh"), Flatten(), Dense("W2", 2))
    )
    theta, inputs = rng.standard_normal(dense.size), rng.standard_normal((3, 6))
    labels: IntegerArray = np.arange(6) % 2
    ends: list[tuple[LinearMap, ...]] = []
    for network in (dense, pixel):
        objective = Objective(network, inputs, labels, 0.1, "cross-entropy")
        ends.append(objective.linear_maps(theta))
    for one, other in zip(*ends, strict=True):
        for part in ("weight", "inputs", "deltas", "residual"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_convolution_of_the_whole_image_is_a_dense_layer() -> None:
    rng = np.random.default_rng(0)
    whole = Architecture((2, 3, 3), (Convolution("W", 4, size=3), Flatten()))
    dense = Architecture((18,), (Dense("W", 4),))
    theta, inputs = rng.standard_normal(whole.size), rng.standard_normal((18, 5))
    np.testing.assert_allclose(whole.outputs(theta, inputs), dense.outputs(theta, inputs), rtol=0, atol=1e-13)


def test_convolution_written_out() -> None:
    rng = np.random.default_rng(4)
    network = Architecture((2, 5, 6), (Convolution("C", 3, size=3, stride=2, padding=1), Flatten()))
    theta, images = rng.standard_normal(network.size), rng.standard_normal((60, 2))
    weight, bias = network.affine(theta)["C"]
    assert bias is not None
    padded = np.pad(images.reshape(2, 5, 6, 2), ((0, 0), (1, 1), (1, 1), (0, 0)))
    expected = np.zeros((3, 3, 3, 2))
    for row, column in np.ndindex(3, 3):
        window = padded[:, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
        expected[:, row, column] = np.tensordot(weight.reshape(3, 2, 3, 3), window, 3) + bias[:, None]
    np.testing.assert_allclose(network.outputs(theta, images), expected.reshape(27, 2), rtol=0, atol=1e-13)


@given(
    st.integers(1, 3),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 2),
)
def test_adding_patches_is_the_adjoint_of_taking_them(
    channels: int, height: int, width: int, size: int, stride: int, padding: int
) -> None:
    if min(height, width) + 2 * padding < size:
        return
    rng = np.random.default_rng(channels)
    images = rng.standard_normal((channels, height, width, 2))
    columns = patches(images, size, stride, padding)
    other = rng.standard_normal(columns.shape)
    left, right = (
        np.vdot(columns, other),
        np.vdot(images, add_patches(other, images.shape, size, stride, padding)),
    )
    scale = float(np.linalg.norm(columns) * np.linalg.norm(other))
    assert abs(float(left - right)) <= LINEAR_ALGEBRA * scale


def test_a_residual_block_with_zero_outer_weight_is_the_identity() -> None:
    rng = np.random.default_rng(0)
    block = residual(Dense("W", 7), Activation("relu"), Dense("V", 4, bias=False))
    network = Architecture((4,), (block,))
    theta = network.with_weights(rng.standard_normal(network.size), {"V": np.zeros((4, 7))})
    inputs = rng.standard_normal((4, 5))
    np.testing.assert_array_equal(network.outputs(theta, inputs), inputs)


def test_mean_pool_is_the_mean_of_the_pixels() -> None:
    images = np.random.default_rng(0).standard_normal((8, 3))
    identity = Architecture((2, 2, 2), (MeanPool(), Dense("W", 2, bias=False)))
    means = identity.outputs(np.eye(2).ravel(), images)
    np.testing.assert_allclose(means, images.reshape(2, 4, 3).mean(axis=1), rtol=0, atol=1e-15)


def test_parameters_are_views_and_replacements_are_copies() -> None:
    network = perceptron(2, (3,), "tanh")
    theta = np.zeros(network.size)
    changed = network.with_weights(theta, {"W1": np.ones((3, 2))})
    assert not theta.any()
    network.affine(theta)["W1"].weight[:] = 1.0
    np.testing.assert_array_equal(theta, changed)


def test_random_parameters_have_the_stated_variance() -> None:
    network = perceptron(400, (300,), "tanh")
    weight, bias = network.affine(network.random_parameters(np.random.default_rng(0)))["W1"]
    assert float(np.var(weight) * 400) == pytest.approx(1, abs=0.02)
    assert bias is not None
    assert not bias.any()
    block = Architecture((400,), (residual(Dense("W", 300), Activation("relu"), Dense("V", 400)),))
    hidden = block.affine(block.random_parameters(np.random.default_rng(0)))["W"].weight
    assert float(np.var(hidden) * 400) == pytest.approx(2, abs=0.04)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense("W", 0), "outputs 0"),
        (lambda: Convolution("C", 2, size=3, padding=-1), "padding -1"),
        (lambda: Activation("gelu"), "'gelu' is unknown"),  # pyright: ignore[reportArgumentType]
        (lambda: Sum(()), "without branches"),
        (lambda: Architecture((2, 3), (Dense("W", 1),)), r"\(2, 3\)"),
        (lambda: Architecture((0,), (Dense("W", 1),)), "axis 0 of the input shape 0"),
        (lambda: Architecture((1, 4, 4), (Dense("W", 1),)), r"Flatten\(\) or MeanPool\(\)"),
        (lambda: Architecture((1, 4, 4), (Convolution("C", 1, 3),)), "ends with shape"),
        (lambda: Architecture((1, 2, 2), (Convolution("C", 1, 3), Flatten())), "smaller filter"),
        (lambda: Architecture((4,), (Convolution("C", 1, 3),)), "channels, height, width"),
        (lambda: Architecture((4,), (MeanPool(), Dense("W", 2))), "takes images"),
        (lambda: Architecture((4,), (Activation("tanh"),)), "no linear map"),
        (lambda: Architecture((4,), (Dense("W", 2), Dense("W", 2))), "share their weight"),
        (lambda: Architecture((4,), (residual(Dense("W", 2)),)), "make them equal"),
        (lambda: perceptron(4, (), "tanh"), "without layers"),
        (lambda: residual_network(4, 3, 3, 2, "tanh", blocks=0), "0 blocks"),
        (lambda: perceptron(4, (2,), "tanh").affine(np.zeros(3)), "has 10 in one vector"),
        (lambda: perceptron(4, (2,), "tanh").outputs(np.zeros(10), np.zeros((3, 5))), "have 3 rows"),
        (lambda: perceptron(1, (2,), "tanh").outputs(np.zeros(4), [[np.nan]]), "NaN or infinite"),
        (lambda: perceptron(4, (2,), "tanh").with_weights(np.zeros(10), {"V": np.eye(2)}), "W1"),
        (lambda: perceptron(4, (2,), "tanh").with_weights(np.zeros(10), {"W1": np.eye(2)}), r"\(2, 2\)"),
    ],
)
def test_networks_that_do_not_fit_say_why(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InvalidProblemError, match=message):
        make()


@pytest.mark.parametrize(
    ("inputs", "answers", "decays", "loss", "message"),
    [
        (np.zeros((2, 3)), [0, 1], 0.1, "cross-entropy", "2 labels for 3 samples"),
        (np.zeros((2, 3)), [0, 1, 5], 0.1, "cross-entropy", "below 2"),
        (np.zeros((2, 3)), np.zeros((2, 2)), 0.1, "squared", "columns are samples"),
        (np.zeros((2, 3)), [0, 1, 1], -0.1, "cross-entropy", "at least 0"),
        (np.zeros((2, 3)), [0, 1, 1], {"V": 0.1}, "cross-entropy", "one for each of W1"),
        (np.full((2, 3), np.inf), [0, 1, 1], 0.1, "cross-entropy", "NaN or infinite"),
        (np.zeros((2, 3)), [0, 1, 1], 0.1, "hinge", "'hinge' is unknown"),
    ],
)
def test_data_that_do_not_fit_say_why(
    inputs: FloatArray, answers: object, decays: float, loss: Loss, message: str
) -> None:
    with pytest.raises(InvalidProblemError, match=message):
        Objective(perceptron(2, (2,), "tanh"), inputs, answers, decays, loss)  # pyright: ignore[reportArgumentType]
