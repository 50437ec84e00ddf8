"""Products tile by tile, against NumPy: every remainder of every tile, strides, what is not to be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.arrays import FloatArray
from numerics.descent.small_products import dot_products, outer_products

SIZES = st.integers(1, 27)


def address(matrix: FloatArray) -> int:
    return int(matrix.ctypes.data)


def problem(rows: int, columns: int, inner: int, gap: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """C, A and B as the left parts of wider matrices, so that rows are a stride apart."""
    rng = np.random.default_rng(rows + 100 * columns + 10_000 * inner)
    shapes = [(rows, columns), (rows, inner), (inner, columns)]
    wide = [rng.standard_normal((height, width + gap)) for height, width in shapes]
    return wide[0], wide[1], wide[2]


@given(rows=SIZES, columns=SIZES, inner=st.integers(1, 40), gap=st.integers(0, 3))
def test_a_product_is_that_of_numpy_however_it_lies(rows: int, columns: int, inner: int, gap: int) -> None:
    c, a, b = problem(rows, columns, inner, gap)
    left, right = a[:, :inner], b[:, :columns]
    expected = -0.5 * c[:, :columns] + 2.0 * left @ right
    turned_left, turned_right = np.ascontiguousarray(left.T), np.ascontiguousarray(right.T)
    plain, transposed, dotted = c.copy(), c.copy(), c.copy()
    stride, sizes = columns + gap, (rows, columns, inner)
    ours, theirs = (address(b), columns + gap), (address(turned_right), inner)
    outer_products(address(plain), stride, address(a), inner + gap, 1, *ours, *sizes, -0.5, 2.0)
    outer_products(address(transposed), stride, address(turned_left), 1, rows, *ours, *sizes, -0.5, 2.0)
    dot_products(address(dotted), stride, address(a), inner + gap, *theirs, *sizes, -0.5, 2.0)
    scale = np.abs(left).sum() * np.abs(right).max() + 1.0
    for found in (plain, transposed, dotted):
        assert np.max(np.abs(found[:, :columns] - expected)) < 1e-14 * scale
        np.testing.assert_array_equal(found[:, columns:], c[:, columns:])


@pytest.mark.parametrize(("rows", "columns", "inner"), [(4, 12, 3), (1, 1, 1), (5, 7, 9), (70, 10, 33)])
def test_what_is_not_kept_is_not_read(rows: int, columns: int, inner: int) -> None:
    _, a, b = problem(rows, columns, inner, 0)
    turned = np.ascontiguousarray(b.T)
    for dotted in (False, True):
        fresh = np.full((rows, columns), np.nan)
        if dotted:
            left, right = (address(a), inner), (address(turned), inner)
            dot_products(address(fresh), columns, *left, *right, rows, columns, inner, 0.0, 1.0)
        else:
            left, right = (address(a), inner, 1), (address(b), columns)
            outer_products(address(fresh), columns, *left, *right, rows, columns, inner, 0.0, 1.0)
        np.testing.assert_allclose(fresh, a @ b, rtol=0, atol=1e-13)
