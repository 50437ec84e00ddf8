"""Test-wide settings: Hypothesis profiles, one BLAS thread, deterministic in CI.

`quick` (`make test`, and plain pytest): the same examples in every run, nothing stored.
`full` (`make test-full`): other and many more examples in every run. A failing one is stored in the folder
`.hypothesis/examples` and comes first in later runs until it passes: a nightly job should keep that folder.
The variable HYPOTHESIS_PROFILE chooses; `pytest --hypothesis-profile` has the last word.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis.database import DirectoryBasedExampleDatabase
from threadpoolctl import threadpool_limits

STORED = Path(__file__).resolve().parents[1] / ".hypothesis" / "examples"
PLAIN = hypothesis.settings.get_profile("default")  # whatever Hypothesis would choose for CI by itself

hypothesis.settings.register_profile(
    "quick",
    parent=PLAIN,
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
)
hypothesis.settings.register_profile(
    "full",
    parent=PLAIN,
    max_examples=2_000,
    deadline=None,
    derandomize=False,
    database=DirectoryBasedExampleDatabase(STORED),
    print_blob=True,
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread() -> Iterator[None]:
    """Results must not depend on the machine's number of cores."""
    with threadpool_limits(1):
        yield
