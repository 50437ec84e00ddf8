"""Deep regression: directions switch off in the order of their variance, each at its own weight decay.

Statement   F ≥ 3, width d: the optimum keeps the min(d, #{i: Nλ ≤ ν*(y_i)}) directions of largest y_i, and ν*
            increases with y. For Nλ ≤ ν*(y_r), y_r the smallest non-zero singular value, and d ≥ r the rank
            is the targets' intrinsic rank r; above ν*(y_1) it is zero. (At Nλ = ν*(y_i) both are global.)
Source      derived for this project; the rank observed in 2603.23805.
Computed    ν* of two directions; what keeping a direction saves; descent at every rank and below full width.
Tight       exact thresholds.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.regression.deep_collapse import regression_optimum
from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import GLOBAL_DECAY, optimal_mode
from theory.symbols import FACTORS, TARGET, positive
from theory.tolerances import CLOSED_FORM, DESCENT_AGREEMENT, NUMERICAL_RANK
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Increasing, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """ν* of the larger direction minus that of the smaller, and likewise what keeping each saves."""
    larger, smaller = (float(instance["smaller"]) + float(instance["more"]), float(instance["smaller"]))
    factors, decay = int(instance["factors"]), float(instance["mode_decay"])
    savings = [value**2 / 2 - optimal_mode(value, decay, factors).loss for value in (larger, smaller)]
    if savings[1] < -CLOSED_FORM * smaller**2 or savings[0] < savings[1] - 4 * CLOSED_FORM * larger**2:
        return Margin(min(savings[1], savings[0] - savings[1]), 0.0)
    first, second = (float(GLOBAL_DECAY(target=value, factors=factors)) for value in (larger, smaller))
    return Margin.at_least(first, second)


def meets_hypotheses(instance: Instance) -> bool:
    """F ≥ 3, y > 0, a larger y, ν > 0."""
    positive_values = instance["smaller"] > 0 and instance["more"] > 0 and instance["mode_decay"] > 0
    return bool(instance["factors"] >= 3 and positive_values)


def sampler(generator: np.random.Generator) -> Instance:
    """Targets over four orders of magnitude, gaps from large to small."""
    return {
        "factors": int(generator.integers(3, 20)),
        "smaller": float(10.0 ** generator.uniform(-2, 2)),
        "more": float(10.0 ** generator.uniform(-6, 2)),
        "mode_decay": float(10.0 ** generator.uniform(-4, 2)),
    }


def instances() -> Any:
    """Small rationals."""
    from hypothesis import strategies as st

    number = positive_rationals(largest=4)
    fields = {"smaller": number, "more": number, "mode_decay": number}
    return st.fixed_dictionaries({"factors": st.integers(3, 8)} | fields)


def _order() -> Proof:
    """ν*(y) = y^{2(F−1)/F} ν*(1)."""
    more, extra = positive("more"), positive("extra")
    power = 2 * (extra + 1) / (extra + 2)
    larger = TARGET + more
    logs = (power * sp.log(larger), power * sp.log(TARGET))
    threshold = GLOBAL_DECAY.at({FACTORS: extra + 2})
    unit = threshold.subs(TARGET, 1)
    return Proof(
        title="the direction of smaller variance switches off at the smaller decay",
        variables=(
            Variable(TARGET, "y of the smaller direction", sp.Integer(0), open_low=True),
            Variable(more, "by how much the other y is larger", sp.Integer(0), open_low=True),
            Variable(extra, "F − 2", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("y is positive", Fact(TARGET, ">"), RationalSign(), "a direction of the targets"),
            Step("targets", Fact(larger, ">", TARGET), RationalSign(), "by the definition of more"),
            Step(
                "logarithms",
                Fact(sp.log(larger), ">", sp.log(TARGET)),
                Increasing("log", larger, TARGET, "targets", "y is positive"),
                "log increases",
            ),
            Step("power", Fact(power, ">"), RationalSign(), "2(F−1)/F"),
            Step("exponents", Fact(logs[0], ">", logs[1]), Combination((("power", "logarithms"),)), "scaled"),
            Step(
                "powers",
                Fact(sp.exp(logs[0]), ">", sp.exp(logs[1])),
                Increasing("exp", *logs, "exponents"),
                "y^{2(F−1)/F} increases",
            ),
            Step("unit", Fact(unit, ">"), Evident(), "ν*(1)"),
            Step(
                "thresholds",
                Fact(threshold.subs(TARGET, larger), ">", threshold),
                Combination((("unit", "powers"),)),
                "ν*(y) = y^{2(F−1)/F} ν*(1)",
            ),
        ),
        goals=("thresholds",),
        rests_on=("squared-loss/mode-optimum", "regression/deep-collapse"),
    )


def _width() -> Proof:
    """What σ saves over zero, yσ − σ²/2 − (Fν/2)σ^{2/F}, increases with y: so does its maximum."""
    value, more = sp.Symbol("value", nonnegative=True), sp.Symbol("more", nonnegative=True)
    cost = sp.Symbol("cost", nonnegative=True)
    saving = TARGET * value - value**2 / 2 - cost
    larger = saving.subs(TARGET, TARGET + more)
    return Proof(
        title="with too little width the largest directions are kept",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(more, "by how much the other y is larger", sp.Integer(0)),
            Variable(value, "σ", sp.Integer(0)),
            Variable(cost, "(Fν/2)σ^{2/F}", sp.Integer(0)),
        ),
        steps=(
            Step(
                "saving",
                Fact(TARGET**2 / 2 - (TARGET - value) ** 2 / 2 - cost, "=", saving),
                Identity(),
                "loss of σ = 0 minus loss of σ",
            ),
            Step(
                "larger saving",
                Fact(larger, ">=", saving),
                RationalSign(),
                "of d directions the d largest save most: a product of rank d has d modes",
            ),
        ),
        goals=("saving", "larger saving"),
        rests_on=("squared-loss/modes-decouple",),
    )


def descent(run: Run) -> Evidence:
    """Rank by descent between all thresholds, with full width and with width one and two (L = 2)."""
    from numerics.descent.initialisation import balanced_factors, gaussian_factors
    from numerics.descent.linear_chain import descend_squared_loss
    from numerics.metrics.spectrum import numerical_rank

    generator = run.generator("regression/switching-off", "descent")
    left = np.linalg.qr(generator.standard_normal((4, 3)))[0]
    drawn = generator.standard_normal((9, 3))
    right = np.linalg.qr(drawn - drawn.mean(axis=0))[0]
    values = np.array([3.0, 2.0, 1.2])
    targets = left * values @ right.T + generator.standard_normal((4, 1))
    thresholds = np.asarray(GLOBAL_DECAY(target=values, factors=3.0)) / 9
    decays = [0.9 * thresholds[2], 1.1 * thresholds[2], 0.9 * thresholds[0], 1.1 * thresholds[0]]
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for decay in map(float, decays):
        for width in (4, 2, 1):
            optimum = regression_optimum(targets, decay, depth=2, width=width)
            kept = optimum.factor_values > 0
            u, _, vt = np.linalg.svd(targets - targets.mean(axis=1, keepdims=True), full_matrices=False)
            product = (u[:, kept], optimum.factor_values[kept] ** 3, vt[kept].T)
            if optimum.rank:
                start = balanced_factors(product, factors=3, width=width)
                start = [factor + 0.02 * generator.standard_normal(factor.shape) for factor in start]
            else:
                start = gaussian_factors([(width, 9), (width, width), (4, width)], scale=0.2, rng=generator)
            end = descend_squared_loss(
                start, targets, decay, free_bias=True, step=0.2, max_steps=60_000, momentum=0.9
            )
            large = float(np.linalg.norm(end.product)) > NUMERICAL_RANK
            rank = numerical_rank(end.factors[1], relative_threshold=NUMERICAL_RANK) if large else 0
            margins += [
                Margin.equal(rank, optimum.rank, error=0.0),
                Margin.equal(end.loss, optimum.loss, error=DESCENT_AGREEMENT),
            ]
            rows.append((decay, width, optimum.rank, rank, optimum.loss, end.loss))
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"rank and loss agree in {len(rows)} runs",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                f"Singular values 3, 2, 1.2; thresholds {', '.join(f'{t:.4f}' for t in thresholds)}",
                ("λ", "width", "rank", "rank measured", "loss", "loss measured"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="regression/switching-off",
    title="Directions of the targets switch off one by one, the smallest first",
    statement=(
        r"\operatorname{rank}=\min\bigl(d,\ \#\{i:\ N\lambda\le\nu^*(y_i)\}\bigr),\qquad"
        r" y_a>y_b\Rightarrow\nu^*(y_a)>\nu^*(y_b)"
    ),
    source=RANKCOLLAPSE.at("theory 2.4, model of 2603.23805"),
    computed="ν* and savings of two directions; descent between all thresholds and at small widths",
    tight="exact thresholds",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_order(), _width()),
    experiments=(descent,),
)
