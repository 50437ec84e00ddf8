"""Without weight decay every feature matrix with the right image interpolates, so nothing has to collapse.

Statement   λ = 0: for W of full row rank and any d×N matrix Q, H = W⁺Y + (I − W⁺W)Q with centred Y and b = ȳ
            has zero loss; the features' part outside W's row space is arbitrary.
Source      2409.04180, Theorem 4.1 (the case without regularisation).
Computed    loss at random W and Q; NRC1 of the features as Q grows, by the construction and by descent.
Tight       equality: these are all the interpolating features.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.regression.two_factors import interpolating_features
from theory.sources import ANDRIOPOULOS_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, Step, Variable

NEARLY = 1e-10
"""What rounding leaves of a zero loss or a zero share here."""
VISIBLE = 0.01
"""A share of variance outside the targets' directions that no rounding makes."""


def margin(instance: Instance) -> Margin:
    """Norm of WH − Y against zero."""
    generator = np.random.default_rng(instance["seed"])
    outputs, samples = int(instance["targets"]), int(instance["samples"])
    width = outputs + int(instance["extra_width"])
    targets = generator.standard_normal((outputs, samples))
    weight = generator.standard_normal((outputs, width))
    free = float(instance["spread"]) * generator.standard_normal((width, samples))
    features = interpolating_features(targets, weight, free)
    condition = float(np.linalg.cond(weight))
    free_size = float(np.linalg.norm(weight) * np.linalg.norm(free))
    size = condition * (float(np.linalg.norm(targets)) + condition * free_size)
    apart = float(np.linalg.norm(weight @ features - targets))
    return Margin.equal(apart, 0.0, error=LINEAR_ALGEBRA * size)


def meets_hypotheses(instance: Instance) -> bool:
    """At least one target and one sample, a width of at least the number of targets."""
    return bool(instance["targets"] >= 1 and instance["samples"] >= 1 and instance["extra_width"] >= 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Up to five targets, eight further directions, spreads over six orders of magnitude."""
    return {
        "targets": int(generator.integers(1, 6)),
        "samples": int(generator.integers(1, 30)),
        "extra_width": int(generator.integers(0, 9)),
        "spread": float(10.0 ** generator.uniform(-3, 3)),
        "seed": int(generator.integers(2**31)),
    }


def instances() -> Any:
    """Few targets and samples."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    return st.fixed_dictionaries(
        {
            "targets": st.integers(1, 3),
            "samples": st.integers(1, 6),
            "extra_width": st.integers(0, 3),
            "spread": positive_rationals(),
            "seed": st.integers(0, 10**6),
        }
    )


def _proof() -> Proof:
    """One entry of WH, scaled into [−1, 1]."""
    names = ("output", "target", "image", "back_and_forth", "image_again")
    output, target, image, back, again = (sp.Symbol(name, real=True) for name in names)
    meanings = (
        "(WH)_{ki}",
        "Y_{ki}",
        "(WQ)_{ki}",
        "(WW⁺Y)_{ki}",
        "(WW⁺WQ)_{ki}",
    )
    standing = {"output", "back_and_forth", "image_again"}
    return Proof(
        title="WH = Y for every Q",
        variables=tuple(
            Variable(symbol, meaning, sp.Integer(-1), sp.Integer(1), stands_for=name in standing)
            for name, symbol, meaning in zip(
                names, (output, target, image, back, again), meanings, strict=True
            )
        ),
        steps=(
            Step(
                "right inverse",
                Fact(back, "=", target),
                Known("Penrose 1955: WW⁺ = I for W of full row rank"),
                "W⁺ is a right inverse",
            ),
            Step(
                "pseudo-inverse",
                Fact(again, "=", image),
                Known("Penrose 1955: WW⁺W = W"),
                "applied to Q",
            ),
            Step(
                "definition",
                Fact(output, "=", back + image - again),
                Known("Penrose 1955: the solutions of WH = Y are H = W⁺Y + (I − W⁺W)Q"),
                "W times the features, term by term",
            ),
            Step(
                "interpolation",
                Fact(output, "=", target),
                Combination(
                    (
                        (sp.Integer(1), "definition"),
                        (sp.Integer(1), "right inverse"),
                        (sp.Integer(-1), "pseudo-inverse"),
                    )
                ),
                "WW⁺Y + WQ − WW⁺WQ = Y",
            ),
        ),
        goals=("interpolation",),
    )


def growth(run: Run) -> Evidence:
    """NRC1 of interpolating features as Q grows, and what descent without decay keeps of its start."""
    from numerics.descent.linear_chain import descend_squared_loss
    from numerics.metrics.regression_collapse import nrc1

    generator = run.generator("regression/no-collapse-without-decay", "growth")
    targets = generator.standard_normal((2, 12))
    targets -= targets.mean(axis=1, keepdims=True)
    weight = generator.standard_normal((2, 6))
    free = generator.standard_normal((6, 12))
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for size in (0.0, 0.1, 0.5, 1.0):
        features = interpolating_features(targets, weight, size * free)
        end = descend_squared_loss(
            [size * free + 0.01, weight], targets, 0.0, free_bias=True, step=0.05, max_steps=20_000
        )
        share = nrc1(features, rank=2)
        after = nrc1(end.factors[0], rank=2)
        margins += [
            Margin.equal(float(np.linalg.norm(weight @ features - targets)), 0.0, error=NEARLY),
            Margin.equal(end.loss, 0.0, error=NEARLY),
            Margin.at_least(min(share, after), VISIBLE) if size else Margin.equal(share, 0.0, error=NEARLY),
        ]
        rows.append((size, share, after, end.loss))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"zero loss at NRC1 from {float(rows[0][1]):.0e} to {float(rows[-1][1]):.2f}",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Features without weight decay (t = 2)",
                ("size of Q", "NRC1 constructed", "NRC1 after descent from Q", "loss after descent"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="regression/no-collapse-without-decay",
    title="Without weight decay features need not collapse",
    statement=r"\lambda=0:\quad H=W^+Y+(I-W^+W)Q\ \Longrightarrow\ WH=Y\quad\text{for every }Q",
    source=ANDRIOPOULOS_2024.theorem("4.1"),
    computed="norm of WH − Y at random W and Q; NRC1 as Q grows",
    tight="equality: all interpolating features have this form",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_proof(),),
    experiments=(growth,),
)
