"""Hessian norm ratios: published constants, convergence, scales of one decay, and what is refused."""

import math

import pytest

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PAIRED
from theory.errors import OutOfDomainError
from theory.landscape.norm_ratio import (
    FROBENIUS_LIMIT,
    TRACE_LIMIT,
    norm_ratios,
    paired_scale,
    spectral_limit,
)


@pytest.mark.parametrize(("classes", "factors", "frobenius"), [(4, 3, 0.732), (4, 4, 0.785), (6, 3, 0.892)])
def test_frobenius_constants_seen_before_they_were_derived(
    classes: int, factors: int, frobenius: float
) -> None:
    limit = float(FROBENIUS_LIMIT(classes=classes, factors=factors, samples_per_class=1))
    assert limit == pytest.approx(frobenius, abs=5e-4)


def test_the_trace_constant_of_one_sample() -> None:
    for classes, factors in ((4, 2), (6, 3), (10, 7)):
        one = 2 * (classes - 1) * ((factors - 1) * (classes - 1) + classes) / (classes**2 * (factors + 2))
        assert float(TRACE_LIMIT(classes=classes, factors=factors, samples_per_class=1)) == pytest.approx(one)


@pytest.mark.parametrize("factors", [2, 3, 6])
@pytest.mark.parametrize("samples", [1, 4])
def test_the_error_falls_like_one_over_the_scale(factors: int, samples: int) -> None:
    place = {"classes": 6, "factors": factors, "width": 9, "samples_per_class": samples}
    where = {"classes": 6, "factors": factors, "samples_per_class": samples}
    limits = (float(TRACE_LIMIT(**where)), spectral_limit(6, factors), float(FROBENIUS_LIMIT(**where)))
    near, far = (norm_ratios(collapse_scale=scale, **place) for scale in (1e4, 1e5))
    for name, limit in zip(("trace", "spectral", "frobenius"), limits, strict=True):
        first, second = abs(getattr(near, name) - limit), abs(getattr(far, name) - limit)
        assert second < 2e-3
        assert second == pytest.approx(first / 10, rel=0.02)


def test_both_scales_have_the_same_decay() -> None:
    beta, log_decay = paired_scale(50.0, 8, 5)
    for ray, scale in ((COLLAPSE, 50.0), (PAIRED, beta)):
        assert math.isclose(float(ray.log_decay(scale=scale, classes=8, factors=5)), log_decay, rel_tol=1e-13)


def test_out_of_range() -> None:
    with pytest.raises(OutOfDomainError, match="even K"):
        norm_ratios(collapse_scale=9.0, classes=5, factors=3, width=5)
    with pytest.raises(OutOfDomainError, match="turning point"):
        paired_scale(0.1, 4, 3)
