"""Optima in logit space: against closed forms, descent, and each other; gaps that enclose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import loss_and_gradients_cross_entropy
from numerics.optimum.class_means import class_means
from numerics.optimum.convex import two_factor_optimum
from numerics.optimum.local import local_optimum, logit_optimum, shrunk_values, spherical_starts
from theory.errors import InvalidProblemError
from theory.prediction import predict
from theory.problem import Problem


@pytest.mark.parametrize(
    ("classes", "samples", "decay"), [(2, 1, 0.1), (4, 3, 1e-3), (10, 100, 1e-4), (3, 1, 0.4)]
)
def test_one_layer_optimum_is_collapse_or_zero(classes: int, samples: int, decay: float) -> None:
    found = two_factor_optimum(class_means([samples] * classes), decay)
    best = predict(
        Problem(loss="cross-entropy", classes=classes, depth=1, weight_decay=decay, samples_per_class=samples)
    )
    assert found.status == "optimal"
    assert found.lower_bound - 1e-12 <= best.best.loss <= found.loss + 1e-12


@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    decay=st.floats(1e-3, 0.5),
    seed=st.integers(0, 1000),
)
def test_the_dual_bound_lies_below_every_point(sizes: list[int], decay: float, seed: int) -> None:
    problem = class_means(sizes)
    found = two_factor_optimum(problem, decay, gap=1e-6, max_iterations=3000)
    rng = np.random.default_rng(seed)
    for scale in (0.0, 0.1, 1.0, 10.0):
        means = found.means + scale * rng.standard_normal(found.means.shape)
        value = problem.fit_and_gradient(means)[0] + decay * np.linalg.svd(means, compute_uv=False).sum()
        assert value >= found.lower_bound - 1e-12 * abs(value)


def test_unequal_classes_are_confirmed_by_the_gradient_of_real_factors() -> None:
    """The optimum, spread over the samples and factorised, is a critical point of the chain itself."""
    sizes, decay = [3, 2, 1, 1], 0.01
    problem = class_means(sizes)
    found = two_factor_optimum(problem, decay, gap=1e-13)
    labels = np.repeat(np.arange(4), sizes)
    logits = (found.means / problem.roots)[:, labels]
    loss, gradients = loss_and_gradients_cross_entropy(
        balanced_factors(logits, factors=2, width=6), labels, decay
    )
    assert abs(loss - found.loss) < 1e-10
    assert max(float(np.abs(gradient).max()) for gradient in gradients) < 1e-5


def test_gradient_against_differences_and_digits_at_large_margins() -> None:
    problem = class_means([5, 1, 2])
    rng = np.random.default_rng(1)
    means, move = rng.standard_normal((3, 3)), rng.standard_normal((3, 3))
    up, down = (problem.fit_and_gradient(means + sign * 1e-6 * move)[0] for sign in (1, -1))
    slope = float(np.sum(problem.fit_and_gradient(means)[1] * move))
    assert abs((up - down) / 2e-6 - slope) < 1e-8
    far = 200.0 * (np.eye(3) - 1 / 3) * problem.roots
    fit, gradient = problem.fit_and_gradient(far)
    assert abs(fit / (2 * np.exp(-200.0)) - 1) < 1e-12
    assert abs(gradient[0, 0] / gradient[1, 0] + 2) < 1e-12


@pytest.mark.parametrize("factors", [3, 4, 8])
def test_the_proximal_map_is_the_best_of_a_grid(factors: int) -> None:
    power, grid = 2 / factors, np.linspace(0, 4, 400_001)
    for x in (0.2, 0.9, 1.5, 3.0):
        values = 0.5 * (grid - x) ** 2 + 0.4 * grid**power
        found = float(shrunk_values(np.array([x]), 0.4, power)[0])
        assert abs(found - float(grid[values.argmin()])) < 2e-5


def test_local_optima_are_critical_points_of_real_factors_and_never_above_the_starts() -> None:
    problem, decay, factors = class_means([2] * 6), 1e-3, 4
    for start in spherical_starts(6, [2, 3, 5], scale=10.0, rng=np.random.default_rng(0)):
        found = local_optimum(problem, start, factors=factors, weight_decay=decay)
        labels = np.repeat(np.arange(6), 2)
        loss, gradients = loss_and_gradients_cross_entropy(
            balanced_factors(found.code[:, labels], factors=factors, width=6), labels, decay
        )
        assert abs(loss - found.loss) < 1e-9
        assert max(float(np.abs(gradient).max()) for gradient in gradients) < 1e-7
        means = start * problem.roots
        values = np.linalg.svd(means, compute_uv=False)
        cost = float(np.sum(values[values > 0] ** (2 / factors)))
        assert found.loss <= problem.fit_and_gradient(means)[0] + 0.5 * decay * factors * cost


def test_many_starts_find_no_worse_than_the_known_structures() -> None:
    starts = spherical_starts(5, [2, 3, 4] * 3, scale=12.0, rng=np.random.default_rng(2))
    best = logit_optimum(starts, [1] * 5, factors=3, weight_decay=0.003)
    assert best.loss <= 0.0679993 + 1e-6  # the three-scalar structure of theory 3.2
    assert logit_optimum(starts, [1] * 5, factors=3, weight_decay=5.0).loss == np.log(5)


def test_bad_input_is_refused() -> None:
    problem = class_means([1, 1])
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(InvalidProblemError):
            two_factor_optimum(problem, wrong)
    with pytest.raises(InvalidProblemError, match="class sizes"):
        class_means([3])
    with pytest.raises(InvalidProblemError, match="factors 1"):
        local_optimum(problem, np.eye(2), factors=1, weight_decay=0.1)
    with pytest.raises(InvalidProblemError, match="2×2"):
        local_optimum(problem, np.eye(3), factors=3, weight_decay=0.1)
    stopped = two_factor_optimum(class_means([5, 1]), 1e-4, start=np.zeros((2, 2)), max_iterations=1)
    assert stopped.status == "inaccurate"
    assert "max_iterations" in stopped.remedy
