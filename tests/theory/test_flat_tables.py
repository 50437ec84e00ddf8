"""Divisors, polygon sums and cyclic codes: the pieces that make many predictions fast."""

from math import gcd, prod

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.cross_entropy.circle import circle_averages, is_circle
from theory.cross_entropy.cyclic import CyclicCodes, cyclic_codes
from theory.cross_entropy.divisors import divisors
from theory.cross_entropy.scales import PolygonGaps


@given(st.lists(st.integers(2, 2000), min_size=1, max_size=6, unique=True))
def test_divisors_and_splits_are_all_of_them(numbers: list[int]) -> None:
    table = divisors(np.array(numbers))
    splits = sorted(zip(*(places.tolist() for places in table.splits), strict=True))
    sizes, expected = table.sizes.tolist(), []
    for index, number in enumerate(numbers):
        mine = range(int(table.first[index]), int(table.first[index + 1]))
        assert [sizes[at] for at in mine] == [d for d in range(2, number + 1) if number % d == 0]
        expected += [
            (w, a, b) for w in mine for a in mine for b in mine if a <= b and sizes[w] == sizes[a] * sizes[b]
        ]
    assert splits == sorted(expected)


def test_divisors_of_a_large_number() -> None:
    table = divisors(np.array([9_699_690]))  # the product of the primes up to 19
    assert table.sizes.size == 2**8 - 1
    assert table.splits[0].size == (3**8 - 2 * 2**8 + 1) // 2  # unordered, both above 1, square-free


@pytest.mark.parametrize("scale", [1e-6, 0.3, 7.0, 39.9, 40.1, 1e3, 1e9])
def test_averages_over_the_circle(scale: float) -> None:
    mpmath.mp.dps = 50
    beta = mpmath.mpf(scale)
    zero, one = (mpmath.besseli(order, beta) * mpmath.exp(-beta) for order in (0, 1))
    exact = [zero, zero - one, 2 * (zero - one) - one / beta]
    found = circle_averages(np.array([scale]))
    # the last one only steers Newton's method, and loses (4/3)β² roundings below the switch
    for value, truth, error in zip(found, exact, (1e-15, 2e-14, 1e-12), strict=True):
        if scale > 1e-3 or truth is not exact[2]:
            assert float(abs(mpmath.mpf(value[0]) / truth - 1)) < error


@pytest.mark.parametrize("corners", [5, 8, 30, 65, 400, 3001, 40_000])
@pytest.mark.parametrize("scale", [0.02, 1.0, 20.0, 300.0, 5e4])
def test_polygon_sums_by_either_way_are_the_sum(corners: int, scale: float) -> None:
    gaps = PolygonGaps(np.array([corners]))
    angles = 2 * np.pi * np.arange(1, corners) / corners
    one = 2 * np.sin(angles / 2) ** 2
    terms = np.exp(-scale * (one - gaps.smallest[0]))
    exact = [np.sum(terms), np.sum(terms * one), np.sum(terms * one**2)]
    found = gaps.sums(np.array([scale]), np.array([0]))
    for value, truth in zip(found, exact, strict=True):
        assert value[0] == pytest.approx(truth, rel=1e-11)


def test_both_ways_of_summing_are_tried_above() -> None:
    round_ = is_circle(np.array([400.0, 400.0]), np.array([20.0, 5e4]))
    assert round_.tolist() == [True, False]


@pytest.mark.parametrize("classes", [11, 13, 32, 60, 83])
def test_frequencies_that_are_tried_are_different_codes(classes: int) -> None:
    decays = np.log(np.geomspace(1e-9, 1e-2, 40))
    found = cyclic_codes(np.full(40, classes), np.full(40, 6.0), decays)
    seen = {int(b) for b in found.frequency if gcd(int(b), classes) == 1 and b > 1}
    for b in seen:
        others = seen - {b}
        assert all(prod((b, other)) % classes not in (1, classes - 1) for other in others)


def test_no_cyclic_code_outside_its_range() -> None:
    found: CyclicCodes = cyclic_codes(np.array([6, 129]), np.full(2, 4.0), np.log([1e-3, 1e-3]))
    assert np.isinf(found.loss).all()
