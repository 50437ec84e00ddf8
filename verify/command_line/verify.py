"""`rankcollapse verify`: judge claims and hold the verdicts against the expected ones."""

import difflib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from theory.errors import InvalidClaimError, UsageError
from verify.command_line.output import Counter, note
from verify.command_line.verdicts import as_expected, show_judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.claim import Level, Run
    from verify.running.runner import Judged
    from verify.running.task import Task
    from verify.verdict import Judgement

FILE = click.Path(path_type=Path)


@click.command("verify")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--from", "claim_file", metavar="FILE.py", type=FILE, help="Judge the claims of this file.")
@click.option(
    "--replay",
    "witness_file",
    metavar="FILE.json",
    type=FILE,
    help="Judge one stored witness, or check stored proofs, again.",
)
@click.option("--level", type=click.Choice(["quick", "full"]), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; by default one a processor.")
@click.option("--report", metavar="DIR", type=FILE, help="Write a report and the witnesses here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@click.pass_obj
def command(
    command_text: str,
    ids: tuple[str, ...],
    claim_file: Path | None,
    witness_file: Path | None,
    level: "Level",
    seed: int,
    jobs: int | None,
    report: Path | None,
    as_json: bool,
) -> int:
    """Judge claims of the ledger (all, without ID) or of a file of one's own."""
    if witness_file is not None:
        if ids or report is not None or jobs is not None or seed:
            raise UsageError("--replay judges one stored file: leave out IDs, --report, --seed and --jobs")
        from verify.command_line.replay import replay

        return replay(witness_file, claim_file, level, as_json)
    from verify.claim import Run
    from verify.running.files import require_writable

    tasks = _tasks(ids, claim_file)
    as_of = _version(claim_file)
    if report is not None:
        require_writable(report)
    run = Run(level, seed)
    judged, interrupted = _judge(tasks, run, jobs)
    if _version(claim_file) != as_of:
        note(
            f"warning: {claim_file} changed during the run, and verdicts may be of either version: run again"
        )
    show_judged(judged, run, as_json)
    if report is not None:
        _write_report(report, judged, run, command_text, note if as_json else click.echo)
    if interrupted:
        note(f"interrupted: {len(judged)} of {len(tasks)} claims judged")
        return 130
    differing = [task for task, judgement in judged if not as_expected(judgement.verdict, task.expected(run))]
    return 1 if differing else 0


def _tasks(ids: tuple[str, ...], claim_file: Path | None) -> "list[Task]":
    """Return the chosen claims, each once, in the order given."""
    from verify.ledger import LEDGER, entry
    from verify.running.claim_file import load_file
    from verify.running.task import Task

    if claim_file is None:
        return [Task(entry(claim_id).id) for claim_id in dict.fromkeys(ids or [item.id for item in LEDGER])]
    defined = [claim.id for claim in load_file(claim_file)]
    for claim_id in ids:
        if claim_id not in defined:
            near = difflib.get_close_matches(claim_id, defined, n=2, cutoff=0.4) or defined[:4]
            raise InvalidClaimError(f"{claim_file} has no claim {claim_id!r}: it has {', '.join(near)}")
    return [Task(claim_id, claim_file) for claim_id in dict.fromkeys(ids or defined)]


def _version(claim_file: Path | None) -> "tuple[int, int] | None":
    """Return what tells a changed file from the one that was read; None for none."""
    try:
        return None if claim_file is None else ((about := claim_file.stat()).st_mtime_ns, about.st_size)
    except OSError:
        return None


def _judge(tasks: "list[Task]", run: "Run", jobs: int | None) -> "tuple[list[Judged], bool]":
    """Return what was judged, and whether Ctrl-C cut it short."""
    from verify.running.runner import Interrupted, run_claims

    with Counter(len(tasks), "claims") as counter:

        def on_done(task: "Task", judgement: "Judgement") -> None:
            counter.done(f"{task.claim} {judgement.verdict} {judgement.seconds:.1f} s")

        try:
            return run_claims(tasks, run, jobs, on_done), False
        except Interrupted as interrupted:
            return interrupted.judged, True


def _write_report(directory: Path, judged: "Sequence[Judged]", run: "Run", text: str, say: Any) -> None:
    """Write the page, witnesses and proofs, and say how to replay each refutation."""
    from verify.report.page import write_report
    from verify.witness import save, witness_of

    pairs = [(task.named(), judgement) for task, judgement in judged]
    expected = {task.claim: task.expected(run) for task, _ in judged}
    directory.mkdir(parents=True, exist_ok=True)
    say(f"report: {write_report(directory, pairs, run=run, expected=expected, command=text)}")
    for task, judgement in judged:
        witness = witness_of(task, judgement, run.seed)
        path = directory / "witnesses" / f"{task.claim.replace('/', '--')}.json"
        if witness is None:
            path.unlink(missing_ok=True)  # an older run's, which no longer stands
        else:
            try:
                save(witness, path)
            except UsageError as error:
                note(f"warning: {error}")
            else:
                source = "" if task.file is None else f" --from {shlex.quote(str(task.file))}"
                say(f"replay {task.claim}: rankcollapse verify --replay {shlex.quote(str(path))}{source}")
    _write_proofs(directory / "proofs", judged, say)


def _write_proofs(directory: Path, judged: "Sequence[Judged]", say: Any) -> None:
    """Write the proofs that were accepted, each claim's in a file of its own."""
    from verify.proof_file import save

    written = 0
    for task, judgement in judged:
        path = directory / f"{task.claim.replace('/', '--')}.json"
        claim = task.named()
        if judgement.verdict in ("PROVED", "CERTIFIED") and claim.proofs:
            save(claim, path)
            written += 1
        else:
            path.unlink(missing_ok=True)
    if written:
        say(f"proofs in {directory}: {written}; rankcollapse verify --replay FILE checks one again")
