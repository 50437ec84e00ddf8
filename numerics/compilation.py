"""One typed wrapper for Numba, and a cache folder that notices every change of a kernel.

Numba's own cache looks only at the file of the function it stores: a changed callee in another file
goes unseen. So the folder's name is a fingerprint of all kernel sources, of Numba and of the processor.

`python -m numerics` compiles every kernel into it.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import llvmlite.binding
import numba
from numba.core import config
from numba.extending import intrinsic

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

OPTIONS: Final[dict[str, Any]] = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}

PACKAGE: Final = Path(__file__).parent


def fingerprint(sources: Iterable[Path]) -> str:
    """Return a name that changes with the text of any source, with Numba and with the processor.

    Examples
    --------
    >>> len(fingerprint([]))
    16
    """
    digest = hashlib.sha256()
    digest.update(f"{numba.__version__}\0{_processor()}\0{platform.python_version()}\0".encode())
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_folder(environment: Mapping[str, str], name: str) -> Path:
    """Return a writable folder of that name for compiled kernels, created if need be.

    In this order: below NUMBA_CACHE_DIR when the user set it, below `rankcollapse` in the user's cache
    folder (XDG_CACHE_HOME is respected), below the folder for temporary files.

    Examples
    --------
    >>> cache_folder({"NUMBA_CACHE_DIR": tempfile.gettempdir()}, "example").name
    'example'
    """
    for base in _candidate_bases(environment):
        if _is_writable(base / name):
            return base / name
    return Path(tempfile.mkdtemp(prefix="rankcollapse-")) / name


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function with Numba, cached on disk; its type stays the same.

    Nothing is reordered, so a kernel gives the same digits however it is called; only a product and the
    sum it goes into may be rounded once instead of twice. Kernels release the interpreter's lock.

    Examples
    --------
    >>> import numpy as np
    >>> from numerics.descent.fit import squared_loss  # decorated with @kernel
    >>> squared_loss(np.ones((1, 2)), np.zeros((1, 2)), np.zeros((1, 2)), False)
    0.5
    """
    before = config.CACHE_DIR  # pyright: ignore[reportAttributeAccessIssue]
    config.CACHE_DIR = str(_folder_of_this_process())  # pyright: ignore[reportAttributeAccessIssue]
    try:
        # Numba reads the folder while decorating, so other users of Numba keep theirs.
        compiled = numba.njit(cache=True, **OPTIONS)(function)
    finally:
        config.CACHE_DIR = before  # pyright: ignore[reportAttributeAccessIssue]
    return cast(Callable[Parameters, Result], compiled)


def part_of_kernels(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function into each of its callers: for small ones that take many arguments.

    Only kernels may call it (from Python it would crash), and it is stored with them. Long loops are
    better off in a `kernel` of their own: among many arrays the compiler gives up on them.
    """
    options: dict[str, Any] = {**OPTIONS, "forceinline": True, "no_cpython_wrapper": True}
    compiled = cast(Any, numba.njit)(**options)(function)
    return cast(Callable[Parameters, Result], compiled)


def instruction(generate: Callable[..., Any]) -> Any:
    """Make an instruction for kernels of a function that types and generates it (Numba's intrinsic)."""
    return intrinsic(generate)


def kernel_sources() -> list[Path]:
    """Return this file and all that compile something or generate code: others change no kernel.

    Examples
    --------
    >>> {"fit.py", "tiles.py"} <= {source.name for source in kernel_sources()}
    True
    """
    marked = [path for path in PACKAGE.rglob("*.py") if b"numerics.compilation" in path.read_bytes()]
    return [Path(__file__), *marked]


@cache
def _folder_of_this_process() -> Path:
    return cache_folder(os.environ, fingerprint(kernel_sources()))


def _candidate_bases(environment: Mapping[str, str]) -> Iterable[Path]:
    if environment.get("NUMBA_CACHE_DIR"):
        yield Path(environment["NUMBA_CACHE_DIR"])
    elif environment.get("XDG_CACHE_HOME"):
        yield Path(environment["XDG_CACHE_HOME"]) / "rankcollapse"
    elif environment.get("LOCALAPPDATA"):
        yield Path(environment["LOCALAPPDATA"]) / "rankcollapse"
    elif environment.get("HOME"):
        yield Path(environment["HOME"]) / ".cache" / "rankcollapse"
    # The user's id keeps one user's compiled code out of another's reach.
    yield Path(tempfile.gettempdir()) / f"rankcollapse-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _processor() -> str:
    return str(llvmlite.binding.get_host_cpu_name())
