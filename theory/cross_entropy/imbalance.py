"""Unequal class sizes: step imbalance and the code that depth one collapses to as weight decay vanishes.

m minority classes of n samples and K − m majority classes of Rn. The depth-one optimum tends in direction to
simplex-encoded labels (SELI), Z = (I − 11ᵀ/K)Y: every margin is one, and the logits have K − 1 singular
values, known in closed form.

Source: Thrampoulidis et al. 2022; step imbalance as in 2410.23169, Theorem A3.
"""

from typing import Final

import sympy as sp

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import THRAMPOULIDIS_2022
from theory.symbols import CLASSES, SAMPLES_PER_CLASS, positive

MINORITY: Final = positive("minority")
"""m = ρK, number of minority classes."""
IMBALANCE: Final = positive("imbalance")
"""R ≥ 1, samples of a majority class over samples of a minority class."""

MIXED_SINGULAR_VALUE: Final = Formula(
    "mixed singular value of simplex-encoded labels",
    sp.sqrt(SAMPLES_PER_CLASS * (1 + (IMBALANCE - 1) * MINORITY / CLASSES)),
    (CLASSES, MINORITY, IMBALANCE, SAMPLES_PER_CLASS),
    THRAMPOULIDIS_2022.at("simplex-encoded labels, step imbalance"),
    "√(n(1 − ρ + ρR)), ρ = m/K: the one singular value between minorities and majorities",
)


def step_sizes(classes: int, minority: int, imbalance: int, smallest: int = 1) -> list[int]:
    """Class sizes Rn, …, Rn, n, …, n with m minorities last.

    Raises InvalidProblemError unless 1 ≤ m ≤ K − 1, R ≥ 1 and n ≥ 1.

    >>> step_sizes(4, 1, 10)
    [10, 10, 10, 1]
    """
    if not (1 <= minority < classes and imbalance >= 1 and smallest >= 1):
        raise InvalidProblemError(
            f"{minority} minorities of {classes} classes, ratio {imbalance}, size {smallest}: "
            "give 1 to K − 1 minorities, a ratio and a size of at least 1"
        )
    return [imbalance * smallest] * (classes - minority) + [smallest] * minority


def seli_singular_values(classes: int, minority: int, imbalance: int, smallest: int = 1) -> list[float]:
    """The K − 1 singular values of (I − 11ᵀ/K)Y: √(Rn) K−m−1 times, the mixed one, √n m−1 times.

    >>> [round(value, 6) for value in seli_singular_values(4, 2, 4)]
    [2.0, 1.581139, 1.0]
    """
    step_sizes(classes, minority, imbalance, smallest)
    mixed = float(
        MIXED_SINGULAR_VALUE(
            classes=classes, minority=minority, imbalance=imbalance, samples_per_class=smallest
        )
    )
    majority = float(imbalance * smallest) ** 0.5
    return [majority] * (classes - minority - 1) + [mixed] + [float(smallest) ** 0.5] * (minority - 1)
