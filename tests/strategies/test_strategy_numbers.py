"""Numbers keep their promises: ranges, digits, what they shrink to."""

from fractions import Fraction

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from theory.errors import OutOfDomainError
from verify.strategies import (
    log_uniform_floats,
    positive_rationals,
    powers_of_ten,
    small_fractions,
    weight_decays,
)


@given(positive_rationals(largest=3, denominator=7))
def test_positive_rationals_stay_in_range(number: Fraction) -> None:
    assert 0 < number <= 3
    assert number.denominator <= 7


def test_small_fractions_are_distinct_and_simplest_first() -> None:
    found = small_fractions(largest=4, denominator=6)
    assert len(set(found)) == len(found)
    assert [number.denominator for number in found] == sorted(number.denominator for number in found)
    assert max(found) == 4
    assert set(found) == {Fraction(p, q) for q in range(1, 7) for p in range(1, 4 * q + 1)}


@given(st.data(), st.sampled_from([(1e-300, 1e300), (5e-324, 1.7e308), (0.3, 0.31), (2.0, 2.0), (7.0, 1e9)]))
def test_log_uniform_floats_stay_in_range(data: st.DataObject, ends: tuple[float, float]) -> None:
    assert ends[0] <= data.draw(log_uniform_floats(*ends)) <= ends[1]


@pytest.mark.parametrize("decade", [-11, -3, 0, 3, 11])
def test_log_uniform_floats_reach_every_decade(decade: int) -> None:
    assert find(log_uniform_floats(1e-12, 1e12), lambda number: 10**decade <= number < 10 ** (decade + 1))


def test_the_ends_are_reached() -> None:
    for end in (0.0123, 98.7):
        assert find(log_uniform_floats(0.0123, 98.7), lambda number, end=end: number == end) == end


@given(powers_of_ten(-3, 5))
def test_powers_of_ten_are_exact(scale: Fraction) -> None:
    assert scale in {Fraction(10) ** k for k in range(-3, 6)}


@given(weight_decays(smallest=1e-6, largest=10))
def test_weight_decays_stay_in_range(decay: Fraction | float) -> None:
    assert 1e-6 <= decay <= 10
    if isinstance(decay, Fraction):
        assert decay.denominator <= 24


@pytest.mark.parametrize(
    ("strategy", "simplest"),
    [
        (positive_rationals(), Fraction(1)),
        (powers_of_ten(), Fraction(1)),
        (powers_of_ten(3, 9), Fraction(1000)),
        (log_uniform_floats(1e-9, 1e9), 1.0),
        (log_uniform_floats(1e-9, 1e-2), 1e-2),
        (log_uniform_floats(20, 30), 20.0),
        (weight_decays(), Fraction(1)),
        (weight_decays(smallest=1e-9, largest=0.4), Fraction(1, 3)),
        (weight_decays(smallest=1e-9, largest=1e-3), 1e-3),
    ],
)
def test_numbers_shrink_to_the_simplest(strategy: st.SearchStrategy[object], simplest: object) -> None:
    found = find(strategy, lambda number: True)
    assert found == simplest
    assert type(found) is type(simplest)


@pytest.mark.parametrize("ends", [(0.0, 1.0), (2.0, 1.0), (1.0, float("inf")), (float("nan"), 1.0)])
def test_impossible_ranges_are_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(OutOfDomainError, match="give 0 < smallest"):
        log_uniform_floats(*ends)


def test_an_empty_range_of_powers_is_refused() -> None:
    with pytest.raises(OutOfDomainError, match="swap the ends"):
        powers_of_ten(2, 1)
