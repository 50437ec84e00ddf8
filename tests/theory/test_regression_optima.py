"""Regression with one weight matrix, and deep regression with too little width."""

import numpy as np
import pytest

from theory.errors import InvalidProblemError, OutOfDomainError
from theory.regression.deep_collapse import regression_optimum
from theory.regression.two_factors import interpolating_features, two_factor_optimum

TARGETS = np.array([[2.0, -2.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]]) + np.array([[5.0], [-1.0]])
"""Covariance diag(2, 1/2), means 5 and −1."""


def test_by_hand() -> None:
    found = two_factor_optimum(TARGETS, 0.5, 0.5, width=2)  # c = 4·½·½ = 1: one direction kept
    assert found.cut == 1.0
    assert found.rank == 1
    assert found.bias.tolist() == [5.0, -1.0]
    assert found.loss == pytest.approx(np.sqrt(2) - 0.5 + 0.25, rel=1e-14)
    assert found.training_error == pytest.approx(1.5, rel=1e-14)
    gram = found.weight @ found.weight.T
    assert gram == pytest.approx(np.diag([2.0 * (np.sqrt(2) - 1), 0.0]), abs=1e-14)  # √(Nλ_H/λ_W) = 2


def test_both_conventions_are_one_problem() -> None:
    ours = two_factor_optimum(TARGETS, 0.1, 0.02, width=4)
    theirs = two_factor_optimum(TARGETS, 0.1, 0.08, width=4, per_sample=True)
    assert theirs.loss == pytest.approx(ours.loss, rel=1e-15)
    assert theirs.weight == pytest.approx(ours.weight, rel=1e-14)
    assert theirs.features == pytest.approx(ours.features, rel=1e-14)


def test_above_the_largest_variance_everything_is_zero() -> None:
    found = two_factor_optimum(TARGETS, 1.0, 0.51, width=2)
    assert found.rank == 0
    assert not found.features.any()
    assert found.loss == pytest.approx(1.25, rel=1e-14)


def test_a_singular_covariance_is_allowed() -> None:
    found = two_factor_optimum(np.vstack([TARGETS, TARGETS[:1]]), 0.01, 0.01, width=3)
    assert found.rank == 2
    assert np.isfinite(found.features).all()


def test_it_is_deep_regression_with_two_factors() -> None:
    decays = (0.3, 0.05)
    found = two_factor_optimum(TARGETS, *decays, width=2)
    deep = regression_optimum(TARGETS, float(np.sqrt(decays[0] * decays[1])), depth=1)
    assert found.loss == pytest.approx(deep.loss, rel=1e-14)
    assert found.training_error == pytest.approx(deep.training_error, rel=1e-14)


def test_little_width_keeps_the_largest_direction() -> None:
    wide, narrow = (regression_optimum(TARGETS, 0.01, depth=2, width=width) for width in (2, 1))
    assert (wide.rank, narrow.rank) == (2, 1)
    assert narrow.factor_values[0] == wide.factor_values[0]
    assert narrow.loss > wide.loss
    with pytest.raises(OutOfDomainError, match="width 0"):
        regression_optimum(TARGETS, 0.01, depth=2, width=0)


def test_interpolation_needs_full_row_rank() -> None:
    with pytest.raises(InvalidProblemError, match="full row rank"):
        interpolating_features(np.eye(2), np.ones((2, 3)), np.zeros((3, 2)))


@pytest.mark.parametrize(("decay", "width"), [(0.0, 4), (0.1, 1)])
def test_bad_arguments_are_refused(decay: float, width: int) -> None:
    with pytest.raises(InvalidProblemError):
        two_factor_optimum(TARGETS, 0.1, decay, width=width)
