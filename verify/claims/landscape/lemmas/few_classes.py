"""Three classes and two, which have no critical directions."""

import sympy as sp

from theory.cross_entropy.stability import STABILITY_SCALE
from theory.landscape.collapse_hessian import SCALE_EIGENVALUE
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claims.landscape.lemmas.contrast import CONTRAST_RANGE, CONTRAST_SYMBOL, FREE_SCALE, TERMS
from verify.claims.landscape.lemmas.steps import partition_steps, same
from verify.proof import Fact, Proof, RationalSign, Step, Variable


def three_classes() -> Proof:
    """K = 3 has no critical directions: the standard block decides, from one root of its determinant on."""
    a, c, f = FREE_SCALE, CONTRAST_SYMBOL, FACTORS
    three = {name: expression.subs(CLASSES, 3) for name, expression in TERMS.items()}
    top = STABILITY_SCALE.at(classes=3)
    return Proof(
        title="K = 3: semidefinite iff Q₁₁Q₂₂ ≥ Q₁₂², that is, from one scale on",
        variables=(
            Variable(a, "α", sp.Integer(0), open_low=True),
            Variable(f, "F", sp.Integer(2)),
            CONTRAST_RANGE,
        ),
        steps=(
            same("none", CLASSES.subs(CLASSES, 3) * (CLASSES.subs(CLASSES, 3) - 3) / 2, sp.Integer(0),
                 "no symmetric 3×3 matrix of zero diagonal and row sums"),
            Step("features", Fact(three["features"], ">"), RationalSign(),
                 "Q₂₂ > 0: Q is semidefinite iff its determinant is not negative, and then Q₁₁ ≥ 0"),
            Step("scale", Fact(three["scale"] - three["factors"], ">"), RationalSign(),
                 "so the scale's eigenvalue is positive too"),
            same("reduced", three["reduced"] * (1 + a * (1 + c) / 3), three["determinant"],
                 "the determinant has the sign of the reduced one"),
            Step("rises with α", Fact(sp.diff(three["reduced"], a), ">"), RationalSign(), "at fixed c"),
            Step("rises with c", Fact(sp.diff(three["reduced"], c), ">"), RationalSign(),
                 "at fixed α; c rises with α, so the reduced determinant has at most one root"),
            same("start", three["reduced"].subs(a, 0), 2 - f, "it starts at −(F−2)"),
            Step("end", Fact(three["reduced"].subs(a, top), ">="), RationalSign(),
                 "and is not negative at K(F−2)/F, so the root exists"),
        ),
        goals=("none", "features", "scale", "reduced", "rises with α", "rises with c", "start", "end"),
        rests_on=("landscape/collapse-spectrum",),
    )  # fmt: skip


def two_classes() -> Proof:
    """K = 2: only the scale's eigenvalue can be negative; it has the sign of α − α_c."""
    a = (FACTORS - 2) / FACTORS
    h = a * (sp.exp(SCALE) + CLASSES - 1) - SCALE * sp.exp(SCALE)
    return Proof(
        title="the scale's eigenvalue has the sign of −h(α), h = a(e^α + K − 1) − αe^α",
        variables=(
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(FACTORS, "F", sp.Integer(2)),
        ),
        steps=(
            *partition_steps(),
            same(
                "scale",
                SCALE_EIGENVALUE.expression * (1 + (CLASSES - 1) * sp.exp(-SCALE)),
                -FACTORS * sp.exp(-SCALE) * h,
                "d log μ/dα has the sign of h: positive below α_c, negative beyond",
            ),
        ),
        goals=("scale",),
        rests_on=("cross-entropy/collapse-scale", "landscape/collapse-spectrum"),
    )
