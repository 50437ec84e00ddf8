import signal
from dataclasses import replace
from pathlib import Path

import pytest

from theory.errors import UsageError
from verify.claim import Run
from verify.running.claim_file import load_file
from verify.running.interrupts import remembered
from verify.running.runner import Interrupted, run_claims
from verify.running.task import Task
from verify.verdict import Judgement, Verdict

ENDINGS = {
    "mine/holds": (Verdict.SUPPORTED, "50 instances"),
    "mine/fails": (Verdict.REFUTED, "x=11: margin -1, re-checked exactly"),
    "mine/raises": (Verdict.UNDECIDED, "raised ValueError: two lines (my_claims.py:25)"),
    "mine/not-a-number": (Verdict.UNDECIDED, "raised OutOfDomainError: a margin that is not a number"),
    "mine/nothing-drawn": (Verdict.UNDECIDED, "none of 50 drawn instances meets the hypotheses"),
    "mine/nothing-found": (Verdict.UNDECIDED, "no instance meets the hypotheses"),
}

DYING = """
import os, signal
from verify.claim import Claim
from verify.evidence import Evidence
from verify.margin import Margin, Outcome

def die(instance):
    os.kill(os.getpid(), signal.SIGKILL)

def unsent(run):
    return Evidence(kind="construction", outcome=Outcome.HOLDS, summary="s", versions={"x": lambda: 1})

def draw(generator):
    return {"x": 1}

shared = {"title": "t", "statement": "s", "source": "me", "sampler": draw, "quick_samples": 1}
CLAIMS = [
    Claim(id="mine/dies", margin=die, **shared),
    Claim(id="mine/one", margin=lambda i: Margin(1.0, 0.0), **shared),
    Claim(id="mine/two", margin=lambda i: Margin(1.0, 0.0), experiments=(unsent,), **shared),
    Claim(id="mine/three", margin=lambda i: Margin(1.0, 0.0), **shared),
]
"""


def tasks_of(file: Path) -> list[Task]:
    return [Task(claim.id, file) for claim in load_file(file)]


def timeless(judged: list[tuple[Task, Judgement]]) -> list[Judgement]:
    """Judgements without the clock, the only part of a run that is not repeatable."""
    return [
        replace(
            judgement, seconds=0.0, evidence=tuple(replace(item, seconds=0.0) for item in judgement.evidence)
        )
        for _, judgement in judged
    ]


def test_every_way_a_claim_can_end_whatever_jobs(claim_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tasks = tasks_of(claim_file)
    done: list[str] = []
    here = run_claims(tasks, Run(), 1, lambda task, _: done.append(task.claim))
    assert [task for task, _ in here] == tasks
    assert done == list(ENDINGS)
    for task, judgement in here:
        verdict, reason = ENDINGS[task.claim]
        assert judgement.verdict is verdict
        assert reason in judgement.reason
        assert "\n" not in judgement.reason
    assert timeless(run_claims(tasks, Run(), 2)) == timeless(here)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "a claim that prints" in captured.err


def test_the_seed_changes_the_sample(claim_file: Path) -> None:
    task = Task("mine/holds", claim_file)
    first, same, other = (run_claims([task], Run(seed=seed)) for seed in (0, 0, 1))
    assert timeless(first) == timeless(same)
    assert timeless(first) != timeless(other)


def test_a_dying_worker_takes_only_its_own_claim(tmp_path: Path) -> None:
    file = tmp_path / "dying.py"
    file.write_text(DYING)
    judged = dict(run_claims(tasks_of(file), Run(), 2))
    reasons = {task.claim: judgement.reason for task, judgement in judged.items()}
    assert reasons["mine/dies"] == "its process died with exit code -9"
    assert "cannot leave the worker" in reasons["mine/two"]
    assert {judged[Task(f"mine/{name}", file)].verdict for name in ("one", "three")} == {Verdict.SUPPORTED}


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupting_keeps_what_is_done(claim_file: Path, jobs: int) -> None:
    tasks = tasks_of(claim_file)[:3]

    def interrupt(task: Task, judgement: Judgement) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run_claims(tasks, Run(), jobs, interrupt)
    assert len(caught.value.judged) == 1
    assert caught.value.judged[0][1].claim == caught.value.judged[0][0].claim


def test_an_unknown_claim_of_a_task_is_undecided() -> None:
    ((_, judgement),) = run_claims([Task("nobody/knows")], Run())
    assert judgement.verdict is Verdict.UNDECIDED
    assert "unknown claim" in judgement.reason


def test_no_jobs_are_refused() -> None:
    with pytest.raises(UsageError, match="0 jobs"):
        run_claims([], Run(), 0)


HANGING = """
import time
from verify.claim import Claim
from verify.margin import Margin

def forever(instance):
    while True:
        time.sleep(0.01)

shared = {"title": "t", "statement": "s", "source": "me", "sampler": lambda g: {"x": 1}, "quick_samples": 1}
CLAIMS = [
    Claim(id="mine/hangs", margin=forever, **shared),
    Claim(id="mine/quick", margin=lambda i: Margin(1.0, 0.0), **shared),
    Claim(id="mine/spins", margin=lambda i: [0 for _ in iter(int, 1)], **shared),
    Claim(id="mine/last", margin=lambda i: Margin(1.0, 0.0), **shared),
]
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_claim_that_hangs_is_given_up_and_the_others_go_on(tmp_path: Path, jobs: int) -> None:
    file = tmp_path / "hanging.py"
    file.write_text(HANGING)
    judged = {task.claim: judgement for task, judgement in run_claims(tasks_of(file), Run(seconds=6.0), jobs)}
    for name in ("mine/hangs", "mine/spins"):
        assert judged[name].verdict is Verdict.UNDECIDED
        assert "no verdict within 6 s" in judged[name].reason
    for name in ("mine/quick", "mine/last"):
        assert judged[name].verdict is Verdict.SUPPORTED


def test_an_interrupt_that_got_lost_is_raised_again() -> None:
    with remembered() as interrupts:
        interrupts.raise_if_pressed()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)  # suppose a callback swallows this one
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_if_pressed()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
