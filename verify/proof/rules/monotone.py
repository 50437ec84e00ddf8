"""Rules of monotonicity: increasing functions, a rise from a start, and induction over an integer."""

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from verify.proof.domain import rational_sign
from verify.proof.facts import Relation, Statement, Variable
from verify.proof.identity import vanishes
from verify.proof.rules.rule import Context, positive_arguments, relation_of, require, weaker_or_equal


@dataclass(frozen=True)
class Increasing:
    """f(larger) − f(smaller) from larger − smaller, for f = log, exp, or x ↦ 2^x.

    `premise` is the fact larger − smaller; for log, `positive` is the fact smaller > 0.
    """

    function: Literal["log", "exp", "power of two"]
    larger: sp.Expr
    smaller: sp.Expr
    premise: str
    positive: str | None = None

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        return (self.premise,) if self.positive is None else (self.premise, self.positive)

    def describe(self) -> str:
        """The rule in words."""
        return f"{self.function} increases, applied to {self.premise}"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the fact is f(larger) − f(smaller) with the premise's relation."""
        fact = relation_of(fact)
        premise = context.fact(self.premise)
        require(premise.relation in (">", ">="), f"{self.premise} is not an inequality")
        require(weaker_or_equal(fact.relation, premise.relation), "the premise is weaker than the conclusion")
        require(
            vanishes(premise.expression - (self.larger - self.smaller), context.variables),
            f"{self.premise} is not the difference of the two arguments",
        )
        if self.function == "log":
            require(self.positive is not None, "log needs the fact that its smaller argument is positive")
            positive = context.fact(str(self.positive))
            require(
                positive.relation == ">" and vanishes(positive.expression - self.smaller, context.variables),
                f"{self.positive} does not say that {self.smaller} > 0",
            )
        table = {"log": sp.log, "exp": sp.exp, "power of two": lambda x: sp.Integer(2) ** x}
        require(self.function in table, f"unknown increasing function {self.function!r}")
        image = table[self.function]
        require(
            vanishes(fact.expression - (image(self.larger) - image(self.smaller)), context.variables),
            f"the conclusion is not {self.function}(larger) − {self.function}(smaller)",
        )


@dataclass(frozen=True)
class Rising:
    """A function that starts at its variable's lower end with a sign and whose derivative keeps it.

    `derivative` is the fact ∂f/∂variable > 0 or ≥ 0, `start` the fact about f at the lower end.
    """

    variable: sp.Symbol
    derivative: str
    start: str

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        return (self.derivative, self.start)

    def describe(self) -> str:
        """The rule in words."""
        return f"rises in {self.variable} ({self.derivative}) from its start ({self.start})"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless derivative and start give the sign."""
        fact = relation_of(fact)
        owner = [variable for variable in context.variables if variable.symbol == self.variable]
        require(len(owner) == 1, f"{self.variable} is not a variable of the proof")
        require(not owner[0].integer, f"{self.variable} is an integer: it has no derivative")
        derivative, start = context.fact(self.derivative), context.fact(self.start)
        context.require_free(self.variable, fact, derivative, start)
        slope = sp.diff(fact.expression, self.variable)
        require(
            derivative.relation in (">", ">=") and vanishes(derivative.expression - slope, context.variables),
            f"{self.derivative} is not the derivative",
        )
        others = tuple(variable for variable in context.variables if variable is not owner[0])
        require(
            _continuous_at_start(fact.expression, self.variable, owner[0].low, others),
            f"a power or logarithm is not defined where {self.variable} starts",
        )
        at_start = fact.expression.subs(self.variable, owner[0].low)
        require(vanishes(start.expression - at_start, others), f"{self.start} is not the value at the start")
        rises = derivative.relation == ">" and owner[0].open_low
        relation: Relation = ">" if start.relation == ">" or rises else ">="
        require(fact.relation != "=" and weaker_or_equal(fact.relation, relation), "the sign does not follow")


def _continuous_at_start(
    expression: sp.Expr, variable: sp.Symbol, low: sp.Rational, others: tuple[Variable, ...]
) -> bool:
    """Every base of a power and every argument of a logarithm is positive at the variable's lower end.

    Substitution may otherwise differ from the limit: 0⁰ is 1 to SymPy.
    """
    for argument in positive_arguments(expression):
        at_start = argument.subs(variable, low)
        if not (at_start.is_positive or rational_sign(at_start, others) == ">"):
            return False
    return True


@dataclass(frozen=True)
class Induction:
    """f(m) from its sign at the first m and f(m + 1) ≥ c·f(m) with c ≥ 0, for an integer variable m.

    `base` is the step with the sign at the lower end of m's range; `step` the fact
    f(m + 1) − c·f(m) ≥ 0; the factor c is a rational (1: f never falls), or the name of the step c ≥ 0.
    An equality needs f(m + 1) − c·f(m) = 0 and any c.
    """

    variable: sp.Symbol
    base: str
    step: str
    factor: sp.Rational | str = sp.S.One

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        return (self.base, self.step, *([self.factor] if isinstance(self.factor, str) else []))

    def describe(self) -> str:
        """The rule in words."""
        factor = "" if self.factor == 1 else f" with the factor {self.factor}"
        return f"induction over {self.variable}: starts with {self.base}, goes on by {self.step}{factor}"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless base and step give the sign at every integer of the range."""
        fact = relation_of(fact)
        owner = context.variable(self.variable)
        require(owner.integer, f"{self.variable} is not an integer: there is no next one")
        first = sp.ceiling(owner.low)
        first = first + 1 if owner.open_low and first == owner.low else first
        others = tuple(variable for variable in context.variables if variable is not owner)
        base, step = context.fact(self.base), context.fact(self.step)
        context.require_free(self.variable, fact, base, step)
        start = fact.expression.subs(self.variable, first)
        require(
            base.expression.free_symbols <= {variable.symbol for variable in others},
            f"{self.base} depends on {self.variable}",
        )
        require(vanishes(base.expression - start, others), f"{self.base} is not the fact at {first}")
        factor, sign = self._factor(context)
        following = fact.expression.subs(self.variable, self.variable + 1)
        require(
            vanishes(step.expression - (following - factor * fact.expression), context.variables),
            f"{self.step} is not the step from {self.variable} to {self.variable} + 1",
        )
        if step.relation == "=" and base.relation == "=":
            require(fact.relation != ">", "two equalities give no strict inequality")
            return
        require(fact.relation != "=", "an inequality in base or step cannot give an equality")
        require(sign is not None, f"the factor {self.factor} may be negative")
        grows = step.relation == ">" or (base.relation == ">" and sign == ">")
        relation: Relation = ">" if base.relation == ">" and grows else ">="
        require(weaker_or_equal(fact.relation, relation), f"base and step give {relation} only")

    def _factor(self, context: Context) -> tuple[sp.Expr, Relation | None]:
        """The factor c and its sign: > or ≥, or None where it may be negative."""
        if isinstance(self.factor, str):
            given = context.fact(self.factor)
            return given.expression, None if given.relation == "=" else given.relation
        require(bool(self.factor.is_Rational), f"factor {self.factor} is not rational: give it a step")
        if self.factor < 0:
            return self.factor, None
        return self.factor, ">" if self.factor > 0 else ">="
