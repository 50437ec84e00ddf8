"""Every false mutant comes back REFUTED but for the known blind spots, and no control does."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import collapse_is_beaten_mutants
import collapse_ray_mutants
import collapse_scale_mutants
import cost_of_a_product_mutants
import deep_collapse_mutants
import landscape_mutants
import margins_cost_mutants
import modes_mutants
import path_mutants
import pytest
import rank_bound_mutants
import representation_cost_mutants
import spectral_reduction_mutants
import subspace_bound_mutants
import surviving_mutants
import transition_mutants
import two_layer_mutants
from mutant import KINDS, Mutant, is_small

from verify.blind_spots import BLIND_SPOTS, CONTROLS, MUTANTS, SEED
from verify.claim import Level, Run
from verify.judge import judge
from verify.ledger import LEDGER
from verify.margin import Outcome
from verify.search.seen import leaves
from verify.verdict import Judgement, Verdict

FILES = (
    cost_of_a_product_mutants,
    modes_mutants,
    transition_mutants,
    collapse_scale_mutants,
    collapse_is_beaten_mutants,
    landscape_mutants,
    rank_bound_mutants,
    representation_cost_mutants,
    path_mutants,
    two_layer_mutants,
    margins_cost_mutants,
    collapse_ray_mutants,
    spectral_reduction_mutants,
    deep_collapse_mutants,
    subspace_bound_mutants,
)
FALSE: tuple[Mutant, ...] = (*(m for file in FILES for m in file.FALSE), *surviving_mutants.SURVIVORS)
WEAKER: tuple[Mutant, ...] = tuple(m for file in FILES for m in file.CONTROLS)
MISSED = {spot.mutant: spot.level for spot in BLIND_SPOTS}

QUICK_FIFTEEN = {
    "mutant/chain/cost-one-percent-more",
    "mutant/chain/power-one-more",
    "mutant/chain/one-factor-too-many-in-front",
    "mutant/squared-loss/transition-one-percent-later",
    "mutant/squared-loss/transition-one-millionth-later",
    "mutant/cross-entropy/decay-inverted",
    "mutant/cross-entropy/from-five-classes-at-two-layers",
    "mutant/cross-entropy/turning-is-the-minimum",
    "mutant/networks/b2-one-percent-less",
    "mutant/networks/class-sizes-left-out",
    "mutant/networks/cheapest-by-its-sum",
    "mutant/depth/mean-over-one-class-less",
    "mutant/depth/uneven-values",
    "mutant/regression/one-target-less",
    "mutant/regression/without-nrc1",
}
QUICK_CONTROLS = {
    "mutant/cross-entropy/pairs-one-percent-dearer",
    "mutant/networks/b0-one-percent-more",
    "mutant/regression/one-target-more",
}


def each(mutants: Iterable[Mutant], *, quick: set[str] | None = None) -> list[Any]:
    """Parameters named by id; those that are not `quick` run at full size only."""
    return [
        pytest.param(m, id=m.id, marks=() if quick is None or m.id in quick else (pytest.mark.full,))
        for m in mutants
    ]


def judged(mutant: Mutant, level: Level = "quick") -> Judgement:
    return judge(mutant.claim, Run(level, SEED))


def test_there_are_enough_of_every_kind_in_every_room() -> None:
    ids = [mutant.id for mutant in (*FALSE, *WEAKER)]
    assert len(set(ids)) == len(ids)
    assert (len(FALSE), len(WEAKER)) == (MUTANTS, CONTROLS)
    assert len([mutant for mutant in FALSE if mutant.id not in MISSED]) >= 60
    assert len(WEAKER) >= 15
    assert {mutant.kind for mutant in FALSE} == set(KINDS)
    rooms, controls = (Counter(m.room for m in mutants) for mutants in (FALSE, WEAKER))
    assert set(rooms) == set(controls) == {entry.id.partition("/")[0] for entry in LEDGER}
    assert min(rooms.values()) >= 8
    assert min(controls.values()) >= 3


def test_the_fixed_fifteen_are_spread_over_rooms_and_kinds() -> None:
    fifteen = [mutant for mutant in FALSE if mutant.id in QUICK_FIFTEEN]
    assert len(fifteen) == len(QUICK_FIFTEEN) == 15
    assert len({mutant.room for mutant in fifteen}) >= 6
    assert len({mutant.kind for mutant in fifteen}) >= 9
    assert {mutant.id for mutant in WEAKER} >= QUICK_CONTROLS


@pytest.mark.parametrize("mutant", each(FALSE))
def test_the_hidden_witness_refutes_the_mutant_and_not_the_claim(mutant: Mutant) -> None:
    assert mutant.witness is not None
    assert all(is_small(leaf) for _, leaf in leaves(mutant.witness)) or mutant.id in MISSED
    claim = mutant.claim
    assert claim.witness is None
    assert mutant.refutation or claim.hypotheses(mutant.witness)
    margin = (mutant.refutation or claim.certain_margin)(mutant.witness)
    assert margin.outcome is Outcome.FAILS
    truth = mutant.true_margin(mutant.witness)
    assert truth is None or truth.outcome is not Outcome.FAILS


@pytest.mark.parametrize(
    "mutant", each([mutant for mutant in FALSE if mutant.id not in MISSED], quick=QUICK_FIFTEEN)
)
def test_a_false_mutant_is_refuted(mutant: Mutant) -> None:
    judgement = judged(mutant)
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness is not None
    assert mutant.claim.hypotheses(judgement.witness)
    assert mutant.claim.certain_margin(judgement.witness).outcome is Outcome.FAILS
    truth = mutant.true_margin(judgement.witness)
    assert truth is None or truth.outcome is not Outcome.FAILS


@pytest.mark.parametrize("mutant", each(WEAKER, quick=QUICK_CONTROLS))
def test_a_weakened_claim_is_not_refuted(mutant: Mutant) -> None:
    assert mutant.witness is None
    assert judged(mutant).verdict is Verdict.SUPPORTED


@pytest.mark.full
@pytest.mark.parametrize("mutant", each([mutant for mutant in FALSE if mutant.id in MISSED]))
def test_the_survivors_are_the_listed_blind_spots(mutant: Mutant) -> None:
    """With the test above, which asks for a refutation of all others, the two sets are equal."""
    assert judged(mutant).verdict is Verdict.SUPPORTED
    at_full_level = judged(mutant, "full").verdict
    assert at_full_level is (Verdict.REFUTED if MISSED[mutant.id] == "quick" else Verdict.SUPPORTED)


def test_every_listed_blind_spot_is_a_mutant() -> None:
    claims = {mutant.id: mutant.of for mutant in FALSE}
    assert {spot.mutant: spot.claim for spot in BLIND_SPOTS}.items() <= claims.items()
    assert {mutant.id for mutant in surviving_mutants.SURVIVORS} <= set(MISSED)
    assert len(MISSED) == len(BLIND_SPOTS)


REPEATED = [mutant for mutant in FALSE if mutant.id in QUICK_FIFTEEN]
ALSO_QUICK = {"mutant/networks/b2-one-percent-less", "mutant/squared-loss/transition-one-millionth-later"}


@pytest.mark.parametrize("mutant", each(REPEATED, quick=ALSO_QUICK))
def test_the_same_seed_finds_the_same_witness(mutant: Mutant) -> None:
    first, second = judged(mutant), judged(mutant)
    assert (first.verdict, first.witness, first.reason) == (second.verdict, second.witness, second.reason)
