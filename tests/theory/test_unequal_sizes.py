"""Structures for unequal class sizes: critical points, the convex optimum, and limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import loss_and_gradients_cross_entropy
from numerics.optimum.class_means import class_means
from numerics.optimum.convex import two_factor_optimum
from numerics.optimum.local import logit_optimum, spherical_starts
from theory.cross_entropy.cells import Arrangement, Cell
from theory.cross_entropy.fixed_rank import along_ray, critical_point
from theory.cross_entropy.unequal_sizes import Found, group_sizes, simplex_direction, unequal_structures
from theory.errors import InvalidProblemError
from theory.prediction import Prediction, predict
from theory.problem import Problem

PROBLEMS = [
    ((10, 10, 1, 1), 2, 1e-2),
    ((10, 10, 1, 1), 3, 1e-3),
    ((5, 5, 5, 1, 1, 1), 4, 1e-2),
    ((7, 3), 3, 1e-2),
    ((3, 2, 2), 3, 0.05),
    ((9, 8, 6, 4, 1), 3, 1e-3),
    ((20, 10, 5, 4, 2, 1), 4, 1e-3),
    ((6,) * 5 + (2,) * 6, 5, 1e-3),
    ((50,) * 10 + (1,) * 4, 3, 1e-4),
    ((30, 30, 8, 8, 8, 2, 2), 6, 1e-5),
]


def predicted(sizes: tuple[int, ...], depth: int, decay: float) -> Prediction:
    return predict(
        Problem(loss="cross-entropy", classes=len(sizes), depth=depth, weight_decay=decay, class_sizes=sizes)
    )


def assert_critical(found: Found, sizes: tuple[int, ...], factors: int, decay: float) -> None:
    """Loss, singular values and gradients in every factor, from the K×N logits themselves."""
    falling = [size for size, count in group_sizes(sizes) for _ in range(count)]
    logits = np.repeat(found.logits(), falling, axis=1)
    values = np.linalg.svd(logits, compute_uv=False)[: len(sizes)]
    listed = np.zeros(len(sizes))
    listed[: found.rank] = [value for value, count in found.values for _ in range(count)]
    assert values == pytest.approx(listed, abs=1e-9 * max(1.0, listed[0]), rel=0), found.name
    chain = balanced_factors(logits, factors=factors, width=len(sizes))
    labels = np.repeat(np.arange(len(sizes)), falling)
    loss, gradients = loss_and_gradients_cross_entropy(chain, labels, decay)
    if found.rank == 0:
        assert loss == pytest.approx(math.log(len(sizes)), rel=1e-14)
        return
    assert found.loss == pytest.approx(loss, rel=1e-11), found.name
    size = decay * max(float(np.linalg.norm(factor)) for factor in chain)
    assert max(float(np.linalg.norm(each)) for each in gradients) < 1e-7 * size, found.name


@pytest.mark.parametrize(("sizes", "factors", "decay"), PROBLEMS)
def test_every_candidate_is_critical(sizes: tuple[int, ...], factors: int, decay: float) -> None:
    found = unequal_structures(sizes, factors, decay)
    assert found[-1].name == "zero"
    assert len(found) > 1
    for each in found:
        assert_critical(each, sizes, factors, decay)


sizes_drawn = st.lists(st.integers(1, 60), min_size=2, max_size=6).map(tuple)


@settings(max_examples=25, deadline=None)
@given(sizes=sizes_drawn, factors=st.integers(2, 6), decay=st.floats(-6, 0).map(lambda power: 10**power))
def test_drawn_sizes_have_critical_candidates(sizes: tuple[int, ...], factors: int, decay: float) -> None:
    for each in unequal_structures(sizes, factors, decay):
        assert_critical(each, sizes, factors, decay)


@settings(max_examples=40, deadline=None)
@given(sizes=sizes_drawn, decay=st.floats(-7, 0.5).map(lambda power: 10**power))
def test_one_weight_matrix_is_solved_to_rounding(sizes: tuple[int, ...], decay: float) -> None:
    best = unequal_structures(sizes, 2, decay)[0]
    assert best.gap is not None
    assert best.gap <= 1e-12


@pytest.mark.parametrize("sizes", [(10, 10, 1, 1), (40, 9, 3, 1, 1), (5, 4, 3, 2, 1)])
@pytest.mark.parametrize("decay", [0.05, 0.005])
def test_one_weight_matrix_against_proximal_steps(sizes: tuple[int, ...], decay: float) -> None:
    best = predicted(sizes, 1, decay).best
    other = two_factor_optimum(class_means(sizes), decay, gap=1e-9)
    assert other.lower_bound - 1e-12 <= best.loss <= other.loss + 1e-12


@pytest.mark.parametrize(
    ("sizes", "factors", "decay"),
    [
        ((10, 10, 1, 1), 3, 1e-3),
        ((5, 5, 5, 1, 1, 1), 4, 1e-2),
        ((100, 50, 20, 10, 5), 3, 1e-3),
        ((3, 2, 2), 3, 0.05),
    ],
)
def test_minimisation_in_logit_space_ends_in_the_best(
    sizes: tuple[int, ...], factors: int, decay: float
) -> None:
    ranks = [min(rank, len(sizes) - 1) for rank in (1, 2, 2, 3, 3, 4)]
    starts = spherical_starts(len(sizes), ranks, scale=9.0, rng=np.random.default_rng(3))
    reached = logit_optimum(starts, sizes, factors=factors, weight_decay=decay)
    best = unequal_structures(sizes, factors, decay)[0]
    assert reached.loss == pytest.approx(best.loss, rel=1e-9)
    assert reached.rank == best.rank


def test_equal_sizes_are_the_balanced_prediction() -> None:
    for classes, depth in ((2, 1), (5, 3), (16, 2)):
        sized = predicted((4,) * classes, depth, 1e-3)
        plain = predict(
            Problem(
                loss="cross-entropy", classes=classes, depth=depth, weight_decay=1e-3, samples_per_class=4
            )
        )
        assert sized.candidates == plain.candidates
        assert (sized.collapse, sized.thresholds) == (plain.collapse, plain.thresholds)


def test_nearly_equal_sizes_are_nearly_the_balanced_prediction() -> None:
    million = 1_000_000
    near = predicted((million, million, million, million, million - 1), 3, 1e-5)
    plain = predict(
        Problem(loss="cross-entropy", classes=5, depth=3, weight_decay=1e-5, samples_per_class=1_000_000)
    )
    assert near.best.loss == pytest.approx(plain.best.loss, rel=1e-5)


def test_the_order_of_the_classes_does_not_matter() -> None:
    first, second = predicted((1, 7, 3, 7), 2, 1e-3), predicted((7, 7, 3, 1), 2, 1e-3)
    assert first.candidates == second.candidates


@pytest.mark.parametrize("factors", [2, 3, 5])
def test_cells_and_single_classes_are_one_problem(factors: int) -> None:
    """Generalised collapse in cells of equal classes, and with every class a cell of its own."""
    found = []
    for cells in (
        (Cell(9, 3, spread=True), Cell(2, 2, spread=True)),
        tuple(Cell(size, 1) for size in (9, 9, 9, 2, 2)),
    ):
        problem = Arrangement(cells, factors, math.log(1e-4))
        start = along_ray(problem, simplex_direction(problem))
        assert start is not None
        point = critical_point(problem, start)
        assert point is not None
        values = sorted(value for value, count in problem.singular_values(point) for _ in range(count))
        found.append([problem.value(point), *values])
    assert found[0] == pytest.approx(found[1], rel=1e-11)


def test_a_strong_decay_leaves_zero() -> None:
    for depth in (1, 2, 6):
        prediction = predicted((50, 20, 1), depth, 5.0)
        assert [each.structure for each in prediction.candidates] == ["zero"]
        assert prediction.best.loss == pytest.approx(math.log(3))


@pytest.mark.parametrize("decay", [1e-300, 1e-100, 1e-12])
@pytest.mark.parametrize("depth", [1, 2, 100])
def test_tiny_decays_stay_finite(decay: float, depth: int) -> None:
    prediction = predicted((30, 3, 3, 1), depth, decay)
    assert 0 < prediction.best.loss < 1e-3
    assert prediction.best.rank > 0


def test_there_is_no_collapse_point_and_no_threshold() -> None:
    prediction = predicted((5, 5, 1), 2, 1e-2)
    assert prediction.collapse is None
    assert prediction.thresholds.existence is None
    assert prediction.duality_gap is None


def test_many_classes_in_two_groups() -> None:
    prediction = predicted((100,) * 500 + (1,) * 500, 2, 1e-6)
    assert prediction.best.loss < prediction.candidates[-1].loss
    assert math.isfinite(prediction.best.loss)


def test_too_many_sizes_are_refused() -> None:
    with pytest.raises(InvalidProblemError, match="13 distinct class sizes are above 12"):
        predicted(tuple(range(1, 14)), 2, 1e-3)
