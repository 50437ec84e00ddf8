"""Half a line for a verdict: what the terminal and the page's table say of the evidence."""

from collections.abc import Mapping

from verify.claim import Claim
from verify.margin import Outcome
from verify.report.numbers import plain
from verify.verdict import Judgement, Verdict

SEPARATOR = " · "


def phrases(claim: Claim, judgement: Judgement) -> list[str]:
    """The findings that carry the verdict, most telling first, each in one line.

    A refutation is its witness; an open verdict its reason; else every method that found something, and
    the search that found nothing only where it is alone.
    """
    if judgement.verdict is Verdict.UNDECIDED:
        return [one_line(judgement.reason)]
    if judgement.verdict is Verdict.REFUTED:
        found = next(
            (item.summary for item in judgement.evidence if item.witness is not None), judgement.reason
        )
        return [one_line(found) + (f" → {claim.instead}" if claim.instead else "")]
    telling = [item for item in judgement.evidence if item.kind != "search" or item.outcome is Outcome.FAILS]
    return [one_line(item.summary) for item in telling or judgement.evidence] or [one_line(judgement.reason)]


def evidence_line(claim: Claim, judgement: Judgement) -> str:
    """The phrases as one line."""
    return SEPARATOR.join(phrases(claim, judgement))


def surprise(judgement: Judgement, expected: Mapping[str, Verdict | None]) -> Verdict | None:
    """The verdict that was expected, when another one came."""
    awaited = expected.get(judgement.claim)
    return awaited if awaited is not None and awaited is not judgement.verdict else None


def one_line(text: str) -> str:
    """The text without line breaks, control characters, NaN or infinity."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return plain(" ".join(words))
