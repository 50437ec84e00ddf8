"""Deep enough, collapse is not optimal.

Statement   K ≥ 4 and L ≥ 3, or K ≥ 6 and L = 2: no deep-neural-collapse point is a global minimum.
Source      2410.23169, Theorem 1.
Computed    loss of the collapsed point at any scale α > 0 minus loss of the paired point at the same scale.
Tight       the inequality between the two costs holds for exactly these (K, L); with other scales
            collapse also loses elsewhere, depending on the weight decay.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_FIT
from theory.cross_entropy.paired import PAIRED_COLUMN_FIT, PAIRS, PRINTED_PAIRED_LOSS, SINGLE
from theory.prediction import predict
from theory.problem import Problem
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, overall
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Increasing,
    Proof,
    RationalSign,
    Step,
    Variable,
)
from verify.strategies import positive_rationals


def in_hypothesis(instance: Instance) -> bool:
    """K ≥ 4 and L ≥ 3, or K ≥ 6 and L = 2; α > 0 and λ > 0."""
    classes, depth = instance["classes"], instance["depth"]
    deep_enough = (classes >= 4 and depth >= 3) or (classes >= 6 and depth == 2)
    return deep_enough and instance["scale"] > 0 and instance["scaled_decay"] > 0


def margin(instance: Instance) -> Margin:
    """Collapsed minus paired loss at one scale, in floats."""
    classes, factors = instance["classes"], instance["depth"] + 1
    shared = {"scale": float(instance["scale"]), "scaled_decay": float(instance["scaled_decay"])}
    collapsed = COLLAPSE.loss(classes=classes, factors=factors, **shared)
    paired = PRINTED_PAIRED_LOSS(pairs=classes // 2, single=classes % 2, factors=factors, **shared)
    return Margin.at_least(collapsed, paired)


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    classes, factors = instance["classes"], instance["depth"] + 1
    shared = {"scale": instance["scale"], "scaled_decay": instance["scaled_decay"]}
    collapsed = COLLAPSE.loss.ball(classes=classes, factors=factors, **shared)
    paired = PRINTED_PAIRED_LOSS.ball(pairs=classes // 2, single=classes % 2, factors=factors, **shared)
    return Margin.of_ball(collapsed - paired)


def instances() -> Any:
    """Small K and L, small rational scale and decay."""
    from hypothesis import strategies as st

    rational = positive_rationals()
    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 30),
            "depth": st.integers(1, 9),
            "scale": rational,
            "scaled_decay": rational,
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 200, L up to 40, scales and decays over many orders of magnitude."""
    depth = int(generator.integers(2, 41))
    return {
        "classes": int(generator.integers(6 if depth == 2 else 4, 201)),
        "depth": depth,
        "scale": float(10.0 ** generator.uniform(-2, 2)),
        "scaled_decay": float(10.0 ** generator.uniform(-8, 0)),
    }


