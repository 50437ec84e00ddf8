"""Many descents at once: seeds × hyper-parameters, one thread each, one BLAS thread inside.

Kernels release the interpreter's lock, so threads do; every descent is the one it would be alone, digit for
digit, whatever the number of threads.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from numerics.descent.threads import available_threads, one_blas_thread
from theory.errors import InvalidProblemError

Result = TypeVar("Result")


def in_parallel(descents: Sequence[Callable[[], Result]], *, threads: int | None = None) -> list[Result]:
    """Run descents given as functions without arguments; return their results in the same order.

    Parameters
    ----------
    descents
        For instance `partial(descend_cross_entropy, start, labels, decay, step=0.1, max_steps=100)`.
    threads
        How many run at once; as many as BLAS may use if left out.

    Raises
    ------
    InvalidProblemError
        If `threads` is below 1. An error in a descent is raised here; those not begun are dropped.

    Examples
    --------
    >>> import numpy as np
    >>> from functools import partial
    >>> from numerics.descent.linear_chain import descend_cross_entropy
    >>> start = [np.eye(2), np.eye(2)]
    >>> runs = [
    ...     partial(descend_cross_entropy, start, [0, 1], decay, step=1.0, max_steps=5000)
    ...     for decay in (0.1, 0.6)
    ... ]
    >>> [descent.status for descent in in_parallel(runs)]
    ['stationary', 'stationary']
    """
    count = available_threads() if threads is None else threads
    if count < 1:
        raise InvalidProblemError(f"threads {count} must be at least 1")
    with one_blas_thread():
        if count == 1:
            return [descent() for descent in descents]
        with ThreadPoolExecutor(count) as pool:
            tasks = [pool.submit(descent) for descent in descents]
            try:
                return [task.result() for task in tasks]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
