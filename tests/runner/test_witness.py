import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from theory.errors import InvalidClaimError, UsageError
from verify.claim import Run
from verify.running.runner import run_claims
from verify.running.task import Task
from verify.verdict import Verdict
from verify.witness import Witness, read, replay, save, witness_of


def test_a_witness_survives_the_file_and_the_replay(claim_file: Path, tmp_path: Path) -> None:
    task = Task("mine/fails", claim_file)
    ((_, judgement),) = run_claims([task], Run(seed=5))
    witness = witness_of(task, judgement, 5)
    assert witness is not None
    assert witness.margin == -1.0
    path = tmp_path / "deep" / "witness.json"
    save(witness, path)
    assert list(path.parent.iterdir()) == [path]
    assert list(json.loads(path.read_text())) == ["claim", "from", "instance", "seed", "margin", "version"]
    again = read(path)
    assert again.instance == {"x": 11}
    assert (again.seed, again.margin, again.version) == (5, -1.0, witness.version)
    assert replay(again).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("claim", "instance", "verdict", "reason"),
    [
        ("fails", {"x": 9}, Verdict.SUPPORTED, "margin 1"),
        ("fails", {"x": 10}, Verdict.UNDECIDED, "margin 0"),
        ("fails", {"y": 10}, Verdict.UNDECIDED, "raised KeyError"),
        ("nothing-drawn", {"x": 1}, Verdict.UNDECIDED, "outside the hypotheses"),
    ],
)
def test_what_a_replay_can_say(
    claim_file: Path, claim: str, instance: dict[str, int], verdict: Verdict, reason: str
) -> None:
    judgement = replay(Witness(Task(f"mine/{claim}", claim_file), instance, 0))
    assert judgement.verdict is verdict
    assert reason in judgement.reason


def test_fractions_arrays_and_infinities_survive(tmp_path: Path) -> None:
    instance = {"a": Fraction(3, 7), "b": np.array([[1.5, 2.0]]), "c": math.inf, "d": 0.1}
    path = tmp_path / "witness.json"
    save(Witness(Task("mine/any"), instance, 0, -math.inf), path)
    again = read(path)
    assert again.instance == {"a": Fraction(3, 7), "b": [[1.5, 2.0]], "c": math.inf, "d": 0.1}
    assert again.margin == -math.inf
    assert "Infinity" not in path.read_text()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"claim": 3, "instance": {}, "seed": 0}', "\0"])
def test_a_malformed_witness_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "witness.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="write it with --report"):
        read(path)


def test_an_instance_without_json_form_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no JSON form"):
        save(Witness(Task("mine/any"), {"x": object()}, 0), tmp_path / "witness.json")
    assert not list(tmp_path.iterdir())


def test_a_witness_of_no_one_is_refused(claim_file: Path) -> None:
    with pytest.raises(InvalidClaimError, match="defines no claim 'mine/other'"):
        Task("mine/other", claim_file).load()
