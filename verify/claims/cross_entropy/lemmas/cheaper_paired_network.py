"""A paired ReLU network that costs less than k − 1 has the smaller loss at every scale."""

from typing import cast

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PAIRED_COLUMN_FIT, SINGLE
from theory.cross_entropy.relu_paired import PAIRED_CLASSES, RELU_PAIRED_COST, RELU_PAIRED_LOSS
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable

_ONE = sp.Integer(1)


def cheaper_wins() -> Proof:
    """A paired network that costs less than k − 1 has the smaller loss at every scale."""
    cost, saved = sp.symbols("cost saved", positive=True)
    others = cost + saved
    classes = others + 1 + SINGLE
    u = sp.exp(-SCALE)
    collapse_inside, paired_inside = 1 + (classes - 1) * u, 1 + (classes - 2) * u + u**2
    gap = COLLAPSE.fit.at({CLASSES: classes}) - PAIRED_COLUMN_FIT.at({CLASSES: classes})
    share = (others + 1) / classes
    weight = SCALED_DECAY * FACTORS / 2 * SCALE ** (2 / FACTORS)
    cheaper = RELU_PAIRED_LOSS.expression.subs(RELU_PAIRED_COST.expression, cost)
    paired = cast(sp.Expr, cheaper.subs(PAIRED_CLASSES, others + 1))
    return Proof(
        title="the cheaper paired network has the smaller loss at every scale and decay",
        variables=(
            Variable(cost, "c ≥ 1, as 2^{L−3}c^F = k³(k+2)^{L−2} and k ≥ 6", sp.Integer(1)),
            Variable(saved, "k − 1 − c", sp.Integer(0), open_low=True),
            Variable(SINGLE, "K mod 2, so K = k + single", sp.Integer(0), sp.Integer(1), integer=True),
            Variable(FACTORS, "F = L + 1", sp.Integer(5)),
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(SCALED_DECAY, "μ = λn^{1/F}", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("scale", Fact(SCALE, ">"), RationalSign(), "collapse has α > 0"),
            Step(
                "e^{−α} < 1",
                Fact(_ONE, ">", u),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "exp(0) − exp(−α)",
            ),
            Step("e^{−α} > 0", Fact(u, ">"), Evident(), "an exponential"),
            Step(
                "exponentials",
                Fact(collapse_inside, ">", paired_inside),
                Combination((("e^{−α} > 0", "e^{−α} < 1"),)),
                "the difference is u(1 − u), u = e^{−α}",
            ),
            Step(
                "K exceeds 2", Fact(classes, ">", sp.Integer(2)), RationalSign(), "K = 1 + c + saved + single"
            ),
            Step("one", Fact(1 + u**2, ">"), Evident(), "a sum of positive numbers"),
            Step(
                "inside is positive",
                Fact(paired_inside, ">"),
                Combination(((_ONE, "one"), ("K exceeds 2", "e^{−α} > 0"))),
                "so its logarithm is defined",
            ),
            Step(
                "column",
                Fact(gap, ">"),
                Increasing("log", collapse_inside, paired_inside, "exponentials", "inside is positive"),
                "a paired column fits better",
            ),
            Step("share", Fact(share, ">"), RationalSign(), "the share of paired columns"),
            Step("saved", Fact(saved, ">"), RationalSign(), "c < k − 1"),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step(
                "paired network wins",
                Fact(COLLAPSE.loss.at({CLASSES: classes}), ">", paired),
                Combination((("share", "column"), ("weight", "saved"))),
                "mean fit over the columns, plus weight decay of all factors",
            ),
        ),
        goals=("paired network wins",),
        rests_on=("cross-entropy/relu-collapse-costs-as-much",),
    )
