import itertools
import tracemalloc
from functools import partial

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from numerics.arrays import FloatArray
from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import (
    Descent,
    chain_product,
    descend_cross_entropy,
    descend_squared_loss,
    loss_and_gradients_cross_entropy,
    loss_and_gradients_squared_loss,
)
from theory.errors import InvalidProblemError
from theory.tolerances import DESCENT_AGREEMENT

LABELS = np.array([0, 0, 1, 1, 2, 2])


def start(depth: int, scale: float = 0.6, seed: int = 0) -> list[FloatArray]:
    shapes = chain_shapes(classes=3, samples=6, depth=depth, width=4)
    return gaussian_factors(shapes, scale=scale, rng=np.random.default_rng(seed))


def relative_distance(first: FloatArray, second: FloatArray) -> float:
    return float(np.linalg.norm(first - second) / np.linalg.norm(second))


def plain_cross_entropy(factors: list[FloatArray], decays: FloatArray) -> tuple[float, list[FloatArray]]:
    """Loss and gradient written as on paper, products from scratch for every factor."""
    logits, samples = chain_product(factors), factors[0].shape[1]
    residual = softmax(logits, axis=0)
    residual[LABELS, np.arange(samples)] -= 1.0
    fit = -log_softmax(logits, axis=0)[LABELS, np.arange(samples)].mean()
    gradients: list[FloatArray] = []
    for j, factor in enumerate(factors):
        left = chain_product([np.eye(factor.shape[0]), *factors[j + 1 :]])
        right = chain_product(factors[:j]) if j else np.eye(samples)
        gradients.append(left.T @ (residual / samples) @ right.T + decays[j] * factor)
    penalty = sum(0.5 * decay * np.sum(factor**2) for decay, factor in zip(decays, factors, strict=True))
    return float(fit + penalty), gradients


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("loss", ["cross-entropy", "squared", "free bias"])
def test_gradients_against_finite_differences(depth: int, loss: str) -> None:
    factors = start(depth)
    decays = [0.01 * (index + 1) for index in range(depth + 1)]
    targets = np.random.default_rng(1).standard_normal((3, 6))

    def evaluate(candidate: list[FloatArray]) -> tuple[float, tuple[FloatArray, ...]]:
        if loss == "cross-entropy":
            return loss_and_gradients_cross_entropy(candidate, LABELS, decays)
        return loss_and_gradients_squared_loss(candidate, targets, decays, free_bias=loss == "free bias")

    _, gradients = evaluate(factors)
    width = 1e-5
    for index, factor in enumerate(factors):
        for position in np.ndindex(factor.shape):
            sides: list[float] = []
            for sign in (1.0, -1.0):
                moved = [matrix.copy() for matrix in factors]
                moved[index][position] += sign * width
                sides.append(evaluate(moved)[0])
            numeric = (sides[0] - sides[1]) / (2 * width)
            assert gradients[index][position] == pytest.approx(numeric, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_descent_equals_a_plain_loop(depth: int, momentum: float) -> None:
    factors, decays = start(depth), np.array([0.02, *[0.01] * depth])
    reference = [factor.copy() for factor in factors]
    velocities = [np.zeros_like(factor) for factor in factors]
    losses: list[float] = []
    for _ in range(200):
        loss, gradients = plain_cross_entropy(reference, decays)
        losses.append(loss)
        velocities = [momentum * v - 0.1 * g for v, g in zip(velocities, gradients, strict=True)]
        reference = [factor + v for factor, v in zip(reference, velocities, strict=True)]
    descent = descend_cross_entropy(
        factors, LABELS, decays.tolist(), step=0.1, max_steps=200, momentum=momentum, record_every=7
    )
    assert descent.status == "steps-exhausted"
    assert "max_steps" in descent.remedy
    for ours, theirs in zip(descent.factors, reference, strict=True):
        assert relative_distance(ours, theirs) < 1e-9
    np.testing.assert_allclose(descent.loss_history[:29], losses[::7], rtol=1e-9)
    assert descent.loss == pytest.approx(plain_cross_entropy(reference, decays)[0], rel=1e-9)


@pytest.mark.parametrize("loss", ["cross-entropy", "squared", "free bias"])
@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_a_chain_of_many_blocks_equals_a_plain_loop(loss: str, momentum: float) -> None:
    """Samples and rows beyond one block, unequal widths and decays."""
    rng = np.random.default_rng(7)
    shapes = [(150, 230), (110, 150), (130, 110), (5, 130)]
    factors = [
        matrix / np.sqrt(matrix.shape[1]) for matrix in (rng.standard_normal(shape) for shape in shapes)
    ]
    labels, targets = rng.integers(0, 5, 230), rng.standard_normal((5, 230))
    decays = [0.004, 0.003, 0.002, 0.001]
    reference = [factor.copy() for factor in factors]
    velocities = [np.zeros_like(factor) for factor in factors]
    losses: list[float] = []
    for _ in range(31):
        product = chain_product(reference)
        if loss == "cross-entropy":
            fit = float(-log_softmax(product, axis=0)[labels, np.arange(230)].mean())
            residual = (softmax(product, axis=0) - np.eye(5)[:, labels]) / 230
        else:
            difference = product - targets
            difference -= difference.mean(axis=1, keepdims=True) if loss == "free bias" else 0.0
            fit, residual = float(np.sum(difference**2) / 460), difference / 230
        pairs = list(zip(decays, reference, strict=True))
        losses.append(fit + sum(0.5 * decay * float(np.sum(factor**2)) for decay, factor in pairs))
        for j, (decay, factor) in enumerate(pairs):
            left = chain_product([np.eye(factor.shape[0]), *reference[j + 1 :]])
            right = chain_product(reference[:j]) if j else np.eye(230)
            velocities[j] = momentum * velocities[j] - 0.5 * (left.T @ residual @ right.T + decay * factor)
        reference = [factor + velocity for factor, velocity in zip(reference, velocities, strict=True)]
    if loss == "cross-entropy":
        run = partial(descend_cross_entropy, factors, labels, decays)
    else:
        run = partial(descend_squared_loss, factors, targets, decays, free_bias=loss == "free bias")
    descent = run(step=0.5, max_steps=30, momentum=momentum, record_every=1, tolerance=0.0)
    np.testing.assert_allclose(descent.loss_history, losses, rtol=1e-9)
    assert descent.loss_history[-1] < 0.99 * descent.loss_history[0]


def test_the_starting_factors_are_left_alone() -> None:
    factors = start(2)
    before = [factor.copy() for factor in factors]
    descend_cross_entropy(factors, LABELS, 0.01, step=0.1, max_steps=5)
    for now, then in zip(factors, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_slices_of_a_long_run_are_one_run() -> None:
    run = descend_cross_entropy(
        start(1), LABELS, 0.01, step=0.01, max_steps=10_007, tolerance=0.0, record_every=5_000
    )
    assert run.steps == 10_007
    assert run.loss_history.shape == (3,)
    assert (np.diff(run.loss_history) < 0).all()


def test_balancedness_is_conserved_without_decay() -> None:
    factors = start(3, scale=0.5)
    descent = descend_cross_entropy(factors, LABELS, 0.0, step=1e-3, max_steps=3_000)

    def imbalances(chain: list[FloatArray]) -> list[FloatArray]:
        return [after.T @ after - before @ before.T for before, after in itertools.pairwise(chain)]

    moved = relative_distance(descent.product, chain_product(factors))
    assert moved > 1.0
    for now, then in zip(imbalances(list(descent.factors)), imbalances(factors), strict=True):
        assert relative_distance(now, then) < 1e-3


def test_a_step_too_large_is_a_value_with_a_remedy() -> None:
    descent = descend_squared_loss(start(2), np.ones((3, 6)), 0.01, step=50.0, max_steps=1_000)
    assert descent.status == "diverged"
    assert descent.stable_step is not None
    assert f"{descent.stable_step:.3g}" in descent.remedy
    assert descent.steps < 1_000
    assert not any(np.isnan([descent.loss, descent.gradient_norm, descent.stationarity]))
    assert np.isfinite(descent.loss_history).all()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("step", [3.0, 40.0, 1e4])
def test_the_step_that_would_have_been_stable_is(step: float, momentum: float) -> None:
    """Four targets of size 10: far along the way the curvature is many times that at the start."""
    targets = 10.0 * np.random.default_rng(2).standard_normal((3, 6))
    run = partial(descend_squared_loss, start(2), targets, 0.01, momentum=momentum, max_steps=2_000)
    descent = run(step=step)
    assert descent.status == "diverged"
    assert descent.stable_step is not None
    assert descent.stable_step < step
    again = run(step=descent.stable_step)
    assert again.status != "diverged"
    assert again.loss < again.loss_history[0]
    # All of the value is of the last point in bounds: the next loss is the first that is not.
    there = loss_and_gradients_squared_loss(descent.factors, targets, 0.01)[0]
    assert descent.loss == pytest.approx(there, rel=1e-12)
    assert descent.loss <= 1e3 * descent.loss_history[0] + 1.0


def test_a_start_that_overflows_is_a_value() -> None:
    descent = descend_squared_loss([np.full((2, 2), 1e200)] * 2, np.eye(2), 0.1, step=0.1, max_steps=5)
    assert (descent.status, descent.steps, descent.loss) == ("diverged", 0, np.inf)
    assert "scale the start" in descent.remedy


def test_memory_stays_within_three_times_the_parameters() -> None:
    rng = np.random.default_rng(0)
    shapes = chain_shapes(classes=10, samples=500, depth=3, width=400)
    factors = gaussian_factors(shapes, scale=0.05, rng=rng)
    labels, size = np.repeat(np.arange(10), 50), sum(factor.nbytes for factor in factors)
    tracemalloc.start()
    try:
        descend_cross_entropy(factors, labels, 1e-3, step=0.1, max_steps=20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * size


def test_an_overflow_is_a_value_too() -> None:
    descent = descend_squared_loss(start(5), np.ones((3, 6)), 0.01, step=1e200, max_steps=1_000)
    assert descent.status == "diverged"
    assert descent.steps == 1
    assert not any(np.isnan([descent.loss, descent.gradient_norm, descent.stationarity]))


def test_the_squared_loss_soft_thresholds_the_targets() -> None:
    rng = np.random.default_rng(4)
    left, right = np.linalg.qr(rng.standard_normal((3, 3)))[0], np.linalg.qr(rng.standard_normal((6, 3)))[0]
    values, decay = np.array([3.0, 2.0, 0.5]), 0.2
    descent = descend_squared_loss(
        start(1), (left * values) @ right.T, decay, step=0.3, max_steps=50_000, tolerance=1e-8
    )
    assert descent.status == "stationary"
    assert descent.remedy == ""
    expected = (left * np.maximum(values - 6 * decay, 0.0)) @ right.T
    assert relative_distance(descent.product, expected) < DESCENT_AGREEMENT


def test_a_free_bias_centres_the_targets() -> None:
    targets = np.random.default_rng(5).standard_normal((3, 6)) + 4.0
    free = descend_squared_loss(
        start(1), targets, 0.02, free_bias=True, step=0.3, max_steps=50_000, tolerance=1e-8
    )
    left, values, right = np.linalg.svd(targets - targets.mean(axis=1, keepdims=True), full_matrices=False)
    expected = (left * np.maximum(values - 6 * 0.02, 0.0)) @ right
    assert free.status == "stationary"
    assert relative_distance(free.product, expected) < DESCENT_AGREEMENT


@pytest.mark.parametrize("samples_per_class", [1, 2])
def test_the_cross_entropy_collapses_to_the_known_scale(samples_per_class: int) -> None:
    classes, decay = 3, 0.01
    labels = np.repeat(np.arange(classes), samples_per_class)
    shapes = chain_shapes(classes=classes, samples=labels.size, depth=1, width=4)
    factors = gaussian_factors(shapes, scale=0.3, rng=np.random.default_rng(2))
    descent = descend_cross_entropy(factors, labels, decay, step=1.0, max_steps=50_000)
    scale = np.log(1 / (decay * np.sqrt(samples_per_class)) - classes + 1)
    simplex = np.eye(classes) - 1 / classes
    assert descent.status == "stationary"
    assert relative_distance(descent.product, scale * simplex[:, labels]) < DESCENT_AGREEMENT


def test_factors_that_vanish_still_count_as_arrived() -> None:
    descent = descend_cross_entropy(start(3, scale=0.2), LABELS, 0.5, step=0.5, max_steps=2_000)
    assert descent.status == "stationary"
    assert np.linalg.norm(descent.product) < 1e-20
    zero = descend_cross_entropy([np.zeros((2, 2))] * 2, [0, 1], 0.5, step=0.5, max_steps=10)
    assert (zero.status, zero.steps, zero.stationarity) == ("stationary", 0, 0.0)


def test_a_margin_of_hundreds_keeps_its_digits() -> None:
    loss, gradients = loss_and_gradients_cross_entropy([np.eye(2), 300.0 * np.eye(2)], [0, 1], 0.0)
    assert loss == pytest.approx(np.exp(-300.0), rel=1e-12)
    assert gradients[1][1, 0] == pytest.approx(0.5 * np.exp(-300.0), rel=1e-12)
    assert gradients[1][0, 0] == pytest.approx(-0.5 * np.exp(-300.0), rel=1e-12)


def test_an_integer_step_is_the_same_descent() -> None:
    runs: list[Descent] = [
        descend_cross_entropy(start(1), LABELS, 0.1, step=step, max_steps=50) for step in (1, 1.0)
    ]
    np.testing.assert_array_equal(runs[0].product, runs[1].product)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"factors": [np.eye(3)]}, "at least one weight"),
        ({"factors": [np.ones((2, 6)), np.ones((3, 3))]}, "cannot follow"),
        ({"factors": [np.full((2, 6), np.nan), np.ones((3, 2))]}, "NaN"),
        ({"labels": [0, 1]}, "6 samples"),
        ({"labels": [0, 0, 0, 0, 0, 3]}, "below 3"),
        ({"labels": [0, 0, 0, 2, 2, 2]}, "class 1 has no sample"),
        ({"labels": [0.0] * 6}, "integers"),
        ({"weight_decays": -1.0}, "at least 0"),
        ({"weight_decays": [0.1, 0.1, 0.1]}, "2 matrices"),
        ({"step": 0.0}, "above 0"),
        ({"step": float("nan")}, "finite"),
        ({"max_steps": 0}, "at least 1"),
        ({"momentum": 1.0}, "try 0.9"),
        ({"record_every": 0}, "at least 1"),
        ({"tolerance": -1.0}, "tolerance"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], words: str) -> None:
    arguments: dict[str, object] = {
        "factors": start(1),
        "labels": LABELS,
        "weight_decays": 0.1,
        "step": 0.1,
        "max_steps": 3,
    }
    with pytest.raises(InvalidProblemError, match=words):
        descend_cross_entropy(**{**arguments, **change})  # pyright: ignore[reportArgumentType]


def test_targets_of_another_shape_are_named() -> None:
    with pytest.raises(InvalidProblemError, match=r"\(3, 6\)"):
        loss_and_gradients_squared_loss(start(1), np.ones((3, 5)), 0.1)
