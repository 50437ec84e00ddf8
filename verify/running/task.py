"""A task: one claim to be judged, named so that any process can load it by itself."""

import importlib
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

from theory.errors import InvalidClaimError
from verify import ledger
from verify.claim import Claim, Run
from verify.judge import judge
from verify.running.claim_file import load_file
from verify.running.failure import describe
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

    def expected(self, run: Run) -> Verdict | None:
        """Return the verdict the ledger expects, or the one a user's claim states for itself, or None."""
        if self.file is None:
            return ledger.entry(self.claim).expected(run.level)
        stated = self.load().expected
        return None if stated is None else Verdict(stated)


def judge_task(task: Task, run: Run, jobs: int = 1) -> Judgement:
    """Judge a task, come what may: a claim that raises is UNDECIDED, with the error as reason.

    With more jobs than one, as many helpers may share its sample.
    """
    if jobs > 1:
        from verify.running.helpers import Helpers

        run = replace(run, helpers=Helpers(task, jobs))
    return guarded(task, lambda claim: judge(claim, run))


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


@contextmanager
def quietly() -> Generator[None]:
    """Send what a claim prints to standard error, and give linear algebra one thread.

    So results do not depend on how many processes share the machine.
    """
    from threadpoolctl import threadpool_limits

    importlib.import_module("scipy.linalg")  # loads SciPy's own BLAS, which the limit would miss
    with redirect_stdout(sys.stderr), threadpool_limits(limits=1):
        yield
