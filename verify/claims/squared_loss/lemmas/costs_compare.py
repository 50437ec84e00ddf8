"""A smaller bracket is a smaller loss."""

import sympy as sp

from theory.squared_loss.relu_chains import CHAIN_COST, FIT, ROOT
from verify.proof import Combination, Evident, Fact, Increasing, Step


def costs_compare(
    name: str, root: sp.Expr, collapse: sp.Expr, logs: tuple[sp.Expr, sp.Expr]
) -> tuple[Step, ...]:
    """From log B^{1/F} of collapse above that of the chain (step `name`) to the two losses.

    `root` and `collapse` are the two B^{1/F}, `logs` their logarithms, larger first.
    """
    weight = CHAIN_COST.at({ROOT: sp.Integer(1)})
    losses = [FIT.expression + CHAIN_COST.at({ROOT: part}) for part in (collapse, root)]
    return (
        Step(
            "roots",
            Fact(sp.exp(logs[0]), ">", sp.exp(logs[1])),
            Increasing("exp", *logs, name),
            "exponentiate",
        ),
        Step("weight", Fact(weight, ">"), Evident(), "(F/2)(nΛx²)^{1/F}"),
        Step(
            "chain wins",
            Fact(losses[0], ">", losses[1]),
            Combination((("weight", "roots"),)),
            "same fit, larger cost: collapse loses at this x, so also at its own best x",
        ),
    )
