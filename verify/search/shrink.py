"""Making a counterexample small enough to check by hand.

Every leaf of the instance is replaced by simpler values as long as the failure survives: integers by
smaller ones, fractions by ones with smaller denominators, floats by fractions. Earlier names count
more: they are simplified first.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from verify.instance import Instance

LARGEST_DENOMINATOR = 64


def shrink(instance: Instance, fails: Callable[[Instance], bool], *, rounds: int = 20) -> Instance:
    """The simplest instance reachable by simplifying one leaf at a time; `fails` holds on it.

    >>> shrink({"x": Fraction(41, 74)}, lambda i: Fraction(1, 2) < i["x"] < Fraction(649, 1000))
    {'x': Fraction(3, 5)}
    """
    current: dict[str, Any] = dict(instance)
    for _ in range(rounds):
        improved = False
        for path, leaf in list(_leaves(current)):
            for simpler in _simpler(leaf):
                candidate = _replaced(current, path, simpler)
                if _still_fails(fails, candidate):
                    current, improved = candidate, True
                    break
        if not improved:
            return current
    return current


def _still_fails(fails: Callable[[Instance], bool], candidate: Instance) -> bool:
    try:
        return fails(candidate)
    except (ArithmeticError, ValueError, TypeError):
        return False  # outside the claim's domain: not a counterexample


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        yield path, value


def _replaced(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], leaf)
    return copy


def _simpler(leaf: int | float | Fraction) -> Iterator[int | Fraction]:
    """Simpler values than a leaf, simplest first."""
    if isinstance(leaf, int):
        steps = sorted({*range(min(abs(leaf), 24)), abs(leaf) // 2, abs(leaf) - 1})
        yield from (step for step in steps if 0 <= step < abs(leaf))
        if leaf < 0:
            yield -leaf
        return
    exact = Fraction(leaf)
    largest = exact.denominator if isinstance(leaf, Fraction) else LARGEST_DENOMINATOR + 1
    for denominator in range(1, min(largest, LARGEST_DENOMINATOR + 1)):
        scaled = exact * denominator
        for numerator in sorted({floor(scaled), ceil(scaled)}, key=abs):
            yield Fraction(numerator, denominator)
    if isinstance(leaf, Fraction) and leaf.denominator == 1 and abs(leaf) > 1:
        yield from (Fraction(step) for step in range(min(int(abs(leaf)), 24)))
