"""Up to which decay a structure of one scale is no worse than zero, enclosed.

Statement   For the triples (K, L, structure) of the table the structure has a point below zero's loss log K
            at the decay μ₋, and none at μ₊: its loss is above log K at every positive scale.
Source      Derived for this project: theory.cross_entropy.zero_thresholds.
Computed    at μ₋ the loss at one scale; at μ₊ the loss at every scale t^F: near zero the fit falls by at
            most its share of t^F (Jensen) and the weight decay is above that, then balls on a bisection, and
            further out the weight decay alone exceeds log K.
Tight       μ₊/μ₋ − 1 is about 10⁻⁵.
"""

import math
from collections.abc import Callable

import sympy as sp

from theory.cross_entropy.blocks import block_fit, block_loss
from theory.cross_entropy.products import Part
from theory.cross_entropy.tight_codes import SPORADIC, Code, orthoplex, polygon, simplex, subsets
from theory.cross_entropy.zero_thresholds import thresholds
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS, SCALE, SCALED_DECAY, positive
from verify.claim import Claim, Run
from verify.claims.cross_entropy.certificates.substitution import at
from verify.claims.cross_entropy.certificates.zero_ties import TIES, Tie
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin
from verify.proof import Combination, Covering, Evident, Fact, Known, Proof, RationalSign, Step, Variable
from verify.proof.facts import rational

_ROOT, _NEAR, _FURTHER = positive("root_scale"), positive("near_root"), positive("further_root")
_BEST = positive("best_scale")
_CODES: dict[str, Callable[[int], Code]] = {
    "collapse": simplex,
    "paired": lambda classes: orthoplex(classes // 2),
    "polygon": polygon,
    "pair and unserved": lambda classes: simplex(2),
    "subsets-5-2": lambda classes: subsets(5, 2),
    "icosahedron": lambda classes: SPORADIC[0],
}


def code_of(tie: Tie) -> Code:
    """The code of the tie's structure."""
    return _CODES[tie.structure](tie.classes)


def loss(tie: Tie, scale: sp.Expr, decay: sp.Expr) -> sp.Expr:
    """Mean cross-entropy plus weight decay at a scale."""
    formula = block_loss(code_of(tie), tie.classes)
    given = {SCALE: scale, FACTORS: sp.Integer(tie.factors), SCALED_DECAY: decay}
    return at(formula.expression, given)


def penalty(tie: Tie, root: sp.Expr, decay: sp.Expr) -> sp.Expr:
    """(μF/2) r (k/r)^{2/F} t² at the scale t^F, with (k/r)^{2/F} rounded down."""
    return decay * tie.factors / 2 * code_of(tie).rank * _unit(tie) * root**2


def _unit(tie: Tie) -> sp.Expr:
    code = code_of(tie)
    return sp.Rational(math.floor((code.size / code.rank) ** (2 / tie.factors) * 1e6 - 1), 10**6)


def _proof(tie: Tie) -> Proof:
    code, classes = code_of(tie), tie.classes
    below, above, scale, near, top = (
        rational(each) for each in (tie.below, tie.above, tie.scale, tie.near, tie.top)
    )
    share = sp.Rational(code.size, classes)
    fit = at(block_fit(code, classes).expression, {SCALE: _NEAR**tie.factors})
    ceiling = sp.Rational(math.ceil(math.log(classes) * 1e6) + 1, 10**6)
    steps = (
        Step(
            "below zero at μ₋",
            Fact(sp.log(classes), ">", loss(tie, _BEST, below)),
            Covering("."),
            f"{tie.structure} at one scale",
        ),
        Step(
            "the fit near zero",
            Fact(fit, ">=", sp.log(classes) - share * _NEAR**tie.factors),
            Known("Jensen 1906: the mean of e^{−gap} is at least e^{−mean gap}"),
            "the K gaps of a column, its own zero among them, sum to K: the code's vectors sum to zero",
        ),
        Step(
            "the decay near zero",
            Fact(penalty(tie, _NEAR, above), ">", share * _NEAR**tie.factors),
            RationalSign(),
            "with (k/r)^{2/F} rounded down",
        ),
        Step(
            "above zero near it",
            Fact(fit + penalty(tie, _NEAR, above), ">", sp.log(classes)),
            Combination(((sp.Integer(1), "the fit near zero"), (sp.Integer(1), "the decay near zero"))),
            f"{tie.structure} at every scale up to {tie.near}^F",
        ),
        Step(
            "above zero at μ₊",
            Fact(loss(tie, _ROOT**tie.factors, above), ">", sp.log(classes)),
            Covering(tie.tree),
            f"{tie.structure} at every scale t^F in between",
        ),
        Step(
            "above zero further out",
            Fact(penalty(tie, _FURTHER, above), ">", ceiling),
            RationalSign(),
            "its weight decay alone, with (k/r)^{2/F} rounded down, exceeds log K",
        ),
        Step("log K", Fact(ceiling, ">", sp.log(classes)), Evident(), "rounded up"),
        Step(
            "rounded down",
            Fact(sp.Rational(code.size, code.rank) ** sp.Rational(2, tie.factors), ">", _unit(tie)),
            Evident(),
            "the rounding of (k/r)^{2/F}",
        ),
    )
    return Proof(
        title=f"K = {classes}, L = {tie.factors - 1}: {tie.structure} against zero",
        variables=(
            Variable(_BEST, "β at μ₋", scale, scale),
            Variable(_NEAR, "t near zero, the scale is t^F", sp.Integer(0), near, open_low=True),
            Variable(_ROOT, "t", near, top),
            Variable(_FURTHER, "t beyond", top),
        ),
        steps=steps,
        goals=tuple(step.name for step in steps if step.name != "the fit near zero"),
    )


def roots(run: Run) -> Evidence:
    """The decay itself in floats, as predictions report it."""
    rows: list[tuple[str | int | float, ...]] = []
    margins: list[Margin] = []
    for tie in TIES:
        code = code_of(tie)
        _, log_tie = thresholds(Part(code.name, code.size, code.rank), tie.classes, tie.factors)
        low, value, high = float(tie.below), math.exp(log_tie), float(tie.above)
        margins += [Margin.at_least(value, low), Margin.at_least(high, value)]
        rows.append((tie.classes, tie.factors - 1, tie.structure, low, value, high))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} thresholds in floats lie between the certified decays",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Largest μ = λn^{1/F} with a loss no worse than zero's",
                ("K", "L", "structure", "μ₋", "in floats", "μ₊"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="cross-entropy/ties-with-zero",
    title="Up to which decay collapse, pairs, polygons and other codes are no worse than zero: enclosed",
    statement=(
        r"\min_{\beta>0}\mathcal L(\beta M)<\log K\ \text{at}\ \mu_-,\qquad"
        r"\mathcal L(\beta M)>\log K\ \ \forall\beta>0\ \text{at}\ \mu_+"
    ),
    source=RANKCOLLAPSE.at("one scale against zero"),
    computed="the loss at one scale at μ₋, and at all scales at μ₊",
    tight="μ₊/μ₋ − 1 is about 1e-5",
    proofs=tuple(_proof(each) for each in TIES),
    certified_on="the decays of the table",
    experiments=(roots,),
)
