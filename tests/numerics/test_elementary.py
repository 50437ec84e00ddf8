import math

import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.compilation import kernel
from numerics.descent.elementary import exponential_of_negative, hyperbolic_tangent
from numerics.descent.products import (
    columns_of,
    multiply,
    multiply_transposed_left,
    multiply_transposed_right,
    rows_of,
    view,
)
from theory.tolerances import EPSILON


@kernel
def exponentials(numbers: FloatArray) -> FloatArray:
    results = np.empty_like(numbers)
    for i in range(numbers.size):
        results[i] = exponential_of_negative(numbers[i])
    return results


@kernel
def tangents(numbers: FloatArray) -> FloatArray:
    results = np.empty_like(numbers)
    for i in range(numbers.size):
        results[i] = hyperbolic_tangent(numbers[i])
    return results


def test_the_exponential_is_right_to_two_roundings() -> None:
    numbers = -np.concatenate([np.linspace(0, 708, 20_011), np.geomspace(1e-300, 1, 1_000)])
    errors = np.abs(exponentials(numbers) / np.array([math.exp(x) for x in numbers]) - 1)
    assert errors.max() <= 2 * EPSILON


def test_the_exponential_at_its_ends() -> None:
    ends = exponentials(np.array([0.0, -708.5, -1e5, -np.inf, np.nan]))
    assert ends[:4].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert np.isnan(ends[4])


def test_the_tangent_is_right_to_two_roundings() -> None:
    positive = np.concatenate([np.linspace(1e-3, 30, 20_011), np.geomspace(1e-300, 1, 1_000)])
    numbers = np.concatenate([positive, -positive])
    errors = np.abs(tangents(numbers) / np.array([math.tanh(x) for x in numbers]) - 1)
    assert errors.max() <= 3 * EPSILON
    assert tangents(np.array([0.0, np.inf, -np.inf])).tolist() == [0.0, 1.0, -1.0]
    assert np.isnan(tangents(np.array([np.nan]))[0])


@kernel
def products(
    target: FloatArray, left: FloatArray, right: FloatArray, keep: float, scale: float, which: int
) -> None:
    """Work on rows 1, 2, … and columns 2, 3, … of a larger matrix, so that the stride is not its width."""
    whole = view(target, 0, target.shape[0], target.shape[1], target.shape[1])
    inside = columns_of(rows_of(whole, 1, target.shape[0] - 1), 2, target.shape[1] - 2)
    a = view(left, 0, left.shape[0], left.shape[1], left.shape[1])
    b = view(right, 0, right.shape[0], right.shape[1], right.shape[1])
    if which == 0:
        multiply(inside, keep, scale, a, b)
    elif which == 1:
        multiply_transposed_left(inside, keep, scale, a, b)
    else:
        multiply_transposed_right(inside, keep, scale, a, b)


@pytest.mark.parametrize(("rows", "columns", "inner"), [(1, 1, 1), (3, 4, 5), (8, 8, 4), (33, 70, 10)])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_products_keep_and_add(rows: int, columns: int, inner: int, which: int) -> None:
    rng = np.random.default_rng(which)
    left, right = rng.standard_normal((rows, inner)), rng.standard_normal((inner, columns))
    target = rng.standard_normal((rows + 1, columns + 2))
    expected = target.copy()
    expected[1:, 2:] = 0.5 * target[1:, 2:] - 2.0 * left @ right
    stored_left = np.ascontiguousarray(left.T) if which == 1 else left
    stored_right = np.ascontiguousarray(right.T) if which == 2 else right
    products(target, stored_left, stored_right, 0.5, -2.0, which)
    np.testing.assert_allclose(target, expected, rtol=0, atol=1e-13)


def test_a_target_that_is_not_kept_need_not_be_a_number() -> None:
    target = np.full((3, 4), np.nan)
    products(target, np.ones((2, 3)), np.ones((3, 2)), 0.0, 1.0, 0)
    assert (target[1:, 2:] == 3.0).all()
