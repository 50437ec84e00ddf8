"""Files of proofs: written by a report, checked again by `verify --replay`, odd ones refused in a line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from proof_catalogue import CATALOGUE

from theory.errors import UsageError
from verify import ledger
from verify.claim import Claim
from verify.command_line import main
from verify.proof.stored import plain
from verify.proof_file import FORMAT, holds_proofs, read, save

ID = "chain/unequal-decays"


def replay(path: Path, *options: str) -> Result:
    result = CliRunner().invoke(main, ["verify", "--replay", str(path), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def claim(**changes: Any) -> Claim:
    fields: dict[str, Any] = {"id": "mine/catalogue", "title": "t", "statement": "s", "source": "me"}
    fields["proofs"] = (CATALOGUE["squares"],)
    return Claim(**{**fields, **changes})


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The proofs of a claim of the ledger."""
    path = tmp_path / "proofs.json"
    save(ledger.load(ID), path)
    return path


def changed(path: Path, **content: Any) -> Path:
    path.write_text(json.dumps({**json.loads(path.read_text()), **content}))
    return path


def test_the_ledgers_proofs_are_known_as_such(stored: Path) -> None:
    assert holds_proofs(stored)
    result = replay(stored)
    assert result.exit_code == 0
    assert "PROVED" in result.stdout
    assert "the proofs of the ledger's claim" in result.stdout
    assert "∎" in result.stdout
    (judged,) = json.loads(replay(stored, "--json").stdout)
    assert (judged["id"], judged["verdict"], judged["expected"], judged["witness"]) == (
        ID,
        "PROVED",
        None,
        None,
    )
    read_again = [plain(proof) for proof in ledger.load(ID).proofs]
    goals = [[str(step.fact) for step in proof.steps if step.name in proof.goals] for proof in read_again]
    assert [proof["goals"] for proof in judged["proofs"]] == goals


@pytest.mark.parametrize(
    "lie",
    [
        {"claim": "mine/own"},
        {"claim": "landscape/stability"},
        {"source": "Riemann 1859"},
        {"statement": "P = NP"},
        {"certified_on": "K = 2"},
    ],
    ids=str,
)
def test_a_file_that_lends_itself_another_name_is_seen(stored: Path, lie: dict[str, str]) -> None:
    result = replay(changed(stored, **lie))
    assert result.exit_code == 0
    assert "what is proved is what the goals say" in result.stdout
    assert "the proofs of the ledger's claim" not in result.stdout.replace("not the proofs of the ledger", "")


def test_fewer_proofs_are_not_the_ledgers(tmp_path: Path) -> None:
    path = tmp_path / "proofs.json"
    save(ledger.load("chain/critical-points-are-balanced"), path)
    content = json.loads(path.read_text())
    result = replay(changed(path, proofs=content["proofs"][:1]))
    assert "not the proofs of the ledger's claim" in result.stdout


def test_a_broken_proof_exits_1(stored: Path) -> None:
    content = json.loads(stored.read_text())
    content["proofs"][0]["steps"].pop()
    result = replay(changed(stored, proofs=content["proofs"]))
    assert result.exit_code == 1
    assert "UNDECIDED" in result.stdout
    assert "the proof does not check" in result.stdout
    assert "∎" not in result.stdout
    (judged,) = json.loads(replay(stored, "--json").stdout)
    assert judged["verdict"] == "UNDECIDED"


def test_a_proof_that_rests_on_nothing_known_exits_1(tmp_path: Path) -> None:
    path = tmp_path / "proofs.json"
    save(claim(proofs=(replace(CATALOGUE["squares"], rests_on=("mine/unknown",)),)), path)
    result = replay(path)
    assert result.exit_code == 1
    assert "which the ledger does not have" in result.stdout


def test_citations_and_certificates_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "proofs.json"
    save(claim(proofs=(CATALOGUE["citation"], CATALOGUE["covering"])), path)
    result = replay(path)
    assert result.exit_code == 0
    assert "CERTIFIED" in result.stdout
    assert "given total ≥ x**2 (a theorem: the total is at least x²)" in result.stdout
    assert "2 boxes with slack ≥ 0.49" in result.stdout
    save(claim(certified_on="x = 1"), path)
    assert "CERTIFIED" in replay(path).stdout


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "null",
        '"rankcollapse proofs 1"',
        "{",
        '{"format": "rankcollapse proofs 1"}',
        '{"format": "rankcollapse proofs 2"}',
        '{"format": "rankcollapse proofs 1", "claim": 3}',
        '{"format": "rankcollapse proofs 1", "format": "rankcollapse proofs 1"}',
        "[" * 100_000,
        '{"format": "rankcollapse proofs 1", "x": ' + "9" * 5000 + "}",
        "\x00",
    ],
    ids=lambda text: text[:42] or "empty",
)
def test_what_is_no_file_of_proofs_exits_2(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    result = replay(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert replay(path, "--json").exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        {"format": "rankcollapse proofs 9"},
        {"format": None},
        {"proofs": []},
        {"proofs": {}},
        {"proofs": [None]},
        {"proofs": [{"format": "rankcollapse proof 1"}]},
        {"claim": None},
        {"source": "a\nb"},
        {"certified_on": 3},
        {"certified_on": "\x1b[2K"},
    ],
    ids=str,
)
def test_a_file_with_a_wrong_part_is_refused(stored: Path, content: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        read(changed(stored, **content))


def test_a_name_that_comes_twice_is_refused(stored: Path) -> None:
    text = stored.read_text()
    stored.write_text(text.replace('"title":', '"title": "another", "title":', 1))
    with pytest.raises(UsageError, match="comes twice"):
        read(stored)


def test_numbers_that_are_none_are_refused(stored: Path) -> None:
    content = json.loads(stored.read_text())
    for number in (float("nan"), float("inf"), 1.5):
        content["proofs"][0]["steps"][0]["statement"]["right"] = {"expression": number}
        with pytest.raises(UsageError):
            read(changed(stored, proofs=content["proofs"]))


def test_a_huge_file_is_not_read(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.proof_file.LARGEST", 10)
    result = replay(stored)
    assert result.exit_code == 2
    assert "larger than 10 bytes" in result.stderr


def test_proofs_need_no_claim_file(stored: Path, tmp_path: Path) -> None:
    result = replay(stored, "--from", str(tmp_path / "claims.py"))
    assert result.exit_code == 2
    assert "leave out --from" in result.stderr


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        assert not holds_proofs(path)
        assert replay(path).exit_code == 2
    assert FORMAT.endswith("1")
