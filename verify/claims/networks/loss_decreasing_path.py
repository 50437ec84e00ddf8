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
    GEODESIC_TERM,
    STRAIGHT_NORM,
    half_norm,
    product_of,
)
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.networks.constructions.linear_paths import certified_paths, flow_in_steps, free_algebra
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Known,
    Proof,
    RationalSign,
    Rising,
    Step,
    SumOfSquares,
    Variable,
)
from verify.proof.rules import Square
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


def _straight() -> Proof:
    kept, lost, time = STRAIGHT_NORM.arguments
    part, now, later = (sp.Symbol(name, nonnegative=True) for name in ("part", "now", "later"))
    output, again, moved = (sp.Symbol(name, real=True) for name in ("output", "again", "moved"))
    at_later = STRAIGHT_NORM.at({time: time + part * (1 - time)})
    projector = "Penrose 1955: W⁺W is the orthogonal projector onto the row space of W"
    return Proof(
        title="on the straight move outputs stay and no feature grows",
        variables=(
            Variable(kept, "‖W⁺Wh‖²", ZERO),
            Variable(lost, "‖(I−W⁺W)h‖²", ZERO),
            Variable(time, "t", ZERO, ONE),
            Variable(part, "(t' − t)/(1 − t) for a later time t'", ZERO, ONE),
            Variable(now, "‖h(t)‖²", ZERO, stands_for=True),
            Variable(later, "‖h(t')‖²", ZERO, stands_for=True),
            Variable(output, "(Wh)_k, in units in which it lies in [−1, 1]", -ONE, ONE),
            Variable(again, "(WW⁺Wh)_k", -ONE, ONE, stands_for=True),
            Variable(moved, "(Wh(t))_k = (1−t)(Wh)_k + t(WW⁺Wh)_k", -ONE, ONE, stands_for=True),
        ),
        steps=(
            Step("norm now", Fact(now, "=", STRAIGHT_NORM.expression), Known(projector), "Pythagoras"),
            Step(
                "norm later", Fact(later, "=", at_later), Known(projector), "the same at t' = t + part·(1−t)"
            ),
            Step(
                "the lost part shrinks",
                Fact(STRAIGHT_NORM.expression, ">=", at_later),
                RationalSign(),
                "(1−t)² falls",
            ),
            Step(
                "no feature grows",
                Fact(now, ">=", later),
                Combination(((ONE, "norm now"), (-ONE, "norm later"), (ONE, "the lost part shrinks"))),
                "between any two times",
            ),
            Step("pseudo-inverse", Fact(again, "=", output), Known("Penrose 1955: WW⁺W = W"), "applied to h"),
            Step(
                "linear",
                Fact(moved, "=", (1 - time) * output + time * again),
                Known("Penrose 1955: WW⁺W = W"),
                "W(h(t)) term by term",
            ),
            Step("time is not negative", Fact(time, ">="), RationalSign(), "by its range"),
            Step(
                "outputs stay",
                Fact(moved, "=", output),
                Combination(((ONE, "linear"), ("time is not negative", "pseudo-inverse"))),
                "for every start: whatever Wh is, it is kept",
            ),
        ),
        goals=("no feature grows", "outputs stay"),
    )


def _slope() -> Proof:
    """Adding a factor to the sum of slopes; quantities in units in which they lie in [−1, 1]."""
    names = ("slope", "next_slope", "products", "next_products", "out", "in_", "next_out")
    slope, next_slope, products, next_products, out, into, next_out = (
        sp.Symbol(name, real=True) for name in names
    )
    meanings = (
        "Σ_{j≤k} tr A_jᵀ(A_jM_{j−1} − M_jA_j)",
        "the same up to k+1",
        "Σ_{j<k} ⟨M_j, N_j⟩",
        "the same up to k",
        "tr M_kA_kA_kᵀ",
        "tr M_kA_{k+1}ᵀA_{k+1}",
        "tr M_{k+1}A_{k+1}A_{k+1}ᵀ, zero for k+1 = F",
    )
    cyclic = Known("Magnus and Neudecker 2019, chapter 1: the trace is linear and cyclic")
    symbols = (slope, next_slope, products, next_products, out, into, next_out)
    return Proof(
        title="slope + products + out is the same for every number of factors, any symmetric M_j",
        variables=tuple(
            Variable(symbol, meaning, -ONE, ONE, stands_for=name.startswith("next_") and name != "next_out")
            for name, symbol, meaning in zip(names, symbols, meanings, strict=True)
        ),
        steps=(
            Step(
                "one factor more",
                Fact(next_slope, "=", slope + into - next_out),
                cyclic,
                "tr A_{k+1}ᵀ(A_{k+1}M_k − M_{k+1}A_{k+1})",
            ),
            Step(
                "one node more",
                Fact(next_products, "=", products + out - into),
                cyclic,
                "⟨M_k, N_k⟩ = tr M_k(A_kA_kᵀ − A_{k+1}ᵀA_{k+1})",
            ),
            Step(
                "telescoping",
                Fact(next_slope + next_products + next_out, "=", slope + products + out),
                Combination(((ONE, "one factor more"), (ONE, "one node more"))),
                "from −out_1 + 0 + out_1 = 0 up to F, where nothing goes out: the slope is −Σ⟨M_j, N_j⟩",
            ),
        ),
        goals=("telescoping",),
    )


