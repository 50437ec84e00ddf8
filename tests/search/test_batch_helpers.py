"""Helpers share a sample without a trace: the same result, the same errors, and no process left."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from verify.claim import Run
from verify.running.helpers import Helpers
from verify.running.judging import judge_task
from verify.running.runner import run_claims
from verify.running.task import Task
from verify.running.threads import quietly
from verify.search import batch
from verify.search.batch import CHUNK, tallies
from verify.search.tally import together
from verify.verdict import Judgement, Verdict

COUNT = 5 * CHUNK + 3
LARGE = 0.9995
CLAIMS = f"""
import multiprocessing, os, signal, time
from verify.claim import Claim
from verify.margin import Margin

LARGE = {LARGE}
HERE = multiprocessing.current_process().name.startswith("Loky")


def make(name, margin, **more):
    shared = {{"title": "t", "statement": "s", "source": "me", "quick_samples": {COUNT}, **more}}
    draw = lambda generator: {{"x": float(generator.uniform()), "tiny": [float(generator.uniform()) ** 9]}}
    return Claim(id="mine/" + name, margin=margin, **{{"sampler": draw, **shared}})


def closure(power):
    return lambda i: Margin.at_least(i["x"], i["x"] ** power, error=1e-12)


def raises(i):
    if i["x"] > LARGE:
        raise ValueError(f"{{i['x']}} is large")
    return Margin(1.0, 0.0)


def dies(i):
    if HERE and i["x"] > LARGE:
        os.kill(os.getpid(), signal.SIGKILL)
    return Margin(i["x"], 0.0)


def hangs(i):
    time.sleep(1e6 if HERE else 0)
    return Margin(1.0, 0.0)


CLAIMS = [
    make("lambdas", closure(2), hypotheses=lambda i: i["tiny"][0] < 0.5),
    make("fails", lambda i: Margin(0.999 - i["x"], 1e-9, ratio=i["x"])),
    make("raises", raises),
    make("dies", dies),
    make("hangs", hangs),
    make("slow", lambda i: [time.sleep(0.003), Margin(i["x"], 0.0)][1]),
    make("hangs-late", lambda i: [time.sleep(1e6 if HERE else 0.003), Margin(i["x"], 0.0)][1]),
    make("unsendable", lambda i: Margin(1.0, 0.0, ratio=i["x"] if not HERE else open(os.devnull))),
]
"""
"""A margin of 3 ms makes a chunk slow enough for helpers to be asked without a test's interference."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "claims.py"
    path.write_text(CLAIMS)
    return path


@pytest.fixture
def always_worth_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WORTH_HELP", 0.0)


def timeless(judgement: Judgement) -> Judgement:
    evidence = tuple(replace(item, seconds=0.0) for item in judgement.evidence)
    return replace(judgement, seconds=0.0, evidence=evidence)


@pytest.mark.parametrize("name", ["lambdas", "fails"])
def test_the_same_tally_to_the_digit(name: str, file: Path, always_worth_help: None) -> None:
    task = Task(f"mine/{name}", file)
    chunks = [(number, CHUNK) for number in range(4)]
    helped = list(Helpers(task, 2)(Run(), chunks))
    assert len(helped) == len(chunks)  # they did judge them: nothing was left to the caller
    assert multiprocessing.active_children() == []
    alone = together(tallies(task.load(), Run(), len(chunks) * CHUNK))
    shared = together(helped)
    assert vars(shared.seen) == vars(alone.seen)
    assert replace(shared, seen=alone.seen) == alone
    assert alone.judged > 3 * CHUNK * (0.9 if name == "lambdas" else 1)


def large_in_a_later_chunk(task: Task, run: Run) -> bool:
    """Whether the first chunk, judged without helpers, draws nothing large, and a later one does."""
    claim = task.load()
    assert claim.sampler is not None
    large: list[bool] = []
    for number in range(3):
        generator = run.generator(claim.id, "sample", str(number))
        large.append(any(claim.sampler(generator)["x"] > LARGE for _ in range(CHUNK)))
    return not large[0] and any(large)


