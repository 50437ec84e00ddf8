"""`rankcollapse verify --replay`: one stored witness judged again."""

from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING

import click

from theory.errors import UsageError
from verify.command_line.output import print_json

if TYPE_CHECKING:
    from verify.claim import Level
    from verify.verdict import Verdict


def replay_witness(path: Path, claim_file: Path | None, level: "Level", as_json: bool) -> int:
    """Judge the witness, print margin and verdict, and return 0 if they are what is expected of the claim.

    A witness of a user's claim needs `claim_file` by name: a data file must not run code it points to.
    """
    from verify.claim import Run
    from verify.command_line.verify import judged_json
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
