"""Regression with one weight matrix: every critical point that is not a global minimum is a strict saddle.

Statement   λ_W, λ_H > 0, ν = N√(λ_Wλ_H), a free bias: a critical point keeps r ≤ d orthonormal singular pairs
            (u_m, v_m) of the centred targets with y_m > ν at σ_m = y_m − ν. With the min(d, #{y > ν}) largest
            it is a global minimum (modes-decouple, mode-optimum). Otherwise some pair (u, v) orthogonal to
            them has a larger y than one of them, or y > ν while r < d; then along W + εa u qᵀ,
            H + εb q vᵀ, a²λ_W = b²λ_H, q the inner direction of the pair m (or a free one, y_m := ν), the
            loss changes by ε²ab(y_m − y)/N + O(ε⁴): strictly downwards.
Source      2409.04180, Theorem 4.1 (strict saddles); the direction derived for this project, for any width.
Computed    second difference of the full loss along the direction against the closed form.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.regression.two_factors import CURVATURE
from theory.sources import ANDRIOPOULOS_2024
from theory.symbols import positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.regression.experiments.saddle_hessians import Matrix, directions, saddle
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Proof, RationalSign, Step, Variable


def margin(instance: Instance) -> Margin:
    """Gradient at the critical point, and second derivative along the direction against the formula."""
    from numerics.descent.linear_chain import loss_and_gradients_squared_loss

    targets, point, direction, free, replaced = saddle(instance)
    samples = targets.shape[1]
    decays = [float(instance["feature_decay"]), float(instance["weight_decay"])]
    _, gradients = loss_and_gradients_squared_loss(point, targets, decays, free_bias=True)
    slope = max(float(np.linalg.norm(gradient)) for gradient in gradients)
    second = _second_derivative(point, direction, targets, decays)
    formula = float(
        CURVATURE(free_target=free, kept_target=replaced, samples=samples, weight_decay=decays[1],
                  feature_decay=decays[0])
    )  # fmt: skip
    size = 1 + sum(float(np.sum(factor**2)) for factor in point) + float(np.sum(targets**2))
    return Margin.equal(slope + abs(second - formula), 0.0, error=LINEAR_ALGEBRA * size)


def _second_derivative(
    point: list[Matrix], direction: list[Matrix], targets: Matrix, decays: list[float]
) -> float:
    """Exact: the loss along a line is a polynomial of degree four in ε, with coefficients read off here."""
    samples = targets.shape[1]
    first = direction[1] @ point[0] + point[1] @ direction[0]
    second = direction[1] @ direction[0]
    residual = point[1] @ point[0] - targets

    def inner(one: Matrix, other: Matrix) -> float:  # after the best bias
        return float(np.sum((one - one.mean(axis=1, keepdims=True)) * other))

    fit = (inner(first, first) + 2 * inner(residual, second)) / samples
    return fit + sum(decay * float(np.sum(part**2)) for decay, part in zip(decays, direction, strict=True))


def meets_hypotheses(instance: Instance) -> bool:
    """At least two targets, more samples than targets, positive decays."""
    enough = instance["targets"] >= 2 and instance["samples"] > instance["targets"]
    return bool(enough and instance["weight_decay"] > 0 and instance["feature_decay"] > 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Two to five targets, decays over three orders of magnitude, with and without a free slot."""
    outputs = int(generator.integers(2, 6))
    return {
        "targets": outputs,
        "samples": outputs + int(generator.integers(1, 20)),
        "weight_decay": float(10.0 ** generator.uniform(-3, 0)),
        "feature_decay": float(10.0 ** generator.uniform(-3, 0)),
        "free_slot": int(generator.integers(2)),
        "seed": int(generator.integers(2**31)),
    }


