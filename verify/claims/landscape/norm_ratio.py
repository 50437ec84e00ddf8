"""Hessian norms at collapse over those at the paired point tend to known constants.

Statement   Even K ≥ 4, equal decays, λ → 0, both structures at their larger (diverging) critical scale, n, d
            and F fixed: the ratio of the traces tends to
            2(K−1)((F−1)(K−1) + Kn)/(K²(F + 2n)), that of the Frobenius norms to the closed form of
            `FROBENIUS_LIMIT`, that of the spectral norms to 1 (F ≥ 3) or (K−2)/(K−1) (F = 2).
Source      2410.23169, Theorem 6 (a constant exists); the constants are derived for this project.
Computed    the three ratios from the block forms, at collapse scales up to 10⁶, λ down to e^{−10⁶}.
Tight       equality in the limit; the error is O(1/α) and grows with the width.
Argument    Every entry of a block is (scale)·R₁ + R₀, R₁ and R₀ rational in e^{−scale} and continuous at 0,
            so over the scale it has a limit, and traces, norms and (Weyl) eigenvalues follow, each over its
            own scale; α/β → 1, as (β − a log β) − (α − a log α) stays bounded while both diverge.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_FIT
from theory.cross_entropy.paired import PAIRED, PAIRED_COLUMN_FIT
from theory.landscape.blocks import BlockForm
from theory.landscape.collapse_hessian import COLLAPSE_BLOCKS, CONTRAST
from theory.landscape.dimension import WIDTH
from theory.landscape.norm_ratio import (
    COLLAPSE_SQUARES,
    COLLAPSE_TRACE,
    FROBENIUS_LIMIT,
    PAIRED_SQUARES,
    PAIRED_TRACE,
    SHALLOW_SPECTRAL_LIMIT,
    TRACE_LIMIT,
    norm_ratios,
    spectral_limit,
)
from theory.landscape.paired_hessian import (
    OWN_STRENGTH,
    PAIR_CONTRAST,
    PAIR_GAP,
    PAIRED_BLOCKS,
    SHALLOW_PAIRED_BLOCKS,
    STRENGTH,
    TENSION,
)
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LIMIT_EXTRAPOLATION, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.landscape.collapse_spectrum import same
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable

_SIZES = (
    Variable(CLASSES, "K = 2m", sp.Integer(4)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
)
_U, _X = sp.Symbol("u", positive=True), sp.Symbol("x", nonnegative=True)
_FORMS = (
    ("collapse", COLLAPSE_BLOCKS, COLLAPSE_TRACE, COLLAPSE_SQUARES),
    ("paired", PAIRED_BLOCKS, PAIRED_TRACE, PAIRED_SQUARES),
    ("paired, F = 2", SHALLOW_PAIRED_BLOCKS, PAIRED_TRACE, PAIRED_SQUARES),
)
_TAU = STRENGTH.expression
_PARTS = {
    "paired": {
        "between pairs": _TAU,
        "within a pair": OWN_STRENGTH.expression,
        "tension": TENSION.expression,
        "contrast": _TAU * PAIR_CONTRAST.expression,
        "gap": _TAU * PAIR_GAP.expression,
    },
    "collapse": {"contrast": SCALE * CONTRAST.expression},
}
"""What the entries are made of, beside the scale itself: at the paired point, and at collapse."""


def rescaled(expression: sp.Expr) -> sp.Expr:
    """An entry over the scale: affine in u = 1/scale, with coefficients that depend on x = e^{−scale}."""
    coefficients = sp.Poly(expression.subs(sp.exp(-SCALE), _X), SCALE).all_coeffs()
    constant, slope = [*reversed(coefficients), sp.Integer(0)][:2]
    return slope + _U * constant


def leading(entry: sp.Expr) -> sp.Expr:
    """Limit of an entry over the scale, for u and x to zero."""
    return rescaled(entry).subs({_U: 0, _X: 0})


def _norms(name: str, form: BlockForm, trace: sp.Expr, squares: sp.Expr) -> Proof:
    """What the entries are made of has limits; trace and squared norm are those of the limits."""
    shallow = form is SHALLOW_PAIRED_BLOCKS
    factors = sp.Integer(2) if shallow else FACTORS
    parts = _PARTS[name.partition(",")[0]]
    steps = [
        same(
            part,
            rescaled(expression).subs(_U, 1 / SCALE) * SCALE,
            expression.subs(sp.exp(-SCALE), _X),
            f"over the scale affine in u, rational in x, so it tends to {leading(expression)}",
        )
        for part, expression in parts.items()
    ]
    weights = (1 + (CLASSES - 1) * _X, 1 + (CLASSES - 2) * _X + _X**2, CLASSES - 2 + 2 * _X)
    for index, denominator in enumerate(weights[:1] if name == "collapse" else weights[1:]):
        steps.append(
            Step(f"denominator {index + 1}", Fact(denominator, ">"), RationalSign(), "continuous at x = 0")
        )
    sums: list[sp.Expr] = [sp.Integer(0), sp.Integer(0)]
    for block in form.blocks:
        ends = [[leading(entry.subs(FACTORS, factors)) for entry in row] for row in block.rows]
        sums[0] += block.multiplicity.subs(FACTORS, factors) * sp.Add(*[row[i] for i, row in enumerate(ends)])
        sums[1] += block.multiplicity.subs(FACTORS, factors) * sp.Add(
            *[end**2 for row in ends for end in row]
        )
    steps.append(
        same("trace", sums[0], trace.subs(FACTORS, factors), "limits of the entries, summed over the blocks")
    )
    steps.append(same("squared norm", sums[1], squares.subs(FACTORS, factors), "and their squares"))
    return Proof(
        title=f"leading trace and squared norm: {name}",
        variables=(
            *(size for size in _SIZES if not (shallow and size.symbol is FACTORS)),
            Variable(WIDTH, "d", sp.Integer(1)),
            Variable(SCALE, "α or β", sp.Integer(0), open_low=True),
            Variable(_X, "x = e^{−scale}", sp.Integer(0)),
        ),
        steps=tuple(steps),
        goals=tuple(step.name for step in steps),
        rests_on=("landscape/collapse-spectrum" if name == "collapse" else "landscape/paired-spectrum",),
    )


def _entry(form: BlockForm, size: int, row: int, column: int) -> sp.Expr:
    """Leading coefficient of an entry of the block of that size."""
    block = next(block for block in form.blocks if len(block.rows) == size)
    return leading(block.rows[row][column])


def _spectral() -> Proof:
    """Leading coefficients of the largest eigenvalues."""
    k, f = CLASSES, FACTORS
    first, last = (_entry(COLLAPSE_BLOCKS, 2, i, i) for i in (0, 1))
    coupling = _entry(COLLAPSE_BLOCKS, 2, 0, 1)
    own, across, features = (_entry(PAIRED_BLOCKS, 3, *place) for place in ((0, 0), (0, 1), (1, 1)))
    rest = _entry(PAIRED_BLOCKS, 3, 2, 2)
    alone = {
        block.name: leading(block.rows[0][0])
        for form in (COLLAPSE_BLOCKS, PAIRED_BLOCKS)
        for block in form.blocks
        if len(block.rows) == 1
    }
    largest = 2 * (k - 1) / (k - 2)
    return Proof(
        title="leading coefficients: F at collapse; max(F, 2(K−1)/(K−2)) at the paired point",
        variables=_SIZES[:2],
        steps=(
            same("scale", alone["scale"], f, "collapse: along the scale"),
            Step("above factors", Fact(f - first, ">"), RationalSign(), "F − Q₁₁ > 0"),
            same(
                "above the standard block",
                (f - first) * (f - last) - coupling**2,
                f * (f - 1) / k,
                "det(F·I − Q) > 0: both eigenvalues of Q are below F; all others are F/K, 1/K, 1 or 0",
            ),
            Step("positive", Fact(f * (f - 1) / k, ">"), RationalSign(), "F ≥ 2"),
            same("one pair", alone["symmetric, one pair"], f, "paired: symmetric, on the diagonal"),
            Step("two pairs", Fact(f - alone["symmetric, two pairs"], ">="), RationalSign(), "no larger"),
            same("no gap", own * features - across**2, sp.Integer(0), "own pair: one eigenvalue is 0"),
            same("own pair", own + features, largest, "the other one is the trace, 2(K−1)/(K−2)"),
            Step("others", Fact(largest - rest, ">"), RationalSign(), "the rest, 2/(K−2) or 1, is smaller"),
        ),
        goals=("scale", "above factors", "above the standard block", "positive", "one pair", "two pairs",
               "no gap", "own pair", "others"),
        rests_on=("landscape/collapse-spectrum", "landscape/paired-spectrum"),
    )  # fmt: skip


def _spectral_limit() -> Proof:
    """Which of the two coefficients is larger."""
    largest = 2 * (CLASSES - 1) / (CLASSES - 2)
    deep = sp.Symbol("factors", positive=True)
    return Proof(
        title="the spectral limit: 1 for F ≥ 3, (K−2)/(K−1) for F = 2",
        variables=(_SIZES[0], Variable(deep, "F", sp.Integer(3))),
        steps=(
            Step("deep", Fact(deep - largest, ">="), RationalSign(), "so both limits are F"),
            same("two factors", 2 / largest, SHALLOW_SPECTRAL_LIMIT.expression, "F = 2 < 2(K−1)/(K−2)"),
            Step("smaller", Fact(largest - 2, ">"), RationalSign(), "so the paired one is larger"),
        ),
        goals=("deep", "two factors", "smaller"),
    )


def _constants() -> Proof:
    """The three quotients."""
    return Proof(
        title="the limits as quotients of leading coefficients",
        variables=_SIZES,
        steps=(
            same(
                "trace",
                COLLAPSE_TRACE.expression / PAIRED_TRACE.expression,
                TRACE_LIMIT.expression,
                "with α/β → 1",
            ),
            same(
                "Frobenius",
                COLLAPSE_SQUARES.expression / PAIRED_SQUARES.expression,
                FROBENIUS_LIMIT.expression**2,
                "squared",
            ),
        ),
        goals=("trace", "Frobenius"),
    )


def _scales() -> Proof:
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
            _SIZES[0],
            _SIZES[1],
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


SHOWN = (10.0, 30.0, 100.0, 300.0, 1e3, 1e4, 1e5, 1e6)
SETTINGS = ((4, 2, 1, 4), (4, 3, 1, 4), (4, 4, 1, 4), (6, 3, 1, 6), (6, 3, 5, 12), (10, 5, 2, 10))
"""K, F, n, d."""
DENSE_SETTINGS = ((4, 2, 1, 4), (4, 3, 2, 5), (4, 4, 1, 4), (6, 3, 1, 6))


_NORMS: dict[str, Callable[[Any], float]] = {
    "trace": lambda matrix: float(np.trace(matrix)),
    "spectral": lambda matrix: float(np.linalg.norm(matrix, 2)),
    "frobenius": lambda matrix: float(np.linalg.norm(matrix)),
}


def convergence(run: Run) -> Evidence:
    """The three ratios along decreasing decay, and their extrapolation in 1/α against the constants."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    curves: list[Series] = []
    for classes, factors, samples, width in SETTINGS:
        place = {"classes": classes, "factors": factors, "width": width, "samples_per_class": samples}
        where = {"classes": classes, "factors": factors, "samples_per_class": samples}
        limits = (
            float(TRACE_LIMIT(**where)), spectral_limit(classes, factors), float(FROBENIUS_LIMIT(**where))
        )  # fmt: skip
        found = [norm_ratios(collapse_scale=scale, **place) for scale in SHOWN]
        for ratios in found:
            shown = (ratios.trace, ratios.spectral, ratios.frobenius)
            rows.append((classes, factors, samples, width, ratios.collapse_scale, *shown))
        near, far = found[-2], found[-1]
        for name, limit in zip(("trace", "spectral", "frobenius"), limits, strict=True):
            extrapolated = (10 * getattr(far, name) - getattr(near, name)) / 9
            margins.append(Margin.equal(extrapolated, limit, error=LIMIT_EXTRAPOLATION))
        rows.append((classes, factors, samples, width, "limit", *limits))
        distance = tuple(abs(ratios.frobenius - limits[2]) for ratios in found)
        curves.append(Series(f"K = {classes}, F = {factors}, n = {samples}, d = {width}", SHOWN, distance))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"limits reached within {max(-margin.value for margin in margins):.1g}, α up to 10⁶",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Ratios of Hessian norms, collapse over paired",
                ("K", "F", "n", "d", "α", "trace", "spectral", "Frobenius"),
                tuple(rows),
            ),
        ),
        plots=(
            Plot("Distance of the Frobenius ratio from its limit", "α", "distance", tuple(curves),
                 x_log=True, y_log=True),
        ),
    )  # fmt: skip


