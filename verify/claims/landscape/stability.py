"""When a collapse point has a positive semidefinite Hessian: the sharp form of Theorem 4.

Statement   K ≥ 4: iff α ≥ K(F−2)/F, and the critical eigenvalue Fα/K − (F−2) is the first to turn negative.
            K = 3: iff Q₁₁Q₂₂ ≥ Q₁₂², from one root on. K = 2: iff α ≥ α_c. L = 1: for every α > 0.
Source      2410.23169, Theorem 4 (for small weight decay); sharp form derived for this project.
Computed    least eigenvalue of the dense Hessian on either side of the threshold.
Tight       an equivalence, for every F ≥ 2, n ≥ 1, d ≥ K − 1, with equal decays.
"""

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE_DECAY
from theory.cross_entropy.stability import (
    REDUCED_DETERMINANT,
    STABILITY_DECAY,
    STABILITY_SCALE,
    STANDARD_DETERMINANT,
    log_stability_decay,
    stability_scale,
)
from theory.landscape.collapse_hessian import (
    CONTRAST,
    CRITICAL_EIGENVALUE,
    SCALE_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
)
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claim import Claim, Run
from verify.claims.landscape.collapse_spectrum import (
    dense_spectrum,
    instances,
    is_wide_enough,
    partition_steps,
    same,
    sampler,
)
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Increasing, Proof, RationalSign, Step, Variable

_CONTRAST = sp.Symbol("c", positive=True)
_SLACK = sp.Symbol("slack", nonnegative=True)
_OTHER_SCALE = sp.Symbol("alpha", positive=True)
"""Stands for α where the proof treats c = 1 − Kp as independent of it."""


def margin(instance: Instance) -> Margin:
    """Below the threshold minus the least eigenvalue; from it on, that none is negative."""
    found, error = dense_spectrum(instance)
    least = float(found[0])
    if float(instance["scale"]) < stability_scale(instance["classes"], instance["factors"]):
        return Margin.at_least(0.0, least, error=error)
    return Margin.equal(min(least, 0.0), 0.0, error=error)


def _free(expression: sp.Expr) -> sp.Expr:
    """The expression with α and the contrast c as independent variables."""
    return expression.subs(CONTRAST.expression, _CONTRAST).subs(SCALE, _OTHER_SCALE)


_TERMS = {
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
_COUPLING_SQUARED = _free(STANDARD_COUPLING.expression**2)
_CONTRAST_RANGE = Variable(
    _CONTRAST, "c = 1 − Kp", sp.Integer(0), sp.Integer(1), open_low=True, open_high=True
)


def _contrast() -> Proof:
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


def _semidefinite() -> Proof:
    """From the threshold on no block is negative: slack = Fα/K − (F−2) ≥ 0, L = 1 included."""
    scale = CLASSES * (FACTORS - 2 + _SLACK) / FACTORS

    def there(name: str) -> sp.Expr:
        return _TERMS[name].subs(_OTHER_SCALE, scale)

    def sign(name: str, because: str) -> Step:
        return Step(name, Fact(there(name), ">="), RationalSign(), because)

    return Proof(
        title="α ≥ K(F−2)/F makes every block positive semidefinite",
        variables=(
            Variable(_SLACK, "Fα/K − (F−2)", sp.Integer(0)),
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(FACTORS, "F", sp.Integer(2)),
            _CONTRAST_RANGE,
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
                there("factors") * there("features") - _COUPLING_SQUARED.subs(_OTHER_SCALE, scale),
                "so Q is positive semidefinite",
            ),
        ),
        goals=("critical", "scale", "factors", "features", "determinant", "determinant is that of the block"),
        rests_on=("landscape/collapse-spectrum",),
    )


