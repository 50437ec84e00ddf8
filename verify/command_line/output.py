"""What commands print: JSON on standard output, progress on standard error."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.progress import Progress


def print_json(value: Any) -> None:
    """Print a value as JSON; NaN and infinity become null."""
    from verify.running.files import json_text

    click.echo(json_text(value))


def note(text: str) -> None:
    """Say something on standard error."""
    click.echo(text, err=True)


def print_columns(header: tuple[str, ...], rows: list[tuple[str, ...]], indent: str = "") -> None:
    """Print rows under a header, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo(indent + "  ".join(cells).rstrip())


class Counter:
    """Progress over a known number of items: a bar on a terminal, plain lines elsewhere.

    Use as a context manager and call `done` for each item.
    """

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.count = total, what, 0
        self.bar: Progress | None = None

    def __enter__(self) -> "Counter":
        if sys.stderr.isatty():
            self.bar = _bar()
            self.bar.start()
            self.bar.add_task(self.what, total=self.total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def done(self, line: str) -> None:
        """Count one item and say what came of it."""
        self.count += 1
        if self.bar is None:
            note(f"[{self.count}/{self.total}] {line}")
        else:
            self.bar.update(self.bar.task_ids[0], advance=1, description=line)


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Items a second since the start, and the seconds left at that rate."""

        def render(self, task: Task) -> Text:
            if not (task.completed and task.elapsed and task.total):
                return Text("")
            rate = task.completed / task.elapsed
            return Text(f"{rate:.2g}/s, {(task.total - task.completed) / rate:.0f} s left")

    columns = (BarColumn(), MofNCompleteColumn(), Rate(), TextColumn("{task.description}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)
