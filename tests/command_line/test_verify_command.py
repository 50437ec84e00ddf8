import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Shell = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Result]
ID = "chain/cost-of-a-product"
CHANGING = """
from pathlib import Path
from verify.claim import Claim
from verify.margin import Margin

def change(instance):
    if "ENDING" == "gone":
        Path(__file__).unlink(missing_ok=True)
    else:
        Path(__file__).write_text("half (")
    return Margin(1.0, 0.0)

shared = {"title": "t", "statement": "s", "source": "me", "quick_samples": 2}
CLAIM = Claim(id="mine/changes", margin=change, sampler=lambda generator: {"x": 1.0}, **shared)
"""
BEATING = """
import time
from pathlib import Path
from verify.claim import Claim

def beat(instance):
    while True:
        Path("beat").touch()
        time.sleep(0.05)

CLAIM = Claim(id="mine/beats", title="t", statement="s", source="me", sampler=lambda g: {"x": 1}, margin=beat)
"""
BROKEN_ROOM = """
import sys

class Breaks:
    def find_spec(self, name, path=None, target=None):
        if name == "verify.claims.chain.unequal_decays":
            raise ImportError("half written")

sys.meta_path.insert(0, Breaks())
"""
EVIDENCE = {"kind", "instances", "worst_margin", "tightness", "seed", "seconds"}


def no_constant(word: str) -> Any:
    raise AssertionError(f"{word} in JSON")


def parsed(text: str) -> Any:
    return json.loads(text, parse_constant=no_constant)


def timeless(text: str) -> Any:
    """Return the parsed output without the clock."""
    judged = parsed(text)
    for claim in judged:
        for item in claim["evidence"]:
            del item["seconds"]
    return judged


def test_a_ledger_claim_as_a_process(shell: Shell) -> None:
    done = shell("verify", ID, ID, "--json")
    assert done.returncode == 0
    (claim,) = parsed(done.stdout)
    assert set(claim) >= {"id", "source", "verdict", "expected", "evidence", "witness"}
    assert (claim["id"], claim["verdict"], claim["expected"]) == (ID, "PROVED", "PROVED")
    assert all(set(item) >= EVIDENCE for item in claim["evidence"])
    assert done.stderr.startswith(f"[1/1] {ID} PROVED ")


def test_a_file_of_ones_own_whatever_jobs(claim_file: Path, shell: Shell) -> None:
    chosen = ["verify", "mine/fails", "mine/holds", "mine/infinite", "--from", claim_file.name, "--json"]
    one, two = shell(*chosen, "--jobs", "1"), shell(*chosen, "--jobs", "2")
    assert one.returncode == two.returncode == 1
    assert timeless(one.stdout) == timeless(two.stdout)
    fails, holds, infinite = parsed(one.stdout)
    assert (fails["verdict"], fails["expected"], fails["witness"]) == ("REFUTED", None, {"x": 11})
    assert (holds["verdict"], holds["source"]) == ("SUPPORTED", "me")
    assert infinite["evidence"][0]["worst_margin"] is None
    assert not list(claim_file.parent.glob("**/__pycache__"))


@pytest.mark.parametrize(("claim", "code"), [("mine/holds", 0), ("mine/fails", 1), ("mine/known", 0)])
def test_exit_codes_of_ones_own_claims(claim: str, code: int, claim_file: Path, invoke: Invoke) -> None:
    result = invoke("verify", claim, "--from", str(claim_file))
    assert result.exit_code == code
    assert claim in result.stdout
    assert result.stderr.startswith(f"[1/1] {claim} ")


def test_several_claims_end_with_the_number_of_instances(claim_file: Path, invoke: Invoke) -> None:
    chosen = ["mine/holds", "mine/fails", "mine/known", "--from", str(claim_file)]
    judged = parsed(invoke("verify", *chosen, "--json").stdout)
    evidence = [item for claim in judged for item in claim["evidence"]]
    total = sum(item["instances"] for item in evidence if item["kind"] in ("sampling", "search"))
    assert total > 20 < sum(item["instances"] for item in evidence)
    last = invoke("verify", *chosen).stdout.splitlines()[-1]
    assert last == f"{total:,} instances judged in 3 claims"
    assert "judged in" not in invoke("verify", *chosen[:1], *chosen[3:]).stdout


def test_an_unknown_claim_of_a_file(claim_file: Path, invoke: Invoke) -> None:
    result = invoke("verify", "mine/hold", "--from", str(claim_file))
    assert result.exit_code == 2
    assert "has no claim 'mine/hold': it has mine/holds" in result.stderr


