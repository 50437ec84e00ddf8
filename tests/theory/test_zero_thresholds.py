"""Thresholds of one-scale structures against zero, held against the losses themselves."""

import math

import numpy as np
import pytest

from theory.cross_entropy.blocks import block_loss
from theory.cross_entropy.candidates import structures
from theory.cross_entropy.products import Part
from theory.cross_entropy.tight_codes import SPORADIC, Code, orthoplex, polygon, simplex, subsets
from theory.cross_entropy.zero_thresholds import thresholds
from theory.prediction import predict
from theory.problem import Problem

CASES = [
    (simplex(4), 4, "collapse"),
    (simplex(2), 3, "pair + 1 unserved"),
    (orthoplex(5), 10, "paired"),
    (polygon(7), 7, "polygon"),
    (subsets(5, 2), 10, "subsets-5-2"),
    (SPORADIC[0], 12, "icosahedron"),
]


def of(code: Code, classes: int, factors: int) -> tuple[float, float]:
    return thresholds(Part(code.name, code.size, code.rank), classes, factors)


@pytest.mark.parametrize(("code", "classes", "name"), CASES)
@pytest.mark.parametrize("factors", [3, 5, 12])
def test_the_tie_is_where_the_least_loss_is_that_of_zero(
    code: Code, classes: int, name: str, factors: int
) -> None:
    _, tie = of(code, classes, factors)
    formula = block_loss(code, classes)
    scales = np.geomspace(1e-3, 200, 40_000)
    for change, below in ((-1e-6, True), (1e-6, False)):
        losses = formula(scale=scales, factors=factors, scaled_decay=math.exp(tie + change))
        assert (float(np.min(losses)) < math.log(classes)) is below


@pytest.mark.parametrize(("code", "classes", "name"), CASES)
@pytest.mark.parametrize("factors", [2, 3, 5, 12])
def test_a_structure_exists_up_to_its_threshold(code: Code, classes: int, name: str, factors: int) -> None:
    existence, tie = of(code, classes, factors)
    assert tie <= existence
    for change, there in ((-1e-4, True), (1e-4, False)):
        found = structures(classes, np.array([float(factors)]), np.array([existence + change]))
        names = {each.name(0) for each in found if math.isfinite(each.loss[0])}
        if name != "pair + 1 unserved":  # a sum is listed only where it is no worse than zero
            assert (name in names) is there


def test_a_prediction_reports_them_in_lambda() -> None:
    problem = Problem(loss="cross-entropy", classes=6, depth=2, weight_decay=1e-3, samples_per_class=5)
    prediction = predict(problem)
    collapse = next(each for each in prediction.candidates if each.structure == "collapse")
    assert collapse.existence == pytest.approx(prediction.thresholds.existence, rel=1e-13)
    assert collapse.global_ == pytest.approx(prediction.thresholds.global_, rel=1e-13)
    paired = next(each for each in prediction.candidates if each.structure == "paired")
    assert paired.global_ is not None
    for factor, kept in ((1 - 1e-9, True), (1 + 1e-9, False)):
        tied = Problem(
            loss="cross-entropy",
            classes=6,
            depth=2,
            weight_decay=paired.global_ * factor,
            samples_per_class=5,
        )
        found = next(each for each in predict(tied).candidates if each.structure == "paired")
        assert (found.loss <= math.log(6)) is kept
    assert prediction.candidates[-1].existence is None


def test_a_million_classes() -> None:
    prediction = predict(Problem(loss="cross-entropy", classes=10**6, depth=100, weight_decay=1e-9))
    for each in prediction.candidates:
        if each.existence is not None and each.global_ is not None:
            assert 0 < each.global_ <= each.existence
