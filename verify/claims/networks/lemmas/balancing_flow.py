"""Balancing a chain: slopes, the rate of the imbalance, the end, and the discrete form."""

import sympy as sp

from theory.networks.loss_decreasing_path import GEODESIC_TERM
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Known,
    Proof,
    RationalSign,
    Rising,
    Square,
    Step,
    SumOfSquares,
    Variable,
)

ONE, ZERO = sp.Integer(1), sp.Integer(0)


def slopes_telescope() -> Proof:
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


def imbalance_falls() -> Proof:
    """Down its own gradient ½Σ‖N_j‖² falls, so that it is at most the norm lost over the time taken."""
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


def least_norm() -> Proof:
    """Along the flow the norm tends to the least one for the product."""
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


def slope_rises() -> Proof:
    """On a geodesic outputs stay and ½Σ‖A_j‖² is convex."""
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