def _first() -> Proof:
    """Below the threshold the critical eigenvalue is the smallest and, for K ≥ 4, occurs."""
    k, f, a = CLASSES, FACTORS, _OTHER_SCALE
    negative = -_SLACK
    rise = {name: _TERMS[name] - _TERMS["critical"] for name in ("scale", "factors")}
    return Proof(
        title="for K ≥ 4 the critical eigenvalue is the first to turn negative",
        variables=(
            Variable(a, "α", sp.Integer(0), open_low=True),
            Variable(k, "K", sp.Integer(4)),
            Variable(f, "F", sp.Integer(2)),
            _CONTRAST_RANGE,
            Variable(_SLACK, "minus the critical eigenvalue, where it is not positive", sp.Integer(0)),
        ),
        steps=(
            Step("it occurs", Fact(k * (k - 3) / 2, ">"), RationalSign(), "K(K−3)/2 ≥ 2 times"),
            Step("below scale", Fact(rise["scale"], ">"), RationalSign(), "the scale has more"),
            Step("below factors", Fact(rise["factors"], ">"), RationalSign(), "and Q₁₁"),
            Step("below features", Fact(_TERMS["features"] - negative, ">"), RationalSign(), "and Q₂₂"),
            Step(
                "below the standard block",
                Fact(rise["factors"] * (_TERMS["features"] - negative) - _COUPLING_SQUARED, ">"),
                RationalSign(),
                "det(Q − critical·I) > 0, so both eigenvalues of Q are above it; the rest is positive",
            ),
            same(
                "threshold",
                _TERMS["critical"].subs(a, STABILITY_SCALE.expression),
                sp.Integer(0),
                "it vanishes at α = K(F−2)/F and is negative below",
            ),
        ),
        goals=("it occurs", "below scale", "below factors", "below features", "below the standard block",
               "threshold"),
        rests_on=("landscape/collapse-spectrum",),
    )  # fmt: skip


def _three_classes() -> Proof:
    """K = 3 has no critical directions: the standard block decides, from one root of its determinant on."""
    a, c, f = _OTHER_SCALE, _CONTRAST, FACTORS
    three = {name: expression.subs(CLASSES, 3) for name, expression in _TERMS.items()}
    top = STABILITY_SCALE.at(classes=3)
    return Proof(
        title="K = 3: semidefinite iff Q₁₁Q₂₂ ≥ Q₁₂², that is, from one scale on",
        variables=(
            Variable(a, "α", sp.Integer(0), open_low=True),
            Variable(f, "F", sp.Integer(2)),
            _CONTRAST_RANGE,
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


def _two_classes() -> Proof:
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


def _decay() -> Proof:
    """The largest stable decay in closed form."""
    return Proof(
        title="the weight decay of the threshold, K ≥ 4",
        variables=(
            Variable(CLASSES, "K", sp.Integer(4)),
            Variable(FACTORS, "F", sp.Integer(3)),
        ),
        steps=(
            *partition_steps(STABILITY_SCALE.expression),
            same(
                "decay",
                STABILITY_DECAY.expression,
                COLLAPSE_DECAY.at({SCALE: STABILITY_SCALE.expression}),
                "μ(α) falls beyond α_c, so a larger scale is a smaller decay",
            ),
        ),
        goals=("decay",),
        rests_on=("cross-entropy/collapse-scale",),
    )


def thresholds(run: Run) -> Evidence:
    """Dense Hessians a little below and above each threshold, for K = 2…6 and F = 2…5."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in range(2, 7 if run.level == "full" else 6):
        for factors in range(2, 6):
            threshold = stability_scale(classes, factors)
            place = {"classes": classes, "factors": factors, "samples_per_class": 2, "width": classes}
            least: list[float] = []
            for scale in (0.98 * threshold, 1.02 * threshold) if threshold else (0.01,):
                instance = place | {"scale": scale}
                margins.append(margin(instance))
                least.append(float(dense_spectrum(instance)[0][0]))
            below = least[0] if threshold else "—"
            decay = float(np.exp(log_stability_decay(classes, factors)))
            rows.append((classes, factors, threshold, decay, below, least[-1]))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"dense Hessians change sign where predicted, {len(rows)} pairs (K, F)",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Least eigenvalue of the dense Hessian, in units of λ (n = 2, d = K)",
                ("K", "F", "least stable α", "largest stable μ", "2 % below", "2 % above"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/stability",
    title="Collapse has a positive semidefinite Hessian exactly from a known scale on",
    statement=(
        r"K\ge4:\ \nabla^2\mathcal L\succeq0\iff\alpha\ge\frac{K(F-2)}F;\quad "
        r"K=3:\iff Q_{11}Q_{22}\ge Q_{12}^2;\quad K=2:\iff\alpha\ge\alpha_c;\quad L=1:\ \text{always}"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 4"),
    computed="least eigenvalue of the dense Hessian on either side of the threshold",
    tight="an equivalence",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(_contrast(), _semidefinite(), _first(), _three_classes(), _two_classes(), _decay()),
    experiments=(thresholds,),
    quick_samples=150,
    full_samples=3_000,
)
