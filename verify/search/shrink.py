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
from verify.search.seen import leaves, replaced

LARGEST_DENOMINATOR = 64
NEARBY_DENOMINATOR = 12


def shrink(instance: Instance, fails: Callable[[Instance], bool], *, rounds: int = 100) -> Instance:
    """The simplest instance reachable by simplifying one or two leaves at a time; `fails` holds on it.

    >>> shrink({"x": Fraction(41, 74)}, lambda i: Fraction(1, 2) < i["x"] < Fraction(649, 1000))
    {'x': Fraction(3, 5)}
    """
    current: dict[str, Any] = dict(instance)
    for _ in range(rounds):
        smaller = next((c for c in _one_leaf(current) if _still_fails(fails, c)), None)
        if smaller is None:
            smaller = next((c for c in _two_leaves(current) if _still_fails(fails, c)), None)
        if smaller is None:
            return current
        current = smaller
    return current


def _one_leaf(current: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The instance with one leaf simplified."""
    for path, leaf in list(leaves(current)):
        for simpler in _simpler(leaf):
            yield replaced(current, path, simpler)


def _two_leaves(current: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The instance with an integer lowered and a later number moved to a simple fraction nearby.

    Many hypotheses tie the two together, so that neither can move alone.
    """
    numbers = [(path, leaf) for path, leaf in leaves(current) if len(path) == 1]
    for index, (path, leaf) in enumerate(numbers):
        if not isinstance(leaf, int):
            continue
        for simpler in _simpler(leaf):
            lowered = replaced(current, path, simpler)
            for later, number in numbers[index + 1 :]:
                if not isinstance(number, int):
                    for fraction in _nearby(Fraction(number)):
                        yield replaced(lowered, later, fraction)


def _nearby(number: Fraction) -> Iterator[Fraction]:
    """Fractions of small denominator within a factor of two, simplest first."""
    for denominator in range(1, NEARBY_DENOMINATOR + 1):
        low, high = sorted((number / 2, number * 2))
        for numerator in range(ceil(low * denominator), floor(high * denominator) + 1):
            fraction = Fraction(numerator, denominator)
            if fraction.denominator == denominator and abs(numerator) <= 2 * NEARBY_DENOMINATOR:
                yield fraction


def _still_fails(fails: Callable[[Instance], bool], candidate: Instance) -> bool:
    try:
        return fails(candidate)
    except Exception:  # whatever a claim raises outside its domain: not a counterexample
        return False


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
