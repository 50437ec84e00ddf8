"""Weight decay that falls faster than 1/L: the optimum classifies every sample, in any depth.

Statement   λ ≤ 4/(5FqN (A log(4N(K−1))/m)^{2/F}), with a diagonally superior code of rank q, mean singular
            value A of its K×N logits and least margin m: every column of a global minimum has its largest
            entry on its class. So λ_L = o(1/L) gives diagonal superiority from some depth on. Any class
            sizes.
Source      2410.23169, Theorems 3(ii) and A2, first half; the explicit decay is derived for this project.
Computed    loss of random codes that misclassify a class minus loss of the parabola code, at the threshold
            and below; least margins of optima in logit space.
Tight       no: it asks for a loss below log 2/N, where one sample alone could be wrong.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import code_loss, least_margin
from theory.cross_entropy.collapse import COLLAPSE_FIT
from theory.cross_entropy.decay_schedule import LOWER_RANK, REACH, SAMPLES, SERVING_DECAY, reach
from theory.cross_entropy.superior_rank import least_superior_code, superior_rank
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.cross_entropy.experiments.logit_optima import served_optima
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
    Rising,
    Step,
    Variable,
)
from verify.strategies import code_instances, positive_rationals
from verify.strategies.codes import is_code, random_code


def misclassifies(instance: Instance) -> bool:
    """A code with a margin that is not positive; F ≥ 2; a share of the threshold in (0, 1]."""
    if not is_code(instance) or instance["factors"] < 2 or not 0 < instance["share"] <= 1:
        return False
    scale = float(instance["scale"])
    small = 0 <= scale * max(abs(entry) for row in instance["code"] for entry in row) < 300
    return small and least_margin(instance["code"]) <= 0


def margin(instance: Instance) -> Margin:
    """ℒ(Z) − ℒ(βX') in floats, β = log(4N(K−1))/m."""
    from numerics.exact.codes import exact_rank

    code, sizes, factors = instance["code"], instance["sizes"], instance["factors"]
    classes, samples = len(sizes), sum(sizes)
    rank, lower = superior_rank(classes), least_superior_code(classes)
    threshold = SERVING_DECAY(
        classes=classes, samples=samples, factors=factors, lower_rank=rank, reach=reach(lower, sizes, rank)
    )
    shared: dict[str, Any] = {"factors": factors, "weight_decay": float(instance["share"]) * float(threshold)}
    beta = float(np.log(4 * samples * (classes - 1))) / least_margin(lower)
    losses = (
        code_loss(code, float(instance["scale"]), sizes, rank=exact_rank(code), **shared),
        code_loss(lower, beta, sizes, rank=rank, **shared),
    )
    return Margin.at_least(*losses, error=LINEAR_ALGEBRA * classes * sum(losses))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls."""
    from flint import arb, ctx

    from numerics.exact.codes import code_loss_ball, singular_value_balls
    from theory.tolerances import BALL_PRECISION

    sizes, factors = instance["sizes"], instance["factors"]
    classes, samples = len(sizes), sum(sizes)
    lower, rank = least_superior_code(classes), superior_rank(classes)
    share = Fraction(instance["share"])
    with ctx.workprec(BALL_PRECISION):
        mean = sum(singular_value_balls(lower, sizes), arb(0)) / rank / least_margin(lower)
        threshold = SERVING_DECAY.ball(
            classes=classes, samples=samples, factors=factors, lower_rank=rank, reach=mean
        )
        decay = threshold * share.numerator / share.denominator
        beta = arb(4 * samples * (classes - 1)).log() / least_margin(lower)
    loss = code_loss_ball(
        instance["code"], Fraction(instance["scale"]), sizes, factors=factors, weight_decay=decay
    )
    return Margin.of_ball(loss - code_loss_ball(lower, beta, sizes, factors=factors, weight_decay=decay))


def instances() -> Any:
    """Small codes, few factors, from the threshold downwards."""
    from hypothesis import strategies as st

    share = st.integers(1, 24).map(lambda part: Fraction(part, 24))
    return code_instances(scale=positive_rationals(), factors=st.integers(2, 12), share=share)


def sampler(generator: np.random.Generator) -> Instance:
    """Codes of up to eight classes made to fail in one margin only; scales over four decades."""
    drawn = random_code(generator)
    code = 9 * np.eye(len(drawn["sizes"]), dtype=np.int64) + np.asarray(drawn["code"]) // 4
    wrong, right = generator.permutation(len(code))[:2]
    code[wrong, right] = code[right, right]
    return {
        "code": code.tolist(),
        "sizes": drawn["sizes"],
        "scale": float(10.0 ** generator.uniform(-2, 1.4)),
        "factors": int(generator.integers(2, 61)),
        "share": float(generator.choice([1.0, generator.uniform(0.01, 1)])),
    }


def _proof() -> Proof:
    """N times the loss of the code is below log 2 at the threshold; one wrong sample alone costs log 2."""
    y, budget, share, others = sp.symbols("quarter budget share others", positive=True)
    total, rest = sp.symbols("total rest", nonnegative=True)
    fit, cost = sp.symbols("fit cost", nonnegative=True)
    one, allowed = sp.Integer(1), sp.Rational(8, 5) * y
    weight = share * allowed / budget
    wrong = 4 * y * (sp.log(1 + total) + rest)
    return Proof(
        title="below the threshold a wrong sample costs more than the whole superior code",
        variables=(
            Variable(y, "1/(4N)", sp.Integer(0), open_low=True),
            Variable(others, "K − 1", sp.Integer(1)),
            Variable(budget, "q(βA)^{2/F}", sp.Integer(0), open_low=True),
            Variable(
                share, "λF/2 = share · (2/5N)/(q(βA)^{2/F})", sp.Integer(0), sp.Integer(1), open_low=True
            ),
            Variable(total, "Σ e^{−margin} of a sample with a margin ≤ 0", sp.Integer(1)),
            Variable(rest, "cross-entropy of the other samples", sp.Integer(0)),
            Variable(fit, "g(βX')", sp.Integer(0), stands_for=True),
            Variable(cost, "Σ(βσ'_i)^{2/F}", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "scale",
                Fact(COLLAPSE_FIT.at({SCALE: sp.log(others / y), CLASSES: others + 1}), "=", sp.log(1 + y)),
                Identity(),
                "βm = log(4N(K−1)): collapse at that scale fits to log(1 + 1/(4N))",
            ),
            Step(
                "fit of the code",
                Fact(COLLAPSE_FIT.at({SCALE: sp.log(others / y), CLASSES: others + 1}), ">=", fit),
                Known("claim cross-entropy/fit-between-margins: g(βX') ≤ f(βm)"),
                "proved in cross-entropy/fit-between-margins",
            ),
            Step("slope", Fact(1 - 1 / (1 + y), ">"), RationalSign(), "the derivative of y − log(1 + y)"),
            Step("start", Fact(sp.Integer(0), "="), Identity(), "0 − log 1 = 0"),
            Step("tangent", Fact(y, ">", sp.log(1 + y)), Rising(y, "slope", "start"), "log(1 + y) < y"),
            Step(
                "power means",
                Fact(budget, ">=", cost),
                Known("Power means: Hardy, Littlewood, Pólya 1952, 2.9"),
                "q numbers βσ' of mean βA, and 2/F ≤ 1",
            ),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step("allowed", Fact(allowed * (1 - share), ">="), RationalSign(), "λ is at most the threshold"),
            Step(
                "penalty",
                Fact(allowed, ">=", weight * cost),
                Combination((("weight", "power means"), (one, "allowed"))),
                "(λF/2)Σ(βσ')^{2/F} ≤ 2/(5N)",
            ),
            Step(
                "loss of the code",
                Fact(y + allowed, ">", fit + weight * cost),
                Combination(((one, "tangent"), (one, "scale"), (one, "fit of the code"), (one, "penalty"))),
                "ℒ(βX') < 13/(20N)",
            ),
            Step("log 2", Fact(sp.log(2), ">", sp.Rational(13, 20)), Evident(), "two numbers"),
            Step("four y", Fact(4 * y, ">"), RationalSign(), "1/N"),
            Step("two", Fact(sp.Integer(2), ">"), Evident(), "a number"),
            Step(
                "total",
                Fact(total, ">=", one),
                RationalSign(),
                "e^{−margin} ≥ 1 where a margin is not positive",
            ),
            Step("rest", Fact(rest, ">="), RationalSign(), "cross-entropy is not negative"),
            Step(
                "wrong sample",
                Fact(sp.log(1 + total), ">=", sp.log(2)),
                Increasing("log", 1 + total, sp.Integer(2), "total", "two"),
                "it alone costs log 2",
            ),
            Step(
                "loss",
                Fact(wrong, ">", fit + weight * cost),
                Combination(
                    (
                        ("four y", "wrong sample"),
                        ("four y", "rest"),
                        ("four y", "log 2"),
                        (one, "loss of the code"),
                    )
                ),
                "ℒ(Z) ≥ g(Z) ≥ log 2/N > ℒ(βX'): Z is no global minimum",
            ),
        ),
        goals=("loss",),
        rests_on=("cross-entropy/fit-between-margins", "chain/cost-of-a-product"),
    )


def _threshold() -> Proof:
    """The formula is the decay at which (λF/2) q(βA)^{2/F} = 2/(5N), β = log(4N(K−1))/m."""
    others, one = sp.Symbol("others", positive=True), sp.Integer(1)
    inside = 4 * SAMPLES * others
    budget = LOWER_RANK * (REACH * sp.log(inside)) ** (2 / FACTORS)
    return Proof(
        title="the threshold is the weight decay at which the penalty of the code is at most 2/(5N)",
        variables=(
            Variable(others, "K − 1", one),
            Variable(SAMPLES, "N", sp.Integer(2)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(LOWER_RANK, "q", one),
            Variable(REACH, "A/m", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "threshold",
                Fact(
                    SERVING_DECAY.at({CLASSES: others + 1}) * FACTORS / 2 * budget,
                    "=",
                    sp.Rational(2, 5) / SAMPLES,
                ),
                Identity(),
                "(λF/2) q(βA)^{2/F} = 2/(5N) at the threshold",
            ),
        ),
        goals=("threshold",),
    )


CLAIM = Claim(
    id="cross-entropy/weak-decay-serves-every-class",
    title="Below an explicit O(1/L) weight decay every global minimum classifies every sample",
    statement=(
        r"\operatorname{rank}X'=q,\ X'_{jj}-X'_{ij}\ge m>0\ (i\ne j),"
        r"A=\tfrac1q\textstyle\sum_i\sigma_i(X'Y):\quad "
        r"0<\lambda\le\frac{4}{5FqN}\left(\frac mA\cdot\frac1{\log(4N(K-1))}\right)^{2/F}\ \Longrightarrow\ "
        r"Z^*_{y_s s}>Z^*_{is}\quad\forall s,\ i\ne y_s"
    ),
    source=GARROD_KEATING_2025.at("Theorems 3(ii) and A2, superiority, explicit"),
    computed="loss of codes with a wrong class minus loss of the parabola code",
    tight="no: a loss below log 2/N is asked for",
    instances=instances,
    sampler=sampler,
    hypotheses=misclassifies,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(), _threshold()),
    experiments=(served_optima,),
)
