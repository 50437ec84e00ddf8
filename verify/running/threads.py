"""One thread of linear algebra in every process, and standard output kept for results."""

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Read when NumPy is imported, and when Numba is."""


@contextmanager
def quietly() -> Generator[None]:
    """Send what a claim prints to standard error, and give linear algebra one thread.

    So results do not depend on how many processes share the machine.
    """
    from threadpoolctl import threadpool_limits

    importlib.import_module("scipy.linalg")  # loads SciPy's own BLAS, which the limit would miss
    with redirect_stdout(sys.stderr), threadpool_limits(limits=1):
        yield
