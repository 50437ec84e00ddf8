"""Two factors: a mode is a square, and its minimum the soft threshold."""

import sympy as sp

from theory.squared_loss.modes import MODE_LOSS
from theory.symbols import FACTORS, MODE_DECAY, SINGULAR_VALUE, TARGET
from verify.proof import Combination, Evident, Fact, Identity, Proof, RationalSign, Step, Variable

EXCESS = sp.Symbol("excess", nonnegative=True)


def soft_threshold() -> Proof:
    """F = 2: soft threshold. ν = y − kept on one side, ν = y + excess on the other."""
    kept = sp.Symbol("kept", nonnegative=True)
    loss = MODE_LOSS.at({FACTORS: sp.Integer(2)})
    below = loss.subs(MODE_DECAY, TARGET - kept)
    above = loss.subs(MODE_DECAY, TARGET + EXCESS)
    return Proof(
        title="two factors: the minimum is at (y − ν)₊",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(SINGULAR_VALUE, "σ", sp.Integer(0)),
            Variable(kept, "y − ν where it is not negative", sp.Integer(0)),
            Variable(EXCESS, "ν − y where it is not negative", sp.Integer(0)),
        ),
        steps=(
            Step(
                "square",
                Fact(below - below.subs(SINGULAR_VALUE, kept), "=", (SINGULAR_VALUE - kept) ** 2 / 2),
                Identity(),
                "f(σ) − f(y − ν) is half a square",
            ),
            Step(
                "zero",
                Fact(above, ">=", above.subs(SINGULAR_VALUE, sp.Integer(0))),
                RationalSign(),
                "f(σ) − f(0) = σ²/2 + (ν − y)σ",
            ),
            Step("square is not negative", Fact((SINGULAR_VALUE - kept) ** 2, ">="), Evident(), "a square"),
            Step(
                "soft threshold",
                Fact(below, ">=", below.subs(SINGULAR_VALUE, kept)),
                Combination(((sp.Integer(1), "square"), (sp.Rational(1, 2), "square is not negative"))),
                "f(σ) ≥ f(y − ν)",
            ),
        ),
        goals=("soft threshold", "zero"),
    )
