"""The fit of any logits lies between two points of the curve of collapse.

Statement   f(m̄) ≤ g(Z) ≤ f(m) with f(α) = log(1 + (K−1)e^{−α}), m̄ the mean margin over samples and wrong
            classes, m the least margin. Any class sizes.
Source      derived for this project: Jensen's inequality, twice.
Computed    both differences on random integer codes and class sizes.
Tight       yes: equality for collapse, where all margins are equal.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import code_fit, least_margin, mean_margin
from theory.cross_entropy.collapse import COLLAPSE_FIT
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Known,
    Proof,
    RationalSign,
    Step,
    Variable,
)
from verify.strategies import code_instances, positive_rationals
from verify.strategies.codes import is_code, random_code


def well_formed(instance: Instance) -> bool:
    """K×K code, K sizes, a positive scale, margins that stay far from overflow."""
    scale = float(instance["scale"])
    if not is_code(instance) or scale <= 0:
        return False
    return scale * max(abs(entry) for row in instance["code"] for entry in row) < 300


def margin(instance: Instance) -> Margin:
    """The worse of g − f(αm̄) and f(αm) − g at scale α, in floats."""
    code, sizes, scale = instance["code"], instance["sizes"], float(instance["scale"])
    fit = code_fit(code, scale, sizes)
    low, high = (
        float(COLLAPSE_FIT(scale=scale * float(at), classes=len(code)))
        for at in (Fraction(mean_margin(_exact(code), sizes)), least_margin(code))
    )
    error = LINEAR_ALGEBRA * (1 + high) * (1 + scale * float(np.max(np.abs(code))))
    return worst_of([Margin.at_least(fit, low, error=error), Margin.at_least(high, fit, error=error)])


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    from numerics.exact.codes import code_fit_ball

    code, sizes, scale = instance["code"], instance["sizes"], Fraction(instance["scale"])
    fit = code_fit_ball(code, scale, sizes)
    low, high = (
        COLLAPSE_FIT.ball(scale=scale * Fraction(at), classes=len(code))
        for at in (mean_margin(_exact(code), sizes), least_margin(code))
    )
    return worst_of([Margin.of_ball(fit - low), Margin.of_ball(high - fit)])


def _exact(code: Any) -> list[list[Fraction]]:
    return [[Fraction(entry) for entry in row] for row in code]


def instances() -> Any:
    """Small integer codes of two to four classes, class sizes up to four."""
    return code_instances(scale=positive_rationals(largest=4))


def sampler(generator: np.random.Generator) -> Instance:
    """Codes of up to eight classes, every fourth one nearly collapsed; scales over three decades."""
    return {**random_code(generator), "scale": float(10.0 ** generator.uniform(-2, 1))}


_OTHERS = sp.Symbol("others", positive=True)
_PLACE, _SHIFT = sp.symbols("place shift", nonnegative=True)
_TOTAL, _FIT = sp.symbols("total fit", nonnegative=True)


def _curve(margin: sp.Expr) -> sp.Expr:
    return COLLAPSE_FIT.at({SCALE: margin, CLASSES: _OTHERS + 1})


def _convex() -> Proof:
    """f″ = a e^{−x}/(1 + a e^{−x})² > 0."""
    x = _PLACE - _SHIFT
    exponential = sp.exp(-x)
    curvature = _OTHERS * exponential / (1 + _OTHERS * exponential) ** 2
    return Proof(
        title="f is strictly convex",
        variables=(
            Variable(_OTHERS, "K − 1", sp.Integer(1)),
            Variable(_PLACE, "positive part of x", sp.Integer(0)),
            Variable(_SHIFT, "negative part of x", sp.Integer(0)),
        ),
        steps=(
            Step("size", Fact(curvature, ">"), Evident(), "a quotient of positive numbers"),
            Step(
                "curvature",
                Fact(sp.diff(_curve(x), _PLACE, 2), "=", curvature),
                Identity(),
                "differentiate log(1 + (K−1)e^{−x}) twice in x",
            ),
            Step(
                "convex",
                Fact(sp.diff(_curve(x), _PLACE, 2), ">"),
                Combination(((sp.Integer(1), "curvature"), (sp.Integer(1), "size"))),
                "so Jensen's inequality applies to f",
            ),
        ),
        goals=("convex",),
    )


def _below() -> Proof:
    """g ≥ f(m̄): Jensen within a column for e^{−x}, across columns for f."""
    x = _PLACE - _SHIFT
    plus, minus = sp.symbols("mean_plus mean_minus", nonnegative=True)
    exponential = _OTHERS * sp.exp(-x)
    return Proof(
        title="no logits of mean margin m̄ fit better than collapse at scale m̄",
        variables=(
            Variable(_OTHERS, "K − 1", sp.Integer(1)),
            Variable(_PLACE, "positive part of x, the mean margin of one sample", sp.Integer(0)),
            Variable(_SHIFT, "negative part of it", sp.Integer(0)),
            Variable(plus, "positive part of m̄, the mean of the x", sp.Integer(0)),
            Variable(minus, "negative part of it", sp.Integer(0)),
            Variable(_TOTAL, "Σ e^{−margin} of a sample with mean margin x", sp.Integer(0), stands_for=True),
            Variable(_FIT, "mean over the samples of f(x)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step("weight", Fact(exponential, ">"), Evident(), "K − 1 exponentials"),
            Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
            Step(
                "inside",
                Fact(1 + exponential, ">"),
                Combination(((sp.Integer(1), "one"), (sp.Integer(1), "weight"))),
                "so its logarithm is defined",
            ),
            Step(
                "one sample",
                Fact(_TOTAL, ">=", exponential),
                Known("Jensen 1906: the mean of e^{−margin} is at least e^{−mean}"),
                "K − 1 margins of mean x",
            ),
            Step(
                "column",
                Fact(sp.log(1 + _TOTAL), ">=", sp.log(1 + exponential)),
                Increasing("log", 1 + _TOTAL, 1 + exponential, "one sample", "inside"),
                "cross-entropy of one sample is at least f of its mean margin",
            ),
            Step(
                "all samples",
                Fact(_FIT, ">=", _curve(plus - minus)),
                Known("Jensen 1906: the mean of the convex f is at least f of the mean"),
                "f is convex, and the x have mean m̄",
            ),
            Step(
                "fit",
                Fact(_FIT + sp.log(1 + _TOTAL) - sp.log(1 + exponential), ">=", _curve(plus - minus)),
                Combination(((sp.Integer(1), "all samples"), (sp.Integer(1), "column"))),
                "g is the mean of f(x) plus the mean excess of the columns, each non-negative",
            ),
        ),
        goals=("fit",),
    )


def _above() -> Proof:
    """g ≤ f(m): no exponential exceeds that of the least margin."""
    extra = sp.Symbol("extra", nonnegative=True)
    least = _PLACE - _SHIFT
    return Proof(
        title="logits of least margin m fit at least as well as collapse at scale m",
        variables=(
            Variable(_OTHERS, "K − 1", sp.Integer(1)),
            Variable(_PLACE, "positive part of the least margin m", sp.Integer(0)),
            Variable(_SHIFT, "negative part of it", sp.Integer(0)),
            Variable(extra, "what a margin exceeds m by", sp.Integer(0)),
        ),
        steps=(
            Step("others", Fact(_OTHERS, ">"), RationalSign(), "another class"),
            Step("extra", Fact(extra, ">="), RationalSign(), "m is the least margin"),
            Step(
                "one margin",
                Fact(sp.exp(-least), ">=", sp.exp(-least - extra)),
                Increasing("exp", -least, -least - extra, "extra"),
                "its exponential is at most that of m",
            ),
            Step("positive", Fact(1 + _OTHERS * sp.exp(-least - extra), ">"), Evident(), "a sum of such"),
            Step(
                "sum",
                Fact(1 + _OTHERS * sp.exp(-least), ">=", 1 + _OTHERS * sp.exp(-least - extra)),
                Combination((("others", "one margin"),)),
                "write the mean of the K − 1 exponentials as e^{−m−extra}",
            ),
            Step(
                "column",
                Fact(_curve(least), ">=", _curve(least + extra)),
                Increasing(
                    "log",
                    1 + _OTHERS * sp.exp(-least),
                    1 + _OTHERS * sp.exp(-least - extra),
                    "sum",
                    "positive",
                ),
                "each column, so the mean over the samples too",
            ),
        ),
        goals=("column",),
    )


CLAIM = Claim(
    id="cross-entropy/fit-between-margins",
    title="The fit of any logits lies between those of collapse at the mean and at the least margin",
    statement=(
        r"f(\bar m)\le g(Z)\le f(m),\qquad f(\alpha)=\log\left(1+(K-1)e^{-\alpha}\right),\quad "
        r"\bar m=\operatorname{mean}_{s,\,i\ne y_s}(Z_{y_s s}-Z_{is}),\quad "
        r"m=\min_{s,\,i\ne y_s}(Z_{y_s s}-Z_{is})"
    ),
    source=RANKCOLLAPSE.at("fit between two margins"),
    computed="both differences on random codes, scales and class sizes",
    tight="yes: collapse",
    instances=instances,
    sampler=sampler,
    hypotheses=well_formed,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_convex(), _below(), _above()),
)
