"""Worker processes, each judging one task at a time.

A worker is a spawned process of our own rather than one of a pool's, so that one can be killed or die
without the others noticing. Nothing heavy is imported here: a worker sets its threads first.
"""

import contextlib
import importlib
import math
import os
import signal
import time
from collections.abc import Generator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from verify.running.threads import THREAD_VARIABLES, end_with

if TYPE_CHECKING:
    from verify.claim import Run
    from verify.running.interrupts import Interrupts
    from verify.running.task import Task
    from verify.verdict import Judgement

BREATH = 0.25
"""Seconds between looks at whether Ctrl-C was pressed."""
GRACE = 3.0
"""Seconds that a process has to end its helpers and itself before it is killed."""


def judge_in_workers(
    tasks: "Sequence[Task]", run: "Run", jobs: int, interrupts: "Interrupts"
) -> "Generator[tuple[int, Judgement]]":
    """Judge tasks in up to `jobs` processes; yields (index, judgement) as they finish.

    With fewer tasks than jobs, the others help: each task's sample is shared by an equal part of the jobs.
    Closing the iterator kills whatever still runs; a Ctrl-C that got lost is raised within a breath.
    """
    waiting = list(enumerate(tasks))[::-1]
    if not waiting:
        return
    count = min(jobs, len(tasks))
    workers = [Worker(jobs // count) for _ in range(count)]
    try:
        for worker in workers:
            worker.start(*waiting.pop(), run)
        busy = {worker.connection: worker for worker in workers}
        while busy:
            interrupts.raise_if_pressed()
            patience = max(0.0, min(worker.deadline for worker in busy.values()) - time.monotonic())
            ready = wait(list(busy), timeout=min(patience, BREATH))
            late = [c for c, worker in busy.items() if c not in ready and worker.deadline <= time.monotonic()]
            for connection in [*ready, *late]:
                worker = busy.pop(connection)  # type: ignore[call-overload, arg-type]
                yield worker.index, worker.give_up(run) if connection in late else worker.result()
                if waiting:
                    if not worker.process.is_alive():
                        worker = Worker(jobs // count)
                        workers.append(worker)
                    worker.start(*waiting.pop(), run)
                    busy[worker.connection] = worker
    finally:
        for worker in workers:
            worker.kill()


class Worker:
    """A process that judges the tasks it is sent, with `jobs` helpers if more than one."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, os.getpid()), name="rankcollapse-worker")
        self.process.start()
        theirs.close()
        self.index = -1
        self.task: Task | None = None
        self.deadline = math.inf
        self.ready = False

    def start(self, index: int, task: "Task", run: "Run") -> None:
        """Send a task."""
        self._wait_until_ready()
        self.index, self.task = index, task
        self.deadline = time.monotonic() + run.time_limit
        with contextlib.suppress(OSError):  # it died: `result` will say so
            self.connection.send((task, run, self.jobs))

    def _wait_until_ready(self) -> None:
        """Its imports are not on the first task's clock."""
        if not self.ready:
            with contextlib.suppress(EOFError, OSError):  # it died: `result` will say so
                self.connection.recv_bytes()
            self.ready = True

    def result(self) -> "Judgement":
        """Return the judgement of the task it was sent; UNDECIDED if the process died over it."""
        from verify.verdict import Judgement, Verdict

        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            assert self.task is not None
            reason = f"its process died with exit code {self.process.exitcode}"
            return Judgement(self.task.claim, Verdict.UNDECIDED, reason, ())

    def give_up(self, run: "Run") -> "Judgement":
        """Kill the process over its task, which is UNDECIDED for taking too long."""
        from verify.verdict import Judgement, Verdict

        self._end()
        assert self.task is not None
        reason = f"no verdict within {run.time_limit:g} s: make its instances smaller or its margin faster"
        return Judgement(self.task.claim, Verdict.UNDECIDED, reason, (), seconds=run.time_limit)

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._end()
        self.connection.close()

    def _end(self) -> None:
        """Terminate, so that it takes its helpers along; kill what does not obey."""
        self.process.terminate()
        self.process.join(GRACE)
        self.process.kill()
        self.process.join()


def serve(connection: Connection, parent: int) -> None:
    """Judge tasks from the connection until it closes; Ctrl-C is the parent's business."""
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    with contextlib.suppress(OSError):  # what a claim writes past Python must not mix with results
        os.dup2(2, 1)
    importlib.import_module("verify.running.judging")
    with contextlib.suppress(OSError):  # the parent may be gone by now
        connection.send_bytes(b"ready")
    while True:
        try:
            task, run, jobs = connection.recv()
            connection.send_bytes(_judged(task, run, jobs))
        except (EOFError, OSError, KeyboardInterrupt):  # the parent has gone, or has given the task up
            return


def _judged(task: "Task", run: "Run", jobs: int) -> bytes:
    """Return the pickled judgement, or one saying why it cannot be pickled."""
    from multiprocessing.reduction import ForkingPickler

    from verify.running.failure import describe
    from verify.running.judging import judge_task
    from verify.verdict import Judgement, Verdict

    judgement = judge_task(task, run, jobs)
    try:
        return bytes(ForkingPickler.dumps(judgement))
    except Exception as error:
        reason = f"its evidence cannot leave the worker: {describe(error)}"
        return bytes(ForkingPickler.dumps(Judgement(task.claim, Verdict.UNDECIDED, reason, ())))
