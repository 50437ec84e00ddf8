"""Proofs as JSON: written whole, read without running anything, re-checked like any other.

Expressions are small trees: ``3`` and ``"3/5"`` are numbers, ``"x"`` a variable of the proof, and
``["+", …]``, ``["*", …]``, ``["^", base, exponent]``, ``["log", …]`` what they say. A rule is an object with
its name and its fields. Nothing else is understood, and nothing is ever evaluated as code.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import InvalidProofError
from verify.proof.facts import Fact, Proof, SemidefiniteBound, Statement, Step, UniqueZero, Variable
from verify.proof.rules import RULES, Rule, Square

FORMAT = "rankcollapse proof 1"
LARGEST_EXPONENT = 10_000
_FUNCTIONS: dict[str, Any] = {
    "log": sp.log,
    "exp": sp.exp,
    "cos": sp.cos,
    "sin": sp.sin,
    "log1p": cfunctions.log1p,
}
_OPERATIONS: dict[str, Callable[..., Any]] = {"+": sp.Add, "*": sp.Mul, "^": sp.Pow, **_FUNCTIONS}
_CONSTANTS = {"pi": sp.pi, "e": sp.E}
_ASSUMPTIONS = ("positive", "nonnegative", "integer", "rational", "real")
_NUMBER = re.compile(r"-?\d+/\d+")
_STATEMENTS: dict[str, type] = {"relation": Fact, "zero": UniqueZero, "semidefinite bound": SemidefiniteBound}
_RULES = {rule.__name__: rule for rule in RULES}


def to_json(proof: Proof) -> dict[str, Any]:
    """The proof as JSON data.

    Raises InvalidProofError for an expression with a function that stored proofs don't know.
    """
    return {
        "format": FORMAT,
        "title": proof.title,
        "variables": [_stored_variable(variable) for variable in proof.variables],
        "steps": [
            {
                "name": step.name,
                "statement": _stored_statement(step.fact),
                "rule": _stored_rule(step.rule),
                "because": step.because,
            }
            for step in proof.steps
        ],
        "goals": list(proof.goals),
        "rests_on": list(proof.rests_on),
    }


def from_json(data: Any) -> Proof:
    """The proof that was stored; it still has to be checked.

    Raises InvalidProofError naming what is not understood.
    """
    try:
        if data["format"] != FORMAT:
            raise InvalidProofError(f"format {data['format']!r} is unknown: this version reads {FORMAT!r}")
        variables = tuple(_read_variable(item) for item in data["variables"])
        symbols = {variable.symbol.name: variable.symbol for variable in variables}
        if len(symbols) != len(variables) or symbols.keys() & {*_CONSTANTS, *_OPERATIONS}:
            raise InvalidProofError("two variables share a name, or one has the name of a function")
        reader = _Reader(symbols)
        steps = tuple(
            Step(
                _text(item["name"]),
                reader.statement(item["statement"]),
                reader.rule(item["rule"]),
                _text(item["because"]),
            )
            for item in data["steps"]
        )
        goals, rests_on = (tuple(_text(name) for name in data[key]) for key in ("goals", "rests_on"))
        return Proof(_text(data["title"]), variables, steps, goals, rests_on)
    except InvalidProofError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError) as error:
        raise InvalidProofError(f"the stored proof is malformed: {type(error).__name__}: {error}") from error


def _stored_variable(variable: Variable) -> dict[str, Any]:
    assumptions = [name for name in _ASSUMPTIONS if variable.symbol.assumptions0.get(name)]
    if sp.Symbol(variable.symbol.name, **dict.fromkeys(assumptions, True)) != variable.symbol:
        raise InvalidProofError(
            f"{variable.symbol} has assumptions beyond {_ASSUMPTIONS}: it cannot be stored"
        )
    return {
        "name": variable.symbol.name,
        "assumes": assumptions,
        "meaning": variable.meaning,
        "low": str(variable.low),
        "high": None if variable.high is None else str(variable.high),
        **{name: getattr(variable, name) for name in ("open_low", "open_high", "integer", "stands_for")},
    }


def _read_variable(data: Mapping[str, Any]) -> Variable:
    assumptions = data["assumes"]
    if not set(assumptions) <= set(_ASSUMPTIONS):
        raise InvalidProofError(f"assumptions {assumptions} are unknown: use some of {_ASSUMPTIONS}")
    symbol = sp.Symbol(_text(data["name"]), **dict.fromkeys(assumptions, True))
    low, high = _rational(data["low"]), None if data["high"] is None else _rational(data["high"])
    flags = {name: data[name] for name in ("open_low", "open_high", "integer", "stands_for")}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        raise InvalidProofError(f"flags of variable {symbol} are not true or false")
    return Variable(symbol, _text(data["meaning"]), low, high, **flags)


def _stored_statement(statement: Statement) -> dict[str, Any]:
    kinds = [name for name, kind in _STATEMENTS.items() if type(statement) is kind]
    if not kinds:
        raise InvalidProofError(
            f"a {type(statement).__name__} is no statement of proofs: use {[*_STATEMENTS]}"
        )
    return {"kind": kinds[0], **_stored_fields(statement)}


def _stored_rule(rule: Rule) -> dict[str, Any]:
    if type(rule) not in RULES:
        raise InvalidProofError(f"{type(rule).__name__} is no rule of proofs: use one of {[*_RULES]}")
    return {"name": type(rule).__name__, **_stored_fields(rule)}


def _stored_fields(item: Any) -> dict[str, Any]:
    return {field.name: _stored(getattr(item, field.name)) for field in fields(item)}


def _stored(value: Any) -> Any:
    """A field: texts and None as they are, tuples as lists, expressions as {"expression": tree}."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (tuple, list)):
        return [_stored(item) for item in value]
    if isinstance(value, Square):
        return {"square": _stored_fields(value)}
    if isinstance(value, sp.Expr):
        return {"expression": _tree(value)}
    raise InvalidProofError(f"{value!r} has no stored form")


