"""Bracketed roots against known roots, at hard places, and against SciPy."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from theory.roots import bracketed_root


@pytest.mark.parametrize(
    ("function", "low", "high", "root"),
    [
        (lambda x: x**3 - 2, 0.0, 2.0, 2 ** (1 / 3)),
        (lambda x: math.exp(x) - 1e-8, -100.0, 5.0, math.log(1e-8)),
        (lambda x: (x - 1) ** 9, 0.0, 5.0, 1.0),
        (lambda x: math.copysign(1.0, x - 0.3), 0.0, 1.0, 0.3),
        (lambda x: math.log(x) + 600, 1e-300, 1e300, math.exp(-600)),
        (lambda x: math.inf if x > 0.5 else x - 0.25, 0.0, 1.0, 0.25),
        (lambda x: x, 0.0, 1.0, 0.0),
        (lambda x: x - 1, 0.0, 1.0, 1.0),
        (lambda x: x * 1e-200, -1.0, 2.0, 0.0),
    ],
)
def test_known_roots(function: Callable[[float], float], low: float, high: float, root: float) -> None:
    assert bracketed_root(function, low, high) == pytest.approx(root, rel=1e-14, abs=1e-17)


@given(st.floats(-50, 50), st.floats(0.1, 8), st.floats(0.01, 60), st.floats(0.01, 60))
def test_as_scipy_does(root: float, power: float, left: float, right: float) -> None:
    def function(x: float) -> float:
        return math.copysign(abs(x - root) ** power, x - root) + 0.1 * math.sinh((x - root) / 20)

    found = bracketed_root(function, root - left, root + right)
    brent: Any = brentq
    other = float(brent(function, root - left, root + right, xtol=1e-300, rtol=1e-15, maxiter=2000))
    assert found == pytest.approx(root, rel=1e-12, abs=1e-12)
    assert found == pytest.approx(other, rel=1e-12, abs=1e-12)


def test_no_sign_change_is_an_error() -> None:
    with pytest.raises(ValueError, match="no sign change"):
        bracketed_root(lambda x: x * x + 1, -1.0, 1.0)
