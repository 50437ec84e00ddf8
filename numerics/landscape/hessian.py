"""The full Hessian of the deep linear unconstrained features model with cross-entropy, dense, in floats.

At factors A_1, …, A_F (input side first) and a direction B the second derivative is

    g''(Z)[δZ, δZ] + 2⟨g'(Z), Σ_{i<j} A_F⋯B_j⋯B_i⋯A_1⟩ + Σ_j λ_j‖B_j‖²,   δZ = Σ_j A_F⋯B_j⋯A_1,

assembled block by block from Kronecker products. Coordinates are the entries of the factors, row by row,
in the order of the factors. It holds at any factors, critical or not.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, decay_of_each
from numerics.descent.chain_workspace import checked_chain
from numerics.descent.linear_chain import chain_product


def cross_entropy_hessian(
    factors: Sequence[ArrayLike], labels: ArrayLike, weight_decays: float | Sequence[float]
) -> FloatArray:
    """Return the symmetric matrix of second derivatives at the given factors.

    Parameters
    ----------
    factors
        F ≥ 2 matrices from the input side: d × N features, then W_1, …, W_L, the last one K × d.
    labels
        N integers below K.
    weight_decays
        λ for every factor, or one each.

    Raises
    ------
    InvalidProblemError
        If shapes do not chain, or labels or decays are out of range.

    Examples
    --------
    >>> import numpy as np
    >>> cross_entropy_hessian([np.zeros((1, 1)), np.zeros((2, 1))], [0], 1.0).tolist()
    [[1.0, -0.5, 0.5], [-0.5, 1.0, 0.0], [0.5, 0.0, 1.0]]
    """
    matrices = checked_chain(factors)
    decays = decay_of_each(weight_decays, len(matrices))
    after, before = surroundings(matrices)
    logits = chain_product(matrices)
    classes, samples = logits.shape
    weights = _softmax(logits)
    own = class_labels(labels, samples, classes), np.arange(samples)
    slope = weights.copy()
    slope[own] = 0.0
    slope[own] = -slope.sum(axis=0)  # not 1 less than the weight, which loses the digits of small ones
    slope /= samples

    jacobian = np.hstack([np.kron(left, right.T) for left, right in zip(after, before, strict=True)])
    moves = jacobian.reshape(classes, samples, -1)
    curved = np.einsum("ijs,jsp->isp", softmax_curvature(weights) / samples, moves)
    hessian = jacobian.T @ curved.reshape(jacobian.shape)
    ends = np.cumsum([0, *[matrix.size for matrix in matrices]])
    for j, decay in enumerate(decays):
        own = np.arange(ends[j], ends[j + 1])
        hessian[own, own] += decay
        between = np.eye(matrices[j].shape[1])
        for i in reversed(range(j)):
            outside = before[i] @ slope.T @ after[j]
            block = np.einsum("ab,ce->bcea", outside, between)
            block = block.reshape(matrices[j].size, matrices[i].size)
            hessian[ends[j] : ends[j + 1], ends[i] : ends[i + 1]] += block
            hessian[ends[i] : ends[i + 1], ends[j] : ends[j + 1]] += block.T
            between = between @ matrices[i]
    return hessian


def surroundings(matrices: Sequence[FloatArray]) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return, for every factor, the product of those after it and of those before it.

    >>> after, before = surroundings([np.array([[2.0]]), np.array([[3.0]])])
    >>> [float(matrix[0, 0]) for matrix in (*after, *before)]
    [3.0, 1.0, 1.0, 2.0]
    """
    right = np.eye(matrices[0].shape[1])
    before = [right, *itertools.accumulate(matrices[:-1], lambda product, factor: factor @ product)]
    left = np.eye(matrices[-1].shape[0])
    after = [left, *itertools.accumulate(reversed(matrices[1:]), lambda product, factor: product @ factor)]
    return after[::-1], before


def _softmax(logits: FloatArray) -> FloatArray:
    shifted = np.exp(logits - logits.max(axis=0))
    return shifted / shifted.sum(axis=0)


def softmax_curvature(weights: FloatArray) -> FloatArray:
    """Return diag π − ππᵀ for each column π of K × N weights, as K × K × N.

    The diagonal is summed from the rest, so that entries keep their relative accuracy when π is almost a
    unit vector.

    >>> softmax_curvature(np.array([[0.5], [0.5]]))[:, :, 0].tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    classes = weights.shape[0]
    curvature = -weights[:, None, :] * weights[None, :, :]
    diagonal = np.arange(classes)
    curvature[diagonal, diagonal] = 0.0
    curvature[diagonal, diagonal] = -curvature.sum(axis=1)
    return curvature