def dense_ratios(run: Run) -> Evidence:
    """The same ratios from dense Hessians at decays that floats can reach."""
    margins: list[Margin] = []
    for classes, factors, samples, width in DENSE_SETTINGS:
        for scale in (4.0, 9.0, 16.0):
            place = {"classes": classes, "factors": factors, "width": width, "samples_per_class": samples}
            ratios = norm_ratios(collapse_scale=scale, **place)
            collapse = _dense(np.eye(classes) - 1 / classes, scale, ratios.log_decay, place)
            code = np.kron(np.eye(classes // 2), [[1.0, -1.0], [-1.0, 1.0]])
            paired = _dense(code, ratios.paired_scale, ratios.log_decay, place)
            error = LINEAR_ALGEBRA * (1 + scale) * collapse.shape[0]
            for name, norm in _NORMS.items():
                margins.append(
                    Margin.equal(norm(collapse) / norm(paired), getattr(ratios, name), error=error)
                )
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(margins)} ratios of dense Hessians agree",
        instances=len(margins),
        worst=worst_of(margins),
    )


def _dense(
    code: NDArray[np.floating], scale: float, log_decay: float, place: Mapping[str, int]
) -> NDArray[np.float64]:
    """Dense Hessian at balanced factors of scale·code⊗1ᵀ, in units of λ."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.landscape.hessian import cross_entropy_hessian

    classes, samples, factors = place["classes"], place["samples_per_class"], place["factors"]
    decay = float(np.exp(log_decay)) / samples ** (1 / factors)
    chain = balanced_factors(
        np.kron(scale * code, np.ones((1, samples))), factors=factors, width=place["width"]
    )
    return cross_entropy_hessian(chain, np.repeat(np.arange(classes), samples), decay) / decay


CLAIM = Claim(
    id="landscape/norm-ratio",
    title="Hessian norms at collapse over those at the paired point: the limits for small weight decay",
    statement=(
        r"\lambda\to0,\ \alpha,\beta\to\infty:\quad "
        r"\frac{\operatorname{tr}_{\mathrm{DNC}}}{\operatorname{tr}_P}\to"
        r"\frac{2(K-1)((F-1)(K-1)+Kn)}{K^2(F+2n)},\quad "
        r"\frac{\|\cdot\|_{F,\mathrm{DNC}}^2}{\|\cdot\|_{F,P}^2}\to"
        r"\frac{(K-1)(K-2)\bigl(F^2+\frac{2(F(K-2)+2)}{K^2}+\frac{(n-1)(K+2)}K\bigr)}"
        r"{K\bigl(\frac{F^2K}2+2(K+1)+(n-1)K\bigr)},\quad "
        r"\frac{\|\cdot\|_{2,\mathrm{DNC}}}{\|\cdot\|_{2,P}}\to 1\ (F\ge3),\ \frac{K-2}{K-1}\ (F=2)"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 6"),
    computed="the ratios from block forms far into the limit, and from dense Hessians where floats reach",
    tight="equality in the limit; the error is O(1/α) and grows with the width",
    proofs=(
        *(_norms(name, form, trace.expression, squares.expression) for name, form, trace, squares in _FORMS),
        _spectral(),
        _spectral_limit(),
        _constants(),
        _scales(),
    ),
    experiments=(convergence, dense_ratios),
)
