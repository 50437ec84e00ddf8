"""Optima in logit space and along rays: against closed forms and against matrix descent."""

import math

import numpy as np
import pytest
from flint import arb

from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import descend_cross_entropy
from numerics.exact.codes import code_loss_ball, exact_rank, singular_value_balls
from numerics.optimum.local import logit_optimum, spherical_starts
from numerics.ray_minimum import least_on_ray
from theory.cross_entropy.codes import code_loss, paired_code, polygon_code, simplex_code
from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PAIRED
from theory.cross_entropy.polygon import POLYGON
from theory.errors import CannotEvaluateError, InvalidProblemError


def test_depth_one_finds_collapse() -> None:
    start = np.random.default_rng(1).standard_normal((5, 5))
    found = logit_optimum([start], [2] * 5, factors=2, weight_decay=0.02)
    mu = 0.02 * math.sqrt(2)
    scale = math.log(1 / mu - 4)
    assert abs(found.loss - float(COLLAPSE.loss(scale=scale, classes=5, factors=2, scaled_decay=mu))) <= 1e-9
    assert found.rank == 4


def test_strong_decay_finds_zero() -> None:
    found = logit_optimum([np.eye(4)], [1] * 4, factors=4, weight_decay=1.0)
    assert (found.rank, found.loss) == (0, math.log(4))
    with pytest.raises(InvalidProblemError, match="no start"):
        logit_optimum([], [1] * 4, factors=4, weight_decay=1.0)


def test_matrix_descent_stays_at_a_logit_optimum() -> None:
    """K=8, L=3: a structure of rank three below collapse, pairs and the polygon; descent agrees."""
    decay, factors = 0.00625, 4
    starts = spherical_starts(8, (3, 3), scale=9.0, rng=np.random.default_rng(0))
    found = logit_optimum(starts, [1] * 8, factors=factors, weight_decay=decay)
    where = {"classes": 8, "factors": factors, "scaled_decay": decay}
    for ray in (COLLAPSE, PAIRED, POLYGON):
        scale = ray.stationary_scale.solve(**where)
        assert scale is not None
        assert found.loss < float(ray.loss(scale=scale, **where)) - 5e-3
    assert found.rank == 3
    chain = balanced_factors(found.code, factors=factors, width=8)
    end = descend_cross_entropy(chain, np.arange(8), decay, step=0.5, max_steps=4000)
    assert abs(end.loss - found.loss) <= 1e-8


@pytest.mark.parametrize(("classes", "factors"), [(4, 2), (6, 3), (6, 6)])
def test_the_least_point_on_a_ray_is_the_stationary_one(classes: int, factors: int) -> None:
    where = {"classes": classes, "factors": factors, "scaled_decay": 0.004}
    for ray, code, rank in (
        (COLLAPSE, simplex_code(classes), classes - 1),
        (PAIRED, paired_code(classes), classes // 2),
        (POLYGON, polygon_code(classes), 2),
    ):
        scale = ray.stationary_scale.solve(**where)
        assert scale is not None
        found = least_on_ray(code, [1] * classes, rank=rank, factors=factors, weight_decay=0.004)
        assert abs(found.loss - float(ray.loss(scale=scale, **where))) <= 1e-12
        assert abs(found.scale - scale) <= 1e-4 * scale


def test_balls_contain_the_floats() -> None:
    code, sizes = [[2, -1, 0], [0, 1, 1], [-2, 0, -1]], [1, 4, 2]
    assert exact_rank(code) == 2
    balls = singular_value_balls(code, sizes)
    direct = np.linalg.svd(np.asarray(code) * np.sqrt(sizes), compute_uv=False)
    assert all(abs(float(ball) - value) <= 1e-12 for ball, value in zip(balls, direct, strict=False))
    ball = code_loss_ball(code, 3, sizes, factors=5, weight_decay=1)
    loss = code_loss(code, 3.0, sizes, rank=2, factors=5, weight_decay=1.0)
    assert abs(ball - loss) < arb("1e-12")
    with pytest.raises(CannotEvaluateError, match="not exact"):
        exact_rank([[0.1, 1], [1, 0]])
