"""The paired ReLU network: explicit weights through a ReLU, their cost, and the exact table."""

import numpy as np
import pytest

from numerics.descent.linear_chain import loss_and_gradients_cross_entropy
from theory.cross_entropy.codes import paired_code
from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.relu_collapse import COLLAPSE_COST, mean_to_simplex_ratio, meets_assumption_one
from theory.cross_entropy.relu_paired import (
    RELU_PAIRED_COST,
    RELU_PAIRED_LOSS,
    relu_paired_weights,
    relu_paired_wins,
    relu_printed_network_wins,
    relu_printed_odd_weights,
    relu_printed_theorem,
)
from theory.errors import InvalidProblemError, OutOfDomainError


@pytest.mark.parametrize(("classes", "depth", "samples"), [(4, 2, 1), (7, 3, 2), (14, 4, 1), (9, 6, 3)])
def test_weights_pass_through_relu_unchanged_and_cost_what_the_formula_says(
    classes: int, depth: int, samples: int
) -> None:
    scale, decay, factors, single = 4.0, 0.003, depth + 1, classes % 2
    features, weights = relu_paired_weights(classes, depth, samples, scale)
    values = features
    for weight in weights[:-1]:
        values = weight @ values
        assert values.min() >= -1e-12
        values = np.maximum(values, 0.0)
    logits = weights[-1] @ values
    expected = scale * np.kron(paired_code(classes), np.ones((1, samples)))
    assert np.max(np.abs(logits - expected)) <= 1e-12
    norms = [float(np.sum(matrix**2)) for matrix in (features, *weights)]
    assert max(norms) - min(norms) <= 1e-11 * max(norms)  # all equal: the cheapest scaling
    # the ReLUs change nothing, so the linear chain has the same loss
    loss, _ = loss_and_gradients_cross_entropy(
        [features, *weights], np.repeat(np.arange(classes), samples), decay
    )
    formula = RELU_PAIRED_LOSS(
        scale=scale,
        paired_classes=classes - single,
        single=single,
        factors=factors,
        scaled_decay=decay * samples ** (1 / factors),
    )
    assert abs(loss - float(formula)) <= 1e-12


def test_the_table_in_integers() -> None:
    first = {depth: min(k for k in range(4, 40) if relu_paired_wins(k, depth)) for depth in range(4, 12)}
    assert first == {4: 14, 5: 10, 6: 8, 7: 8, 8: 6, 9: 6, 10: 6, 11: 6}
    assert not any(relu_paired_wins(k, depth) for k in range(2, 200) for depth in (2, 3))
    assert not any(relu_paired_wins(4, depth) for depth in range(2, 80))
    assert [k for k in range(11, 19, 2) if relu_printed_network_wins(k, 4)] == [17]
    for classes in range(4, 60):
        for depth in range(2, 20):
            if relu_printed_theorem(classes, depth):
                assert relu_printed_network_wins(classes, depth)
            if relu_printed_network_wins(classes, depth):
                assert relu_paired_wins(classes, depth)


@pytest.mark.parametrize(("classes", "depth"), [(14, 4), (12, 4), (15, 4), (6, 8), (6, 7)])
def test_integers_agree_with_the_formula(classes: int, depth: int) -> None:
    single = classes % 2
    cost = float(RELU_PAIRED_COST(paired_classes=classes - single, factors=depth + 1)) + single
    assert (cost < classes - 1) == relu_paired_wins(classes, depth)


def test_the_printed_odd_network_has_two_on_its_lone_class() -> None:
    features, weights = relu_printed_odd_weights(5, 3, 1, 2.0)
    logits = weights[2] @ np.maximum(weights[1] @ np.maximum(weights[0] @ features, 0), 0)
    assert abs(logits[4, 4] - 4.0) <= 1e-12
    with pytest.raises(InvalidProblemError, match="even"):
        relu_printed_odd_weights(4, 3, 1, 2.0)
    with pytest.raises(InvalidProblemError, match="needs K"):
        relu_paired_weights(4, 1, 1, 2.0)


def test_assumption_one_can_hold_and_fail() -> None:
    simplex = np.eye(4) - 1 / 4
    assert meets_assumption_one(simplex)
    assert meets_assumption_one(simplex + 1.0)  # no entry is cut
    assert not meets_assumption_one(simplex - 0.6)
    assert abs(mean_to_simplex_ratio(simplex + 1.0) - 4 / np.sqrt(3)) <= 1e-12
    with pytest.raises(OutOfDomainError, match="coincide"):
        mean_to_simplex_ratio(np.ones((3, 3)))


def test_the_bound_on_collapse_is_the_cost_of_linear_collapse() -> None:
    decay, samples, factors, classes, scale = 0.01, 3, 5, 6, 7.0
    bound = float(COLLAPSE_COST(scale=scale, classes=classes, samples_per_class=samples, factors=factors))
    mu = decay * samples ** (1 / factors)
    loss = float(COLLAPSE.loss(scale=scale, classes=classes, factors=factors, scaled_decay=mu))
    fit = float(COLLAPSE.fit(scale=scale, classes=classes))
    assert abs(fit + decay / 2 * bound - loss) <= 1e-13
