"""The global minimum of one mode: the large root up to ν*, zero beyond it.

Statement   For F ≥ 3 and every σ > 0, f(σ) = ½(y − σ)² + (Fν/2)σ^{2/F} is at least f(σ₊), σ₊ = ty the large
            root, when ν ≤ ν* (t ≥ (F−2)/(F−1)), and at least f(0) + (F/2)(ν − ν*)σ^{2/F} when ν ≥ ν*. For
            F = 2 the minimum is at (y − ν)₊. (σ = 0 is the limit of σ > 0, f being continuous.)
Source      derived for this project; the scalar problem of 2301.00437.
Computed    f(σ) minus the closed-form minimum; minimisation of f on a grid with refinement.
Tight       yes: equality at the minimiser.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import (
    EXISTENCE_DECAY,
    GLOBAL_DECAY,
    JUMP_FRACTION,
    MODE_LOSS,
    STATIONARY_DECAY,
    optimal_mode,
)
from theory.symbols import FACTORS, FRACTION, MODE_DECAY, SINGULAR_VALUE, TARGET, positive
from theory.tolerances import CLOSED_FORM
from verify.claim import Claim
from verify.claims.squared_loss.experiments.mode_minimisation import minimisation
from verify.claims.squared_loss.lemmas.soft_threshold import soft_threshold
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals

SHARE = positive("share")
"""k = σ/σ₊ (or σ/(t*y)); p = k^{2/F} enters the penalty."""
OFFSET = sp.Symbol("w", nonnegative=True)
EXCESS = sp.Symbol("excess", nonnegative=True)
POWER = SHARE ** (2 / FACTORS)
AM_GM = "weighted AM–GM: Hardy, Littlewood, Pólya 1952, 2.5"


def margin(instance: Instance) -> Margin:
    """f(σ) minus the closed-form minimum."""
    target, factors = float(instance["target"]), int(instance["factors"])
    decay, value = float(instance["mode_decay"]), float(instance["singular_value"])
    loss = float(MODE_LOSS(singular_value=value, target=target, mode_decay=decay, factors=factors))
    best = optimal_mode(target, decay, factors).loss
    return Margin.at_least(loss, best, error=2 * CLOSED_FORM * (loss + best + target**2 + value**2))


def meets_hypotheses(instance: Instance) -> bool:
    """F ≥ 2, y, ν > 0, σ ≥ 0."""
    positive_values = instance["target"] > 0 and instance["mode_decay"] > 0
    return bool(instance["factors"] >= 2 and positive_values and instance["singular_value"] >= 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Decays on both sides of ν*; σ anywhere, or near the minimiser."""
    factors, target = int(generator.integers(2, 30)), float(10.0 ** generator.uniform(-2, 2))
    largest = float(EXISTENCE_DECAY(target=target, factors=factors)) if factors > 2 else target
    decay = largest * float(10.0 ** generator.uniform(-4, 0.3))
    value = target * float(generator.uniform(0, 2))
    if generator.random() < 0.5:
        best = optimal_mode(target, decay, factors).singular_value
        value = best * (1 + 10.0 ** generator.uniform(-8, 0)) + target * 10.0 ** generator.uniform(-12, -3)
    return {"factors": factors, "target": target, "mode_decay": decay, "singular_value": float(value)}


def instances() -> Any:
    """Small factors and rationals."""
    from hypothesis import strategies as st

    rational = positive_rationals(largest=4)
    fields = {"target": rational, "mode_decay": rational, "singular_value": rational}
    return st.fixed_dictionaries({"factors": st.integers(2, 8)} | fields)


_WEIGHT = (FACTORS - 2) / (2 * (FACTORS - 1))
FIRST_MEAN = Fact(SHARE**2 / FACTORS + (FACTORS - 1) / FACTORS, ">=", POWER)
SECOND_MEAN = Fact(
    _WEIGHT * SHARE ** (2 * (FACTORS - 1) / FACTORS) + (1 - _WEIGHT),
    ">=",
    SHARE ** ((FACTORS - 2) / FACTORS),
)


def _means() -> tuple[Step, Step]:
    """Two cases of AM–GM in k: with weights 1/F, and with weights (F−2)/(2(F−1)), F/(2(F−1))."""
    return (
        Step("first mean", FIRST_MEAN, Known(AM_GM), "of k² and 1 with weights 1/F and (F−1)/F"),
        Step(
            "second mean",
            SECOND_MEAN,
            Known(AM_GM),
            "of k^{2(F−1)/F} and 1 with weights (F−2)/(2(F−1)) and F/(2(F−1))",
        ),
    )


