"""Every claim of the ledger loads, is documented, is linked, and gets the verdict the ledger expects."""

import re
from pathlib import Path

import pytest

import verify.claims
from theory.errors import InvalidClaimError
from theory.sources import Citation
from verify.claim import Run
from verify.judge import judge
from verify.ledger import LEDGER, Entry, entry, load
from verify.margin import Outcome
from verify.proof import Known

IDS = [item.id for item in LEDGER]
ROOM = Path(verify.claims.__path__[0])


def test_the_ledger_lists_every_claim_file_once() -> None:
    files = {path for path in ROOM.glob("*/*.py") if path.name != "__init__.py"}
    listed = {ROOM.joinpath(*item.module.split(".")[2:]).with_suffix(".py") for item in LEDGER}
    assert files == listed
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("item", LEDGER, ids=IDS)
def test_a_claim_is_documented_and_linked(item: Entry) -> None:
    claim = load(item.id)
    text = ROOM.joinpath(*item.module.split(".")[2:]).with_suffix(".py").read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    for word in ("Statement   ", "Source      ", "Computed    ", "Tight       "):
        assert re.search(rf"^{word}", docstring, re.MULTILINE), f"{item.id} lacks {word.strip()}"
    assert isinstance(claim.source, Citation)
    assert claim.title
    assert claim.statement
    assert claim.computed
    assert claim.tight
    assert claim.instead is None or claim.instead in IDS
    for proof in claim.proofs:
        assert set(proof.rests_on) <= set(IDS)
        assert all(load(other).proofs for other in proof.rests_on)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", item.reviewed)


@pytest.mark.parametrize("item", LEDGER, ids=IDS)
def test_a_claim_gets_its_expected_verdict(item: Entry) -> None:
    judgement = judge(load(item.id), Run("quick", 0))
    assert judgement.verdict is item.quick, judgement.reason
    refuted = judgement.verdict == "REFUTED"
    assert (judgement.witness is not None) == refuted
    if refuted:
        assert load(item.id).instead
        claim = load(item.id)
        assert judgement.witness is not None
        assert claim.certain_margin(judgement.witness).outcome is Outcome.FAILS


def test_the_reference_codes_counterexample_is_the_simplest() -> None:
    claim = load("squared-loss/largest-root-is-global")
    judgement = judge(claim, Run("quick", 0))
    assert judgement.witness is not None
    assert judgement.witness["layers"] == 2
    assert judgement.witness["class_decay"].denominator == 5
    assert judgement.witness["class_decay"].numerator == 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counterexamples_are_found_with_other_seeds(seed: int) -> None:
    for item in LEDGER:
        if item.quick == "REFUTED":
            claim = load(item.id)
            judgement = judge(claim, Run("quick", seed))
            found = [e for e in judgement.evidence if e.kind == "search" and e.outcome is Outcome.FAILS]
            assert found, f"{item.id}: the search found nothing with seed {seed}"


def test_citations_name_a_publication_or_a_claim_that_the_proof_rests_on() -> None:
    for item in LEDGER:
        for proof in load(item.id).proofs:
            for step in proof.steps:
                if isinstance(step.rule, Known):
                    claim = re.fullmatch(r"claim (\S+)", step.rule.name)
                    named = claim[1] in proof.rests_on if claim else re.search(r"\d{4}", step.rule.theorem)
                    assert named, step.rule.theorem


def test_an_unknown_claim_suggests_a_near_one() -> None:
    with pytest.raises(InvalidClaimError, match="did you mean chain/cost-of-a-product"):
        entry("chain/cost-of-product")
    with pytest.raises(InvalidClaimError, match="lists them"):
        entry("zzz")
