"""Squared loss, three factors or more: the optimum of a mode jumps to zero.

Statement   Where t^{(F−2)/F}(1−t) y^{2(F−1)/F} = ν has two roots, the large one is no worse than zero iff
            ν ≤ ν*, with
            ν* = y^{2(F−1)/F} (F−2)^{(F−2)/F} / (F−1)^{2(F−1)/F}; at ν* it has t = (F−2)/(F−1).
Source      derived for this project; equivalent to the threshold of 2301.00437.
Computed    loss of zero minus loss of the large root times the sign of ν* − ν; descent on both sides.
Tight       yes: at ν* both are global minima.
"""

from typing import Any, cast

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY, MODE_LOSS, STATIONARY_DECAY, large_root
from theory.symbols import FACTORS, FRACTION, MODE_DECAY, SINGULAR_VALUE, TARGET
from theory.tolerances import CLOSED_FORM
from verify.claim import Claim
from verify.claims.squared_loss.experiments.transition_descents import descent
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Increasing,
    Proof,
    RationalSign,
    Rising,
    Step,
    Variable,
)
from verify.strategies import positive_rationals


def _decay(instance: Instance) -> float:
    """ν as the given fraction of the largest ν with a non-zero critical point."""
    largest = EXISTENCE_DECAY(target=float(instance["target"]), factors=instance["factors"])
    return float(instance["share"]) * float(largest)


def margin(instance: Instance) -> Margin:
    """(zero's loss − the large root's loss) · sign(ν* − ν)."""
    target, factors, decay = float(instance["target"]), int(instance["factors"]), _decay(instance)
    root = large_root(target, decay, factors)
    assert root is not None
    kept = float(MODE_LOSS(singular_value=root, target=target, mode_decay=decay, factors=factors))
    zero, transition = target**2 / 2, float(GLOBAL_DECAY(target=target, factors=factors))
    error = CLOSED_FORM * (zero + kept) + factors * abs(transition - decay) * CLOSED_FORM * target
    if abs(transition - decay) <= CLOSED_FORM * transition:
        return Margin.equal(zero, kept, error=error)
    return (
        Margin.at_least(zero, kept, error=error)
        if decay < transition
        else Margin.at_least(kept, zero, error=error)
    )


def meets_hypotheses(instance: Instance) -> bool:
    """F ≥ 3, and a non-zero critical point exists (kept off the double root, where floats end)."""
    return instance["factors"] >= 3 and instance["target"] > 0 and 0 < instance["share"] < 1 - 1e-9


def sampler(generator: np.random.Generator) -> Instance:
    """Targets over six orders of magnitude, ν everywhere below the existence threshold."""
    return {
        "factors": int(generator.integers(3, 41)),
        "target": float(10.0 ** generator.uniform(-3, 3)),
        "share": float(generator.uniform(1e-6, 1)),
    }


