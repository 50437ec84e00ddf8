"""Truncated networks: what is stored, how far outputs move, and what the guarantee must not use."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.compression import compress, compress_within
from numerics.descent.network import Activation, Network, random_network, random_residual_network
from theory.errors import InvalidProblemError
from theory.networks.compression import TruncatedMap, output_change, stored_numbers, truncated


@given(
    seed=st.integers(0, 10**6),
    activation=st.sampled_from(["linear", "tanh", "relu"]),
    residual=st.booleans(),
    rank=st.integers(0, 6),
)
def test_outputs_move_less_than_guaranteed(
    seed: int, activation: Activation, residual: bool, rank: int
) -> None:
    rng = np.random.default_rng(seed)
    if residual:
        network = random_residual_network(9, 9, 3, activation, rng, blocks=2)
    else:
        network = random_network([9, 12, 9, 3], activation, rng)
    data = rng.standard_normal((9, 4))
    found = compress(network, rank)
    assert (found.measured_change(data) <= found.guaranteed_change(data) + 1e-10).all()
    same = found.network.weights if rank >= 6 else None
    for weight, kept, old in zip(found.network.weights, found.ranks, network.weights, strict=True):
        if kept is None:
            assert weight is old
        else:
            assert np.linalg.matrix_rank(weight) <= kept
    assert same is None or found.numbers[1] <= found.numbers[0]


def test_one_map_along_its_first_dropped_direction_attains_the_bound() -> None:
    found = compress(Network((np.diag([3.0, 2.0, 1.0, 0.5]),), (), "linear"), 1)
    assert found.guaranteed_change(np.eye(4)[:, [1]]).tolist() == [2.0]
    assert found.measured_change(np.eye(4)[:, [1]]).tolist() == [2.0]


def test_the_original_tails_own_lipschitz_constant_is_not_enough() -> None:
    first, second = np.diag([2.0, 1.0]), np.array([[1.0, 1.0], [2.0, 2.0]])
    third, last, x = np.diag([1.0, 0.5]), np.array([[1.0, -1.0]]), np.array([1.0, -2.0])
    behind_first = float(np.linalg.norm(last @ third @ second))
    behind_third = float(np.linalg.norm(last))
    naive = behind_first * 1.0 * np.linalg.norm(x) + behind_third * 0.5 * np.linalg.norm(second @ first @ x)
    moved = last @ truncated(third, 1) @ second @ truncated(first, 1) @ x - last @ third @ second @ first @ x
    assert naive == 0.0
    assert float(np.abs(moved)[0]) == 2.0
    signals = (x, first @ x, second @ first @ x, third @ second @ first @ x)
    inputs = [np.array([float(np.linalg.norm(z))]) for z in signals]
    maps = [
        TruncatedMap(float(np.linalg.norm(weight, 2)), cut, size)
        for weight, cut, size in zip((first, second, third, last), (1.0, 0.0, 0.5, 0.0), inputs, strict=True)
    ]
    assert output_change(maps)[0] >= 2.0


@given(seed=st.integers(0, 10**6), rank=st.integers(0, 3), side=st.integers(3, 6))
def test_a_convolution_is_bounded_through_its_patches(seed: int, rank: int, side: int) -> None:
    rng = np.random.default_rng(seed)
    image, kernel = rng.standard_normal((side, side)), rng.standard_normal((4, 4))

    def patches(values: np.ndarray) -> np.ndarray:
        places = [(i, j) for i in range(side - 1) for j in range(side - 1)]
        return np.array([values[i : i + 2, j : j + 2].ravel() for i, j in places]).T

    before = rng.standard_normal((side * side, side * side)) / side
    shifted = truncated(before, side)
    z, moved = (np.tanh(weight @ image.ravel()).reshape(side, side) for weight in (before, shifted))
    change = np.linalg.norm(truncated(kernel, rank) @ patches(moved) - kernel @ patches(z))
    values = np.linalg.svd(kernel, compute_uv=False)
    cut = float(np.linalg.svd(before, compute_uv=False)[side])
    of_patches = np.array([float(np.linalg.norm(patches(z)))])
    maps = [
        TruncatedMap(float(np.linalg.norm(before, 2)), cut, np.array([float(np.linalg.norm(image))])),
        TruncatedMap(float(values[0]), float(values[rank]), of_patches, spread=2.0),
    ]
    assert change <= output_change(maps)[0] + 1e-10


@given(seed=st.integers(0, 10**6), budget=st.sampled_from([1e-6, 0.1, 1.0, 100.0]))
def test_a_budget_is_kept(seed: int, budget: float) -> None:
    rng = np.random.default_rng(seed)
    network = random_network([12, 20, 20, 4], "tanh", rng)
    low = Network(tuple(truncated(weight, 3) for weight in network.weights), network.biases, "tanh")
    data = rng.standard_normal((12, 6))
    found = compress_within(low, data, budget)
    assert found.guaranteed_change(data).max() <= budget
    assert found.saved > 0.4
    assert found.saved <= compress_within(low, data, 10 * budget).saved


def test_answers_that_are_settled_do_not_change() -> None:
    rng = np.random.default_rng(0)
    network = random_network([12, 20, 4], "relu", rng)
    data = 5 * rng.standard_normal((12, 200))
    found = compress(network, 7)
    settled = found.decided(data) == 1.0
    before = (network.weights[1] @ np.maximum(network.weights[0] @ data, 0)).argmax(axis=0)
    after = (found.network.weights[1] @ np.maximum(found.network.weights[0] @ data, 0)).argmax(axis=0)
    assert (before == after)[settled].all()
    assert compress(network, 20).decided(data).all()


def test_bad_settings_are_named() -> None:
    network = random_network([4, 4, 2], "tanh", np.random.default_rng(0))
    with pytest.raises(InvalidProblemError, match="3 ranks for 2 weights"):
        compress(network, [1, 1, 1])
    with pytest.raises(InvalidProblemError, match="rank -1"):
        compress(network, -1)
    with pytest.raises(InvalidProblemError, match=r"rank 1\.5"):
        compress(network, [1.5, 1])  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProblemError, match="budget 0"):
        compress_within(network, np.ones((4, 1)), 0)
    with pytest.raises(InvalidProblemError, match="inputs have 3 rows"):
        compress(network, 1).guaranteed_change(np.ones((3, 1)))
    with pytest.raises(InvalidProblemError, match="negative"):
        truncated(np.eye(2), -1)
    with pytest.raises(InvalidProblemError, match="finite"):
        TruncatedMap(np.inf, 0.0, np.ones(1))
    with pytest.raises(InvalidProblemError, match="no maps"):
        output_change([])
    assert stored_numbers(4, 4, 2) == 16
