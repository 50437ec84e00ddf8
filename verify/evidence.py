"""What one method found: counts, worst margin, tightness, seed, seconds, and what to show of it."""

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from verify.instance import Instance
from verify.margin import Margin, Outcome

Kind = Literal["proof", "certificate", "sampling", "search", "descent", "solver", "construction", "witness"]
CERTAIN: tuple[Kind, ...] = ("proof", "certificate")
"""What only the re-check of proofs as data may call its evidence."""
UNCERTAIN: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind not in CERTAIN)
"""What any other method may call its evidence."""


@dataclass(frozen=True)
class Table:
    """Numbers worth a table in the report."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | bool, ...], ...]


@dataclass(frozen=True)
class Series:
    """One curve or one set of points of a plot."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    style: Literal["line", "points", "dashed"] = "line"


@dataclass(frozen=True)
class Plot:
    """A plot as data; the report draws it."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_log: bool = False
    y_log: bool = False
    vertical_lines: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One method's finding.

    Parameters
    ----------
    kind: which method.
    outcome: HOLDS, FAILS, or CLOSE when the method could not decide.
    summary: half a line for the verdict table.
    instances: how many were judged; `worst` the smallest margin among them, `too_close` how many floats
        could not decide.
    tightness: the smallest bound/actual seen, where that means something.
    witness: an instance on which the statement fails.
    seed, seconds: how to repeat it and what it took; the judge fills them in for experiments.
    """

    kind: Kind
    outcome: Outcome
    summary: str
    instances: int = 0
    worst: Margin | None = None
    too_close: int = 0
    tightness: float | None = None
    witness: Instance | None = None
    seed: int | None = None
    seconds: float = 0.0
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()
    versions: dict[str, str] = field(default_factory=dict[str, str])


def nearness(margin: Margin) -> tuple[float, float]:
    """Sorts margins by how near they are to failing, in their own error bounds; failures first."""
    if margin.error > 0:
        return margin.value / margin.error, margin.value
    return (-math.inf if margin.outcome is Outcome.FAILS else math.inf), margin.value


def worst_of(margins: list[Margin]) -> Margin:
    """The margin nearest to failing."""
    return min(margins, key=nearness)


def overall(margins: list[Margin]) -> Outcome:
    """FAILS if any fails, HOLDS if the rest decide something, CLOSE where floats decide nothing.

    An equality within its error counts as support: floats can say no more of it.
    """
    if any(margin.outcome is Outcome.FAILS for margin in margins):
        return Outcome.FAILS
    decided = any(margin.equality or margin.outcome is Outcome.HOLDS for margin in margins)
    return Outcome.HOLDS if decided else Outcome.CLOSE
