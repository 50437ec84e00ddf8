"""At every critical point adjacent factors are balanced, so the penalty is a function of the product alone.

Statement   A_{j+1}ᵀ∇_{j+1} − ∇_jA_jᵀ = λ_{j+1}A_{j+1}ᵀA_{j+1} − λ_jA_jA_jᵀ at every point, ∇_j the gradient
            of g(A_F⋯A_1) + Σ(λ_j/2)‖A_j‖² for any differentiable g. Where it vanishes (all λ_j > 0), all
            √λ_j A_j have the same non-zero singular values and adjacent singular vectors agree, so the loss
            is g(Z) + (λ̄F/2)Σσ_i(Z)^{2/F}. (Right singular vectors of A_{j+1} are eigenvectors of
            A_{j+1}ᵀA_{j+1}; where it is a multiple of A_jA_jᵀ, take the left ones of A_j. So Z has the
            singular values Π_js_ji with λ_js_ji² = c_i for all j, and the penalty is ΣF c_i/2.)
Source      2410.23169, Lemma 1 (equal decays, critical points).
Computed    both sides at random points, with the gradients of the descent kernels; the loss formula at
            critical points found by descent.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.chain.cost import cost_of_a_product
from theory.chain.decays import MEAN_DECAY, geometric_mean
from theory.sources import GARROD_KEATING_2025
from theory.symbols import FACTORS, SINGULAR_VALUE
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """Largest norm of the difference of the two sides over the F − 1 neighbours."""
    from numerics.descent.initialisation import gaussian_factors
    from numerics.descent.linear_chain import (
        loss_and_gradients_cross_entropy,
        loss_and_gradients_squared_loss,
    )

    generator = np.random.default_rng(instance["seed"])
    decays = [float(decay) for decay in instance["decays"]]
    widths = [6, *generator.integers(1, 6, size=len(decays) - 1), 3]
    shapes = list(zip(map(int, widths[1:]), map(int, widths[:-1]), strict=True))
    chain = gaussian_factors(shapes, scale=1.0, rng=generator)
    if instance["squared"]:
        _, gradients = loss_and_gradients_squared_loss(chain, generator.standard_normal((3, 6)), decays)
    else:
        _, gradients = loss_and_gradients_cross_entropy(chain, np.repeat(np.arange(3), 2), decays)
    worst, size = 0.0, 0.0
    for j in range(len(chain) - 1):
        upper, lower = chain[j + 1], chain[j]
        left = upper.T @ gradients[j + 1] - gradients[j] @ lower.T
        right = decays[j + 1] * upper.T @ upper - decays[j] * lower @ lower.T
        worst = max(worst, float(np.linalg.norm(left - right)))
        size += float(np.linalg.norm(upper) * np.linalg.norm(gradients[j + 1]))
        size += float(np.linalg.norm(lower) * np.linalg.norm(gradients[j]) + np.linalg.norm(right))
    return Margin.equal(worst, 0.0, error=LINEAR_ALGEBRA * size)


def meets_hypotheses(instance: Instance) -> bool:
    """At least two factors."""
    return len(instance["decays"]) >= 2 and all(decay > 0 for decay in instance["decays"])


def sampler(generator: np.random.Generator) -> Instance:
    """Two to six factors of random widths, decays over four orders of magnitude."""
    decays = 10.0 ** generator.uniform(-3, 1, size=int(generator.integers(2, 7)))
    return {
        "decays": decays.tolist(),
        "squared": int(generator.integers(2)),
        "seed": int(generator.integers(2**31)),
    }


def instances() -> Any:
    """Two to four factors, small rational decays."""
    from hypothesis import strategies as st

    decays = st.lists(positive_rationals(largest=4), min_size=2, max_size=4)
    return st.fixed_dictionaries(
        {"decays": decays, "squared": st.integers(0, 1), "seed": st.integers(0, 10**6)}
    )


def _balance() -> Proof:
    """Bilinear forms xᵀ·y of the four matrices, x and y so short that each lies in [−1, 1]."""
    names = ("above", "below", "passed_on", "outer", "inner")
    above, below, passed, outer, inner = (sp.Symbol(name, real=True) for name in names)
    meanings = (
        "xᵀA_{j+1}ᵀ∇_{j+1}y",
        "xᵀ∇_jA_jᵀy",
        "xᵀ(A_F⋯A_{j+1})ᵀG(A_j⋯A_1)ᵀy, G the gradient of g in the product",
        "λ_{j+1}xᵀA_{j+1}ᵀA_{j+1}y",
        "λ_j xᵀA_jA_jᵀy",
    )
    cited = Known("Magnus and Neudecker 2019, chapter 9: the differential of a product of matrices")
    return Proof(
        title="gradients of neighbours differ by the imbalance alone",
        variables=tuple(
            Variable(symbol, meaning, sp.Integer(-1), sp.Integer(1), stands_for=name in ("above", "below"))
            for name, symbol, meaning in zip(
                names, (above, below, passed, outer, inner), meanings, strict=True
            )
        ),
        steps=(
            Step(
                "upper factor",
                Fact(above, "=", passed + outer),
                cited,
                "∇_{j+1} = (A_F⋯A_{j+2})ᵀG(A_j⋯A_1)ᵀ + λ_{j+1}A_{j+1}, times A_{j+1}ᵀ from the left",
            ),
            Step(
                "lower factor",
                Fact(below, "=", passed + inner),
                cited,
                "∇_j = (A_F⋯A_{j+1})ᵀG(A_{j−1}⋯A_1)ᵀ + λ_jA_j, times A_jᵀ from the right: the same matrix",
            ),
            Step(
                "imbalance",
                Fact(above - below, "=", outer - inner),
                Combination(((sp.Integer(1), "upper factor"), (sp.Integer(-1), "lower factor"))),
                "subtract; at a critical point the left side is zero",
            ),
        ),
        goals=("imbalance",),
    )


def _penalty() -> Proof:
    """One mode of balanced factors: λ_j s_j² = c for every j, and Π s_j = σ."""
    common = MEAN_DECAY * SINGULAR_VALUE ** (2 / FACTORS)
    return Proof(
        title="balanced factors cost (λ̄F/2)σ^{2/F} for each singular value of the product",
        variables=(
            Variable(MEAN_DECAY, "λ̄ = (Πλ_j)^{1/F}", sp.Integer(0), open_low=True),
            Variable(SINGULAR_VALUE, "σ", sp.Integer(0)),
            Variable(FACTORS, "F", sp.Integer(2)),
        ),
        steps=(
            Step(
                "common value",
                Fact(sp.Pow(common, FACTORS, evaluate=False), "=", MEAN_DECAY**FACTORS * SINGULAR_VALUE**2),
                Identity(),
                "c^F = Πλ_j·Πs_j² = λ̄^Fσ², so c = λ̄σ^{2/F} (σ ≥ 0 has one root); F such terms of c/2",
            ),
        ),
        goals=("common value",),
    )


def descent(run: Run) -> Evidence:
    """Cross-entropy and squared loss from random starts: balance, and loss from the product alone."""
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import descend_cross_entropy, descend_squared_loss

    generator = run.generator("chain/critical-points-are-balanced", "descent")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for loss in ("cross-entropy", "squared"):
        for decays in ([0.01, 0.01, 0.01], [0.02, 0.005, 0.01]):
            shapes = chain_shapes(classes=4, samples=8, depth=2, width=6)
            start = gaussian_factors(shapes, scale=0.6, rng=generator)
            labels = np.repeat(np.arange(4), 2)
            if loss == "squared":
                targets = generator.standard_normal((4, 8))
                end = descend_squared_loss(start, targets, decays, step=0.1, max_steps=200_000, momentum=0.9)
                fit = float(np.sum((end.product - targets) ** 2)) / 16
            else:
                end = descend_cross_entropy(start, labels, decays, step=0.5, max_steps=200_000, momentum=0.9)
                shifted = end.product - end.product[labels, np.arange(8)]
                fit = float(np.mean(np.log(np.sum(np.exp(shifted), axis=0))))
            penalty = geometric_mean(decays) / 2 * cost_of_a_product(end.product, 3)
            margins.append(Margin.equal(end.loss, fit + penalty, error=DESCENT_AGREEMENT))
            imbalance = max(
                float(np.linalg.norm(decays[j + 1] * b.T @ b - decays[j] * a @ a.T))
                for j, (a, b) in enumerate(zip(end.factors[:-1], end.factors[1:], strict=True))
            )
            margins.append(Margin.equal(imbalance, 0.0, error=DESCENT_AGREEMENT))
            rows.append((loss, str(decays), end.loss, fit + penalty, imbalance, end.stationarity))
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"{len(rows)} critical points: balanced, loss a function of the product",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Critical points found by descent, K = 4, F = 3",
                ("loss", "λ_j", "measured", "g(Z) + (λ̄F/2)Σσ^{2/F}", "imbalance", "stationarity"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="chain/critical-points-are-balanced",
    title="At every critical point adjacent factors are balanced",
    statement=(
        r"A_{j+1}^\top\nabla_{j+1}-\nabla_jA_j^\top=\lambda_{j+1}A_{j+1}^\top A_{j+1}-\lambda_jA_jA_j^\top;"
        r"\qquad \nabla=0,\ \lambda_j>0\ \Longrightarrow\ "
        r"\mathcal L=g(Z)+\tfrac{\bar\lambda F}{2}\sum_i\sigma_i(Z)^{2/F}"
    ),
    source=GARROD_KEATING_2025.at("Lemma 1"),
    computed="both sides at random points; the loss formula at critical points found by descent",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_balance(), _penalty()),
    experiments=(descent,),
)