@pytest.mark.parametrize("name", ["raises", "dies", "unsendable"])
def test_what_goes_wrong_is_told_as_without_helpers(name: str, file: Path, always_worth_help: None) -> None:
    task = Task(f"mine/{name}", file)
    run = Run(seed=next(seed for seed in range(100) if large_in_a_later_chunk(task, Run(seed=seed))))
    alone, helped = (timeless(judge_task(task, run, jobs)) for jobs in (1, 2))
    assert helped == alone
    assert (alone.verdict is Verdict.UNDECIDED) == (name == "raises")
    assert ("is large (claims.py:" in alone.reason) == (name == "raises")
    assert multiprocessing.active_children() == []


def test_a_ledger_claim_judged_by_helpers(always_worth_help: None) -> None:
    task = Task("networks/rank-bound")
    chunks = [(0, 60), (1, 50), (2, 40)]
    with quietly():
        alone = together(batch.judge_chunk(task.load(), Run(seed=7), *chunk) for chunk in chunks)
    shared = together(Helpers(task, 2)(Run(seed=7), chunks))
    assert (shared.judged, shared.worst, shared.tightness) == (150, alone.worst, alone.tightness)
    assert vars(shared.seen) == vars(alone.seen)


def test_closing_early_leaves_no_process(file: Path) -> None:
    helped = Helpers(Task("mine/slow", file), 2)(
        Run(), [(0, 3), *[(number, CHUNK) for number in range(1, 9)]]
    )
    assert next(helped).judged == 3
    assert len(multiprocessing.active_children()) == 2
    helped.close()
    assert multiprocessing.active_children() == []


def children_of_session(session: int) -> list[str]:
    """Command lines of all living processes of a session."""
    found: list[str] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has just ended
            continue
    return found


def heed_interrupts() -> None:
    """A process started in the background of a shell inherits SIGINT as ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table of Linux")
def test_interrupting_helpers_leaves_no_process(file: Path) -> None:
    root = str(Path(batch.__file__).parents[2])
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "rankcollapse",
            "verify",
            "mine/hangs-late",
            "--from",
            str(file),
            "--jobs",
            "2",
        ],
        cwd=file.parent,
        env={**os.environ, "PYTHONPATH": root},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    limit = time.monotonic() + 60
    while sum("loky" in line for line in children_of_session(process.pid)) < 3:  # two and their tracker
        assert time.monotonic() < limit
        time.sleep(0.1)
    time.sleep(1.0)  # by now they hang
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "interrupted: 0 of 1 claims judged\n"
    while children_of_session(process.pid):
        assert time.monotonic() < limit
        time.sleep(0.1)


HANGING_ALONE = """
import sys
from pathlib import Path
from verify.claim import Run
from verify.running.helpers import Helpers
from verify.running.task import Task

if __name__ == "__main__":
    for tally in Helpers(Task("mine/hangs", Path(sys.argv[1])), 2)(Run(), [(0, 1), (1, 1)]):
        pass
"""


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table of Linux")
def test_hanging_helpers_end_after_a_parent_that_was_killed(file: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING_ALONE, str(file)],
        env={**os.environ, "PYTHONPATH": str(Path(batch.__file__).parents[2])},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    limit = time.monotonic() + 60
    while sum("LokyProcess" in line for line in children_of_session(process.pid)) < 2:
        assert time.monotonic() < limit
        time.sleep(0.1)
    time.sleep(5.0)  # by now they hang
    process.kill()
    process.wait()
    while children_of_session(process.pid):
        assert time.monotonic() < limit
        time.sleep(0.1)


@pytest.mark.full
def test_one_claim_and_more_jobs(file: Path) -> None:
    """The runner's own way: one claim is shared by the jobs, is given up in time, and the results agree."""
    task = Task("mine/slow", file)
    (one,), (two,) = (run_claims([task], Run(), jobs) for jobs in (1, 2))
    assert timeless(one[1]) == timeless(two[1])
    assert one[1].verdict is Verdict.SUPPORTED
    ((_, late),) = run_claims([Task("mine/hangs-late", file)], Run(seconds=8.0), 2)
    assert "no verdict within 8 s" in late.reason
    assert multiprocessing.active_children() == []
