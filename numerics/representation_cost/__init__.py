"""Representation costs of two factors: min h(ZX) + λ‖Z‖_*, enclosed from both sides whatever solves it.

`problem` states what is asked, `solving` asks Clarabel, SCS or our own solvers, `enclosure` judges what
they hand back. cvxpy and Numba load when they are used.

The cost of margins of one's own, what is left open, and the multipliers of the margins:

>>> problem = margins([[0, 1, 2], [1, 0, 1], [3, 1, 0]])  # column i belongs to class i
>>> cost = representation_cost(problem)
>>> cost.status, round(cost.value, 5), cost.gap < 1e-6
('optimal', 3.36601, True)
>>> problem.fit.multipliers(cost.multipliers).round(3) + 0.0
array([[0.   , 0.408, 0.392],
       [0.   , 0.   , 0.   ],
       [0.588, 0.408, 0.   ]])
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
