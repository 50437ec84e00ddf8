"""A claim's proofs as a small JSON file, and their check: from the file alone, running nothing of the claim.

{"format": …, "claim": id, "source": …, "statement": LaTeX, "certified_on": …, "version": …, "proofs": […]}
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankcollapse import __version__
from theory.errors import InvalidClaimError, InvalidProofError, UsageError
from verify import ledger
from verify.claim import Claim
from verify.judge import check_proofs
from verify.proof import Proof
from verify.proof.stored import from_json, plain, to_json
from verify.running.files import write_atomically
from verify.verdict import Judgement, Verdict, decide

FORMAT = "rankcollapse proofs 1"
LARGEST = 256 * 2**20


@dataclass(frozen=True)
class StoredProofs:
    """The proofs of one claim as a file tells of them."""

    claim: str
    source: str
    statement: str
    certified_on: str
    proofs: tuple[Proof, ...]


def save(claim: Claim, path: Path) -> None:
    """Write a claim's proofs; raises InvalidProofError or UsageError where a proof or the path forbids it."""
    content = {
        "format": FORMAT,
        "claim": claim.id,
        "source": claim.source_label,
        "statement": claim.statement,
        "certified_on": claim.certified_on,
        "version": __version__,
        "proofs": [to_json(proof) for proof in claim.proofs],
    }
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def holds_proofs(path: Path) -> bool:
    """Whether a file says of itself that it holds proofs; a file that cannot be read says nothing."""
    try:
        with path.open(encoding="utf-8") as stream:
            return '"rankcollapse proofs ' in stream.read(200)
    except (OSError, UnicodeDecodeError):
        return False


def read(path: Path) -> StoredProofs:
    """Read the proofs of a file; raises UsageError naming what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST} bytes: no proof of ours is")
        content: Any = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_once)
    except OSError as error:
        raise UsageError(f"proof file {path} cannot be read ({error.strerror}): correct the path") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"proof file {path} is not JSON ({error}): write it with --report") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UsageError(f"proof file {path} is not of the format {FORMAT!r}: write it with --report")
    texts = ("claim", "source", "statement", "certified_on")
    if not all(isinstance(content.get(name), str) for name in texts):
        raise UsageError(f"proof file {path} lacks one of {', '.join(texts)}: write it with --report")
    if not all(content[name].isprintable() for name in ("claim", "source", "certified_on")):
        raise UsageError(f"proof file {path} has a claim, source or range of more than a line: shorten it")
    if not isinstance(content.get("proofs"), list) or not content["proofs"]:
        raise UsageError(f"proof file {path} has no list of proofs: write it with --report")
    try:
        proofs = tuple(from_json(item) for item in content["proofs"])
    except InvalidProofError as error:
        raise UsageError(f"proof file {path}: {error}; write it with --report") from error
    claim, source, statement, certified_on = (content[name] for name in texts)
    return StoredProofs(claim, source, statement, certified_on, proofs)


def judge_proofs(stored: StoredProofs) -> Judgement:
    """The verdict that the stored proofs carry by themselves.

    It is about what their goals say; the reason tells whether the ledger's claim of that name has the same
    proofs, that is, whether a person reviewed that these goals are the statement.
    """
    started = time.perf_counter()
    evidence = check_proofs(stored.proofs, stored.certified_on)
    verdict, reason, _ = decide((evidence,))
    if verdict in (Verdict.PROVED, Verdict.CERTIFIED):
        reason += f" · {_standing(stored)}"
    return Judgement(stored.claim, verdict, reason, (evidence,), seconds=time.perf_counter() - started)


def _standing(stored: StoredProofs) -> str:
    """How the file's proofs stand to the ledger's."""
    try:
        claim = ledger.load(stored.claim)
    except InvalidClaimError:
        return "not a claim of the ledger: what is proved is what the goals say"
    ours = StoredProofs(
        claim.id, claim.source_label, claim.statement, claim.certified_on, tuple(map(plain, claim.proofs))
    )
    if stored == ours:
        return "the proofs of the ledger's claim"
    return "not the proofs of the ledger's claim: what is proved is what the goals say"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a name that comes twice would show a reader one thing and the checker another."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} comes twice in an object")
        found[name] = value
    return found
