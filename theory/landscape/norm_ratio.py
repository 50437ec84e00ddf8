"""Hessian norms at the collapse point over those at the paired point, at the same small weight decay.

2410.23169, Theorem 6: the ratio tends to a constant as λ → 0, K even. In units of λ the leading eigenvalues
are proportional to the scale, α or β, and α/β → 1, so the constants are ratios of leading coefficients:
closed forms for the trace, the spectral and the Frobenius norm, at any n (derived for this project). They
do not depend on the width, but the error O(1/α) grows with it.
"""

import math
from dataclasses import dataclass
from typing import Final

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PAIRED
from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.landscape.blocks import BlockForm
from theory.landscape.collapse_hessian import COLLAPSE_BLOCKS, collapse_spectrum
from theory.landscape.paired_hessian import PAIRED_BLOCKS, SHALLOW_PAIRED_BLOCKS, paired_spectrum
from theory.roots import bracketed_root
from theory.sources import GARROD_KEATING_2025
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS

_SOURCE = GARROD_KEATING_2025.theorem(6)
_PLACE = (CLASSES, FACTORS, SAMPLES_PER_CLASS)
_K, _F, _N = _PLACE

COLLAPSE_TRACE: Final = Formula(
    "leading trace at collapse",
    2 * (_K - 1) * ((_F - 1) * (_K - 1) + _K * _N) / _K,
    _PLACE,
    _SOURCE,
    "limit of the trace over λα",
)

PAIRED_TRACE: Final = Formula(
    "leading trace at the paired point", _K * (_F + 2 * _N), _PLACE, _SOURCE, "limit of the trace over λβ"
)

COLLAPSE_SQUARES: Final = Formula(
    "leading squared Frobenius norm at collapse",
    (_K - 1) * (_F**2 + 2 * (_F * (_K - 2) + 2) / _K**2 + (_N - 1) * (_K + 2) / _K),
    _PLACE,
    _SOURCE,
    "limit of the squared Frobenius norm over (λα)²",
)

PAIRED_SQUARES: Final = Formula(
    "leading squared Frobenius norm at the paired point",
    _K * (_F**2 * _K / 2 + 2 * (_K + 1) + (_N - 1) * _K) / (_K - 2),
    _PLACE,
    _SOURCE,
    "limit of the squared Frobenius norm over (λβ)²",
)

TRACE_LIMIT: Final = Formula(
    "limit of the trace ratio",
    COLLAPSE_TRACE.expression / PAIRED_TRACE.expression,
    _PLACE,
    _SOURCE,
    "2(K−1)((F−1)(K−1) + Kn)/(K²(F + 2n)), even K ≥ 4",
)

FROBENIUS_LIMIT: Final = Formula(
    "limit of the Frobenius ratio",
    sp.sqrt(COLLAPSE_SQUARES.expression / PAIRED_SQUARES.expression),
    _PLACE,
    _SOURCE,
    "√((K−1)(K−2)(F² + 2(F(K−2)+2)/K² + (n−1)(K+2)/K)/(K(F²K/2 + 2(K+1) + (n−1)K))), even K ≥ 4",
)

SHALLOW_SPECTRAL_LIMIT: Final = Formula(
    "limit of the spectral ratio of two factors",
    (CLASSES - 2) / (CLASSES - 1),
    (CLASSES,),
    _SOURCE,
    "(K − 2)/(K − 1) for F = 2, even K ≥ 4",
)


def spectral_limit(classes: int, factors: int) -> float:
    """Limit of the ratio of largest eigenvalues: 1 for F ≥ 3, (K−2)/(K−1) for F = 2 (2410.23169, Theorem 6).

    >>> spectral_limit(4, 3), round(spectral_limit(4, 2), 4)
    (1.0, 0.6667)
    """
    return 1.0 if factors > 2 else float(SHALLOW_SPECTRAL_LIMIT(classes=classes))


@dataclass(frozen=True)
class NormRatios:
    """Collapse over paired at one weight decay, with the two scales; `log_decay` is log μ."""

    collapse_scale: float
    paired_scale: float
    log_decay: float
    trace: float
    spectral: float
    frobenius: float


def norm_ratios(
    *, collapse_scale: float, classes: int, factors: int, width: int, samples_per_class: int = 1
) -> NormRatios:
    """The three ratios at the weight decay whose collapse scale is given, however small it is.

    Everything is in units of λ and in logarithms: scales of 10⁶, λ = e^{−10⁶}, are as accurate as others.
    Raises OutOfDomainError for odd K, K < 4, or a scale below the turning point of either structure.

    >>> round(norm_ratios(collapse_scale=1e6, classes=4, factors=3, width=4).frobenius, 4)
    0.7319
    """
    if classes < 4 or classes % 2:
        raise OutOfDomainError(f"{classes} classes have no paired point of their own: give an even K ≥ 4")
    beta, log_decay = paired_scale(collapse_scale, classes, factors)
    place = {
        "classes": classes, "factors": factors, "width": width, "samples_per_class": samples_per_class
    }  # fmt: skip
    paired: BlockForm = SHALLOW_PAIRED_BLOCKS if factors == 2 else PAIRED_BLOCKS
    at_collapse, at_paired = {"scale": collapse_scale, **place}, {"scale": beta, **place}
    largest = [
        max(abs(value) for value, _ in spectrum)
        for spectrum in (
            collapse_spectrum(scale=collapse_scale, **place),
            paired_spectrum(scale=beta, **place),
        )
    ]
    squares = float(COLLAPSE_BLOCKS.squared_norm(**at_collapse)) / float(paired.squared_norm(**at_paired))
    return NormRatios(
        collapse_scale=collapse_scale,
        paired_scale=beta,
        log_decay=log_decay,
        trace=float(COLLAPSE_BLOCKS.trace(**at_collapse)) / float(paired.trace(**at_paired)),
        spectral=largest[0] / largest[1],
        frobenius=math.sqrt(squares),
    )


def paired_scale(collapse_scale: float, classes: int, factors: int) -> tuple[float, float]:
    """The larger paired scale β at the decay of a collapse scale α, and log μ.

    >>> beta, log_decay = paired_scale(700.0, 4, 3)
    >>> round(beta, 3), round(log_decay, 1)
    (699.538, -697.8)
    """
    if collapse_scale < COLLAPSE.turning_scale(classes, factors):
        raise OutOfDomainError(
            f"collapse scale {collapse_scale} is below the turning point: take a larger one"
        )
    log_decay = float(COLLAPSE.log_decay(scale=collapse_scale, classes=classes, factors=factors))

    def residual(scale: float) -> float:
        return float(PAIRED.log_decay(scale=scale, classes=classes, factors=factors)) - log_decay

    low = PAIRED.turning_scale(classes, factors) or 1e-12
    if residual(low) < 0:
        raise OutOfDomainError(
            f"no paired point has the decay of collapse scale {collapse_scale}: take a larger scale"
        )
    high = 2 * low + 1
    while residual(high) > 0:
        high *= 2
    return bracketed_root(residual, low, high), log_decay
