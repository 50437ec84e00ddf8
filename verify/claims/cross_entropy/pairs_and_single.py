"""Odd K: the critical point of pairs and a single class, enclosed, against the structure as printed.

Statement   For odd K ≥ 5, wherever the stationarity equations of β(P⊕0) + γuvᵀ in (β, a, b) have the solution
            that Newton's method finds, its loss is below that of the padded structure P⊕[1] of 2410.23169
            at every scale; that one is no critical point.
Source      2410.23169, Theorem 1 (odd K); the critical structure is derived for this project.
Computed    loss of the printed structure at a scale minus the critical point's, its three scalars enclosed by
            Krawczyk's test on an instance (exactly one solution in a small box).
Tight       no: the gap is about the size of the extra singular value's share of the decay.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.candidates import structures
from theory.cross_entropy.paired import PRINTED_PAIRED_LOSS
from theory.cross_entropy.pairs_and_single import LOSS, pairs_and_single
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALED_DECAY
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

_UNKNOWNS = LOSS.arguments[:3]
_SYSTEM = tuple(sp.diff(LOSS.expression, unknown) for unknown in _UNKNOWNS)


def solved(classes: int, factors: int, decay: float) -> tuple[tuple[float, float, float], float] | None:
    """(β, a, b) and the loss in floats; None where there is no such critical point."""
    found = pairs_and_single(np.array([float(classes)]), np.array([float(factors)]), np.log([decay]))
    if not math.isfinite(found.loss[0]):
        return None
    scalars = (float(found.scale[0]), float(found.distance[0]), float(found.single_margin[0]))
    return scalars, float(found.loss[0])


def in_hypothesis(instance: Instance) -> bool:
    """Odd K ≥ 5, F ≥ 3, and a critical point in floats."""
    classes, factors, decay = instance["classes"], instance["factors"], float(instance["scaled_decay"])
    if classes < 5 or classes % 2 == 0 or factors < 3 or not (decay > 0 and instance["scale"] > 0):
        return False
    return solved(classes, factors, decay) is not None


def margin(instance: Instance) -> Margin:
    """Printed minus critical loss in floats."""
    found = solved(instance["classes"], instance["factors"], float(instance["scaled_decay"]))
    assert found is not None
    return Margin.at_least(float(PRINTED_PAIRED_LOSS(**_printed(instance, float))), found[1])


def exact_margin(instance: Instance) -> Margin | None:
    """The same in balls around the one solution that Krawczyk's test finds."""
    from numerics.krawczyk import enclosed_zero

    classes, factors, decay = (instance[name] for name in ("classes", "factors", "scaled_decay"))
    if any(isinstance(instance[name], float) for name in ("scaled_decay", "scale")):
        return None
    found = solved(classes, factors, float(decay))
    assert found is not None
    given = {CLASSES: classes, FACTORS: factors, SCALED_DECAY: decay}
    zero = enclosed_zero(_SYSTEM, _UNKNOWNS, found[0], given)
    scalars: dict[str, Any] = {symbol.name: ball for symbol, ball in zip(_UNKNOWNS, zero, strict=True)}
    critical = LOSS.ball(**scalars, classes=classes, factors=factors, scaled_decay=decay)
    return Margin.of_ball(PRINTED_PAIRED_LOSS.ball(**_printed(instance, Fraction)) - critical)


def _printed(instance: Instance, number: Any) -> dict[str, Any]:
    classes = instance["classes"]
    return {
        "scale": number(instance["scale"]),
        "pairs": classes // 2,
        "single": 1,
        "factors": instance["factors"],
        "scaled_decay": number(instance["scaled_decay"]),
    }


def instances() -> Any:
    """Small odd K and F, rational decay and scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.sampled_from([5, 7, 9, 11]),
            "factors": st.integers(3, 6),
            "scaled_decay": positive_rationals(largest=1, denominator=500),
            "scale": positive_rationals(),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 99, F up to 12, decays over seven orders of magnitude, scales about the best one."""
    classes, factors = 2 * int(generator.integers(2, 50)) + 1, int(generator.integers(3, 13))
    decay = float(10.0 ** generator.uniform(-8, -1.5))
    found = solved(classes, factors, decay)
    scale = (found[0][0] if found else 1.0) * float(np.exp(generator.uniform(-0.3, 0.3)))
    return {"classes": classes, "factors": factors, "scaled_decay": decay, "scale": scale}


def region(run: Run) -> Evidence:
    """Enclosed critical points, and the decays between which they are the best structure known."""
    from numerics.krawczyk import enclosed_zero

    rows: list[tuple[str | int | float, ...]] = []
    margins: list[Margin] = []
    for classes, factors in ((5, 3), (7, 3), (9, 3), (11, 3), (5, 4), (7, 4)):
        decay = Fraction(3, 1000)
        found = solved(classes, factors, float(decay))
        assert found is not None
        given = {CLASSES: classes, FACTORS: factors, SCALED_DECAY: decay}
        zero = enclosed_zero(_SYSTEM, _UNKNOWNS, found[0], given)
        margins += [
            Margin.equal(float(ball), value, error=1e-11 * value)
            for ball, value in zip(zero, found[0], strict=True)
        ]
        low, high = _best_between(classes, factors)
        radius = max(float(ball.rad()) / value for ball, value in zip(zero, found[0], strict=True))
        rows.append((classes, factors - 1, *found[0], found[1], radius, low, high))
    columns = ("K", "L", "β", "a", "b", "loss", "relative radius", "best known from μ", "to μ")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} critical points at μ = 0.003 enclosed, one in each box",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Pairs and a single class at μ = 0.003", columns, tuple(rows)),),
    )


def _best_between(classes: int, factors: int) -> tuple[float, float]:
    """First and last decay of a grid (300 a decade over eight) at which no known structure is better."""
    decays = np.geomspace(1e-9, 0.2, 2400)
    found = structures(classes, np.full(decays.size, float(factors)), np.log(decays))
    losses = np.stack([each.loss for each in found])
    own = next(i for i, each in enumerate(found) if each.name(0) == "pairs and a single")
    best = np.nonzero(losses[own] <= losses.min(axis=0))[0]
    return (float(decays[best[0]]), float(decays[best[-1]])) if best.size else (0.0, 0.0)


CLAIM = Claim(
    id="cross-entropy/pairs-and-single",
    title="Odd K: pairs and a single class in their critical form beat the padded structure at every scale",
    statement=(
        r"\min_{\beta,\gamma,\theta}\mathcal L\left(\beta(P\oplus0)+\gamma uv^\top\right)"
        r"<\mathcal L\left(\beta'(P\oplus1)\right)\quad\text{for all }\beta'>0,\ K\ge5\text{ odd}"
    ),
    source=GARROD_KEATING_2025.at("Theorem 1, odd K"),
    computed="printed loss at a scale minus the critical point's, enclosed by Krawczyk's test",
    tight="no",
    instances=instances,
    sampler=sampler,
    hypotheses=in_hypothesis,
    margin=margin,
    exact_margin=exact_margin,
    experiments=(region,),
    quick_samples=200,
)
