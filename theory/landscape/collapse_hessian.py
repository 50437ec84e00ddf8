"""The Hessian at a collapse point, block-diagonal and complete: every eigenvalue with its multiplicity.

At balanced factors of Z = αS⊗1ᵀ with the critical decay, in units of λ (equal decays), the Hessian splits
by blocks of the factors and, where they see the fit, by the symmetry of the classes. Write p for the
softmax off its class and c = 1 − Kp. With B_j restricted to the ranges as K×K matrices of zero row and
column sums, the sum of all of them as Y + A (symmetric and antisymmetric, normalised by √F), and y the part
of the features common to all samples, the quadratic form is

    (Fα/K − (F−2))‖Y‖² + (1 + α/K)‖y‖² + αc Σ_k(√F Y_kk + y_k/√K)² + F(1 + α/K)‖A‖²,

beside multiples of the identity. Y with zero diagonal gives the critical eigenvalue of the sharp form of
2410.23169, Theorem 4. Derived for this project.
"""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.landscape.blocks import Block, BlockForm
from theory.landscape.dimension import DEPTH, ORBIT_DIMENSION, RANK, WIDTH
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE

_SOURCE = RANKCOLLAPSE.at("extends 2410.23169, Theorem 4")
_PLACE = (SCALE, CLASSES, FACTORS)
_K, _F, _ALPHA, _D = CLASSES, FACTORS, SCALE, WIDTH

OFF_CLASS: Final = Formula(
    "softmax off its class at collapse",
    sp.exp(-SCALE) / (1 + (CLASSES - 1) * sp.exp(-SCALE)),
    (SCALE, CLASSES),
    GARROD_KEATING_2025.equation(19),
    "p = 1/(e^α + K − 1)",
)

CONTRAST: Final = Formula(
    "contrast of the softmax at collapse",
    (1 - sp.exp(-SCALE)) / (1 + (CLASSES - 1) * sp.exp(-SCALE)),
    (SCALE, CLASSES),
    _SOURCE,
    "c = 1 − Kp, softmax on its class less softmax off it",
)

CRITICAL_EIGENVALUE: Final = Formula(
    "critical eigenvalue at collapse",
    FACTORS * SCALE / CLASSES - (FACTORS - 2),
    _PLACE,
    _SOURCE,
    "Fα/K − (F−2) in units of λ: symmetric directions of zero diagonal, K(K−3)/2 of them",
)

_C = CONTRAST.expression
_SPREAD = 1 + SCALE / CLASSES

SCALE_EIGENVALUE: Final = Formula(
    "eigenvalue along the scale of collapse",
    CRITICAL_EIGENVALUE.expression + FACTORS * SCALE * _C * (CLASSES - 1) / CLASSES,
    _PLACE,
    _SOURCE,
    "Fα(1 − (K−1)p) − (F−2) in units of λ: zero at the turning scale",
)

STANDARD_FACTORS: Final = Formula(
    "factor entry of the standard block at collapse",
    CRITICAL_EIGENVALUE.expression + FACTORS * SCALE * _C * (CLASSES - 2) / CLASSES,
    _PLACE,
    _SOURCE,
    "Q₁₁ = Fα((K−1)/K − (K−2)p) − (F−2): symmetric directions S·diag(v)·S, Σv = 0",
)

STANDARD_FEATURES: Final = Formula(
    "feature entry of the standard block at collapse",
    _SPREAD + SCALE * _C / CLASSES,
    _PLACE,
    _SOURCE,
    "Q₂₂ = 1 + α(2 − Kp)/K: features moved alike in all samples",
)

STANDARD_COUPLING: Final = Formula(
    "coupling of the standard block at collapse",
    SCALE * _C * sp.sqrt(FACTORS * (CLASSES - 2)) / CLASSES,
    _PLACE,
    _SOURCE,
    "Q₁₂ = √(F(K−2)) α(1 − Kp)/K",
)

_n, _R = SAMPLES_PER_CLASS, CLASSES - 1
_SPARE = WIDTH - _R

_FREE = (
    Block("orbit of inner rotations", ((sp.Integer(0),),), ORBIT_DIMENSION.at({RANK: _R})),
    Block("unbalanced directions", ((sp.Integer(2),),), DEPTH * (_R * _SPARE + _R * (_R + 1) / 2)),
    Block(
        "directions outside all ranges",
        ((sp.Integer(1),),),
        (FACTORS - 2) * _SPARE**2 + _SPARE * (CLASSES * _n - _R) + _SPARE + _R,
    ),
)
_FITTED = (
    Block("antisymmetric directions", ((FACTORS * _SPREAD,),), _R * (CLASSES - 2) / 2),
    Block("samples within a class", ((_SPREAD,),), CLASSES * (_n - 1) * (CLASSES - 2)),
    Block(
        "samples within a class, along its own logit",
        ((_SPREAD + SCALE * _C * (CLASSES - 1) / CLASSES,),),
        CLASSES * (_n - 1),
    ),
    Block("scale", ((SCALE_EIGENVALUE.expression,),), sp.Integer(1)),
)
_ARGUMENTS = (SCALE, CLASSES, FACTORS, WIDTH, SAMPLES_PER_CLASS)

COLLAPSE_BLOCKS: Final = BlockForm(
    "Hessian at collapse in units of λ",
    (
        *_FREE,
        *_FITTED,
        Block("critical directions", ((CRITICAL_EIGENVALUE.expression,),), CLASSES * (CLASSES - 3) / 2),
        Block(
            "standard representation",
            (
                (STANDARD_FACTORS.expression, STANDARD_COUPLING.expression),
                (STANDARD_COUPLING.expression, STANDARD_FEATURES.expression),
            ),
            _R,
        ),
    ),
    _ARGUMENTS,
    _SOURCE,
)
"""K ≥ 3, d ≥ K − 1, any F ≥ 2 and n ≥ 1."""

TWO_CLASS_BLOCKS: Final = BlockForm(
    "Hessian at collapse of two classes in units of λ",
    (*_FREE, *_FITTED, Block("standard representation", ((STANDARD_FEATURES.expression,),), sp.Integer(1))),
    _ARGUMENTS,
    _SOURCE,
)
"""K = 2: symmetric directions are multiples of S, so the standard block keeps its feature entry alone."""


def collapse_spectrum(
    *, scale: float, classes: int, factors: int, width: int, samples_per_class: int = 1
) -> list[tuple[float, int]]:
    """All eigenvalues in units of λ with multiplicities, in ascending order.

    Source: 2410.23169, Theorem 4 (sharp form, derived for this project).

    >>> collapse_spectrum(scale=3.0, classes=4, factors=2, width=3)[:2]
    [(0.0, 3), (1.0, 3)]
    """
    blocks = TWO_CLASS_BLOCKS if classes == 2 else COLLAPSE_BLOCKS
    return blocks.spectrum(
        scale=scale, classes=classes, factors=factors, width=width, samples_per_class=samples_per_class
    )
