"""Deep enough, a code of lower rank that serves every class beats any code of higher rank.

Statement   rank X = p > q = rank X', X' diagonally superior: for F = L + 1 > 2 log R / log(p/q) and every
            λ > 0, min_α ℒ(αX) ≥ min_β ℒ(βX'), with equality only where α = 0 is best. R = cA/G, c the mean
            margin of X over the least margin of X', A the mean singular value of X', G the geometric mean
            of those of X. Any class sizes: margins and singular values are those of the K×N logits. (Where
            the mean margin of X is not positive, α = 0 is best at every depth.)
Source      2410.23169, Theorems 2 and A1; the explicit depth is derived for this project.
Computed    ℒ(αX) − ℒ(αcX') on random integer codes, class sizes, scales and decays; both rays minimised
            directly on structured pairs.
Tight       for flat spectra and equal margins: the simplex against pairs gives F > 2 log 2/log(2(K−1)/K),
            which is exact. Otherwise R has slack (the table gives the sharp F of the same argument).
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import (
    code_loss,
    least_margin,
    mean_margin,
    singular_values,
)
from theory.cross_entropy.depth_threshold import DepthThreshold, depth_threshold
from theory.cross_entropy.superior_rank import least_superior_code, lifted_code
from theory.sources import GARROD_KEATING_2025
from theory.symbols import FACTORS, SCALE, WEIGHT_DECAY
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.rays import structured_pairs
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Increasing,
    Known,
    Proof,
    RationalSign,
    Step,
    Variable,
)
from verify.strategies import integer_matrices, positive_rationals


def _threshold(instance: Instance) -> DepthThreshold:
    from numerics.exact.codes import exact_rank

    code, lower, sizes = instance["code"], instance["lower"], instance["sizes"]
    values = singular_values(code, sizes, exact_rank(code))
    lower_values = singular_values(lower, sizes, exact_rank(lower))
    margins = float(mean_margin(code, sizes)), float(least_margin(lower))
    return depth_threshold(margins[0], list(map(float, values)), margins[1], list(map(float, lower_values)))


def deep_enough(instance: Instance) -> bool:
    """Two K×K integer codes, p > q, X' superior, X of positive mean margin, F above the threshold."""
    from numerics.exact.codes import exact_rank

    code, lower, sizes = instance["code"], instance["lower"], instance["sizes"]
    classes = len(code)
    if classes < 2 or len(lower) != classes or len(sizes) != classes or min(sizes) < 1:
        return False
    if any(len(row) != classes for row in (*code, *lower)) or exact_rank(code) <= exact_rank(lower):
        return False
    if least_margin(lower) <= 0 or mean_margin(code, sizes) <= 0:
        return False
    positive = instance["scale"] > 0 and instance["weight_decay"] > 0
    return positive and instance["factors"] >= _threshold(instance).factors


def margin(instance: Instance) -> Margin:
    """ℒ(αX) − ℒ(αcX') in floats."""
    from numerics.exact.codes import exact_rank

    code, lower, sizes = instance["code"], instance["lower"], instance["sizes"]
    decay, factors, scale = float(instance["weight_decay"]), instance["factors"], float(instance["scale"])
    losses = [
        code_loss(which, at, sizes, rank=exact_rank(which), factors=factors, weight_decay=decay)
        for which, at in ((code, scale), (lower, scale * _threshold(instance).stretch))
    ]
    return Margin.at_least(*losses, error=LINEAR_ALGEBRA * len(code) * sum(losses))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls: exact ranks, margins and characteristic polynomials."""
    from fractions import Fraction

    from numerics.exact.codes import code_loss_ball

    code, lower, sizes = instance["code"], instance["lower"], instance["sizes"]
    shared: dict[str, Any] = {
        "factors": instance["factors"],
        "weight_decay": Fraction(instance["weight_decay"]),
    }
    scale = Fraction(instance["scale"])
    margins = sum(
        size * (len(code) * code[k][k] - sum(row[k] for row in code)) for k, size in enumerate(sizes)
    )
    stretch = Fraction(margins, sum(sizes) * (len(code) - 1) * least_margin(lower))
    difference = code_loss_ball(code, scale, sizes, **shared) - code_loss_ball(
        lower, scale * stretch, sizes, **shared
    )
    return Margin.of_ball(difference)


def instances() -> Any:
    """Two to four classes against a superior code of least rank; F a little above the threshold."""
    from hypothesis import strategies as st

    def of(classes: int) -> Any:
        return st.fixed_dictionaries(
            {
                "code": integer_matrices(classes, classes),
                "lower": st.just(least_superior_code(classes)),
                "sizes": st.lists(st.integers(1, 3), min_size=classes, max_size=classes),
                "factors": st.integers(2, 40),
                "scale": positive_rationals(largest=2),
                "weight_decay": positive_rationals(largest=1),
            }
        )

    return st.integers(2, 4).flatmap(of)


def sampler(generator: np.random.Generator) -> Instance:
    """Up to seven classes; X near the identity or any integers, X' lifted points; F from the threshold on."""
    classes = int(generator.integers(3, 8))
    code = generator.integers(-3, 4, size=(classes, classes))
    if generator.random() < 0.5:
        code = 5 * np.eye(classes, dtype=np.int64) + code // 2
    dimension = int(generator.integers(1, classes - 1))
    points = generator.permutation(7)[:classes, None] * np.ones(dimension, dtype=np.int64)
    points[:, 1:] = generator.integers(-3, 4, size=(classes, dimension - 1))
    instance = {
        "code": code.tolist(),
        "lower": lifted_code(points.tolist()),
        "sizes": generator.integers(1, 20, size=classes).tolist(),
        "factors": 10**6,
        "scale": float(10.0 ** generator.uniform(-3, 1)),
        "weight_decay": float(10.0 ** generator.uniform(-6, 0)),
    }
    if deep_enough(instance):
        instance["factors"] = _threshold(instance).factors + int(generator.choice([0, 0, 1, 10]))
    return instance


