import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import descend_cross_entropy
from numerics.descent.spectral import cyclic_characters, hadamard_characters, spectral_descent
from theory.errors import InvalidProblemError
from theory.tolerances import SPECTRAL_REDUCTION


def group_matrix(spectrum: FloatArray, characters: FloatArray, difference: FloatArray) -> FloatArray:
    """Return the logits Z_ij = z(i − j) of a spectrum."""
    return (spectrum @ characters / spectrum.size)[difference.astype(int)]


@pytest.mark.parametrize("factors", [2, 3, 4])
def test_the_reduction_is_matrix_descent_on_binary_classes(factors: int) -> None:
    characters = hadamard_characters(3)
    start = np.random.default_rng(factors).uniform(0.3, 0.9, 8)
    basis = characters / np.sqrt(8)
    chain = balanced_factors((basis, start**factors, basis), factors=factors, width=8)
    matrix = descend_cross_entropy(chain, np.arange(8), 0.0, step=0.2, max_steps=800)
    path = spectral_descent(start, characters, factors=factors, step=0.2, steps=800, record_every=100)
    expected = (basis * path.logit_singular_values[-1]) @ basis.T
    assert np.abs(matrix.product - expected).max() < SPECTRAL_REDUCTION * np.abs(expected).max()
    np.testing.assert_allclose(path.losses, matrix.loss_history, rtol=SPECTRAL_REDUCTION)
    assert path.losses[-1] < 0.9 * path.losses[0]


@pytest.mark.parametrize("classes", [5, 6])
def test_the_reduction_is_matrix_descent_on_cyclic_classes(classes: int) -> None:
    characters, index = cyclic_characters(classes), np.arange(classes)
    drawn = np.random.default_rng(classes).uniform(0.3, 0.9, classes)
    start = 0.5 * (drawn + drawn[-index % classes])
    difference = (index[:, None] - index[None, :]) % classes
    product = group_matrix(start**3, characters, difference.astype(float))
    chain = balanced_factors(product, factors=3, width=classes)
    matrix = descend_cross_entropy(chain, index, 0.0, step=0.2, max_steps=800)
    path = spectral_descent(start, characters, factors=3, step=0.2, steps=800)
    expected = group_matrix(path.logit_singular_values[-1], characters, difference.astype(float))
    assert np.abs(matrix.product - expected).max() < SPECTRAL_REDUCTION * np.abs(expected).max()


def test_characters_are_orthogonal() -> None:
    np.testing.assert_array_equal(hadamard_characters(4) @ hadamard_characters(4), 16 * np.eye(16))
    cyclic = cyclic_characters(7)
    np.testing.assert_array_equal(cyclic, cyclic.T)
    np.testing.assert_array_equal(cyclic[1:], cyclic[:0:-1])


def test_the_constant_mode_never_moves() -> None:
    start = np.full(8, 0.4)
    path = spectral_descent(start, hadamard_characters(3), factors=3, step=0.3, steps=200)
    assert np.abs(path.factor_singular_values[:, 0] - 0.4).max() < 1e-13
    assert path.factor_singular_values[-1, 1] > 0.5


def test_late_times_keep_their_digits() -> None:
    """At margin 60 the probabilities of the others are near 1e-26; the pull must not be zero."""
    start = np.sqrt(np.array([0.0, 60.0, 60.0, 60.0]))
    path = spectral_descent(start, hadamard_characters(2), factors=2, step=1.0, steps=1)
    assert path.losses[0] == pytest.approx(3 * np.exp(-60.0), rel=1e-12)


def test_bad_input_is_named() -> None:
    table = cyclic_characters(3)
    with pytest.raises(InvalidProblemError, match="symmetrise"):
        spectral_descent([0.1, 0.2, 0.3], table, factors=2, step=0.1, steps=1)
    with pytest.raises(InvalidProblemError, match="at least 0"):
        spectral_descent([-0.1, 0.2, 0.2], table, factors=2, step=0.1, steps=1)
    with pytest.raises(InvalidProblemError, match="K × K"):
        spectral_descent([0.1, 0.2], table, factors=2, step=0.1, steps=1)
    with pytest.raises(InvalidProblemError, match="factors 1"):
        spectral_descent([0.1, 0.2, 0.2], table, factors=1, step=0.1, steps=1)
    with pytest.raises(InvalidProblemError, match="halve"):
        spectral_descent([0.1, 0.1, 0.1], table, factors=8, step=1e200, steps=50)
    with pytest.raises(InvalidProblemError, match="order"):
        hadamard_characters(-1)
    with pytest.raises(InvalidProblemError, match="classes"):
        cyclic_characters(0)
