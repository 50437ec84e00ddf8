"""Steps that many proofs of this room open with or use."""

import sympy as sp

from theory.symbols import CLASSES, SCALE
from verify.proof import Combination, Evident, Fact, Identity, RationalSign, Step


def partition_steps(scale: sp.Expr = SCALE) -> tuple[Step, ...]:
    """1 + (K−1)e^{−α} > 0, so that softmax weights are defined; opens every proof that names them."""
    small = sp.exp(-scale)
    return (
        Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
        Step("K − 1", Fact(CLASSES - 1, ">"), RationalSign(), "two classes or more"),
        Step("e^{−α}", Fact(small, ">"), Evident(), "an exponential"),
        Step(
            "partition",
            Fact(1 + (CLASSES - 1) * small, ">"),
            Combination(((sp.Integer(1), "one"), ("K − 1", "e^{−α}"))),
            "so the softmax is defined",
        ),
    )


def same(name: str, left: sp.Expr, right: sp.Expr, because: str) -> Step:
    """The step left = right, by identity."""
    return Step(name, Fact(left, "=", right), Identity(), because)
