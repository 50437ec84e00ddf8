"""The contrast c = 1 − Kp, and the blocks at collapse as functions of α and c apart."""

import sympy as sp

from theory.cross_entropy.stability import REDUCED_DETERMINANT, STANDARD_DETERMINANT
from theory.landscape.collapse_hessian import (
    CONTRAST,
    CRITICAL_EIGENVALUE,
    SCALE_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
)
from theory.symbols import CLASSES, SCALE
from verify.claims.landscape.lemmas.steps import partition_steps, same
from verify.proof import Fact, Increasing, Proof, RationalSign, Step, Variable

CONTRAST_SYMBOL = sp.Symbol("c", positive=True)
FREE_SCALE = sp.Symbol("alpha", positive=True)
"""Stands for α where the proof treats c = 1 − Kp as independent of it."""


def _free(expression: sp.Expr) -> sp.Expr:
    """The expression with α and the contrast c as independent variables."""
    return expression.subs(CONTRAST.expression, CONTRAST_SYMBOL).subs(SCALE, FREE_SCALE)


TERMS = {
    name: _free(formula.expression)
    for name, formula in {
        "critical": CRITICAL_EIGENVALUE,
        "scale": SCALE_EIGENVALUE,
        "factors": STANDARD_FACTORS,
        "features": STANDARD_FEATURES,
        "determinant": STANDARD_DETERMINANT,
        "reduced": REDUCED_DETERMINANT,
    }.items()
}
COUPLING_SQUARED = _free(STANDARD_COUPLING.expression**2)
CONTRAST_RANGE = Variable(
    CONTRAST_SYMBOL, "c = 1 − Kp", sp.Integer(0), sp.Integer(1), open_low=True, open_high=True
)


def contrast_rises() -> Proof:
    """0 < c < 1 at every scale."""
    c = CONTRAST.expression
    inside = 1 + (CLASSES - 1) * sp.exp(-SCALE)
    return Proof(
        title="the contrast c = 1 − Kp lies between 0 and 1 and increases with α",
        variables=(
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(CLASSES, "K", sp.Integer(2)),
        ),
        steps=(
            *partition_steps(),
            Step("scale", Fact(SCALE, ">"), RationalSign(), "collapse has α > 0"),
            Step(
                "numerator",
                Fact(sp.Integer(1), ">", sp.exp(-SCALE)),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "c(1 + (K−1)e^{−α}) = 1 − e^{−α}",
            ),
            same("above zero", c * inside, 1 - sp.exp(-SCALE), "so c > 0"),
            same("below one", (1 - c) * inside, CLASSES * sp.exp(-SCALE), "so c < 1"),
            same(
                "slope",
                sp.diff(c, SCALE) * inside**2,
                CLASSES * sp.exp(-SCALE),
                "so c increases with α",
            ),
        ),
        goals=("numerator", "above zero", "below one", "slope"),
    )
