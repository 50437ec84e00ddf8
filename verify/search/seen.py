"""What the searches have seen so far: the instances nearest to failing, and the range of every number."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from verify.evidence import nearness
from verify.instance import Instance
from verify.margin import Margin, Outcome

Path = tuple[Any, ...]
KEPT = 8
"""Instances kept in each order; the quick level climbs from fewer."""
ALIKE = 2
"""How many of them may have one shape and the same integers."""


class Entry(NamedTuple):
    """An instance with its margin and its shape: where it has numbers, and the integers among them."""

    margin: Margin
    instance: Instance
    shape: frozenset[Any]


def tightness(margin: Margin) -> tuple[float, float]:
    """Bound over actual where the margin knows it; else, behind those, the margin in its error bounds."""
    return (math.inf if margin.ratio is None else margin.ratio), nearness(margin)[0]


def in_order(_: Margin) -> int:
    """All alike: the first come first."""
    return 0


@dataclass
class Best:
    """The best entries by a key, the earlier of equals first, few of one shape."""

    key: Callable[[Margin], Any]
    entries: list[Entry] = field(default_factory=list[Entry])

    def offer(self, entry: Entry) -> None:
        """Keep an entry if it is among the best."""
        if len(self.entries) == KEPT and self._at(entry) >= self._at(self.entries[-1]):
            return
        alike = [known for known in self.entries if known.shape == entry.shape]
        kept = self.entries
        if len(alike) >= ALIKE:
            if self._at(entry) >= self._at(alike[-1]):
                return
            kept = [known for known in kept if known is not alike[-1]]
        if all(known.instance != entry.instance for known in alike):
            self.entries = sorted([*kept, entry], key=self._at)[:KEPT]

    def _at(self, entry: Entry) -> Any:
        return self.key(entry.margin)


class Seen:
    """Feed it every judged instance; it keeps the few nearest to failing and the box they all lie in.

    Nearest in two ways, since either alone can be led astray: `closest` by the margin in its own error
    bounds, ties and failures included; `tightest`, of those that hold, by bound over actual where the
    margin knows it. Both can be of one kind, so there is also `first`: whatever held first. `ranges` has
    every number; those that are not integers wherever they were seen are `continuous`.
    """

    def __init__(self) -> None:
        self._closest, self._tightest, self._first = Best(nearness), Best(tightness), Best(in_order)
        self.ranges: dict[Path, tuple[float, float]] = {}
        self.continuous: set[Path] = set()
        self.decided = False

    def add(self, instance: Instance, margin: Margin) -> None:
        """Record one judged instance; `decided` once floats could tell anything."""
        self.decided |= margin.equality or margin.outcome is not Outcome.CLOSE
        plain = as_lists(instance)
        shape: list[tuple[Path, int | None]] = []
        for path, leaf in leaves(plain):
            shape.append((path, leaf if isinstance(leaf, int) else None))
            if isinstance(leaf, int):
                self._widen(path, leaf, leaf)
            else:
                self.continuous.add(path)
                self._widen(path, float(leaf), float(leaf))
        entry = Entry(margin, plain, frozenset(shape))
        self._closest.offer(entry)
        if margin.outcome is Outcome.HOLDS:
            self._tightest.offer(entry)
            self._first.offer(entry)

    def merge(self, later: "Seen") -> "Seen":
        """Record what a later one saw, as if it had been seen here; returns itself."""
        self.decided |= later.decided
        self.continuous |= later.continuous
        for path, (low, high) in later.ranges.items():
            self._widen(path, low, high)
        for mine, theirs in zip(self._orders, later._orders, strict=True):
            for entry in theirs.entries:
                mine.offer(entry)
        return self

    @property
    def closest(self) -> list[Entry]:
        """The entries nearest to failing, in error bounds."""
        return self._closest.entries

    @property
    def tightest(self) -> list[Entry]:
        """The entries that hold with the smallest bound over actual."""
        return self._tightest.entries

    @property
    def first(self) -> list[Entry]:
        """The entries that held first."""
        return self._first.entries

    @property
    def _orders(self) -> tuple[Best, ...]:
        return self._closest, self._tightest, self._first

    @property
    def failing(self) -> list[Instance]:
        """The instances among the closest on which the margin failed."""
        return [entry.instance for entry in self.closest if entry.margin.outcome is Outcome.FAILS]

    def _widen(self, path: Path, low: float, high: float) -> None:
        least, greatest = self.ranges.get(path, (low, high))
        self.ranges[path] = min(least, low), max(greatest, high)


def as_lists(value: Any) -> Any:
    """An instance with arrays as nested lists of Python numbers."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {name: as_lists(item) for name, item in value.items()}
    return [as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, int | float | Fraction]]:
    """Every number of an instance with its path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    elif isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        yield path, value


def replaced(value: Any, path: Path, leaf: Any) -> Any:
    """The instance with the number at a path replaced; the rest is shared."""
    if not path:
        return leaf
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], leaf)
    return copy
