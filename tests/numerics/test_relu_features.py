"""The ReLU features model: gradient by differences, the linear limit, and a minimum known in closed form."""

import numpy as np
import pytest

from numerics.descent.relu_features import minimise_relu_features, relu_loss_and_gradients
from theory.errors import InvalidProblemError
from theory.squared_loss.relu_chains import chain_loss


def random_factors(seed: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.standard_normal(shape) for shape in ((4, 3), (5, 4), (4, 5), (3, 4))]


@pytest.mark.parametrize("seed", range(3))
def test_gradient_by_differences(seed: int) -> None:
    factors, decays = random_factors(seed), np.array([0.1, 0.2, 0.05, 0.3])
    _, gradients = relu_loss_and_gradients(factors, np.eye(3), decays)
    for index, factor in enumerate(factors):
        direction = np.random.default_rng(seed + 7).standard_normal(factor.shape)
        ends: list[float] = []
        for sign in (1, -1):
            moved = [part + sign * 1e-6 * direction if i == index else part for i, part in enumerate(factors)]
            ends.append(relu_loss_and_gradients(moved, np.eye(3), decays)[0])
        slope = (ends[0] - ends[1]) / 2e-6
        assert abs(slope - float(np.sum(gradients[index] * direction))) < 1e-6 * (1 + abs(slope))


def test_collapse_is_found_from_nearby() -> None:
    found = minimise_relu_features([np.eye(3)] * 4, np.eye(3), 0.01)
    assert found.loss == pytest.approx(chain_loss(3.0, factors=4, strength_decay=0.01**4).loss, rel=1e-8)
    assert found.gradient_norm < 1e-6


def test_shapes_are_checked() -> None:
    with pytest.raises(InvalidProblemError):
        minimise_relu_features([np.eye(3), np.eye(2)], np.eye(3), 0.1)
