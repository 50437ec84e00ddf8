"""The least sum of squared Frobenius norms over all factorisations of a matrix."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.formula import Formula
from theory.sources import SHANG_2020
from theory.symbols import FACTORS, SINGULAR_VALUE

COST_OF_A_SINGULAR_VALUE: Final = Formula(
    "cost of a singular value",
    FACTORS * SINGULAR_VALUE ** (2 / FACTORS),
    (SINGULAR_VALUE, FACTORS),
    SHANG_2020.theorem("1"),
    "share of one singular value σ of the product in the least Σ‖A_j‖_F² over F factors",
)


def cost_of_a_product(matrix: NDArray[np.float64], factors: int) -> float:
    """min Σ_j ‖A_j‖_F² over A_F⋯A_1 = X, that is F Σ_i σ_i(X)^{2/F} (Shang et al. 2020).

    Inner widths of at least rank X are assumed.

    >>> round(cost_of_a_product(np.diag([4.0, 9.0]), 2), 12)
    26.0
    """
    singular_values = np.linalg.svd(matrix, compute_uv=False)
    return float(np.sum(COST_OF_A_SINGULAR_VALUE(singular_value=singular_values, factors=factors)))
