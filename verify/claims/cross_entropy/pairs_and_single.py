"""Odd K: pairs and a single class in the form that can be critical, against the structure as printed.

Statement   K odd: the best β(P⊕0) + γuvᵀ has a lower loss than the padded structure P⊕[1] of 2410.23169 at
            every scale β' > 0, for every F ≥ 2, n and λ > 0. So the padded structure is never optimal.
Source      2410.23169, Theorem 1 (odd K); the family and this comparison are derived for this project.
Computed    loss of the printed structure minus that with its single column centred, which is β = β', θ = 0 of
            the family; at some (K, L) the family's critical point in (β, a, b), enclosed by Krawczyk's test
            (exactly one solution in a small box), against the printed structure at the same β.
Tight       no: the family's own minimum is lower still. Its critical point is not always below P⊕[1] at every
            scale: near the decay at which it vanishes its loss exceeds log K, that of both at scale zero.
"""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.candidates import structures
from theory.cross_entropy.codes import code_loss, paired_code
from theory.cross_entropy.paired import PAIRS, PRINTED_PAIRED_LOSS, SINGLE
from theory.cross_entropy.pairs_and_single import DISTANCE, LOSS, SINGLE_MARGIN, pairs_and_single
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals

_UNKNOWNS = LOSS.arguments[:3]
_SYSTEM = tuple(sp.diff(LOSS.expression, unknown) for unknown in _UNKNOWNS)


def in_hypothesis(instance: Instance) -> bool:
    """Odd K ≥ 3, F ≥ 2, a positive scale and decay."""
    if instance["classes"] < 3 or instance["classes"] % 2 == 0 or instance["factors"] < 2:
        return False
    return instance["scaled_decay"] > 0 and instance["scale"] > 0


def margin(instance: Instance) -> Margin:
    """Printed minus centred loss in floats, both from the matrices."""
    classes, factors = instance["classes"], instance["factors"]
    scale, decay = float(instance["scale"]), float(instance["scaled_decay"])
    printed = scale * paired_code(classes)
    centred = printed.copy()
    centred[:, -1] -= scale / classes
    losses = [
        code_loss(
            code.tolist(), 1.0, [1] * classes, rank=classes // 2 + 1, factors=factors, weight_decay=decay
        )
        for code in (printed, centred)
    ]
    return Margin.at_least(*losses, error=LINEAR_ALGEBRA * classes * sum(losses))


def exact_margin(instance: Instance) -> Margin:
    """The same from the formulas, in balls."""
    classes = instance["classes"]
    shared = {name: instance[name] for name in ("scale", "factors", "scaled_decay")}
    printed = PRINTED_PAIRED_LOSS.ball(pairs=classes // 2, single=1, **shared)
    centred = LOSS.ball(distance=0, single_margin=instance["scale"], classes=classes, **shared)
    return Margin.of_ball(printed - centred)


def instances() -> Any:
    """Small odd K and F, rational decay and scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.sampled_from([3, 5, 7, 9, 11]),
            "factors": st.integers(2, 6),
            "scaled_decay": positive_rationals(largest=1, denominator=500),
            "scale": positive_rationals(),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 41, F up to 12, decays over eight orders of magnitude, scales over four."""
    return {
        "classes": 2 * int(generator.integers(1, 21)) + 1,
        "factors": int(generator.integers(2, 13)),
        "scaled_decay": float(10.0 ** generator.uniform(-8, 0)),
        "scale": float(10.0 ** generator.uniform(-2, 2)),
    }


def _proof() -> Proof:
    """Centring the single column keeps its cross-entropy and shortens it by √(1 − 1/K)."""
    classes = 2 * PAIRS + 1
    one = sp.Integer(1)
    share = 2 * PAIRS / classes
    weight = SCALED_DECAY * FACTORS / 2 * SCALE ** (2 / FACTORS)
    printed = PRINTED_PAIRED_LOSS.at({SINGLE: one})
    centred = LOSS.at({CLASSES: classes, DISTANCE: sp.Integer(0), SINGLE_MARGIN: SCALE})
    return Proof(
        title="centring the single column of P⊕[1] lowers the loss at every scale and decay",
        variables=(
            Variable(PAIRS, "h = (K−1)/2", one, integer=True),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(SCALE, "β'", sp.Integer(0), open_low=True),
            Variable(SCALED_DECAY, "μ = λn^{1/F}", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("shorter", Fact(one, ">", share), RationalSign(), "1 − 1/K < 1"),
            Step("share", Fact(share, ">"), RationalSign(), "1 − 1/K > 0"),
            Step(
                "logarithms",
                Fact(sp.Integer(0), ">", sp.log(share)),
                Increasing("log", one, share, "shorter", "share"),
                "take logarithms",
            ),
            Step("1/F", Fact(1 / FACTORS, ">"), RationalSign(), "F is positive"),
            Step(
                "divided",
                Fact(sp.Integer(0), ">", sp.log(share) / FACTORS),
                Combination((("1/F", "logarithms"),)),
                "divide by F",
            ),
            Step(
                "power",
                Fact(one, ">", sp.exp(sp.log(share) / FACTORS)),
                Increasing("exp", sp.Integer(0), sp.log(share) / FACTORS, "divided"),
                "the singular value β'√(1 − 1/K), to the power 2/F, against β'",
            ),
            Step("weight", Fact(weight, ">"), Evident(), "weight decay is positive"),
            Step(
                "loss",
                Fact(printed, ">", centred),
                Combination((("weight", "power"),)),
                "the cross-entropies are the same; the centred structure is β = b = β', a = 0",
            ),
        ),
        goals=("loss",),
        rests_on=("chain/cost-of-a-product",),
    )


def _critical(classes: int, factors: int, decay: float) -> tuple[tuple[float, float, float], float]:
    """(β, a, b) of the critical point and its loss, in floats."""
    found = pairs_and_single(np.array([float(classes)]), np.array([float(factors)]), np.log([decay]))
    scalars = (float(found.scale[0]), float(found.distance[0]), float(found.single_margin[0]))
    return scalars, float(found.loss[0])


def enclosures(run: Run) -> Evidence:
    """Critical points at one decay, enclosed, against the printed structure at the same β."""
    from numerics.krawczyk import enclosed_zero

    rows: list[tuple[str | int | float, ...]] = []
    margins: list[Margin] = []
    for classes, factors in ((5, 3), (7, 3), (9, 3), (11, 3), (5, 4), (7, 4)):
        decay = Fraction(3, 1000)
        scalars, loss = _critical(classes, factors, float(decay))
        given = {CLASSES: classes, FACTORS: factors, SCALED_DECAY: decay}
        zero = enclosed_zero(_SYSTEM, _UNKNOWNS, scalars, given)
        margins += [
            Margin.equal(float(ball), value, error=1e-11 * value)
            for ball, value in zip(zero, scalars, strict=True)
        ]
        where = {"pairs": classes // 2, "single": 1, "factors": factors, "scaled_decay": float(decay)}
        printed = float(PRINTED_PAIRED_LOSS(scale=scalars[0], **where))
        margins.append(Margin.at_least(printed, loss))
        radius = max(float(ball.rad()) / value for ball, value in zip(zero, scalars, strict=True))
        rows.append((classes, factors - 1, *scalars, loss, printed, radius))
    columns = ("K", "L", "β", "a", "b", "loss", "printed", "relative radius")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} critical points at μ = 0.003 enclosed, one in each box",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Pairs and a single class at μ = 0.003", columns, tuple(rows)),),
    )


