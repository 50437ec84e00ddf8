"""Problems, networks and regression data: valid, varied, and simplest when shrunk."""

from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from numerics.descent.training import layer_quantities
from theory.errors import OutOfDomainError
from theory.networks.rank_bound import rank_bound
from theory.problem import Problem
from verify.claims.networks import rank_bound as claimed
from verify.evidence import worst_of
from verify.strategies import (
    any_problems,
    build_network,
    cross_entropy_problems,
    low_rank_matrices,
    network_instances,
    regression_pairs,
    regression_problems,
    squared_loss_problems,
    unbalanced_problems,
)
from verify.strategies.networks import ACTIVATIONS


@given(any_problems())
def test_problems_are_small_and_have_a_spectrum(problem: Problem) -> None:
    assert 1 <= problem.classes <= 8
    assert 1e-8 <= problem.weight_decay <= 100
    assert type(problem.weight_decay) is float
    assert 1 <= len(problem.targets) <= problem.classes


@given(cross_entropy_problems(classes=3, depth=2, samples_per_class=4))
def test_the_sizes_asked_for_are_kept(problem: Problem) -> None:
    assert problem.loss == "cross-entropy"
    assert (problem.classes <= 3, problem.depth <= 2, problem.class_size <= 4) == (True, True, True)


@given(regression_problems())
def test_regression_spectra_have_room_for_centring(problem: Problem) -> None:
    assert problem.target_spectrum is not None
    assert sum(value > 0 for value in problem.target_spectrum) < problem.samples
    assert list(problem.target_spectrum) == sorted(problem.target_spectrum, reverse=True)


GENERATE = settings(max_examples=3_000, phases=(Phase.generate,), database=None)


def of_kind(problem: Problem, kind: str) -> bool:
    spectrum = problem.target_spectrum or ()
    return {
        "cross-entropy": problem.loss == "cross-entropy" and problem.samples_per_class > 1,
        "equal sizes listed": problem.loss == "cross-entropy" and problem.class_sizes is not None,
        "unequal sizes": len(set(problem.sizes)) > 1,
        "width given": problem.width is not None and problem.width > problem.classes,
        "deep": problem.depth >= 5,
        "repeated value": len(spectrum) > len(set(spectrum)) and min(spectrum) > 0,
        "zero value": len(spectrum) > 1 and spectrum[0] > 0 and spectrum[-1] == 0,
        "fewer than t": 0 < len(spectrum) < problem.classes,
        "tiny decay": problem.weight_decay < 1e-6,
        "large decay": problem.weight_decay > 10,
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "cross-entropy",
        "equal sizes listed",
        "unequal sizes",
        "width given",
        "deep",
        "repeated value",
        "zero value",
        "fewer than t",
        "tiny decay",
        "large decay",
    ],
)
def test_every_kind_of_problem_is_reached(kind: str) -> None:
    assert of_kind(find(any_problems(), lambda problem: of_kind(problem, kind), settings=GENERATE), kind)


SIMPLEST: dict[str, Any] = {"classes": 2, "depth": 1, "weight_decay": 1.0}


@pytest.mark.parametrize(
    ("strategy", "simplest"),
    [
        (cross_entropy_problems(), Problem(loss="cross-entropy", **SIMPLEST)),
        (squared_loss_problems(), Problem(loss="squared", **SIMPLEST)),
        (unbalanced_problems(), Problem(loss="squared", **SIMPLEST, class_sizes=(1, 1))),
        (
            regression_problems(),
            Problem(loss="squared", classes=1, depth=1, weight_decay=1.0, target_spectrum=(0.0,)),
        ),
        (any_problems(), Problem(loss="cross-entropy", **SIMPLEST)),
    ],
)
def test_problems_shrink_to_the_simplest(strategy: st.SearchStrategy[Problem], simplest: Problem) -> None:
    assert find(strategy, lambda problem: True) == simplest


@given(network_instances())
def test_network_instances_are_those_of_the_rank_bound(instance: dict[str, Any]) -> None:
    assert ACTIVATIONS == claimed.ACTIVATIONS
    assert claimed.meets_hypotheses(instance)
    built = build_network(instance)
    assert built.inputs.shape == (instance["widths"][0], instance["samples"])
    assert set(built.labels.tolist()) == set(range(instance["classes"]))
    layers = layer_quantities(
        built.network, built.inputs, built.labels, built.weight_decay, loss="cross-entropy"
    )
    margins = [
        margin
        for each in layers
        for margin in claimed.margins_of(
            rank_bound(each.weight, each.inputs, each.deltas, each.residual, built.weight_decay, built.labels)
        )
    ]
    assert worst_of(margins) == claimed.margin(instance)


def test_networks_shrink_to_the_simplest() -> None:
    simplest = {"classes": 2, "samples": 2, "widths": [1], "activation": 0, "weight_decay": 1}
    assert find(network_instances(), lambda instance: True) == simplest | {"spread": 0, "seed": 0}


@given(low_rank_matrices(3, 4, 2, centred=True))
def test_low_rank_matrices_are(matrix: list[list[int]]) -> None:
    assert np.linalg.matrix_rank(np.array(matrix)) <= 2
    assert [sum(row) for row in matrix] == [0, 0, 0]


@given(st.data(), st.booleans(), st.sampled_from([None, 1, 2]))
def test_regression_pairs_fit_together(data: st.DataObject, centred: bool, rank: int | None) -> None:
    pair = data.draw(regression_pairs(centred=centred, rank=rank))
    targets, features = np.array(pair["targets"]), np.array(pair["features"])
    assert targets.shape[1] == features.shape[1] <= 6
    assert targets.shape[0] <= 3
    assert features.shape[0] <= 4
    if centred:
        assert not targets.sum(axis=1).any()
        assert not features.sum(axis=1).any()
    if rank is not None:
        assert np.linalg.matrix_rank(targets) <= rank


def test_regression_pairs_shrink_to_zeros() -> None:
    assert find(regression_pairs(), lambda pair: True) == {"targets": [[0]], "features": [[0]]}


def test_regression_sizes_are_checked() -> None:
    with pytest.raises(OutOfDomainError, match="samples at least 2"):
        regression_pairs(samples=1, centred=True)
    with pytest.raises(OutOfDomainError, match="all three are at least 1"):
        low_rank_matrices(2, 2, 0)