def _tree(node: Any) -> Any:
    if isinstance(node, sp.Symbol):
        return node.name
    if isinstance(node, sp.Integer):
        return int(node)
    if isinstance(node, sp.Rational):
        return str(node)
    for name, constant in _CONSTANTS.items():
        if node == constant:
            return name
    for name, operation in _OPERATIONS.items():
        if node.func is operation:
            return [name, *[_tree(argument) for argument in node.args]]
    raise InvalidProofError(f"{node.func.__name__} in {node} has no stored form: rewrite it")


class _Reader:
    """Reads fields and expressions, with the symbols of the proof's variables."""

    def __init__(self, symbols: Mapping[str, sp.Symbol]) -> None:
        self._symbols = symbols

    def statement(self, data: Mapping[str, Any]) -> Statement:
        kind = _STATEMENTS.get(data["kind"])
        if kind is None:
            raise InvalidProofError(f"statement {data['kind']!r} is unknown: use one of {list(_STATEMENTS)}")
        return kind(**self._fields(data, kind, "kind"))

    def rule(self, data: Mapping[str, Any]) -> Rule:
        kind = _RULES.get(data["name"])
        if kind is None:
            raise InvalidProofError(f"rule {data['name']!r} is unknown: use one of {list(_RULES)}")
        return kind(**self._fields(data, kind, "name"))

    def _fields(self, data: Mapping[str, Any], kind: Any, tag: str) -> dict[str, Any]:
        wanted, given = {field.name for field in fields(kind)}, set(data) - {tag}
        if wanted != given:
            raise InvalidProofError(f"{kind.__name__} has fields {sorted(wanted)}, not {sorted(given)}")
        return {name: self._value(data[name]) for name in wanted}

    def _value(self, data: Any) -> Any:
        if data is None or isinstance(data, str):
            return data
        if isinstance(data, list):
            return tuple(self._value(item) for item in data)
        if set(data) == {"square"}:
            return Square(**self._fields(data["square"], Square, ""))
        if set(data) == {"expression"}:
            return self.expression(data["expression"])
        raise InvalidProofError(f"{data!r} is not understood")

    def expression(self, tree: Any) -> sp.Expr:
        """The expression of a tree."""
        if isinstance(tree, int) and not isinstance(tree, bool):
            return sp.Integer(tree)
        if isinstance(tree, str):
            if _NUMBER.fullmatch(tree):
                return _rational(tree)
            found = self._symbols.get(tree, _CONSTANTS.get(tree))
            if found is None:
                raise InvalidProofError(f"symbol {tree!r} is no variable of the proof")
            return cast(sp.Expr, found)
        if isinstance(tree, list) and tree and tree[0] in _OPERATIONS:
            arguments = [self.expression(item) for item in tree[1:]]
            wanted = 2 if tree[0] == "^" else 1 if tree[0] in _FUNCTIONS else len(arguments)
            if len(arguments) == wanted and not _explodes(tree[0], arguments):
                return cast(sp.Expr, _OPERATIONS[tree[0]](*arguments))
        raise InvalidProofError(f"{tree!r} is not an expression")


def _explodes(operation: str, arguments: list[sp.Expr]) -> bool:
    """Whether SymPy would try to write out a number too long to be meant."""
    return operation == "^" and bool(arguments[1].is_Rational) and abs(arguments[1]) > LARGEST_EXPONENT


def _rational(text: Any) -> sp.Rational:
    if not isinstance(text, str) or not re.fullmatch(r"-?\d+(/[1-9]\d*)?", text):
        raise InvalidProofError(f"{text!r} is not a rational number: write it as p/q")
    return cast(sp.Rational, sp.Rational(text))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidProofError(f"{value!r} is not a text")
    return value
