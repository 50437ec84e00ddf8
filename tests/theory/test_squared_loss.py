"""Squared loss: class optima, centred spectra and unequal decays against values found by hand or by NumPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.chain.decays import factor_scales, geometric_mean, layer_values
from theory.errors import InvalidProblemError
from theory.squared_loss.classes import centred_target_values, class_optimum, vanishing_decay
from theory.squared_loss.modes import optimal_mode
from theory.tolerances import LINEAR_ALGEBRA

SIZES = st.lists(st.integers(1, 40), min_size=2, max_size=8)


@given(SIZES)
def test_centred_values_are_those_of_the_matrix(sizes: list[int]) -> None:
    targets = np.repeat(np.eye(len(sizes)), sizes, axis=1)
    centred = targets - targets.mean(axis=1, keepdims=True)
    measured = np.linalg.svd(centred, compute_uv=False)[: len(sizes) - 1]
    error = LINEAR_ALGEBRA * math.sqrt(max(sizes))
    assert np.max(np.abs(measured - np.array(centred_target_values(sizes)))) < error


def test_two_sizes_by_hand() -> None:
    # K = 5, two classes of 9 and three of 4: 5·9·4/30 = 6, beside 9 once and 4 twice
    squares = [round(value**2, 12) for value in centred_target_values([9, 4, 4, 9, 4])]
    assert squares == [9.0, 6.0, 4.0, 4.0]


def test_very_unequal_sizes_keep_their_digits() -> None:
    # K = 2: the one value is 2ab/(a + b)
    (value,) = centred_target_values([10**7, 1])
    assert value**2 == pytest.approx(2e7 / (1e7 + 1), rel=1e-14)


def test_a_class_vanishes_at_its_threshold() -> None:
    sizes = [9, 4, 2, 1]
    for position, size in enumerate(sizes):
        threshold = vanishing_decay(size, 16, depth=3)
        assert position in class_optimum(sizes, threshold * (1 - 1e-9), depth=3).kept
        assert position not in class_optimum(sizes, threshold * (1 + 1e-9), depth=3).kept


def test_balanced_classes_share_one_fraction() -> None:
    optimum = class_optimum([5, 5, 5], 0.01, depth=2)
    mode = optimal_mode(math.sqrt(5), 0.15, 3)
    assert optimum.kept == (0, 1, 2)
    assert len(set(optimum.kept_fractions.tolist())) == 1
    assert optimum.loss == pytest.approx(3 * mode.loss / 15, rel=1e-15)


@given(st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=6))
def test_scales_multiply_to_one(decays: list[float]) -> None:
    assert float(np.prod(factor_scales(decays))) == pytest.approx(1.0, rel=1e-12)
    values = np.array([2.0, 0.5])
    assert layer_values(values, decays, len(decays)) == pytest.approx(values ** len(decays), rel=1e-12)


def test_the_mean_decay_does_not_overflow() -> None:
    assert geometric_mean([1e-300] * 3 + [1e-200]) == pytest.approx(1e-275, rel=1e-12)


@pytest.mark.parametrize("sizes", [[3], [2, 0]])
def test_bad_sizes_are_refused(sizes: list[int]) -> None:
    with pytest.raises(InvalidProblemError, match="class sizes"):
        class_optimum(sizes, 0.1, depth=2)
    with pytest.raises(InvalidProblemError, match="class sizes"):
        centred_target_values(sizes)


def test_bad_decays_and_layers_are_refused() -> None:
    with pytest.raises(InvalidProblemError, match="weight decay 0"):
        geometric_mean([1.0, 0.0])
    with pytest.raises(InvalidProblemError, match="at least two"):
        geometric_mean([1.0])
    with pytest.raises(InvalidProblemError, match="layer 3"):
        layer_values(np.ones(1), [1.0, 1.0], 3)
