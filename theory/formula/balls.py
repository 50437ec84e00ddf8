"""Rigorous evaluation: a short walk over the expression tree in ball arithmetic.

Rationals enter exactly, floats are refused, and a node without a rigorous implementation is an
error: what comes out is an enclosure or nothing.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq
from sympy.codegen.cfunctions import expm1, log1p

from theory.errors import CannotEvaluateError
from theory.formula.atoms import StableAtom
from theory.tolerances import BALL_PRECISION

_FUNCTIONS: dict[Any, Callable[[arb], arb]] = {
    sp.exp: lambda x: x.exp(),
    sp.log: lambda x: x.log(),
    sp.cos: lambda x: x.cos(),
    sp.sin: lambda x: x.sin(),
    sp.LambertW: lambda x: x.lambertw(),
    sp.Abs: abs,
    log1p: lambda x: x.log1p(),
    expm1: lambda x: x.expm1(),
}
_CONSTANTS: dict[sp.Expr, Callable[[], arb]] = {sp.pi: arb.pi, sp.E: arb.const_e}


def exact_ball(value: Any) -> arb:
    """An int, Fraction, fmpq, SymPy Rational or ball as a ball at the current precision.

    Raises CannotEvaluateError for a float: its decimal meaning is not its binary value.
    """
    if isinstance(value, arb):
        return value
    if isinstance(value, fmpq):
        return arb(value)
    if isinstance(value, (bool, int)):
        return arb(int(value))
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, sp.Rational):
        return arb(fmpq(int(value.p), int(value.q)))
    raise CannotEvaluateError(f"{value!r} is not exact: give an int, a Fraction or a ball")


def enclose(expression: sp.Expr, values: Mapping[sp.Symbol, Any], *, precision: int = BALL_PRECISION) -> arb:
    """A ball containing the value of the expression at exact arguments.

    >>> enclose(sp.sqrt(2), {}) > 1
    True
    """
    with ctx.workprec(precision):
        known = {symbol: exact_ball(value) for symbol, value in values.items()}
        return _walk(expression, known)


def _walk(node: Any, known: Mapping[sp.Symbol, arb]) -> arb:
    if isinstance(node, sp.Symbol):
        if node not in known:
            raise CannotEvaluateError(f"symbol {node} has no value: give one")
        return known[node]
    if isinstance(node, sp.Rational):
        return exact_ball(node)
    if node in _CONSTANTS:
        return _CONSTANTS[node]()
    if isinstance(node, sp.Add):
        return sum((_walk(term, known) for term in node.args), arb(0))
    if isinstance(node, sp.Mul):
        product = arb(1)
        for factor in node.args:
            product *= _walk(factor, known)
        return product
    if isinstance(node, sp.Pow):
        return _power(node, known)
    if isinstance(node, StableAtom):
        return node.ball(*[_walk(argument, known) for argument in node.args])
    function = _FUNCTIONS.get(node.func)
    if function is None or len(node.args) != 1:
        raise CannotEvaluateError(f"no rigorous evaluation of {node.func.__name__} in {node}")
    return function(_walk(node.args[0], known))


def _power(node: sp.Pow, known: Mapping[sp.Symbol, arb]) -> arb:
    base, exponent = node.as_base_exp()
    if base == sp.E:
        return _walk(exponent, known).exp()
    if isinstance(exponent, sp.Integer):
        return _integer_power(_walk(base, known), int(exponent))
    return _walk(base, known) ** _walk(exponent, known)


def _integer_power(base: arb, exponent: int) -> arb:
    """A ball around base^exponent; Arb's own power of a ball around zero may be no number."""
    if exponent <= 0 or not base.contains(arb(0)):
        return base**exponent
    largest = base.abs_upper() ** exponent
    return largest.union(arb(0) if exponent % 2 == 0 else -largest)
