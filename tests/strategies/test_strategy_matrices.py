"""Prescribed spectra are exact: checked in fractions, and against NumPy's singular values."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from theory.errors import OutOfDomainError
from theory.tolerances import LINEAR_ALGEBRA
from verify.instance import decode, encode
from verify.strategies import (
    PrescribedMatrix,
    any_matrices,
    any_spectra,
    ill_conditioned_spectra,
    integer_matrices,
    matrices_with_spectrum,
    near_degenerate_spectra,
    plain_spectra,
    rank_deficient_spectra,
    rational_frames,
    shapes,
)

Spectrum = tuple[Fraction, ...]


def has_orthonormal_columns(frame: tuple[tuple[Fraction, ...], ...]) -> bool:
    columns = list(zip(*frame, strict=True))
    return all(
        sum(a * b for a, b in zip(left, right, strict=True)) == int(i == j)
        for i, left in enumerate(columns)
        for j, right in enumerate(columns)
    )


@given(shapes().flatmap(lambda shape: rational_frames(max(shape), min(shape), reflections=4)))
def test_frames_are_exactly_orthonormal(frame: tuple[tuple[Fraction, ...], ...]) -> None:
    assert has_orthonormal_columns(frame)


@given(any_matrices())
def test_prescribed_singular_values_are_exact(matrix: PrescribedMatrix) -> None:
    assert has_orthonormal_columns(matrix.left)
    assert has_orthonormal_columns(matrix.right)
    entries, columns = matrix.entries, range(len(matrix.values))
    for column in columns:  # Xv = σu for each triple, and no other singular value is left in ‖X‖_F
        image = [sum(x * v[column] for x, v in zip(row, matrix.right, strict=True)) for row in entries]
        assert image == [matrix.values[column] * u[column] for u in matrix.left]
    assert sum(entry**2 for row in entries for entry in row) == sum(value**2 for value in matrix.values)


@given(any_matrices())
def test_numpy_finds_the_prescribed_singular_values(matrix: PrescribedMatrix) -> None:
    found = np.linalg.svd(matrix.array, compute_uv=False)
    expected = np.zeros(min(matrix.shape))
    expected[: len(matrix.values)] = [float(value) for value in matrix.values]
    assert matrix.array.shape == matrix.shape
    assert np.abs(found - expected).max() <= LINEAR_ALGEBRA * expected[0]
    assert matrix.rank == np.count_nonzero(expected)


@given(any_matrices(largest=3))
def test_entries_survive_the_json_form(matrix: PrescribedMatrix) -> None:
    assert decode(encode({"matrix": matrix.entries})) == {"matrix": matrix.entries}


@given(st.integers(2, 5).flatmap(ill_conditioned_spectra))
def test_ill_conditioned_spectra_have_the_condition_promised(values: Spectrum) -> None:
    assert values[0] / values[-1] in {Fraction(10) ** k for k in range(6, 13)}


@given(st.integers(1, 5).flatmap(near_degenerate_spectra))
def test_near_degenerate_spectra_lie_within_a_thousandth(values: Spectrum) -> None:
    assert 1 <= values[0] / values[-1] <= Fraction(1001, 1000)


@given(st.integers(1, 5).flatmap(lambda size: st.tuples(st.just(size), rank_deficient_spectra(size))))
def test_rank_deficient_spectra_end_in_zero(drawn: tuple[int, Spectrum]) -> None:
    assert len(drawn[1]) == drawn[0]
    assert drawn[1][-1] == 0


@given(st.integers(1, 5).flatmap(any_spectra))
def test_spectra_are_ordered_and_not_negative(values: Spectrum) -> None:
    assert list(values) == sorted(values, reverse=True)
    assert values[-1] >= 0


GENERATE = settings(max_examples=3_000, phases=(Phase.generate,), database=None)


def reached(matrix: PrescribedMatrix, which: str) -> bool:
    largest, smallest = matrix.values[0], matrix.values[-1]
    return {
        "ill-conditioned": smallest > 0 and largest / smallest >= 10**6,
        "nearly equal": smallest > 0 and 0 < largest / smallest - 1 <= Fraction(1, 1000),
        "multiple value": len(matrix.values) > 2 and largest == smallest > 0,
        "tiny": 0 < largest <= Fraction(10) ** -149,
        "huge": largest >= Fraction(10) ** 149,
        "zero": matrix.rank == 0,
        "rank between": 0 < matrix.rank < min(matrix.shape),
        "square": matrix.shape == (5, 5),
        "tall": matrix.shape[0] > matrix.shape[1],
        "wide": matrix.shape[0] < matrix.shape[1],
        "not diagonal": any(row[0] not in (0, 1, -1) for row in matrix.left),
    }[which]


@pytest.mark.parametrize(
    "which",
    [
        "ill-conditioned",
        "nearly equal",
        "multiple value",
        "tiny",
        "huge",
        "zero",
        "rank between",
        "square",
        "tall",
        "wide",
        "not diagonal",
    ],
)
def test_the_hard_cases_are_reached(which: str) -> None:
    assert reached(find(any_matrices(), lambda matrix: reached(matrix, which), settings=GENERATE), which)


def test_the_extremes_are_reached() -> None:
    ends = find(
        ill_conditioned_spectra(3), lambda values: values[0] == 10**12 * values[-1], settings=GENERATE
    )
    assert ends[0] / ends[-1] == 10**12
    gap = Fraction(1, 10**15)
    close = find(
        near_degenerate_spectra(3), lambda values: values[0] == (1 + gap) * values[2], settings=GENERATE
    )
    assert float(close[0] / close[2]) > 1


@pytest.mark.parametrize(
    ("strategy", "simplest"),
    [
        (plain_spectra(2), (1, 1)),
        (near_degenerate_spectra(2), (1, 1)),
        (ill_conditioned_spectra(2), (1, Fraction(1, 10**6))),
        (rank_deficient_spectra(2), (0, 0)),
        (rank_deficient_spectra(2, smallest_rank=1), (1, 0)),
        (any_spectra(3), (1, 1, 1)),
        (shapes(), (1, 1)),
        (integer_matrices(2, 3), [[0, 0, 0], [0, 0, 0]]),
        (rational_frames(3, 2), ((1, 0), (0, 1), (0, 0))),
        (any_matrices().map(lambda matrix: matrix.entries), [[1]]),
        (matrices_with_spectrum(2, 2).map(lambda matrix: matrix.entries), [[1, 0], [0, 1]]),
    ],
)
def test_matrices_shrink_to_the_simplest(strategy: st.SearchStrategy[object], simplest: object) -> None:
    assert find(strategy, lambda value: True) == simplest


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(OutOfDomainError, match="at least 2"):
        ill_conditioned_spectra(1)
    with pytest.raises(OutOfDomainError, match="not deficient"):
        rank_deficient_spectra(2, smallest_rank=2)
    with pytest.raises(OutOfDomainError, match="columns ≤ rows"):
        rational_frames(2, 3)
    with pytest.raises(OutOfDomainError, match="largest first"):
        PrescribedMatrix(((Fraction(1),),), (Fraction(-1),), ((Fraction(1),),))
    with pytest.raises(OutOfDomainError, match="do not have 2 columns"):
        PrescribedMatrix(((Fraction(1),),), (Fraction(1), Fraction(0)), ((Fraction(1),),))
    with pytest.raises(OutOfDomainError, match="do not fit a 1×1 matrix"):
        find(matrices_with_spectrum(1, 1, spectrum=plain_spectra(2)), lambda matrix: True)
