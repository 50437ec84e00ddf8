"""Collapse in a ReLU network: what it costs at least, and the hypothesis under which that was first shown.

Collapsed means: H and the features after every ReLU have no within-class variation, and the centred class
means of each are a flat simplex, X_l S = s_l Q_l with K − 1 orthonormal directions; centred logits are αS.
2410.23169, Theorem 7, assumes that ReLU does not lower the ratio of global mean to simplex part (Assumption
1). It is not needed: ReLU brings no two numbers further apart, so it never enlarges the centred part.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LINEAR_ALGEBRA

Matrix = NDArray[np.float64]
Layer = Sequence[Any]
"""c, e, g of features cI + e11ᵀ whose pre-activation has −g off the diagonal where e = 0."""

COLLAPSE_COST: Final = Formula(
    "least cost of collapse",
    FACTORS * (CLASSES - 1) * (SAMPLES_PER_CLASS * SCALE**2) ** (1 / FACTORS),
    (SCALE, CLASSES, SAMPLES_PER_CLASS, FACTORS),
    RANKCOLLAPSE.at("Theorem 7 of 2410.23169 without its Assumption 1"),
    "F(K−1)(nα²)^{1/F}: ‖H‖² + Σ‖W_l‖² of a collapsed network, linear or ReLU, is at least that",
)


def mean_to_simplex_ratio(features: NDArray[np.float64]) -> float:
    """‖X 11ᵀ/K‖_F over ‖X S‖_F of a d×K matrix of class means: global mean against simplex part.

    Raises OutOfDomainError where all class means coincide.

    >>> round(mean_to_simplex_ratio(np.eye(5)), 12)  # 1/√(K−1)
    0.5
    """
    centred = features - features.mean(axis=1, keepdims=True)
    spread = float(np.linalg.norm(centred))
    if spread <= LINEAR_ALGEBRA * float(np.linalg.norm(features)):
        raise OutOfDomainError("all class means coincide: there is no simplex part to compare with")
    return float(np.linalg.norm(features - centred)) / spread


def meets_assumption_one(pre_activations: NDArray[np.float64]) -> bool:
    """Whether ReLU does not lower `mean_to_simplex_ratio`: Assumption 1 of 2410.23169 for one layer.

    >>> simplex = np.eye(3) - 1 / 3
    >>> meets_assumption_one(simplex), meets_assumption_one(simplex - 0.5)
    (True, False)
    """
    before = mean_to_simplex_ratio(pre_activations)
    after = mean_to_simplex_ratio(np.maximum(pre_activations, 0.0))
    return after >= before * (1 - LINEAR_ALGEBRA)


def simplex_algebra(classes: int, simplex: float, mean: float) -> NDArray[np.float64]:
    """xS + y·11ᵀ/K: what commutes with every permutation of the classes."""
    average = np.full((classes, classes), 1 / classes)
    return simplex * (np.eye(classes) - average) + mean * average


SIMPLEX_PART: Final = sp.Symbol("simplex_part", positive=True)
"""s_l, the K − 1 equal singular values of the centred features of a layer."""
NEXT_SIMPLEX_PART: Final = sp.Symbol("next_simplex_part", positive=True)
"""s_{l+1}."""


def collapsed_cost(classes: int, samples: int, scale: Any, layers: Sequence[Layer]) -> Any:
    """‖H‖² + Σ‖W_l‖² of `collapsed_weights`: a matrix xS + y·11ᵀ/K has the squared norm (K−1)x² + y².

    >>> collapsed_cost(3, 1, 2.0, [(1.0, 0.0, 0.0)])  # one layer of weights
    11.0
    """
    c, e, _ = layers[0]
    simplex, mean = c, c + classes * e
    total = samples * ((classes - 1) * simplex**2 + mean**2)
    for c, e, g in layers[1:]:
        total += (classes - 1) * ((c + g) / simplex) ** 2 + (
            (c + classes * e - g * (classes - 1)) / mean
        ) ** 2
        simplex, mean = c, c + classes * e
    return total + (classes - 1) * (scale / simplex) ** 2


def collapsed_weights(
    classes: int, samples: int, scale: float, layers: Sequence[Layer]
) -> tuple[Matrix, list[Matrix], list[Matrix]]:
    """H, W_1…W_L and the pre-activations of the hidden layers of a collapsed network with logits αS."""
    c, e, _ = layers[0]
    simplex, mean = c, c + classes * e
    features = np.repeat(simplex_algebra(classes, simplex, mean), samples, axis=1)
    weights: list[Matrix] = []
    pre: list[Matrix] = []
    for c, e, g in layers[1:]:
        after = c + g, c + classes * e - g * (classes - 1)
        weights.append(simplex_algebra(classes, after[0] / simplex, after[1] / mean))
        pre.append(simplex_algebra(classes, *after))
        simplex, mean = c, c + classes * e
    return features, [*weights, simplex_algebra(classes, scale / simplex, 0.0)], pre
