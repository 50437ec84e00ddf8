"""Rules of algebra: identities, visible signs, citations, and combinations of earlier facts."""

from dataclasses import dataclass

import sympy as sp

from verify.proof.domain import rational_sign, value_at
from verify.proof.facts import Fact, Relation, Statement
from verify.proof.identity import vanishes
from verify.proof.rules.rule import Context, relation_of, require, weaker_or_equal


@dataclass(frozen=True)
class Identity:
    """expression = 0 identically."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "identity"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the expression vanishes identically."""
        fact = relation_of(fact)
        require(fact.relation == "=", "an identity has relation =")
        require(vanishes(fact.expression, context.variables), f"{fact.expression} does not reduce to 0")


@dataclass(frozen=True)
class RationalSign:
    """A rational function whose sign on the box is visible from its coefficients."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "no negative coefficient on the box"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the coefficients show the sign."""
        fact = relation_of(fact)
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
        return "evident from the signs of its parts, or a number from its ball"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the assumptions give the sign."""
        fact = relation_of(fact)
        expression = fact.expression
        if not expression.free_symbols:
            require(fact.relation == ">" and value_at(expression, {}) > 0, f"{expression} is not positive")
            return
        require(fact.relation in (">", ">="), "only an inequality can be evident")
        follows = expression.is_positive if fact.relation == ">" else expression.is_nonnegative
        require(follows is True, f"the sign of {expression} is not evident")


@dataclass(frozen=True)
class Known:
    """A classical theorem, cited and not re-proved here; the reader must accept it.

    A theorem named ``claim ID`` is one of the ledger's claims, on which the proof has to rest.
    """

    theorem: str
    uses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The theorem's name: what stands before a colon."""
        return self.theorem.partition(":")[0].strip()

    @property
    def claim(self) -> str | None:
        """The id of the claim that it cites, None for a theorem of the literature."""
        return self.name.removeprefix("claim ") if self.name.startswith("claim ") else None

    def describe(self) -> str:
        """The rule in words."""
        return f"cited: {self.theorem}"

    def check(self, fact: Statement, context: Context) -> None:
        """A citation must name its theorem."""
        fact = relation_of(fact)
        require(bool(self.name), "a cited fact must name the theorem")


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

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the combination is the fact and its sign follows."""
        fact = relation_of(fact)
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
