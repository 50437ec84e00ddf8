"""The low-rank ReLU chains as explicit matrices: incidences of the complete graph, exact up to scales.

Factors come features first; one column for each class. A ReLU follows every factor but the last; the
features are not negative, so it does not matter whether one follows them too.

Source: 2405.14468, strongly regular graph solution; the triangle chain is derived for this project.
"""

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from theory.squared_loss.relu_chains import check_chain


def edges_of(vertices: int) -> list[tuple[int, int]]:
    """The classes of a chain: edges of the complete graph, in order."""
    return list(combinations(range(vertices), 2))


def vertex_edge_incidence(vertices: int) -> NDArray[np.int64]:
    """B, r × K: one where the edge has the vertex.

    >>> vertex_edge_incidence(3).tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """
    edges = edges_of(vertices)
    return np.array([[int(vertex in edge) for edge in edges] for vertex in range(vertices)], dtype=np.int64)


def triangle_vertex_signs(vertices: int) -> NDArray[np.int64]:
    """2D, C(r, 3) × r: 1 on a triangle's vertices, −1 off them."""
    triangles = combinations(range(vertices), 3)
    rows = [[1 if vertex in triangle else -1 for vertex in range(vertices)] for triangle in triangles]
    return np.array(rows, dtype=np.int64)


def incidence_factors(vertices: int, depth: int) -> list[NDArray[np.float64]]:
    """Unscaled factors H = B, W_1 = … = W_{L−2} = I_r, W_{L−1} = Bᵀ − ½11ᵀ, W_L = I_K.

    Raises InvalidProblemError for r < 3 or L < 2.
    """
    check_chain(vertices, depth, fewest=3)
    edge = vertex_edge_incidence(vertices).astype(np.float64)
    inner = [np.eye(vertices) for _ in range(depth - 2)]
    return [edge, *inner, edge.T - 0.5, np.eye(edge.shape[1])]


def triangle_factors(vertices: int, depth: int) -> list[NDArray[np.float64]]:
    """Unscaled factors H = B, W_1 = … = W_{L−2} = I_r, W_{L−1} = D, W_L = G⁺ with G = ReLU(DB).

    Raises InvalidProblemError for r < 5 (G loses columns' rank) or L < 2.
    """
    check_chain(vertices, depth, fewest=5)
    edge = vertex_edge_incidence(vertices).astype(np.float64)
    signs = triangle_vertex_signs(vertices) / 2
    contains = np.maximum(signs @ edge, 0.0)
    inner = [np.eye(vertices) for _ in range(depth - 2)]
    return [edge, *inner, signs, np.linalg.pinv(contains)]


def scaled_factors(
    blocks: list[list[NDArray[np.float64]]], scale: float, decays: list[float]
) -> list[NDArray[np.float64]]:
    """Cheapest scales of each block's factors (product x) under the decays, blocks put on one diagonal.

    For a block with norms ‖A_j‖² the scales satisfy λ_j c_j²‖A_j‖² = const. Features first; one sample
    for each class. Raises OutOfDomainError unless x > 0.
    """
    if not scale > 0:
        raise OutOfDomainError(f"logit scale {scale} is not above 0: zero logits need no factors")
    scaled: list[list[NDArray[np.float64]]] = []
    for block in blocks:
        weights = np.array([decay * np.sum(factor**2) for decay, factor in zip(decays, block, strict=True)])
        common = math.exp((2 * math.log(scale) + float(np.sum(np.log(weights)))) / len(block))
        scaled.append(
            [math.sqrt(common / weight) * factor for weight, factor in zip(weights, block, strict=True)]
        )
    return [_diagonal(list(parts)) for parts in zip(*scaled, strict=True)]


def _diagonal(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    rows, columns = (sum(part.shape[axis] for part in parts) for axis in (0, 1))
    whole = np.zeros((rows, columns))
    row = column = 0
    for part in parts:
        whole[row : row + part.shape[0], column : column + part.shape[1]] = part
        row, column = row + part.shape[0], column + part.shape[1]
    return whole
