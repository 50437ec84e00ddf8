"""Spectra: singular values as exact fractions, largest first, with the difficulties that matter."""

from fractions import Fraction
from typing import TypeAlias

from hypothesis import strategies as st

from theory.errors import OutOfDomainError
from verify.strategies.numbers import small_fractions

Spectrum: TypeAlias = tuple[Fraction, ...]

_VALUES = st.sampled_from(small_fractions())
_GAPS = st.sampled_from([Fraction(0), *(Fraction(1, 10**digits) for digits in range(3, 16))])


def _descending(values: list[Fraction]) -> Spectrum:
    return tuple(sorted(values, reverse=True))


def _require(size: int, fewest: int) -> None:
    if size < fewest:
        raise OutOfDomainError(f"a spectrum of {size} values: it needs at least {fewest}")


def plain_spectra(size: int) -> st.SearchStrategy[Spectrum]:
    """`size` positive fractions up to 8, denominators up to 4.

    Shrinks towards ones.

    >>> from hypothesis import find
    >>> find(plain_spectra(3), lambda values: values[0] > values[2])
    (Fraction(2, 1), Fraction(1, 1), Fraction(1, 1))
    """
    _require(size, 1)
    return st.lists(_VALUES, min_size=size, max_size=size).map(_descending)


def near_degenerate_spectra(size: int) -> st.SearchStrategy[Spectrum]:
    """Equal and nearly equal values: c(1 + g_i), each gap g_i zero or 10^−k with 3 ≤ k ≤ 15.

    Shrinks towards ones; where they must differ, the gap shrinks towards 1/1000.

    >>> from hypothesis import find
    >>> find(near_degenerate_spectra(2), lambda values: values[0] > values[1])
    (Fraction(1001, 1000), Fraction(1, 1))
    """
    _require(size, 1)
    return st.builds(
        lambda common, gaps: _descending([common * (1 + each) for each in gaps]),
        _VALUES,
        st.lists(_GAPS, min_size=size, max_size=size),
    )


def ill_conditioned_spectra(
    size: int, *, smallest: int = 6, largest: int = 12
) -> st.SearchStrategy[Spectrum]:
    """From c down to c·10^−k, smallest ≤ k ≤ largest, in powers of ten: the condition number is 10^k.

    Shrinks towards k = smallest with all other values c = 1. Needs at least two values.

    >>> from hypothesis import find
    >>> find(ill_conditioned_spectra(3), lambda values: True)
    (Fraction(1, 1), Fraction(1, 1), Fraction(1, 1000000))
    """
    _require(size, 2)
    if not 0 <= smallest <= largest:
        raise OutOfDomainError(
            f"condition numbers from 10^{smallest} to 10^{largest}: give 0 ≤ smallest ≤ largest"
        )

    def between(digits: int) -> st.SearchStrategy[Spectrum]:
        return st.builds(
            lambda common, inner: _descending([common / 10**each for each in (0, *inner, digits)]),
            _VALUES,
            st.lists(st.integers(0, digits), min_size=size - 2, max_size=size - 2),
        )

    return st.integers(smallest, largest).flatmap(between)


def rank_deficient_spectra(size: int, *, smallest_rank: int = 0) -> st.SearchStrategy[Spectrum]:
    """Plain spectra that end in at least one exact zero; rank from `smallest_rank` to size − 1.

    Shrinks towards the smallest rank, its values towards ones.

    >>> from hypothesis import find
    >>> find(rank_deficient_spectra(3), lambda values: any(values))
    (Fraction(1, 1), Fraction(0, 1), Fraction(0, 1))
    """
    _require(size, 1)
    if not 0 <= smallest_rank < size:
        raise OutOfDomainError(
            f"rank {smallest_rank} among {size} values is not deficient: give 0 to {size - 1}"
        )
    return st.builds(
        lambda rank, values: (*_descending(values[:rank]), *(Fraction(0),) * (size - rank)),
        st.integers(smallest_rank, size - 1),
        st.lists(
            _VALUES, min_size=size, max_size=size
        ),  # as many as a full spectrum, which so stays simplest
    )


def any_spectra(size: int) -> st.SearchStrategy[Spectrum]:
    """Plain, near-degenerate, rank-deficient or (from two values on) ill-conditioned to 10¹².

    Shrinks towards ones.

    >>> from hypothesis import find
    >>> find(any_spectra(2), lambda values: 0 < values[1] < values[0] / 1000)
    (Fraction(1, 1), Fraction(1, 1000000))
    """
    kinds = [plain_spectra(size), near_degenerate_spectra(size), rank_deficient_spectra(size)]
    if size > 1:
        kinds.append(ill_conditioned_spectra(size))
    return st.one_of(kinds)
