import math

import numpy as np
import pytest

from numerics.networks.architecture import Architecture
from numerics.networks.layers import Dense
from numerics.networks.objective import Loss, Objective
from numerics.networks.standard import perceptron
from numerics.networks.training import descend, train
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA

RNG = np.random.default_rng(0)
INPUTS, LABELS = RNG.standard_normal((4, 30)), np.arange(30) % 3
TARGETS = RNG.standard_normal((2, 30))
RIDGE = Objective(Architecture((4,), (Dense("W", 2, bias=False),)), INPUTS, TARGETS, 0.1, "squared")


def ridge_optimum() -> np.ndarray:
    """W = (YXᵀ/N)(XXᵀ/N + λ)⁻¹."""
    return (TARGETS @ INPUTS.T / 30) @ np.linalg.inv(INPUTS @ INPUTS.T / 30 + 0.1 * np.eye(4))


@pytest.mark.parametrize("method", ["L-BFGS", "polished", "heavy ball"])
def test_ridge_regression_is_found(method: str) -> None:
    start = np.random.default_rng(5).standard_normal(8)
    if method == "heavy ball":
        end = descend(RIDGE, start, step=0.1, momentum=0.8, steps=2_000)
    else:
        end = train(RIDGE, start, steps=500, polish=100 if method == "polished" else 0, tolerance=1e-6)
    assert end.status == "stationary"
    assert end.remedy == ""
    np.testing.assert_allclose(end.parameters, ridge_optimum().ravel(), rtol=0, atol=1e-6)


def test_the_polish_makes_the_residual_small() -> None:
    objective = Objective(perceptron(4, (6, 3), "tanh"), INPUTS, LABELS, 1e-3, "cross-entropy")
    start = objective.architecture.random_parameters(np.random.default_rng(1))
    rough = train(objective, start, steps=60)
    polished = train(objective, start, steps=60, polish=4_000, tolerance=1e-8)
    assert rough.status == "steps-exhausted"
    assert "polish" in rough.remedy
    assert polished.stationarity < 1e-8 < 1e3 * 1e-8 < rough.stationarity
    assert polished.loss < rough.loss
    assert rough.evaluations < 200 < polished.evaluations


def test_stationarity_is_that_of_the_residuals() -> None:
    objective = Objective(perceptron(4, (3,), "tanh", bias=False), INPUTS, LABELS, 0.2, "cross-entropy")
    end = train(objective, np.ones(12), steps=3)
    (only,) = objective.linear_maps(end.parameters)
    scale = max(0.2 * float(np.linalg.norm(only.weight)), 0.2)
    assert end.stationarity == pytest.approx(float(np.linalg.norm(only.residual)) / scale, rel=1e-12)
    assert end.gradient_norm == pytest.approx(float(np.linalg.norm(only.residual)), rel=1e-12)


def test_a_dead_network_is_stationary() -> None:
    """Above its threshold decay leaves nothing: the outputs are constant."""
    objective = Objective(perceptron(4, (6, 6, 3), "tanh"), INPUTS, LABELS, 2.0, "cross-entropy")
    end = train(objective, objective.architecture.random_parameters(np.random.default_rng(1)), tolerance=1e-6)
    assert end.status == "stationary"
    assert all(np.linalg.norm(item.weight) < 1e-6 for item in objective.linear_maps(end.parameters))
    assert end.loss == pytest.approx(math.log(3), abs=1e-9)


@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_every_method_goes_down(loss: Loss) -> None:
    answers = LABELS if loss == "cross-entropy" else np.vstack([TARGETS, TARGETS[:1] ** 2])
    objective = Objective(perceptron(4, (5, 3), "relu"), INPUTS, answers, 0.01, loss)
    start = objective.architecture.random_parameters(np.random.default_rng(2))
    before, _ = objective.value_and_gradient(start)
    for end in (train(objective, start, steps=20), descend(objective, start, step=0.05, steps=50)):
        assert end.loss < before
        assert end.loss - objective.fit(end.parameters) == pytest.approx(
            0.005 * sum(float(np.sum(item.weight**2)) for item in objective.linear_maps(end.parameters)),
            rel=0,
            abs=LINEAR_ALGEBRA * end.loss,
        )


def test_a_divergence_ends_at_a_finite_point() -> None:
    objective = Objective(perceptron(4, (5, 5, 2), "linear"), INPUTS, TARGETS, 0.01, "squared")
    end = descend(objective, np.ones(objective.architecture.size), step=50.0)
    assert end.status == "diverged"
    assert "smaller step" in end.remedy
    assert math.isfinite(end.loss)
    assert np.isfinite(end.parameters).all()


def test_without_decay_the_gradient_itself_is_measured() -> None:
    objective = Objective(Architecture((4,), (Dense("W", 2, bias=False),)), INPUTS, TARGETS, 0.0, "squared")
    end = train(objective, np.zeros(8), steps=200, tolerance=1e-8)
    assert end.status == "stationary"
    assert end.stationarity == end.gradient_norm


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "steps 0"),
        ({"polish": -1}, "polish -1 must be"),
        ({"tolerance": math.nan}, "tolerance nan"),
    ],
)
def test_settings_out_of_range_say_so(settings: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidProblemError, match=message):
        train(RIDGE, np.zeros(8), **settings)  # pyright: ignore[reportArgumentType]


def test_heavy_ball_settings_out_of_range_say_so() -> None:
    with pytest.raises(InvalidProblemError, match=r"momentum 1\.0"):
        descend(RIDGE, np.zeros(8), step=0.1, momentum=1.0)
    with pytest.raises(InvalidProblemError, match=r"step -0\.1"):
        descend(RIDGE, np.zeros(8), step=-0.1)


def test_a_class_without_sample_is_refused() -> None:
    objective = Objective(perceptron(4, (4,), "tanh"), INPUTS, LABELS, 0.1, "cross-entropy")
    with pytest.raises(InvalidProblemError, match="class 3 has no sample"):
        train(objective, np.zeros(objective.architecture.size))
