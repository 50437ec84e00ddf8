"""The least sum of squared Frobenius norms over all factorisations of a matrix.

Source: Shang et al. 2020, Theorem 1.
"""

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


def cost_error(matrix: NDArray[np.float64], factors: int, error: float) -> float:
    """How far the cost can be off when every singular value is known up to ± error.

    By concavity a value σ moves σ^p by at most e^p, and by p(σ − e)^{p−1}e when σ > e; p = 2/F.

    >>> cost_error(np.array([[1.0]]), 2, 1e-3)
    0.002
    """
    power = 2 / factors
    values = np.linalg.svd(matrix, compute_uv=False)
    reach = np.full(values.shape, error**power)
    large = values > error
    slope = power * (values[large] - error) ** (power - 1) * error
    reach[large] = np.minimum(reach[large], slope)
    return factors * float(np.sum(reach))


def cost_of_a_product(matrix: NDArray[np.float64], factors: int) -> float:
    """min Σ_j ‖A_j‖_F² over A_F⋯A_1 = X, that is F Σ_i σ_i(X)^{2/F} (Shang et al. 2020).

    Inner widths of at least rank X are assumed.

    >>> round(cost_of_a_product(np.diag([4.0, 9.0]), 2), 12)
    26.0
    """
    singular_values = np.linalg.svd(matrix, compute_uv=False)
    return float(np.sum(COST_OF_A_SINGULAR_VALUE(singular_value=singular_values, factors=factors)))
