"""Deciding that an expression vanishes identically on a box.

Two independent ways must agree: rewriting to literal zero, and exact evaluation at rational points.
The rewriting turns every power and exponential into a product of stand-in symbols, so that what is left
is a rational function, whose vanishing is decidable: treating the stand-ins as independent can only
miss an identity, never invent one.
"""

from typing import Any, cast

import sympy as sp
from sympy.codegen import cfunctions

from verify.proof.domain import agrees, points, rational_sign, seed_of
from verify.proof.facts import Fact, Variable

POINTS = 4


def vanishes(expression: sp.Expr, variables: tuple[Variable, ...]) -> bool:
    """Zero by rewriting **and** by exact evaluation at rational points of the box."""
    chosen = points(variables, POINTS, seed=seed_of(expression))
    if not all(agrees(Fact(expression, "="), point) for point in chosen):
        return False
    return any(
        attempt() == 0
        for attempt in (
            lambda: expression,
            lambda: sp.expand(expression),
            lambda: sp.cancel(sp.together(_Rationalised(variables).of(expression))),
            lambda: sp.simplify(sp.expand(expression.rewrite(sp.log))),
        )
    )


def _logarithm(node: sp.Expr) -> sp.Expr:
    return sp.log(1 + cast(sp.Expr, node.args[0]))


class _Rationalised:
    """An expression as a rational function of its symbols and of stand-ins for f^g and e^g."""

    def __init__(self, variables: tuple[Variable, ...]) -> None:
        self._variables = variables
        self._stand_ins: dict[tuple[sp.Expr, sp.Expr], sp.Dummy] = {}

    def of(self, expression: sp.Expr) -> sp.Expr:
        """(fg/h)^e with positive f, g, h becomes f^e g^e h^{−e}, and each of these a product of stand-ins."""
        plain = expression.replace(lambda node: isinstance(node, cfunctions.log1p), _logarithm)
        without_exp = plain.replace(lambda node: isinstance(node, sp.exp), self._exponential)
        rational = without_exp.replace(
            lambda node: isinstance(node, sp.Pow) and not node.exp.is_Integer, self._power
        )
        return cast(sp.Expr, rational)

    def _exponential(self, node: Any) -> sp.Expr:
        """e^{c·log f + …}: logarithms in the exponent become powers."""
        product: sp.Expr = sp.Integer(1)
        for term in sp.Add.make_args(sp.expand(node.exp)):
            logs = [factor for factor in sp.Mul.make_args(term) if isinstance(factor, sp.log)]
            if len(logs) == 1:
                product *= logs[0].args[0] ** (term / logs[0])
            else:
                product *= self._atom(sp.E, term)
        return product

    def _power(self, node: sp.Pow) -> sp.Expr:
        product: sp.Expr = sp.Integer(1)
        for part, count in self._positive_parts(node.base):
            for term in sp.Add.make_args(sp.expand(count * node.exp)):
                product *= part**term if term.is_Integer else self._atom(part, term)
        return product

    def _atom(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """base^{c·g} as the c-th power of the stand-in for base^g (c an integer, g up to its sign)."""
        coefficient, rest = exponent.as_coeff_Mul()
        whole, unit = 1, exponent
        if isinstance(coefficient, sp.Rational):
            whole, unit = int(coefficient.p), rest / coefficient.q
        return self._stand_ins.setdefault((base, unit), sp.Dummy(positive=True)) ** whole

    def _positive_parts(self, base: sp.Expr) -> list[tuple[sp.Expr, int]]:
        """Factors of a rational base, each positive on the box; the base itself where that fails."""
        if not base.free_symbols or not base.is_rational_function():
            return [(base, 1)]
        parts: list[tuple[sp.Expr, int]] = []
        negatives = 0
        for polynomial, side in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
            constant, factors = cast(Any, sp.factor_list(polynomial))
            for part, count in [(constant, 1), *factors]:
                negative = rational_sign(-part, self._variables) == ">"
                negatives += count if negative else 0
                parts.append((-part if negative else part, side * count))
        whole = negatives % 2 == 0 and all(rational_sign(part, self._variables) == ">" for part, _ in parts)
        return parts if whole else [(base, 1)]
