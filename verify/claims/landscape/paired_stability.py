"""When a paired point has a positive semidefinite Hessian.

Statement   Even K ≥ 4 and L ≥ 2: iff 2Fβ ≥ (F−2)(K − 2 + 2e^{−β}), that is, from β = g + W₀(ae^{−g}) on, with
            a = (F−2)/F and g = a(K−2)/2: about half the threshold K(F−2)/F of collapse.
Source      derived for this project, beside 2410.23169, Theorem 4.
Computed    least eigenvalue of the dense Hessian on either side of the threshold.
Tight       an equivalence, for every even K ≥ 4, F ≥ 3, n ≥ 1, d ≥ K/2, with equal decays.
"""

import sympy as sp

from theory.cross_entropy.stability import PAIRED_STABILITY_SCALE
from theory.landscape.paired_hessian import OWN_STRENGTH, PAIRED_BLOCKS, STRENGTH, TENSION
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claim import Claim, Run
from verify.claims.landscape import paired_spectrum
from verify.claims.landscape.lemmas.steps import same
from verify.claims.landscape.paired_spectrum import dense_spectrum, instances, sampler
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Increasing, Proof, RationalSign, Rising, Step, Variable

_X = sp.Symbol("x", positive=True)
_EXCESS = sp.Symbol("excess", nonnegative=True)


def threshold(instance: Instance) -> float:
    """The least stable β of the instance's K and F."""
    return float(PAIRED_STABILITY_SCALE(classes=2 * instance["pairs"], factors=instance["factors"]))


def margin(instance: Instance) -> Margin:
    """Below the threshold minus the least eigenvalue; from it on, that none is negative."""
    found, error = dense_spectrum(instance)
    least = float(found[0])
    if float(instance["scale"]) < threshold(instance):
        return Margin.at_least(0.0, least, error=error)
    return Margin.equal(min(least, 0.0), 0.0, error=error)


def is_deep_enough(instance: Instance) -> bool:
    """As for the spectrum, with F ≥ 3."""
    return paired_spectrum.is_wide_enough(instance) and instance["factors"] >= 3


def _above_line() -> Proof:
    """β > 1 − e^{−β}."""
    return Proof(
        title="the scale exceeds 1 − e^{−β}",
        variables=(Variable(SCALE, "β", sp.Integer(0), open_low=True),),
        steps=(
            Step("scale", Fact(SCALE, ">"), RationalSign(), "β > 0"),
            Step(
                "slope",
                Fact(sp.Integer(1), ">", sp.exp(-SCALE)),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "derivative of β − 1 + e^{−β}",
            ),
            Step("start", Fact(sp.exp(sp.Integer(0)) - 1, "="), Identity(), "its value at β = 0"),
            Step(
                "above",
                Fact(SCALE - 1 + sp.exp(-SCALE), ">"),
                Rising(SCALE, "slope", "start"),
                "so the excess β − (1 − e^{−β}) is positive",
            ),
        ),
        goals=("above",),
    )


def _free(expression: sp.Expr) -> sp.Expr:
    """With x = e^{−β} and β = 1 − x + excess as independent variables."""
    return expression.subs(sp.exp(-SCALE), _X).subs(SCALE, 1 - _X + _EXCESS)


