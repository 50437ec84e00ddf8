"""Hypothesis without its surroundings: the same draws whatever is loaded, and no trace left behind.

Hypothesis mixes constants found in every loaded local module into its draws, so the same seed would find
another witness when other claims happen to be loaded; and it writes to a folder in the current directory.
"""

import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from hypothesis import configuration
from hypothesis.internal.conjecture import providers


@contextmanager
def isolated() -> Generator[None]:
    """Draw without local constants, keep files in the temporary folder, restore both afterwards."""
    internals, settings = cast(Any, providers), cast(Any, configuration)
    constants = internals._get_local_constants
    home = settings.__dict__["__hypothesis_home_directory"]
    internals._get_local_constants = internals.Constants
    configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "rankcollapse-hypothesis")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        internals._get_local_constants = constants
        configuration.set_hypothesis_home_dir(home)
