"""Existence, uniqueness and place of a zero: a sign change of a function with a strict slope."""

from dataclasses import dataclass
from typing import cast

import sympy as sp

from theory.errors import InvalidProofError
from verify.proof.facts import Fact, Statement, UniqueZero
from verify.proof.identity import vanishes
from verify.proof.rules.rule import Context, require


@dataclass(frozen=True)
class IsolatedZero:
    """Strictly monotone on the variable's range and of opposite signs at `low` and `high`: one zero between.

    `slope` is the fact ±∂f/∂x > 0; `below` and `above` are the facts ∓f(low) > 0 and ±f(high) > 0;
    `inside` names facts that place low and high in the range, in its order: low − (lower end) ≥ 0,
    high − low > 0, and (upper end) − high ≥ 0 where there is one. Ends that are numbers need none.
    """

    slope: str
    below: str
    above: str
    inside: tuple[str, ...] = ()

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        return (self.slope, self.below, self.above, *self.inside)

    def describe(self) -> str:
        """The rule in words."""
        placed = f", which lie in the range ({', '.join(self.inside)})" if self.inside else ""
        ends = f"opposite signs at the ends ({self.below}, {self.above})"
        return f"strictly monotone ({self.slope}), {ends}{placed}"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless slope and signs isolate the zero."""
        if not isinstance(fact, UniqueZero):
            raise InvalidProofError(f"this rule isolates a zero, it does not show: {fact}")
        owner = context.variable(fact.variable)
        context.require_free(fact.variable, fact, *[context.fact(name) for name in self.uses])
        require(not owner.integer, f"{fact.variable} is an integer: a sign change gives no zero")
        for end in (fact.low, fact.high):
            require(fact.variable not in end.free_symbols, f"the end {end} depends on {fact.variable}")
        self._check_ends(fact, context)
        slope = context.fact(self.slope)
        derivative = sp.diff(fact.function, fact.variable)
        sign = next(
            (s for s in (1, -1) if vanishes(slope.expression - s * derivative, context.variables)), None
        )
        require(
            sign is not None and slope.relation == ">", f"{self.slope} is no strict slope of the function"
        )
        others = tuple(variable for variable in context.variables if variable is not owner)
        for name, end, side in ((self.below, fact.low, -1), (self.above, fact.high, 1)):
            value = cast(int, sign) * side * fact.function.subs(fact.variable, end)
            given = context.fact(name)
            require(
                given.relation == ">" and vanishes(given.expression - value, others),
                f"{name} is not the sign of the function at {end}",
            )

    def _check_ends(self, fact: UniqueZero, context: Context) -> None:
        """low and high lie in the range, in this order."""
        owner = context.variable(fact.variable)
        needed: list[tuple[sp.Expr, bool]] = [
            (fact.low - owner.low, owner.open_low),
            (fact.high - fact.low, True),
        ]
        if owner.high is not None:
            needed.append((owner.high - fact.high, owner.open_high))
        shown = [context.fact(name) for name in self.inside]
        for difference, strict in needed:
            if difference.is_Rational:
                require(difference > 0 or (difference == 0 and not strict), "the ends leave the range")
                continue
            require(
                any(_says(known, difference, strict, context) for known in shown),
                f"no step among {list(self.inside)} places the ends: {difference} {'>' if strict else '≥'} 0",
            )


def _says(known: Fact, difference: sp.Expr, strict: bool, context: Context) -> bool:
    if known.relation == "=" or (strict and known.relation != ">"):
        return False
    return vanishes(known.expression - difference, context.variables)
