"""Regression with one weight matrix and free features: the whole optimum in closed form.

Statement   With Σ the targets' covariance, c = Nλ_Wλ_H > 0 and width ≥ #{j: λ_j > c} the minimum is
            Σ_{λ_j>c}(√(cλ_j) − c/2) + Σ_{λ_j≤c} λ_j/2, at WWᵀ = √(Nλ_H/λ_W)[Σ^{1/2} − √c I]₊,
            H = √(λ_W/(Nλ_H)) WᵀΣ^{−1/2}(Y − Ȳ), b = ȳ; residual variance min(c, λ_j) in every eigendirection
            of Σ, so the training error is Σ_j min(c, λ_j). For c ≥ λ_max everything is zero. (Where Σ is
            singular, Σ^{−1/2} is the pseudo-inverse; WᵀΣ^{−1/2} needs kept directions alone.)
Source      2409.04180, Theorem 4.1 (there λ_H stands for our Nλ_H), with [·]₊ in the eigenbasis of Σ.
Computed    loss and full gradient at the closed form; random points against the minimum; descent.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.regression.two_factors import CUT, GRAM_VALUE, KEPT_LOSS, VARIANCE, two_factor_optimum
from theory.sources import ANDRIOPOULOS_2024
from theory.squared_loss.modes import MODE_LOSS
from theory.symbols import FACTORS, MODE_DECAY, SINGULAR_VALUE, TARGET, positive
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Proof, RationalSign, Step, Variable

Matrix = NDArray[np.float64]


def targets_of(instance: Instance) -> Matrix:
    """t×N targets with decaying spectrum and a mean of their own."""
    generator = np.random.default_rng(instance["seed"])
    outputs, samples = int(instance["targets"]), int(instance["samples"])
    spread = 10.0 ** generator.uniform(-1, 0.5, size=outputs)
    mixing = np.linalg.qr(generator.standard_normal((outputs, outputs)))[0]
    drawn = spread[:, None] * generator.standard_normal((outputs, samples))
    return np.asarray(mixing @ drawn + generator.standard_normal((outputs, 1)))


def margin(instance: Instance) -> Margin:
    """Loss, gradient, training error and the residual covariance at the closed form, all at once."""
    from numerics.descent.linear_chain import loss_and_gradients_squared_loss

    targets = targets_of(instance)
    outputs, samples = targets.shape
    decays = (float(instance["feature_decay"]), float(instance["weight_decay"]))
    own = (decays[0] / samples, decays[1]) if instance["per_sample"] else decays
    found = two_factor_optimum(
        targets, decays[1], decays[0], width=max(targets.shape), per_sample=bool(instance["per_sample"])
    )
    chain = [found.features, found.weight]
    loss, gradients = loss_and_gradients_squared_loss(chain, targets, own, free_bias=True)
    residual = found.weight @ found.features + found.bias[:, None] - targets
    variances = np.linalg.eigvalsh(residual @ residual.T / samples)[::-1]
    apart = [
        abs(loss - found.loss),
        *(float(np.linalg.norm(gradient)) for gradient in gradients),
        abs(float(np.mean(np.sum(residual**2, axis=0))) - found.training_error),
        float(np.max(np.abs(variances - np.sort(found.residual_variances)[::-1]))),
        float(np.max(np.abs(residual.mean(axis=1)))),
    ]
    size = (1 + float(np.sum(targets**2)) / samples) * (1 + sum(float(np.sum(part**2)) for part in chain))
    return Margin.equal(sum(apart), 0.0, error=LINEAR_ALGEBRA * size * outputs)


def meets_hypotheses(instance: Instance) -> bool:
    """Positive decays, at least one target and two samples."""
    enough = instance["targets"] >= 1 and instance["samples"] >= 2
    return bool(enough and instance["weight_decay"] > 0 and instance["feature_decay"] > 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Up to five targets and thirty samples, decays over four orders of magnitude, both conventions."""
    return {
        "targets": int(generator.integers(1, 6)),
        "samples": int(generator.integers(2, 31)),
        "weight_decay": float(10.0 ** generator.uniform(-4, 0)),
        "feature_decay": float(10.0 ** generator.uniform(-4, 0)),
        "per_sample": int(generator.integers(2)),
        "seed": int(generator.integers(2**31)),
    }


