"""Matrices: small integers, and matrices whose singular values are known exactly."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TypeAlias

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from verify.strategies.numbers import powers_of_ten
from verify.strategies.spectra import Spectrum, any_spectra

Rows: TypeAlias = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class PrescribedMatrix:
    """X = U diag(σ) Vᵀ in exact fractions.

    Parameters
    ----------
    left, right: U and V with exactly orthonormal columns, one for each value.
    values: σ, largest first, none negative; X has no other non-zero singular values.

    Raises OutOfDomainError for values negative or out of order, or frames that do not fit them.
    """

    left: Rows
    values: Spectrum
    right: Rows

    def __post_init__(self) -> None:
        if any(value < 0 for value in self.values) or list(self.values) != sorted(self.values, reverse=True):
            raise OutOfDomainError(f"singular values {self.values}: give them ≥ 0, largest first")
        if {len(row) for row in (*self.left, *self.right)} != {len(self.values)}:
            raise OutOfDomainError(
                f"the frames do not have {len(self.values)} columns: one for each singular value"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of X."""
        return len(self.left), len(self.right)

    @property
    def rank(self) -> int:
        """Number of non-zero singular values."""
        return sum(value > 0 for value in self.values)

    @property
    def entries(self) -> list[list[Fraction]]:
        """X entry by entry, exact: the form that a claim's instance takes."""
        scaled = [[entry * value for entry, value in zip(row, self.values, strict=True)] for row in self.left]
        return [
            [sum((u * v for u, v in zip(row, other, strict=True)), Fraction(0)) for other in self.right]
            for row in scaled
        ]

    @property
    def array(self) -> NDArray[np.float64]:
        """X with each entry rounded once: its singular values differ from σ by at most 2⁻⁵³‖X‖_F."""
        return np.array([[float(entry) for entry in row] for row in self.entries])


def integer_matrices(rows: int, columns: int, *, largest: int = 3) -> st.SearchStrategy[list[list[int]]]:
    """Nested lists of integers between −largest and largest, `rows` × `columns`.

    Shrinks towards zeros.

    >>> from hypothesis import find
    >>> find(integer_matrices(2, 2), lambda matrix: matrix[0][0] > 1)
    [[2, 0], [0, 0]]
    """
    row = st.lists(st.integers(-largest, largest), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def rational_frames(
    rows: int, columns: int | None = None, *, reflections: int = 2, largest: int = 2
) -> st.SearchStrategy[Rows]:
    """Exactly orthonormal columns of fractions: a square orthogonal matrix, or its first `columns`.

    A product of at most `reflections` Householder reflections I − 2vvᵀ/vᵀv in integer vectors with
    entries up to `largest`. As many reflections as rows, in large enough vectors, reach every rational
    orthogonal matrix (Cartan–Dieudonné). Shrinks towards the identity.

    >>> from hypothesis import find
    >>> find(rational_frames(2), lambda frame: 0 < frame[0][0] < 1)
    ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(-4, 5), Fraction(-3, 5)))
    """
    width = rows if columns is None else columns
    if not 1 <= width <= rows:
        raise OutOfDomainError(f"no {rows}×{width} frame: give 1 ≤ columns ≤ rows")
    vector = st.lists(st.integers(-largest, largest), min_size=rows, max_size=rows)
    return st.lists(vector, max_size=reflections).map(lambda vectors: _reflected(rows, width, vectors))


def _reflected(rows: int, columns: int, vectors: list[list[int]]) -> Rows:
    """The first columns of the identity, reflected in each vector in turn; a zero vector does nothing."""
    frame = [[Fraction(int(row == column)) for column in range(columns)] for row in range(rows)]
    for vector in vectors:
        square = sum(entry * entry for entry in vector)
        if square == 0:
            continue
        for column in range(columns):
            along = sum((entry * row[column] for entry, row in zip(vector, frame, strict=True)), Fraction(0))
            for entry, row in zip(vector, frame, strict=True):
                row[column] -= 2 * along * entry / square
    return tuple(tuple(row) for row in frame)


def matrices_with_spectrum(
    rows: int,
    columns: int,
    *,
    spectrum: st.SearchStrategy[Spectrum] | None = None,
    scale: st.SearchStrategy[Fraction] | None = None,
    reflections: int = 2,
) -> st.SearchStrategy[PrescribedMatrix]:
    """`rows` × `columns` matrices with the singular values drawn from `spectrum`, times a `scale`.

    By default `any_spectra` of min(rows, columns) values, unscaled; `st.just(values)` fixes them. The
    frames are `rational_frames`. Shrinks towards a diagonal matrix with the simplest spectrum.

    >>> from hypothesis import find
    >>> values = st.just((Fraction(5), Fraction(0)))
    >>> matrix = find(matrices_with_spectrum(2, 3, spectrum=values), lambda matrix: True)
    >>> [[str(entry) for entry in row] for row in matrix.entries]
    [['5', '0', '0'], ['0', '0', '0']]
    """
    values = any_spectra(min(rows, columns)) if spectrum is None else spectrum
    factors = st.just(Fraction(1)) if scale is None else scale
    frames = {
        (size, count): rational_frames(size, count, reflections=reflections)
        for size in {rows, columns}
        for count in range(1, min(rows, columns) + 1)
    }

    @st.composite
    def matrices(draw: st.DrawFn) -> PrescribedMatrix:
        drawn = draw(values)
        if (rows, len(drawn)) not in frames:
            raise OutOfDomainError(
                f"{len(drawn)} singular values do not fit a {rows}×{columns} matrix: "
                f"give 1 to {min(rows, columns)}"
            )
        factor, left = draw(factors), draw(frames[rows, len(drawn)])
        right = draw(frames[columns, len(drawn)])
        return PrescribedMatrix(left, tuple(factor * value for value in drawn), right)

    return matrices()


def shapes(*, largest: int = 5) -> st.SearchStrategy[tuple[int, int]]:
    """Rows and columns up to `largest`; every other one square, as when the width d is the number of classes.

    Shrinks towards 1 × 1.

    >>> from hypothesis import find
    >>> find(shapes(), lambda shape: shape[0] < shape[1])
    (1, 2)
    """
    sizes = st.integers(1, largest)
    return st.one_of(sizes.map(lambda size: (size, size)), st.tuples(sizes, sizes))


def any_matrices(*, largest: int = 5) -> st.SearchStrategy[PrescribedMatrix]:
    """Matrices of all `shapes`, all kinds of `any_spectra`, scales from 10⁻¹⁵⁰ to 10¹⁵⁰.

    Shrinks towards the 1 × 1 matrix 1.

    >>> from hypothesis import find
    >>> find(any_matrices(), lambda matrix: matrix.rank == 2).array
    array([[1., 0.],
           [0., 1.]])
    """
    return shapes(largest=largest).flatmap(_of_shape)


@cache
def _of_shape(shape: tuple[int, int]) -> st.SearchStrategy[PrescribedMatrix]:
    """Made once a shape: making strategies costs more than drawing from them."""
    return matrices_with_spectrum(*shape, scale=powers_of_ten())
