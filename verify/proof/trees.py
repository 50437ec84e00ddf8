"""Expressions as small JSON trees, written and read without running anything.

``3`` and ``"3/5"`` are numbers, ``"x"`` is a variable of the proof, ``"pi"`` and ``"e"`` are what they say;
so are ``["+", …]``, ``["*", …]``, ``["^", base, exponent]`` and ``["log", …]``. Nothing else is understood.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import InvalidProofError

LARGEST_EXPONENT = 10_000
LARGEST_NUMBER = 12_000
"""Bits of numerator or denominator: Python writes no longer numbers out."""
_FUNCTIONS: dict[str, Any] = {
    "log": sp.log,
    "exp": sp.exp,
    "cos": sp.cos,
    "sin": sp.sin,
    "log1p": cfunctions.log1p,
}
_OPERATIONS: dict[str, Callable[..., Any]] = {"+": sp.Add, "*": sp.Mul, "^": sp.Pow, **_FUNCTIONS}
_CONSTANTS = {"pi": sp.pi, "e": sp.E}


def can_name(name: str) -> bool:
    """Whether a variable may have this name: a word that no number, function or constant has."""
    return name.isidentifier() and name not in _OPERATIONS and name not in _CONSTANTS


def tree_of(node: Any, symbols: Collection[sp.Symbol]) -> Any:
    """The tree of an expression in the given symbols.

    Raises InvalidProofError for another symbol, and for a function that proofs don't know.
    """
    if isinstance(node, sp.Symbol):
        if node not in symbols:
            raise InvalidProofError(f"symbols {{{node}}} have no range")
        return node.name
    if isinstance(node, sp.Rational) and _bits(node) <= LARGEST_NUMBER:
        return int(node) if isinstance(node, sp.Integer) else str(node)
    for name, constant in _CONSTANTS.items():
        if node is constant:
            return name
    for name, operation in _OPERATIONS.items():
        if getattr(node, "func", None) is operation:
            return [name, *[tree_of(argument, symbols) for argument in node.args]]
    raise InvalidProofError(f"{node} is outside the functions that proofs may use: rewrite it")


def expression_of(tree: Any, symbols: Mapping[str, sp.Symbol]) -> sp.Expr:
    """The expression of a tree; raises InvalidProofError for anything that is none."""
    if isinstance(tree, int) and not isinstance(tree, bool):
        return sp.Integer(tree)
    if isinstance(tree, str):
        found = symbols.get(tree, _CONSTANTS.get(tree))
        return rational_of(tree) if found is None else cast(sp.Expr, found)
    if isinstance(tree, list) and tree and isinstance(tree[0], str) and tree[0] in _OPERATIONS:
        arguments = [expression_of(item, symbols) for item in tree[1:]]
        wanted = 2 if tree[0] == "^" else 1 if tree[0] in _FUNCTIONS else len(arguments)
        if len(arguments) == wanted and not (tree[0] == "^" and _explodes(*arguments)):
            return cast(sp.Expr, _OPERATIONS[tree[0]](*arguments))
    raise InvalidProofError(f"{tree!r} is not an expression")


def rational_of(text: Any) -> sp.Rational:
    """The rational number written as p or p/q; raises InvalidProofError for anything else."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text):
        raise InvalidProofError(f"{text!r} is no variable of the proof, and no number: write p/q")
    return cast(sp.Rational, sp.Rational(text))


def _explodes(base: sp.Expr, exponent: sp.Expr) -> bool:
    """Whether SymPy would write out a number, or multiply out a power, too long to be meant."""
    if not isinstance(exponent, sp.Rational):
        return False
    bits = _bits(base) if isinstance(base, sp.Rational) else 0
    return bool(abs(exponent) > LARGEST_EXPONENT or abs(exponent) * bits > LARGEST_NUMBER)


def _bits(number: sp.Rational) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length())
