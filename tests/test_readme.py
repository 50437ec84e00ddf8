"""The programs of the README print what it says they print."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, flags=re.DOTALL)
NUMBER = re.compile(r"\d+\.\d+")
LAST_DIGITS = 0.011
"""Training ends near a point, not on it."""


def test_the_programs_are_there() -> None:
    assert [bool(re.search("rank_bound", program)) for program, _ in PROGRAMS[:2]] == [True, False]


@pytest.mark.parametrize(
    "index", [pytest.param(0, marks=pytest.mark.full, id="network"), pytest.param(1, id="cost")]
)
def test_a_program_prints_what_the_readme_says(index: int) -> None:
    program, printed = PROGRAMS[index]
    out = io.StringIO()
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(out):
        exec(compile(program, "README.md", "exec"), names)
    assert NUMBER.sub("#", out.getvalue()) == NUMBER.sub("#", printed)
    for found, told in zip(NUMBER.findall(out.getvalue()), NUMBER.findall(printed), strict=True):
        assert abs(float(found) - float(told)) <= LAST_DIGITS
