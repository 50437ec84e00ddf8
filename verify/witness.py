"""A counterexample as a small JSON file, and its replay: that one instance judged again.

{"claim": id, "from": claim file or null, "instance": {…}, "seed": …, "margin": …, "version": …}
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rankcollapse import __version__
from theory.errors import UsageError
from verify.claim import Claim
from verify.evidence import Evidence, overall
from verify.instance import Instance, decode, encode, show
from verify.margin import Outcome
from verify.running.files import write_atomically
from verify.running.task import Task, guarded
from verify.verdict import Judgement, Verdict


@dataclass(frozen=True)
class Witness:
    """An instance on which a claim failed: whose claim, in which run, by what margin, in which version."""

    task: Task
    instance: Instance
    seed: int
    margin: float | None = None
    version: str = __version__


def witness_of(task: Task, judgement: Judgement, seed: int) -> Witness | None:
    """Return the witness of a judgement with the margin of the evidence that found it; None without one."""
    if judgement.witness is None:
        return None
    margins = [item.worst.value for item in judgement.evidence if item.witness is not None and item.worst]
    return Witness(task, judgement.witness, seed, margins[0] if margins else None)


def save(witness: Witness, path: Path) -> None:
    """Write a witness; raises UsageError where the path or the instance does not allow it."""
    file = witness.task.file
    content = {
        "claim": witness.task.claim,
        "from": None if file is None else str(file.resolve()),
        "instance": encode(witness.instance),
        "seed": witness.seed,
        "margin": encode(witness.margin),
        "version": witness.version,
    }
    try:
        text = json.dumps(content, indent=2, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the witness of {witness.task.claim} has no JSON form: {error}") from error
    write_atomically(path, text + "\n")


def read(path: Path) -> Witness:
    """Read a witness; raises UsageError naming what is wrong with the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"witness file {path} cannot be read ({error.strerror}): correct the path"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"witness file {path} is not JSON ({error}): write it with --report") from error
    if not (isinstance(content, dict) and _well_formed(content)):
        raise UsageError(f"witness file {path} lacks a claim, an instance or a seed: write it with --report")
    task = Task(content["claim"], Path(content["from"]) if content.get("from") else None)
    try:
        instance, margin = decode(content["instance"]), decode(content.get("margin"))
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"witness file {path} has a value that is none: write it with --report") from error
    return Witness(task, instance, content["seed"], margin, str(content.get("version", "")))


def replay(witness: Witness) -> Judgement:
    """Judge the instance alone: REFUTED if the statement still fails on it, SUPPORTED if it holds.

    UNDECIDED if it is too close to call, outside the hypotheses, or raises.
    """
    return guarded(witness.task, lambda claim: _replayed(claim, witness))


def _replayed(claim: Claim, witness: Witness) -> Judgement:
    started = time.perf_counter()
    if not claim.hypotheses(witness.instance):
        reason = f"{show(witness.instance)}: outside the hypotheses"
        return Judgement(claim.id, Verdict.UNDECIDED, reason, ())
    margin = claim.certain_margin(witness.instance)
    outcome = overall([margin])
    fails = outcome is Outcome.FAILS
    evidence = Evidence(
        kind="witness",
        outcome=outcome,
        summary=f"{show(witness.instance)}: margin {margin.value:.3g} ± {margin.error:.1g}",
        instances=1,
        worst=margin,
        witness=witness.instance if fails else None,
        seed=witness.seed,
        seconds=time.perf_counter() - started,
    )
    held = Verdict.SUPPORTED if outcome is Outcome.HOLDS else Verdict.UNDECIDED
    verdict = Verdict.REFUTED if fails else held
    return Judgement(claim.id, verdict, evidence.summary, (evidence,), evidence.witness, evidence.seconds)


def _well_formed(content: Mapping[str, Any]) -> bool:
    file, seed = content.get("from"), content.get("seed")
    return (
        isinstance(content.get("claim"), str)
        and isinstance(content.get("instance"), dict)
        and (file is None or isinstance(file, str))
        and isinstance(seed, int)
    )
