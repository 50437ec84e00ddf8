"""The verdict on a claim, and how it follows from the evidence."""

from dataclasses import dataclass
from enum import StrEnum

from verify.evidence import CERTAIN, Evidence
from verify.instance import Instance
from verify.margin import Outcome


class Verdict(StrEnum):
    """PROVED and CERTIFIED are certain; SUPPORTED is an honest sample; REFUTED has a witness."""

    PROVED = "PROVED"
    CERTIFIED = "CERTIFIED"
    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Judgement:
    """A claim's verdict with its reason, the evidence behind it, and the witness if it is refuted."""

    claim: str
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...]
    witness: Instance | None = None
    seconds: float = 0.0


def decide(evidence: tuple[Evidence, ...]) -> tuple[Verdict, str, Instance | None]:
    """The verdict that the evidence carries, why, and the witness.

    A witness refutes, unless a proof was accepted: then something here is wrong and nothing is claimed.
    An experiment that disagrees without a witness only makes the claim UNDECIDED, however good the rest.
    """
    refuting = [item for item in evidence if item.outcome is Outcome.FAILS and item.witness is not None]
    certain = [item for item in evidence if item.kind in CERTAIN and item.outcome is Outcome.HOLDS]
    if refuting and certain:
        return Verdict.UNDECIDED, "a proof and a counterexample contradict each other", refuting[0].witness
    if refuting:
        return Verdict.REFUTED, refuting[0].summary, refuting[0].witness
    for item in evidence:
        unproved = item.kind in CERTAIN and item.outcome is not Outcome.HOLDS
        if item.outcome is Outcome.FAILS or unproved:
            return Verdict.UNDECIDED, f"{item.kind}: {item.summary}", None
    if any(item.kind == "proof" for item in certain):
        return Verdict.PROVED, certain[0].summary, None
    if certain:
        return Verdict.CERTIFIED, certain[0].summary, None
    for item in evidence:
        if item.outcome is Outcome.CLOSE:
            return Verdict.UNDECIDED, f"{item.kind}: {item.summary}", None
    if not evidence:
        return Verdict.UNDECIDED, "no method applies: give it instances, an experiment or a proof", None
    return Verdict.SUPPORTED, evidence[0].summary, None