def _proof() -> Proof:
    """Costs: AM–GM for X, concavity for X'; fits: both on the curve of collapse."""
    lower_rank, excess, spare, geometric, stretch = sp.symbols(
        "lower_rank excess spare geometric stretch", positive=True
    )
    cost, lower_cost, fit, lower_fit, curve = sp.symbols(
        "cost lower_cost fit lower_fit curve", nonnegative=True
    )
    power = 2 / FACTORS
    rank = lower_rank * excess**power * sp.exp(spare)
    mean = excess * geometric / stretch
    weight = WEIGHT_DECAY * FACTORS / 2 * SCALE**power
    one = sp.Integer(1)
    return Proof(
        title="αcX' beats αX at every scale and weight decay",
        variables=(
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(WEIGHT_DECAY, "λ", sp.Integer(0), open_low=True),
            Variable(SCALE, "α", sp.Integer(0), open_low=True),
            Variable(lower_rank, "q = rank X'", sp.Integer(1)),
            Variable(excess, "R = cA/G", sp.Integer(0), open_low=True),
            Variable(
                spare, "log(p/q) − (2/F) log R, positive by the hypothesis on F", sp.Integer(0), open_low=True
            ),
            Variable(geometric, "G, geometric mean of the σ", sp.Integer(0), open_low=True),
            Variable(stretch, "c = m̄/m", sp.Integer(0), open_low=True),
            Variable(cost, "Σσ_i^{2/F}", sp.Integer(0), stands_for=True),
            Variable(lower_cost, "Σσ'_i^{2/F}", sp.Integer(0), stands_for=True),
            Variable(fit, "g(αX)", sp.Integer(0), stands_for=True),
            Variable(lower_fit, "g(αcX')", sp.Integer(0), stands_for=True),
            Variable(curve, "f(αm̄) = f(αcm)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "AM–GM",
                Fact(cost, ">=", rank * geometric**power),
                Known("AM–GM: Hardy, Littlewood, Pólya 1952, 2.5"),
                "p positive numbers σ_i^{2/F}; p = q R^{2/F} e^{spare}",
            ),
            Step(
                "concavity",
                Fact(lower_rank * mean**power, ">=", lower_cost),
                Known("Power means: Hardy, Littlewood, Pólya 1952, 2.9"),
                "q numbers of mean A = RG/c, and 2/F ≤ 1",
            ),
            Step("stretch", Fact(stretch**power, ">"), Evident(), "c > 0: both margins are positive"),
            Step("spare", Fact(spare, ">"), RationalSign(), "F is above the threshold"),
            Step(
                "factor",
                Fact(sp.exp(spare), ">", one),
                Increasing("exp", spare, sp.Integer(0), "spare"),
                "e^{spare} exceeds 1",
            ),
            Step("size", Fact(lower_rank * (excess * geometric) ** power, ">"), Evident(), "q(cA)^{2/F}"),
            Step(
                "gap",
                Fact(rank * geometric**power, ">", lower_rank * (stretch * mean) ** power),
                Combination((("size", "factor"),)),
                "pG^{2/F} − q(cA)^{2/F} = q(cA)^{2/F}(e^{spare} − 1)",
            ),
            Step(
                "cost",
                Fact(cost, ">", stretch**power * lower_cost),
                Combination(((one, "AM–GM"), (one, "gap"), ("stretch", "concavity"))),
                "αX costs more than αcX'",
            ),
            Step(
                "fit of X",
                Fact(fit, ">=", curve),
                Known("claim cross-entropy/fit-between-margins: g(αX) ≥ f(αm̄)"),
                "proved in cross-entropy/fit-between-margins",
            ),
            Step(
                "fit of X'",
                Fact(curve, ">=", lower_fit),
                Known("claim cross-entropy/fit-between-margins: g(βX') ≤ f(βm)"),
                "proved there too, with βm = αcm = αm̄",
            ),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step(
                "loss",
                Fact(fit + weight * cost, ">", lower_fit + weight * stretch**power * lower_cost),
                Combination(((one, "fit of X"), (one, "fit of X'"), ("weight", "cost"))),
                "so wherever α > 0 is best for X, X' is strictly better; at α = 0 both are log K",
            ),
        ),
        goals=("loss",),
        rests_on=("chain/cost-of-a-product", "cross-entropy/fit-between-margins"),
    )


CLAIM = Claim(
    id="cross-entropy/low-rank-wins-when-deep",
    title="Deep enough, a code of lower rank that serves every class beats any code of higher rank",
    statement=(
        r"\operatorname{rank}X=p>q=\operatorname{rank}X',\ m(X')>0,\ \bar m(X)>0,\ "
        r"F=L+1>\frac{2\log R}{\log(p/q)}\ \Longrightarrow\ "
        r"\min_{\alpha\ge0}\mathcal L(\alpha X)\ge\min_{\beta\ge0}\mathcal L(\beta X')"
        r"\ \ \forall\lambda>0,\qquad "
        r"R=\frac{\bar m(X)}{m(X')}\,\frac{\frac1q\sum_i\sigma_i(X')}{\left(\prod_i\sigma_i(X)\right)^{1/p}}"
    ),
    source=GARROD_KEATING_2025.at("Theorems 2 and A1, explicit depth"),
    computed="loss of αX minus loss of αcX'; both rays minimised",
    tight="for flat spectra and equal margins; else R has slack",
    instances=instances,
    sampler=sampler,
    hypotheses=deep_enough,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    experiments=(structured_pairs,),
    quick_samples=300,
    full_samples=10_000,
)
