"""A user's own file of claims, loaded by path.

The file is compiled afresh whenever it has changed: nothing is written beside it and `sys.path` stays
as it is. Every `Claim` bound at module level, or listed in a module-level list or tuple, counts.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from theory.errors import InvalidClaimError, UsageError
from verify.claim import Claim
from verify.ledger import LEDGER
from verify.running.failure import describe
from verify.running.files import LONGEST_NAME
from verify.running.interrupts import at_most
from verify.verdict import Verdict

LOADING = 600.0
"""Seconds that executing a file may take, searches for its proofs among it; judging has its own limit."""


def load_file(path: Path | str) -> list[Claim]:
    """Return the claims of a file, in the order of their definition.

    Parameters
    ----------
    path: a Python file; it is executed.

    Raises UsageError for a file that cannot be read, and InvalidClaimError for one that does not run,
    has no claims, or has an id twice or one of the ledger's.

    >>> load_file("absent.py")
    Traceback (most recent call last):
    theory.errors.UsageError: claim file absent.py does not exist: correct the path
    """
    path = Path(path)
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise UsageError(
            f"claim file name of {len(os.fsencode(path.name))} bytes is too long: correct the path"
        )
    if not path.exists():
        raise UsageError(f"claim file {path} does not exist: correct the path")
    if not path.is_file():
        raise UsageError(f"claim file {path} is not a regular file: name a Python file")
    resolved = path.resolve()
    about = resolved.stat()
    return list(_load(resolved, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=64)
def _load(path: Path, changed: int, size: int) -> tuple[Claim, ...]:
    """Return the file's claims as of a change, so that many tasks of one file execute it once."""
    claims = tuple(_claims(_module(path)))
    if not claims:
        raise InvalidClaimError(f"{path} defines no claims: bind a verify.claim.Claim at module level")
    seen: set[str] = set()
    for claim in claims:
        _check(claim, path, seen)
        seen.add(claim.id)
    return claims


class _FreshLoader(SourceFileLoader):
    """Compiles the source itself: reads and writes no bytecode files."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def _module(path: Path) -> ModuleType:
    name = f"claims_of_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    loader = _FreshLoader(name, str(path))
    spec = spec_from_file_location(name, path, loader=loader)
    assert spec is not None  # it is None only without a loader
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look the module up by its name
    try:
        with redirect_stdout(sys.stderr), at_most(LOADING):
            loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        _refuse(path, error)
        raise
    return module


def _refuse(path: Path, error: BaseException) -> None:
    """Raise the one-line error for what executing the file raised; Ctrl-C is not one."""
    if isinstance(error, OSError) and error.filename == str(path):
        raise UsageError(
            f"claim file {path} cannot be read ({error.strerror}): correct its rights"
        ) from error
    if isinstance(error, SyntaxError):
        where = f"{error.filename or path}:{error.lineno or 1}"
        raise InvalidClaimError(f"{where}: syntax error: {error.msg}") from error
    if isinstance(error, (Exception, SystemExit)):
        raise InvalidClaimError(f"claim file {path} raised {describe(error, path)}") from error


def _claims(module: ModuleType) -> Iterator[Claim]:
    """Claims bound in the module, each object once."""
    found: list[Claim] = []
    for value in list(vars(module).values()):
        members: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
        for member in members:
            if isinstance(member, Claim) and not any(member is claim for claim in found):
                found.append(member)
                yield member


def _check(claim: Claim, path: Path, seen: set[str]) -> None:
    if claim.id in seen:
        raise InvalidClaimError(f"{path} defines claim {claim.id!r} twice: rename one of them")
    if claim.id in {entry.id for entry in LEDGER}:
        raise InvalidClaimError(f"{path} defines claim {claim.id!r}, which the ledger has: choose another id")
    if claim.expected is not None and claim.expected not in set(Verdict):
        verdicts = ", ".join(Verdict)
        raise InvalidClaimError(f"claim {claim.id} expects {claim.expected!r}: use one of {verdicts}")
