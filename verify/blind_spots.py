"""What the search is known to miss: measured on false claims, so that SUPPORTED is read for what it is.

The project's tests change its true claims by one thing each — a constant by one per cent, an exponent, a
norm, a hypothesis — and give the search these mutants. Those that it does not refute are listed here, one
of each kind that is known; a test measures again, at both levels, that it is these and no others.
"""

from dataclasses import dataclass
from typing import Final

from verify.claim import Level

MUTANTS: Final = 148
"""False mutants in the tests, those below among them."""
CONTROLS: Final = 36
"""Mutants that only weaken their claim; none of them is refuted."""
SEED: Final = 0
"""Of the runs that were measured."""


@dataclass(frozen=True, kw_only=True)
class BlindSpot:
    """One false claim that came back SUPPORTED.

    Parameters
    ----------
    mutant: id in the tests, ``mutant/room/name``.
    claim: id of the claim that it changes.
    false: the false statement, and where it fails.
    missed_because: why the search does not get there.
    remedy: what a person can do about it in a claim of their own.
    level: the highest level at which it is missed; at full level the sample is 20 000.
    measured: the day.
    """

    mutant: str
    claim: str
    false: str
    missed_because: str
    remedy: str
    level: Level
    measured: str


BLIND_SPOTS: Final[tuple[BlindSpot, ...]] = (
    BlindSpot(
        mutant="mutant/chain/cost-more-by-less-than-rounding",
        claim="chain/cost-of-a-product",
        false="a product costs 1 + 10⁻¹⁴ times what it does; false already for 1 · 1",
        missed_because="the excess is below the error bound of the margin, which calls it too close",
        remedy="an exact margin",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/squared-loss/zero-strictly-worse-up-to-the-transition",
        claim="squared-loss/first-order-transition",
        false="zero is strictly worse than the large root for every ν ≤ ν*; at ν* they are equal",
        missed_because="a margin tells ≥ from <, not from >: equality is too close to call, even exactly",
        remedy="state > as ≥ with a stated gap, or prove it",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/landscape/stable-one-percent-later",
        claim="landscape/stability",
        false="the Hessian at collapse has a negative eigenvalue up to a scale of 1.01 times the threshold",
        missed_because="below the threshold the margin asks for a least eigenvalue ≤ 0, and 0 always is one",
        remedy="a margin that says how negative it has to be",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/squared-loss/kept-a-ten-millionth-beyond-the-transition",
        claim="squared-loss/first-order-transition",
        false="a mode is kept iff ν ≤ (1 + 10⁻⁷)ν*; fails on a ten-millionth of the range",
        missed_because="the margin is a difference of two counts: without a slope there is nothing to follow",
        remedy="a margin that says by how much, here ν* − ν",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/cross-entropy/turning-at-five-at-the-latest",
        claim="cross-entropy/collapse-scale",
        false="the decay of collapse is largest at a scale of at most 5; fails from thousands of classes on",
        missed_because="strategy and sampler end at 100 classes, and the search stays inside what they draw",
        remedy="sources that reach as far as the statement does",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/squared-loss/class-size-without-its-root-at-one-size",
        claim="squared-loss/modes-decouple",
        false="for classes of exactly 1 000 003 samples the root of the class size is left out",
        missed_because="one integer in 10⁹, with no sign of it at its neighbours",
        remedy="a proof with the integer as a parameter",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/networks/bounds-one-percent-less-on-random-networks",
        claim="networks/rank-bound",
        false="the rank bounds with 0.99 in front, judged on networks that a seed names",
        missed_because="random networks are far from equality, and a seed has no neighbours to climb to",
        remedy="instances by their entries instead of a seed: there it is refuted",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/regression/two-percent-less-from-three-targets-on",
        claim="regression/subspace-bound",
        false="from three targets on, t may be replaced by 0.98(t − 1) in the subspace bound",
        missed_because="fails only where one direction dominates and two small ones turn away together",
        remedy="a sampler that draws near that structure",
        level="full",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/regression/without-the-number-of-targets",
        claim="regression/subspace-bound",
        false="the subspace bound without the factor t; fails from three targets on",
        missed_because="dozens of entries have to align, which takes more steps than the quick level has",
        remedy="--level full",
        level="quick",
        measured="2026-11-22",
    ),
    BlindSpot(
        mutant="mutant/networks/b2-of-two-spectral-norms",
        claim="networks/rank-bound",
        false="bound B2 with the spectral norm of both deviations; fails from three units on",
        missed_because="dozens of entries have to align, which takes more steps than the quick level has",
        remedy="--level full",
        level="quick",
        measured="2026-11-22",
    ),
)
