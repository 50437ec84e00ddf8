"""Codes and what follows from their margins and spectra: thresholds against values known by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest

from theory.cross_entropy.codes import (
    code_fit,
    code_loss,
    least_margin,
    mean_margin,
    paired_code,
    polygon_code,
    simplex_code,
    singular_values,
    weighted_code,
)
from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.decay_schedule import ZERO_DECAY, trailing_constant
from theory.cross_entropy.depth_threshold import depth_threshold, sharp_factors
from theory.cross_entropy.imbalance import seli_singular_values, step_sizes
from theory.cross_entropy.paired import PAIRED
from theory.cross_entropy.superior_rank import least_superior_code, lifted_code, superior_rank
from theory.errors import InvalidProblemError, OutOfDomainError


@pytest.mark.parametrize(("classes", "samples", "factors"), [(3, 1, 2), (6, 4, 3), (4, 2, 7)])
def test_the_loss_of_a_code_is_that_of_its_ray(classes: int, samples: int, factors: int) -> None:
    decay, scale = 0.01, 2.5
    mu = decay * samples ** (1 / factors)
    for ray, code, rank in (
        (COLLAPSE, simplex_code(classes), classes - 1),
        (PAIRED, paired_code(classes), classes // 2),
    ):
        if ray is PAIRED and classes % 2:
            continue
        loss = code_loss(code, scale, [samples] * classes, rank=rank, factors=factors, weight_decay=decay)
        expected = float(ray.loss(scale=scale, classes=classes, factors=factors, scaled_decay=mu))
        assert abs(loss - expected) <= 1e-13


def test_margins_keep_exact_numbers() -> None:
    code = [[Fraction(1), 0, 2], [0, 3, 0], [Fraction(1, 3), 0, 5]]
    assert least_margin(code) == Fraction(2, 3)
    assert mean_margin(code, [1, 1, 1]) == Fraction(1 + Fraction(2, 3) + 3 + 3 + 3 + 5, 6)
    assert mean_margin(code, [0, 0, 1]) == 4


def test_a_fit_does_not_overflow() -> None:
    assert code_fit([[1, -1], [-1, 1]], 1e6, [1, 1]) == 0.0
    assert code_fit([[-1, 1], [1, -1]], 1e3, [1, 1]) == 2e3


@pytest.mark.parametrize("classes", [4, 6, 8, 20])
def test_the_simplex_against_pairs_has_the_exact_crossover(classes: int) -> None:
    values, lower = [1.0] * (classes - 1), [2.0] * (classes // 2)
    threshold = depth_threshold(1.0, values, 1.0, lower)
    assert threshold.factors == sharp_factors(values, lower, threshold) == (4 if classes == 4 else 3)
    assert abs(threshold.bound - 2 * math.log(2) / math.log(2 * (classes - 1) / classes)) <= 1e-14


def test_a_threshold_needs_margins_and_a_larger_rank() -> None:
    with pytest.raises(OutOfDomainError, match="margins"):
        depth_threshold(-1.0, [1, 1, 1], 1.0, [1])
    with pytest.raises(OutOfDomainError, match="ranks"):
        depth_threshold(1.0, [1, 1], 1.0, [1, 1])


@pytest.mark.parametrize("classes", [2, 3, 7, 12])
def test_the_least_superior_code_is_superior_and_of_least_rank(classes: int) -> None:
    code = least_superior_code(classes)
    assert least_margin(code) > 0
    assert np.linalg.matrix_rank(np.asarray(code)) == superior_rank(classes)


def test_lifted_points_have_squared_distances_as_margins() -> None:
    points = [[0, 1], [2, 2], [5, 0]]
    code = lifted_code(points)
    for i, one in enumerate(points):
        for j, two in enumerate(points):
            square = sum((a - b) ** 2 for a, b in zip(one, two, strict=True))
            assert code[j][j] - code[i][j] == square


def test_the_decay_that_leaves_nothing_is_exact_at_depth_one() -> None:
    for classes, samples in ((2, 1), (5, 3), (10, 1)):
        where = {"classes": classes, "samples_per_class": samples, "samples": classes * samples}
        decay = float(ZERO_DECAY(factors=2, **where))
        assert abs(decay * math.sqrt(samples) - 1 / classes) <= 1e-15


def test_the_trailing_constant_does_not_depend_on_equal_sizes() -> None:
    polygon = polygon_code(7)
    one, many = (trailing_constant(polygon, [size] * 7, 2) for size in (1, 9))
    assert abs(one - many) <= 1e-12


@pytest.mark.parametrize(
    ("classes", "minority", "imbalance"), [(4, 2, 10), (5, 1, 3), (7, 6, 100), (6, 3, 1)]
)
def test_the_spectrum_of_simplex_encoded_labels(classes: int, minority: int, imbalance: int) -> None:
    sizes = step_sizes(classes, minority, imbalance, 2)
    direct = singular_values(simplex_code(classes), sizes, classes - 1)
    closed = sorted(seli_singular_values(classes, minority, imbalance, 2), reverse=True)
    assert np.max(np.abs(direct - closed)) <= 1e-12 * direct[0]


def test_wrong_sizes_are_refused() -> None:
    with pytest.raises(InvalidProblemError, match="minorities"):
        step_sizes(4, 4, 2)
    with pytest.raises(InvalidProblemError, match="class sizes"):
        weighted_code([[1, 0], [0, 1]], [1])
    with pytest.raises(InvalidProblemError, match="not square"):
        weighted_code([[1, 0]], [1])
