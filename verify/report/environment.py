"""The templates and their filters: formulas, figures, numbers, witnesses."""

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from verify.claim import Claim
from verify.evidence import CERTAIN, Evidence, Plot
from verify.instance import Instance, encode
from verify.margin import Outcome
from verify.report.figures import draw
from verify.report.mathematics import fact_in_letters, formula, letters_of, range_in_letters
from verify.report.numbers import margin, number, readable
from verify.report.phrases import evidence_line, one_line
from verify.verdict import Judgement

RAISED = (
    (re.compile(r"_\{([^{}<>]+)\}"), "sub"),
    (re.compile(r"\^\{([^{}<>]+)\}"), "sup"),
    (re.compile(r"(?<=[\w)\]‖])_([^\W_])(?![A-Za-z0-9_])"), "sub"),
    (re.compile(r"(?<=[\w)\]|‖>])\^([^\W_]|\*)(?![A-Za-z0-9_])"), "sup"),
)
"""Indices and powers that plain sentences write as x_i, x_{i−1}, x^2, x^{2/F}."""


@cache
def environment() -> Environment:
    """The template environment; every value is escaped unless a filter here made it markup."""
    made = Environment(
        loader=PackageLoader("verify.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    filters: dict[str, Any] = {
        "number": number,
        "margin": margin,
        "formula": formula,
        "figure": figure,
        "letters": letters_of,
        "fact": fact_in_letters,
        "range": range_in_letters,
        "words": words,
        "finding": finding,
        "line": line,
        "seconds": seconds,
        "instances": instances,
        "numeric": numeric,
        "json_line": json_line,
    }
    made.filters.update(filters)
    tests: dict[str, Any] = {"matrix": is_matrix, "rows": is_rows, "accepted": is_accepted}
    made.tests.update(tests)
    return made


def figure(plot: Plot, identifier: str) -> Markup:
    """The drawn plot; a claim's id becomes an identifier without slashes, unlike that of any other claim."""
    return Markup(draw(plot, "figure-" + identifier.replace("/", "_")))


def words(text: str) -> Markup:
    """Prose with its indices and powers set as such; everything else escaped.

    >>> words("Σ_i σ_i^{2/F} < 1")
    Markup('Σ<sub>i</sub> σ<sub>i</sub><sup>2/F</sup> &lt; 1')
    """
    marked = str(escape(text))
    for pattern, tag in RAISED:
        marked = pattern.sub(rf"<{tag}>\1</{tag}>", marked)
    return Markup(marked)


def finding(text: str) -> Markup:
    """What a method says, in one line of prose."""
    return words(readable(one_line(text)))


def line(pair: tuple[Claim, Judgement]) -> Markup:
    """The evidence of a verdict in one line of prose."""
    return words(readable(evidence_line(*pair)))


def seconds(value: float) -> str:
    """A duration as a reader wants it.

    >>> seconds(0.0004), seconds(0.25), seconds(75.0)
    ('< 0.01 s', '0.25 s', '75 s')
    """
    if not math.isfinite(value):
        return number(value)
    if value < 0.005:
        return "< 0.01 s"
    return f"{value:.2g} s" if value < 9.5 else f"{value:.0f} s"


def instances(item: Evidence) -> str:
    """How many instances were judged; a proof judges none."""
    return number(None if item.kind in CERTAIN or item.instances == 0 else item.instances)


def numeric(value: Any) -> bool:
    """Whether a table aligns the value to the right."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_accepted(judgement: Judgement) -> bool:
    """Whether the claim's proofs were re-checked without complaint."""
    return any(item.kind in CERTAIN and item.outcome is Outcome.HOLDS for item in judgement.evidence)


def is_rows(value: Any) -> bool:
    """A list or tuple, or an array."""
    return isinstance(encode(value), list)


def is_matrix(value: Any) -> bool:
    """A rectangular list of lists of single values."""
    rows = encode(value)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        return False
    flat = [item for row in rows for item in row]
    return len({len(row) for row in rows}) == 1 and not any(isinstance(item, (list, dict)) for item in flat)


def json_line(instance: Instance) -> str:
    """The instance as JSON, with null for what is not a number."""
    return json.dumps(_finite(encode(instance)), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(item) for item in value]
    return value
