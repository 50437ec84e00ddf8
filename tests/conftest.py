"""Test-wide settings: Hypothesis profiles, one BLAS thread, deterministic in CI."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from threadpoolctl import threadpool_limits

hypothesis.settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True)
hypothesis.settings.register_profile("full", max_examples=2_000, deadline=None, derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread() -> Iterator[None]:
    """Results must not depend on the machine's number of cores."""
    with threadpool_limits(1):
        yield
