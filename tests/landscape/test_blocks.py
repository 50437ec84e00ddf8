"""Block forms: spectra against dense Hessians, known values, and what they refuse."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from numerics.landscape.characteristic import block_polynomial
from numerics.landscape.exact import collapse_point, rational_hessian
from theory.cross_entropy.collapse import COLLAPSE_DECAY, TURNING_SCALE
from theory.cross_entropy.paired import PAIRED
from theory.cross_entropy.stability import (
    PAIRED_STABILITY_SCALE,
    REDUCED_DETERMINANT,
    STABILITY_DECAY,
    STANDARD_DETERMINANT,
    log_stability_decay,
    stability_scale,
)
from theory.errors import OutOfDomainError
from theory.landscape.blocks import Block, BlockForm
from theory.landscape.collapse_hessian import COLLAPSE_BLOCKS, SCALE_EIGENVALUE, collapse_spectrum
from theory.landscape.dimension import WIDTH
from theory.landscape.paired_hessian import PAIRED_BLOCKS, paired_spectrum
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape import collapse_spectrum as collapse_claim
from verify.claims.landscape import paired_spectrum as paired_claim
from verify.margin import Outcome


def counts(spectrum: list[tuple[float, int]], value: float) -> int:
    return sum(count for found, count in spectrum if abs(found - value) < 1e-12)


def test_the_critical_eigenvalue_has_its_multiplicity() -> None:
    for classes in range(4, 12):
        spectrum = collapse_spectrum(scale=1.7, classes=classes, factors=5, width=classes)
        assert counts(spectrum, 5 * 1.7 / classes - 3) == classes * (classes - 3) // 2


def test_blocks_have_the_size_trace_and_norm_of_their_spectrum() -> None:
    place = {"classes": 6, "factors": 4, "width": 8, "samples_per_class": 3}
    for form, spectrum in (
        (COLLAPSE_BLOCKS, collapse_spectrum(scale=2.3, **place)),
        (PAIRED_BLOCKS, paired_spectrum(scale=2.3, **place)),
    ):
        size = sum(count for _, count in spectrum)
        assert size == 8 * 18 + 2 * 64 + 6 * 8 == float(form.size(scale=2.3, **place))
        trace = math.fsum(value * count for value, count in spectrum)
        assert trace == pytest.approx(float(form.trace(scale=2.3, **place)), rel=1e-13)
        squares = math.fsum(value**2 * count for value, count in spectrum)
        assert squares == pytest.approx(float(form.squared_norm(scale=2.3, **place)), rel=1e-13)


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_a_wrong_spectrum_is_noticed(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = {"classes": classes, "samples_per_class": 2, "factors": 3, "width": 4, "scale": 1.5}
    assert collapse_claim.margin(instance).outcome is Outcome.CLOSE
    right = collapse_spectrum

    def wrong(**place: float) -> list[tuple[float, int]]:
        return [(value * (1 + 1e-9), count) for value, count in right(**place)]  # type: ignore[arg-type]

    monkeypatch.setattr(collapse_claim, "collapse_spectrum", wrong)
    assert collapse_claim.margin(instance).outcome is Outcome.FAILS


def test_two_factors_with_spare_width_make_the_paired_point_a_saddle() -> None:
    assert paired_spectrum(scale=3.0, classes=4, factors=2, width=2)[0][0] == 0.0
    assert paired_spectrum(scale=3.0, classes=4, factors=2, width=3)[0][0] < -0.5
    instance = {"pairs": 2, "samples_per_class": 1, "factors": 2, "width": 3, "scale": 3.0}
    assert paired_claim.margin(instance).outcome is Outcome.CLOSE


def test_impossible_multiplicities_are_refused() -> None:
    with pytest.raises(OutOfDomainError, match="would occur"):
        collapse_spectrum(scale=1.0, classes=5, factors=3, width=2)
    with pytest.raises(OutOfDomainError, match="would occur"):
        paired_spectrum(scale=1.0, classes=5, factors=3, width=5)


def test_a_polynomial_of_other_blocks_differs() -> None:
    p, root = Fraction(1, 9), Fraction(3, 2)
    point = collapse_point(classes=4, factors=3, width=4, root=root, off_class=p)
    values = {SCALE: root**3, CLASSES: 4, FACTORS: 3, WIDTH: 4, SAMPLES_PER_CLASS: 1}
    exponential = p / (1 - 3 * p)
    found = rational_hessian(point).charpoly()
    assert block_polynomial(COLLAPSE_BLOCKS, values, exponential=exponential, unit=point.decay) == found
    nearly = exponential + Fraction(1, 10**20)
    assert block_polynomial(COLLAPSE_BLOCKS, values, exponential=nearly, unit=point.decay) != found
    irrational = BlockForm("√2", (Block("a", ((sp.sqrt(2),),), sp.Integer(1)),), (), RANKCOLLAPSE.at())
    with pytest.raises(OutOfDomainError, match="not rational"):
        block_polynomial(irrational, {}, exponential=1, unit=fmpq(1))


def test_thresholds() -> None:
    assert stability_scale(4, 2) == 0.0
    assert stability_scale(5, 4) == 2.5
    assert stability_scale(2, 4) == pytest.approx(float(TURNING_SCALE(classes=2, factors=4)))
    assert abs(float(SCALE_EIGENVALUE(scale=stability_scale(2, 4), classes=2, factors=4))) < 1e-14
    assert abs(float(STANDARD_DETERMINANT(scale=stability_scale(3, 4), classes=3, factors=4))) < 1e-14
    for classes, factors in ((4, 3), (7, 6), (20, 3)):
        scale = stability_scale(classes, factors)
        decay = float(STABILITY_DECAY(classes=classes, factors=factors))
        assert decay == pytest.approx(
            float(COLLAPSE_DECAY(scale=scale, classes=classes, factors=factors)), rel=1e-13
        )
        assert math.log(decay) == pytest.approx(log_stability_decay(classes, factors), rel=1e-13)
        assert scale > float(TURNING_SCALE(classes=classes, factors=factors))
    assert log_stability_decay(7, 2) == -math.log(7)


def test_the_reduced_determinant_rises() -> None:
    scales = np.linspace(0.01, 20, 400)
    for factors in (3, 4, 12):
        values = REDUCED_DETERMINANT(scale=scales, classes=3.0, factors=float(factors))
        assert np.all(np.diff(values) > 0)


@pytest.mark.parametrize(("classes", "factors"), [(4, 3), (6, 3), (10, 7), (1000, 4)])
def test_the_paired_threshold_is_the_root(classes: int, factors: int) -> None:
    scale = float(PAIRED_STABILITY_SCALE(classes=classes, factors=factors))
    left, right = 2 * factors * scale, (factors - 2) * (classes - 2 + 2 * math.exp(-scale))
    assert left == pytest.approx(right, rel=1e-13)
    assert scale < stability_scale(classes, factors)


def test_four_paired_classes_turn_where_their_scale_does() -> None:
    scale = float(PAIRED_STABILITY_SCALE(classes=4, factors=5))
    assert scale == pytest.approx(PAIRED.turning_scale(4, 5), rel=1e-9)
