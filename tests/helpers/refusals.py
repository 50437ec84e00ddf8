"""A proof that has to be refused, and a stored one with one place changed."""

import json
from typing import Any

import pytest

from theory.errors import InvalidProofError
from verify.proof import Proof, check
from verify.proof.stored import from_json, to_json


def refused(candidate: Proof, match: str | None = None) -> None:
    with pytest.raises(InvalidProofError, match=match):
        check(candidate)


def tampered(candidate: Proof, path: tuple[str | int, ...], value: Any) -> Proof:
    """The proof read from its stored form with one place changed."""
    data = json.loads(json.dumps(to_json(candidate)))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return from_json(data)
