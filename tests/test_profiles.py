"""The Hypothesis profiles are what conftest and Makefile say they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")

FAILING = """
import os
from hypothesis import given, strategies as st

@given(st.integers(0, 10**9))
def test_small(number):
    with open(os.environ["TRIED"], "a") as file:
        print(number, file=file)
    assert number < 1_000
"""

SHOW = """
import json, runpy, sys
from hypothesis import settings
runpy.run_path(sys.argv[1])
now = settings()
print(json.dumps({"examples": now.max_examples, "derandomize": now.derandomize, "deadline": now.deadline,
                  "stored": None if now.database is None else str(now.database.path)}))
"""


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "HYPOTHESIS_PROFILE"}
    return {**kept, **more}


def settings_of(**variables: str) -> dict[str, Any]:
    command = [sys.executable, "-c", SHOW, str(CONFTEST)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(**variables))
    return json.loads(done.stdout)


def tried(folder: Path, profile: str) -> list[int]:
    """Run the failing test under a profile; the numbers that it was asked about, in order."""
    log = folder / "tried.txt"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "tests"],
        cwd=folder,
        env=environment(HYPOTHESIS_PROFILE=profile, TRIED=str(log)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return [int(line) for line in log.read_text().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of one failing test under this project's conftest."""
    (tmp_path / "tests").mkdir()
    shutil.copy(CONFTEST, tmp_path / "tests")
    (tmp_path / "tests" / "test_small.py").write_text(FAILING)
    return tmp_path


@pytest.mark.parametrize("variables", [{}, {"HYPOTHESIS_PROFILE": "quick"}, {"CI": "1"}])
def test_quick_is_the_default_and_repeats_itself(variables: dict[str, str]) -> None:
    expected = {"examples": 60, "derandomize": True, "deadline": None, "stored": None}
    assert settings_of(**variables) == expected


@pytest.mark.parametrize("variables", [{}, {"CI": "1"}])
def test_full_has_more_examples_and_stores_failures_in_ci_too(variables: dict[str, str]) -> None:
    stored = str(CONFTEST.parents[1] / ".hypothesis" / "examples")
    expected = {"examples": 2_000, "derandomize": False, "deadline": None, "stored": stored}
    assert settings_of(HYPOTHESIS_PROFILE="full", **variables) == expected


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        settings_of(HYPOTHESIS_PROFILE="quikc")
    assert "quikc" in caught.value.stderr


def test_quick_tries_the_same_examples_and_leaves_nothing(folder: Path) -> None:
    first = tried(folder, "quick")
    assert len(first) > 1
    assert tried(folder, "quick") == first
    assert not (folder / ".hypothesis" / "examples").exists()


def test_full_replays_a_stored_failure_first(folder: Path) -> None:
    assert tried(folder, "full")[0] < 1_000  # Hypothesis begins with the simplest example
    assert any((folder / ".hypothesis" / "examples").rglob("*"))
    assert tried(folder, "full")[0] == 1_000  # the one to which it shrank the failure


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(("target", "profile"), [("test", "quick"), ("test-full", "full")])
def test_make_chooses_the_profile(target: str, profile: str) -> None:
    printed = subprocess.run(
        ["make", "-n", target], check=True, capture_output=True, text=True, cwd=CONFTEST.parents[1]
    ).stdout
    (line,) = [line for line in printed.splitlines() if "-m pytest" in line]
    assert line.startswith(f"HYPOTHESIS_PROFILE={profile} ")
    assert ('-m "not full"' in line) == (profile == "quick")