def instances() -> Any:
    """Two or three targets."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    decay = positive_rationals(largest=1)
    return st.fixed_dictionaries(
        {
            "targets": st.integers(2, 3),
            "samples": st.integers(4, 8),
            "weight_decay": decay,
            "feature_decay": decay,
            "free_slot": st.integers(0, 1),
            "seed": st.integers(0, 10**6),
        }
    )


def _pairs() -> Proof:
    """Row and column of stationarity on a balanced pair: (Z − Y)v s_H/N + λ_W s_W u = 0."""
    samples, weight, feature, kept = (
        positive(name) for name in ("samples", "weight_decay", "feature_decay", "kept")
    )
    mean = sp.sqrt(weight * feature)
    of_weight, of_features = sp.sqrt(mean * kept / weight), sp.sqrt(mean * kept / feature)
    return Proof(
        title="a critical point consists of singular pairs of the targets at σ = y − ν",
        variables=(
            Variable(samples, "N", sp.Integer(0), open_low=True),
            Variable(weight, "λ_W", sp.Integer(0), open_low=True),
            Variable(feature, "λ_H", sp.Integer(0), open_low=True),
            Variable(kept, "σ", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "product",
                Fact(of_weight * of_features, "=", kept),
                Identity(),
                "balance: λ_Ws_W² = λ_Hs_H² = λ̄σ",
            ),
            Step(
                "target from the weight",
                Fact(samples * weight * of_weight / of_features, "=", samples * mean),
                Identity(),
                "Yv = σu + (Nλ_Ws_W/s_H)u = (σ + ν)u",
            ),
            Step(
                "target from the features",
                Fact(samples * feature * of_features / of_weight, "=", samples * mean),
                Identity(),
                "Yᵀu = σv + (Nλ_Hs_H/s_W)v = (σ + ν)v: a singular pair with y = σ + ν",
            ),
        ),
        goals=("product", "target from the weight", "target from the features"),
        rests_on=(
            "chain/critical-points-are-balanced",
            "squared-loss/modes-decouple",
            "squared-loss/mode-optimum",
        ),
    )


def _proof(*, free_slot: bool) -> Proof:
    """The loss along the curve in the frame (u_m, u) × (v_m, v): only a 2×2 block moves."""
    names = ("decay", "kept", "more", "step", "inner_scale")
    decay, kept, more, step, scale = (positive(name) for name in names)
    kept = sp.Integer(0) if free_slot else kept  # σ_m = y_m − ν; an empty slot has none
    replaced = decay + kept
    free = replaced + more
    # a² = scale/ratio, b² = scale·ratio with ratio = √(λ_W/λ_H); s_W² = σ/ratio, s_H² = σ·ratio
    product = scale * step**2
    cross = kept * scale * step**2  # (εa s_H)² = (εb s_W)²
    fit = ((kept - replaced) ** 2 + 2 * cross + (product - free) ** 2) / 2
    penalty = decay * (2 * kept + 2 * product) / 2  # N(λ_W‖W‖² + λ_H‖H‖²)/2 on the block
    loss = fit + penalty
    change = product * (replaced - free) + product**2 / 2
    variables = [
        Variable(decay, "ν = N√(λ_Wλ_H)", sp.Integer(0), open_low=True),
        Variable(more, "y − y_m", sp.Integer(0), open_low=True),
        Variable(step, "ε", sp.Integer(0), open_low=True),
        Variable(scale, "ab", sp.Integer(0), open_low=True),
    ]
    if not free_slot:
        variables.append(Variable(positive("kept"), "σ_m = y_m − ν", sp.Integer(0), open_low=True))
    return Proof(
        title=f"strictly downwards through {'a free slot' if free_slot else 'the slot of a weaker pair'}",
        variables=tuple(variables),
        steps=(
            Step(
                "change",
                Fact(loss - loss.subs(step, 0), "=", change),
                Identity(),
                "N times the change of the loss: ε²ab(y_m − y) + ε⁴a²b²/2",
            ),
            Step(
                "curvature",
                Fact(-sp.diff(change, step, 2).subs(step, 0), ">"),
                RationalSign(),
                "the second derivative at the point is negative: 2ab(y_m − y) < 0",
            ),
        ),
        goals=("change", "curvature"),
    )


CLAIM = Claim(
    id="regression/strict-saddles",
    title="Every critical point of two-factor regression that is not a minimum is a strict saddle",
    statement=(
        r"\frac{d^2}{d\varepsilon^2}\mathcal L\Big|_0=\frac{2ab\,(y_m-y)}N<0\quad\text{along}\quad"
        r"W+\varepsilon a\,uq^\top,\ H+\varepsilon b\,qv^\top,\qquad a^2\lambda_W=b^2\lambda_H"
    ),
    source=ANDRIOPOULOS_2024.theorem("4.1"),
    computed="gradient and second derivative at random saddles against the closed form; full Hessians",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_pairs(), _proof(free_slot=False), _proof(free_slot=True)),
    experiments=(directions,),
    quick_samples=200,
)