def _blocks() -> Proof:
    """Every block but the symmetric ones is positive, and of these two pairs come first."""
    rows = next(block.rows for block in PAIRED_BLOCKS.blocks if len(block.rows) == 3)
    own, across, rest, tension = rows[0][0], rows[0][1], rows[2][2], rows[0][2]
    minor = own * rows[1][1] - across**2
    partition = 1 + (CLASSES - 2) * _X + _X**2
    slope = CLASSES - 2 + 2 * _X
    return Proof(
        title="a paired point is semidefinite iff Fτ ≥ F − 2",
        variables=(
            Variable(CLASSES, "K = 2m", sp.Integer(4)),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(_X, "x = e^{−β}", sp.Integer(0), sp.Integer(1), open_low=True, open_high=True),
            Variable(_EXCESS, "β − (1 − x)", sp.Integer(0)),
        ),
        steps=(
            Step("features", Fact(_free(rows[1][1]), ">"), RationalSign(), "a pair's own block: an entry"),
            Step("minor", Fact(_free(minor), ">"), RationalSign(), "a minor"),
            Step(
                "determinant",
                Fact(_free(rest * minor - tension**2 * rows[1][1]), ">"),
                RationalSign(),
                "and its determinant: it is positive definite",
            ),
            same(
                "opposed",
                _free(1 + STRENGTH.expression - TENSION.expression) * slope,
                2 * _EXCESS,
                "1 + τ − η > 0, and all the more 1 + τ + η",
            ),
            same(
                "within and between",
                _free(OWN_STRENGTH.expression - STRENGTH.expression) * partition * slope,
                (1 - _X + _EXCESS) * (CLASSES - 4) * (1 - _X) ** 2,
                "τ_u ≥ τ: two pairs turn first, and they occur m(m−1)/2 > 0 times",
            ),
            same(
                "threshold",
                (FACTORS * _free(STRENGTH.expression) - (FACTORS - 2)) * slope,
                2 * FACTORS * (1 - _X + _EXCESS) - (FACTORS - 2) * slope,
                "Fτ − (F−2) has the sign of 2Fβ − (F−2)(K − 2 + 2e^{−β}), which increases with β",
            ),
            Step("more classes", Fact(CLASSES - 4, ">="), RationalSign(), "K ≥ 4"),
        ),
        goals=(
            "features", "minor", "determinant", "opposed", "within and between", "threshold", "more classes"
        ),
        rests_on=("landscape/paired-spectrum",),
    )  # fmt: skip


def _root() -> Proof:
    """The threshold in closed form, Lambert's W undone: ae^{−g} = we^w."""
    w, g = sp.symbols("w g", positive=True)
    a = w * sp.exp(w + g)
    return Proof(
        title="β = g + w solves 2β = a(K − 2 + 2e^{−β}) when ae^{−g} = we^w and g = a(K−2)/2",
        variables=(
            Variable(w, "w = W₀(ae^{−g})", sp.Integer(0), open_low=True),
            Variable(g, "g", sp.Integer(0), open_low=True),
        ),
        steps=(
            same(
                "root",
                2 * (g + w),
                a * (2 * g / a + 2 * sp.exp(-(g + w))),
                "both sides at β = g + w, with K − 2 = 2g/a",
            ),
        ),
        goals=("root",),
    )


def thresholds(run: Run) -> Evidence:
    """Dense Hessians a little below and above the threshold, for K = 4, 6, 8."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for pairs in (2, 3, 4) if run.level == "full" else (2, 3):
        for factors in (3, 4, 5):
            place = {"pairs": pairs, "factors": factors, "samples_per_class": 2, "width": pairs + 1}
            scale = threshold(place)
            near = [place | {"scale": share * scale} for share in (0.98, 1.02)]
            margins += [margin(instance) for instance in near]
            least = [float(dense_spectrum(instance)[0][0]) for instance in near]
            rows.append((2 * pairs, factors, scale, 2 * pairs * (factors - 2) / factors, *least))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"dense Hessians change sign where predicted, {len(rows)} pairs (K, F)",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Least eigenvalue of the dense Hessian, in units of λ (n = 2, d = K/2 + 1)",
                ("K", "F", "least stable β", "least stable α of collapse", "2 % below", "2 % above"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/paired-stability",
    title="A paired point has a positive semidefinite Hessian exactly from a known scale on",
    statement=(
        r"K\ge4\text{ even},\ L\ge2:\quad \nabla^2\mathcal L\succeq0\iff "
        r"2F\beta\ge(F-2)(K-2+2e^{-\beta})\iff\beta\ge g+W_0(ae^{-g}),\quad "
        r"a=\tfrac{F-2}F,\ g=\tfrac{a(K-2)}2"
    ),
    source=RANKCOLLAPSE.at("paired stability"),
    computed="least eigenvalue of the dense Hessian on either side of the threshold",
    tight="an equivalence",
    instances=instances,
    sampler=sampler,
    hypotheses=is_deep_enough,
    margin=margin,
    proofs=(_above_line(), _blocks(), _root()),
    experiments=(thresholds,),
    quick_samples=100,
    full_samples=2_000,
)