def _rate() -> Proof:
    back, forth, rate = (sp.Symbol(name, real=True) for name in ("back", "forth", "rate"))
    time, lost, between, now = (
        sp.Symbol(name, nonnegative=True) for name in ("time", "norm_lost", "between", "now")
    )
    return Proof(
        title="the imbalance never grows, so that it is at most the norm lost over the time taken",
        variables=(
            Variable(back, "an entry of N_jA_j, in units in which it lies in [−1, 1]", -ONE, ONE),
            Variable(forth, "the same entry of A_jN_{j−1}", -ONE, ONE),
            Variable(rate, "its share of d/dt ½Σ‖N_j‖²", sp.Integer(-8), sp.Integer(8), stands_for=True),
            Variable(time, "t", ZERO),
            Variable(lost, "½Σ‖A_j(0)‖² − ½Σ‖A_j(t)‖²", ZERO, stands_for=True),
            Variable(between, "Σ‖N_j‖² at some time between 0 and t", ZERO, stands_for=True),
            Variable(now, "Σ‖N_j(t)‖²", ZERO),
        ),
        steps=(
            Step(
                "chain rule",
                Fact(rate, "=", (2 * back - 2 * forth) * (forth - back)),
                Known("Magnus and Neudecker 2019, chapter 9: the differential of a product of matrices"),
                "∂/∂A_j ½Σ‖N‖² = 2N_jA_j − 2A_jN_{j−1}, times Ȧ_j = A_jN_{j−1} − N_jA_j",
            ),
            Step(
                "square",
                Fact(2 * (forth - back) ** 2, ">="),
                SumOfSquares((Square(sp.Integer(2), forth - back),)),
                "the flow runs down ½Σ‖N_j‖², at half its gradient",
            ),
            Step(
                "the imbalance falls",
                Fact(-rate, ">="),
                Combination(((-ONE, "chain rule"), (ONE, "square"))),
                "entry by entry",
            ),
            Step(
                "mean value",
                Fact(lost, "=", time * between),
                Known("Rudin 1976, 5.10: the mean value theorem"),
                "the slope of ½Σ‖A_j‖² is −Σ‖N_j‖²",
            ),
            Step(
                "earlier is more",
                Fact(between, ">=", now),
                Known("Rudin 1976, 5.11: a derivative that is never positive"),
                "the imbalance falls",
            ),
            Step("time is not negative", Fact(time, ">="), RationalSign(), "by its range"),
            Step(
                "rate",
                Fact(lost, ">=", time * now),
                Combination(((ONE, "mean value"), ("time is not negative", "earlier is more"))),
                "so Σ‖N_j(t)‖² ≤ ½Σ‖A_j(0)‖²/t tends to zero",
            ),
        ),
        goals=("the imbalance falls", "rate"),
    )


def _end() -> Proof:
    names = ("limit", "at_the_point", "least")
    limit, point, least = (sp.Symbol(name, nonnegative=True) for name in names)
    return Proof(
        title="the norm tends to the least one for the product",
        variables=(
            Variable(limit, "lim Σ‖A_j(t)‖², which falls and is not negative", ZERO, stands_for=True),
            Variable(point, "Σ‖B_j‖² at a limit point B of the chain", ZERO, stands_for=True),
            Variable(least, "F Σσ_i(Z)^{2/F}", ZERO),
        ),
        steps=(
            Step(
                "limit point",
                Fact(limit, "=", point),
                Known("Bolzano–Weierstraß: Rudin 1976, 2.42"),
                "the chain stays in the ball of its start; norm, product and N_j are continuous",
            ),
            Step(
                "balanced",
                Fact(point, "=", least),
                Known("claim chain/critical-points-are-balanced: balanced factors cost F Σσ^{2/F}"),
                "N_j = 0 at B, and B_F⋯B_1 = Z",
            ),
            Step(
                "least norm",
                Fact(limit, "=", least),
                Combination(((ONE, "limit point"), (ONE, "balanced"))),
                "the least by chain/cost-of-a-product",
            ),
        ),
        goals=("least norm",),
        rests_on=("chain/critical-points-are-balanced", "chain/cost-of-a-product"),
    )


def _geodesic() -> Proof:
    weight, rate, time = GEODESIC_TERM.arguments
    further = sp.Symbol("further", nonnegative=True)
    value = sp.Symbol("value", real=True)
    slope = sp.diff(GEODESIC_TERM.expression, time) / 2
    rise = slope.subs(time, time + further) - slope
    there, back = sp.exp(time * value), sp.exp(-time * value)
    return Proof(
        title="on a geodesic outputs stay and the slope of the norm never falls",
        variables=(
            Variable(weight, "c, a squared entry of a factor in eigenvectors of the M_j", ZERO),
            Variable(rate, "δ, in units of the largest, so that it lies in [−1, 1]", -ONE, ONE),
            Variable(time, "s", ZERO),
            Variable(further, "s' − s for a later s'", ZERO),
            Variable(value, "an eigenvalue of M_j, in units of the largest", -ONE, ONE),
        ),
        steps=(
            Step(
                "curvature",
                Fact(sp.diff(rise, further), ">="),
                Evident(),
                "2cδ²e^{2s'δ}: a square times what is not negative",
            ),
            Step("same time", Fact(rise.subs(further, 0), "="), Identity(), "no time, no change"),
            Step(
                "the slope rises",
                Fact(rise, ">="),
                Rising(further, "curvature", "same time"),
                "term by term: where the slope at the end of a segment is not positive, it never was",
            ),
            Step(
                "outputs stay",
                Fact(sp.Mul(there, back, evaluate=False), "=", ONE),
                Identity(),
                "e^{sM_j}e^{−sM_j} = I between A_{j+1} and A_j, in eigenvectors of M_j",
            ),
        ),
        goals=("the slope rises", "outputs stay"),
    )


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
    proofs=(_straight(), _slope(), _rate(), _end(), _geodesic()),
    experiments=(certified_paths, flow_in_steps, free_algebra),
    quick_samples=40,
    full_samples=2_000,
)
