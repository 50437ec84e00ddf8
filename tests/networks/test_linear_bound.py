"""The bound linear in the variation: constants, the recursion, residual branches, kinks, and refinement."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.networks.linear_bound import linear_bound, variation_behind, with_linear_bound
from theory.networks.rank_bound import rank_bound
from theory.networks.smoothness import (
    ACTIVATIONS,
    TANH_CURVATURE,
    Sensitivity,
    Smoothness,
    linear_map,
    loss_sensitivity,
    signal_sensitivity,
)

Array = NDArray[np.float64]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def norm(matrix: Array) -> float:
    return float(np.linalg.norm(matrix, 2))


def test_the_largest_curvature_of_tanh() -> None:
    points = np.linspace(0, 4, 400_001)
    values = 2 * np.tanh(points) * (1 - np.tanh(points) ** 2)
    assert values.max() == pytest.approx(TANH_CURVATURE, rel=1e-9)
    assert values.max() <= TANH_CURVATURE


@given(seed=st.integers(0, 10**6), depth=st.integers(0, 3), scale=st.floats(0.1, 3))
def test_signals_of_tanh_networks_keep_to_their_constants(seed: int, depth: int, scale: float) -> None:
    """δ at a_1 by hand: back through every layer, for cross-entropy, between any two points."""
    generator = np.random.default_rng(seed)
    weights = [scale * generator.standard_normal((4, 4)) for _ in range(depth)]
    label, points = int(generator.integers(4)), generator.standard_normal((4, 6)) * scale
    values, slopes = points, list[Array]()
    for weight in weights:
        slopes.append(1 - np.tanh(values) ** 2)
        values = weight @ np.tanh(values)
    probabilities = softmax(values)
    signals = probabilities - np.eye(4)[:, [label]]
    for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
        signals = slope * (weight.T @ signals)
    largest = float(np.max(-np.log(probabilities[label])))
    behind = tuple(part for weight in weights for part in (ACTIVATIONS["tanh"], linear_map(norm(weight))))
    for at_loss in (loss_sensitivity("cross-entropy"), loss_sensitivity("cross-entropy", largest)):
        found = signal_sensitivity(behind, at_loss)
        assert np.linalg.norm(signals, axis=0).max() <= found.size * (1 + 1e-12)
        for i in range(6):
            for j in range(i):
                jump = float(np.linalg.norm(signals[:, i] - signals[:, j]))
                apart = float(np.linalg.norm(points[:, i] - points[:, j]))
                assert jump <= found.lipschitz * apart + 1e-12


@given(seed=st.integers(0, 10**6), scale=st.floats(0.1, 2))
def test_residual_branches_keep_to_their_constants(seed: int, scale: float) -> None:
    """x ↦ x + V tanh(W x), then half a squared norm: the signal is x's own Jacobian times the output."""
    generator = np.random.default_rng(seed)
    first, second = (scale * generator.standard_normal((3, 3)) for _ in range(2))
    points = generator.standard_normal((3, 6))
    hidden = np.tanh(first @ points)
    outputs = points + second @ hidden
    signals = outputs + first.T @ ((1 - hidden**2) * (second.T @ outputs))
    block = linear_map(norm(second)).after(ACTIVATIONS["tanh"]).after(linear_map(norm(first))).with_skip
    largest = float(np.max(np.sum(outputs**2, axis=0))) / 2
    found = signal_sensitivity((block,), loss_sensitivity("squared", largest))
    assert np.linalg.norm(signals, axis=0).max() <= found.size * (1 + 1e-12)
    for i in range(6):
        for j in range(i):
            jump = float(np.linalg.norm(signals[:, i] - signals[:, j]))
            assert jump <= found.lipschitz * float(np.linalg.norm(points[:, i] - points[:, j])) + 1e-12


def test_composition_and_pulling_back_agree() -> None:
    maps = (ACTIVATIONS["tanh"], linear_map(2.0), ACTIVATIONS["tanh"], linear_map(0.5))
    whole = Smoothness(1.0, 0.0)
    for mapping in maps:
        whole = mapping.after(whole)
    at_loss = Sensitivity(1.5, 0.25)
    step_by_step, at_once = signal_sensitivity(maps, at_loss), at_loss.through(whole)
    assert step_by_step.size == pytest.approx(at_once.size)
    assert step_by_step.lipschitz == pytest.approx(at_once.lipschitz)


def test_the_recursion_as_it_is_written() -> None:
    """G_l = ‖W‖G, D_l = (4/3√3)‖W‖G + ‖W‖²D."""
    found = signal_sensitivity((ACTIVATIONS["tanh"], linear_map(3.0)), Sensitivity(2.0, 0.5))
    assert found.size == 6.0
    assert found.lipschitz == pytest.approx(4 / (3 * math.sqrt(3)) * 3 * 2 + 9 * 0.5)


def test_a_kink_makes_it_infinite_unless_no_signal_passes() -> None:
    behind = (ACTIVATIONS["relu"], linear_map(1.0))
    assert signal_sensitivity(behind, loss_sensitivity("squared", 1.0)).lipschitz == math.inf
    assert signal_sensitivity(behind, loss_sensitivity("squared", 0.0)).lipschitz == 1.0
    assert signal_sensitivity(behind, loss_sensitivity("cross-entropy", 0.0)).lipschitz == 0.0
    labels, inputs = np.array([0, 0]), np.array([[1.0, 2.0]])
    bound = rank_bound(np.ones((1, 1)), inputs, inputs, np.zeros((1, 1)), 1.0, labels)
    infinite = Sensitivity(1.0, math.inf)
    assert linear_bound(bound, np.ones((1, 1)), infinite, clusters=labels, classes=labels) == math.inf
    same = with_linear_bound(bound, np.ones((1, 1)), infinite, clusters=labels, classes=labels)
    assert same == bound
    finite = with_linear_bound(bound, np.ones((1, 1)), Sensitivity(1, 4), clusters=labels, classes=labels)
    assert finite.frobenius["B3"] == finite.nuclear["B3"] == 1.0


def test_clusters_that_mix_labels_are_refused() -> None:
    clusters, classes, inputs = np.array([0, 0]), np.array([0, 1]), np.array([[1.0, 2.0]])
    bound = rank_bound(np.ones((1, 1)), inputs, inputs, np.zeros((1, 1)), 1.0, clusters)
    with pytest.raises(InvalidProblemError, match="mixes the classes"):
        linear_bound(bound, np.ones((1, 1)), Sensitivity(1.0, 1.0), clusters=clusters, classes=classes)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: loss_sensitivity("squared"), "pass the largest loss"),
        (lambda: loss_sensitivity("squared", -1.0), "-1.0"),
        (lambda: loss_sensitivity("hinge"), "unknown"),  # pyright: ignore[reportArgumentType]
        (lambda: linear_map(-1.0), "-1.0"),
        (lambda: linear_map(math.nan), "nan"),
        (lambda: Sensitivity(math.inf, 1.0), "inf"),
        (lambda: variation_behind(-1.0, []), "-1.0"),
    ],
)
def test_bad_constants_are_named(make: object, complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        make()  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
