"""The rank bound on networks of every kind; patches and uses by hand gradients; before training."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from numerics.clustering.tail_curve import tail_curve
from numerics.descent.network import Network, random_network
from numerics.descent.training import layer_quantities, train_network
from numerics.rank_forecast import full_loss, losses_of_samples, rank_bounds_before_training
from theory.errors import InvalidProblemError
from theory.networks.before_training import bounds_before_training, largest_product, norm_bounds
from theory.networks.rank_bound import rank_bound
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.networks.experiments.toy_networks import KINDS, toy_gradient
from verify.strategies import build_network, network_instances

Array = NDArray[np.float64]


@given(instance=network_instances(), clusters=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_every_bound_holds_for_any_partition_at_any_parameters(
    instance: dict[str, Any], clusters: int, seed: int
) -> None:
    built = build_network(instance)
    decay = built.weight_decay
    drawn = np.random.default_rng(seed).integers(clusters, size=built.labels.size)
    labels = np.unique(drawn, return_inverse=True)[1]
    for layer in layer_quantities(built.network, built.inputs, built.labels, decay, loss="cross-entropy"):
        bound = rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, labels)
        size = float(np.linalg.norm(layer.deltas) * np.linalg.norm(layer.inputs)) / (labels.size * decay)
        slack = LINEAR_ALGEBRA * (bound.weight_norm + size)
        assert bound.distance <= bound.sharpest + slack
        assert bound.nuclear_distance <= min(bound.nuclear.values()) + bound.nuclear_residual + slack
        assert bound.frobenius["B0"] <= min(bound.frobenius["B1"], bound.frobenius["B2"]) + slack


def toy(kind: int, seed: int, *, width: int = 4, samples: int = 5) -> Any:
    return toy_gradient({"kind": kind, "width": width, "samples": samples, "outputs": 3, "seed": seed})


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=[kind.__name__ for kind in KINDS])
def test_the_hand_gradient_is_the_derivative_of_the_loss(kind: int) -> None:
    """Patches and uses are samples of W; 1/N counts images. Entry by entry, by differences."""
    found = toy(kind, 0)
    formula = found.deltas @ found.inputs.T / found.images
    for row in range(found.weight.shape[0]):
        for column in range(found.weight.shape[1]):
            step = np.zeros_like(found.weight)
            step[row, column] = 1e-6
            slope = (found.loss(found.weight + step) - found.loss(found.weight - step)).real / 2e-6
            assert formula[row, column] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=[kind.__name__ for kind in KINDS])
@given(seed=st.integers(0, 10**6), decay=st.floats(1e-3, 10), clusters=st.integers(1, 8))
def test_bounds_hold_for_patches_and_uses(kind: int, seed: int, decay: float, clusters: int) -> None:
    found = toy(kind, seed)
    residual = decay * found.weight + found.deltas @ found.inputs.T / found.images
    drawn = np.random.default_rng(seed).integers(clusters, size=found.inputs.shape[1])
    labels = np.unique(drawn, return_inverse=True)[1]
    bound = rank_bound(found.weight, found.inputs, found.deltas, residual, decay, labels, images=found.images)
    slack = LINEAR_ALGEBRA * (bound.weight_norm + bound.sharpest)
    assert bound.distance <= bound.sharpest + slack


def test_counting_patches_for_images_would_break_the_convolution() -> None:
    """At a critical point of W the bound with N = patches is too small by their number: it would be false."""
    convolution = [kind.__name__ for kind in KINDS].index("convolution")
    found = toy(convolution, 3, width=5, samples=6)
    labels = np.zeros(found.inputs.shape[1], dtype=np.int64)
    weight = -found.deltas @ found.inputs.T / found.images
    none = np.zeros_like(weight)
    right = rank_bound(weight, found.inputs, found.deltas, none, 1.0, labels, images=found.images)
    wrong = rank_bound(weight, found.inputs, found.deltas, none, 1.0, labels)
    assert wrong.distance <= right.sharpest
    assert wrong.distance > wrong.frobenius["B0"]
    assert right.frobenius["B1"] == pytest.approx(4 * wrong.frobenius["B1"])


def test_the_tail_curve_bounds_every_tail_and_ends_at_nothing() -> None:
    generator = np.random.default_rng(0)
    inputs, deltas = generator.standard_normal((5, 12)), generator.standard_normal((6, 12))
    weight = -deltas @ inputs.T / 12
    for of in ("inputs", "inputs and deltas"):
        curve = tail_curve(weight, inputs, deltas, np.zeros_like(weight), 1.0, of=of)
        assert [bound.clusters for bound in curve] == [1, 2, 3, 4]
        assert all(bound.distance <= bound.sharpest + 1e-12 for bound in curve)
    (whole,) = tail_curve(weight, inputs, deltas, np.zeros_like(weight), 1.0, clusters=[12])
    assert whole.sharpest <= 1e-12
    with pytest.raises(InvalidProblemError, match="of 12 samples"):
        tail_curve(weight, inputs, deltas, np.zeros_like(weight), 1.0, clusters=[13])
    with pytest.raises(InvalidProblemError, match="unknown"):
        tail_curve(weight, inputs, deltas, 0 * weight, 1.0, of="deltas")  # pyright: ignore[reportArgumentType]


def test_a_trained_network_with_equal_samples_a_class_has_rank_at_most_the_classes() -> None:
    """No variation, no tail: in the first layer and in all later ones, at a critical point."""
    labels = np.repeat(np.arange(2), 4)
    inputs = np.random.default_rng(0).standard_normal((5, 2))[:, labels]
    start = random_network([5, 6, 6, 2], "tanh", np.random.default_rng(1))
    trained = train_network(
        start, inputs, labels, 0.02, loss="cross-entropy", step=0.5, max_steps=20_000, momentum=0.9
    )
    assert trained.status == "stationary"
    for layer in layer_quantities(trained, inputs, labels, 0.02, loss="cross-entropy"):
        bound = rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, 0.02, labels)
        assert bound.input_variation <= 1e-28
        assert bound.distance <= bound.residual + 1e-12 <= 1e-6


def test_products_on_a_budget() -> None:
    assert largest_product(6.0, {1: 1.0, 2: 2.0}, {1: 2.0, 2: 1.0}) == pytest.approx(4.0**2 * 1.0)
    assert largest_product(3.0, {1: 1.0}, {}) == 1.0
    generator = np.random.default_rng(0)
    for _ in range(200):
        prices = dict(enumerate(generator.uniform(0.1, 3, size=3)))
        powers = dict(enumerate(generator.uniform(0, 2, size=3)))
        spent = generator.dirichlet(np.ones(3))
        product = np.prod([(spent[m] / prices[m]) ** powers[m] for m in range(3)])
        assert product <= largest_product(1.0, prices, powers) * (1 + 1e-12)


@given(instance=network_instances(), slack=st.floats(0, 2))
def test_forecasts_hold_wherever_the_loss_is_not_above_the_initial_one(
    instance: dict[str, Any], slack: float
) -> None:
    built = build_network(instance)
    decay = built.weight_decay
    here = full_loss(built.network, built.inputs, built.labels, decay, loss="cross-entropy")
    count = len(built.network.weights)
    layers = layer_quantities(built.network, built.inputs, built.labels, decay, loss="cross-entropy")
    first = rank_bound(
        layers[0].weight, layers[0].inputs, layers[0].deltas, layers[0].residual, decay, built.labels
    )
    forecasts = bounds_before_training(
        here + slack, [decay] * count, samples=built.labels.size, input_variation=first.input_variation,
        activation=built.network.activation, loss="cross-entropy",
    )  # fmt: skip
    for layer, forecast in zip(layers, forecasts, strict=True):
        bound = rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, built.labels)
        rounding = 1e-9 * (1 + bound.weight_norm + float(np.sum(layer.inputs**2)))
        assert bound.weight_norm <= forecast.norm + rounding
        assert bound.input_variation <= forecast.input_variation + rounding
        assert bound.distance <= min(forecast.linear, forecast.root) + bound.residual + rounding


def test_a_forecast_from_layer_sizes_holds_after_training() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(30) % 3
    inputs = generator.standard_normal((4, 3))[:, labels] + 1e-3 * generator.standard_normal((4, 30))
    decays = [0.2, 0.1, 0.3]
    forecasts = rank_bounds_before_training(
        [4, 6, 6, 3], inputs, labels, decays, loss="cross-entropy", seed=5
    )
    start = random_network([4, 6, 6, 3], "tanh", np.random.default_rng(5))
    same = rank_bounds_before_training(start, inputs, labels, decays, loss="cross-entropy")
    assert forecasts == same
    trained = train_network(start, inputs, labels, decays, loss="cross-entropy", step=0.2, max_steps=3_000)
    layers = layer_quantities(trained, inputs, labels, decays, loss="cross-entropy")
    for layer, forecast in zip(layers, forecasts, strict=True):
        values = np.linalg.svd(layer.weight, compute_uv=False)
        assert float(np.linalg.norm(values)) <= forecast.norm
        assert int(np.sum(values > 0.5)) <= forecast.values_above(0.5, clusters=3)
    assert forecasts[0].informs
    assert (
        forecasts[0].norm
        == norm_bounds(full_loss(start, inputs, labels, decays, loss="cross-entropy"), decays)[0]
    )


def test_equal_targets_are_a_class_of_the_squared_loss() -> None:
    targets = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 2.0]])
    inputs = np.array([[1.0, 1.1, -1.0, -1.1]])
    found = rank_bounds_before_training([1, 3, 2], inputs, targets, 1.0, loss="squared")
    assert found[0].input_variation == pytest.approx(0.0025)
    finer = rank_bounds_before_training(
        [1, 3, 2], inputs, targets, 1.0, loss="squared", clusters=[0, 1, 2, 3]
    )
    assert finer[0].linear == 0.0
    with pytest.raises(InvalidProblemError, match="mixes the classes"):
        rank_bounds_before_training([1, 3, 2], inputs, targets, 1.0, loss="squared", clusters=[0, 0, 0, 1])


def test_relu_networks_have_the_root_bound_only_but_for_the_last_layer() -> None:
    first, last = bounds_before_training(
        1.0, [1.0, 1.0], samples=4, input_variation=0.1, activation="relu", loss="cross-entropy"
    )
    assert first.linear == np.inf
    assert np.isfinite(first.root)
    assert np.isfinite(last.linear)
    assert all(
        forecast.linear == forecast.norm == 0.0
        for forecast in bounds_before_training(
            0.0, [1.0, 1.0], samples=4, input_variation=0.0, activation="relu", loss="squared"
        )
    )


def before_training(loss: float, decays: list[float], *, samples: int = 4, activation: Any = "tanh") -> Any:
    return bounds_before_training(
        loss, decays, samples=samples, input_variation=0.1, activation=activation, loss="cross-entropy"
    )


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: before_training(1.0, [1.0, 0.0]), "weight decay 0.0 of layer 2"),
        (lambda: before_training(-1.0, [1.0]), "initial loss -1.0"),
        (lambda: before_training(float("nan"), [1.0]), "initial loss nan"),
        (lambda: before_training(1.0, []), "no weight decay"),
        (lambda: before_training(1.0, [1.0], activation="gelu"), "unknown"),
        (lambda: before_training(1.0, [1.0], samples=0), "0 samples"),
        (lambda: losses_of_samples(np.zeros((2, 1)), [2], "cross-entropy"), "below 2"),
        (lambda: losses_of_samples(np.zeros((2, 1)), [[0.0]], "squared"), "shape"),
        (
            lambda: rank_bounds_before_training([1, 2], [[np.nan, 1.0]], [0, 1], 1.0, loss="cross-entropy"),
            "NaN",
        ),
        (
            lambda: rank_bounds_before_training(
                Network((np.ones((2, 1)),), (), "linear"), [[0.0, 1.0]], [0, 1], 0.0, loss="cross-entropy"
            ),
            "weight decay 0.0",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_named(make: object, complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        make()  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
