"""The closed form for the squared loss: against descent, critical points, and points all around."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.arrays import FloatArray
from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import descend_squared_loss, loss_and_gradients_squared_loss
from numerics.optimum.squared import squared_loss_optimum
from theory.errors import InvalidProblemError


def targets(seed: int) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((3, 7))


def loss(outputs: FloatArray, wanted: FloatArray, decay: float, factors: int, free_bias: bool) -> float:
    difference = outputs - wanted
    difference = difference - difference.mean(axis=1, keepdims=True) if free_bias else difference
    values = np.linalg.svd(outputs, compute_uv=False)
    fit = float(np.sum(difference**2)) / (2 * wanted.shape[1])
    return fit + 0.5 * decay * factors * float(np.sum(values ** (2 / factors)))


@given(
    seed=st.integers(0, 1000),
    factors=st.integers(2, 5),
    decay=st.floats(1e-3, 0.5),
    free_bias=st.booleans(),
)
def test_no_point_is_below_and_the_loss_is_that_of_the_outputs(
    seed: int, factors: int, decay: float, free_bias: bool
) -> None:
    wanted = targets(seed)
    found = squared_loss_optimum(wanted, decay, factors=factors, free_bias=free_bias)
    there = loss(found.outputs, wanted, decay, factors, free_bias)
    # A singular value that is zero up to rounding still costs its root.
    assert found.loss - 1e-12 <= there <= found.loss + decay * factors * 1e-13 ** (2 / factors) + 1e-12
    rng = np.random.default_rng(seed)
    for scale in (1e-3, 0.1, 1.0):
        near = found.outputs + scale * rng.standard_normal(wanted.shape)
        assert loss(near, wanted, decay, factors, free_bias) >= found.loss - 1e-12
    for share in (0.0, 0.9, 1.1):
        assert loss(share * found.outputs, wanted, decay, factors, free_bias) >= found.loss - 1e-12


@pytest.mark.parametrize("free_bias", [False, True])
@pytest.mark.parametrize("factors", [2, 4])
def test_its_factors_are_a_critical_point_at_which_descent_stays(factors: int, free_bias: bool) -> None:
    wanted, decay = targets(0), 0.01
    found = squared_loss_optimum(wanted, decay, factors=factors, free_bias=free_bias)
    assert found.rank >= 2
    chain = balanced_factors(found.outputs, factors=factors, width=5)
    value, gradients = loss_and_gradients_squared_loss(chain, wanted, decay, free_bias=free_bias)
    assert value == pytest.approx(found.loss, rel=1e-12)
    assert max(float(np.abs(gradient).max()) for gradient in gradients) < 1e-12
    rng = np.random.default_rng(1)
    moved = [factor + 1e-3 * rng.standard_normal(factor.shape) for factor in chain]
    run = descend_squared_loss(moved, wanted, decay, free_bias=free_bias, step=0.5, max_steps=20_000)
    assert run.loss == pytest.approx(found.loss, abs=1e-10)


def test_a_narrow_width_keeps_the_largest_modes() -> None:
    wanted, decay = targets(2), 0.01
    wide, narrow = (squared_loss_optimum(wanted, decay, factors=3, width=width) for width in (None, 1))
    assert (wide.rank, narrow.rank) == (3, 1)
    np.testing.assert_allclose(narrow.singular_values, [wide.singular_values[0], 0, 0], rtol=0, atol=1e-15)
    assert narrow.loss == pytest.approx(loss(narrow.outputs, wanted, decay, 3, False), abs=1e-8)


def test_strong_decay_leaves_zero_and_bad_input_is_named() -> None:
    assert squared_loss_optimum(targets(0), 10.0, factors=3).rank == 0
    with pytest.raises(InvalidProblemError, match="positive"):
        squared_loss_optimum(targets(0), 0.0, factors=2)
    with pytest.raises(InvalidProblemError, match="≥ 2"):
        squared_loss_optimum(targets(0), 0.1, factors=1)
    with pytest.raises(InvalidProblemError, match="width 0"):
        squared_loss_optimum(targets(0), 0.1, factors=2, width=0)
