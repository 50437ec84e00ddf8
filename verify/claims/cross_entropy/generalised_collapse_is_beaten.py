"""With unequal classes the generalised collapse is not optimal either, deep enough.

Statement   K ≥ 4 classes, m of n samples and K − m of Rn. Simplex-encoded labels Ẑ = (I − 11ᵀ/K)Y have every
            margin one and the singular values √(Rn) (K−m−1 times), √(n(1 − ρ + ρR)) and √n (m−1 times),
            ρ = m/K. So with X' diagonally superior of rank 2 and F = L + 1 > 2 log R'/log((K−1)/2), R' = cA/G
            as in cross-entropy/low-rank-wins-when-deep, the best point on the ray through Ẑ is no better
            than that through X', for every λ > 0.
Source      2410.23169, Theorem A3, which is about the depth-one minimiser itself for λ < λ_0; that its
            direction tends to Ẑ as λ → 0 is Thrampoulidis et al. 2022. The statement for Ẑ and the explicit
            depth are derived for this project.
Computed    ℒ(αẐ) − ℒ(αcX') with the parabola code; depth-one minimisers at finite λ: their distance from Ẑ,
            their own L₀, and their rays minimised against the polygon's.
Tight       no; the table gives the sharp depth of the same argument. At a finite λ the statement about the
            minimiser is cross-entropy/low-rank-wins-when-deep with that minimiser as X, if its rank is
            above 2.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import (
    code_loss,
    least_margin,
    simplex_code,
    singular_values,
)
from theory.cross_entropy.depth_threshold import DepthThreshold, depth_threshold
from theory.cross_entropy.imbalance import (
    IMBALANCE,
    MINORITY,
    MIXED_SINGULAR_VALUE,
    seli_singular_values,
    step_sizes,
)
from theory.cross_entropy.superior_rank import parabola_code
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, SAMPLES_PER_CLASS
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.logit_optima import depth_one_minimisers
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Increasing, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals


def _sizes(instance: Instance) -> list[int]:
    return step_sizes(instance["classes"], instance["minority"], instance["imbalance"], instance["smallest"])


def _threshold(instance: Instance) -> DepthThreshold:
    """Simplex-encoded labels, by their closed-form spectrum, against the parabola code."""
    lower = parabola_code(instance["classes"])
    values = seli_singular_values(
        instance["classes"], instance["minority"], instance["imbalance"], instance["smallest"]
    )
    lower_values = singular_values(lower, _sizes(instance), 2)
    return depth_threshold(1.0, values, float(least_margin(lower)), list(map(float, lower_values)))


def deep_enough(instance: Instance) -> bool:
    """K ≥ 4, 1 ≤ m < K, R and n at least one, F above the threshold, α and λ positive."""
    if not 1 <= instance["minority"] < instance["classes"] or instance["classes"] < 4:
        return False
    if instance["imbalance"] < 1 or instance["smallest"] < 1:
        return False
    positive = instance["scale"] > 0 and instance["weight_decay"] > 0
    return positive and instance["factors"] >= _threshold(instance).factors


def margin(instance: Instance) -> Margin:
    """ℒ(αẐ) − ℒ(αcX') in floats, c = 1/m."""
    classes, sizes = instance["classes"], _sizes(instance)
    decay, factors, scale = float(instance["weight_decay"]), instance["factors"], float(instance["scale"])
    lower = parabola_code(classes)
    above = code_loss(
        simplex_code(classes).tolist(), scale, sizes, rank=classes - 1, factors=factors, weight_decay=decay
    )
    stretched = scale / float(least_margin(lower))
    below = code_loss(lower, stretched, sizes, rank=2, factors=factors, weight_decay=decay)
    return Margin.at_least(above, below, error=LINEAR_ALGEBRA * classes * (above + below))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls: exact characteristic polynomials, no closed-form spectrum."""
    from numerics.exact.codes import code_loss_ball

    classes, sizes, factors = instance["classes"], _sizes(instance), instance["factors"]
    scale, decay = Fraction(instance["scale"]), Fraction(instance["weight_decay"])
    simplex = [[Fraction(int(i == j)) - Fraction(1, classes) for j in range(classes)] for i in range(classes)]
    lower = parabola_code(classes)
    above = code_loss_ball(simplex, scale, sizes, factors=factors, weight_decay=decay)
    below = code_loss_ball(lower, scale / least_margin(lower), sizes, factors=factors, weight_decay=decay)
    return Margin.of_ball(above - below)


def instances() -> Any:
    """Four to six classes, small imbalances, F around the threshold."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(4, 6),
            "minority": st.integers(1, 5),
            "imbalance": st.integers(1, 10),
            "smallest": st.integers(1, 3),
            "factors": st.integers(2, 20),
            "scale": positive_rationals(largest=3),
            "weight_decay": positive_rationals(largest=1),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to fifteen classes, imbalances up to a thousand, F at the threshold or above."""
    classes = int(generator.integers(4, 16))
    instance: dict[str, Any] = {
        "classes": classes,
        "minority": int(generator.integers(1, classes)),
        "imbalance": int(10 ** generator.uniform(0, 3)),
        "smallest": int(generator.integers(1, 20)),
        "scale": float(10.0 ** generator.uniform(-2, 1.3)),
        "weight_decay": float(10.0 ** generator.uniform(-6, 0)),
    }
    return {**instance, "factors": _threshold(instance).factors + int(generator.choice([0, 0, 1, 10]))}


def _spectrum() -> Proof:
    """D − vvᵀ/K with v_k = √n_k: n and Rn on vectors of zero sum, and a 2×2 block of determinant zero."""
    n, ratio, m = SAMPLES_PER_CLASS, IMBALANCE, MINORITY
    majority = sp.Symbol("majority", positive=True)
    classes = m + majority
    own, other = n - m * n / classes, ratio * n - majority * ratio * n / classes
    across = (majority * sp.sqrt(ratio) * n / classes) * (m * sp.sqrt(ratio) * n / classes)
    mixed = MIXED_SINGULAR_VALUE.at({CLASSES: classes}) ** 2
    return Proof(
        title="the singular values of simplex-encoded labels under step imbalance",
        variables=(
            Variable(m, "m minority classes", sp.Integer(1)),
            Variable(majority, "K − m majority classes", sp.Integer(1)),
            Variable(ratio, "R", sp.Integer(1)),
            Variable(n, "n", sp.Integer(1)),
        ),
        steps=(
            Step(
                "trace",
                Fact(own + other, "=", mixed),
                Identity(),
                "D^{1/2}SD^{1/2} = D − vvᵀ/K; on vectors that are constant on minorities and on majorities "
                "it is this 2×2 block, and on vectors of zero sum in either it is n or Rn",
            ),
            Step(
                "determinant",
                Fact(own * other, "=", across),
                Identity(),
                "so the block has the eigenvalues 0 and n(1 − ρ + ρR)",
            ),
        ),
        goals=("trace", "determinant"),
    )


def _finite_depth() -> Proof:
    """K − 1 > 2: the threshold on F is a finite number."""
    return Proof(
        title="the rank K − 1 of simplex-encoded labels exceeds two",
        variables=(Variable(CLASSES, "K", sp.Integer(4), integer=True),),
        steps=(
            Step("ratio", Fact((CLASSES - 1) / 2, ">", sp.Integer(1)), RationalSign(), "K ≥ 4"),
            Step("one", Fact(sp.Integer(1), ">"), RationalSign(), "a number"),
            Step(
                "logarithm",
                Fact(sp.log(CLASSES - 1) - sp.log(2), ">"),
                Increasing("log", (CLASSES - 1) / 2, sp.Integer(1), "ratio", "one"),
                "log(p/q) > 0, so 2 log R'/log(p/q) is finite; "
                "the rest is cross-entropy/low-rank-wins-when-deep with X = Ẑ",
            ),
        ),
        goals=("logarithm",),
        rests_on=("cross-entropy/low-rank-wins-when-deep", "cross-entropy/superior-rank"),
    )


CLAIM = Claim(
    id="cross-entropy/generalised-collapse-is-beaten",
    title="Under step imbalance simplex-encoded labels are no better than a code of rank two, deep enough",
    statement=(
        r"\operatorname{rank}X'=2,\ m(X')>0,\ K\ge4,\ L+1>\frac{2\log R'}{\log\frac{K-1}{2}}"
        r"\ \Longrightarrow\ "
        r"\min_\alpha\mathcal L(\alpha\hat Z)\ge\min_\beta\mathcal L(\beta X')\ \ \forall\lambda>0,\qquad "
        r"\hat Z=(I-\tfrac1K11^\top)Y"
    ),
    source=GARROD_KEATING_2025.at("Theorem A3, limit of small decay"),
    computed="loss of simplex-encoded labels minus that of the parabola code; depth-one minimisers",
    tight="no: the table has the sharp depth",
    instances=instances,
    sampler=sampler,
    hypotheses=deep_enough,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_spectrum(), _finite_depth()),
    experiments=(depth_one_minimisers,),
    quick_samples=300,
    full_samples=10_000,
)
