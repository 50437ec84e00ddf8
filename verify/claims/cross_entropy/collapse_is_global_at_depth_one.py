"""What remains of "collapse is globally optimal at any depth": depth one, and two classes.

Statement   L = 1 or K = 2, equal classes, λ > 0: for every Z, ℒ(Z) ≥ ℒ(αS⊗1ᵀ) with α = max(m̄, 0), m̄ the mean
            margin of Z. So some collapsed point, zero included, is a global minimum for every n and λ.
Source      2301.00437, Theorem A.1, which says so at any depth; this short proof is the project's own.
Computed    the difference on random codes; the optimum in logit space against the closed form at depth one.
Tight       yes: it fails at L = 2 for every K ≥ 6, at L ≥ 3 for every K ≥ 4 (collapse-is-beaten), and at some
            λ for K = 3, L ≥ 2 and for K = 4, 5, L = 2 (where-collapse-is-beaten, L ≤ 8).
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import code_loss, mean_margin
from theory.cross_entropy.collapse import COLLAPSE
from theory.sources import DANG_2023
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE, SCALED_DECAY, WEIGHT_DECAY
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.logit_optima import depth_one_optima
from verify.claims.cross_entropy.lemmas.two_classes import two_classes
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import code_instances, positive_rationals
from verify.strategies.codes import is_code, random_code


def equal_classes(instance: Instance) -> bool:
    """K×K code, equal sizes, λ > 0, a positive scale; F = 2, or K = 2 and F ≥ 2."""
    if not is_code(instance) or len(set(instance["sizes"])) != 1 or not instance["weight_decay"] > 0:
        return False
    if instance["factors"] < 2 or (instance["factors"] > 2 and len(instance["sizes"]) > 2):
        return False
    scale = float(instance["scale"])
    return scale > 0 and scale * max(abs(entry) for row in instance["code"] for entry in row) < 300


def _scale(instance: Instance) -> Fraction:
    """max(m̄, 0) of the scaled code, exactly."""
    exact = [[Fraction(entry) for entry in row] for row in instance["code"]]
    return max(Fraction(instance["scale"]) * mean_margin(exact, instance["sizes"]), Fraction(0))


def margin(instance: Instance) -> Margin:
    """ℒ(Z) minus the loss of collapse at Z's mean margin, in floats."""
    from numerics.exact.codes import exact_rank

    code, sizes, decay = instance["code"], instance["sizes"], float(instance["weight_decay"])
    factors = instance["factors"]
    loss = code_loss(
        code, float(instance["scale"]), sizes, rank=exact_rank(code), factors=factors, weight_decay=decay
    )
    collapsed = COLLAPSE.loss(
        scale=float(_scale(instance)),
        classes=len(sizes),
        factors=factors,
        scaled_decay=decay * sizes[0] ** (1 / factors),
    )
    error = LINEAR_ALGEBRA * len(sizes) * (1 + loss) * (1 + float(np.max(np.abs(code))))
    return Margin.at_least(loss, float(collapsed), error=error)


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    from flint import arb, ctx

    from numerics.exact.codes import code_loss_ball
    from theory.formula.balls import exact_ball
    from theory.tolerances import BALL_PRECISION

    sizes, decay, factors = instance["sizes"], Fraction(instance["weight_decay"]), instance["factors"]
    loss = code_loss_ball(
        instance["code"], Fraction(instance["scale"]), sizes, factors=factors, weight_decay=decay
    )
    with ctx.workprec(BALL_PRECISION):
        scaled = exact_ball(decay) * arb(sizes[0]).root(factors)
    scale = _scale(instance)
    if scale == 0:
        return Margin.of_ball(loss - arb(len(sizes)).log())
    return Margin.of_ball(
        loss - COLLAPSE.loss.ball(scale=scale, classes=len(sizes), factors=factors, scaled_decay=scaled)
    )


