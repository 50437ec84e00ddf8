"""Every eigenvalue of the Hessian at a paired point, with its multiplicity.

Statement   For even K = 2m ≥ 4, at balanced factors of βP⊗1ᵀ with the critical decay, the Hessian is, in an
            orthonormal basis and in units of λ, the block form of `theory.landscape.paired_hessian`. With
            L = 1 and d > m it has the eigenvalue 1 − η < 0: a strict saddle.
Source      derived for this project; the block form behind 2410.23169, Theorem 6.
Computed    all eigenvalues of the dense Hessian against the block form; characteristic polynomials over the
            rationals.
Tight       equality, for every even K ≥ 4, F ≥ 2, n ≥ 1, d ≥ K/2 and β > 0, with equal decays.
Argument    As for collapse (`collapse_spectrum`), with U_F the m columns u_i, s^F = 2β√n, and these changes.
            1. Softmax less labels maps u_i to −κu_i, f-parts of sum zero to −Kp times themselves, Σf_i to 0:
            g' = −(λ/s^{F−2})(U_FU_0ᵀ + ηTT_0ᵀ), T a frame of the f-parts of sum zero, T_0 = T⊗1/√n. The new
            part acts only where B_F is outermost and B_1 innermost: it adds −2λη tr(xy), x = TᵀB_FU_{F−1},
            y = U_1ᵀB_1T_0. With two factors, nothing being between them, −2λη tr(x'y') as well, with
            x' = TᵀB_FV_1 and y' = V_1ᵀB_1T_0: eigenvalues 1 ± η, (m−1)(d−m) each. The row of B_F along 1
            is seen by nothing. From here on y has all m columns, one for each f_i.
            2. In the basis u, f the curvature of a column of pair i has no entries between different u, nor
            between u_j, j ≠ i, and f; between u_i and f it has the sign of the class in the pair. The two
            classes of pair i have the means ±X_i + y_i ± x_i, columns i of X = Σb_j, y and x, up to a
            factor: what is odd in the sign cancels, so X does not meet x and y, and x meets y in y_ii alone.
            3. X in symmetric and antisymmetric parts, as at collapse: entries of a pair with itself have τ_u
            for τ. Deviations within a class: τ_u along u_i, τ along the other m − 1.
            4. Column i of x (m−1 dimensions) meets row i of y (m) and nothing else. Perpendicular to
            m e_i − 1 both have 1 + τ and meet through the tension: 1 + τ ± η, m−2 each. Left of the row are
            y_ii and the part along the other pairs' ones: with x along m e_i − 1 the 3×3 block, m times.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.paired import PAIRED
from theory.landscape.paired_hessian import paired_spectrum
from theory.sources import RANKCOLLAPSE
from verify.claim import Claim
from verify.claims.landscape.experiments.characteristic_polynomials import paired_polynomials
from verify.claims.landscape.experiments.dense_hessian import agreement, dense_eigenvalues, pairs
from verify.claims.landscape.lemmas.paired_blocks import paired_blocks, paired_count, two_factors_are_a_saddle
from verify.claims.landscape.lemmas.paired_curvature import curvature_of_the_paired_fit
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals


def dense_spectrum(instance: Instance) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues of the dense Hessian in units of λ, ascending, and their error bound in the same units."""
    scale, sizes = (
        float(instance["scale"]),
        {"classes": 2 * instance["pairs"], "factors": instance["factors"]},
    )
    log_decay = PAIRED.log_decay(scale=scale, **sizes)
    return dense_eigenvalues(pairs(instance["pairs"]), scale, float(log_decay), instance)


def margin(instance: Instance) -> Margin:
    """Minus the largest difference between the dense eigenvalues and those of the block form."""
    names = ("factors", "width", "samples_per_class")
    predicted = paired_spectrum(
        scale=float(instance["scale"]),
        classes=2 * instance["pairs"],
        **{name: instance[name] for name in names},
    )
    return agreement(*dense_spectrum(instance), predicted)


def is_wide_enough(instance: Instance) -> bool:
    """m ≥ 2 pairs, F ≥ 2, n ≥ 1, d ≥ m, and a scale at which floats can see the Hessian."""
    return (
        instance["pairs"] >= 2
        and instance["factors"] >= 2
        and instance["samples_per_class"] >= 1
        and instance["width"] >= instance["pairs"]
        and 0 < instance["scale"] <= 30
    )


def instances() -> Any:
    """Two or three pairs, few samples and factors, a rational scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "pairs": st.integers(2, 3),
            "samples_per_class": st.integers(1, 2),
            "factors": st.integers(2, 4),
            "width": st.integers(2, 5),
            "scale": positive_rationals(largest=20),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Two or three pairs, up to 5 factors, scales from 0.05 to 25."""
    count = int(generator.integers(2, 4))
    return {
        "pairs": count,
        "samples_per_class": int(generator.integers(1, 3)),
        "factors": int(generator.integers(2, 6)),
        "width": count + int(generator.integers(0, 4)),
        "scale": float(0.05 * 500 ** generator.uniform()),
    }


CLAIM = Claim(
    id="landscape/paired-spectrum",
    title="The Hessian at a paired point, all eigenvalues with multiplicities",
    statement=(
        r"\tfrac1\lambda\operatorname{spec}\nabla^2\mathcal L=\{F\tau-(F-2),\ F\tau_u-(F-2),\ F(1+\tau),\ "
        r"1+\tau\pm\eta,\ 1+\tau,\ 1+\tau_u,\ 2,\ 1,\ 0\}\cup\operatorname{spec}R_{3\times3}\ "
        r"(\cup\{1\pm\eta\}\text{ if }F=2),\quad \tau=\frac{2\beta}{K-2+2e^{-\beta}},\ "
        r"\eta=\frac{K}{K-2+2e^{-\beta}}"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 6"),
    computed="dense eigenvalues against the block form; exact characteristic polynomials",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(curvature_of_the_paired_fit(), paired_blocks(), paired_count(), two_factors_are_a_saddle()),
    experiments=(paired_polynomials,),
    quick_samples=100,
    full_samples=2_000,
)
