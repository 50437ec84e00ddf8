"""The Hessian at a paired point, block-diagonal and complete: every eigenvalue with its multiplicity.

Even K = 2m ≥ 4, balanced factors of Z = βP⊗1ᵀ with the critical decay, in units of λ (equal decays). With
u_i = (e_{2i−1} − e_{2i})/√2 spanning the range of P and f_i = (e_{2i−1} + e_{2i})/√2 its complement, the
parts of the factors inside the range split by the symmetry of the pairs; the parts x (last factor, f-rows)
and y (features, f-columns) couple through the fit and, as the gradient of the fit does not vanish on the
f's, through it as well. Derived for this project, for 2410.23169, Theorem 6.
"""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.landscape.blocks import Block, BlockForm
from theory.landscape.dimension import DEPTH, ORBIT_DIMENSION, RANK, WIDTH
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE

_SOURCE = RANKCOLLAPSE.at("extends 2410.23169, Theorem 6")
_PLACE = (SCALE, CLASSES)
_E = sp.exp(-SCALE)
_PARTITION = 1 + (CLASSES - 2) * _E + _E**2
_SLOPE = CLASSES - 2 + 2 * _E

STRENGTH: Final = Formula(
    "curvature between pairs at a paired point",
    2 * SCALE / _SLOPE,
    _PLACE,
    _SOURCE,
    "τ = 2β/(K − 2 + 2e^{−β})",
)

TENSION: Final = Formula(
    "gradient of the fit outside the range of a paired point",
    CLASSES / _SLOPE,
    _PLACE,
    _SOURCE,
    "η = K/(K − 2 + 2e^{−β})",
)

OWN_STRENGTH: Final = Formula(
    "curvature within a pair at a paired point",
    SCALE * ((CLASSES - 2) * (1 + _E**2) + 4 * _E) / (_PARTITION * _SLOPE),
    _PLACE,
    _SOURCE,
    "τ_u = β((K−2)(1 + e^{−2β}) + 4e^{−β})/((1 + (K−2)e^{−β} + e^{−2β})(K − 2 + 2e^{−β}))",
)

PAIR_CONTRAST: Final = Formula(
    "contrast of the softmax at a paired point",
    (1 - _E) ** 2 / _PARTITION,
    _PLACE,
    _SOURCE,
    "1 − Kp, p the softmax of a class outside the pair",
)

PAIR_GAP: Final = Formula(
    "gap of the softmax within a pair at a paired point",
    (1 - _E**2) / _PARTITION,
    _PLACE,
    _SOURCE,
    "softmax on its class less that of its partner",
)

_TAU, _ETA, _TAU_U = STRENGTH.expression, TENSION.expression, OWN_STRENGTH.expression
_M = CLASSES / 2
_n, _SPARE = SAMPLES_PER_CLASS, WIDTH - CLASSES / 2

_SHARE = sp.sqrt((CLASSES - 2) / CLASSES)
_COUPLING = _SHARE * (_TAU * PAIR_GAP.expression * CLASSES / 2 - _ETA)
_OWN_SUM = 1 + _TAU * (1 + (CLASSES / 2 - 1) * PAIR_CONTRAST.expression)

_REST = CLASSES * _n - _M, CLASSES - _M  # columns and rows outside the ranges
_OUTSIDE = (FACTORS - 2) * _SPARE**2 + _SPARE * (_REST[0] + _REST[1]) + _M

_COMMON = (
    Block("orbit of inner rotations", ((sp.Integer(0),),), ORBIT_DIMENSION.at({RANK: _M})),
    Block("unbalanced directions", ((sp.Integer(2),),), DEPTH * (_M * _SPARE + _M * (_M + 1) / 2)),
    Block("antisymmetric directions", ((FACTORS * (1 + _TAU),),), _M * (_M - 1) / 2),
    Block("symmetric, two pairs", ((FACTORS * _TAU - (FACTORS - 2),),), _M * (_M - 1) / 2),
    Block("symmetric, one pair", ((FACTORS * _TAU_U - (FACTORS - 2),),), _M),
    Block("pair sums against features, together", ((1 + _TAU + _ETA,),), _M * (_M - 2)),
    Block("pair sums against features, opposed", ((1 + _TAU - _ETA,),), _M * (_M - 2)),
    Block("samples within a class", ((1 + _TAU,),), CLASSES * (_n - 1) * (_M - 1)),
    Block("samples within a class, along its own logit", ((1 + _TAU_U,),), CLASSES * (_n - 1)),
    Block(
        "a pair's own sum and features",
        (
            (_OWN_SUM, _COUPLING, _ETA * sp.sqrt(2 / CLASSES)),
            (_COUPLING, 1 + _TAU_U, sp.Integer(0)),
            (_ETA * sp.sqrt(2 / CLASSES), sp.Integer(0), 1 + _TAU),
        ),
        _M,
    ),
)
_ARGUMENTS = (SCALE, CLASSES, FACTORS, WIDTH, SAMPLES_PER_CLASS)

PAIRED_BLOCKS: Final = BlockForm(
    "Hessian at a paired point in units of λ",
    (*_COMMON, Block("directions outside all ranges", ((sp.Integer(1),),), _OUTSIDE)),
    _ARGUMENTS,
    _SOURCE,
)
"""F ≥ 3."""

_OPEN = (_M - 1) * _SPARE

SHALLOW_PAIRED_BLOCKS: Final = BlockForm(
    "Hessian at a paired point of two factors in units of λ",
    (
        *_COMMON,
        Block("directions outside all ranges", ((sp.Integer(1),),), _OUTSIDE - 2 * _OPEN),
        Block("spare width, against the gradient", ((1 + _ETA,),), _OPEN),
        Block("spare width, along the gradient", ((1 - _ETA,),), _OPEN),
    ),
    _ARGUMENTS,
    _SOURCE,
)
"""F = 2: last factor and features meet in the spare width too, where 1 − η < 0 makes a strict saddle."""


def paired_spectrum(
    *, scale: float, classes: int, factors: int, width: int, samples_per_class: int = 1
) -> list[tuple[float, int]]:
    """All eigenvalues in units of λ with multiplicities, in ascending order; even K ≥ 4.

    Source: 2410.23169, Theorem 6 (block form derived for this project).

    >>> paired_spectrum(scale=3.0, classes=4, factors=3, width=2)[0]
    (0.0, 2)
    """
    blocks = SHALLOW_PAIRED_BLOCKS if factors == 2 else PAIRED_BLOCKS
    return blocks.spectrum(
        scale=scale, classes=classes, factors=factors, width=width, samples_per_class=samples_per_class
    )
