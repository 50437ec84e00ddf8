"""The verdict table: coloured for a terminal, aligned columns of plain text elsewhere."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from verify.claim import Claim
from verify.report.phrases import SEPARATOR, evidence_line, one_line, phrases, surprise
from verify.verdict import Judgement, Verdict

if TYPE_CHECKING:
    from rich.table import Table

STYLES = {
    Verdict.PROVED: "bold green",
    Verdict.CERTIFIED: "bold cyan",
    Verdict.SUPPORTED: "bold blue",
    Verdict.REFUTED: "bold red",
    Verdict.UNDECIDED: "bold yellow",
}
WIDTH = 160
"""Columns of a plain line; what does not fit ends in an ellipsis."""

SOURCE = 30
VERDICT = max(len(verdict) for verdict in Verdict)
Judged = Sequence[tuple[Claim, Judgement]]


def verdict_table(judged: Judged, expected: Mapping[str, Verdict | None]) -> "Table":
    """The table for a terminal, without rulers: id, source, verdict, evidence."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 3, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", max_width=SOURCE, no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for claim, judgement in judged:
        evidence = Text(evidence_line(claim, judgement))
        awaited = surprise(judgement, expected)
        if awaited is not None:
            evidence = Text.assemble((f"expected {awaited}", "bold red"), SEPARATOR, evidence)
        verdict = Text(judgement.verdict, STYLES[judgement.verdict])
        table.add_row(Text(claim.id), Text(_source(claim)), verdict, evidence)
    return table


def verdict_lines(judged: Judged, expected: Mapping[str, Verdict | None], *, width: int = WIDTH) -> list[str]:
    """The same as lines of at most `width` columns; ids and verdicts are never shortened."""
    claims = max((len(claim.id) for claim, _ in judged), default=0)
    sources = min(SOURCE, max((len(_source(claim)) for claim, _ in judged), default=0))
    return [_line(claim, judgement, expected, claims, sources, width) for claim, judgement in judged]


def _line(
    claim: Claim,
    judgement: Judgement,
    expected: Mapping[str, Verdict | None],
    claims: int,
    sources: int,
    width: int,
) -> str:
    source = _cut(_source(claim), sources)
    line = f"{claim.id:<{claims}}  {source:<{sources}}  {judgement.verdict:<{VERDICT}}  "
    awaited = surprise(judgement, expected)
    parts = ([f"expected {awaited}"] if awaited else []) + phrases(claim, judgement)
    if judgement.verdict is Verdict.UNDECIDED:  # the reason is what one acts on
        return line + SEPARATOR.join(parts)
    return line + _cut(SEPARATOR.join(parts), max(width - len(line), 24), f" → {claim.instead}")


def _source(claim: Claim) -> str:
    return one_line(claim.source_label).replace(", Theorem ", " Thm ").replace(", equation ", " eq. ")


def _cut(text: str, room: int, kept: str = "") -> str:
    """The text, cut at `room` with an ellipsis; the ending `kept` survives the cut."""
    if len(text) <= room:
        return text
    tail = kept if kept and text.endswith(kept) else ""
    kept_words = text[: max(room - len(tail) - 1, 8)].rstrip(" ·,")
    return kept_words + "…" + tail