def instances() -> Any:
    """Small codes with one to four samples a class."""
    from hypothesis import strategies as st

    codes = code_instances(
        scale=positive_rationals(largest=3),
        weight_decay=positive_rationals(largest=1),
        factors=st.sampled_from([2, 2, 3, 5, 12]),
    )
    return st.tuples(codes, st.integers(1, 4)).map(
        lambda drawn: {**drawn[0], "sizes": [drawn[1]] * len(drawn[0]["sizes"])}
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Codes of up to eight classes, one in four near collapse; decays over five decades; F > 2 for K = 2."""
    drawn = random_code(generator)
    return {
        **drawn,
        "sizes": [drawn["sizes"][0]] * len(drawn["sizes"]),
        "scale": float(10.0 ** generator.uniform(-2, 1)),
        "factors": int(generator.integers(2, 30)) if len(drawn["sizes"]) == 2 else 2,
        "weight_decay": float(10.0 ** generator.uniform(-4, 1)),
    }


def _depth_one() -> Proof:
    """Both parts of the loss bound the mean margin: the fit by Jensen, the nuclear norm by duality."""
    nuclear, fit = sp.symbols("nuclear fit", nonnegative=True)
    one = sp.Integer(1)
    curve = COLLAPSE.fit.expression
    weight = WEIGHT_DECAY
    cheapest = sp.sqrt(SAMPLES_PER_CLASS) * (CLASSES - 1) * SCALE
    loss = COLLAPSE.loss.at({FACTORS: sp.Integer(2), SCALED_DECAY: WEIGHT_DECAY * sp.sqrt(SAMPLES_PER_CLASS)})
    return Proof(
        title="with two factors no logits are better than collapse at their mean margin",
        variables=(
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
            Variable(WEIGHT_DECAY, "λ", sp.Integer(0), open_low=True),
            Variable(SCALE, "α = m̄; where m̄ ≤ 0, ℒ(Z) ≥ f(m̄) ≥ log K", sp.Integer(0), open_low=True),
            Variable(nuclear, "‖Z‖_*", sp.Integer(0), stands_for=True),
            Variable(fit, "g(Z)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step("K − 1", Fact(CLASSES - 1, ">"), RationalSign(), "two classes or more"),
            Step("e^{−α}", Fact(sp.exp(-SCALE), ">"), Evident(), "an exponential"),
            Step("one", Fact(one, ">"), Evident(), "a number"),
            Step(
                "inside",
                Fact(1 + (CLASSES - 1) * sp.exp(-SCALE), ">"),
                Combination(((one, "one"), ("K − 1", "e^{−α}"))),
                "so the fit of collapse is defined",
            ),
            Step(
                "fit",
                Fact(fit, ">=", curve),
                Known("claim cross-entropy/fit-between-margins: g(Z) ≥ f(m̄)"),
                "proved in cross-entropy/fit-between-margins",
            ),
            Step(
                "duality",
                Fact(nuclear, ">=", cheapest),
                Known("von Neumann 1937: ⟨SY, Z⟩ ≤ ‖SY‖₂‖Z‖_*"),
                "m̄ = ⟨SY, Z⟩/(n(K−1)), and ‖SY‖₂ = √n",
            ),
            Step("weight", Fact(weight, ">"), RationalSign(), "λF/2 = λ"),
            Step(
                "formula",
                Fact(curve + weight * cheapest, "=", loss),
                Identity(),
                "the loss of collapse at scale α with F = 2 and μ = λ√n",
            ),
            Step(
                "loss",
                Fact(fit + weight * nuclear, ">=", loss),
                Combination(((one, "fit"), ("weight", "duality"), (one, "formula"))),
                "ℒ(Z) ≥ ℒ(αS⊗1ᵀ)",
            ),
        ),
        goals=("loss",),
        rests_on=("chain/cost-of-a-product", "cross-entropy/fit-between-margins"),
    )


CLAIM = Claim(
    id="cross-entropy/collapse-is-global-at-depth-one",
    title="At depth one, and for two classes at any depth, a collapsed point is a global minimum",
    statement=(
        r"L=1\ \text{or}\ K=2,\ n_k=n,\ \lambda>0:\qquad "
        r"\mathcal L(Z)\ge\mathcal L(\alpha S\otimes1_n^\top),\quad "
        r"\alpha=\max(\bar m(Z),0)\qquad\forall Z"
    ),
    source=DANG_2023.at("Theorem A.1, L = 1 or K = 2"),
    computed="loss of random codes minus that of collapse at their mean margin",
    tight="yes: it fails at L = 2 for K ≥ 6 and at L ≥ 3 for K ≥ 4, and at some λ for K = 3, 4, 5, L = 2",
    instances=instances,
    sampler=sampler,
    hypotheses=equal_classes,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_depth_one(), two_classes()),
    experiments=(depth_one_optima,),
)
