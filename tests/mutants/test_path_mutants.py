"""Mutants of paths and compression: the search refutes the false ones and lets the weaker ones be."""

import pytest
from mutant import Mutant
from path_mutants import CONTROLS, FALSE

from verify.claim import Run
from verify.judge import judge
from verify.margin import Outcome
from verify.verdict import Verdict

QUICK = {"slope-with-a-half", "first-cut-left-out"}


def each(mutants: tuple[Mutant, ...]) -> list[object]:
    return [pytest.param(m, id=m.name, marks=() if m.name in QUICK else (pytest.mark.full,)) for m in mutants]


@pytest.mark.parametrize("mutant", FALSE, ids=[m.name for m in FALSE])
def test_the_hidden_witness_refutes_the_mutant_and_not_the_claim(mutant: Mutant) -> None:
    assert mutant.witness is not None
    assert mutant.claim.certain_margin(mutant.witness).outcome is Outcome.FAILS
    truth = mutant.true_margin(mutant.witness)
    assert truth is not None
    assert truth.outcome is not Outcome.FAILS


@pytest.mark.parametrize("mutant", each(FALSE))
def test_a_false_mutant_is_refuted(mutant: Mutant) -> None:
    judgement = judge(mutant.claim, Run("quick", 0))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness is not None
    truth = mutant.true_margin(judgement.witness)
    assert truth is None or truth.outcome is not Outcome.FAILS


@pytest.mark.parametrize("mutant", each(CONTROLS))
def test_a_weakened_claim_is_not_refuted(mutant: Mutant) -> None:
    assert judge(mutant.claim, Run("quick", 0)).verdict is Verdict.SUPPORTED
