"""What every process of a run does: algebra in one thread, results alone on standard output, no orphans."""

import importlib
import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Read when NumPy is imported, and when Numba is."""


def end_with(parent: int) -> None:
    """Let this process outlive no parent that was killed and so could not end it, whatever it is doing."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def quietly() -> Generator[None]:
    """Send what a claim prints to standard error, and give linear algebra one thread.

    So results do not depend on how many processes share the machine.
    """
    from threadpoolctl import threadpool_limits

    importlib.import_module("scipy.linalg")  # loads SciPy's own BLAS, which the limit would miss
    with redirect_stdout(sys.stderr), threadpool_limits(limits=1):
        yield
