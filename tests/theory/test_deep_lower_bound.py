"""The lower bound of the deep cost in its limits, against codes, and not a little higher."""

import numpy as np
import pytest

from theory.representation_cost.codes import cheapest_sum
from theory.representation_cost.deep_lower_bound import DEEP_LOWER_BOUND
from theory.tolerances import CLOSED_FORM
from verify.claims.representation_cost.certificates.code_bounds import BISECTED
from verify.claims.representation_cost.deep_margins_from_below import CLAIM, hypotheses, margin
from verify.margin import Outcome


def bound(classes: int, factors: float) -> float:
    return float(DEEP_LOWER_BOUND(classes=float(classes), factors=float(factors)))


@pytest.mark.parametrize("classes", [3, 4, 12, 100])
def test_two_factors_give_the_simplex(classes: int) -> None:
    assert abs(bound(classes, 2) - (classes - 1)) <= CLOSED_FORM * classes


@pytest.mark.parametrize("classes", [3, 5, 40])
def test_the_limit_of_depth_is_the_least_rank(classes: int) -> None:
    """From below for three classes, from above for five and more."""
    far = [abs(bound(classes, factors) - 2) for factors in (1e2, 1e4, 1e6)]
    assert far[0] > far[1] > far[2] > 0
    assert far[2] < 1e-4


def test_it_falls_with_depth_and_rises_with_classes() -> None:
    """With depth from four classes on; the costs themselves need not."""
    for classes in range(3, 13):
        for factors in range(2, 9):
            assert classes == 3 or bound(classes, factors) > bound(classes, factors + 1)
            assert bound(classes, factors) < bound(classes + 1, factors)


def test_codes_cost_no_less() -> None:
    for classes in range(3, 13):
        for factors in (2, 2.5, 3, 5, 8, 30):
            cost = cheapest_sum(classes, factors).cost(factors)
            assert cost >= bound(classes, factors) - CLOSED_FORM * classes * cost


def test_bisections_say_more_and_no_more_than_the_codes() -> None:
    for item in BISECTED:
        cost, low = cheapest_sum(item.classes, item.factors).cost(item.factors), float(item.bound)
        assert bound(item.classes, item.factors) < low < cost <= 1.01 * low


def test_a_margin_is_zero_at_the_simplex_and_known_at_the_pairs() -> None:
    simplex = {"logits": np.eye(4) - 1 / 4, "factors": 2}
    pairs = {"logits": np.kron(np.eye(2), [[1.0, -1.0], [-1.0, 1.0]]), "factors": 4}
    assert hypotheses(simplex)
    assert margin(simplex).outcome is not Outcome.FAILS
    assert abs(margin(simplex).value) <= margin(simplex).error
    assert abs(margin(pairs).value - (2 * 2**0.5 - bound(4, 4))) <= margin(pairs).error


def test_logits_without_margins_are_outside_the_hypotheses() -> None:
    assert not hypotheses({"logits": np.zeros((3, 3)), "factors": 3})
    assert not hypotheses({"logits": np.eye(2), "factors": 3})
    assert not hypotheses({"logits": np.eye(3), "factors": 1})
    assert CLAIM.sampler is not None
    drawn = [CLAIM.sampler(np.random.default_rng(seed)) for seed in range(50)]
    assert sum(hypotheses(instance) for instance in drawn) > 25
