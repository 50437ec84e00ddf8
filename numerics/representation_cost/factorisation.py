"""Costs of factorisations, Σ‖A_j‖_F² over two factors: twice a nuclear norm (Shang et al. 2020)."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from numerics.representation_cost.enclosure import RepresentationCost, Solver
from numerics.representation_cost.problem import interpolation, margins
from numerics.representation_cost.solving import representation_cost
from theory.errors import InvalidProblemError


def two_factor_cost(product: ArrayLike, *, solver: Solver = "clarabel") -> RepresentationCost:
    """Return min{‖A‖_F² + ‖B‖_F² : AB = X}, solved as a semidefinite program.

    The dual is max{2⟨X, Y⟩ : ‖Y‖_2 ≤ 1}; the solver's Y is moved into that ball.

    Source: Shang et al. 2020 (F = 2); the program is that of Fazel, Hindi, Boyd, ACC 2001.

    Raises
    ------
    InvalidProblemError
        If the product is not a finite matrix or the solver is unknown.

    Examples
    --------
    >>> cost = two_factor_cost([[3.0, 0.0], [0.0, 1.0]])
    >>> round(cost.value, 5), cost.lower_bound <= 8.0, cost.status
    (8.0, True, 'optimal')
    """
    return _twice(representation_cost(interpolation(product), solver=solver))


def max_margin_cost(classes: int, *, solver: Solver = "clarabel") -> RepresentationCost:
    """Return min{2‖Z‖_* : Z_cc − Z_jc ≥ 1 for all j ≠ c} over K × K matrices: 2(K − 1), at Z = S.

    Raises
    ------
    InvalidProblemError
        If there are fewer than two classes or the solver is unknown.

    Examples
    --------
    >>> round(max_margin_cost(3).value, 5)
    4.0
    """
    if not float(classes).is_integer() or classes < 2:
        raise InvalidProblemError(f"classes {classes}: margins need an integer of at least 2")
    return _twice(representation_cost(margins(np.ones((classes, classes))), solver=solver))


def _twice(cost: RepresentationCost) -> RepresentationCost:
    """Both factors pay ‖Z‖_*; the multipliers are those of the doubled problem."""
    return replace(
        cost,
        value=2.0 * cost.value,
        lower_bound=2.0 * cost.lower_bound,
        gap=2.0 * cost.gap,
        multipliers=2.0 * cost.multipliers,
    )