def _proof(*, deep: bool) -> Proof:
    """Two cases: F ≥ 4 with at least two pairs, and F = 3 with at least three."""
    factors = FACTORS if deep else sp.Integer(3)
    fewest = sp.Integer(2 if deep else 3)
    classes = 2 * PAIRS + SINGLE
    u = sp.exp(-SCALE)
    power = sp.Integer(2) ** (2 / factors)
    ceiling = sp.sqrt(2) if deep else power
    rational = sp.Rational(3, 2) if deep else sp.Rational(5, 3)
    paired_inside = 1 + (classes - 2) * u + u**2
    collapse_inside = 1 + (classes - 1) * u
    fit_gap = COLLAPSE_FIT.at({CLASSES: classes}) - PAIRED_COLUMN_FIT.at({CLASSES: classes})
    weight = SCALED_DECAY * factors / 2 * SCALE ** (2 / factors)
    loss_collapse = COLLAPSE.loss.at({CLASSES: classes, FACTORS: factors})
    loss_paired = PRINTED_PAIRED_LOSS.at({FACTORS: factors})
    # 2^{2/F} ≤ √2 < 3/2 ≤ 2 − 1/h for F ≥ 4; 2^{2/3} < 5/3 ≤ 2 − 1/h for F = 3
    deep_steps = (
        Step("exponent", Fact(sp.Rational(1, 2), ">=", 2 / factors), RationalSign(), "F ≥ 4"),
        Step(
            "power",
            Fact(ceiling, ">=", power),
            Increasing("power of two", sp.Rational(1, 2), 2 / factors, "exponent"),
            "so deeper is cheaper for few singular values",
        ),
    )
    chain = (
        (sp.Integer(1), "constant"),
        (sp.Integer(1), "pairs"),
        *(((sp.Integer(1), "power"),) if deep else ()),
    )
    variables = [
        Variable(PAIRS, "h = ⌊K/2⌋", fewest, integer=True),
        Variable(SINGLE, "K mod 2, so K = 2h + single", sp.Integer(0), sp.Integer(1), integer=True),
        Variable(SCALE, "α, scale of the collapse point", sp.Integer(0), open_low=True),
        Variable(SCALED_DECAY, "μ = λn^{1/F}", sp.Integer(0), open_low=True),
    ]
    if deep:
        variables.append(Variable(FACTORS, "F = L + 1", sp.Integer(4)))
    return Proof(
        title=f"the paired point is better at every scale: {'K ≥ 4, L ≥ 3' if deep else 'K ≥ 6, L = 2'}",
        variables=tuple(variables),
        steps=(
            Step("constant", Fact(rational, ">", ceiling), Evident(), "two numbers compared in balls"),
            *(deep_steps if deep else ()),
            Step("pairs", Fact(2 - 1 / PAIRS, ">=", rational), RationalSign(), f"h ≥ {fewest}"),
            Step("per pair", Fact(2 - 1 / PAIRS, ">", power), Combination(chain), "add up"),
            Step("h is positive", Fact(PAIRS, ">"), RationalSign(), "there is a pair"),
            Step(
                "cost",
                Fact(classes - 1, ">", PAIRS * power + SINGLE),
                Combination((("h is positive", "per pair"),)),
                "(K−1) − (h·2^{2/F} + K mod 2) = h(2 − 1/h − 2^{2/F})",
            ),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step("scale is positive", Fact(SCALE, ">"), RationalSign(), "collapse has α > 0"),
            Step(
                "e^{−α} < 1",
                Fact(sp.Integer(1), ">", u),
                Increasing("exp", sp.Integer(0), -SCALE, "scale is positive"),
                "exp(0) − exp(−α)",
            ),
            Step("e^{−α} > 0", Fact(u, ">"), Evident(), "an exponential"),
            Step(
                "exponentials",
                Fact(collapse_inside, ">", paired_inside),
                Combination((("e^{−α} > 0", "e^{−α} < 1"),)),
                "the difference is u(1 − u), u = e^{−α}",
            ),
            Step("K exceeds 2", Fact(classes, ">", sp.Integer(2)), RationalSign(), "h ≥ 2"),
            Step("one", Fact(1 + u**2, ">"), Evident(), "a sum of positive numbers"),
            Step(
                "inside is positive",
                Fact(paired_inside, ">"),
                Combination(((sp.Integer(1), "one"), ("K exceeds 2", "e^{−α} > 0"))),
                "so its logarithm is defined",
            ),
            Step(
                "collapse inside is positive",
                Fact(collapse_inside, ">"),
                Combination(((sp.Integer(1), "inside is positive"), (sp.Integer(1), "exponentials"))),
                "so its logarithm is defined",
            ),
            Step(
                "column",
                Fact(fit_gap, ">"),
                Increasing("log", collapse_inside, paired_inside, "exponentials", "inside is positive"),
                "a paired column fits better",
            ),
            Step("share", Fact(2 * PAIRS / classes, ">"), RationalSign(), "the share of paired columns"),
            Step(
                "paired point wins",
                Fact(loss_collapse, ">", loss_paired),
                Combination((("share", "column"), ("weight", "cost"))),
                "mean fit over the columns, plus weight decay of balanced factors",
            ),
        ),
        goals=("paired point wins",),
        rests_on=("chain/cost-of-a-product",),
    )


def descent(run: Run) -> Evidence:
    """Figure 1 of the paper: K=10, n=5, d=70, L=2, λ=2⁻¹⁰ from random factors, below collapse."""
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import descend_cross_entropy

    problem = Problem(
        loss="cross-entropy", classes=10, depth=2, weight_decay=2.0**-10, samples_per_class=5, width=70
    )
    prediction = predict(problem)
    assert prediction.collapse is not None
    generator = run.generator("cross-entropy/collapse-is-beaten", "descent")
    shapes = chain_shapes(classes=10, samples=50, depth=2, width=70)
    start = gaussian_factors(shapes, scale=0.1, rng=generator)
    labels = np.repeat(np.arange(10), 5)
    result = descend_cross_entropy(start, labels, 2.0**-10, step=0.5, max_steps=20_000, record_every=50)
    reached = Margin.at_least(prediction.collapse.loss, result.loss)
    steps = tuple(50.0 * index for index in range(len(result.loss_history)))
    return Evidence(
        kind="descent",
        outcome=overall([reached]),
        summary=f"descent {result.loss:.4f} < {prediction.collapse.loss:.4f}",
        instances=1,
        worst=reached,
        plots=(
            Plot(
                "Descent at K=10, n=5, d=70, L=2, λ=2⁻¹⁰",
                "step",
                "loss",
                (
                    Series("descent", steps, tuple(map(float, result.loss_history))),
                    Series("collapse", (0.0, steps[-1]), (prediction.collapse.loss,) * 2, "dashed"),
                    Series("paired", (0.0, steps[-1]), (prediction.best.loss,) * 2, "dashed"),
                ),
                y_log=True,
            ),
        ),
    )


CLAIM = Claim(
    id="cross-entropy/collapse-is-beaten",
    title="Deep enough, collapse is not optimal: K ≥ 4 and L ≥ 3, or K ≥ 6 and L = 2",
    statement=(
        r"(K\ge 4,\ L\ge 3)\ \text{or}\ (K\ge 6,\ L=2)\quad\Longrightarrow\quad"
        r"\mathcal L(\alpha S\otimes 1_n^\top)>\mathcal L(\alpha P\otimes 1_n^\top)"
        r"\ \text{ for all }\ \alpha,\lambda>0"
    ),
    source=GARROD_KEATING_2025.theorem(1),
    computed="collapsed minus paired loss at the same scale",
    tight="the two costs compare this way for exactly these (K, L)",
    instances=instances,
    sampler=sampler,
    hypotheses=in_hypothesis,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(deep=True), _proof(deep=False)),
    experiments=(descent,),
    full_samples=150_000,
)
