"""Moves of one number of an instance, or two: what gets from an instance near a failure to the failure.

Optimisers of a continuous function neither move integers nor hit a coincidence: an entry that is exactly
zero, two entries that are equal or opposite, a parameter at the end of its range. Small changes try these.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from verify.instance import Instance
from verify.search.seen import Path, Seen, leaves, replaced

FEW = 12
"""Values that an integer's range may have for all of them to be tried."""
FEW_INTEGERS = 4
"""Integers that an instance may have for pairs of them to be moved together."""


def moves(instance: Instance, seen: Seen) -> Iterator[Instance]:
    """The instance with one number changed, or two integers, inside the ranges that were seen."""
    numbers = [(path, leaf) for path, leaf in leaves(instance) if _is_free(path, seen)]
    integers = [(path, leaf) for path, leaf in numbers if path not in seen.continuous]
    for path, leaf in integers:
        for value in _integers_near(int(leaf), seen.ranges[path]):
            yield replaced(instance, path, value)
    for (path, leaf), (other, second) in _pairs(integers):
        for value, partner in ((leaf - 1, second + 1), (leaf + 1, second - 1), (leaf - 1, second - 1)):
            if _inside(value, seen.ranges[path]) and _inside(partner, seen.ranges[other]):
                yield replaced(replaced(instance, path, value), other, partner)
    for path, leaf in numbers:
        if path in seen.continuous:
            for value in _coincidences(path, leaf, numbers, seen):
                yield replaced(instance, path, value)


def corners(instance: Instance, seen: Seen, allowed: Callable[[Instance], bool]) -> list[Instance]:
    """The instance with every integer lowered as far as is allowed, in each order of lowering them.

    Statements about all sizes from some on are tightest, and first false, at the smallest ones.
    """
    integers = [path for path, _ in leaves(instance) if path not in seen.continuous and _is_free(path, seen)]
    found: list[Instance] = []
    if len(integers) <= FEW_INTEGERS:
        for order in permutations(integers):
            corner = instance
            for path in order:
                corner = _lowered(corner, path, int(seen.ranges[path][0]), allowed)
            if corner != instance and corner not in found:
                found.append(corner)
    return found


def _lowered(instance: Instance, path: Path, low: int, allowed: Callable[[Instance], bool]) -> Instance:
    """The integer at a path as small as every value on the way down is allowed."""
    leaf = dict(leaves(instance))[path]
    step = 1
    while step and leaf > low:
        lower = replaced(instance, path, max(low, int(leaf) - step))
        if allowed(lower):
            instance, leaf, step = lower, max(low, int(leaf) - step), 2 * step
        else:
            step //= 2
    return instance


def _is_free(path: Path, seen: Seen) -> bool:
    low, high = seen.ranges[path]
    return low < high


def _inside(value: Any, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]


def _pairs(integers: list[tuple[Path, Any]]) -> Iterator[tuple[tuple[Path, Any], tuple[Path, Any]]]:
    if len(integers) <= FEW_INTEGERS:
        yield from combinations(integers, 2)


def _integers_near(leaf: int, ends: tuple[float, float]) -> Iterator[int]:
    """All values of a short range; of a long one its ends, and steps that double."""
    low, high = int(ends[0]), int(ends[1])
    if high - low < FEW:
        yield from (value for value in range(low, high + 1) if value != leaf)
        return
    step = 1
    while step <= high - low:
        yield from (value for value in (leaf - step, leaf + step) if _inside(value, ends))
        step *= 2
    yield from (end for end in (low, high) if end != leaf)


def _coincidences(
    path: Path, leaf: float | Fraction, numbers: list[tuple[Path, Any]], seen: Seen
) -> Iterator[float]:
    """Zero, the ends of the range, and the neighbours' values with either sign."""
    neighbours = [value for other, value in numbers if len(path) > 1 and _is_beside(path, other)]
    tried = {float(leaf)}
    for value in (
        0.0,
        *seen.ranges[path],
        *(sign * float(value) for value in neighbours for sign in (1, -1)),
    ):
        if value not in tried and _inside(value, seen.ranges[path]):
            tried.add(value)
            yield value


def _is_beside(path: Path, other: Path) -> bool:
    """In the same array, one step away along one of its axes."""
    if len(path) != len(other) or path[0] != other[0]:
        return False
    steps = [(a, b) for a, b in zip(path, other, strict=True) if a != b]
    return len(steps) == 1 and isinstance(steps[0][0], int) and abs(steps[0][0] - steps[0][1]) == 1
