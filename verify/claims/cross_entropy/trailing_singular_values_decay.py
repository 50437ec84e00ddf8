"""All but q_K singular values of the optimum decay exponentially with depth, against the largest.

Statement   Z ≠ 0 a global minimum: σ_j/σ_1 ≤ C (q/j)^{F/2} for every j, with a diagonally superior code X' of
            rank q and C = (A/m)·K‖S diag(√n_k)‖_*/((K−1)N). For equal classes and the polygon, q = 2 and
            C = K/(2(1 − cos 2π/K)): from the third on at most C (2/3)^{F/2}. Any class sizes and any λ > 0
            that leaves such a minimum (above strong-decay-leaves-nothing's threshold there is none). C does
            not depend on F or λ.
Source      2410.23169, Theorems 3(ii) and A2, second half, which asks for λ_L = o(1/L) and large L; the
            explicit rate, free of λ, is derived for this project.
Computed    random codes beyond the bound: their loss minus that of the superior code that must beat them;
            optima in logit space, depth by depth, against the bound.
Tight       no: the optima found have exactly zero trailing values from a moderate depth on.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import (
    code_loss,
    least_margin,
    mean_margin,
    singular_values,
)
from theory.cross_entropy.decay_schedule import LOWER_RANK, PLACE, TRAILING, TRAILING_BOUND, trailing_constant
from theory.cross_entropy.superior_rank import least_superior_code, superior_rank
from theory.sources import GARROD_KEATING_2025
from theory.symbols import FACTORS
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.logit_optima import optima_by_depth
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Known,
    Proof,
    RationalSign,
    Step,
    Variable,
)
from verify.strategies import code_instances, positive_rationals
from verify.strategies.codes import is_code, random_code


def beyond_the_bound(instance: Instance) -> bool:
    """A non-zero code one of whose singular values exceeds its bound by 1e-6 or more; F ≥ 2, λ > 0."""
    if not is_code(instance) or instance["factors"] < 2 or not instance["weight_decay"] > 0:
        return False
    code, sizes = instance["code"], instance["sizes"]
    if not any(entry for row in code for entry in row) or np.max(np.abs(code)) > 300:
        return False
    values = singular_values(code, sizes, len(sizes))
    rank = superior_rank(len(sizes))
    bound = TRAILING_BOUND(
        trailing=trailing_constant(least_superior_code(len(sizes)), sizes, rank),
        lower_rank=rank,
        place=np.arange(1, len(sizes) + 1),
        factors=instance["factors"],
    )
    return bool(np.any(values > (bound + SOLVER_GAP) * values[0]))


def margin(instance: Instance) -> Margin:
    """ℒ(Z) − ℒ(cX') in floats; ℒ(Z) − log K where the mean margin m̄ of Z is not positive."""
    from numerics.exact.codes import exact_rank

    code, sizes = instance["code"], instance["sizes"]
    lower = least_superior_code(len(sizes))
    shared: dict[str, Any] = {
        "factors": instance["factors"],
        "weight_decay": float(instance["weight_decay"]),
    }
    stretch = float(_stretch(instance))
    loss = code_loss(code, 1.0, sizes, rank=exact_rank(code), **shared)
    other = code_loss(lower, max(stretch, 0.0), sizes, rank=superior_rank(len(sizes)), **shared)
    return Margin.at_least(loss, other, error=LINEAR_ALGEBRA * len(sizes) * (loss + other))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    from numerics.exact.codes import code_loss_ball

    sizes = instance["sizes"]
    shared: dict[str, Any] = {
        "factors": instance["factors"],
        "weight_decay": Fraction(instance["weight_decay"]),
    }
    loss = code_loss_ball(instance["code"], 1, sizes, **shared)
    stretch = _stretch(instance)
    if stretch <= 0:
        from flint import arb

        return Margin.of_ball(loss - arb(len(sizes)).log())
    return Margin.of_ball(loss - code_loss_ball(least_superior_code(len(sizes)), stretch, sizes, **shared))


def _stretch(instance: Instance) -> Fraction:
    """c = m̄/m."""
    code, sizes = instance["code"], instance["sizes"]
    exact = [[Fraction(entry) for entry in row] for row in code]
    return mean_margin(exact, sizes) / least_margin(least_superior_code(len(sizes)))


def instances() -> Any:
    """Small codes, enough factors for the bound to bite, any decay."""
    from hypothesis import strategies as st

    return code_instances(factors=st.integers(2, 60), weight_decay=positive_rationals(largest=1))


def sampler(generator: np.random.Generator) -> Instance:
    """Codes of up to eight classes, up to 200 factors, decays over eight decades."""
    return {
        **random_code(generator),
        "factors": int(generator.integers(6, 201)),
        "weight_decay": float(10.0 ** generator.uniform(-8, 0)),
    }


def _proof() -> Proof:
    """A trailing value beyond the bound makes Z cost more than cX', which fits no worse."""
    spare, ratio, weight = sp.symbols("spare ratio weight", positive=True)
    rest, lower_cost, fit, lower_fit, curve = sp.symbols(
        "rest lower_cost fit lower_fit curve", nonnegative=True
    )
    power, one = 2 / FACTORS, sp.Integer(1)
    constant = LOWER_RANK * TRAILING**power
    head = constant * sp.exp(spare)  # j times (σ_j/σ_1)^{2/F}
    bound = TRAILING_BOUND.expression * sp.exp(spare * FACTORS / 2)
    return Proof(
        title="logits with a trailing singular value beyond the bound are no global minimum",
        variables=(
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(LOWER_RANK, "q = rank X'", sp.Integer(1)),
            Variable(PLACE, "j", sp.Integer(1)),
            Variable(TRAILING, "C", sp.Integer(0), open_low=True),
            Variable(
                spare, "σ_j/σ_1 = C(q/j)^{F/2}·e^{spare·F/2}: beyond the bound", sp.Integer(0), open_low=True
            ),
            Variable(weight, "(λF/2)σ_1^{2/F}", sp.Integer(0), open_low=True),
            Variable(
                rest, "Σ(σ_i/σ_1)^{2/F} minus j(σ_j/σ_1)^{2/F}; the first j are no smaller", sp.Integer(0)
            ),
            Variable(ratio, "cA/σ_1, c = m̄/m", sp.Integer(0), open_low=True, stands_for=True),
            Variable(lower_cost, "Σ(cσ'_i/σ_1)^{2/F}", sp.Integer(0), stands_for=True),
            Variable(fit, "g(Z)", sp.Integer(0), stands_for=True),
            Variable(lower_fit, "g(cX')", sp.Integer(0), stands_for=True),
            Variable(curve, "f(m̄) = f(cm)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "beyond",
                Fact(PLACE * bound**power, "=", head),
                Identity(),
                "j(σ_j/σ_1)^{2/F} = qC^{2/F}e^{spare}",
            ),
            Step("size", Fact(constant, ">"), Evident(), "qC^{2/F}"),
            Step("spare", Fact(spare, ">"), RationalSign(), "beyond the bound"),
            Step(
                "factor",
                Fact(sp.exp(spare), ">", one),
                Increasing("exp", spare, sp.Integer(0), "spare"),
                "e^{spare} exceeds 1",
            ),
            Step(
                "steepness",
                Fact(TRAILING, ">=", ratio),
                Known("von Neumann 1937: ⟨SY, Z⟩ ≤ ‖SY‖_*‖Z‖₂"),
                "m̄ = K⟨SY, Z⟩/((K−1)N) ≤ σ_1·K‖SY‖_*/((K−1)N)",
            ),
            Step("ratio", Fact(ratio, ">"), RationalSign(), "m̄ > 0; else ℒ(Z) > log K = ℒ(0)"),
            Step("exponent", Fact(power, ">"), RationalSign(), "2/F"),
            Step(
                "logarithms",
                Fact(sp.log(TRAILING), ">=", sp.log(ratio)),
                Increasing("log", TRAILING, ratio, "steepness", "ratio"),
                "take logarithms",
            ),
            Step(
                "scaled",
                Fact(power * sp.log(TRAILING), ">=", power * sp.log(ratio)),
                Combination((("exponent", "logarithms"),)),
                "times 2/F",
            ),
            Step(
                "powers",
                Fact(sp.exp(power * sp.log(TRAILING)), ">=", sp.exp(power * sp.log(ratio))),
                Increasing("exp", power * sp.log(TRAILING), power * sp.log(ratio), "scaled"),
                "C^{2/F} ≥ (cA/σ_1)^{2/F}",
            ),
            Step(
                "power means",
                Fact(LOWER_RANK * ratio**power, ">=", lower_cost),
                Known("Power means: Hardy, Littlewood, Pólya 1952, 2.9"),
                "q numbers cσ'/σ_1 of mean cA/σ_1, and 2/F ≤ 1",
            ),
            Step("rank", Fact(LOWER_RANK, ">"), RationalSign(), "X' is not zero"),
            Step("rest", Fact(rest, ">="), RationalSign(), "no singular value is negative"),
            Step(
                "cost",
                Fact(PLACE * bound**power + rest, ">", lower_cost),
                Combination(
                    (
                        (one, "beyond"),
                        ("size", "factor"),
                        ("rank", "powers"),
                        (one, "power means"),
                        (one, "rest"),
                    )
                ),
                "Z costs more than cX'",
            ),
            Step(
                "fit of Z",
                Fact(fit, ">=", curve),
                Known("claim cross-entropy/fit-between-margins: g(Z) ≥ f(m̄)"),
                "proved in cross-entropy/fit-between-margins",
            ),
            Step(
                "fit of the code",
                Fact(curve, ">=", lower_fit),
                Known("claim cross-entropy/fit-between-margins: g(cX') ≤ f(cm)"),
                "proved there too, with cm = m̄",
            ),
            Step("weight", Fact(weight, ">"), RationalSign(), "weight decay is positive"),
            Step(
                "loss",
                Fact(fit + weight * (PLACE * bound**power + rest), ">", lower_fit + weight * lower_cost),
                Combination(((one, "fit of Z"), (one, "fit of the code"), ("weight", "cost"))),
                "ℒ(Z) > ℒ(cX')",
            ),
        ),
        goals=("loss",),
        rests_on=("chain/cost-of-a-product", "cross-entropy/fit-between-margins"),
    )


CLAIM = Claim(
    id="cross-entropy/trailing-singular-values-decay",
    title="All but q_K singular values of the optimum decay exponentially with depth, against the largest",
    statement=(
        r"\operatorname{rank}X'=q,\ m(X')=m>0,\ Z^*\ne0\ \text{a global minimum}\ \Longrightarrow\ "
        r"\frac{\sigma_j}{\sigma_1}\le C\left(\frac qj\right)^{(L+1)/2}\ \ \forall j,\ \lambda>0;\qquad "
        r"C=\frac Am\,\frac{K\|S\operatorname{diag}(\sqrt{n_k})\|_*}{(K-1)N};\quad "
        r"n_k=n,\ K\ge3,\ q=2:\ C=\frac{K}{2(1-\cos(2\pi/K))}"
    ),
    source=GARROD_KEATING_2025.at("Theorems 3(ii) and A2, decay, explicit"),
    computed="loss of codes beyond the bound minus that of a superior code; optima in logit space",
    tight="no: optima found have exactly zero trailing values from a moderate depth on",
    instances=instances,
    sampler=sampler,
    hypotheses=beyond_the_bound,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    experiments=(optima_by_depth,),
)
