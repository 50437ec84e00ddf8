"""Weight decays that differ from factor to factor act through their geometric mean.

Statement   With λ̄ = (Πλ_j)^{1/F} and A_j = √(λ̄/λ_j)B_j: the product is the same, Σλ_j‖A_j‖² = λ̄Σ‖B_j‖², and
            the gradients vanish together, for any fit. At critical points, where the B_j are balanced with
            singular values s_i, the features at layer l have the singular values s_i^l Π_{j≤l}√(λ̄/λ_j).
Source      derived for this project; used in 2301.00437 and 2410.23169.
Computed    loss and gradients of random chains under unequal decays against the rescaled chain under λ̄;
            descent under unequal decays against the closed form.
Tight       equality.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.chain.decays import (
    FACTOR_DECAY,
    FACTOR_SCALE,
    MEAN_DECAY,
    factor_scales,
    geometric_mean,
    layer_values,
)
from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import optimal_mode
from theory.symbols import FACTORS, positive
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Evident, Fact, Identity, Proof, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """Difference of the two losses plus that of the (rescaled) gradients, cross-entropy or squared."""
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import (
        loss_and_gradients_cross_entropy,
        loss_and_gradients_squared_loss,
    )

    generator = np.random.default_rng(instance["seed"])
    decays = [float(decay) for decay in instance["decays"]]
    shapes = chain_shapes(classes=3, samples=6, depth=len(decays) - 1, width=4)
    rescaled = gaussian_factors(shapes, scale=1.0, rng=generator)
    scales = factor_scales(decays)
    own = [scale * factor for scale, factor in zip(scales, rescaled, strict=True)]
    labels, mean = np.repeat(np.arange(3), 2), geometric_mean(decays)
    if instance["squared"]:
        targets = generator.standard_normal((3, 6))
        loss, gradients = loss_and_gradients_squared_loss(own, targets, decays)
        other, others = loss_and_gradients_squared_loss(rescaled, targets, mean)
    else:
        loss, gradients = loss_and_gradients_cross_entropy(own, labels, decays)
        other, others = loss_and_gradients_cross_entropy(rescaled, labels, mean)
    moved = [scale * part for scale, part in zip(scales, gradients, strict=True)]
    apart = sum(float(np.linalg.norm(a - b)) for a, b in zip(moved, others, strict=True))
    size = float(np.prod([1 + np.linalg.norm(factor) for factor in rescaled])) ** 2 * (1 + mean)
    return Margin.equal(abs(loss - other) + apart, 0.0, error=LINEAR_ALGEBRA * size)


def meets_hypotheses(instance: Instance) -> bool:
    """At least two factors, every decay above zero."""
    return len(instance["decays"]) >= 2 and all(decay > 0 for decay in instance["decays"])


def sampler(generator: np.random.Generator) -> Instance:
    """Two to six factors, decays over six orders of magnitude."""
    decays = 10.0 ** generator.uniform(-4, 2, size=int(generator.integers(2, 7)))
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


def _proof() -> Proof:
    norm, product = positive("squared_norm"), positive("product_of_decays")
    scale = FACTOR_SCALE.expression
    mean = product ** (1 / FACTORS)
    # Πλ̄ over all factors is λ̄^F; the product of the squared scales is λ̄^F / Πλ_j
    squared_scales = sp.Pow(mean, FACTORS, evaluate=False) / product
    return Proof(
        title="rescaled factors have the same product, penalty and critical points",
        variables=(
            Variable(MEAN_DECAY, "λ̄", sp.Integer(0), open_low=True),
            Variable(FACTOR_DECAY, "λ_j, any factor's", sp.Integer(0), open_low=True),
            Variable(norm, "‖B_j‖_F²", sp.Integer(0), open_low=True),
            Variable(product, "Π_j λ_j", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(2)),
        ),
        steps=(
            Step(
                "penalty",
                Fact(FACTOR_DECAY * scale**2 * norm, "=", MEAN_DECAY * norm),
                Identity(),
                "λ_j‖A_j‖² = λ̄‖B_j‖², factor by factor",
            ),
            Step(
                "product",
                Fact(squared_scales, "=", sp.Integer(1)),
                Identity(),
                "λ̄ = (Πλ_j)^{1/F}, so the scales √(λ̄/λ_j) multiply to one and A_F⋯A_1 = B_F⋯B_1",
            ),
            Step(
                "gradients",
                Fact(scale, ">"),
                Evident(),
                "∂/∂B_j = √(λ̄/λ_j) ∂/∂A_j: one vanishes where the other does",
            ),
        ),
        goals=("penalty", "product", "gradients"),
    )


def descent(run: Run) -> Evidence:
    """Squared loss under unequal decays: loss, product and feature spectra of every layer."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.descent.linear_chain import descend_squared_loss

    generator = run.generator("chain/unequal-decays", "descent")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for shares in ((1, 4), (1, Fraction(1, 9), 3), (8, 1, Fraction(1, 2), 1)):
        decays = [0.004 * float(share) for share in shares]
        factors, mean = len(decays), geometric_mean(decays)
        targets = generator.standard_normal((3, 8))
        left, values, right = np.linalg.svd(targets, full_matrices=False)
        modes = [optimal_mode(float(value), 8 * mean, factors) for value in values]
        kept = np.array([mode.singular_value for mode in modes])
        predicted = sum(mode.loss for mode in modes) / 8
        balanced = balanced_factors((left, kept, right.T), factors=factors, width=4)
        start = [
            scale * factor + 0.02 * generator.standard_normal(factor.shape)
            for scale, factor in zip(factor_scales(decays), balanced, strict=True)
        ]
        end = descend_squared_loss(start, targets, decays, step=0.2, max_steps=100_000, momentum=0.9)
        margins.append(Margin.equal(end.loss, predicted, error=DESCENT_AGREEMENT))
        features = end.factors[0]
        for layer in range(1, factors + 1):
            measured = np.linalg.svd(features, compute_uv=False)[:3]
            expected = np.sort(layer_values(kept ** (1 / factors), decays, layer))[::-1]
            error = 10 * DESCENT_AGREEMENT**0.5 * float(expected[0])
            margins += [Margin.equal(a, b, error=error) for a, b in zip(measured, expected, strict=True)]
            rows.append((_list(np.array(decays)), layer, _list(expected), _list(measured)))
            features = end.factors[layer] @ features if layer < factors else features
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"loss and {len(rows)} layer spectra under unequal decays agree",
        instances=3,
        worst=worst_of(margins),
        tables=(
            Table(
                "Singular values of the features under unequal decays",
                ("λ_j, features first", "layer", "predicted", "measured"),
                tuple(rows),
            ),
        ),
    )


def _list(values: NDArray[Any]) -> str:
    return ", ".join(f"{value:.6g}" for value in values)


CLAIM = Claim(
    id="chain/unequal-decays",
    title="Weight decays that differ between factors act through their geometric mean",
    statement=(
        r"A_j=\sqrt{\bar\lambda/\lambda_j}\,B_j,\ \bar\lambda=\Bigl(\prod_j\lambda_j\Bigr)^{1/F}"
        r"\ \Longrightarrow\ A_F\cdots A_1=B_F\cdots B_1,\quad"
        r"\sum_j\lambda_j\|A_j\|_F^2=\bar\lambda\sum_j\|B_j\|_F^2"
    ),
    source=RANKCOLLAPSE.at("theory 0"),
    computed="loss and gradients of random chains under unequal decays and of the rescaled ones under λ̄",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_proof(),),
    experiments=(descent,),
)