def _kept() -> Proof:
    """ν = ν(t) with t = (F−2+w)/(F−1): the gap is y²t times two multiples of the two means."""
    fraction = (FACTORS - 2 + OFFSET) / (FACTORS - 1)
    decay = STATIONARY_DECAY.at({FRACTION: fraction})
    somewhere = TARGET * fraction * SHARE
    loss = MODE_LOSS.at({SINGULAR_VALUE: somewhere, MODE_DECAY: decay})
    kept = MODE_LOSS.at({SINGULAR_VALUE: TARGET * fraction, MODE_DECAY: decay})
    first, second = _means()
    beyond = FACTORS * OFFSET / (2 * (FACTORS - 1))  # F(t − t*)/2
    bracket = beyond * FIRST_MEAN.expression + POWER * SECOND_MEAN.expression
    return Proof(
        title="up to ν* no σ > 0 is better than the large root (F ≥ 3)",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(OFFSET, "place of t beyond (F−2)/(F−1)", sp.Integer(0), sp.Integer(1), open_high=True),
            Variable(SHARE, "k = σ/σ₊", sp.Integer(0), open_low=True),
        ),
        steps=(
            first,
            second,
            Step("beyond", Fact(beyond, ">="), RationalSign(), "F(t − t*)/2 ≥ 0: this is ν ≤ ν*"),
            Step(
                "transition",
                Fact(STATIONARY_DECAY.at({FRACTION: JUMP_FRACTION}), "=", GLOBAL_DECAY.expression),
                Identity(),
                "w = 0 is ν*; ν(t) falls from there to 0 at t = 1, so every ν ≤ ν* has its w",
            ),
            Step("p is positive", Fact(POWER, ">"), Evident(), "p = k^{2/F}, and σ > 0"),
            Step(
                "bracket",
                Fact(bracket, ">="),
                Combination((("beyond", "first mean"), ("p is positive", "second mean"))),
                "both means with non-negative multipliers",
            ),
            Step("size", Fact(TARGET**2 * fraction, ">"), RationalSign(), "y²t > 0"),
            Step(
                "gap",
                Fact(loss - kept, "=", TARGET**2 * fraction * bracket),
                Identity(),
                "substitute σ = tyk and the stationary ν(t)",
            ),
            Step(
                "large root is best",
                Fact(loss, ">=", kept),
                Combination(((sp.Integer(1), "gap"), ("size", "bracket"))),
                "f(σ) ≥ f(σ₊)",
            ),
        ),
        goals=("transition", "large root is best"),
        rests_on=("squared-loss/two-roots",),
    )  # fmt: skip


def _zero() -> Proof:
    """ν = ν* + excess: the gap to zero is a multiple of the second mean, plus the excess."""
    fraction = JUMP_FRACTION
    decay = GLOBAL_DECAY.expression + EXCESS
    somewhere = TARGET * fraction * SHARE
    loss = MODE_LOSS.at({SINGULAR_VALUE: somewhere, MODE_DECAY: decay})
    zero = MODE_LOSS.at({SINGULAR_VALUE: sp.Integer(0), MODE_DECAY: decay})
    surplus = FACTORS * EXCESS / 2 * (TARGET * fraction) ** (2 / FACTORS) * POWER
    _, second = _means()
    size = TARGET**2 * fraction
    return Proof(
        title="from ν* on no σ > 0 is better than zero (F ≥ 3)",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(EXCESS, "ν − ν*", sp.Integer(0)),
            Variable(SHARE, "k = σ/(t*y)", sp.Integer(0), open_low=True),
        ),
        steps=(
            second,
            Step("p is positive", Fact(POWER, ">"), Evident(), "p = k^{2/F}, and σ > 0"),
            Step(
                "scaled mean",
                Fact(POWER * SECOND_MEAN.left, ">=", POWER * SECOND_MEAN.right),
                Combination((("p is positive", "second mean"),)),
                "times p",
            ),
            Step("size", Fact(size, ">"), RationalSign(), "y²t* > 0"),
            Step(
                "gap",
                Fact(loss - zero, "=", size * POWER * SECOND_MEAN.expression + surplus),
                Identity(),
                "substitute σ = t*yk and ν = ν* + excess",
            ),
            Step(
                "zero is best",
                Fact(loss, ">=", zero + surplus),
                Combination(((sp.Integer(1), "gap"), ("size", "scaled mean"))),
                "the surplus (F/2)(ν − ν*)σ^{2/F} is not negative",
            ),
        ),
        goals=("zero is best",),
    )


CLAIM = Claim(
    id="squared-loss/mode-optimum",
    title="The global minimum of a mode is the large root up to ν*, and zero beyond it",
    statement=(
        r"\min_{\sigma\ge0}\Bigl[\tfrac12(y-\sigma)^2+\tfrac{F\nu}{2}\sigma^{2/F}\Bigr]"
        r"\ \text{is attained at}\ \begin{cases}\sigma_+ & \nu\le\nu^*\\ 0&\nu\ge\nu^*\end{cases}"
        r"\quad(F\ge3),\qquad \sigma=(y-\nu)_+\quad(F=2)"
    ),
    source=RANKCOLLAPSE.at("theory 2.1, 2.2"),
    computed="f(σ) minus the closed-form minimum; direct minimisation",
    tight="yes: equality at the minimiser",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_kept(), _zero(), soft_threshold()),
    experiments=(minimisation,),
)
