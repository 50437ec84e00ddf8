"""Non-zero critical points of a mode: two up to the existence threshold, a double root there, none above.

Statement   F ≥ 3: f′(σ) = σ^{−(F−2)/F}(ν − ν(t)), t = σ/y, and ν(t) = y^{2(F−1)/F}t^{(F−2)/F}(1−t) rises on
            (0, θ), falls on (θ, 1), θ = (F−2)/(2F−2). So below ν(θ) there are two roots, the smaller a local
            maximum and the larger a local minimum; at ν(θ) one double root; above none. (ν(t) vanishes at
            t = 0 and t = 1, and f′ > 0 for t ≥ 1, so the intermediate value theorem counts them all.)
Source      derived for this project.
Computed    ν(θ) − ν(t) on random t, and the sign of f′ between and outside the roots.
Tight       yes: equality at t = θ alone.
"""

from typing import Any, cast

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.modes import (
    EXISTENCE_DECAY,
    MODE_LOSS,
    STATIONARY_DECAY,
    TURNING_FRACTION,
    large_root,
)
from theory.symbols import FACTORS, FRACTION, MODE_DECAY, SINGULAR_VALUE, TARGET
from theory.tolerances import CLOSED_FORM
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Increasing, Proof, RationalSign, Rising, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """ν(θ) − ν(t)."""
    target, factors = float(instance["target"]), int(instance["factors"])
    largest = float(EXISTENCE_DECAY(target=target, factors=factors))
    here = float(STATIONARY_DECAY(fraction=float(instance["fraction"]), target=target, factors=factors))
    return Margin.at_least(largest, here)


def meets_hypotheses(instance: Instance) -> bool:
    """F ≥ 3, y > 0, 0 < t < 1."""
    return bool(instance["factors"] >= 3 and instance["target"] > 0 and 0 < instance["fraction"] < 1)


def sampler(generator: np.random.Generator) -> Instance:
    """Fractions anywhere, or close to θ."""
    factors = int(generator.integers(3, 41))
    fraction = float(generator.uniform(0, 1))
    if generator.random() < 0.5:
        fraction = float(TURNING_FRACTION.subs(FACTORS, factors)) * (1 + 10.0 ** generator.uniform(-6, -1))
    return {"factors": factors, "target": float(10.0 ** generator.uniform(-3, 3)), "fraction": fraction}


