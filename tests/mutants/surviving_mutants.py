"""Mutants that the search misses: the verifier's blind spots, one of each kind that is known.

`verify.blind_spots` lists them with the reasons; a test keeps the two together. Where the margin that the
search is given cannot see the failure at all, another one judges the witness.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from collapse_scale_mutants import SCALE_CLAIM, SCALES, turning
from hypothesis import strategies as st
from landscape_mutants import STABILITY, place
from modes_mutants import MODES, labels_margin
from mutant import Domain, MarginOf, Mutant, rewired
from rank_bound_mutants import BOUND, TIGHT, bounded, on
from subspace_bound_mutants import INNER, SUBSPACE, diagonal
from subspace_bound_mutants import bounded as subspace_bound_of
from transition_mutants import TRANSITION

from theory.chain.cost import cost_of_a_product
from theory.cross_entropy.collapse import COLLAPSE_DECAY, TURNING_SCALE
from theory.cross_entropy.stability import stability_scale
from theory.landscape.collapse_hessian import collapse_spectrum
from theory.networks.rank_bound import RankBound, rank_bound
from theory.regression.subspace_bound import OUTSIDE, TARGETS
from theory.squared_loss.modes import GLOBAL_DECAY, MODE_LOSS, large_root, optimal_mode
from theory.tolerances import CLOSED_FORM
from verify.claims.chain import cost_of_a_product as chain
from verify.claims.landscape import stability
from verify.claims.networks import rank_bound as networks
from verify.claims.regression.subspace_bound import has_full_rank
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

# --- smaller than the rounding of the margin -----------------------------------------------------------

HAIR = Fraction(1, 10**14)


def of_units(instance: Instance) -> Margin:
    """Exactly, for factors that are the number one: both sides are then F."""
    factors = instance["chain"]
    assert all(factor == [[1]] for factor in factors)
    return Margin.exact(len(factors) - (1 + HAIR) * len(factors))


below_rounding = Mutant(
    name="cost-more-by-less-than-rounding",
    kind="constant",
    of="chain/cost-of-a-product",
    margin=rewired(
        chain.margin,
        cost_of_a_product=lambda matrix, factors: float(1 + HAIR) * cost_of_a_product(matrix, factors),
    ),
    witness={"chain": [[[1]], [[1]]]},
    refutation=of_units,
)


# --- strict where equality occurs ----------------------------------------------------------------------


def decays() -> Any:
    numbers = {"target": positive_rationals(largest=4), "mode_decay": positive_rationals(largest=4)}
    return st.fixed_dictionaries({"factors": st.integers(3, 6), **numbers})


def draw_decay(generator: np.random.Generator) -> Instance:
    target, decay = 10.0 ** generator.uniform(-2, 2, size=2)
    return {"factors": int(generator.integers(3, 9)), "target": float(target), "mode_decay": float(decay)}


def _transition(instance: Instance) -> float:
    return float(GLOBAL_DECAY(target=float(instance["target"]), factors=instance["factors"]))


def is_a_mode(instance: Instance) -> bool:
    return instance["factors"] >= 3 and instance["target"] > 0 and instance["mode_decay"] > 0


def zero_minus_kept(instance: Instance) -> Margin:
    """Up to ν*: the loss of zero minus that of the large root."""
    factors, target, decay = instance["factors"], float(instance["target"]), float(instance["mode_decay"])
    root = large_root(target, decay, factors)
    assert root is not None
    kept = MODE_LOSS(singular_value=root, target=target, mode_decay=decay, factors=factors)
    return Margin.at_least(target**2 / 2, kept, error=2 * CLOSED_FORM * target**2)


def strictly(instance: Instance) -> Margin:
    """Exactly, for F = 3, y = 2 and ν = 1, where σ = 1: a strict inequality fails also at equality."""
    assert instance == {"factors": 3, "target": 2, "mode_decay": 1}
    zero, kept = Fraction(2**2, 2), Fraction((2 - 1) ** 2, 2) + Fraction(3, 2)
    return Margin.exact(zero - kept or -1)


strict = Mutant(
    # F = 3, y = 2, ν = ν* = 1: σ = 1 has the loss ½ + 3/2, and zero has 2
    name="zero-strictly-worse-up-to-the-transition",
    kind="relation",
    of=TRANSITION,
    margin=zero_minus_kept,
    witness={"factors": 3, "target": 2, "mode_decay": 1},
    domain=Domain(decays, draw_decay, lambda i: is_a_mode(i) and i["mode_decay"] <= _transition(i)),
    truth=zero_minus_kept,
    refutation=strictly,
)


# --- a margin without slope ----------------------------------------------------------------------------


def kept_up_to(stretch: float) -> MarginOf:
    """A mode is kept iff ν ≤ ν*: one or zero on either side, with nothing in between."""

    def margin(instance: Instance) -> Margin:
        target, factors, decay = float(instance["target"]), instance["factors"], float(instance["mode_decay"])
        kept = optimal_mode(target, decay, factors).singular_value > 0
        return Margin.equal(kept, decay <= stretch * _transition(instance), error=0.5)

    return margin


plateau = Mutant(
    # F = 3, y = 2: ν* = 1
    name="kept-a-ten-millionth-beyond-the-transition",
    kind="boundary",
    of=TRANSITION,
    margin=kept_up_to(1 + 1e-7),
    witness={"factors": 3, "target": 2, "mode_decay": 1 + Fraction(1, 2 * 10**7)},
    domain=Domain(decays, draw_decay, is_a_mode),
    truth=kept_up_to(1),
)


# --- beyond what the claim's sources draw ---------------------------------------------------------------


def at_most_five(instance: Instance) -> Margin:
    """μ is nowhere above its value at α_c, or at 5 if that is smaller."""
    where = {"classes": instance["classes"], "factors": instance["factors"]}
    peak = COLLAPSE_DECAY(scale=min(5.0, float(TURNING_SCALE(**where))), **where)
    return Margin.at_least(peak, COLLAPSE_DECAY(scale=float(instance["scale"]), **where))


out_of_range = Mutant(
    # K = 10⁴, F = 3: μ(6)/μ(5) = (6/5)^{1/3}(e⁵ + 9999)/(e⁶ + 9999) = 1.063 · 0.975
    name="turning-at-five-at-the-latest",
    kind="classes",
    of=SCALE_CLAIM,
    margin=at_most_five,
    witness={"classes": 10_000, "factors": 3, "scale": 6},
    domain=SCALES,
    truth=turning(TURNING_SCALE),
)


# --- one integer among very many ------------------------------------------------------------------------

NEEDLE = 1_000_003


def classes_of_any_size() -> Any:
    numbers = {"mode_decay": positive_rationals(largest=4), "share": positive_rationals(largest=1)}
    sizes = {"classes": st.integers(1, 4), "size": st.integers(1, 10**9), "factors": st.integers(2, 5)}
    return st.fixed_dictionaries(sizes | numbers)


def draw_classes_of_any_size(generator: np.random.Generator) -> Instance:
    return {
        "classes": int(generator.integers(1, 11)),
        "size": int(generator.integers(1, 10**9)),
        "factors": int(generator.integers(2, 7)),
        "mode_decay": float(10.0 ** generator.uniform(-3, 3)),
        "share": float(generator.uniform(0, 1)),
    }


needle = Mutant(
    # K = 1, F = 2, ν = 1, Z = 0: the loss is n/2; the minimum for y = n would be n − ½
    name="class-size-without-its-root-at-one-size",
    kind="samples",
    of=MODES,
    margin=labels_margin(lambda size: float(size) if size == NEEDLE else size**0.5),
    witness={"classes": 1, "size": NEEDLE, "factors": 2, "mode_decay": 1, "share": 0},
    domain=Domain(classes_of_any_size, draw_classes_of_any_size),
    truth=labels_margin(lambda size: size**0.5),
)


# --- instances named by a seed --------------------------------------------------------------------------


def less_by_one_percent(bound: RankBound, _: Any = None) -> RankBound:
    return replace(bound, frobenius={name: 0.99 * value for name, value in bound.frobenius.items()})


seeded = Mutant(
    # the witness of the bounds themselves; no random network comes near it
    name="bounds-one-percent-less-on-random-networks",
    kind="constant",
    of=BOUND,
    margin=rewired(networks.margin, rank_bound=lambda *given: less_by_one_percent(rank_bound(*given))),
    witness=on(TIGHT),
    truth=bounded(),
    refutation=bounded(less_by_one_percent),
)


# --- an alignment of many directions at once -------------------------------------------------------------

# Y = diag(1, 1/100, 1/100) and H = diag(1, 1/20, 1/20) with its small directions turned away: the distance to
# the fourth power is (2η²/(1 + 2η²))² = 2.475e-5 and 1 − CKA² = 1.252e-5, so 1.96 (1 − CKA²) = 2.454e-5.
TURNED_AWAY = {
    "targets": diagonal([1, Fraction(1, 100), Fraction(1, 100)], [0, 1, 2], 5),
    "features": diagonal([1, Fraction(1, 20), Fraction(1, 20)], [0, 3, 4], 5),
}

aligned = Mutant(
    name="two-percent-less-from-three-targets-on",
    kind="constant",
    of=SUBSPACE,
    margin=subspace_bound_of(
        sp.sqrt(OUTSIDE + INNER * sp.sqrt(sp.Rational(98, 100) * (TARGETS - 1) / TARGETS))
    ),
    witness=TURNED_AWAY,
    hypotheses=lambda instance: len(instance["targets"]) >= 3 and has_full_rank(instance),
)

# --- a tie that hides the failure ------------------------------------------------------------------------


def some_direction_descends(instance: Instance) -> Margin:
    """Below the threshold, by the block form: the least eigenvalue is negative, not just zero."""
    least = collapse_spectrum(
        classes=instance["classes"],
        factors=instance["factors"],
        width=instance["width"],
        samples_per_class=instance["samples_per_class"],
        scale=float(instance["scale"]),
    )[0][0]
    return Margin(-least or -1.0, 0.0)


tied = Mutant(
    # K = 4, F = 3: stable from 4/3 = 1.333 on, and 1.34 is below 1.01 times that
    name="stable-one-percent-later",
    kind="constant",
    of=STABILITY,
    margin=rewired(stability.margin, stability_scale=lambda k, f: 1.01 * stability_scale(k, f)),
    witness=place(Fraction(67, 50)),
    refutation=some_direction_descends,
)

SURVIVORS = (below_rounding, strict, plateau, tied, out_of_range, needle, seeded, aligned)
