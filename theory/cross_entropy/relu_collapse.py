"""Collapse in a ReLU network: what it costs at least, and the hypothesis under which that was first shown.

Collapsed means: H and the features after every ReLU have no within-class variation, and the centred class
means of each are a flat simplex, X_l S = s_l Q_l with K − 1 orthonormal directions; centred logits are αS.
2410.23169, Theorem 7, assumes that ReLU does not lower the ratio of global mean to simplex part (Assumption
1). It is not needed: ReLU brings no two numbers further apart, so it never enlarges the centred part.
"""

from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LINEAR_ALGEBRA

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
