"""Sums of products of norms with coefficients ≥ 0, and the largest value they take on a shared budget.

Lipschitz constants of a network, and of its derivatives, are such sums: products of ‖W‖ along each path from
one place to another. Each product has its largest value by weighted AM–GM; their sum is at most the sum of
these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from theory.errors import InvalidProblemError
from theory.networks.before_training import largest_product

Monomial: TypeAlias = tuple[tuple[str, int], ...]
"""Name ↦ power of the norm, sorted by name."""


@dataclass(frozen=True)
class Posynomial:
    """Σ c·Π‖W‖^p with every c > 0; without terms it is zero.

    >>> entry, inner = norm("entry"), norm("inner")
    >>> (entry * (constant(1.0) + inner)).largest(2.0, {"entry": 1.0, "inner": 1.0})  # √2 + 1·1
    2.414213562373095
    """

    terms: Mapping[Monomial, float]

    def __add__(self, other: "Posynomial") -> "Posynomial":
        """The terms of both; equal products are merged."""
        found = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            found[monomial] = found.get(monomial, 0.0) + coefficient
        return Posynomial(found)

    def __mul__(self, other: "Posynomial") -> "Posynomial":
        """Every term of one with every term of the other."""
        found: dict[Monomial, float] = {}
        for first, left in self.terms.items():
            for second, right in other.terms.items():
                monomial = _product(first, second)
                found[monomial] = found.get(monomial, 0.0) + left * right
        return Posynomial(found)

    def times(self, factor: float) -> "Posynomial":
        """Multiplied by a number ≥ 0."""
        return self * constant(factor)

    def largest(self, budget: float, prices: Mapping[str, float]) -> float:
        """A bound on the sum wherever Σ price·‖W‖² ≤ budget: the sum of the largest values of its terms."""
        return sum(
            coefficient * _largest(monomial, budget, prices) for monomial, coefficient in self.terms.items()
        )

    def shortened(self, budget: float, prices: Mapping[str, float], *, most: int, keep: str) -> "Posynomial":
        """Itself, or with more than `most` terms a larger one: powers of `keep` times what the rest can be.

        A residual network has a path for every set of blocks; beyond `most` the budget is no longer shared.
        """
        if len(self.terms) <= most:
            return self
        found: dict[Monomial, float] = {}
        for monomial, coefficient in self.terms.items():
            kept = tuple(part for part in monomial if part[0] == keep)
            rest = tuple(part for part in monomial if part[0] != keep)
            found[kept] = found.get(kept, 0.0) + coefficient * _largest(rest, budget, prices)
        return Posynomial(found)


def constant(value: float) -> Posynomial:
    """A number.

    Raises InvalidProblemError unless it is at least 0: a bound cannot have negative parts.

    >>> constant(2.0).largest(0.0, {})
    2.0
    """
    if not value >= 0:
        raise InvalidProblemError(f"coefficient {value} is not a number ≥ 0")
    return Posynomial({(): value} if value > 0 else {})


def norm(name: str) -> Posynomial:
    """‖W‖ of the weight with this name.

    >>> norm("W").largest(8.0, {"W": 2.0})
    2.0
    """
    return Posynomial({((name, 1),): 1.0})


def _product(first: Monomial, second: Monomial) -> Monomial:
    powers = dict(first)
    for name, power in second:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted(powers.items()))


def _largest(monomial: Monomial, budget: float, prices: Mapping[str, float]) -> float:
    return largest_product(budget, prices, {name: power / 2 for name, power in monomial})
