"""The closed forms of the path: straight move, imbalance, geodesics."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InvalidProblemError
from theory.networks.loss_decreasing_path import (
    Geodesic,
    balancing_velocity,
    half_norm,
    imbalances,
    product_of,
    straight_move,
)


def chain(seed: int, widths: list[int]) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    pairs = itertools.pairwise(widths)
    return tuple(rng.standard_normal((after, before)) for before, after in pairs)


WIDTHS = st.lists(st.integers(1, 4), min_size=3, max_size=6)


@given(seed=st.integers(0, 10**6), widths=WIDTHS)
def test_the_straight_move_keeps_outputs_and_never_lengthens_a_feature(seed: int, widths: list[int]) -> None:
    factors = chain(seed, widths)
    move = straight_move(factors)
    outputs, before = product_of(factors), np.linalg.norm(factors[0], axis=0)
    for time in (0.25, 0.5, 1.0):
        at = move.at(time)
        assert np.abs(product_of(at) - outputs).max() <= 1e-10 * (1 + half_norm(factors)) ** len(widths)
        after = np.linalg.norm(at[0], axis=0)
        assert (after <= before + 1e-12).all()
        before = after
        assert move.slope(time) <= 1e-10 * half_norm(factors)


def test_equal_outputs_become_equal_features() -> None:
    weight = np.array([[1.0, 1.0]])
    move = straight_move((np.array([[1.0, 0.0, 3.0], [1.0, 2.0, -1.0]]), weight))
    assert move.at(1.0)[0].round(12).tolist() == [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]


def test_a_zero_weight_sends_features_to_zero() -> None:
    assert straight_move((np.ones((2, 3)), np.zeros((1, 2)))).cheapest.tolist() == np.zeros((2, 3)).tolist()


@given(seed=st.integers(0, 10**6), widths=WIDTHS)
def test_a_geodesic_keeps_the_product_and_is_convex(seed: int, widths: list[int]) -> None:
    factors = chain(seed, widths)
    found = imbalances(factors)
    size = 1 + sum(float(np.abs(part).sum()) for part in found)
    segment = Geodesic(factors, tuple(part / size for part in found))
    assert segment.slope(0.0) == pytest.approx(
        -sum(float(np.sum(part**2)) for part in found) / size, abs=1e-10 * size
    )
    for time in (0.3, 1.0):
        moved = segment.at(time)
        assert np.abs(product_of(moved) - product_of(factors)).max() <= 1e-10 * size
        assert half_norm(moved) == pytest.approx(segment.half_norm(time), rel=1e-10)
    assert segment.slope(0.5) <= segment.slope(1.0) + 1e-10 * size


@given(seed=st.integers(0, 10**6), widths=WIDTHS)
def test_the_velocity_is_the_geodesics_and_runs_down_the_imbalance(seed: int, widths: list[int]) -> None:
    factors = chain(seed, widths)
    velocity, step = balancing_velocity(factors), 1e-6
    there, back = (Geodesic(factors, imbalances(factors)).at(sign * step) for sign in (1, -1))
    size = 1 + half_norm(factors) ** 3
    for part, ahead, behind in zip(velocity, there, back, strict=True):
        assert np.abs(part - (ahead - behind) / (2 * step)).max() <= 1e-6 * size

    def imbalance(time: float) -> float:
        moved = [factor + time * part for factor, part in zip(factors, velocity, strict=True)]
        return 0.5 * sum(float(np.sum(part**2)) for part in imbalances(moved))

    slope = (imbalance(step) - imbalance(-step)) / (2 * step)
    expected = -2 * sum(float(np.sum(part**2)) for part in velocity)
    assert slope == pytest.approx(expected, rel=1e-4, abs=1e-4 * size)


@pytest.mark.parametrize(
    ("factors", "complaint"),
    [
        ([np.eye(2)], "1 factors"),
        ([np.eye(2), np.eye(3)], "cannot follow"),
        ([np.eye(2), np.array([[np.nan, 0.0]])], "not finite"),
        ([np.ones(2), np.eye(2)], "not a matrix"),
        ([np.ones((2, 0)), np.eye(2)], "empty"),
    ],
)
def test_factors_that_do_not_fit_are_named(factors: list[np.ndarray], complaint: str) -> None:
    with pytest.raises(InvalidProblemError, match=complaint):
        straight_move(factors)
