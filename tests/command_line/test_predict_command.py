import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from theory.prediction import predict
from theory.problem import Problem
from verify.command_line.prediction_text import print_prediction
from verify.prediction_check import check_prediction, target_matrix

Shell = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Result]

KEYS = [
    "structure",
    "loss",
    "rank",
    "logit_scale",
    "logit_singular_values",
    "factor_singular_values",
    "candidates",
    "collapse",
    "thresholds",
]
CROSS_ENTROPY = ["--loss", "cross-entropy", "--classes", "4", "--depth", "3", "--weight-decay", "0.01"]
SQUARED = ["--loss", "squared", "--depth", "2", "--weight-decay", "0.001"]


def test_the_contract_as_a_process(shell: Shell, tmp_path: Path) -> None:
    done = shell("predict", *CROSS_ENTROPY, "--json", "--out", "new/out")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == KEYS
    assert document["structure"] == "paired"
    assert list(document["thresholds"]) == ["existence", "global", "stability"]
    assert list(document["collapse"]) == ["scale", "loss", "stable"]
    for each in document["candidates"]:
        assert list(each) == ["structure", "scale", "loss", "rank", "existence", "global"]
    assert json.loads((tmp_path / "new" / "out" / "prediction.json").read_text()) == document


def run(invoke: Invoke, *arguments: str) -> dict[str, Any]:
    result = invoke("predict", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_long_lists_become_runs(invoke: Invoke) -> None:
    short = run(invoke, *SQUARED, "--classes", "64")
    assert len(short["logit_singular_values"]) == 64
    document = run(invoke, *SQUARED, "--classes", "65")
    assert "logit_singular_values" not in document
    ((value, count),) = document["logit_singular_values_runs"]
    assert count == 65
    assert value ** (1 / 3) == pytest.approx(document["factor_singular_values_runs"][0][0])


def test_class_sizes_and_spectra(invoke: Invoke) -> None:
    unequal = run(invoke, *SQUARED, "--classes", "3", "--class-sizes", "9000,900,1")
    assert unequal["structure"] == "minority-collapse"
    assert unequal["rank"] < 3
    assert unequal["logit_scale"] is None
    assert unequal["thresholds"] == {"existence": None, "global": None, "stability": None}
    entropy = run(invoke, *CROSS_ENTROPY, "--class-sizes", "10,1,10,1")
    assert (entropy["structure"], entropy["rank"]) == ("pair of 10; pair of 1", 2)
    assert (entropy["collapse"], entropy["logit_scale"]) == (None, None)
    assert entropy["thresholds"] == {"existence": None, "global": None, "stability": None}
    spectrum = run(
        invoke, *SQUARED, "--classes", "2", "--samples-per-class", "4", "--target-spectrum", "3,0.01"
    )
    assert (spectrum["structure"], spectrum["rank"], spectrum["collapse"]) == ("regression-collapse", 1, None)


def test_for_a_reader(invoke: Invoke) -> None:
    text = invoke("predict", *CROSS_ENTROPY).stdout
    for piece in ("K = 4", "best known: paired", "2 × 10.1266", "candidate", "collapse point", "λ ≤ 0.17495"):
        assert piece in text
    beyond = ["--loss", "squared", "--classes", "3", "--depth", "2", "--weight-decay", "9"]
    assert "no non-zero collapse point" in invoke("predict", *beyond).stdout


def test_unequal_sizes_for_a_reader(invoke: Invoke) -> None:
    arguments = ["--loss", "cross-entropy", "--classes", "3", "--depth", "1", "--weight-decay", "0.01"]
    text = invoke("predict", *arguments, "--class-sizes", "8,4,1").stdout
    for piece in ("class sizes 8, 4, 1", "best known: generalised collapse", "duality gap"):
        assert piece in text
    document = run(invoke, *arguments, "--class-sizes", "8,4,1")
    assert 0 <= document["duality_gap"] < 1e-12


def test_checking_by_descent(invoke: Invoke) -> None:
    result = invoke("predict", *CROSS_ENTROPY, "--check", "2", "--seed", "3", "--json")
    check = json.loads(result.stdout)["check"]
    assert [each["seed"] for each in check] == [3, 4]
    assert result.stderr.startswith("[1/2] seed 3 stationary after")
    for each in check:
        assert each["status"] == "stationary"
        assert each["nearest"] in {"paired", "collapse", "zero"}
        assert each["excess_loss"] > -1e-12
    assert "predicted" in invoke("predict", *CROSS_ENTROPY, "--check", "1").stdout


@pytest.mark.parametrize(
    "problem",
    [
        Problem(loss="cross-entropy", classes=3, depth=1, weight_decay=0.02, samples_per_class=2, width=5),
        Problem(loss="cross-entropy", classes=4, depth=1, weight_decay=0.01, class_sizes=(10, 10, 3, 1)),
        Problem(loss="cross-entropy", classes=3, depth=2, weight_decay=1.0, class_sizes=(5, 2, 1)),
        Problem(loss="squared", classes=3, depth=1, weight_decay=0.01, class_sizes=(10, 5, 1)),
        Problem(loss="squared", classes=4, depth=1, weight_decay=0.01, class_sizes=(10, 5, 5, 1), width=6),
        Problem(
            loss="squared", classes=3, depth=1, weight_decay=0.01, samples_per_class=3, target_spectrum=(3, 2)
        ),
        Problem(loss="cross-entropy", classes=4, depth=2, weight_decay=1.0),
    ],
)
def test_descent_of_depth_one_finds_the_predicted_optimum(problem: Problem) -> None:
    """With one weight matrix, or with a decay that leaves only zero, there is no other minimum."""
    prediction = predict(problem)
    (check,) = check_prediction(prediction, 1, seed=1)
    assert check.status == "stationary"
    assert check.nearest == prediction.best.structure
    assert check.rank == prediction.best.rank
    assert check.loss == pytest.approx(prediction.best.loss, rel=1e-9)
    if prediction.best.rank:
        assert check.distance < 1e-6


def test_descent_that_beats_every_candidate_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    prediction = predict(Problem(loss="cross-entropy", classes=4, depth=1, weight_decay=0.01))
    only_zero = tuple(each for each in prediction.candidates if each.structure == "zero")
    poorer = replace(prediction, candidates=only_zero)
    for given, said in ((poorer, True), (prediction, False)):
        print_prediction(given, check_prediction(given, 1))
        assert ("a lower loss than every candidate" in capsys.readouterr().out) is said


def test_the_target_matrix_has_the_spectrum_and_is_centred() -> None:
    spectrum = (3.0, 1.0, 0.25)
    problem = Problem(
        loss="squared", classes=3, depth=1, weight_decay=1, samples_per_class=2, target_spectrum=spectrum
    )
    targets = target_matrix(problem)
    assert np.linalg.svd(targets, compute_uv=False) == pytest.approx(spectrum)
    assert targets.sum(axis=1) == pytest.approx(0, abs=1e-12)
