"""ReLU chains: published numbers, exact tables, explicit weights, and the networks in exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from theory.errors import InvalidProblemError, OutOfDomainError
from theory.squared_loss.relu_chains import (
    INCIDENCE_ROOT,
    TRIANGLE_ROOT,
    beats_collapse,
    chain_loss,
    incidence_wins,
    padded_root_bracket,
    padded_structure,
    triangle_wins,
)
from theory.squared_loss.relu_factors import incidence_factors, scaled_factors, triangle_factors
from theory.squared_loss.small_chains import (
    CONE_BRACKET,
    WEDGE_CONSTANT,
    bracket,
    cone_factors,
    left_inverse,
    logits,
    relu,
    times,
    wedge_factors,
)


def test_the_known_losses_of_ten_classes() -> None:
    root = padded_root_bracket(10, 3)
    assert chain_loss(root, factors=4, strength_decay=0.007**4).loss == pytest.approx(0.12867, abs=5e-6)
    assert chain_loss(10.0, factors=4, strength_decay=0.007**4).loss == pytest.approx(0.13746, abs=5e-6)


@pytest.mark.parametrize("vertices", range(3, 12))
@pytest.mark.parametrize("depth", range(2, 9))
def test_integers_and_formulas_agree_on_who_wins(vertices: int, depth: int) -> None:
    classes = vertices * (vertices - 1) / 2
    own = {"vertices": vertices, "factors": depth + 1}
    assert incidence_wins(vertices, depth) == (float(INCIDENCE_ROOT(**own)) < classes)
    assert incidence_wins(vertices, depth) == (vertices >= 4 and depth >= 4)
    if vertices >= 5:
        assert triangle_wins(vertices, depth) == (float(TRIANGLE_ROOT(**own)) < classes)
        assert triangle_wins(vertices, depth) == (depth >= 3)


def test_chains_fit_one_hot_targets_exactly() -> None:
    for factors in (incidence_factors(5, 4), triangle_factors(6, 3), incidence_factors(4, 2)):
        values = factors[0]
        for weight in factors[1:-1]:
            values = np.maximum(weight @ values, 0)
        assert np.max(np.abs(factors[-1] @ values - np.eye(values.shape[1]))) < 1e-13


def test_scaled_blocks_have_the_scale_and_balance() -> None:
    decays = [0.3, 0.02, 0.1, 0.5]
    factors = scaled_factors([triangle_factors(5, 3), [np.eye(2)] * 4], 0.7, decays)
    values = factors[0]
    for weight in factors[1:-1]:
        values = np.maximum(weight @ values, 0)
    assert np.max(np.abs(factors[-1] @ values - 0.7 * np.eye(12))) < 1e-13
    shares = [decay * float(np.sum(part[-2:, -2:] ** 2)) for decay, part in zip(decays, factors, strict=True)]
    assert max(shares) - min(shares) < 1e-14


def test_the_small_networks_are_exact() -> None:
    wedge, cone = wedge_factors(6), cone_factors()
    assert logits(wedge) == [[int(i == j) for j in range(3)] for i in range(3)]
    assert logits(cone) == [[int(i == j) for j in range(7)] for i in range(7)]
    assert bracket(wedge) == 16 * Fraction(str(WEDGE_CONSTANT))
    assert bracket(cone) == Fraction(str(CONE_BRACKET)) < 7**4


def test_a_wrong_cut_is_noticed() -> None:
    wedge = wedge_factors(4)
    wedge[-2] = [[Fraction(1), Fraction(-1)], [Fraction(1), Fraction(1)], [Fraction(-1), Fraction(1)]]
    assert logits(wedge) != [[int(i == j) for j in range(3)] for i in range(3)]


def test_rational_helpers() -> None:
    matrix = [[Fraction(1), Fraction(2)], [Fraction(0), Fraction(-3)], [Fraction(1), Fraction(1)]]
    assert times(left_inverse(matrix), matrix) == [[1, 0], [0, 1]]
    assert relu(matrix)[1] == [0, 0]


def test_the_table_of_proved_cells() -> None:
    for classes in range(2, 20):
        for depth in range(1, 8):
            cheaper = padded_root_bracket(classes, depth) < classes
            assert cheaper == beats_collapse(classes, depth)
            assert (padded_structure(classes, depth) == "collapse") == (not cheaper)


def test_large_problems_do_not_overflow() -> None:
    assert padded_root_bracket(10**5, 100) < 10**4


def test_a_decay_too_large_leaves_zero() -> None:
    best = chain_loss(10.0, factors=4, strength_decay=1.0)
    assert (best.scale, best.loss) == (0.0, 0.5)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(InvalidProblemError, match="r ≥ 5"):
        triangle_factors(4, 3)
    with pytest.raises(InvalidProblemError, match="L ≥ 2"):
        incidence_wins(4, 1)
    with pytest.raises(InvalidProblemError, match="wedge"):
        wedge_factors(1)
    with pytest.raises(InvalidProblemError, match="classes 1"):
        padded_root_bracket(1, 3)
    with pytest.raises(OutOfDomainError, match="logit scale"):
        scaled_factors([incidence_factors(4, 3)], 0.0, [0.1] * 4)
