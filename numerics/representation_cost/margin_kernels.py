"""Compiled alternating directions for min ‖Z‖_* under margins: shrink singular values, meet margins."""

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.compilation import kernel

RELAXATION = 1.7
"""Over-relaxation of the alternating steps."""


@kernel
def meet_margins(
    place: FloatArray, required: FloatArray, labels: IntegerArray, result: FloatArray, excess: FloatArray
) -> None:
    """Write the nearest point whose margins are met, and by how much each other entry came down, ≥ 0.

    Column i: the least ½‖x − v‖² under x_y − x_j ≥ m_j, y its label. With t = x_y it is
    x_j = min(v_j, t − m_j), and t is the mean of v_y and of those v_j + m_j that lie above t.
    """
    classes, samples = place.shape
    for i in range(samples):
        label = labels[i]
        own = place[label, i]
        previous = classes + 1
        while True:  # t rises to its place from below, and ever fewer lie above it
            total, count = place[label, i], 1
            for j in range(classes):
                if j != label and place[j, i] + required[j, i] > own:
                    total += place[j, i] + required[j, i]
                    count += 1
            if count == previous:
                break
            own, previous = total / count, count
        for j in range(classes):
            result[j, i] = min(place[j, i], own - required[j, i])
            excess[j, i] = place[j, i] - result[j, i]
        result[label, i] = own
        excess[label, i] = 0.0


@kernel
def shrink_singular_values(matrix: FloatArray, amount: float) -> FloatArray:
    """Every singular value lowered by the amount, not below zero, through the Gram matrix of the rows.

    The factor 1 − amount/σ is smooth where it is not zero, so squaring costs no accuracy that matters.
    """
    squares, vectors = np.linalg.eigh(np.dot(matrix, matrix.T))
    first = 0
    while first < squares.size and squares[first] <= amount * amount:
        first += 1
    kept = np.ascontiguousarray(vectors[:, first:])
    factors = 1.0 - amount / np.sqrt(squares[first:])
    return np.dot(kept * factors, np.dot(kept.T, matrix))


@kernel
def alternate(
    met: FloatArray,
    scaled: FloatArray,
    excess: FloatArray,
    required: FloatArray,
    labels: IntegerArray,
    strength: float,
    iterations: int,
) -> tuple[float, float]:
    """Iterate in place; returns ‖shrunk − met‖ and how far `met` moved, both in the last iteration.

    `met` meets the margins, `scaled` are the multipliers of shrunk = met over the penalty's strength, and
    strength · `excess` are those of the margins.
    """
    apart, moved = 0.0, 0.0
    lifted = np.empty_like(met)
    for _ in range(iterations):
        shrunk = shrink_singular_values(met - scaled, 1.0 / strength)
        moved, apart = 0.0, 0.0
        for j in range(met.shape[0]):
            for i in range(met.shape[1]):
                lifted[j, i] = scaled[j, i] + RELAXATION * shrunk[j, i] + (1.0 - RELAXATION) * met[j, i]
                scaled[j, i] = met[j, i]  # where it was, for a moment
        meet_margins(lifted, required, labels, met, excess)
        for j in range(met.shape[0]):
            for i in range(met.shape[1]):
                moved += (met[j, i] - scaled[j, i]) ** 2
                apart += (met[j, i] - shrunk[j, i]) ** 2
                scaled[j, i] = lifted[j, i] - met[j, i]
    return np.sqrt(apart), np.sqrt(moved)
