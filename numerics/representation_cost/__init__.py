"""Representation costs of two factors: min h(ZX) + λ‖Z‖_*, enclosed from both sides whatever solves it.

`problem` states what is asked, `solving` asks Clarabel, SCS or our own solvers, `enclosure` judges what
they hand back. cvxpy and Numba load when they are used.
"""

from numerics.representation_cost.enclosure import RepresentationCost, Solver, Status
from numerics.representation_cost.factorisation import max_margin_cost, two_factor_cost
from numerics.representation_cost.problem import (
    CostProblem,
    class_inputs,
    interpolation,
    margins,
    penalised_alignment,
    penalised_cross_entropy,
    penalised_squared_loss,
)
from numerics.representation_cost.programs import Form
from numerics.representation_cost.solving import Opinions, representation_cost, second_opinion

__all__ = [
    "CostProblem",
    "Form",
    "Opinions",
    "RepresentationCost",
    "Solver",
    "Status",
    "class_inputs",
    "interpolation",
    "margins",
    "max_margin_cost",
    "penalised_alignment",
    "penalised_cross_entropy",
    "penalised_squared_loss",
    "representation_cost",
    "second_opinion",
    "two_factor_cost",
]
