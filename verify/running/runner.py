"""Judging many claims, in this process or in several, with the same results either way."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing

from theory.errors import UsageError
from verify.claim import Run
from verify.running.interrupts import remembered
from verify.running.task import Task
from verify.running.workers import judge_in_workers
from verify.verdict import Judgement

Judged = tuple[Task, Judgement]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; `judged` keeps what was done by then, in the order of the tasks."""

    def __init__(self, judged: list[Judged]) -> None:
        super().__init__()
        self.judged = judged


def processors() -> int:
    """How many processors this process may use.

    >>> processors() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_claims(
    tasks: Sequence[Task],
    run: Run,
    jobs: int | None = None,
    on_done: Callable[[Task, Judgement], None] | None = None,
) -> list[Judged]:
    """Judge every task; a claim that raises is UNDECIDED and the others go on.

    Parameters
    ----------
    tasks: what to judge; results come in this order, whatever finishes first.
    run: level and seed; each claim draws from a stream of its own, so `jobs` changes nothing.
    jobs: processes to use, by default one a processor; even one is a process of its own, which alone can
        be given up on, and whatever it does to itself leaves this one standing.
    on_done: called with each task and judgement as it finishes.

    Raises UsageError for jobs below one, and Interrupted on Ctrl-C.

    >>> run_claims([], Run())
    []
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} jobs: at least one process has to do the work")
    count = processors() if jobs is None else jobs
    finished: dict[int, Judgement] = {}
    try:
        with remembered() as interrupts, closing(judge_in_workers(tasks, run, count, interrupts)) as results:
            for index, judgement in results:
                finished[index] = judgement
                if on_done is not None:
                    on_done(tasks[index], judgement)
    except KeyboardInterrupt:
        raise Interrupted([(tasks[index], finished[index]) for index in sorted(finished)]) from None
    return [(task, finished[index]) for index, task in enumerate(tasks)]
