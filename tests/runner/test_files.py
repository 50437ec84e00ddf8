import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from theory.errors import UsageError
from verify.running.files import json_text, require_writable, write_atomically


def test_json_has_no_nan_and_keeps_fractions() -> None:
    value = {"a": math.nan, "b": (math.inf, -0.1), "c": Fraction(1, 3), "d": object}
    assert json.loads(json_text(value)) == {"a": None, "b": [None, -0.1], "c": "1/3", "d": str(object)}


def test_writing_replaces_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    for text in ("first", "second"):
        write_atomically(path, text)
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("below", ["", "inner", "inner/deeper"])
def test_a_folder_under_a_file_is_refused(below: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(UsageError, match="is not a directory"):
        require_writable(file / below)
    with pytest.raises(UsageError, match="cannot write"):
        write_atomically(file / below / "x.json", "text")
    assert file.read_text() == "kept"


def test_asking_for_a_folder_makes_nothing(tmp_path: Path) -> None:
    require_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
