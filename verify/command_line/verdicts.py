"""What is printed of judgements: the verdict table, or the contract's JSON."""

import sys
from typing import TYPE_CHECKING, Any

import click

from verify.command_line.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.claim import Claim, Run
    from verify.evidence import Evidence
    from verify.running.runner import Judged
    from verify.verdict import Judgement, Verdict


def show_judged(judged: "Sequence[Judged]", run: "Run", as_json: bool) -> None:
    """Print the contract's JSON, or the verdict table."""
    if as_json:
        print_json([judged_json(task.named(), judgement, task.expected(run)) for task, judgement in judged])
        return
    from verify.report.terminal import verdict_lines, verdict_table

    pairs = [(task.named(), judgement) for task, judgement in judged]
    expected = {task.claim: task.expected(run) for task, _ in judged}
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(verdict_table(pairs, expected))
    else:
        for line in verdict_lines(pairs, expected):
            click.echo(line)
    if len(judged) > 1:
        click.echo(f"{instances_judged(judged):,} instances judged in {len(judged)} claims")


def instances_judged(judged: "Sequence[Judged]") -> int:
    """How many instances the samples and searches have judged, in all."""
    evidence = [item for _, judgement in judged for item in judgement.evidence]
    return sum(item.instances for item in evidence if item.kind in ("sampling", "search"))


def as_expected(verdict: "Verdict", expected: "Verdict | None") -> bool:
    """Whether a verdict is the expected one; without expectation a refuted or undecided claim is not."""
    if expected is None:
        return verdict not in ("REFUTED", "UNDECIDED")
    return verdict == expected


def judged_json(claim: "Claim", judgement: "Judgement", expected: "Verdict | None") -> dict[str, Any]:
    """Return one element of the list that `verify --json` prints."""
    return {
        "id": claim.id,
        "source": claim.source_label,
        "verdict": judgement.verdict,
        "expected": expected,
        "reason": judgement.reason,
        "evidence": [evidence_json(item) for item in judgement.evidence],
        "witness": judgement.witness,
    }


def evidence_json(item: "Evidence") -> dict[str, Any]:
    """Return one piece of evidence as `verify --json` prints it."""
    return {
        "kind": item.kind,
        "outcome": item.outcome.value,
        "summary": item.summary,
        "instances": item.instances,
        "worst_margin": None if item.worst is None else item.worst.value,
        "tightness": item.tightness,
        "seed": item.seed,
        "seconds": item.seconds,
        "versions": item.versions,
    }
