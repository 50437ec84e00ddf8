"""Squared loss: every singular value of the targets is a scalar problem of its own.

Statement   ½‖Z − Y‖_F² + (Fν/2) Σσ_i(Z)^{2/F} ≥ Σ_i min_{σ≥0} [½(y_i − σ)² + (Fν/2) σ^{2/F}] for every Z,
            with equality for Z = U diag(σ)Vᵀ, U and V the targets' singular vectors, σ_i the minimisers.
Source      derived for this project; the deep linear model of 2301.00437.
Computed    loss of a random Z minus the sum of the closed-form minima, half of them near the optimum.
Tight       yes: Z with the targets' singular vectors and the modes' optima attains it.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.chain.cost import cost_error, cost_of_a_product
from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import optimal_mode
from theory.symbols import FACTORS, MODE_DECAY
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, Step, Variable
from verify.strategies import integer_matrices, positive_rationals


def margin(instance: Instance) -> Margin:
    """Loss of Z (times N) minus the sum of the modes' minima."""
    product = np.asarray(instance["product"], dtype=np.float64)
    targets = np.asarray(instance["targets"], dtype=np.float64)
    decay, factors = float(instance["mode_decay"]), int(instance["factors"])
    fit = 0.5 * float(np.sum((product - targets) ** 2))
    penalty = decay / 2 * cost_of_a_product(product, factors)
    modes = np.linalg.svd(targets, compute_uv=False)
    best = sum(optimal_mode(float(value), decay, factors).loss for value in modes)
    scale = float(np.sum(product**2) + np.sum(targets**2))
    rounding = LINEAR_ALGEBRA * float(np.linalg.norm(product))
    error = LINEAR_ALGEBRA * (scale + penalty) + decay / 2 * cost_error(product, factors, rounding)
    return Margin.at_least(fit + penalty, best, error=error)


def sampler(generator: np.random.Generator) -> Instance:
    """Random targets; Z random, or the optimum with a perturbation of random size."""
    rows, columns = (int(size) for size in generator.integers(1, 7, size=2))
    factors = int(generator.integers(2, 7))
    targets = 10.0 ** generator.uniform(-1, 1) * generator.standard_normal((rows, columns))
    decay = float(10.0 ** generator.uniform(-3, 0.5))
    if generator.random() < 0.5:
        product = generator.standard_normal((rows, columns))
    else:
        left, values, right = np.linalg.svd(targets, full_matrices=False)
        optimum = [optimal_mode(float(value), decay, factors).singular_value for value in values]
        product = left * optimum @ right
        product = product + 10.0 ** generator.uniform(-12, 0) * generator.standard_normal((rows, columns))
    return {"factors": factors, "mode_decay": decay, "targets": targets, "product": product}


def instances() -> Any:
    """Small integer matrices and a small rational decay."""
    from hypothesis import strategies as st

    def of_shape(shape: tuple[int, int]) -> Any:
        return st.fixed_dictionaries(
            {
                "factors": st.integers(2, 5),
                "mode_decay": positive_rationals(largest=4),
                "targets": integer_matrices(*shape),
                "product": integer_matrices(*shape),
            }
        )

    return st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(of_shape)


def _proof() -> Proof:
    distance, modes, cost = (sp.Symbol(name, nonnegative=True) for name in ("distance", "modes", "cost"))
    penalty = FACTORS * MODE_DECAY / 2 * cost
    return Proof(
        title="½‖Z − Y‖² + (Fν/2)Σσ^{2/F} ≥ Σ_i [½(y_i − σ_i)² + (Fν/2)σ_i^{2/F}]",
        variables=(
            Variable(distance, "‖Z − Y‖_F²", sp.Integer(0), stands_for=True),
            Variable(modes, "Σ_i (σ_i(Z) − σ_i(Y))²", sp.Integer(0), stands_for=True),
            Variable(cost, "Σ_i σ_i(Z)^{2/F}", sp.Integer(0), stands_for=True),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(MODE_DECAY, "ν", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "Mirsky",
                Fact(distance, ">=", modes),
                Known("Mirsky 1960: ‖Z − Y‖_F² ≥ Σ_i (σ_i(Z) − σ_i(Y))², equality when the vectors agree"),
                "singular values in the same order",
            ),
            Step(
                "modes",
                Fact(distance / 2 + penalty, ">=", modes / 2 + penalty),
                Combination(((sp.Rational(1, 2), "Mirsky"),)),
                "the right side is a sum over modes, each at least its own minimum",
            ),
        ),
        goals=("modes",),
        rests_on=("chain/cost-of-a-product",),
    )


def _attained() -> Proof:
    """The diagonal construction: Z = U diag(σ)Vᵀ with the targets' U and V, from balanced factors."""
    distance, modes, cost = (sp.Symbol(name, nonnegative=True) for name in ("distance", "modes", "cost"))
    penalty = FACTORS * MODE_DECAY / 2 * cost
    return Proof(
        title="equality at Z = U diag(σ)Vᵀ with the targets' singular vectors, for any σ ≥ 0",
        variables=(
            Variable(distance, "‖U diag(σ)Vᵀ − U diag(y)Vᵀ‖_F²", sp.Integer(0), stands_for=True),
            Variable(modes, "Σ_i (σ_i − y_i)²", sp.Integer(0)),
            Variable(cost, "Σ_i σ_i^{2/F}", sp.Integer(0)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(MODE_DECAY, "ν", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "invariance",
                Fact(distance, "=", modes),
                Known("Horn and Johnson 2013, 5.6: orthonormal frames do not change the Frobenius norm"),
                "the difference is U diag(σ − y)Vᵀ",
            ),
            Step(
                "attained",
                Fact(distance / 2 + penalty, "=", modes / 2 + penalty),
                Combination(((sp.Rational(1, 2), "invariance"),)),
                "the loss of Z is the sum of its modes' losses; each σ_i may be its mode's minimum",
            ),
        ),
        goals=("attained",),
        rests_on=("chain/cost-of-a-product",),
    )


CLAIM = Claim(
    id="squared-loss/modes-decouple",
    title="With squared loss every singular value of the targets is a scalar problem of its own",
    statement=(
        r"\tfrac12\|Z-Y\|_F^2+\tfrac{F\nu}2\sum_i\sigma_i(Z)^{2/F}"
        r"\ \ge\ \sum_i\min_{\sigma\ge0}\left[\tfrac12(y_i-\sigma)^2+\tfrac{F\nu}2\sigma^{2/F}\right]"
        r"\quad\text{with equality for some }Z"
    ),
    source=RANKCOLLAPSE.at("theory 2.1"),
    computed="loss of a random Z minus the sum of the closed-form minima",
    tight="yes: equality for the targets' singular vectors with the modes' optima (half of the sample)",
    instances=instances,
    sampler=sampler,
    margin=margin,
    proofs=(_proof(), _attained()),
    full_samples=60_000,
)