def test_report_witness_and_replay(claim_file: Path, invoke: Invoke, tmp_path: Path) -> None:
    report = tmp_path / "new" / "report"
    chosen = ["mine/fails", "mine/holds", "mine/known"]
    result = invoke("verify", *chosen, "--from", str(claim_file), "--report", str(report), "--json")
    assert result.exit_code == 1
    assert len(parsed(result.stdout)) == 3
    path = report / "witnesses" / "mine--fails.json"
    assert f"rankcollapse verify --replay {path}" in result.stderr
    assert sorted(file.name for file in path.parent.iterdir()) == ["mine--fails.json", "mine--known.json"]
    assert (report / "index.html").is_file()

    source = ("--from", str(claim_file))
    again = invoke("verify", "--replay", str(path), *source)
    assert again.exit_code == 1
    assert "REFUTED" in again.stdout
    assert "x=11: margin -1" in again.stdout
    (claim,) = parsed(invoke("verify", "--replay", str(path), *source, "--json").stdout)
    assert (claim["verdict"], claim["witness"]) == ("REFUTED", {"x": 11})
    assert invoke("verify", "--replay", str(path.with_name("mine--known.json")), *source).exit_code == 0

    moved = claim_file.rename(tmp_path / "moved.py")
    unnamed = invoke("verify", "--replay", str(path))
    assert unnamed.exit_code == 2
    assert "name that file with --from" in unnamed.stderr
    assert invoke("verify", "--replay", str(path), "--from", str(moved)).exit_code == 1


@pytest.mark.parametrize("ending", ["gone", "broken"])
def test_a_file_that_is_lost_during_the_run_loses_no_verdict(
    ending: str, invoke: Invoke, tmp_path: Path
) -> None:
    """The claim itself does it, so that it is done between the first load and the table."""
    path = tmp_path / "changing.py"
    text = CHANGING.replace("ENDING", ending)
    path.write_text(text)
    result = invoke("verify", "--from", str(path), "--report", str(tmp_path / "report"), "--jobs", "1")
    assert result.exit_code == 0
    assert "mine/changes  cannot be loaded  SUPPORTED" in result.stdout
    assert "changing.py changed during the run" in result.stderr


def test_a_claim_of_the_ledger_that_cannot_be_imported_costs_no_other_its_verdict(
    shell: Shell, environment: dict[str, str], tmp_path: Path
) -> None:
    """A stand-in for a room that is being edited: the module is named by the ledger and raises."""
    (tmp_path / "sitecustomize.py").write_text(BROKEN_ROOM)
    environment["PYTHONPATH"] += os.pathsep + str(tmp_path)
    result = shell("verify", "chain/unequal-decays", ID, "--json")
    assert result.returncode == 1, result.stderr
    broken, whole = parsed(result.stdout)
    assert (broken["verdict"], broken["expected"], broken["source"]) == (
        "UNDECIDED",
        "PROVED",
        "cannot be loaded",
    )
    assert broken["reason"].startswith("raised ImportError: half written")
    assert whole["verdict"] == whole["expected"]


def test_a_worker_does_not_outlive_a_command_that_was_killed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    path, beat = tmp_path / "beating.py", tmp_path / "beat"
    path.write_text(BEATING)
    process = subprocess.Popen(
        [sys.executable, "-m", "rankcollapse", "verify", "--from", path.name],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 60
    while not beat.exists():
        assert time.monotonic() < limit
        time.sleep(0.1)
    process.kill()
    process.wait()
    last = -1
    while last != (last := beat.stat().st_mtime_ns):
        assert time.monotonic() < limit
        time.sleep(1.0)


def test_replaying_a_ledger_claim_that_holds(invoke: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "witness.json"
    path.write_text(json.dumps({"claim": ID, "from": None, "instance": {"chain": [[[2]], [[1]]]}, "seed": 0}))
    result = invoke("verify", "--replay", str(path))
    assert result.exit_code == 0
    assert "SUPPORTED" in result.stdout
    path.write_text(path.read_text().replace("product", "nothing"))
    assert invoke("verify", "--replay", str(path)).exit_code == 2


def heed_interrupts() -> None:
    """A process started in the background of a shell inherits SIGINT as ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupting_prints_what_is_done(jobs: str, claim_file: Path, environment: dict[str, str]) -> None:
    chosen = ["mine/holds", "mine/slow", "--from", str(claim_file), "--jobs", jobs, "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rankcollapse", "verify", *chosen],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("[1/2] mine/holds SUPPORTED")
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert [claim["id"] for claim in parsed(output)] == ["mine/holds"]
    assert errors == "interrupted: 1 of 2 claims judged\n"
