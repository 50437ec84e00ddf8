"""Proofs as JSON: written whole, read without running anything, re-checked like any other.

Expressions are small trees (see `verify.proof.trees`); a rule or a statement is an object with its name and
its fields, each of the type that its class states. Nothing else is understood, and nothing is ever
evaluated as code.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import sympy as sp

from theory.errors import InvalidProofError
from verify.proof.facts import (
    Fact,
    MarginCost,
    Proof,
    SemidefiniteBound,
    Statement,
    Step,
    UniqueZero,
    Variable,
)
from verify.proof.rules import RULES, Rule, Square
from verify.proof.rules.rule import refusing_what_breaks
from verify.proof.trees import can_name, expression_of, rational_of, tree_of

FORMAT = "rankcollapse proof 1"
_ASSUMPTIONS = ("positive", "nonnegative", "integer", "rational", "real")
_FLAGS = ("open_low", "open_high", "integer", "stands_for")
_STATEMENTS: dict[str, type] = {
    "relation": Fact,
    "zero": UniqueZero,
    "semidefinite bound": SemidefiniteBound,
    "cost of margins": MarginCost,
}
_RULES = {rule.__name__: rule for rule in RULES}
_PROOF = {"format", "title", "variables", "steps", "goals", "rests_on"}
_STEP = {"name", "statement", "rule", "because"}
_VARIABLE = {"name", "assumes", "meaning", "low", "high", *_FLAGS}


def plain(proof: Proof) -> Proof:
    """The proof as its stored form is read: whatever code it came with is left behind.

    Raises InvalidProofError where it has no stored form.
    """
    return from_json(to_json(proof))


def to_json(proof: Proof) -> dict[str, Any]:
    """The proof as JSON data.

    Raises InvalidProofError for whatever stored proofs don't know: a rule or a function of one's own, a
    symbol without a range.
    """
    with refusing_what_breaks("the proof"):
        symbols = [variable.symbol for variable in proof.variables]
        return {
            "format": FORMAT,
            "title": proof.title,
            "variables": [_stored_variable(variable) for variable in proof.variables],
            "steps": [_stored_step(step, symbols) for step in proof.steps],
            "goals": list(proof.goals),
            "rests_on": list(proof.rests_on),
        }


def from_json(data: Any) -> Proof:
    """The proof that was stored; it still has to be checked.

    Raises InvalidProofError naming what is not understood.
    """
    with refusing_what_breaks("the proof"):
        if data["format"] != FORMAT:
            raise InvalidProofError(f"format {data['format']!r} is unknown: this version reads {FORMAT!r}")
        _require_fields(data, _PROOF, "a proof")
        variables = tuple(_read_variable(item) for item in data["variables"])
        symbols = {variable.symbol.name: variable.symbol for variable in variables}
        if len(symbols) != len(variables):
            raise InvalidProofError(f"a variable is listed twice among {[str(v.symbol) for v in variables]}")
        steps = tuple(_read_step(item, symbols) for item in data["steps"])
        goals, rests_on = (tuple(_text(name) for name in _list(data[key])) for key in ("goals", "rests_on"))
        return Proof(_text(data["title"]), variables, steps, goals, rests_on)


def _stored_variable(variable: Variable) -> dict[str, Any]:
    symbol = variable.symbol
    assumptions = [name for name in _ASSUMPTIONS if symbol.assumptions0.get(name)]
    if sp.Symbol(symbol.name, **dict.fromkeys(assumptions, True)) != symbol:
        raise InvalidProofError(f"{symbol} is no plain symbol with assumptions among {_ASSUMPTIONS}")
    return {
        "name": symbol.name,
        "assumes": assumptions,
        "meaning": variable.meaning,
        "low": str(variable.low),
        "high": None if variable.high is None else str(variable.high),
        **{name: getattr(variable, name) for name in _FLAGS},
    }


def _read_variable(data: Mapping[str, Any]) -> Variable:
    _require_fields(data, _VARIABLE, "a variable")
    assumptions, name = _list(data["assumes"]), _text(data["name"])
    if not set(assumptions) <= set(_ASSUMPTIONS):
        raise InvalidProofError(f"assumptions {assumptions} are unknown: use some of {_ASSUMPTIONS}")
    if not can_name(name):
        raise InvalidProofError(f"variable {name!r} has the name of a number or a function: use a word")
    if not all(isinstance(data[flag], bool) for flag in _FLAGS):
        raise InvalidProofError(f"flags of variable {name} are not true or false")
    symbol = sp.Symbol(name, **dict.fromkeys(assumptions, True))
    low, high = rational_of(data["low"]), None if data["high"] is None else rational_of(data["high"])
    return Variable(symbol, _text(data["meaning"]), low, high, **{flag: data[flag] for flag in _FLAGS})


def _stored_step(step: Step, symbols: list[sp.Symbol]) -> dict[str, Any]:
    kinds = [name for name, kind in _STATEMENTS.items() if type(step.fact) is kind]
    if not kinds:
        raise InvalidProofError(f"{type(step.fact).__name__} is no statement: use one of {[*_STATEMENTS]}")
    if type(step.rule) not in RULES:
        raise InvalidProofError(f"{type(step.rule).__name__} is no rule of proofs: use one of {[*_RULES]}")
    try:
        statement = {"kind": kinds[0], **_stored_fields(step.fact, symbols)}
        rule = {"name": type(step.rule).__name__, **_stored_fields(step.rule, symbols)}
    except InvalidProofError as error:
        raise InvalidProofError(f"step {step.name!r}: {error}") from error
    return {"name": step.name, "statement": statement, "rule": rule, "because": step.because}


def _read_step(data: Mapping[str, Any], symbols: Mapping[str, sp.Symbol]) -> Step:
    _require_fields(data, _STEP, "a step")
    statement, rule = data["statement"], data["rule"]
    if statement["kind"] not in _STATEMENTS:
        raise InvalidProofError(f"statement {statement['kind']!r} is unknown: use one of {[*_STATEMENTS]}")
    if rule["name"] not in _RULES:
        raise InvalidProofError(f"rule {rule['name']!r} is unknown: use one of {[*_RULES]}")
    fact: Statement = _read_fields(statement, _STATEMENTS[statement["kind"]], "kind", symbols)
    follows: Rule = _read_fields(rule, _RULES[rule["name"]], "name", symbols)
    return Step(_text(data["name"]), fact, follows, _text(data["because"]))


def _stored_fields(item: Any, symbols: list[sp.Symbol]) -> dict[str, Any]:
    return {field.name: _stored(getattr(item, field.name), symbols) for field in fields(item)}


def _stored(value: Any, symbols: list[sp.Symbol]) -> Any:
    """A field: texts and None as they are, tuples as lists, expressions as {"expression": tree}."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (tuple, list)):
        return [_stored(item, symbols) for item in value]
    if isinstance(value, Square):
        return {"square": _stored_fields(value, symbols)}
    if isinstance(value, sp.Expr):
        return {"expression": tree_of(value, symbols)}
    raise InvalidProofError(f"{value!r} has no stored form")