def instances() -> Any:
    """Small factors and rationals."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "factors": st.integers(3, 9),
            "target": positive_rationals(),
            "fraction": positive_rationals(largest=1),
        }
    )


def _side(*, below: bool) -> Proof:
    """log ν(θ) − log ν(t) rises from zero as t leaves θ, in either direction."""
    away = sp.Symbol("away", positive=True)
    # θ and 1 − θ share the denominator 2F − 2: kept apart so that both logarithms start together
    kept = (FACTORS - 2) * (1 - away) if below else FACTORS - 2 + FACTORS * away
    lost = FACTORS + (FACTORS - 2) * away if below else FACTORS * (1 - away)
    share = (FACTORS - 2) / FACTORS
    denominator = 2 * FACTORS - 2
    log_decay = share * sp.log(kept) + sp.log(lost) - (1 + share) * sp.log(denominator)
    log_largest = share * sp.log(FACTORS - 2) + sp.log(FACTORS) - (1 + share) * sp.log(denominator)
    log_gap = log_largest - log_decay
    slope = cast(sp.Expr, sp.together(sp.diff(log_gap, away)))
    return Proof(
        title=f"ν(t) {'rises up to' if below else 'falls beyond'} θ",
        variables=(
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(away, "share of the way from θ to the end", sp.Integer(0), sp.Integer(1), True, True),
        ),
        steps=(
            Step(
                "relative decay",
                Fact(
                    STATIONARY_DECAY.at({FRACTION: kept / denominator, TARGET: sp.Integer(1)}),
                    "=",
                    sp.exp(log_decay),
                ),
                Identity(),
                "ν(t) for y = 1; y only scales it",
            ),
            Step(
                "largest",
                Fact(EXISTENCE_DECAY.at({TARGET: sp.Integer(1)}), "=", sp.exp(log_largest)),
                Identity(),
                "ν(θ): the double root",
            ),
            Step("slope", Fact(slope, ">"), RationalSign(), "log ν(t) is strictly monotone on this side"),
            Step(
                "start",
                Fact(log_gap.subs(away, 0), "=", sp.Integer(0)),
                Identity(),
                "nothing at θ itself",
            ),
            Step("logarithms", Fact(log_gap, ">"), Rising(away, "slope", "start"), "so log ν(θ) is larger"),
            Step(
                "below the largest",
                Fact(sp.exp(log_largest), ">", sp.exp(log_decay)),
                Increasing("exp", log_largest, log_decay, "logarithms"),
                "no critical point above ν(θ), and θ alone reaches it",
            ),
        ),
        goals=("relative decay", "largest", "slope", "below the largest"),
    )


def _derivative() -> Proof:
    """The sign of f′ is that of ν − ν(t)."""
    t = FRACTION
    slope = sp.diff(MODE_LOSS.expression, SINGULAR_VALUE).subs(SINGULAR_VALUE, TARGET * t)
    here = STATIONARY_DECAY.expression
    return Proof(
        title="f′(σ) has the sign of ν − ν(t)",
        variables=(
            Variable(TARGET, "y", sp.Integer(0), open_low=True),
            Variable(FACTORS, "F", sp.Integer(3)),
            Variable(t, "t = σ/y", sp.Integer(0), open_low=True),
            Variable(MODE_DECAY, "ν", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "derivative",
                Fact(slope, "=", (TARGET * t) ** (-(FACTORS - 2) / FACTORS) * (MODE_DECAY - here)),
                Identity(),
                "so f falls where ν < ν(t): between the two roots, and nowhere else",
            ),
        ),
        goals=("derivative",),
    )


def signs(run: Run) -> Evidence:
    """At ν below, at and above ν(θ): sign changes of f′ on a grid, and the last one's place."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for factors in (3, 4, 8):
        largest = float(EXISTENCE_DECAY(target=1.0, factors=factors))
        grid = np.geomspace(1e-9, 1.0, 40_001)
        slopes_at_zero_decay = STATIONARY_DECAY(fraction=grid, target=1.0, factors=factors)
        for share, expected in ((0.3, 2), (0.99, 2), (1.01, 0)):
            sign = np.sign(share * largest - slopes_at_zero_decay)
            changes = np.flatnonzero(np.diff(sign))
            margins.append(Margin.equal(len(changes), expected, error=0.0))
            root = large_root(1.0, share * largest, factors)
            margins.append(Margin.equal(float(root is not None), float(expected == 2), error=0.0))
            if root is not None:
                low, high = float(grid[changes[-1]]), float(grid[changes[-1] + 1])
                margins.append(Margin.at_least(high, root, error=CLOSED_FORM))
                margins.append(Margin.at_least(root, low, error=CLOSED_FORM))
            rows.append((factors, share, len(changes), "none" if root is None else f"{root:.9f}"))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary="two, two and no roots counted on a grid",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Roots of f′ on a grid, y = 1", ("F", "ν/ν(θ)", "roots", "large root"), tuple(rows)),),
    )


CLAIM = Claim(
    id="squared-loss/two-roots",
    title="A mode has two non-zero critical points, one double root, or none",
    statement=(
        r"f'(\sigma)=\sigma^{-(F-2)/F}\bigl(\nu-\nu(t)\bigr),\quad \nu(t)=y^{2(F-1)/F}t^{(F-2)/F}(1-t)"
        r"\ \text{rises on }(0,\theta)\text{ and falls on }(\theta,1),\ \theta=\tfrac{F-2}{2F-2}"
    ),
    source=RANKCOLLAPSE.at("theory 2.1"),
    computed="ν(θ) − ν(t) on random t; roots of f′ counted on a grid",
    tight="yes: equality at t = θ alone",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_derivative(), _side(below=True), _side(below=False)),
    experiments=(signs,),
)
