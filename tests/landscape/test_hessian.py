"""The dense Hessian against differences of gradients, against the exact one, and at hand-computed points."""

from fractions import Fraction

import numpy as np
import pytest

from numerics.descent.linear_chain import loss_and_gradients_cross_entropy
from numerics.landscape.exact import (
    RationalPoint,
    collapse_point,
    nullity,
    paired_point,
    rational_gradient,
    rational_hessian,
)
from numerics.landscape.hessian import cross_entropy_hessian
from theory.errors import InvalidProblemError, OutOfDomainError


@pytest.mark.parametrize("factors", [2, 3, 5])
def test_differences_of_gradients_give_the_hessian(factors: int) -> None:
    generator = np.random.default_rng(factors)
    classes, samples, width = 3, 5, 2
    labels = np.array([0, 1, 2, 2, 0])
    decays = [0.1 * (j + 1) for j in range(factors)]
    shapes = [(width, samples), *[(width, width)] * (factors - 2), (classes, width)]
    start = [generator.standard_normal(shape) for shape in shapes]

    def gradient(vector: np.ndarray) -> np.ndarray:
        ends = np.cumsum([matrix.size for matrix in start])[:-1]
        parts = [part.reshape(shape) for part, shape in zip(np.split(vector, ends), shapes, strict=True)]
        _, gradients = loss_and_gradients_cross_entropy(parts, labels, decays)
        return np.concatenate([matrix.ravel() for matrix in gradients])

    vector = np.concatenate([matrix.ravel() for matrix in start])
    step = 1e-5
    differences = np.array([
        (gradient(vector + step * unit) - gradient(vector - step * unit)) / (2 * step)
        for unit in np.eye(vector.size)
    ])  # fmt: skip
    hessian = cross_entropy_hessian(start, labels, decays)
    assert np.max(np.abs(hessian - hessian.T)) < 1e-13
    assert np.max(np.abs(hessian - differences)) < 1e-8 * (1 + np.max(np.abs(hessian)))


def as_floats(point: RationalPoint) -> tuple[list[np.ndarray], float]:
    chain = [
        np.array([[float(Fraction(str(entry))) for entry in row] for row in factor.tolist()])
        for factor in point.factors
    ]
    return chain, float(Fraction(str(point.decay)))


@pytest.mark.parametrize("factors", [2, 3, 4])
def test_the_exact_hessian_is_the_dense_one_where_the_stand_in_is_the_softmax(factors: int) -> None:
    """At α = 1 the weight p = 1/(e + K − 1) is rational to 60 digits."""
    classes = 4
    p = Fraction(1) / (
        Fraction("2.71828182845904523536028747135266249775724709369995957496697") + classes - 1
    )
    point = collapse_point(classes=classes, factors=factors, width=5, root=1, off_class=p)
    chain, decay = as_floats(point)
    dense = cross_entropy_hessian(chain, np.arange(classes), decay)
    exact = np.array(
        [[float(Fraction(str(entry))) for entry in row] for row in rational_hessian(point).tolist()]
    )
    assert np.max(np.abs(dense - exact)) < 1e-14


def test_exact_points_are_critical_for_any_stand_in() -> None:
    for point in (
        collapse_point(classes=5, factors=4, width=6, root=Fraction(7, 3), off_class=Fraction(1, 9)),
        paired_point(classes=6, factors=3, width=7, root=Fraction(2, 3), odds=Fraction(5, 2)),
    ):
        assert all(gradient == 0 * gradient for gradient in rational_gradient(point))


def test_another_decay_is_not_critical() -> None:
    point = collapse_point(classes=4, factors=3, width=4, root=1, off_class=Fraction(1, 9))
    wrong = RationalPoint(point.factors, point.weights, 2 * point.decay)
    assert any(gradient != 0 * gradient for gradient in rational_gradient(wrong))


def test_nullity_counts_one_eigenvalue_exactly() -> None:
    point = collapse_point(classes=4, factors=3, width=6, root=1, off_class=Fraction(1, 9))
    hessian = rational_hessian(point)
    assert nullity(hessian) == 24
    critical = Fraction(str(point.decay)) * (Fraction(3, 4) - 1)
    assert nullity(hessian, critical) == 2
    assert nullity(hessian, critical + Fraction(1, 10**40)) == 0


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(OutOfDomainError, match="must lie in"):
        collapse_point(classes=4, factors=3, width=4, root=1, off_class=Fraction(1, 3))
    with pytest.raises(OutOfDomainError, match="give even classes"):
        paired_point(classes=5, factors=3, width=5, root=1, odds=2)
    with pytest.raises(OutOfDomainError, match="width ≥ classes"):
        collapse_point(classes=4, factors=3, width=3, root=1, off_class=Fraction(1, 9))
    with pytest.raises(InvalidProblemError):
        cross_entropy_hessian([np.eye(2), np.eye(2)], [0, 2], 1.0)
