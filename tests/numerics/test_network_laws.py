"""Networks from every initialisation, and what gradient flow conserves in them (or shrinks as e^{−2λt})."""

import itertools
from typing import Literal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from numerics.arrays import FloatArray
from numerics.descent.initialisation import (
    balanced_factors,
    gaussian_factors,
    orthogonal_factors,
    spectral_factors,
)
from numerics.descent.network import Network, network_outputs
from numerics.descent.network_flow import flow_network
from numerics.descent.network_initialisation import network_from
from numerics.descent.training import train_network
from theory.errors import InvalidProblemError

LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1])
INPUTS = np.random.default_rng(0).standard_normal((3, 8))
TARGETS = np.random.default_rng(1).standard_normal((3, 8))
SHAPES = [(5, 3), (5, 5), (3, 5)]
DECAYS = st.sampled_from([0.0, 0.03, 0.3])


def weights(kind: str, seed: int = 2) -> list[FloatArray]:
    rng = np.random.default_rng(seed)
    if kind == "gaussian":
        return gaussian_factors(SHAPES, scale=0.5, rng=rng)
    if kind == "orthogonal":
        return orthogonal_factors(SHAPES, scale=0.8, rng=rng)
    if kind == "balanced":
        return balanced_factors(rng.standard_normal((3, 3)), factors=3, width=5, rng=rng)
    return spectral_factors(TARGETS @ np.linalg.pinv(INPUTS), factors=3, width=5, scale=0.5)


def imbalances(network: Network) -> list[FloatArray]:
    return [after.T @ after - before @ before.T for before, after in itertools.pairwise(network.weights)]


def unit_imbalances(network: Network, biased: bool) -> list[FloatArray]:
    """‖row of W‖² (and bias²) less ‖column of the next weight‖² for every unit with an activation."""
    found: list[FloatArray] = []
    for index, activation in enumerate(network.activations[:-1]):
        if activation != "linear":
            inner, outer = network.weights[index], network.weights[index + 1]
            bias = network.biases[index] ** 2 if biased else 0.0
            found.append((inner**2).sum(axis=1) + bias - (outer**2).sum(axis=0))
    return found


@pytest.mark.parametrize("kind", ["gaussian", "orthogonal", "balanced", "spectral"])
@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_every_initialisation_trains(kind: str, activation: Literal["linear", "tanh", "relu"]) -> None:
    start = network_from(weights(kind), activation)
    before = network_outputs(start, INPUTS)
    for answers, loss in ((LABELS, "cross-entropy"), (TARGETS, "squared")):
        run = train_network(start, INPUTS, answers, 1e-3, loss=loss, step=0.05, max_steps=200)  # pyright: ignore[reportArgumentType]
        assert run.loss < 0.95 * run.loss_history[0]
    np.testing.assert_array_equal(network_outputs(start, INPUTS), before)  # the start is left alone


@given(kind=st.sampled_from(["gaussian", "orthogonal"]), seed=st.integers(0, 100), decay=DECAYS)
def test_imbalance_of_a_linear_network_decays_like_the_law(kind: str, seed: int, decay: float) -> None:
    start = network_from(weights(kind, seed), "linear", biased=False)
    flow = flow_network(start, INPUTS, LABELS, decay, loss="cross-entropy", times=[1.5])
    (end,) = flow.networks
    assert np.linalg.norm(end.weights[0] - start.weights[0]) > 1e-3
    for now, then in zip(imbalances(end), imbalances(start), strict=True):
        assert np.linalg.norm(now - np.exp(-3.0 * decay) * then) < 1e-7 * max(np.linalg.norm(then), 1.0)


@settings(max_examples=20)
@given(seed=st.integers(0, 100), decay=DECAYS, residual=st.booleans())
def test_imbalance_of_every_relu_decays_like_the_law(seed: int, decay: float, residual: bool) -> None:
    """Its scale can go from one side to the other: d/dt(‖w‖² − ‖v‖²) = −2λ(‖w‖² − ‖v‖²)."""
    rng = np.random.default_rng(seed)
    shapes = [(5, 3), (3, 5), (3, 3)] if residual else SHAPES
    start = network_from(
        gaussian_factors(shapes, scale=0.6, rng=rng), "relu", biased=False, residual=residual
    )
    flow = flow_network(
        start,
        INPUTS,
        LABELS,
        decay,
        loss="cross-entropy",
        times=[0.5],
        relative_tolerance=1e-6,
        max_evaluations=2000,
    )
    assume(flow.status == "arrived")  # where it slides along a kink the integrator gives up, and says so
    for now, then in zip(
        unit_imbalances(flow.networks[0], False), unit_imbalances(start, False), strict=True
    ):
        np.testing.assert_allclose(now, np.exp(-decay) * then, rtol=0, atol=1e-4)


def test_with_biases_a_relu_conserves_them_too() -> None:
    start = network_from(weights("gaussian"), "relu")
    flow = flow_network(
        start, INPUTS, LABELS, 0.0, loss="cross-entropy", times=[0.5], relative_tolerance=1e-6
    )
    assert max(float(np.abs(bias).max()) for bias in flow.networks[0].biases[:-1]) > 1e-3
    for now, then in zip(unit_imbalances(flow.networks[0], True), unit_imbalances(start, True), strict=True):
        np.testing.assert_allclose(now, then, rtol=0, atol=1e-4)


def test_from_a_spectral_start_a_linear_network_on_white_data_moves_singular_values_alone() -> None:
    """With XXᵀ = N·I the targets' regression YXᵀ/N keeps its singular vectors under descent."""
    inputs = np.sqrt(8.0) * np.linalg.qr(INPUTS.T)[0].T
    regression = TARGETS @ inputs.T / 8.0
    start = network_from(spectral_factors(regression, factors=3, width=5, scale=0.5), "linear", biased=False)
    run = train_network(start, inputs, TARGETS, 0.01, loss="squared", step=0.1, max_steps=300)
    left, _, right = np.linalg.svd(regression)
    product = run.weights[2] @ run.weights[1] @ run.weights[0]
    turned = left.T @ product @ right.T
    assert np.linalg.norm(turned - np.diag(np.diag(turned))) < 1e-12 * np.linalg.norm(turned)


def test_weights_that_do_not_fit_are_named() -> None:
    with pytest.raises(InvalidProblemError, match="weight 1 of shape"):
        network_from([np.eye(2), np.ones((1, 3))], "relu")
    with pytest.raises(InvalidProblemError, match="NaN"):
        network_from([[[np.nan]]], "relu")
    with pytest.raises(InvalidProblemError, match="one more"):
        network_from([np.eye(2), np.eye(2)], "relu", residual=True)
