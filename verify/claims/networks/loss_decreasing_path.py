"""From any deep linear network a path of falling norm and fixed outputs leads to the least norm.

Statement   A_1 = H (features), A_{j+1} = W_j, Z = A_F⋯A_1; any shapes, ranks and starts, interpolating or
            not. (a) H(t) = (1−t)H + tW⁺WH holds Z, no column's norm ever rises, and at t = 1 columns with
            equal outputs are equal. (b) The balancing flow Ȧ_j = A_jN_{j−1} − N_jA_j (N_j = A_jA_jᵀ −
            A_{j+1}ᵀA_{j+1}, N_0 = N_F = 0) holds Z, d/dt ½Σ‖A_j‖² = −Σ‖N_j‖², which never falls faster later
            on, and t·Σ‖N_j(t)‖² ≤ ½Σ‖A_j(0)‖² − ½Σ‖A_j(t)‖²; the norm Σ‖A_j‖² tends to F Σσ_i(Z)^{2/F}, the
            least for Z. (c) Its discrete form: A_j(s) = e^{−sM_j}A_je^{sM_{j−1}} with symmetric M_j, M_0 =
            M_F = 0, holds Z, and ½Σ‖A_j‖² has the slope −Σ⟨M_j, N_j⟩ and is convex in s: it falls up to s
            where the slope at s is not positive. So g(Z) + (λ/2)Σ‖A_j‖² never increases on the whole path,
            whatever g.
Source      2402.03991 (abstract); construction, rates and proof derived for this project.
Computed    the path from random chains: slopes, a fine grid, the outputs, the end against the least norm;
            from interpolating starts every slope between the joints enclosed by balls.
Tight       yes: the end is the minimum over all factors of Z.

Why the slopes telescope (M_j = N_j in (b)): A_1 alone contributes −tr M_1A_1A_1ᵀ = −out_1; each further
factor keeps slope + products + out (the second proof), and out_F = 0. Why Z stays: A_F⋯Ȧ_j⋯A_1 is the
difference of two neighbouring terms A_F⋯A_{j+1}N_jA_j⋯A_1, so that the sum is Z N_0 − N_F Z. Why the norm
tends to the least: it falls, the chain stays bounded, and at every limit point Σ‖N_j‖² = 0 with the same Z.
(The flow is half the gradient flow of a polynomial, so that it even converges: Łojasiewicz 1963.)
"""

from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from theory.chain.cost import cost_error, cost_of_a_product
from theory.networks.loss_decreasing_path import (
    half_norm,
    product_of,
)
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.networks.constructions.linear_paths import certified_paths, flow_in_steps, free_algebra
from verify.claims.networks.lemmas.balancing_flow import (
    imbalance_falls,
    least_norm,
    slope_rises,
    slopes_telescope,
)
from verify.claims.networks.lemmas.straight_move import straight_move
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices

ONE, ZERO = sp.Integer(1), sp.Integer(0)
SEGMENTS = 25
"""Enough for a chain of small integers; a path cut short still must fall."""
LEFT_OVER = 1e-7
"""Of the start's norm, above the least: what a balanced path may leave; it stops at 1e-9 of its own norm."""


def margin(instance: Instance) -> Margin:
    """The worst of: slopes at the joints, a fall between grid points, the outputs, the end."""
    from numerics.paths.path import loss_decreasing_path

    chain = [np.asarray(factor, dtype=np.float64) for factor in instance["chain"]]
    path = loss_decreasing_path(chain, max_segments=SEGMENTS)
    outputs, size = product_of(chain), half_norm(chain)
    rounding = LINEAR_ALGEBRA * size
    margins: list[Margin] = []
    for segment, length in zip(path.segments, np.diff(path.joints), strict=True):
        times = np.linspace(0.0, float(length), 3)
        steep = 1 + float(np.sqrt(sum(np.sum(part**2) for part in getattr(segment, "generators", ()))))
        margins.append(Margin.at_least(0.0, segment.slope(float(length)), error=rounding * steep))
        sizes = [segment.half_norm(t) for t in times]
        margins += [Margin.at_least(before, after, error=rounding) for before, after in pairwise(sizes)]
    end = path.factors_at(path.end)
    reach = float(np.prod([1 + np.linalg.norm(factor) for factor in chain]))
    drift = float(np.linalg.norm(product_of(end) - outputs))
    margins.append(Margin.equal(drift, 0.0, error=LINEAR_ALGEBRA * reach))
    least = 0.5 * cost_of_a_product(outputs, len(chain))
    error = 0.5 * cost_error(outputs, len(chain), LINEAR_ALGEBRA * reach) + rounding
    margins.append(Margin.at_least(half_norm(end), least, error=error))
    if path.status == "balanced":
        margins.append(Margin.equal(half_norm(end), least, error=error + LEFT_OVER * size))
    return worst_of(margins)


def meets_hypotheses(instance: Instance) -> bool:
    """At least two factors, not empty, that multiply."""
    shapes = [np.shape(factor) for factor in instance["chain"]]
    return len(shapes) >= 2 and all(
        len(low) == len(high) == 2 and min(*low, *high) > 0 and high[1] == low[0]
        for low, high in pairwise(shapes)
    )


def instances() -> Any:
    """Chains of two to four small integer matrices, with all ranks."""
    from hypothesis import strategies as st

    def chain(widths: list[int]) -> Any:
        matrices = [integer_matrices(after, before, largest=3) for before, after in pairwise(widths)]
        return st.tuples(*matrices).map(lambda found: {"chain": list(found)})

    return st.lists(st.integers(1, 3), min_size=3, max_size=5).flatmap(chain)


def sampler(generator: np.random.Generator) -> Instance:
    """Gaussian chains over four orders of magnitude; every other one narrow inside, so of low rank."""
    factors = int(generator.integers(2, 6))
    widths = generator.integers(1, 6, size=factors + 1)
    if generator.random() < 0.5:
        widths[int(generator.integers(1, factors))] = 1
    scales = 10.0 ** generator.uniform(-2, 2) * 10.0 ** generator.uniform(-0.5, 0.5, size=factors)
    return {
        "chain": [
            scale * generator.standard_normal((after, before))
            for scale, (before, after) in zip(scales, pairwise(map(int, widths)), strict=True)
        ]
    }


CLAIM = Claim(
    id="networks/loss-decreasing-path",
    title="From any deep linear network a path of falling norm and fixed outputs leads to the least norm",
    statement=(
        r"\dot A_j=A_jN_{j-1}-N_jA_j\ \Longrightarrow\ A_F\cdots A_1=\text{const},\quad"
        r"\frac{d}{dt}\,\frac12\sum_j\|A_j\|_F^2=-\sum_j\|N_j\|_F^2,\quad"
        r"t\sum_j\|N_j(t)\|_F^2\le\frac12\sum_j\|A_j(0)\|_F^2,\quad"
        r"\sum_j\|A_j\|_F^2\to F\sum_i\sigma_i^{2/F}"
    ),
    source=ZANGRANDO_2024.at("loss-decreasing path"),
    computed="slopes, grid, outputs and end of the path from random chains; slopes in balls",
    tight="yes: the end is the least norm over all factors of the outputs",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(straight_move(), slopes_telescope(), imbalance_falls(), least_norm(), slope_rises()),
    experiments=(certified_paths, flow_in_steps, free_algebra),
    quick_samples=40,
    full_samples=2_000,
)
