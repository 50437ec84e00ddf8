"""Judging one task, alone or with helpers that share its sample."""

from dataclasses import replace

from verify.claim import Run
from verify.judge import judge
from verify.running.task import Task, guarded
from verify.verdict import Judgement


def judge_task(task: Task, run: Run, jobs: int = 1) -> Judgement:
    """Judge a task, come what may: a claim that raises is UNDECIDED, with the error as reason.

    With more jobs than one, as many helpers may share its sample.
    """
    if jobs > 1:
        from verify.running.helpers import Helpers

        run = replace(run, helpers=Helpers(task, jobs))
    return guarded(task, lambda claim: judge(claim, run))
