"""Functions of arrays that formulas are compiled to."""

import numpy as np
import pytest
import sympy as sp
from scipy.special import lambertw

from theory.formula.arrays import array_function
from theory.tolerances import CLOSED_FORM

X = sp.Symbol("x", real=True)


@pytest.mark.parametrize("low", [0.0, -0.36])
def test_the_principal_branch_of_lambert(low: float) -> None:
    """Without negative arguments by our own steps, with them by SciPy."""
    points = np.concatenate([[low, 0.0], 10.0 ** np.linspace(-300, 300, 1201)])
    found = array_function(sp.LambertW(X), [X])(points)
    expected = np.real(lambertw(points))
    assert (np.abs(found - expected) <= CLOSED_FORM * np.abs(expected)).all()
