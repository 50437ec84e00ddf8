"""Files written whole or not at all, and JSON without NaN or infinity."""

import json
import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from theory.errors import UsageError
from verify.instance import encode

LONGEST_NAME = 255


def json_text(value: Any) -> str:
    """Return JSON: fractions as ``"p/q"``, NaN and infinity as null, unknown objects as their text.

    >>> print(json_text([float("inf"), 0.5, None]))
    [
      null,
      0.5,
      null
    ]
    """
    return json.dumps(encode(_finite(value)), allow_nan=False, indent=2, default=str)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return _finite(value.tolist())
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or all of the new; makes its folder.

    Raises UsageError where the path cannot be written; nothing is left behind then.
    """
    passing = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        passing.write_text(text, encoding="utf-8")
        passing.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path} ({error.strerror}): choose another place") from error
    finally:
        _remove(passing)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # its folder could not be made: nothing to remove
        return


def require_writable(directory: Path) -> None:
    """Raise UsageError unless files can be written to the directory, which need not exist yet.

    Asks by opening a nameless file in the nearest folder that exists, so nothing is left behind.
    """
    try:
        str(directory).encode("utf-8")
        longest = max((len(os.fsencode(part)) for part in directory.absolute().parts), default=0)
    except UnicodeEncodeError as error:
        raise UsageError("the directory's name is not text: choose another place") from error
    if longest > LONGEST_NAME:
        raise UsageError(f"cannot write to a name of {longest} bytes: file systems take {LONGEST_NAME}")
    nearest = directory.absolute()
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    if not nearest.is_dir():
        raise UsageError(f"cannot write to {directory}: {nearest} is not a directory; choose another place")
    if (directory / "index.html").is_dir():
        raise UsageError(f"cannot write {directory / 'index.html'}: it is a folder; choose another place")
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return
    except OSError as error:
        raise UsageError(f"cannot write to {directory} ({error.strerror}): choose another place") from error
