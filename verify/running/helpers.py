"""Processes that share the random sample of one claim; joblib's, one BLAS thread each.

They only ever save time: from the first chunk that they cannot judge — the claim raises, dies, cannot be
loaded twice — the caller goes on alone, so that whatever is wrong shows there as it does without them.
"""

import multiprocessing
import signal
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING

from verify.claim import Run
from verify.running.task import Task, quietly
from verify.running.workers import THREAD_VARIABLES
from verify.search.batch import judge_chunk

if TYPE_CHECKING:
    from verify.search.batch import Tally

IDLE = 30
"""Seconds after which a helper without work or parent ends by itself."""


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
        finished = False
        with _ending_with_this_process():
            pool = ProcessPoolExecutor(self.count, timeout=IDLE, env=dict.fromkeys(THREAD_VARIABLES, "1"))
            try:
                for future in [pool.submit(_tally, self.task, alone, *chunk) for chunk in chunks]:
                    tally = future.result()
                    if tally is None:
                        return
                    yield tally
                finished = True
            except Exception:  # a process died, or none could be started
                return
            finally:
                pool.shutdown(wait=True, kill_workers=not finished)


def _tally(task: Task, run: Run, number: int, size: int) -> "Tally | None":
    """In a helper: the tally of a chunk, or None whatever goes wrong."""
    try:
        with quietly():
            return judge_chunk(task.load(), run, number, size)
    except (Exception, SystemExit):
        return None


@contextmanager
def _ending_with_this_process() -> Generator[None]:
    """On SIGTERM, kill the child processes and go on as if by Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        for child in multiprocessing.active_children():
            child.kill()
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
