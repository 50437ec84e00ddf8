import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import rankcollapse
from verify.command_line import main

CLAIMS = """
import time
from hypothesis import strategies as st
from verify.claim import Claim
from verify.margin import Margin

def draw(generator):
    return {"x": float(generator.uniform(0, 1))}

def below_ten(instance):
    return Margin.at_least(10, float(instance["x"]))

def integers():
    return st.fixed_dictionaries({"x": st.integers(0, 10_000)})

def slow(instance):
    time.sleep(60)

shared = {"title": "t", "statement": "x < 10", "source": "me", "quick_samples": 20}
HOLDS = Claim(id="mine/holds", margin=below_ten, sampler=draw, **shared)
INFINITE = Claim(id="mine/infinite", margin=lambda i: Margin(float("inf"), 0.0), sampler=draw, **shared)
FAILS = Claim(id="mine/fails", margin=below_ten, instances=integers, **shared)
KNOWN = Claim(id="mine/known", margin=below_ten, witness={"x": 12}, expected="REFUTED", **shared)
SLOW = Claim(id="mine/slow", margin=slow, sampler=draw, **shared)
"""

COMMAND = [sys.executable, "-m", "rankcollapse"]


@pytest.fixture
def claim_file(tmp_path: Path) -> Path:
    path = tmp_path / "my_claims.py"
    path.write_text(CLAIMS)
    return path


@pytest.fixture
def environment() -> dict[str, str]:
    """Return the environment in which a command started elsewhere finds the package that the tests see."""
    return {**os.environ, "PYTHONPATH": str(Path(rankcollapse.__file__).parent)}


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a process of its own, in another folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )

    return run


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """Run the command in this process."""

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run
