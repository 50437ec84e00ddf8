from fractions import Fraction

import pytest
import sympy as sp

from numerics.krawczyk import enclosed_zero
from theory.errors import OutOfDomainError

X, Y, C = sp.symbols("x y c", real=True)


def test_the_balls_hold_the_exact_zero_and_are_small() -> None:
    x, y = enclosed_zero((X**2 + Y**2 - C, X - 2 * Y), (X, Y), (2.0001, 0.9999), {C: Fraction(5)})
    assert x.contains(2)
    assert y.contains(1)
    assert float(x.rad()) < 1e-12


def test_a_double_zero_is_refused() -> None:
    with pytest.raises(OutOfDomainError, match="double"):
        enclosed_zero(((X - 1) ** 2 + Fraction(1, 10**40), Y), (X, Y), (1.0 + 1e-9, 1e-3), {})


def test_a_guess_far_from_any_zero_is_refused() -> None:
    with pytest.raises(OutOfDomainError):
        enclosed_zero((sp.exp(X), Y), (X, Y), (1.0, 1.0), {})
