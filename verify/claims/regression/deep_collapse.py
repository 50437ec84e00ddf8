"""Deep linear regression collapses to a closed form: rank, spectra, and NRC1–NRC4 of every layer.

Statement   With y_i the singular values of the centred targets, a free bias and F ≥ 2 factors at least as
            wide as the kept directions are many, an optimum (the only one but for ties and rotations) keeps
            σ_i = s_i^F, the large root of mode i while Nλ ≤ ν*(y_i), else 0 (F = 2: (y_i − Nλ)₊). Features
            at layer l have singular values s_i^l; NRC1 = 0, NRC3 = 1, with the rank for t; linear CKA and
            the probe error have closed forms.
Source      derived for this project; the closed form behind 2603.23805.
Computed    loss and full gradient at the predicted factors; descent on the linnerud targets and on
            synthetic low-rank targets: rank, singular values, NRC1–NRC4 per layer.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.regression.deep_collapse import regression_optimum
from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import STATIONARY_DECAY
from theory.symbols import FACTORS, FRACTION, MODE_DECAY, TARGET, positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.regression.experiments.deep_descents import descent, optimal_factors
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable


def margin(instance: Instance) -> Margin:
    """At the predicted factors: the loss is the predicted one and the full gradient vanishes."""
    from numerics.descent.linear_chain import loss_and_gradients_squared_loss

    generator = np.random.default_rng(instance["seed"])
    rank, outputs, samples = instance["rank"], instance["targets"], instance["samples"]
    targets = generator.standard_normal((outputs, rank)) @ generator.standard_normal((rank, samples))
    targets = targets + generator.standard_normal((outputs, 1))
    decay = float(instance["weight_decay"])
    optimum = regression_optimum(targets, decay, depth=instance["depth"])
    if optimum.rank == 0:
        zero = float(np.sum(optimum.targets**2) / (2 * samples))
        return Margin.equal(optimum.loss, zero)
    chain = optimal_factors(targets, optimum)
    loss, gradients = loss_and_gradients_squared_loss(chain, targets, decay, free_bias=True)
    size = 1 + float(np.sum(targets**2)) / samples + sum(float(np.sum(factor**2)) for factor in chain)
    norm = max(float(np.linalg.norm(gradient)) for gradient in gradients)
    return Margin.equal(abs(loss - optimum.loss) + norm, 0.0, error=LINEAR_ALGEBRA * size)


def instances() -> Any:
    """Few targets and samples."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "rank": st.integers(1, 3),
            "targets": st.integers(1, 3),
            "samples": st.integers(2, 8),
            "depth": st.integers(1, 4),
            "weight_decay": st.floats(1e-4, 1.0),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to five targets and forty samples, decays over four decades."""
    return {
        "rank": int(generator.integers(1, 5)),
        "targets": int(generator.integers(1, 6)),
        "samples": int(generator.integers(2, 41)),
        "depth": int(generator.integers(1, 6)),
        "weight_decay": float(10.0 ** generator.uniform(-4, 0)),
        "seed": int(generator.integers(0, 2**31)),
    }


def _free_bias() -> Proof:
    """A row of residuals r_i with a bias b; then the product's part along the vector of ones."""
    squares, total, samples = (positive(name) for name in ("squares", "total", "samples"))
    bias = sp.Symbol("bias", nonnegative=True)
    cost, centred_cost, centred = (
        sp.Symbol(name, nonnegative=True) for name in ("cost", "centred_cost", "centred")
    )
    weight = FACTORS * MODE_DECAY / 2
    return Proof(
        title="a free bias centres the targets, and the best product is centred too",
        variables=(
            Variable(squares, "Σr_i², residuals of a row of Z − Y", sp.Integer(0), open_low=True),
            Variable(total, "−Σr_i (or Σr_i, with −b)", sp.Integer(0), open_low=True),
            Variable(samples, "N", sp.Integer(0), open_low=True),
            Variable(bias, "b of the row", sp.Integer(0)),
            Variable(cost, "Σσ_i(Z)^{2/F}", sp.Integer(0), stands_for=True),
            Variable(centred_cost, "Σσ_i(ZP)^{2/F}, P = I − 11ᵀ/N", sp.Integer(0), stands_for=True),
            Variable(centred, "½‖(Z − Y)P‖_F²", sp.Integer(0)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(MODE_DECAY, "ν", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "bias",
                Fact(
                    squares - 2 * bias * total + samples * bias**2,
                    "=",
                    squares - total**2 / samples + samples * (bias - total / samples) ** 2,
                ),
                Identity(),
                "Σ(r_i + b)² is least at the mean, where the row is centred: (Z − Y)P remains",
            ),
            Step(
                "centred product",
                Fact(cost, ">=", centred_cost),
                Known("Horn 1950: σ_i(ZP) ≤ σ_i(Z) for a projection P"),
                "centring Z keeps (Z − Y)P",
            ),
            Step("weight", Fact(weight, ">"), RationalSign(), "Fν/2"),
            Step(
                "loss",
                Fact(centred + weight * cost, ">=", centred + weight * centred_cost),
                Combination((("weight", "centred product"),)),
                "so the problem is that of the centred targets, without a bias",
            ),
        ),
        goals=("bias", "loss"),
        rests_on=("squared-loss/modes-decouple", "squared-loss/mode-optimum"),
    )


def _layers() -> Proof:
    """One direction: spectra of the layers, the probe, and what the network adds to its error."""
    layer, value = positive("layer"), positive("factor_value")
    t = FRACTION
    features = value**layer
    product = sp.Pow(value, FACTORS, evaluate=False)
    residual = STATIONARY_DECAY.expression * (TARGET * t) ** (-(FACTORS - 2) / FACTORS)
    return Proof(
        title="features s^l, a perfect probe on kept directions, and the network's error beyond it",
        variables=(
            Variable(value, "s = σ^{1/F}", sp.Integer(0), open_low=True),
            Variable(layer, "l", sp.Integer(1)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(t, "t = σ/y", sp.Integer(0), sp.Integer(1), open_low=True, open_high=True),
        ),
        steps=(
            Step(
                "next layer",
                Fact(value * features, "=", value ** (layer + 1)),
                Identity(),
                "aligned factors multiply singular values: s^l at layer l",
            ),
            Step(
                "logits",
                Fact(product, "=", value * value ** (FACTORS - 1)),
                Identity(),
                "the last factor gives σ = s^F",
            ),
            Step(
                "probe",
                Fact(TARGET - TARGET / features * features, "=", sp.Integer(0)),
                Identity(),
                "a probe y/s^l fits a kept direction exactly, at every layer; a dropped one keeps y²",
            ),
            Step(
                "residual",
                Fact(TARGET - TARGET * t, "=", residual),
                Identity(),
                "the network leaves y − σ = νσ^{−(F−2)/F}",
            ),
            Step(
                "residual is positive",
                Fact(TARGET - TARGET * t, ">"),
                RationalSign(),
                "more than the probe leaves",
            ),
        ),
        goals=("next layer", "logits", "probe", "residual", "residual is positive"),
        rests_on=("chain/critical-points-are-balanced",),
    )


def _alignment() -> Proof:
    """Lagrange's identity, two directions at a time."""
    first, second, one, other = (positive(name) for name in ("s1", "s2", "y1", "y2"))
    inner = first**2 * one**2 + second**2 * other**2
    outer = (first**4 + second**4) * (one**4 + other**4)
    return Proof(
        title="CKA = Σs²y²/√(Σs⁴Σy⁴) is one iff the spectra are proportional",
        variables=tuple(
            Variable(symbol, meaning, sp.Integer(0), open_low=True)
            for symbol, meaning in (
                (first, "s_1^l"),
                (second, "s_2^l"),
                (one, "y_1"),
                (other, "y_2"),
            )
        ),
        steps=(
            Step(
                "two directions",
                Fact(outer - inner**2, "=", (first**2 * other**2 - second**2 * one**2) ** 2),
                Identity(),
                "‖YHᵀ‖² = Σs²y², ‖HHᵀ‖² = Σs⁴, ‖YYᵀ‖² = Σy⁴ in the common frame; the pairs add up",
            ),
        ),
        goals=("two directions",),
    )


CLAIM = Claim(
    id="regression/deep-collapse",
    title="Deep linear regression collapses to a closed form at every layer",
    statement=(
        r"\sigma_i=s_i^F\ \text{the large root of }\sigma^{(F-2)/F}(y_i-\sigma)=N\lambda\ "
        r"\text{if }N\lambda\le\nu^*(y_i),\ \text{else }0;\qquad \sigma_i(\text{features at layer }l)=s_i^l"
    ),
    source=RANKCOLLAPSE.at("theory 2.4, model of 2603.23805"),
    computed="loss and gradient at the predicted factors; descent on linnerud and synthetic targets",
    tight="equality",
    instances=instances,
    sampler=sampler,
    margin=margin,
    proofs=(_free_bias(), _layers(), _alignment()),
    experiments=(descent,),
    full_samples=50_000,
)
