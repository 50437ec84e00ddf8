"""The decays at which collapse is beaten: Theorem 1, extended to every K ≤ 20 and L ≤ 8.

Statement   For each K = 3, …, 20 and L = 2, …, 8 an interval of μ = λn^{1/F} on which zero and all
            collapsed points αS⊗1ᵀ have a higher loss than known structures: 0 < μ ≤ μ₂ for the (K, L) of
            Theorem 1, and μ₁ ≤ μ ≤ μ₂ for K = 3, for K = 4, L = 2 and for K = 5, L = 2. For L = 1 and for
            K = 2 there is none: cross-entropy/collapse-is-global-at-depth-one.
Source      2410.23169, Theorem 1; the intervals are derived for this project.
Computed    log K minus a structure's loss at μ₂ (its loss rises with μ, so it is below log K up to there),
            in balls. In the region of Theorem 1 that theorem does the rest. Elsewhere the best collapsed
            point is zero or the larger critical scale α(μ), which falls with μ: for all α from before the
            turning scale up to α(μ₁) its loss exceeds log K, or the structure's at the same μ(α).
Tight       no structure listed here wins from 2% below μ₁ or 3·10⁻⁶ above μ₂ (in floats).
"""

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import sympy as sp

from theory.cross_entropy.blocks import block_loss
from theory.cross_entropy.candidates import structures
from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY
from theory.cross_entropy.pairs_and_single import LOSS as SINGLE_LOSS
from theory.cross_entropy.tight_codes import SPORADIC, orthoplex, polygon, simplex
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY, positive
from verify.claim import Claim, Run
from verify.claims.cross_entropy.certificates.collapse_intervals import DUELS, Duel
from verify.claims.cross_entropy.certificates.last_decays import LAST_DECAYS
from verify.claims.cross_entropy.certificates.substitution import at
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin
from verify.proof import Covering, Evident, Fact, Proof, Step, Variable
from verify.proof.facts import rational

_EARLIER = positive("earlier_scale")
"""α of the collapsed points that lose to zero already."""


