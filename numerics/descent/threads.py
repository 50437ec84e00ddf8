"""One BLAS thread inside every descent: instances, or blocks of samples, share the processors instead."""

import os
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

from numerics.descent import products

_lock = threading.Lock()
_inside = 0
_limit = ExitStack()


@contextmanager
def one_blas_thread() -> Generator[None]:
    """Keep BLAS to one thread until the last of the descents under way in this process has ended.

    More threads would be slower at these sizes, and would let results depend on their number.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    global _inside
    with _lock:
        if _inside == 0:
            _limit.enter_context(_controller().limit(limits=1))
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limit.close()


def available_threads() -> int:
    """Return how many threads may run at once: as many as BLAS may use now, and there are processors.

    So `threadpoolctl.threadpool_limits`, or the variables that BLAS reads, limit descents as well; and a
    descent inside another has one.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(min([processors, *(pool["num_threads"] for pool in _controller().info())]), 1)


@cache
def _controller() -> ThreadpoolController:
    assert products.REAL, "loads the BLAS that is to be limited"
    return ThreadpoolController().select(user_api="blas")
