"""The two scales of one weight decay have ratio 1 in the limit."""

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_FIT
from theory.cross_entropy.paired import PAIRED, PAIRED_COLUMN_FIT
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claims.landscape.lemmas.leading_coefficients import SIZES
from verify.claims.landscape.lemmas.steps import same
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable


def scales_of_one_decay() -> Proof:
    """At one decay α − a log α and β − a log β differ by a bounded amount, a = 1 − 2/F; so α/β → 1."""
    beta = sp.Symbol("beta", positive=True)
    k, a = CLASSES, 1 - 2 / FACTORS
    fit = COLLAPSE_FIT.expression
    paired_fit = PAIRED_COLUMN_FIT.at({SCALE: beta})
    slope = k - 2 + 2 * sp.exp(-beta)
    x, y = sp.exp(-SCALE), sp.exp(-beta)
    offset = fit - paired_fit + sp.log(slope) - sp.log(k * 2 ** (2 / FACTORS) / 2)
    difference = COLLAPSE.log_decay.expression - PAIRED.log_decay.at({SCALE: beta})
    return Proof(
        title="the two scales of one weight decay have ratio 1 in the limit",
        variables=(
            SIZES[0],
            SIZES[1],
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(beta, "β", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
            Step("K − 1", Fact(k - 1, ">"), RationalSign(), "four classes or more"),
            Step("K − 2", Fact(k - 2, ">"), RationalSign(), "four classes or more"),
            Step("α", Fact(SCALE, ">"), RationalSign(), "a scale is positive"),
            Step("β", Fact(beta, ">"), RationalSign(), "a scale is positive"),
            Step("e^{−α}", Fact(x, ">"), Evident(), "an exponential"),
            Step("e^{−β}", Fact(y, ">"), Evident(), "an exponential"),
            Step("e^{−2β}", Fact(y**2, ">"), Evident(), "an exponential"),
            Step("α rest", Fact(sp.Integer(1), ">", x),
                 Increasing("exp", sp.Integer(0), -SCALE, "α"), "e^{−α} < 1"),
            Step("β rest", Fact(sp.Integer(1), ">", y),
                 Increasing("exp", sp.Integer(0), -beta, "β"), "e^{−β} < 1"),
            Step("partition", Fact(1 + (k - 1) * x, ">"),
                 Combination(((sp.Integer(1), "one"), ("K − 1", "e^{−α}"))), "defined"),
            Step("paired partition", Fact(1 + (k - 2) * y + y**2, ">"),
                 Combination(((sp.Integer(1), "one"), ("K − 2", "e^{−β}"), (sp.Integer(1), "e^{−2β}"))),
                 "defined"),
            Step("slope", Fact(slope, ">"),
                 Combination(((sp.Integer(1), "K − 2"), (sp.Integer(2), "e^{−β}"))), "defined"),
            same("difference", difference,
                 (beta - a * sp.log(beta)) - (SCALE - a * sp.log(SCALE)) - offset,
                 "equal decays: (β − a log β) − (α − a log α) is the offset"),
            Step("collapse room", Fact(k, ">", 1 + (k - 1) * x),
                 Combination((("K − 1", "α rest"),)), "K − (1 + (K−1)e^{−α}) = (K−1)(1 − e^{−α})"),
            Step("collapse fit", Fact(sp.log(k) - sp.log(1 + (k - 1) * x), ">"),
                 Increasing("log", k, 1 + (k - 1) * x, "collapse room", "partition"), "0 < fit < log K"),
            Step("slope room", Fact(k, ">", slope),
                 Combination(((sp.Integer(2), "β rest"),)), "K − (K − 2 + 2e^{−β})"),
            Step("slope above", Fact(sp.log(k) - sp.log(slope), ">"),
                 Increasing("log", k, slope, "slope room", "slope"), "log(K−2) < log slope < log K"),
            Step("slope beyond", Fact(2 * y, ">"),
                 Combination(((sp.Integer(2), "e^{−β}"),)), "slope − (K−2)"),
            Step("slope below", Fact(sp.log(slope) - sp.log(k - 2), ">"),
                 Increasing("log", slope, k - 2, "slope beyond", "K − 2"),
                 "the paired fit lies between 0 and log K as well: all terms of the offset are bounded"),
        ),
        goals=("difference", "collapse fit", "slope above", "slope below"),
    )  # fmt: skip
