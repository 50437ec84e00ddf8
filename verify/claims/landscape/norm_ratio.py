"""Hessian norms at collapse over those at the paired point tend to known constants.

Statement   Even K ≥ 4, equal decays, λ → 0, both structures at their larger (diverging) critical scale, n, d
            and F fixed: the ratio of the traces tends to
            2(K−1)((F−1)(K−1) + Kn)/(K²(F + 2n)), that of the Frobenius norms to the closed form of
            `FROBENIUS_LIMIT`, that of the spectral norms to 1 (F ≥ 3) or (K−2)/(K−1) (F = 2).
Source      2410.23169, Theorem 6 (a constant exists); the constants are derived for this project.
Computed    the three ratios from the block forms, at collapse scales up to 10⁶, λ down to e^{−10⁶}.
Tight       equality in the limit; the error is O(1/α) and grows with the width.
Argument    Every entry of a block is (scale)·R₁ + R₀, R₁ and R₀ rational in e^{−scale} and continuous at 0,
            so over the scale it has a limit, and traces, norms and (Weyl) eigenvalues follow, each over its
            own scale; α/β → 1, as (β − a log β) − (α − a log α) stays bounded while both diverge.
"""

from theory.sources import RANKCOLLAPSE
from verify.claim import Claim
from verify.claims.landscape.experiments.norm_convergence import convergence, dense_ratios
from verify.claims.landscape.lemmas.leading_coefficients import (
    FORMS,
    larger_of_the_two,
    largest_eigenvalues,
    quotients,
    trace_and_squares,
)
from verify.claims.landscape.lemmas.scales_of_one_decay import scales_of_one_decay

CLAIM = Claim(
    id="landscape/norm-ratio",
    title="Hessian norms at collapse over those at the paired point: the limits for small weight decay",
    statement=(
        r"\lambda\to0,\ \alpha,\beta\to\infty:\quad "
        r"\frac{\operatorname{tr}_{\mathrm{DNC}}}{\operatorname{tr}_P}\to"
        r"\frac{2(K-1)((F-1)(K-1)+Kn)}{K^2(F+2n)},\quad "
        r"\frac{\|\cdot\|_{F,\mathrm{DNC}}^2}{\|\cdot\|_{F,P}^2}\to"
        r"\frac{(K-1)(K-2)\bigl(F^2+\frac{2(F(K-2)+2)}{K^2}+\frac{(n-1)(K+2)}K\bigr)}"
        r"{K\bigl(\frac{F^2K}2+2(K+1)+(n-1)K\bigr)},\quad "
        r"\frac{\|\cdot\|_{2,\mathrm{DNC}}}{\|\cdot\|_{2,P}}\to 1\ (F\ge3),\ \frac{K-2}{K-1}\ (F=2)"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 6"),
    computed="the ratios from block forms far into the limit, and from dense Hessians where floats reach",
    tight="equality in the limit; the error is O(1/α) and grows with the width",
    proofs=(
        *(trace_and_squares(*form) for form in FORMS),
        largest_eigenvalues(),
        larger_of_the_two(),
        quotients(),
        scales_of_one_decay(),
    ),
    experiments=(convergence, dense_ratios),
)
