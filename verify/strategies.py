"""Hypothesis strategies shared by claims: small, readable, shrinking towards small denominators."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st


def positive_rationals(*, largest: int = 8, denominator: int = 24) -> Any:
    """Fractions in (0, largest] with a denominator up to `denominator`; the denominator shrinks first.

    >>> isinstance(positive_rationals().example(), Fraction)  # doctest: +SKIP
    True
    """
    return st.integers(1, denominator).flatmap(
        lambda below: st.builds(Fraction, st.integers(1, largest * below), st.just(below))
    )


def integer_matrices(rows: int, columns: int, *, largest: int = 3) -> Any:
    """Nested lists of small integers."""
    row = st.lists(st.integers(-largest, largest), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)