def instances() -> Any:
    """Small factors and rationals."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {"factors": st.integers(3, 9), "target": positive_rationals(), "share": positive_rationals(largest=1)}
    )


def _log_decay(offset: sp.Symbol, *, below: bool) -> sp.Expr:
    """log ν(t) − (2(F−1)/F) log y, with the common denominator F − 1 of t and 1 − t split off."""
    if below:
        kept, lost = sp.log(FACTORS - 2 + offset), sp.log(1 - offset)
    else:
        kept, lost = sp.log(FACTORS - 2) + sp.log(1 - offset / 2), sp.log(1 + (FACTORS - 2) * offset / 2)
    return (FACTORS - 2) / FACTORS * kept + lost - 2 * (FACTORS - 1) / FACTORS * sp.log(FACTORS - 1)


_LOG_TRANSITION = (FACTORS - 2) / FACTORS * sp.log(FACTORS - 2) - 2 * (FACTORS - 1) / FACTORS * sp.log(
    FACTORS - 1
)


def _proof(*, below: bool) -> Proof:
    """t = (F−2+w)/(F−1) up to ν*; beyond it t = (F−2)(1 − v/2)/(F−1), down to the double root."""
    offset = sp.Symbol("w" if below else "v", nonnegative=True)
    fraction = (
        (FACTORS - 2 + offset) / (FACTORS - 1) if below else (FACTORS - 2) * (1 - offset / 2) / (FACTORS - 1)
    )
    power = TARGET ** (2 * (FACTORS - 1) / FACTORS)
    decay = STATIONARY_DECAY.at({FRACTION: fraction})
    kept = MODE_LOSS.at({SINGULAR_VALUE: TARGET * fraction, MODE_DECAY: decay})
    zero = MODE_LOSS.at({SINGULAR_VALUE: sp.Integer(0), MODE_DECAY: decay})
    gap = TARGET**2 * fraction * ((FACTORS - 1) * fraction - (FACTORS - 2)) / 2
    log_decay = _log_decay(offset, below=below)
    upper, lower = (_LOG_TRANSITION, log_decay) if below else (log_decay, _LOG_TRANSITION)
    log_gap = upper - lower
    slope = cast(sp.Expr, sp.together(sp.diff(log_gap, offset)))
    larger, smaller = (GLOBAL_DECAY.expression, decay) if below else (decay, GLOBAL_DECAY.expression)
    better, worse = (zero, kept) if below else (kept, zero)
    relation = ">=" if below else ">"
    return Proof(
        title="at or below ν* the large root is no worse than zero" if below else "above ν* zero is better",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(
                offset,
                "place of t beyond t*" if below else "place of t before t*",
                sp.Integer(0),
                sp.Integer(1),
                open_low=not below,
                open_high=True,
            ),
        ),
        steps=(
            Step(
                "gap",
                Fact(zero - kept, "=", gap),
                Identity(),
                "substitute the stationary ν(t) into both losses",
            ),
            Step(
                "sign of the gap",
                Fact(gap if below else -gap, relation),
                RationalSign(),
                "(F−1)t − (F−2) is w" if below else "(F−1)t − (F−2) is −(F−2)v/2",
            ),
            Step(
                "losses",
                Fact(better, relation, worse),
                Combination(((sp.Integer(1 if below else -1), "gap"), (sp.Integer(1), "sign of the gap"))),
                "so the losses compare",
            ),
            Step("slope", Fact(slope, ">"), RationalSign(), "ν(t) falls beyond its maximum"),
            Step(
                "start",
                Fact(upper.subs(offset, 0), "=", lower.subs(offset, 0)),
                Identity(),
                "at t* = (F−2)/(F−1) the decay is ν*",
            ),
            Step(
                "logarithms",
                Fact(log_gap, relation),
                Rising(offset, "slope", "start"),
                "so log ν and log ν* compare",
            ),
            Step("y to a power", Fact(power, ">"), Evident(), "y > 0"),
            Step(
                "relative decays",
                Fact(sp.exp(upper), relation, sp.exp(lower)),
                Increasing("exp", upper, lower, "logarithms"),
                "exponentiate",
            ),
            Step(
                "decays",
                Fact(larger, relation, smaller),
                Combination((("y to a power", "relative decays"),)),
                "so ν and ν* compare the same way",
            ),
        ),
        goals=("losses", "decays"),
    )


CLAIM = Claim(
    id="squared-loss/first-order-transition",
    title="With three factors or more the optimum of a mode jumps to zero at an explicit weight decay",
    statement=(
        r"\text{the large root is no worse than zero}\iff \nu\le\nu^*"
        r"= y^{2(F-1)/F}\,\frac{(F-2)^{(F-2)/F}}{(F-1)^{2(F-1)/F}},"
        r"\qquad \sigma(\nu^*)=y\,\frac{F-2}{F-1}"
    ),
    source=RANKCOLLAPSE.at("theory 2.2"),
    computed="loss of zero minus loss of the large root, on both sides of ν*",
    tight="yes: at ν* both are global",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_proof(below=True), _proof(below=False)),
    experiments=(descent,),
    full_samples=100_000,
)
