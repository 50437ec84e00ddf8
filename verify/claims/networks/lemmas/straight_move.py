"""Features move straight to the cheapest ones of the same outputs."""

import sympy as sp

from theory.networks.loss_decreasing_path import STRAIGHT_NORM
from verify.proof import Combination, Fact, Known, Proof, RationalSign, Step, Variable

ONE, ZERO = sp.Integer(1), sp.Integer(0)


def straight_move() -> Proof:
    """Towards W⁺WH outputs stay and no feature grows."""
    kept, lost, time = STRAIGHT_NORM.arguments
    part, now, later = (sp.Symbol(name, nonnegative=True) for name in ("part", "now", "later"))
    output, again, moved = (sp.Symbol(name, real=True) for name in ("output", "again", "moved"))
    at_later = STRAIGHT_NORM.at({time: time + part * (1 - time)})
    projector = "Penrose 1955: W⁺W is the orthogonal projector onto the row space of W"
    return Proof(
        title="on the straight move outputs stay and no feature grows",
        variables=(
            Variable(kept, "‖W⁺Wh‖²", ZERO),
            Variable(lost, "‖(I−W⁺W)h‖²", ZERO),
            Variable(time, "t", ZERO, ONE),
            Variable(part, "(t' − t)/(1 − t) for a later time t'", ZERO, ONE),
            Variable(now, "‖h(t)‖²", ZERO, stands_for=True),
            Variable(later, "‖h(t')‖²", ZERO, stands_for=True),
            Variable(output, "(Wh)_k, in units in which it lies in [−1, 1]", -ONE, ONE),
            Variable(again, "(WW⁺Wh)_k", -ONE, ONE, stands_for=True),
            Variable(moved, "(Wh(t))_k = (1−t)(Wh)_k + t(WW⁺Wh)_k", -ONE, ONE, stands_for=True),
        ),
        steps=(
            Step("norm now", Fact(now, "=", STRAIGHT_NORM.expression), Known(projector), "Pythagoras"),
            Step(
                "norm later", Fact(later, "=", at_later), Known(projector), "the same at t' = t + part·(1−t)"
            ),
            Step(
                "the lost part shrinks",
                Fact(STRAIGHT_NORM.expression, ">=", at_later),
                RationalSign(),
                "(1−t)² falls",
            ),
            Step(
                "no feature grows",
                Fact(now, ">=", later),
                Combination(((ONE, "norm now"), (-ONE, "norm later"), (ONE, "the lost part shrinks"))),
                "between any two times",
            ),
            Step("pseudo-inverse", Fact(again, "=", output), Known("Penrose 1955: WW⁺W = W"), "applied to h"),
            Step(
                "linear",
                Fact(moved, "=", (1 - time) * output + time * again),
                Known("Penrose 1955: WW⁺W = W"),
                "W(h(t)) term by term",
            ),
            Step("time is not negative", Fact(time, ">="), RationalSign(), "by its range"),
            Step(
                "outputs stay",
                Fact(moved, "=", output),
                Combination(((ONE, "linear"), ("time is not negative", "pseudo-inverse"))),
                "for every start: whatever Wh is, it is kept",
            ),
        ),
        goals=("no feature grows", "outputs stay"),
    )
