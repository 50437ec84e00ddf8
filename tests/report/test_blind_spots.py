"""The page says what the search is known to miss, whatever claims it is about."""

import re
from pathlib import Path

from verify.blind_spots import BLIND_SPOTS, CONTROLS, MUTANTS
from verify.claim import Claim, Run
from verify.report.environment import words
from verify.report.page import render
from verify.verdict import Judgement, Verdict


def section(*ids: str) -> str:
    claims = [Claim(id=claim, title="", statement="", source="a test") for claim in ids]
    judged = [(claim, Judgement(claim.id, Verdict.SUPPORTED, "", ())) for claim in claims]
    page = render(judged, run=Run(), expected={}, command="")
    return page[page.index('aria-labelledby="blind-spots"') : page.index('id="repeat"')]


def test_every_blind_spot_is_told_with_its_reason_remedy_and_day() -> None:
    text = section()
    for spot in BLIND_SPOTS:
        for told in (spot.false, spot.missed_because, spot.remedy, spot.measured):
            assert words(told) in text
    assert text.count("<tr>") == len(BLIND_SPOTS) + 1


def test_the_counts_are_those_that_the_tests_measure() -> None:
    text = " ".join(re.sub(r"<[^>]*>", "", section()).split())
    assert f"the {MUTANTS} false statements" in text
    assert f"refutes {MUTANTS - len(BLIND_SPOTS)} of them" in text
    assert f"none of the {CONTROLS} " in text


def test_only_claims_on_the_page_are_linked() -> None:
    assert "href=" not in section()
    assert set(re.findall('href="#([^"]*)"', section(BLIND_SPOTS[0].claim, "own/claim"))) == {
        BLIND_SPOTS[0].claim
    }


def test_the_readme_has_the_same_counts() -> None:
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    refuted = MUTANTS - len(BLIND_SPOTS)
    assert f"refutes {refuted} of these {MUTANTS} false statements at quick level" in readme
    assert f"none of {CONTROLS} that are only weaker" in readme
