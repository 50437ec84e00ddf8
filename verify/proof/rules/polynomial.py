"""Polynomial inequalities: Sturm's theorem in one variable, sums of squares in several."""

from dataclasses import dataclass
from typing import Any, cast

import sympy as sp
from flint import fmpq, fmpq_poly

from numerics.exact.sturm import has_root, odd_part, point_inside
from verify.proof.domain import rational_sign
from verify.proof.facts import Fact, Relation, Statement, Variable
from verify.proof.rules.rule import Context, relation_of, require, weaker_or_equal


@dataclass(frozen=True)
class Sturm:
    """A rational function of one variable keeps its sign: Sturm's theorem finds no root in the range."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "keeps its sign on the range, by Sturm's theorem"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the sign follows from counting roots."""
        fact = relation_of(fact)
        require(fact.relation in (">", ">="), "Sturm's theorem shows an inequality")
        symbols = list(fact.expression.free_symbols)
        require(len(symbols) == 1, f"Sturm's theorem needs one variable, here are {len(symbols)}")
        variable = context.variable(cast(sp.Symbol, symbols[0]))
        numerator, denominator = sp.fraction(sp.together(fact.expression))
        below = _keeps_sign(univariate(denominator, variable.symbol), variable, ">")
        require(below != 0, f"the denominator {denominator} has a root in the range")
        above = _keeps_sign(univariate(numerator, variable.symbol), variable, fact.relation)
        require(above * below > 0, f"{fact.expression} does not keep its sign on {variable.range_text}")


def univariate(expression: sp.Expr, symbol: sp.Symbol) -> fmpq_poly:
    """A polynomial in one symbol with rational coefficients; InvalidProofError for anything else."""
    require(bool(expression.is_polynomial(symbol)), f"{expression} is not a polynomial in {symbol}")
    coefficients = sp.Poly(expression, symbol).all_coeffs()
    require(all(bool(c.is_Rational) for c in coefficients), f"{expression} has coefficients beyond ℚ")
    return fmpq_poly([fmpq(int(c.p), int(c.q)) for c in reversed(coefficients)])


def _keeps_sign(polynomial: fmpq_poly, variable: Variable, relation: Relation) -> int:
    """+1 or −1 where the polynomial has that sign (weakly for ≥) on the whole range, else 0."""
    if polynomial.degree() < 0:
        return 1 if relation == ">=" else 0
    low, high = (
        None if end is None else fmpq(int(end.p), int(end.q)) for end in (variable.low, variable.high)
    )
    if low is not None and low == high:
        return _sign(polynomial(low)) or (1 if relation == ">=" else 0)
    if relation == ">":
        closed = {"closed_low": not variable.open_low, "closed_high": not variable.open_high}
        changes = has_root(polynomial, low, high, **closed)
    else:  # zeros of even order and zeros at the ends do no harm
        polynomial = odd_part(polynomial) * polynomial.leading_coefficient()
        changes = has_root(polynomial, low, high, closed_low=False, closed_high=False)
    return 0 if changes else _sign(_value_inside(polynomial, low, high))


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)


def _value_inside(polynomial: fmpq_poly, low: fmpq | None, high: fmpq | None) -> fmpq:
    """The value at a point of the open interval that is no root; there are finitely many roots."""
    point = point_inside(low, high)
    while polynomial(point) == 0:
        point = point_inside(low, point)
    return polynomial(point)


@dataclass(frozen=True)
class Square:
    """weight · Π multipliers · root²: a positive weight, distances to ends of ranges as multipliers."""

    weight: sp.Rational
    root: sp.Expr
    multipliers: tuple[sp.Expr, ...] = ()

    @property
    def expression(self) -> sp.Expr:
        """The term itself."""
        return sp.Mul(self.weight, *self.multipliers, self.root**2)


@dataclass(frozen=True)
class SumOfSquares:
    """A polynomial as a sum of non-negative terms; a positive constant among them makes it positive.

    Of a quotient it is the numerator that the terms sum to.
    """

    terms: tuple[Square, ...]
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return "sum of squares: " + " + ".join(_shown(term) for term in self.terms)

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the terms are non-negative on the box and sum to the expression, or its numerator."""
        fact = relation_of(fact)
        require(fact.relation in (">", ">="), "a sum of squares shows an inequality")
        distances = _distances(context.variables)
        ranges = {variable.symbol for variable in context.variables}
        for term in self.terms:
            require(
                bool(term.weight.is_Rational) and term.weight > 0, f"weight {term.weight} is not positive"
            )
            require(_is_rational_polynomial(term.root, ranges), f"{term.root} is no polynomial over ℚ")
            strangers = [m for m in term.multipliers if sp.expand(m) not in distances]
            require(not strangers, f"{strangers} are no distances to an end of a variable's range")
        numerator, denominator = as_quotient(fact.expression)
        visible = denominator.is_positive or rational_sign(denominator, context.variables) == ">"
        require(bool(visible), f"the denominator {denominator} is not visibly positive")
        total = sp.Add(*[term.expression for term in self.terms])
        symbols = sorted(numerator.free_symbols | total.free_symbols, key=str)
        require(bool(symbols), "a number needs no sum of squares")
        for side in (numerator, total):
            require(bool(side.is_polynomial(*symbols)), f"{side} is not a polynomial")
        difference = sp.Poly(cast(Any, numerator - total), *symbols)
        require(bool(difference.is_zero), "the squares do not sum to the expression")
        strict = any(_is_constant(term) for term in self.terms)
        require(weaker_or_equal(fact.relation, ">" if strict else ">="), "no constant term: not strict")


def as_quotient(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator; a polynomial is its own numerator."""
    if expression.is_polynomial(*expression.free_symbols):
        return expression, sp.Integer(1)
    return cast(Any, sp.fraction(sp.together(expression)))


def _is_rational_polynomial(expression: sp.Expr, symbols: set[sp.Symbol]) -> bool:
    """Whether its square is certainly not negative: neither √x nor i are polynomials over ℚ."""
    if not expression.free_symbols:
        return bool(expression.is_Rational)
    if not (expression.free_symbols <= symbols and expression.is_polynomial(*symbols)):
        return False
    return all(bool(coefficient.is_Rational) for coefficient in sp.Poly(expression, *symbols).coeffs())


def _distances(variables: tuple[Variable, ...]) -> set[sp.Expr]:
    """x − low and high − x for every variable: what is non-negative on the box."""
    found: set[sp.Expr] = set()
    for variable in variables:
        found.add(sp.expand(variable.symbol - variable.low))
        if variable.high is not None:
            found.add(sp.expand(variable.high - variable.symbol))
    return found


def _is_constant(term: Square) -> bool:
    return not term.multipliers and bool(term.root.is_Rational) and term.root != 0


def _shown(term: Square) -> str:
    factors = [f"({factor})" for factor in term.multipliers]
    square = "" if term.root == 1 else f"({term.root})²"
    weight = "" if term.weight == 1 and (factors or square) else str(term.weight)
    return "·".join(part for part in (weight, *factors, square) if part)


def sum_of(terms: tuple[Square, ...]) -> Fact:
    """The inequality that a list of squares shows."""
    strict = any(_is_constant(term) for term in terms)
    return Fact(sp.expand(sp.Add(*[term.expression for term in terms])), ">" if strict else ">=")
