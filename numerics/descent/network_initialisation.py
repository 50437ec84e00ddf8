"""Networks that start from weights of one's choice: orthogonal, balanced, spectral, or any others.

The weights of `numerics.descent.initialisation` are listed from the input side, as a network wants them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import finite_matrix
from numerics.descent.network import Activation, Network


def network_from(
    weights: Sequence[ArrayLike], activation: Activation, *, biased: bool = True, residual: bool = False
) -> Network:
    """Return a network with copies of these weights, and zero biases unless it is to have none.

    Parameters
    ----------
    weights
        From the input side; of a residual network W_1, V_1, W_2, V_2, …, and the last, linear one.

    Raises
    ------
    InvalidProblemError
        If a weight is not a finite matrix, or the shapes do not chain.

    Examples
    --------
    >>> from numerics.descent.initialisation import balanced_factors, orthogonal_factors, spectral_factors
    >>> rng = np.random.default_rng(0)
    >>> shapes = [(6, 4), (6, 6), (3, 6)]
    >>> orthogonal = network_from(orthogonal_factors(shapes, scale=1.0, rng=rng), "tanh")
    >>> balanced = network_from(balanced_factors(np.eye(3, 4), factors=3, width=6, rng=rng), "relu")
    >>> spectral = network_from(
    ...     spectral_factors(np.eye(3, 4), factors=3, width=6, scale=0.1), "linear", biased=False
    ... )
    >>> [len(network.weights) for network in (orthogonal, balanced, spectral)], len(spectral.biases)
    ([3, 3, 3], 0)
    """
    matrices = tuple(finite_matrix(weight, f"weight {index}") for index, weight in enumerate(weights))
    biases = tuple(np.zeros(matrix.shape[0]) for matrix in matrices) if biased else ()
    return Network(matrices, biases, activation, residual=residual)
