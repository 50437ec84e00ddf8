import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.arrays import FloatArray
from numerics.descent.flow import flow_cross_entropy, flow_squared_loss
from numerics.descent.initialisation import chain_shapes, gaussian_factors, spectral_factors
from numerics.descent.linear_chain import chain_product, descend_cross_entropy
from theory.errors import InvalidProblemError

LABELS = np.array([0, 0, 1, 1, 2, 2])


def start(depth: int, seed: int = 0) -> list[FloatArray]:
    shapes = chain_shapes(classes=3, samples=6, depth=depth, width=4)
    return gaussian_factors(shapes, scale=0.6, rng=np.random.default_rng(seed))


def imbalances(chain: list[FloatArray] | tuple[FloatArray, ...]) -> list[FloatArray]:
    return [after.T @ after - before @ before.T for before, after in itertools.pairwise(chain)]


@given(depth=st.integers(1, 4), seed=st.integers(0, 100), decay=st.sampled_from([0.0, 0.03, 0.3]))
def test_balancedness_decays_like_the_law(depth: int, seed: int, decay: float) -> None:
    """With the same λ everywhere W_{l+1}ᵀW_{l+1} − W_lW_lᵀ is e^{−2λt} times what it was."""
    factors, times = start(depth, seed), [0.5, 3.0]
    flow = flow_cross_entropy(factors, LABELS, decay, times=times)
    moved = chain_product(flow.factors[-1]) - chain_product(factors)
    assert np.linalg.norm(moved) > 1e-2
    for time, chain in zip(times, flow.factors, strict=True):
        for now, then in zip(imbalances(chain), imbalances(factors), strict=True):
            expected = np.exp(-2 * decay * time) * then
            assert np.linalg.norm(now - expected) < 1e-7 * np.linalg.norm(then)


def test_flow_on_one_mode_is_the_logistic_curve() -> None:
    """Two balanced factors u on a scalar target: p = u² obeys dp/dt = 2p(1 − p)."""
    flow = flow_squared_loss([[[0.1]], [[0.1]]], [[1.0]], 0.0, times=[0.0, 1.0, 2.5, 4.0])
    products = np.array([float(after[0, 0] * before[0, 0]) for before, after in flow.factors])
    expected = 1 / (1 + (1 / 0.01 - 1) * np.exp(-2 * flow.times))
    np.testing.assert_allclose(products, expected, rtol=1e-7)
    np.testing.assert_allclose(flow.losses, 0.5 * (1 - expected) ** 2, rtol=1e-6)


def test_descent_tends_to_the_flow() -> None:
    flow = flow_cross_entropy(start(2), LABELS, 0.01, times=[2.0])
    errors: list[float] = []
    for steps in (200, 400):
        run = descend_cross_entropy(start(2), LABELS, 0.01, step=2.0 / steps, max_steps=steps)
        errors.append(float(np.linalg.norm(run.product - chain_product(flow.factors[0]))))
    assert 1.8 < errors[0] / errors[1] < 2.2


def test_a_smaller_tolerance_is_nearer() -> None:
    coarse, fine, finest = (
        chain_product(
            flow_cross_entropy(start(3), LABELS, 0.01, times=[5.0], relative_tolerance=tolerance).factors[0]
        )
        for tolerance in (1e-4, 1e-7, 1e-12)
    )
    assert np.linalg.norm(fine - finest) < 0.1 * np.linalg.norm(coarse - finest)
    assert np.linalg.norm(fine - finest) < 1e-5


def test_from_a_spectral_start_singular_vectors_stay() -> None:
    targets = np.random.default_rng(3).standard_normal((3, 6))
    factors = spectral_factors(targets, factors=3, width=4, scale=0.3)
    flow = flow_squared_loss(factors, targets, 0.01, times=[10.0])
    left, _, right = np.linalg.svd(targets, full_matrices=False)
    rotated = left.T @ chain_product(flow.factors[0]) @ right.T
    assert np.linalg.norm(rotated - np.diag(np.diag(rotated))) < 1e-8 * np.linalg.norm(rotated)


def test_a_flow_that_takes_too_long_says_so() -> None:
    flow = flow_cross_entropy(start(2), LABELS, 0.01, times=[0.0, 1e6], max_evaluations=200)
    assert flow.status == "evaluations-exhausted"
    assert "max_evaluations" in flow.remedy
    assert flow.times.tolist() == [0.0]
    assert len(flow.factors) == flow.losses.size == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": []}, "at least one"),
        ({"times": [1.0, 1.0]}, "increasing"),
        ({"times": [-1.0]}, "from 0"),
        ({"relative_tolerance": 0.0}, "relative_tolerance"),
        ({"max_evaluations": 0}, "max_evaluations"),
        ({"labels": [0, 0, 0, 1, 1, 1]}, "class 2 has no sample"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], words: str) -> None:
    arguments: dict[str, object] = {
        "factors": start(1),
        "labels": LABELS,
        "weight_decays": 0.1,
        "times": [1.0],
    }
    with pytest.raises(InvalidProblemError, match=words):
        flow_cross_entropy(**{**arguments, **change})  # pyright: ignore[reportArgumentType]
