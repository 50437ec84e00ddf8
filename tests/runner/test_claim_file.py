import os
import signal
import sys
from pathlib import Path

import pytest

from theory.errors import InvalidClaimError, RankCollapseError, UsageError
from verify.ledger import LEDGER
from verify.running import claim_file as claim_file_module
from verify.running.claim_file import load_file

HEAD = "from verify.claim import Claim\n"
ONE = "ONE = Claim(id='mine/one', title='t', statement='s', source='me')\n"

REFUSED = {
    "no claims": ("x = 1\n", "defines no claims"),
    "syntax": ("x = 1\ny = = 2\n", r"bad\.py:2: syntax error: invalid syntax"),
    "raises": ("x = 1\nundefined\n", r"raised NameError: .* \(bad\.py:2\)"),
    "exits": ("raise SystemExit(3)\n", "raised SystemExit: 3"),
    "twice": (HEAD + ONE + ONE.replace("ONE", "TWO"), "defines claim 'mine/one' twice"),
    "malformed id": (HEAD + ONE.replace("mine/one", "Mine"), r"id 'Mine' is malformed.*\(bad\.py:2\)"),
    "unknown verdict": (HEAD + ONE.replace("'me'", "'me', expected='TRUE'"), "expects 'TRUE'"),
    "ledger": (HEAD + ONE.replace("mine/one", LEDGER[0].id), "which the ledger has"),
    "null byte": ("x = '\0'\n", "null bytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, message = REFUSED[name]
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(InvalidClaimError, match=message) as caught:
        load_file(path)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm")
def test_a_file_that_hangs_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_file_module, "LOADING", 0.2)
    path = tmp_path / "endless.py"
    path.write_text("while True:\n    pass\n")
    with pytest.raises(InvalidClaimError, match=r"raised TimeoutError: not done within 0\.2 s"):
        load_file(path)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    path.write_text(HEAD + ONE)
    assert len(load_file(path)) == 1


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "absent.py", "does not exist"), (tmp_path, "not a regular file")):
        with pytest.raises(UsageError, match=message):
            load_file(path)
    assert issubclass(UsageError, RankCollapseError)


def test_loading_leaves_no_trace_and_sees_every_change(claim_file: Path) -> None:
    before = list(sys.path)
    claims = load_file(str(claim_file))
    assert claims[0].id == "mine/holds"
    assert len(claims) == 6
    assert sys.path == before
    assert os.listdir(claim_file.parent) == [claim_file.name]
    claim_file.write_text(HEAD + ONE)
    assert [claim.id for claim in load_file(claim_file)] == ["mine/one"]


def test_a_claim_bound_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "again.py"
    path.write_text(HEAD + ONE + "ALL = (ONE, ONE)\nSAME = ONE\n")
    assert len(load_file(path)) == 1