def _loss(structure: str, classes: int, factors: int, scales: tuple[sp.Expr, ...], decay: sp.Expr) -> sp.Expr:
    """The loss of a structure at its scales."""
    if structure == "pairs and a single":
        scale, distance, margin = SINGLE_LOSS.arguments[:3]
        given = dict(zip((scale, distance, margin), scales, strict=True))
        return SINGLE_LOSS.at({**given, CLASSES: classes, FACTORS: factors, SCALED_DECAY: decay})
    codes = {
        "polygon": lambda: polygon(classes),
        "paired": lambda: orthoplex(classes // 2),
        "pair + 1 unserved": lambda: simplex(2),
        "icosahedron": lambda: SPORADIC[0],
        "icosahedron + 1 unserved": lambda: SPORADIC[0],
    }
    formula = block_loss(codes[structure](), classes)
    return at(formula.expression, {SCALE: scales[0], FACTORS: sp.Integer(factors), SCALED_DECAY: decay})


def _decay(scale: sp.Symbol, classes: int, factors: int) -> sp.Expr:
    return at(COLLAPSE_DECAY.expression, {SCALE: scale, **_numbers(classes, factors)})


def _numbers(classes: int, factors: int) -> dict[sp.Symbol, sp.Expr]:
    return {CLASSES: sp.Integer(classes), FACTORS: sp.Integer(factors)}


def _collapsed(scale: sp.Symbol, classes: int, factors: int) -> sp.Expr:
    """Loss of a collapsed point at the decay for which it is critical."""
    decay = _decay(scale, classes, factors)
    return at(COLLAPSE.loss.expression, {SCALE: scale, SCALED_DECAY: decay, **_numbers(classes, factors)})


def _last_step(classes: int, factors: int) -> tuple[Variable, Step]:
    """Zero loses at μ₂, hence below it too; the scale is a variable whose range is one point."""
    structure, thousandths, decay = LAST_DECAYS[classes][factors - 3]
    scale = positive(f"scale_{classes}_{factors}")
    place = rational(Fraction(thousandths, 1000))
    loss = _loss(structure, classes, factors, (scale,), sp.Rational(decay, 10**6))
    step = Step(
        f"zero loses, K = {classes}, L = {factors - 1}",
        Fact(sp.log(classes), ">", loss),
        Covering("."),
        f"{structure} at μ₂ = {decay / 1e6:g}",
    )
    return Variable(scale, f"β of {structure}", place, place), step


def _theorem_one() -> Proof:
    """Beyond Theorem 1 only zero is left to beat."""
    known = [(k, factors) for factors in range(3, 10) for k in range(4 if factors > 3 else 6, 21)]
    variables, steps = zip(*[_last_step(*each) for each in known], strict=True)
    return Proof(
        title="in the region of Theorem 1: zero loses up to μ₂, and collapse by that theorem",
        variables=variables,
        steps=steps,
        goals=tuple(step.name for step in steps),
        rests_on=("cross-entropy/collapse-is-beaten",),
    )


def _duel(duel: Duel) -> Proof:
    """All collapsed points with α between the turning scale and `high`, and zero."""
    classes, factors = duel.classes, duel.factors
    scales = tuple(rational(ratio) * SCALE for ratio in duel.ratios)
    other = _loss(duel.structure, classes, factors, scales, _decay(SCALE, classes, factors))
    low, high, start = (rational(end) for end in (duel.low, duel.high, duel.start))
    last, zero_loses = _last_step(classes, factors)
    steps = (
        Step(
            "collapse loses",
            Fact(_collapsed(SCALE, classes, factors), ">", other),
            Covering(duel.tree),
            f"to {duel.structure} at fixed multiples of α, at the same decay μ(α)",
        ),
        Step(
            "zero is ahead before",
            Fact(_collapsed(_EARLIER, classes, factors), ">", sp.log(classes)),
            Covering(duel.start_tree),
            "of the collapsed points between; the smaller critical scale is a maximum along the ray",
        ),
        zero_loses,
    )
    return Proof(
        title=f"K = {classes}, L = {factors - 1}: {duel.structure} on μ from {first_decay(duel):.6f}",
        variables=(
            Variable(SCALE, "α, scale of the collapsed point", low, high),
            Variable(_EARLIER, "α of a collapsed point that zero beats", start, low),
            last,
        ),
        steps=steps,
        goals=tuple(step.name for step in steps),
    )


def _turning() -> Proof:
    """μ(α) still rises where the ranges of the duels start: a(e^α + K − 1) > αe^α, a = (F−2)/F."""
    steps: list[Step] = []
    for duel in DUELS:
        share, start = sp.Rational(duel.factors - 2, duel.factors), rational(duel.start)
        rises = Fact(share * (sp.exp(start) + duel.classes - 1), ">", start * sp.exp(start))
        name = f"K = {duel.classes}, L = {duel.factors - 1}"
        steps.append(Step(name, rises, Evident(), f"α_c is above {float(duel.start):g}"))
    return Proof(
        title="the ranges of α start before the turning scale, so every larger critical scale is in them",
        variables=(),
        steps=tuple(steps),
        goals=tuple(step.name for step in steps),
        rests_on=("cross-entropy/collapse-scale",),
    )


def first_decay(duel: Duel) -> float:
    """μ₁ = μ(α) at the upper end of the duel."""
    return float(COLLAPSE_DECAY(scale=float(duel.high), classes=duel.classes, factors=duel.factors))


def intervals() -> Iterator[tuple[int, int, float, float, str]]:
    """(K, L, μ₁, μ₂, structure at μ₂) as certified."""
    first = {(duel.classes, duel.factors): first_decay(duel) for duel in DUELS}
    for classes, row in LAST_DECAYS.items():
        for factors, (structure, _, decay) in enumerate(row, start=3):
            yield classes, factors - 1, first.get((classes, factors), 0.0), decay / 1e6, structure


def roots(run: Run) -> Evidence:
    """Just outside the intervals none of the candidates wins, in floats; just inside one does."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float, ...]] = []
    for classes, depth, low, high, structure in intervals():
        inside = [_advantage(classes, depth, decay) for decay in (low * 1.001 or 1e-9, high * 0.999)]
        beyond = [*([low * 0.98] if low else []), high + 3e-6]
        outside = [_advantage(classes, depth, decay) for decay in beyond]
        margins += [Margin.at_least(value, 0.0, error=1e-12) for value in inside]
        margins += [Margin.at_least(-value, 0.0, error=1e-12) for value in outside]
        rows.append((classes, depth, low, high, structure))
    columns = ("K", "L", "μ₁", "μ₂", "last structure")
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary="no candidate wins from 2% below μ₁ or 3e-6 above μ₂",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Where collapse is beaten", columns, tuple(rows)),),
    )


def _advantage(classes: int, depth: int, decay: float) -> float:
    """Best of collapse and zero minus best of the others."""
    found = structures(classes, np.array([depth + 1.0]), np.array([math.log(decay)]))
    collapsed = min(float(found[0].loss[0]), math.log(classes))
    return collapsed - min(float(each.loss[0]) for each in found[1:-1])


CLAIM = Claim(
    id="cross-entropy/where-collapse-is-beaten",
    title="Where collapse is beaten, K ≤ 20 and L ≤ 8: intervals of the scaled decay",
    statement=(
        r"\lambda>0,\ \mu_1(K,L)\le\lambda n^{1/F}\le\mu_2(K,L)\ \Longrightarrow\ "
        r"\min_{\alpha\ge0}\mathcal L(\alpha S\otimes1_n^\top)>\min_Z\mathcal L(Z),"
        r"\quad 3\le K\le20,\ 2\le L\le8"
    ),
    source=GARROD_KEATING_2025.at("Theorem 1, extended"),
    computed="collapsed loss and log K minus the loss of a known structure, in balls over whole intervals",
    tight="in floats, no structure known here wins from 2% below μ₁ or 3e-6 above μ₂",
    proofs=(*map(_duel, DUELS), _turning(), _theorem_one()),
    certified_on="the table's intervals of μ, 3 ≤ K ≤ 20, 2 ≤ L ≤ 8",
    experiments=(roots,),
)