ODD = range(5, 20, 2)
DEPTHS = range(1, 9)


def region(run: Run) -> Evidence:
    """The (K, L, μ) at which no known structure is better, on a grid; at the ends of it another one is."""
    rows: list[tuple[str | int | float, ...]] = []
    margins: list[Margin] = []
    decays = np.geomspace(1e-9, 0.3, 100 * 9)
    for classes, depth in product(ODD, DEPTHS):
        found = structures(classes, np.full(decays.size, depth + 1.0), np.log(decays))
        own = next(i for i, each in enumerate(found) if each.name(0) == "pairs and a single")
        losses = np.stack([each.loss for each in found])
        others = np.delete(losses, own, axis=0).min(axis=0)
        best = np.nonzero(losses[own] <= others)[0]
        if best.size == 0:
            continue
        first, last = int(best[0]), int(best[-1])
        margins.append(Margin.at_least(float(losses[own, last + 1]), float(others[last + 1])))
        below = "–"
        if first > 0:
            margins.append(Margin.at_least(float(losses[own, first - 1]), float(others[first - 1])))
            below = found[int(np.argmin(losses[:, first - 1]))].name(first - 1)
        above = found[int(np.argmin(losses[:, last + 1]))].name(last + 1)
        rows.append((classes, depth, float(decays[first]), float(decays[last]), below, above))
    columns = ("K", "L", "from μ", "to μ", "best below", "best above")
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"best known somewhere in {len(rows)} of {len(ODD) * len(DEPTHS)} (K, L), odd K ≤ 19, L ≤ 8",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Where pairs and a single class are the best structure known", columns, tuple(rows)),),
    )


CLAIM = Claim(
    id="cross-entropy/pairs-and-single",
    title="Odd K: pairs and a centred single class beat the padded structure at every scale",
    statement=(
        r"\min_{\beta,\gamma,\theta}\mathcal L\left(\beta(P\oplus0)+\gamma uv^\top\right)"
        r"<\mathcal L\left(\beta'(P\oplus1)\right)\quad\text{for all }\beta',\lambda>0,\ K\ge3\text{ odd}"
    ),
    source=GARROD_KEATING_2025.at("Theorem 1, odd K, improved"),
    computed="printed minus centred loss at a scale; critical points enclosed by Krawczyk's test",
    tight="no: the minimum of the family is lower still",
    instances=instances,
    sampler=sampler,
    hypotheses=in_hypothesis,
    margin=margin,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    experiments=(enclosures, region),
)
