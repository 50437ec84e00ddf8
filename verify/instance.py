"""Instances: named values small enough to read, and their JSON form."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from theory.errors import UsageError

Instance = Mapping[str, Any]
"""Names to int, Fraction, float, str, or (nested) lists of these: what a claim is asked about."""


def encode(value: Any) -> Any:
    """A JSON value; fractions become ``"p/q"`` strings, arrays nested lists.

    >>> encode({"decay": Fraction(3, 5), "layers": 2})
    {'decay': '3/5', 'layers': 2}
    """
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Mapping):
        return {str(name): encode(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return encode(value.tolist())
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}  # JSON has no number for it
    return value


def decode(value: Any) -> Any:
    """The inverse of `encode`; raises UsageError for a fraction p/0."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+/\d+", value):
        try:
            return Fraction(value)
        except ZeroDivisionError as error:
            raise UsageError(f"{value!r} divides by zero: correct the file") from error
    if isinstance(value, dict):
        if set(value) == {"float"}:
            return float(value["float"])
        return {name: decode(item) for name, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def show(instance: Instance) -> str:
    """The instance in one readable line.

    >>> show({"layers": 2, "class_decay": Fraction(3, 5), "scales": [Fraction(4), Fraction(1, 10)]})
    'layers=2 class_decay=3/5 scales=[4, 1/10]'
    """
    return " ".join(f"{name}={_short(encode(value))}" for name, value in instance.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return repr(value) if len(repr(value)) < 14 else f"{value:.6g}"
    return re.sub(r"\b(-?\d+)/1\b", r"\1", json.dumps(value).replace('"', ""))


def stream_seed(seed: int, *words: str) -> int:
    """A seed for one claim's stream, the same whatever runs beside it."""
    digest = hashlib.sha256("\0".join([str(seed), *words]).encode()).digest()
    return int.from_bytes(digest[:8], "big")
