import numpy as np
import pytest

from numerics.arrays import class_labels, decay_of_each, finite_matrix
from theory.errors import InvalidProblemError


def test_a_matrix_comes_in_as_a_writable_contiguous_copy() -> None:
    source = np.asfortranarray(np.arange(6).reshape(2, 3))
    source.flags.writeable = False
    matrix = finite_matrix(source, "source")
    assert matrix.flags.c_contiguous
    assert matrix.flags.writeable
    assert not np.shares_memory(matrix, source)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([["a"]], "targets is not a real matrix"),
        ([[1.0], [1.0, 2.0]], "not a real matrix"),
        ([[1j]], "complex"),
        (np.array([[1j]]), "complex"),
        (3.0, "2-d"),
        (np.zeros((0, 2)), "non-empty"),
        ([[1.0, np.nan, np.inf]], "2 entries"),
    ],
)
def test_what_is_not_a_finite_real_matrix_is_named(value: object, words: str) -> None:
    with pytest.raises(InvalidProblemError, match=words):
        finite_matrix(value, "targets")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("labels", [[True, False], [0.0, 1.0], [[0, 1]], [0, 1, 2], [-1, 0], [0, 2]])
def test_what_is_not_a_list_of_labels_is_refused(labels: list[int]) -> None:
    with pytest.raises(InvalidProblemError, match="label"):
        class_labels(labels, samples=2, classes=2)


def test_decays_are_one_number_or_one_each() -> None:
    np.testing.assert_array_equal(decay_of_each(0.5, 3), [0.5] * 3)
    np.testing.assert_array_equal(decay_of_each([0.5, 0.0], 2), [0.5, 0.0])
    for wrong in ([0.1], [0.1, float("nan")], [0.1, -0.1], [[0.1, 0.1]]):
        with pytest.raises(InvalidProblemError, match="weight decays"):
            decay_of_each(wrong, 2)  # pyright: ignore[reportArgumentType]
