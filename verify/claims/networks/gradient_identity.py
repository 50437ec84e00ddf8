"""What a gradient in a weight matrix is: error signals times inputs.

Statement   λW = −(1/N)Σ_i δ_i z_iᵀ + R for every weight W with decay λ that maps z_i to a_i = W z_i (+ b),
            with δ_i = ∂(Σ_j ℓ_j)/∂a_i and R the gradient of the full loss; patches of images (convolution)
            and uses of a shared weight are samples of their own, N the number of images.
Source      2402.03991; the form with residual, patches and shared weights derived for this project.
Computed    R from the formula against differences of the loss along random directions: plain, residual and
            convolutional networks, and a weight that is used twice.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import ZANGRANDO_2024
from theory.symbols import positive
from verify.claim import Claim
from verify.claims.networks.experiments.toy_networks import KINDS, toy_gradient
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, Step, Variable

STEP = 1e-20
"""Of the complex step: the derivative of an analytic function to rounding, without a difference."""


def margin(instance: Instance) -> Margin:
    """⟨R, direction⟩ by the formula minus the derivative of the full loss by a complex step."""
    toy = toy_gradient(instance)
    decay = float(instance["weight_decay"])
    formula = decay * toy.weight + toy.deltas @ toy.inputs.T / toy.images
    along = float(np.sum(formula * toy.direction))
    shifted = toy.loss(toy.weight + 1j * STEP * toy.direction)
    penalty = decay * float(np.sum(toy.weight * toy.direction))
    size = decay * float(np.linalg.norm(toy.weight))
    size += float(np.linalg.norm(toy.deltas) * np.linalg.norm(toy.inputs)) / toy.images
    error = toy.rounding * (1 + size) * float(np.linalg.norm(toy.direction))
    return Margin.equal(along, float(shifted.imag) / STEP + penalty, error=error)


def meets_hypotheses(instance: Instance) -> bool:
    """A known kind of network, sizes of at least one."""
    sizes = (instance["width"], instance["samples"], instance["outputs"])
    return 0 <= instance["kind"] < len(KINDS) and min(sizes) >= 1 and instance["weight_decay"] >= 0


def instances() -> Any:
    """Every kind of network, small."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "kind": st.integers(0, len(KINDS) - 1),
            "width": st.integers(1, 4),
            "samples": st.integers(1, 5),
            "outputs": st.integers(1, 3),
            "weight_decay": st.floats(0, 2),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Every kind of network, up to eight units and a dozen samples."""
    return {
        "kind": int(generator.integers(len(KINDS))),
        "width": int(generator.integers(1, 9)),
        "samples": int(generator.integers(1, 13)),
        "outputs": int(generator.integers(1, 5)),
        "weight_decay": float(generator.uniform(0, 2)),
        "seed": int(generator.integers(0, 2**31)),
    }


def _proof() -> Proof:
    """One entry of W; the signals of all samples, patches and uses in one sum."""
    decay, samples, weight = (positive(name) for name in ("weight_decay", "samples", "weight"))
    signal, slope, residual = (
        sp.Symbol(name, nonnegative=True) for name in ("signal", "data_gradient", "residual")
    )
    zero = sp.Integer(0)
    return Proof(
        title="one entry of λW = −(1/N)Σδz + R",
        variables=(
            Variable(decay, "λ", zero, open_low=True),
            Variable(samples, "N", zero, open_low=True),
            Variable(weight, "W_rs (or −W_rs)", zero, open_low=True),
            Variable(signal, "Σ_i δ_{i,r} z_{i,s}", zero),
            Variable(slope, "∂/∂W_rs of (1/N)Σℓ_i", zero, stands_for=True),
            Variable(residual, "R_rs = ∂/∂W_rs of the full loss", zero, stands_for=True),
        ),
        steps=(
            Step(
                "chain rule",
                Fact(slope, "=", signal / samples),
                Known("Chain rule: Magnus and Neudecker 2019, chapter 5"),
                "∂a_{i,r}/∂W_rs = z_{i,s}; a total derivative adds up over samples, patches and uses",
            ),
            Step(
                "full loss",
                Fact(residual, "=", slope + decay * weight),
                Known("Chain rule: Magnus and Neudecker 2019, chapter 5"),
                "the derivative of (λ/2)‖W‖_F² is λW",
            ),
            Step(
                "identity",
                Fact(decay * weight, "=", -signal / samples + residual),
                Combination(((sp.Integer(-1), "chain rule"), (sp.Integer(-1), "full loss"))),
                "solved for λW; linear in all three terms, so that signs do not matter",
            ),
        ),
        goals=("identity",),
    )


CLAIM = Claim(
    id="networks/gradient-identity",
    title="Weight decay times a weight is minus error signals times inputs, plus the residual gradient",
    statement=r"\lambda W=-\frac1N\sum_i\delta_i z_i^\top+R,\qquad R=\nabla_W\Big(\frac1N\sum_i\ell_i"
    r"+\frac\lambda2\|W\|_F^2+\dots\Big)",
    source=ZANGRANDO_2024.at("setting of the rank bound"),
    computed="the formula's gradient along a direction against the derivative of the full loss",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_proof(),),
    full_samples=20_000,
)
