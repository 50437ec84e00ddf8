"""Decays at which two structures change places, enclosed.

Statement   For the pairs (K, L, structures) of the table the lower of the two losses, each at its best scale,
            is the first structure's at the decay μ₋ and the second's at μ₊: they change places in between.
Source      Derived for this project; 2410.23169 compares collapse and the paired structure at equal scales.
Computed    at either decay a value above the winner's loss at one scale, and below the loser's loss at
            every scale, in balls on a bisection of all scales (its weight decay alone exceeds it beyond).
Tight       μ₊/μ₋ − 1 is about 10⁻⁵. That they change places only once in between is not claimed.
"""

import math
from collections.abc import Callable

import numpy as np
import sympy as sp

from theory.cross_entropy.blocks import block_loss
from theory.cross_entropy.candidates import structures
from theory.cross_entropy.tight_codes import SPORADIC, Code, half_cube, orthoplex, polygon, simplex, subsets
from theory.roots import bracketed_root
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS, SCALE, SCALED_DECAY, positive
from verify.claim import Claim, Run
from verify.claims.cross_entropy.certificates.phase_boundaries import BOUNDARIES, Boundary, Side
from verify.claims.cross_entropy.certificates.substitution import at
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin
from verify.proof import Covering, Evident, Fact, Proof, RationalSign, Step, Variable
from verify.proof.facts import rational

_ROOT, _FURTHER = positive("root_scale"), positive("further_root")
_CODES: dict[str, Callable[[int], Code]] = {
    "collapse": simplex,
    "paired": lambda classes: orthoplex(classes // 2),
    "polygon": polygon,
    "subsets-5-2": lambda classes: subsets(5, 2),
    "icosahedron": lambda classes: SPORADIC[0],
    "half-cube-5": lambda classes: half_cube(5),
}


def _loss(structure: str, boundary: Boundary, scale: sp.Expr, decay: sp.Expr) -> sp.Expr:
    formula = block_loss(_CODES[structure](boundary.classes), boundary.classes)
    given = {SCALE: scale, FACTORS: sp.Integer(boundary.factors), SCALED_DECAY: decay}
    return at(formula.expression, given)


def _penalty(structure: str, boundary: Boundary, root: sp.Expr, decay: sp.Expr) -> sp.Expr:
    """(μF/2) r (k/r)^{2/F} t², the weight decay at the scale t^F, with (k/r)^{2/F} rounded down."""
    code = _CODES[structure](boundary.classes)
    unit = math.floor((code.size / code.rank) ** (2 / boundary.factors) * 1e6 - 1)
    share = decay * boundary.factors / 2 * code.rank
    return share * sp.Rational(unit, 10**6) * root**2


def _proof(boundary: Boundary, side: Side) -> Proof:
    decay, value, scale = (rational(each) for each in (side.decay, side.value, side.scale))
    top = rational(side.top)
    best = positive("winning_scale")
    code = _CODES[side.loser](boundary.classes)
    power = sp.Rational(code.size, code.rank) ** sp.Rational(2, boundary.factors)
    below = _penalty(side.loser, boundary, sp.Integer(1), sp.Integer(1)) / (code.rank * boundary.factors) * 2
    steps = (
        Step(
            "the winner is below",
            Fact(value, ">", _loss(side.winner, boundary, best, decay)),
            Covering("."),
            f"{side.winner} at one scale",
        ),
        Step(
            "the loser is above",
            Fact(_loss(side.loser, boundary, _ROOT**boundary.factors, decay), ">", value),
            Covering(side.tree),
            f"{side.loser} at every scale t^F up to {side.top}^F",
        ),
        Step(
            "the loser is above further out",
            Fact(_penalty(side.loser, boundary, _FURTHER, decay), ">", value),
            RationalSign(),
            "from there on its weight decay alone, with (k/r)^{2/F} rounded down, exceeds the value",
        ),
        Step("rounded down", Fact(power, ">", below), Evident(), "the rounding of (k/r)^{2/F}"),
    )
    return Proof(
        title=f"K = {boundary.classes}, L = {boundary.factors - 1}: {side.winner} below {side.loser}",
        variables=(
            Variable(best, f"β of {side.winner}", scale, scale),
            Variable(_ROOT, "t, the loser's scale is t^F", sp.Integer(0), top, open_low=True),
            Variable(_FURTHER, "t beyond", top),
        ),
        steps=steps,
        goals=tuple(step.name for step in steps),
    )


def roots(run: Run) -> Evidence:
    """The boundary itself in floats, from the two losses at their best scales."""
    rows: list[tuple[str | int | float, ...]] = []
    margins: list[Margin] = []
    for each in BOUNDARIES:
        low, high = float(each.below.decay), float(each.above.decay)

        def gap(decay: float, boundary: Boundary = each) -> float:
            first, second = boundary.below.winner, boundary.above.winner
            return _best(first, boundary, decay) - _best(second, boundary, decay)

        root = bracketed_root(gap, low * 0.999, high * 1.001)
        margins += [Margin.at_least(root, low), Margin.at_least(high, root)]
        rows.append((each.classes, each.factors - 1, each.below.winner, each.above.winner, low, root, high))
    columns = ("K", "L", "below", "above", "μ₋", "root", "μ₊")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"{len(rows)} roots in floats lie between the certified decays",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Phase boundaries in μ = λn^{1/F}", columns, tuple(rows)),),
    )


def _best(structure: str, boundary: Boundary, decay: float) -> float:
    found = structures(boundary.classes, np.array([float(boundary.factors)]), np.array([math.log(decay)]))
    return next(float(each.loss[0]) for each in found if each.name(0) == structure)


CLAIM = Claim(
    id="cross-entropy/phase-boundaries",
    title="Where collapse, pairs, polygons and other codes change places: enclosed decays",
    statement=(
        r"\min_\beta\mathcal L_A<\min_\beta\mathcal L_B\ \text{at}\ \mu_-,\qquad"
        r"\min_\beta\mathcal L_B<\min_\beta\mathcal L_A\ \text{at}\ \mu_+"
    ),
    source=RANKCOLLAPSE.at("phase boundaries"),
    computed="a value between the two losses, at one scale of the winner and all scales of the loser",
    tight="μ₊/μ₋ − 1 is about 1e-5",
    proofs=tuple(_proof(each, side) for each in BOUNDARIES for side in (each.below, each.above)),
    certified_on="the decays of the table",
    experiments=(roots,),
)
