"""The report: one self-contained page that says what was claimed, what was found and how to repeat it."""

import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from theory.errors import UsageError
from verify.blind_spots import BLIND_SPOTS, CONTROLS, MUTANTS
from verify.claim import Claim, Run
from verify.judge import versions
from verify.report.environment import environment
from verify.report.phrases import surprise
from verify.verdict import Judgement, Verdict

PACKAGES = ("numpy", "scipy", "sympy", "python-flint", "cvxpy", "clarabel", "numba", "hypothesis")
FILE_NAME = "index.html"


def write_report(
    directory: Path,
    judged: Sequence[tuple[Claim, Judgement]],
    *,
    run: Run,
    expected: Mapping[str, Verdict | None],
    command: str,
) -> Path:
    """Write ``directory/index.html`` whole or not at all, and return its path.

    Parameters
    ----------
    judged: the claims with their judgements, in the order of the page.
    run, command: level and seed, and the command line that repeats them.
    expected: verdicts by claim id; a verdict that differs is flagged.

    Raises UsageError when the directory cannot be created or written.
    """
    page = render(judged, run=run, expected=expected, command=command)
    target = directory / FILE_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _replace(target, page)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UsageError(
            f"cannot write the report to {directory}: {problem}; it must be a writable folder: name another"
        ) from error
    return target


def render(
    judged: Sequence[tuple[Claim, Judgement]],
    *,
    run: Run,
    expected: Mapping[str, Verdict | None],
    command: str,
) -> str:
    """The page as HTML: the same text for the same judgements and versions."""
    pairs = {claim.id: (claim, judgement) for claim, judgement in judged}
    amends = {
        claim.instead: claim.id
        for claim, judgement in pairs.values()
        if claim.instead in pairs and judgement.verdict is Verdict.REFUTED
    }
    rooms = _rooms(list(pairs.values()))
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            rooms=rooms,
            pairs=pairs,
            amends=amends,
            counts=[(verdict, sum(j.verdict is verdict for _, j in pairs.values())) for verdict in Verdict],
            surprises={j.claim: awaited for _, j in pairs.values() if (awaited := surprise(j, expected))},
            run=run,
            command=command,
            blind_spots=BLIND_SPOTS,
            mutants=MUTANTS,
            controls=CONTROLS,
            versions={"Python": platform.python_version(), **versions("rankcollapse", *PACKAGES)},
        )
    )


def _rooms(pairs: list[tuple[Claim, Judgement]]) -> list[tuple[str, list[tuple[Claim, Judgement]]]]:
    """The claims by the first word of their id, rooms in order of first appearance."""
    rooms = [claim.id.split("/")[0] for claim, _ in pairs]
    ordered = sorted(pairs, key=lambda pair: rooms.index(pair[0].id.split("/")[0]))
    return [
        (room, list(items)) for room, items in groupby(ordered, key=lambda pair: pair[0].id.split("/")[0])
    ]


def _replace(target: Path, text: str) -> None:
    """Write beside the target, then rename: a reader never sees half a page."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
