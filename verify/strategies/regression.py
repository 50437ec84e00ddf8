"""Regression data: targets and features as small integers, low rank and centred where asked."""

from typing import Any

from hypothesis import strategies as st

from theory.errors import OutOfDomainError
from verify.strategies.matrices import integer_matrices

Integers = list[list[int]]


def _product(left: Integers, right: Integers) -> Integers:
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def _with_balancing_column(rows: Integers) -> Integers:
    """One more column, so that each row sums to zero."""
    return [[*row, -sum(row)] for row in rows]


def _data(rows: int, samples: int, largest: int, centred: bool) -> st.SearchStrategy[Integers]:
    if not centred:
        return integer_matrices(rows, samples, largest=largest)
    return integer_matrices(rows, samples - 1, largest=largest).map(_with_balancing_column)


def low_rank_matrices(
    rows: int, columns: int, rank: int, *, largest: int = 3, centred: bool = False
) -> st.SearchStrategy[Integers]:
    """Integer matrices of rank at most `rank`: a product of two integer matrices; columns are samples.

    With `centred` each row sums to exactly zero. Shrinks towards zeros.

    >>> from hypothesis import find
    >>> find(low_rank_matrices(2, 2, 1), lambda matrix: matrix[0][0] * matrix[1][1] > 0)
    [[1, 1], [1, 1]]
    """
    if rank < 1 or min(rows, columns) < 1:
        raise OutOfDomainError(f"a {rows}×{columns} matrix of rank {rank}: all three are at least 1")
    return st.builds(
        _product, integer_matrices(rows, rank, largest=largest), _data(rank, columns, largest, centred)
    )


def regression_pairs(
    *,
    outputs: int = 3,
    width: int = 4,
    samples: int = 6,
    rank: int | None = None,
    largest: int = 3,
    centred: bool = False,
) -> st.SearchStrategy[dict[str, Any]]:
    """Dictionaries of integer `targets` (t × N) and `features` (d × N), t, d and N up to the given sizes.

    Features are unrelated to the targets, or a linear map of them, with or without a deviation. `rank`
    bounds that of the targets; `centred` makes every row of both sum to exactly zero (then N ≥ 2).
    Shrinks towards one sample (two when centred) of one target and one unrelated feature, all zero.

    >>> from hypothesis import find
    >>> find(regression_pairs(centred=True), lambda pair: pair["targets"][0][0] > 1)
    {'targets': [[2, -2]], 'features': [[0, 0]]}
    """
    fewest = 2 if centred else 1
    if min(outputs, width) < 1 or samples < fewest or (rank is not None and rank < 1):
        raise OutOfDomainError(
            f"{outputs} targets of rank {rank} and {width} features on {samples} samples: "
            f"all are at least 1, samples at least {fewest}"
        )

    @st.composite
    def pairs(draw: st.DrawFn) -> dict[str, Any]:
        count, units = draw(st.integers(1, outputs)), draw(st.integers(1, width))
        size = draw(st.integers(fewest, samples))
        if rank is None:
            targets = draw(_data(count, size, largest, centred))
        else:
            targets = draw(low_rank_matrices(count, size, rank, largest=largest, centred=centred))
        kind = draw(st.sampled_from(["unrelated", "mapped", "deviating"]))
        features = draw(_data(units, size, largest, centred)) if kind != "mapped" else None
        if kind != "unrelated":
            mapped = _product(draw(integer_matrices(units, count, largest=largest)), targets)
            features = mapped if features is None else _sum(mapped, features)
        return {"targets": targets, "features": features}

    return pairs()


def _sum(left: Integers, right: Integers) -> Integers:
    return [[a + b for a, b in zip(row, other, strict=True)] for row, other in zip(left, right, strict=True)]
