"""The lists of gaps against explicit vectors."""

from math import comb

import numpy as np
import pytest

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.sums import items
from theory.cross_entropy.tight_codes import (
    SPORADIC,
    Code,
    codes_of_size,
    half_cube,
    orthoplex,
    polygon,
    simplex,
    subsets,
)
from theory.errors import OutOfDomainError

CODES = {
    code.name: code
    for code in (
        *SPORADIC,
        *items(),
        simplex(7),
        orthoplex(4),
        polygon(9),
        polygon(10),
        subsets(6, 2),
        subsets(6, 3),
        subsets(7, 3),
        half_cube(6),
        half_cube(7),
    )
}


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.name)
def test_gaps_counts_and_rank_are_those_of_the_vectors(code: Code) -> None:
    matrix = gram(code.name)
    assert matrix.shape == (code.size, code.size)
    assert code.is_tight
    expected = sorted(
        float(cosine) for cosine, count in zip(code.cosines, code.counts, strict=True) for _ in range(count)
    )
    for column in range(code.size):
        others = np.sort(np.delete(matrix[:, column], column))
        assert others == pytest.approx(np.array(expected), abs=1e-12, rel=0)
    values = np.linalg.svd(matrix, compute_uv=False)
    assert values[: code.rank] == pytest.approx(code.size / code.rank, rel=1e-12)
    assert values[code.rank :] == pytest.approx(0, abs=1e-10)
    assert matrix.sum(axis=0) == pytest.approx(0, abs=1e-10)


def test_a_wrong_count_is_not_tight() -> None:
    code = SPORADIC[0]
    assert not Code(code.name, 12, 3, code.cosines, (6, 4, 1)).is_tight
    assert not Code(code.name, 12, 4, code.cosines, code.counts).is_tight


@pytest.mark.parametrize(
    ("size", "names"),
    [
        (9, []),
        (10, ["subsets-5-2"]),
        (12, ["icosahedron"]),
        (16, ["half-cube-5"]),
        (20, ["subsets-6-3"]),
        (120, ["600-cell", "subsets-16-2", "subsets-10-3"]),
        (comb(1000, 2), ["subsets-1000-2"]),
        (2**20, ["half-cube-21"]),
    ],
)
def test_codes_are_found_by_their_size(size: int, names: list[str]) -> None:
    found = codes_of_size(size)
    assert [code.name for code in found] == names
    assert all(code.size == size for code in found)


@pytest.mark.parametrize("name", ["triangle", "polygon-x", "simplex-99999", "half-cube-20"])
def test_a_gram_matrix_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(OutOfDomainError):
        gram(name)
