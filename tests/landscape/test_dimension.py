"""Orbit dimensions against exact ranks, and the printed ones against them."""

from fractions import Fraction

import pytest

from numerics.landscape.orbit import critical_kernel, orbit_rank, rational_chain
from theory.errors import OutOfDomainError
from theory.landscape.dimension import (
    DIMENSION_RATIO,
    ORBIT_DIMENSION,
    PRINTED_DIMENSION,
    PRINTED_RATIO,
    RATIO_LIMIT,
)
from verify.claims.landscape import dimension
from verify.margin import Outcome


@pytest.mark.parametrize("roots", [[1], [1, 1], [1, 2], [2, 2, Fraction(1, 3)], [1, 1, 1, 1]], ids=str)
@pytest.mark.parametrize("depth", [1, 2])
def test_both_ranks_are_the_orbit_dimension(roots: list[Fraction | int], depth: int) -> None:
    for width in (len(roots), len(roots) + 2):
        chain = rational_chain(roots, width=width, depth=depth)
        expected = float(ORBIT_DIMENSION(rank=len(roots), width=width, factors=depth + 1))
        assert orbit_rank(chain) == critical_kernel(chain, roots) == expected


def test_the_papers_case() -> None:
    place = {"rank": 3, "width": 6, "factors": 3}
    assert float(ORBIT_DIMENSION(**place)) == 24
    assert float(PRINTED_DIMENSION(**place)) == 18


def test_the_ratio_at_ten_classes() -> None:
    place = {"classes": 10, "rank": 2, "width": 10}
    assert float(DIMENSION_RATIO(**place)) == pytest.approx(90 / 34)
    assert float(PRINTED_RATIO(**place)) == pytest.approx(9 / 16)
    limit = float(RATIO_LIMIT(classes=10, rank=2))
    assert float(DIMENSION_RATIO(classes=10, rank=2, width=1e9)) == pytest.approx(limit, rel=1e-7)


def test_the_margin_notices_a_wrong_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = {"roots": [1, 1], "width": 4, "depth": 2}
    assert dimension.exact_margin(instance).outcome is Outcome.CLOSE
    monkeypatch.setattr(dimension, "ORBIT_DIMENSION", PRINTED_DIMENSION)
    assert dimension.exact_margin(instance).outcome is Outcome.FAILS


def test_bad_chains_are_refused() -> None:
    with pytest.raises(OutOfDomainError, match="no more than the width"):
        rational_chain([1, 1, 1], width=2, depth=1)
    with pytest.raises(OutOfDomainError, match="not critical"):
        critical_kernel(rational_chain([1, 1], width=3, depth=2), [1, 2])
