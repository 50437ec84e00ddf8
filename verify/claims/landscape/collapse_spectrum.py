"""Every eigenvalue of the Hessian at a collapse point, with its multiplicity.

Statement   At balanced factors of αS⊗1ᵀ with the critical decay the Hessian is, in an orthonormal basis and
            in units of λ, the block form of `theory.landscape.collapse_hessian`; its critical eigenvalue is
            Fα/K − (F−2), K(K−3)/2-fold, its nullity L(rd − r(r+1)/2) with r = K − 1 unless a block is
            singular. K = 2 has neither critical directions nor Q₁₁ (`TWO_CLASS_BLOCKS`).
Source      derived for this project; extends 2410.23169, Theorem 4 (sharp form) and Theorem 5 (nullity).
Computed    all eigenvalues of the dense Hessian against the block form; characteristic polynomials and
            explicit eigenvectors over the rationals.
Tight       equality, for every K ≥ 2, F ≥ 2, n ≥ 1, d ≥ K − 1 and α > 0, with equal decays.
Argument    The steps are identities; they make up the statement as follows, by linear algebra alone.
            1. A_j = sU_jU_{j−1}ᵀ, U_j with r orthonormal columns: U_F spans 1^⊥, U_0 = U_F⊗1/√n, s^F = α√n.
            Softmax less labels is p1 − Kpe_k = −KpSe_k, so g' = −(λ/s^{F−2})U_FU_0ᵀ, zero off the ranges.
            2. Let V_j complete U_j to a basis. A_F⋯A_{j+1} and A_{i−1}⋯A_1 are s^{F−j}U_FU_jᵀ and
            s^{i−1}U_{i−1}U_0ᵀ, so ⟨g', A_F⋯B_j⋯B_i⋯A_1⟩ is −λ tr(b_jb_i), b_j = U_jᵀB_jU_{j−1}, and for
            neighbours, with I between them, also −λ tr(o_jt_i), o_j = U_jᵀB_jV_{j−1}, t_i = V_iᵀB_iU_{i−1}.
            3. δZ sees Σb_j, the features w = U_1ᵀB_1V_0, and V_FᵀB_FU_{F−1}, along 1 where softmax is flat.
            4. So four kinds of coordinates do not meet. (a) Pairs (t_j, o_{j+1}), j = 1…L, of r(d−r) entries
            each: 0 and 2. (b) V_jᵀB_jV_{j−1} for all j, and V_FᵀB_FU_{F−1}: 1. (c) The antisymmetric parts
            of the b_j: 0 where they add to zero (L-fold), F(1 + α/K) along equal ones; ⟨A, Y⟩ = 0, A has no
            diagonal, and A, Y annihilate 1, so the fit keeps A apart. Symmetric parts that add to zero: 2.
            (d) Y, equal symmetric parts, and w: deviations within a class, r for each of the K(n−1), and the
            part y common to all samples, which alone meets Y. Class means of δZ are s^{F−1}M/√n with
            M = √F(Y + A) + y1ᵀ/√K; ‖M‖² = F‖Y‖² + F‖A‖² + ‖y‖², and M_kk = √F Y_kk + y_k/√K.
            5. For K ≥ 3, Y ↦ diag Y maps the symmetric matrices on 1^⊥ onto ℝ^K, with kernel of dimension
            K(K−3)/2, orthogonal to every S·diag(v)·S: tr(Y diag v) = 0. On these, v ∝ 1 and Σv = 0 are
            orthogonal; the latter, with y ∝ v, is K − 1 copies of Q. For K = 2 only v ∝ 1 is left.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.collapse import COLLAPSE
from theory.landscape.collapse_hessian import collapse_spectrum
from theory.sources import RANKCOLLAPSE
from verify.claim import Claim
from verify.claims.landscape.experiments.characteristic_polynomials import collapse_polynomials
from verify.claims.landscape.experiments.dense_hessian import agreement, dense_eigenvalues, simplex
from verify.claims.landscape.experiments.four_cycles import explicit_eigenvectors
from verify.claims.landscape.lemmas.collapse_blocks import blocks, count
from verify.claims.landscape.lemmas.collapse_curvature import curvature_of_the_fit, decay_and_products
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals


def dense_spectrum(instance: Instance) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues of the dense Hessian in units of λ, ascending, and their error bound in the same units."""
    classes, scale = instance["classes"], float(instance["scale"])
    log_decay = COLLAPSE.log_decay(scale=scale, classes=classes, factors=instance["factors"])
    return dense_eigenvalues(simplex(classes), scale, float(log_decay), instance)


def margin(instance: Instance) -> Margin:
    """Minus the largest difference between the dense eigenvalues and those of the block form."""
    names = ("classes", "factors", "width", "samples_per_class")
    predicted = collapse_spectrum(scale=float(instance["scale"]), **{name: instance[name] for name in names})
    return agreement(*dense_spectrum(instance), predicted)


def is_wide_enough(instance: Instance) -> bool:
    """K ≥ 2, F ≥ 2, n ≥ 1, d ≥ K − 1, and a scale at which floats can see the Hessian."""
    return (
        instance["classes"] >= 2
        and instance["factors"] >= 2
        and instance["samples_per_class"] >= 1
        and instance["width"] >= instance["classes"] - 1
        and 0 < instance["scale"] <= 30
    )


def instances() -> Any:
    """Few classes, samples and factors, a rational scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 5),
            "samples_per_class": st.integers(1, 3),
            "factors": st.integers(2, 5),
            "width": st.integers(1, 6),
            "scale": positive_rationals(largest=20),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to 6 classes, 6 factors and width 8, scales from 0.05 to 25."""
    classes = int(generator.integers(2, 7))
    return {
        "classes": classes,
        "samples_per_class": int(generator.integers(1, 4)),
        "factors": int(generator.integers(2, 6)),
        "width": int(generator.integers(classes - 1, classes + 2)),
        "scale": float(0.05 * 500 ** generator.uniform()),
    }


CLAIM = Claim(
    id="landscape/collapse-spectrum",
    title="The Hessian at a collapse point, all eigenvalues with multiplicities",
    statement=(
        r"\tfrac1\lambda\operatorname{spec}\nabla^2\mathcal L=\Bigl\{\tfrac{F\alpha}K-(F-2)\ "
        r"\bigl[\tfrac{K(K-3)}2\bigr],\ F\alpha(1-(K-1)p)-(F-2)\ [1],\ \operatorname{spec}Q\ [K-1],\ "
        r"F(1+\tfrac\alpha K)\ \bigl[\tfrac{(K-1)(K-2)}2\bigr],\ 1+\tfrac\alpha K,\ 1+\alpha(1-(K-1)p),\ "
        r"2,\ 1,\ 0\ \bigl[L(rd-\tfrac{r(r+1)}2)\bigr]\Bigr\},\quad K\ge3\ "
        r"(K=2:\ Q=Q_{22},\ \text{no }\tfrac{F\alpha}K-(F-2))"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 4"),
    computed="dense eigenvalues against the block form; exact characteristic polynomials and eigenvectors",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(curvature_of_the_fit(), decay_and_products(), blocks(), count()),
    experiments=(collapse_polynomials, explicit_eigenvectors),
    quick_samples=150,
    full_samples=2_000,
)
