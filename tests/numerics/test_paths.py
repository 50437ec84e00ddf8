"""Paths of falling norm: from every start to the least norm, in floats and in balls."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.descent.network import Network
from numerics.paths.balancing import Direction
from numerics.paths.certified import certify
from numerics.paths.path import LossDecreasingPath, interpolating_start, loss_decreasing_path
from numerics.paths.relu import cheapest_in_region, outputs_of, patterns_of, relu_path
from theory.chain.cost import cost_of_a_product
from theory.errors import InvalidProblemError, OutOfDomainError
from theory.networks.loss_decreasing_path import Factors, Geodesic, half_norm, imbalances, product_of

KNOWN: tuple[tuple[str, list[list[list[float]]], float], ...] = (
    ("two scalars", [[[4.0]], [[1.0]]], 4.0),
    ("balanced already", [[[2.0]], [[2.0]]], 4.0),
    ("zero product", [[[1.0], [0.0]], [[0.0, 1.0]]], 0.0),
    ("all zero", [[[0.0]], [[0.0]]], 0.0),
    ("equal singular values", [[[3.0, 0.0], [0.0, 3.0]], [[1.0, 0.0], [0.0, 1.0]]], 6.0),
    ("rank one of two", [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]], 2.0),
    ("three factors", [[[8.0]], [[1.0]], [[1.0]]], 6.0),
    ("narrow inside", [[[1.0, 2.0], [2.0, 4.0]], [[1.0, 0.0]], [[5.0], [0.0]]], 1.5 * 125.0 ** (1 / 3)),
)


def factors_of(rows: list[list[list[float]]]) -> Factors:
    return tuple(np.array(factor) for factor in rows)


@pytest.mark.parametrize("straight", [True, False])
@pytest.mark.parametrize("direction", ["newton", "flow"])
@pytest.mark.parametrize(("name", "rows", "least"), KNOWN, ids=[name for name, _, _ in KNOWN])
def test_the_end_has_the_least_norm(
    name: str, rows: list[list[list[float]]], least: float, direction: Direction, straight: bool
) -> None:
    factors = factors_of(rows)
    path = loss_decreasing_path(factors, direction=direction, straight=straight, max_segments=3_000)
    end = path.factors_at(path.end)
    close = 1e-6 if direction == "newton" else 2e-3  # the flow takes its time, see the claim's rate
    assert half_norm(end) == pytest.approx(least, abs=close * (1 + half_norm(factors)))
    assert 0.5 * cost_of_a_product(product_of(factors), len(factors)) == pytest.approx(least, abs=1e-6)
    assert np.abs(product_of(end) - product_of(factors)).max() <= 1e-12 * (1 + half_norm(factors))


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10**6), classes=st.integers(1, 3), extra=st.integers(0, 2), depth=st.integers(1, 3)
)
def test_the_path_falls_everywhere_and_keeps_what_it_interpolates(
    seed: int, classes: int, extra: int, depth: int
) -> None:
    targets = np.eye(classes)[:, np.repeat(np.arange(classes), 2)]
    start = interpolating_start(targets, [classes + extra] * depth, np.random.default_rng(seed))
    path = loss_decreasing_path(start)
    times = np.linspace(0, path.end, 200)
    sizes = np.array([path.half_norm_at(float(time)) for time in times])
    assert (np.diff(sizes) <= 1e-12 * sizes[0]).all()
    for time in times[::20]:
        moved = path.factors_at(float(time))
        assert np.abs(product_of(moved) - targets).max() <= 1e-12 * (1 + sizes[0]) ** 2
        assert half_norm(moved) == pytest.approx(path.half_norm_at(float(time)), rel=1e-12)
        assert path.slope_at(float(time)) <= 1e-12 * sizes[0]
    least = 0.5 * cost_of_a_product(targets, len(start))
    assert path.status == "balanced"
    assert sizes[-1] == pytest.approx(least, abs=1e-7 * sizes[0])


def test_a_turned_problem_has_the_turned_path() -> None:
    rng = np.random.default_rng(3)
    start = interpolating_start(np.eye(2), [3, 3], rng)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    turned = (turn @ start[0], start[1] @ turn.T, start[2])
    first, second = (loss_decreasing_path(item) for item in (start, turned))
    assert first.end == pytest.approx(second.end, rel=1e-9)
    for part in (0.2, 0.7, 1.0):
        expected = first.half_norm_at(part * first.end)
        assert second.half_norm_at(part * second.end) == pytest.approx(expected, rel=1e-8)


def test_balls_certify_the_path_and_refuse_a_planted_rise() -> None:
    start = interpolating_start(np.eye(3), [4, 4], np.random.default_rng(0))
    path = loss_decreasing_path(start)
    certified = certify(path)
    assert certified.falls
    assert certified.product_error < 1e-40
    assert certified.distance < 1e-9
    last = path.segments[1]
    assert isinstance(last, Geodesic)
    backwards = replace(last, generators=tuple(-part for part in last.generators))
    risen = LossDecreasingPath((path.segments[0], backwards), "balanced", "")
    assert not certify(risen).falls
    too_far = LossDecreasingPath((path.segments[0], replace(last, length=40 * last.length)), "balanced", "")
    assert not certify(too_far).falls


def test_balls_ask_for_full_row_rank() -> None:
    narrow = (np.ones((2, 3)), np.ones((1, 2)), np.ones((2, 1)))
    with pytest.raises(OutOfDomainError, match="straight=False"):
        certify(loss_decreasing_path(narrow))
    assert certify(loss_decreasing_path(narrow, straight=False)).falls


def test_what_cannot_be_walked_is_named() -> None:
    start = (np.ones((2, 2)), np.eye(2))
    path = loss_decreasing_path(start)
    with pytest.raises(OutOfDomainError, match="not on the path"):
        path.factors_at(path.end + 1)
    with pytest.raises(InvalidProblemError, match="direction"):
        loss_decreasing_path(start, direction="up")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProblemError, match="nodes"):
        loss_decreasing_path(start, nodes=["full", "full"])
    with pytest.raises(InvalidProblemError, match="tolerance"):
        loss_decreasing_path(start, tolerance=0.0)
    with pytest.raises(InvalidProblemError, match="full row rank"):
        interpolating_start(np.eye(3), [2], np.random.default_rng(0))
    short = loss_decreasing_path((np.ones((2, 2)), 5 * np.eye(2)), max_segments=1)
    assert short.status == "segments-exhausted"
    assert "raise max_segments" in short.remedy


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), depth=st.integers(1, 3), samples=st.integers(1, 4))
def test_a_relu_tail_keeps_outputs_and_patterns(seed: int, depth: int, samples: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [4] * (depth + 1) + [2]
    weights = tuple(rng.standard_normal((b, a)) for a, b in itertools.pairwise(widths))
    features = rng.standard_normal((4, samples))
    path = relu_path(Network(weights, (), "relu"), features)
    outputs = outputs_of((features, *weights))
    size = float(np.prod([1 + np.linalg.norm(weight) for weight in weights]))
    for time in (0.3, 0.9, 1.0):
        assert np.abs(outputs_of(path.move.at(time)) - outputs).max() <= 1e-7 * size
    end = path.balancing.factors_at(path.balancing.end)
    assert np.abs(outputs_of(end) - outputs).max() <= 1e-7 * size
    before, between, after = path.half_norms
    assert before >= between - 1e-12
    assert between >= after - 1e-12 * between
    hidden = imbalances(end)[1:]
    left = 1e-3 * after + 1e-12 * before  # dead units: the norm, too, tends to zero
    assert all(np.abs(np.diag(part)).max() <= left for part in hidden)
    inside = path.move.at(0.5)
    for one, other in zip(patterns_of(inside), patterns_of(path.move.factors), strict=True):
        assert (one == other).all()


def test_a_cheapest_feature_on_an_edge_of_its_region() -> None:
    # outputs 2x − y for x, y > 0: least norm (0.8, −0.4)·2 lies outside, so y = 0
    tail = Network((np.eye(2), np.array([[2.0, -1.0]])), (), "relu")
    assert cheapest_in_region(tail, np.array([3.0, 2.0])).round(9).tolist() == [2.0, 0.0]
    with pytest.raises(InvalidProblemError, match="ReLU tails without biases"):
        relu_path(Network((np.eye(2), np.eye(2)), (), "tanh"), np.ones((2, 1)))
