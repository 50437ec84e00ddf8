"""What every rule is: data that says how a fact follows, and checks it against the facts before it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import InvalidProofError
from verify.proof.facts import Fact, Relation, Statement, Variable


@dataclass(frozen=True)
class Context:
    """What a rule may use: the variables and the facts established so far."""

    variables: tuple[Variable, ...]
    facts: Mapping[str, Statement]
    coverings: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    """Boxes and smallest slack of each covering that was checked."""

    def fact(self, name: str) -> Fact:
        """An earlier relation by name."""
        if name not in self.facts:
            raise InvalidProofError(f"step {name!r} is not established before its use")
        found = self.facts[name]
        if not isinstance(found, Fact):
            raise InvalidProofError(f"step {name!r} is not a relation: {found}")
        return found

    def variable(self, symbol: sp.Symbol) -> Variable:
        """The proof's variable with a symbol."""
        for variable in self.variables:
            if variable.symbol == symbol:
                return variable
        raise InvalidProofError(f"{symbol} is not a variable of the proof")

    def require_free(self, variable: sp.Symbol, *statements: Statement) -> None:
        """Raise where a statement speaks of something that may change with the variable.

        Cited facts may tie what stands for something to the variable. What holds where the two are tied
        then says nothing about one that moves while the other stays.
        """
        standing = {item.symbol for item in self.variables if item.stands_for}
        tied = standing & {symbol for statement in statements for symbol in symbols_of(statement)}
        require(not tied, f"{tied} stand for something that may change with {variable}")


class Rule(Protocol):
    """A way from earlier facts to a new one."""

    def describe(self) -> str:
        """The rule in words."""
        ...

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the steps it rests on."""
        ...

    def check(self, fact: Statement, context: Context) -> None:
        """Raise InvalidProofError unless the fact follows."""
        ...


def require(condition: bool, complaint: str) -> None:
    """Raise InvalidProofError with the complaint unless the condition holds."""
    if not condition:
        raise InvalidProofError(complaint)


@contextmanager
def refusing_what_breaks(what: str) -> Generator[None]:
    """A crash on the way is an InvalidProofError: what cannot be checked is not accepted."""
    try:
        yield
    except InvalidProofError:
        raise
    except Exception as error:
        raise InvalidProofError(f"{what} cannot be checked: {type(error).__name__}: {error}") from error


def symbols_of(statement: Statement) -> set[sp.Symbol]:
    """The symbols of a statement."""
    return {cast(sp.Symbol, symbol) for side in statement.expressions for symbol in side.free_symbols}


def weaker_or_equal(weak: Relation, strong: Relation) -> bool:
    """Whether `weak` follows from `strong`."""
    return weak == strong or (weak == ">=" and strong in (">", "="))


def positive_arguments(expression: sp.Expr, *, zero_has_roots: bool = False) -> list[sp.Expr]:
    """What must be positive for an expression to be defined: bases, denominators, arguments of logarithms.

    With `zero_has_roots` a base may vanish where it is never negative and its exponent is positive.
    Raises InvalidProofError for a function whose domain is not known here.
    """
    found: list[sp.Expr] = []
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.Pow):
            natural = node.exp.is_Integer and node.exp >= 0
            root = zero_has_roots and node.base.is_nonnegative and node.exp.is_positive
            if not natural and not root and node.base != sp.E:
                found.append(node.base)
        elif isinstance(node, sp.log):
            found.append(node.args[0])
        elif isinstance(node, cfunctions.log1p):
            found.append(1 + cast(sp.Expr, node.args[0]))
        elif not isinstance(
            node, (sp.Add, sp.Mul, sp.exp, sp.cos, sp.sin, sp.Symbol, sp.Rational)
        ) and node not in (
            sp.E,
            sp.pi,
        ):
            raise InvalidProofError(f"{node} is outside the functions that proofs may use: rewrite it")
    return found


def relation_of(statement: Statement) -> Fact:
    """The statement as a relation between two expressions; InvalidProofError if it is of another kind."""
    if not isinstance(statement, Fact):
        raise InvalidProofError(f"this rule shows relations, not: {statement}")
    return statement
