"""From α = K(F−2)/F on no block at collapse is negative; below, the critical one is the first."""

import sympy as sp

from theory.cross_entropy.stability import STABILITY_SCALE
from theory.symbols import CLASSES, FACTORS
from verify.claims.landscape.lemmas.contrast import CONTRAST_RANGE, COUPLING_SQUARED, FREE_SCALE, TERMS
from verify.claims.landscape.lemmas.steps import same
from verify.proof import Fact, Proof, RationalSign, Step, Variable

_SLACK = sp.Symbol("slack", nonnegative=True)


def none_is_negative() -> Proof:
    """From the threshold on no block is negative: slack = Fα/K − (F−2) ≥ 0, L = 1 included."""
    scale = CLASSES * (FACTORS - 2 + _SLACK) / FACTORS

    def there(name: str) -> sp.Expr:
        return TERMS[name].subs(FREE_SCALE, scale)

    def sign(name: str, because: str) -> Step:
        return Step(name, Fact(there(name), ">="), RationalSign(), because)

    return Proof(
        title="α ≥ K(F−2)/F makes every block positive semidefinite",
        variables=(
            Variable(_SLACK, "Fα/K − (F−2)", sp.Integer(0)),
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(FACTORS, "F", sp.Integer(2)),
            CONTRAST_RANGE,
        ),
        steps=(
            same("critical", there("critical"), _SLACK, "the critical eigenvalue is the slack"),
            sign("scale", "slack plus a positive multiple of αc"),
            sign("factors", "Q₁₁"),
            sign("features", "Q₂₂"),
            sign("determinant", "Q₁₁Q₂₂ − Q₁₂²; all other eigenvalues are positive sums"),
            same(
                "determinant is that of the block",
                there("determinant"),
                there("factors") * there("features") - COUPLING_SQUARED.subs(FREE_SCALE, scale),
                "so Q is positive semidefinite",
            ),
        ),
        goals=("critical", "scale", "factors", "features", "determinant", "determinant is that of the block"),
        rests_on=("landscape/collapse-spectrum",),
    )


def critical_is_first() -> Proof:
    """Below the threshold the critical eigenvalue is the smallest and, for K ≥ 4, occurs."""
    k, f, a = CLASSES, FACTORS, FREE_SCALE
    negative = -_SLACK
    rise = {name: TERMS[name] - TERMS["critical"] for name in ("scale", "factors")}
    return Proof(
        title="for K ≥ 4 the critical eigenvalue is the first to turn negative",
        variables=(
            Variable(a, "α", sp.Integer(0), open_low=True),
            Variable(k, "K", sp.Integer(4)),
            Variable(f, "F", sp.Integer(2)),
            CONTRAST_RANGE,
            Variable(_SLACK, "minus the critical eigenvalue, where it is not positive", sp.Integer(0)),
        ),
        steps=(
            Step("it occurs", Fact(k * (k - 3) / 2, ">"), RationalSign(), "K(K−3)/2 ≥ 2 times"),
            Step("below scale", Fact(rise["scale"], ">"), RationalSign(), "the scale has more"),
            Step("below factors", Fact(rise["factors"], ">"), RationalSign(), "and Q₁₁"),
            Step("below features", Fact(TERMS["features"] - negative, ">"), RationalSign(), "and Q₂₂"),
            Step(
                "below the standard block",
                Fact(rise["factors"] * (TERMS["features"] - negative) - COUPLING_SQUARED, ">"),
                RationalSign(),
                "det(Q − critical·I) > 0, so both eigenvalues of Q are above it; the rest is positive",
            ),
            same(
                "threshold",
                TERMS["critical"].subs(a, STABILITY_SCALE.expression),
                sp.Integer(0),
                "it vanishes at α = K(F−2)/F and is negative below",
            ),
        ),
        goals=("it occurs", "below scale", "below factors", "below features", "below the standard block",
               "threshold"),
        rests_on=("landscape/collapse-spectrum",),
    )  # fmt: skip