def _read_fields(data: Mapping[str, Any], kind: Any, tag: str, symbols: Mapping[str, sp.Symbol]) -> Any:
    """An object of the kind, with all of its fields and each of the type that the class states."""
    wanted = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    _require_fields(data, {tag, *names} - {""}, kind.__name__)
    found = {name: _read(data[name], symbols) for name in names}
    for name, value in found.items():
        if not _is_of(value, wanted[name]):
            raise InvalidProofError(f"{name} of {kind.__name__} cannot be {value}: it is of another type")
    return kind(**found)


def _read(data: Any, symbols: Mapping[str, sp.Symbol]) -> Any:
    if data is None or isinstance(data, str):
        return None if data is None else _text(data)
    if isinstance(data, list):
        return tuple(_read(item, symbols) for item in data)
    if set(data) == {"square"}:
        return _read_fields(data["square"], Square, "", symbols)
    if set(data) == {"expression"}:
        return expression_of(data["expression"], symbols)
    raise InvalidProofError(f"{data!r} is not understood")


def _is_of(value: Any, wanted: Any) -> bool:
    """Whether a value is of an annotated type: a class, None, a literal, a tuple or one of several."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return value in arguments
    if origin in (Union, UnionType):
        return any(_is_of(value, argument) for argument in arguments)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if arguments[-1] is Ellipsis:
            return all(_is_of(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(map(_is_of, value, arguments))
    return isinstance(value, NoneType if wanted is None else wanted)


def _require_fields(data: Mapping[str, Any], wanted: set[str], what: str) -> None:
    if set(data) != wanted:
        raise InvalidProofError(f"{what} has fields {sorted(wanted)}, not {sorted(data)}")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidProofError(f"{value!r} is not a list")
    return value


def _text(value: Any) -> str:
    """A text of one line: what it shows is what it says."""
    if type(value) is not str or not value.isprintable():
        raise InvalidProofError(f"{value!r} is not a text of one line")
    return value
