"""A task: one claim to be judged, named so that any process can load it by itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from theory.errors import InvalidClaimError
from verify import ledger
from verify.claim import Claim, Run
from verify.running.claim_file import load_file
from verify.running.failure import describe
from verify.running.threads import quietly
from verify.verdict import Judgement, Verdict


@dataclass(frozen=True)
class Task:
    """A claim's id, and the user's file that defines it (None: the ledger does).

    >>> Task("chain/cost-of-a-product").load().id
    'chain/cost-of-a-product'
    """

    claim: str
    file: Path | None = None

    def load(self) -> Claim:
        """Return the claim; raises InvalidClaimError or UsageError where there is none."""
        if self.file is None:
            return ledger.load(self.claim)
        for claim in load_file(self.file):
            if claim.id == self.claim:
                return claim
        raise InvalidClaimError(f"{self.file} defines no claim {self.claim!r}: correct the id")

    def named(self) -> Claim:
        """Return the claim to show beside its verdict; one with nothing but the id if it cannot be loaded.

        So that a claim that is broken, or changed for the worse during a run, costs no other its verdict.
        """
        try:
            return self.load()
        except (Exception, SystemExit):
            return Claim(id=self.claim, title="", statement="", source="cannot be loaded")

    def expected(self, run: Run) -> Verdict | None:
        """Return the verdict the ledger expects, or the one a user's claim states for itself, or None."""
        if self.file is None:
            return ledger.entry(self.claim).expected(run.level)
        stated = self.named().expected
        return None if stated is None else Verdict(stated)


def guarded(task: Task, judging: Callable[[Claim], Judgement]) -> Judgement:
    """Return what `judging` says of the task's claim, or UNDECIDED if it raises."""
    started = time.perf_counter()
    try:
        with quietly():
            return judging(task.load())
    except (Exception, SystemExit) as error:
        reason = f"raised {describe(error, task.file and task.file.resolve())}"
        seconds = time.perf_counter() - started
        return Judgement(task.claim, Verdict.UNDECIDED, reason, (), seconds=seconds)
