"""What the searches have seen so far: the instances nearest to failing, and the range of every number."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from verify.evidence import nearness
from verify.instance import Instance
from verify.margin import Margin, Outcome

Path = tuple[Any, ...]
KEPT = 3


class Seen:
    """Feed it every judged instance; it keeps the few closest to failing and the box they all lie in."""

    def __init__(self) -> None:
        self.closest: list[tuple[Margin, Instance]] = []
        self.ranges: dict[Path, tuple[float, float]] = {}
        self.decided = False

    def add(self, instance: Instance, margin: Margin) -> None:
        """Record one judged instance; `decided` once floats could tell anything."""
        self.decided |= margin.equality or margin.outcome is not Outcome.CLOSE
        plain = as_lists(instance)
        for path, leaf in leaves(plain):
            if not isinstance(leaf, int):
                low, high = self.ranges.get(path, (float(leaf), float(leaf)))
                self.ranges[path] = min(low, float(leaf)), max(high, float(leaf))
        kept = sorted([*self.closest, (margin, plain)], key=lambda entry: nearness(entry[0]))
        self.closest = kept[:KEPT]

    @property
    def failing(self) -> list[Instance]:
        """The instances among the closest on which the margin failed."""
        return [found for margin, found in self.closest if margin.outcome is Outcome.FAILS]


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