def instances() -> Any:
    """Few targets and samples."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    decay = positive_rationals(largest=1)
    return st.fixed_dictionaries(
        {
            "targets": st.integers(1, 3),
            "samples": st.integers(2, 8),
            "weight_decay": decay,
            "feature_decay": decay,
            "per_sample": st.integers(0, 1),
            "seed": st.integers(0, 10**6),
        }
    )


def _direction() -> Proof:
    """One eigendirection: y = √(Nλ_j), ν = N√(λ_Wλ_H) = √(Nc), so σ = √N(√λ_j − √c)."""
    samples, weight, feature = (positive(name) for name in ("samples", "weight_decay", "feature_decay"))
    root, above = sp.sqrt(CUT), positive("above")  # √λ_j = √c + above
    kept = (root + above) ** 2
    target, decay = sp.sqrt(samples) * (root + above), sp.sqrt(samples) * root
    value = sp.sqrt(samples) * above
    loss = MODE_LOSS.at({SINGULAR_VALUE: value, TARGET: target, MODE_DECAY: decay, FACTORS: sp.Integer(2)})
    gram = GRAM_VALUE.at({VARIANCE: kept, CUT: CUT, feature: feature, weight: weight})
    return Proof(
        title="an eigendirection with λ_j > c: loss, residual, WWᵀ and HHᵀ",
        variables=(
            Variable(samples, "N", sp.Integer(0), open_low=True),
            Variable(CUT, "c", sp.Integer(0), open_low=True),
            Variable(above, "√λ_j − √c", sp.Integer(0), open_low=True),
            Variable(weight, "λ_W", sp.Integer(0), open_low=True),
            Variable(feature, "λ_H of the penalty (λ_H/2N)‖H‖²", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "loss",
                Fact(loss / samples, "=", KEPT_LOSS.at({VARIANCE: kept})),
                Identity(),
                "the mode's minimum over N, at σ = y − ν",
            ),
            Step(
                "residual",
                Fact((target - value) ** 2 / samples, "=", CUT),
                Identity(),
                "the residual variance is c, whatever λ_j",
            ),
            Step(
                "gram",
                Fact(weight * gram, "=", sp.sqrt(weight * feature) * above),
                Identity(),
                "balance: λ_Ws_W² = λ̄σ with λ̄ = √(λ_Wλ_H/N)",
            ),
            Step(
                "product",
                Fact(gram * sp.sqrt(weight / feature) * sp.sqrt(samples), "=", value),
                Identity(),
                "s_W·s_H = σ with s_H = √(λ_W/λ_H)√N s_W",
            ),
        ),
        goals=("loss", "residual", "gram", "product"),
        rests_on=("squared-loss/modes-decouple", "squared-loss/mode-optimum", "regression/deep-collapse"),
    )


def _dropped() -> Proof:
    """A direction with λ_j ≤ c vanishes and costs λ_j/2, which is less than any other share."""
    below, deviation = sp.Symbol("below", nonnegative=True), positive("deviation")
    return Proof(
        title="keeping a direction saves (√λ_j − √c)²/2",
        variables=(
            Variable(VARIANCE, "λ_j", sp.Integer(0), open_low=True),
            Variable(CUT, "c", sp.Integer(0), open_low=True),
            Variable(deviation, "√λ_j", sp.Integer(0), open_low=True),
            Variable(below, "√c − √λ_j where it is not negative", sp.Integer(0)),
        ),
        steps=(
            Step(
                "saving",
                Fact(
                    VARIANCE / 2 - KEPT_LOSS.expression,
                    "=",
                    (sp.sqrt(VARIANCE) - sp.sqrt(CUT)) ** 2 / 2,
                ),
                Identity(),
                "λ_j/2 − (√(cλ_j) − c/2)",
            ),
            Step(
                "residual of a dropped direction",
                Fact((deviation + below) ** 2, ">=", deviation**2),
                RationalSign(),
                "c ≥ λ_j: the residual λ_j is min(c, λ_j)",
            ),
        ),
        goals=("saving", "residual of a dropped direction"),
    )


def descent(run: Run) -> Evidence:
    """Descent in both factors with a free bias, below and above c = λ_max."""
    from numerics.data import linnerud_targets
    from numerics.descent.initialisation import gaussian_factors
    from numerics.descent.linear_chain import descend_squared_loss

    generator = run.generator("regression/two-factors", "descent")
    targets = linnerud_targets()
    samples = targets.shape[1]
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for weight_decay, feature_decay in ((0.05, 0.01), (0.2, 0.1), (0.3, 0.2), (0.6, 0.3)):
        found = two_factor_optimum(targets, weight_decay, feature_decay, width=20)
        start = gaussian_factors([(20, samples), (3, 20)], scale=0.4, rng=generator)
        decays = [feature_decay, weight_decay]
        end = descend_squared_loss(
            start, targets, decays, free_bias=True, step=0.2, max_steps=100_000, momentum=0.9
        )
        error = 10 * DESCENT_AGREEMENT**0.5
        gram = end.factors[1] @ end.factors[1].T
        apart = float(np.max(np.abs(gram - found.weight @ found.weight.T)))
        margins += [
            Margin.equal(end.loss, found.loss, error=DESCENT_AGREEMENT),
            Margin.equal(apart, 0.0, error=error),
        ]
        rows.append((weight_decay, feature_decay, found.cut, found.rank, found.loss, end.loss, apart,
                     found.training_error))  # fmt: skip
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"loss and WWᵀ agree in {len(rows)} runs, zero above λ_max",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Linnerud targets, one weight matrix",
                ("λ_W", "λ_H", "c", "rank", "loss", "loss measured", "|WWᵀ − predicted|", "training error"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="regression/two-factors",
    title="Regression with one weight matrix keeps √Σ − √c in every eigendirection above c",
    statement=(
        r"\min=\sum_{\lambda_j>c}\bigl(\sqrt{c\lambda_j}-\tfrac c2\bigr)+\sum_{\lambda_j\le c}"
        r"\tfrac{\lambda_j}2,\qquad WW^\top=\sqrt{N\lambda_H/\lambda_W}\,[\Sigma^{1/2}-\sqrt c\,I]_+,"
        r"\qquad c=N\lambda_W\lambda_H"
    ),
    source=ANDRIOPOULOS_2024.theorem("4.1"),
    computed="loss, gradient, residual covariance and training error at the closed form; descent",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_direction(), _dropped()),
    experiments=(descent,),
)
