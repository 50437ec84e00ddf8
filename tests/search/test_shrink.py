"""Shrinking keeps the failure and ends at something a person would write down."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from verify.instance import Instance
from verify.search.shrink import shrink


def test_a_fraction_gets_its_smallest_denominator() -> None:
    window = (Fraction(1, 2), Fraction(6495, 10000))
    assert shrink({"c": Fraction(311, 500)}, lambda i: window[0] < i["c"] < window[1]) == {
        "c": Fraction(3, 5)
    }
    assert shrink({"c": 0.6180339}, lambda i: window[0] < i["c"] < window[1]) == {"c": Fraction(3, 5)}


def test_an_integer_tied_to_a_fraction_is_lowered_with_it() -> None:
    def fails(instance: Instance) -> bool:
        return instance["p"] >= 2 and instance["p"] / 4 < instance["c"] < instance["p"] / 3

    assert shrink({"p": 5, "c": Fraction(3, 2)}, fails) == {"p": 2, "c": Fraction(3, 5)}


def test_matrices_shrink_entry_by_entry() -> None:
    assert shrink({"a": [[7, -5], [9, 4]]}, lambda i: i["a"][0][0] > 2) == {"a": [[3, 0], [0, 0]]}


def test_an_exception_is_not_a_failure() -> None:
    assert shrink({"x": 4}, lambda i: 1 / i["x"] < 1) == {"x": 2}


@given(st.fractions(min_value=0, max_value=4, max_denominator=200), st.fractions(0, 4, max_denominator=50))
def test_what_comes_out_still_fails(start: Fraction, bound: Fraction) -> None:
    def fails(instance: Instance) -> bool:
        return instance["x"] >= bound

    if fails({"x": start}):
        small = shrink({"x": start}, fails)
        assert fails(small)
        assert Fraction(small["x"]).denominator <= start.denominator
