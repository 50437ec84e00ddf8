"""Limits of the entries of the blocks over the scale, and what norms they have."""

import sympy as sp

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
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape.lemmas.steps import same
from verify.proof import Fact, Proof, RationalSign, Step, Variable

SIZES = (
    Variable(CLASSES, "K = 2m", sp.Integer(4)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
)
_U, _X = sp.Symbol("u", positive=True), sp.Symbol("x", nonnegative=True)
FORMS = (
    ("collapse", COLLAPSE_BLOCKS, COLLAPSE_TRACE.expression, COLLAPSE_SQUARES.expression),
    ("paired", PAIRED_BLOCKS, PAIRED_TRACE.expression, PAIRED_SQUARES.expression),
    ("paired, F = 2", SHALLOW_PAIRED_BLOCKS, PAIRED_TRACE.expression, PAIRED_SQUARES.expression),
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


def trace_and_squares(name: str, form: BlockForm, trace: sp.Expr, squares: sp.Expr) -> Proof:
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
            *(size for size in SIZES if not (shallow and size.symbol is FACTORS)),
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


def largest_eigenvalues() -> Proof:
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
        variables=SIZES[:2],
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


def larger_of_the_two() -> Proof:
    """Which of the two coefficients is larger."""
    largest = 2 * (CLASSES - 1) / (CLASSES - 2)
    deep = sp.Symbol("factors", positive=True)
    return Proof(
        title="the spectral limit: 1 for F ≥ 3, (K−2)/(K−1) for F = 2",
        variables=(SIZES[0], Variable(deep, "F", sp.Integer(3))),
        steps=(
            Step("deep", Fact(deep - largest, ">="), RationalSign(), "so both limits are F"),
            same("two factors", 2 / largest, SHALLOW_SPECTRAL_LIMIT.expression, "F = 2 < 2(K−1)/(K−2)"),
            Step("smaller", Fact(largest - 2, ">"), RationalSign(), "so the paired one is larger"),
        ),
        goals=("deep", "two factors", "smaller"),
    )


def quotients() -> Proof:
    """The three quotients."""
    return Proof(
        title="the limits as quotients of leading coefficients",
        variables=SIZES,
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
