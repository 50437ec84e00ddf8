"""The rules by which a fact follows. Each is data with two methods: say it, and check it.

A rule sees the proof's variables, the facts already established and the fact it must yield; it raises
InvalidProofError when the fact does not follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import InvalidProofError
from verify.proof.domain import rational_sign, value_at
from verify.proof.facts import Fact, Relation, Variable
from verify.proof.identity import vanishes


@dataclass(frozen=True)
class Context:
    """What a rule may use: the variables and the facts established so far."""

    variables: tuple[Variable, ...]
    facts: Mapping[str, Fact]

    def fact(self, name: str) -> Fact:
        """An earlier fact by name."""
        if name not in self.facts:
            raise InvalidProofError(f"step {name!r} is not established before its use")
        return self.facts[name]


class Rule(Protocol):
    """A way from earlier facts to a new one."""

    def describe(self) -> str:
        """The rule in words."""
        ...

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        ...

    def check(self, fact: Fact, context: Context) -> None:
        """Raise InvalidProofError unless the fact follows."""
        ...


def require(condition: bool, complaint: str) -> None:
    """Raise InvalidProofError with the complaint unless the condition holds."""
    if not condition:
        raise InvalidProofError(complaint)


def weaker_or_equal(weak: Relation, strong: Relation) -> bool:
    """Whether `weak` follows from `strong`."""
    return weak == strong or (weak == ">=" and strong in (">", "="))


@dataclass(frozen=True)
class Identity:
    """expression = 0 identically."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "identity"

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless the expression vanishes identically."""
        require(fact.relation == "=", "an identity has relation =")
        require(vanishes(fact.expression, context.variables), f"{fact.expression} does not reduce to 0")


@dataclass(frozen=True)
class RationalSign:
    """A rational function whose sign on the box is visible from its coefficients."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "no negative coefficient on the box"

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless the coefficients show the sign."""
        sign = rational_sign(fact.expression, context.variables)
        require(
            sign is not None and weaker_or_equal(fact.relation, sign),
            f"the coefficients of {fact.expression} do not show {fact.relation} 0 on the box",
        )


@dataclass(frozen=True)
class Evident:
    """Positive as a product, power or sum of positive things, by SymPy's assumption rules.

    A number without variables is judged by its ball.
    """

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "evident from the signs of its parts"

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless the assumptions give the sign."""
        expression = fact.expression
        if not expression.free_symbols:
            require(fact.relation == ">" and value_at(expression, {}) > 0, f"{expression} is not positive")
            return
        require(fact.relation in (">", ">="), "only an inequality can be evident")
        follows = expression.is_positive if fact.relation == ">" else expression.is_nonnegative
        require(follows is True, f"the sign of {expression} is not evident")


@dataclass(frozen=True)
class Known:
    """A classical theorem, cited and not re-proved here; the reader must accept it."""

    theorem: str
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return f"cited: {self.theorem}"

    def check(self, fact: Fact, context: Context) -> None:
        """A citation must name its theorem."""
        require(bool(self.theorem), "a cited fact must name the theorem")


@dataclass(frozen=True)
class Combination:
    """A sum of earlier facts with non-negative multipliers.

    `terms` are (multiplier, step); a multiplier is a rational, or the name of a step whose expression is
    the multiplier. Only facts with relation = may be multiplied by a negative number.
    """

    terms: tuple[tuple[sp.Expr | str, str], ...]

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        multipliers = [multiplier for multiplier, _ in self.terms if isinstance(multiplier, str)]
        return (*multipliers, *[step for _, step in self.terms])

    def describe(self) -> str:
        """The rule in words."""
        parts = [step if multiplier == 1 else f"({multiplier})·({step})" for multiplier, step in self.terms]
        return "sum of " + " + ".join(parts)

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless the combination is the fact and its sign follows."""
        total: sp.Expr = sp.Integer(0)
        strict, equality = False, True
        for multiplier, step in self.terms:
            premise = context.fact(step)
            factor, sign = self._multiplier(multiplier, premise, context)
            total += factor * premise.expression
            if premise.relation != "=":
                equality = False
                strict |= premise.relation == ">" and sign == ">"
        relation: Relation = "=" if equality else (">" if strict else ">=")
        require(
            weaker_or_equal(fact.relation, relation), f"the combination gives {relation}, not {fact.relation}"
        )
        require(
            vanishes(fact.expression - total, context.variables), "the combination is a different expression"
        )

    @staticmethod
    def _multiplier(multiplier: sp.Expr | str, premise: Fact, context: Context) -> tuple[sp.Expr, Relation]:
        if isinstance(multiplier, str):
            given = context.fact(multiplier)
            return given.expression, given.relation
        rational = sp.sympify(multiplier)
        require(
            bool(rational.is_Rational), f"multiplier {multiplier} is not rational: give it a step of its own"
        )
        if premise.relation == "=":
            return rational, ">="
        require(rational >= 0, f"multiplier {multiplier} of an inequality is negative")
        return rational, ">" if rational > 0 else ">="


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

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless the fact is f(larger) − f(smaller) with the premise's relation."""
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

    def check(self, fact: Fact, context: Context) -> None:
        """Raise unless derivative and start give the sign."""
        owner = [variable for variable in context.variables if variable.symbol == self.variable]
        require(len(owner) == 1, f"{self.variable} is not a variable of the proof")
        require(not owner[0].integer, f"{self.variable} is an integer: it has no derivative")
        derivative, start = context.fact(self.derivative), context.fact(self.start)
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


def positive_arguments(expression: sp.Expr) -> list[sp.Expr]:
    """What must be positive for an expression to be defined: bases, denominators, arguments of logarithms.

    Raises InvalidProofError for a function whose domain is not known here.
    """
    found: list[sp.Expr] = []
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.Pow):
            if not (node.exp.is_Integer and node.exp >= 0) and node.base != sp.E:
                found.append(node.base)
        elif isinstance(node, sp.log):
            found.append(node.args[0])
        elif isinstance(node, cfunctions.log1p):
            found.append(1 + cast(sp.Expr, node.args[0]))
        elif not isinstance(node, (sp.Add, sp.Mul, sp.exp, sp.Symbol, sp.Rational)) and node not in (
            sp.E,
            sp.pi,
        ):
            raise InvalidProofError(f"{node} is outside the functions that proofs may use: rewrite it")
    return found
