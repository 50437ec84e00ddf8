"""Processes that share the random sample of one claim; joblib's, one BLAS thread each.

They only ever save time: from the first chunk that they cannot judge — the claim raises, dies, cannot be
loaded twice — the caller goes on alone, so that whatever is wrong shows there as it does without them.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING

from verify.claim import Run
from verify.running.task import Task
from verify.running.threads import THREAD_VARIABLES, end_with
from verify.search.batch import judge_chunk

if TYPE_CHECKING:
    from verify.search.tally import Tally

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What no claim can ignore; Windows has one such signal only."""
IDLE = 30
"""Seconds after which a helper without work ends by itself."""


@dataclass(frozen=True)
class Helpers:
    """`count` processes that load the task's claim by themselves."""

    task: Task
    count: int

    def __call__(self, run: Run, chunks: Sequence[tuple[int, int]]) -> "Generator[Tally]":
        """Yield tallies in the order of the chunks, up to the first that could not be judged.

        All processes have ended when the generator has, even if it is closed early or by SIGTERM.
        """
        from joblib.externals.loky import ProcessPoolExecutor

        alone = replace(run, helpers=None)
        pool, finished = None, False
        with _ending_with_this_process() as kill:
            try:
                with suppress(Exception):  # a process died, or none could be started
                    pool = ProcessPoolExecutor(
                        self.count,
                        timeout=IDLE,
                        env=dict.fromkeys(THREAD_VARIABLES, "1"),
                        initializer=_get_ready,
                        initargs=(self.task, os.getpid()),
                    )
                    for future in [pool.submit(_tally, self.task, alone, *chunk) for chunk in chunks]:
                        tally = future.result()
                        if tally is None:
                            return
                        yield tally
                    finished = True
            finally:
                if not finished:
                    kill()
                if pool is not None:
                    pool.shutdown(wait=True)


def _get_ready(task: Task, parent: int) -> None:
    """In a new helper: keep standard output for results, load the claim, and spare it the garbage search.

    joblib's processes search every second; with SymPy loaded that took a tenth of their time.
    """
    sys.stdout = sys.stderr
    end_with(parent)
    with suppress(Exception, SystemExit):  # `_tally` will meet it again
        task.load()
    gc.freeze()


def _tally(task: Task, run: Run, number: int, size: int) -> "Tally | None":
    """In a helper: the tally of a chunk, or None whatever goes wrong."""
    try:
        return judge_chunk(task.load(), run, number, size)
    except (Exception, SystemExit):
        return None


@contextmanager
def _ending_with_this_process() -> Generator[Callable[[], None]]:
    """Yield what kills the child processes started since; SIGTERM does, and goes on as if by Ctrl-C."""
    before = set(multiprocessing.active_children())

    def kill() -> None:
        for child in set(multiprocessing.active_children()) - before:
            assert child.pid is not None  # it has been started
            with suppress(ProcessLookupError):
                os.kill(child.pid, KILL)

    def end(number: int, frame: FrameType | None) -> None:
        kill()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield kill
        return
    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield kill
    finally:
        signal.signal(signal.SIGTERM, previous)
