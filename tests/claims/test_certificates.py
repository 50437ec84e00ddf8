"""The data of the long certificates is what carries them: changed, the proof no longer checks."""

from dataclasses import replace
from fractions import Fraction

import pytest

from theory.errors import InvalidProofError
from verify.claims.cross_entropy import phase_boundaries, where_collapse_is_beaten
from verify.claims.cross_entropy.certificates.collapse_intervals import DUELS, Duel
from verify.claims.cross_entropy.certificates.phase_boundaries import BOUNDARIES
from verify.proof import check


@pytest.mark.parametrize(
    "changed",
    [
        replace(DUELS[0], high=DUELS[0].high + Fraction(1, 100)),
        replace(DUELS[0], low=DUELS[0].low + Fraction(1, 10)),
        replace(DUELS[0], ratios=(DUELS[0].ratios[0] * 2,)),
        replace(DUELS[0], tree=DUELS[0].tree[:-1]),
    ],
)
def test_a_changed_duel_does_not_check(changed: Duel) -> None:
    check(where_collapse_is_beaten._duel(DUELS[0]))  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(InvalidProofError):
        check(where_collapse_is_beaten._duel(changed))  # pyright: ignore[reportPrivateUsage]


def test_a_boundary_does_not_check_on_its_other_side() -> None:
    boundary = BOUNDARIES[0]
    proof = phase_boundaries._proof  # pyright: ignore[reportPrivateUsage]
    check(proof(boundary, boundary.below))
    for changed in (
        replace(boundary.below, decay=boundary.above.decay),
        replace(boundary.below, value=boundary.below.value * Fraction(101, 100)),
        replace(boundary.below, top=boundary.below.top / 2),
        replace(boundary.below, winner=boundary.below.loser, loser=boundary.below.winner),
    ):
        with pytest.raises(InvalidProofError):
            check(proof(boundary, changed))
