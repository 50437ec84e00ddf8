"""`rankcollapse verify --replay`: one stored witness judged again, or stored proofs checked again."""

from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from theory.errors import UsageError
from verify.command_line.output import print_json
from verify.command_line.verdicts import evidence_json, judged_json

if TYPE_CHECKING:
    from verify.claim import Level
    from verify.proof import Proof
    from verify.verdict import Verdict


def replay(path: Path, claim_file: Path | None, level: "Level", as_json: bool) -> int:
    """Replay the file by what it holds: proofs or a witness."""
    from verify.proof_file import holds_proofs

    if not holds_proofs(path):
        return _replay_witness(path, claim_file, level, as_json)
    if claim_file is not None:
        raise UsageError(f"{path} holds proofs, which need no claim file: leave out --from")
    return _replay_proofs(path, as_json)


def _replay_proofs(path: Path, as_json: bool) -> int:
    """Check the proofs of a file from their data alone, print what they prove, and return 0 if all check."""
    from verify.proof_file import judge_proofs, read

    stored = read(path)
    judgement = judge_proofs(stored)
    accepted = judgement.verdict in ("PROVED", "CERTIFIED")
    if as_json:
        print_json(
            [
                {
                    "id": stored.claim,
                    "source": stored.source,
                    "verdict": judgement.verdict,
                    "expected": None,
                    "reason": judgement.reason,
                    "evidence": [evidence_json(item) for item in judgement.evidence],
                    "witness": None,
                    "proofs": [_said(proof) for proof in stored.proofs],
                }
            ]
        )
    else:
        click.echo(f"{stored.claim}  {stored.source}  {judgement.verdict}\n  {judgement.reason}")
        for proof in stored.proofs if accepted else ():
            _print_said(_said(proof))
    return 0 if accepted else 1


def _said(proof: "Proof") -> dict[str, Any]:
    """Return what a proof proves, of what, and on whose word."""
    from verify.proof import Known

    return {
        "title": proof.title,
        "for_all": [variable.range_text for variable in proof.variables],
        "goals": [str(step.fact) for step in proof.steps if step.name in proof.goals],
        "given": [f"{s.fact} ({s.rule.theorem})" for s in proof.steps if isinstance(s.rule, Known)],
        "rests_on": list(proof.rests_on),
    }


def _print_said(said: dict[str, Any]) -> None:
    click.echo(f"  {said['title']}")
    if said["for_all"]:
        click.echo(f"    for all {'; '.join(said['for_all'])}")
    for mark, key in (("given", "given"), ("∎", "goals"), ("rests on", "rests_on")):
        for line in said[key]:
            click.echo(f"    {mark} {line}")


def _replay_witness(path: Path, claim_file: Path | None, level: "Level", as_json: bool) -> int:
    """Judge the witness, print margin and verdict, and return 0 if they are what is expected of the claim.

    A witness of a user's claim needs `claim_file` by name: a data file must not run code it points to.
    """
    from verify.claim import Run
    from verify.witness import read, replay

    witness = read(path)
    if claim_file is not None:
        witness = changed(witness, task=changed(witness.task, file=claim_file))
    elif witness.task.file is not None:
        raise UsageError(f"the witness belongs to a claim of {witness.task.file}: name that file with --from")
    claim = witness.task.load()
    judgement = replay(witness)
    expected = witness.task.expected(Run(level))
    if as_json:
        print_json([judged_json(claim, judgement, expected)])
    else:
        click.echo(f"{claim.id}  {claim.source_label}  {judgement.verdict}\n  {judgement.reason}")
    return 0 if _confirms(judgement.verdict, expected) else 1


def _confirms(verdict: "Verdict", expected: "Verdict | None") -> bool:
    """One instance refutes or supports; support agrees with every verdict but a refutation."""
    if verdict == "SUPPORTED":
        return expected != "REFUTED"
    return verdict == "REFUTED" and expected == "REFUTED"
