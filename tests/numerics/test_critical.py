"""Critical points: exact Hessian products, refinement to rounding, kinds with the symmetry counted."""

import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.critical.newton import refine
from numerics.critical.objective import ChainObjective, cross_entropy_chain, squared_loss_chain
from numerics.critical.spectrum import classify, dense_hessian, hessian_spectrum
from numerics.critical.symmetry import aligned_rank, orbit_dimension, tangent_vectors
from numerics.descent.initialisation import balanced_factors, chain_shapes, gaussian_factors
from numerics.descent.linear_chain import descend_cross_entropy
from theory.errors import InvalidProblemError
from theory.squared_loss.modes import large_root

LABELS = [0, 1, 2, 0, 1, 2]


def objectives() -> dict[str, tuple[ChainObjective, FloatArray]]:
    rng = np.random.default_rng(3)
    factors = [rng.standard_normal(shape) for shape in [(5, 6), (4, 5), (3, 4)]]
    targets = rng.standard_normal((3, 6))
    return {
        "cross-entropy": cross_entropy_chain(factors, LABELS, [0.1, 0.2, 0.3]),
        "squared": squared_loss_chain(factors, targets, [0.1, 0.0, 0.3]),
        "free bias": squared_loss_chain(factors, targets, 0.2, free_bias=True),
    }


@pytest.mark.parametrize("name", objectives())
def test_gradient_and_hessian_product_agree_with_differences(name: str) -> None:
    objective, point = objectives()[name]
    direction = np.random.default_rng(5).standard_normal(point.size)
    step = 1e-5
    up, down = (objective.loss_and_gradient(point + sign * step * direction) for sign in (1, -1))
    slope = objective.loss_and_gradient(point)[1] @ direction
    assert abs((up[0] - down[0]) / (2 * step) - slope) < 1e-7 * abs(slope)
    bent = objective.curvature(point)(direction)
    assert np.linalg.norm((up[1] - down[1]) / (2 * step) - bent) < 1e-6 * np.linalg.norm(bent)


@pytest.mark.parametrize("name", objectives())
def test_the_hessian_is_symmetric_and_loss_is_constant_along_rotations(name: str) -> None:
    objective, point = objectives()[name]
    hessian = dense_hessian(objective, point)
    product = objective.curvature(point)
    columns = np.array([product(direction) for direction in np.eye(point.size)])
    assert np.max(np.abs(columns - columns.T)) < 1e-12 * np.max(np.abs(hessian))
    gradient = objective.loss_and_gradient(point)[1]
    assert np.max(np.abs(tangent_vectors(objective.split(point)) @ gradient)) < 1e-12


@pytest.mark.parametrize(
    ("classes", "samples", "width", "depth", "decay"),
    [(4, 1, 8, 3, 1e-3), (5, 2, 7, 2, 1e-2), (3, 1, 3, 1, 0.05)],
)
def test_descent_is_refined_to_a_minimum_whose_zero_modes_are_the_symmetry(
    classes: int, samples: int, width: int, depth: int, decay: float
) -> None:
    labels = np.repeat(np.arange(classes), samples)
    shapes = chain_shapes(classes=classes, samples=labels.size, depth=depth, width=width)
    start = gaussian_factors(shapes, scale=0.4, rng=np.random.default_rng(1))
    descent = descend_cross_entropy(
        start, labels, decay, step=0.3, max_steps=40_000, momentum=0.9, tolerance=1e-5
    )
    objective, point = cross_entropy_chain(descent.factors, labels, decay)
    found = refine(objective, point)
    assert found.status == "critical"
    assert found.stationarity < 1e-10
    assert found.distance < 1e-2
    kind = classify(objective, found.point)
    assert kind.kind == "minimum"
    assert kind.zero == kind.symmetry == orbit_dimension(objective.split(found.point))


@pytest.mark.parametrize(
    ("kept", "kind"), [((2.0, 1.0), "minimum"), ((2.0, 0.0), "saddle"), ((0.0, 0.0), "saddle")]
)
def test_squared_loss_with_two_factors_has_no_minimum_but_the_global_one(
    kept: tuple[float, float], kind: str
) -> None:
    """σ = y − ν for every mode above ν; leaving one out is a strict saddle (theory 2.1)."""
    decay, targets = 0.05, np.diag([2.0, 1.0])
    spectrum = np.diag([value - 2 * decay if value else 0.0 for value in kept])
    factors = balanced_factors(spectrum, factors=2, width=3)
    objective, point = squared_loss_chain(factors, targets, decay)
    found = refine(objective, point)
    assert found.distance < 1e-9
    assert classify(objective, found.point).kind == kind


def test_zero_is_a_degenerate_or_strict_minimum_of_three_factors() -> None:
    objective, point = squared_loss_chain([np.zeros((2, 2))] * 3, np.eye(2), 0.1)
    found = classify(objective, point)
    assert (found.kind, found.zero, found.symmetry) == ("minimum", 0, 0)
    free, _ = squared_loss_chain([np.zeros((2, 2))] * 3, np.eye(2), 0.0)
    assert classify(free, point).kind == "degenerate"


def test_newton_finds_the_large_root_of_a_mode_to_rounding() -> None:
    root = large_root(1.0, 0.1, 3)
    assert root is not None
    start = balanced_factors([[root * 1.05]], factors=3, width=1)
    objective, point = squared_loss_chain(start, [[1.0]], 0.1)
    found = refine(objective, point)
    assert abs(float(np.prod(found.point)) - root) < 1e-13


def test_the_count_by_ranks_is_the_count_by_tangent_vectors() -> None:
    rng = np.random.default_rng(7)
    product = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 5))
    factors = balanced_factors(product, factors=3, width=6, rng=rng)
    assert aligned_rank(factors) == 2
    vectors = tangent_vectors(factors)
    assert orbit_dimension(factors) == np.linalg.matrix_rank(vectors, tol=1e-8) == 2 * (2 * 6 - 3)
    loose = [rng.standard_normal(shape) for shape in [(4, 5), (4, 4), (3, 4)]]
    assert aligned_rank(loose) is None
    assert orbit_dimension(loose) == 12


def test_lanczos_sees_the_ends_that_the_whole_spectrum_has() -> None:
    objective, point = objectives()["cross-entropy"]
    whole = hessian_spectrum(objective, point)
    ends = hessian_spectrum(objective, point, ends=4, dense=10)
    assert whole.complete
    assert not ends.complete
    assert abs(ends.smallest - whole.smallest) < 1e-8
    assert abs(ends.largest - whole.largest) < 1e-8


def test_what_cannot_be_refined_is_a_value_or_a_clear_error() -> None:
    objective, point = objectives()["cross-entropy"]
    with pytest.raises(InvalidProblemError, match="NaN"):
        refine(objective, np.full_like(point, np.nan))
    with pytest.raises(InvalidProblemError, match="positive"):
        refine(objective, point, tolerance=0.0)
    stalled = refine(objective, point, max_steps=1)
    assert stalled.status == "stalled"
    assert "descend further" in stalled.remedy
