"""A paired network with ReLU: explicit weights, their cost, and where they beat collapse.

2410.23169, Theorem 7. Of K = k + s classes, k even are paired with P = blockdiag([[1, −1], [−1, 1]], …) and
s ∈ {0, 1} stand alone. With Ȳ = 11ᵀ the features of layers 2…L are ∝ P + Ȳ, entries 0, 1, 2: ReLU leaves them
alone. W_l ∝ P + (2/k)Ȳ maps them to themselves, W_L ∝ P takes Ȳ away, and W_1 and H are square roots of the
features of layer 2 (H is free, so it may be negative). A class that stands alone is a chain of scalars.
All F = L + 1 squared norms are equal at the cheapest: their sum is F c (nβ²)^{1/F} for logits βP.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.codes import paired_code
from theory.cross_entropy.collapse import COLLAPSE_FIT
from theory.cross_entropy.paired import PAIRED_COLUMN_FIT, SINGLE
from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY, positive

PAIRED_CLASSES: Final = positive("paired_classes")
"""k, the even number of classes that are paired."""

_K = PAIRED_CLASSES

RELU_PAIRED_COST: Final = Formula(
    "cost of the paired ReLU network",
    _K ** (3 / FACTORS) * (_K + 2) ** ((FACTORS - 3) / FACTORS) * 2 ** ((4 - FACTORS) / FACTORS),
    (PAIRED_CLASSES, FACTORS),
    GARROD_KEATING_2025.theorem(7),
    "c = (8k³(2k+4)^{L−2}/4^{L−1})^{1/F}: it replaces the K − 1 of collapse",
)

RELU_PRINTED_ODD_COST: Final = Formula(
    "cost of the printed ReLU network, odd K",
    (4 * CLASSES**2 * (2 * CLASSES + 6) ** (FACTORS - 3) * (2 * CLASSES + 2)) ** (1 / FACTORS)
    / 4 ** ((FACTORS - 2) / FACTORS),
    (CLASSES, FACTORS),
    GARROD_KEATING_2025.theorem(7),
    "c for P ⊕ [2] with Ȳ = 1'1'ᵀ on the paired classes: (4K²(2K+6)^{L−2}(2K+2)/4^{L−1})^{1/F}",
)

RELU_PAIRED_LOSS: Final = Formula(
    "loss of the paired ReLU network",
    (
        _K * PAIRED_COLUMN_FIT.at({CLASSES: _K + SINGLE}) / (_K + SINGLE)
        + SINGLE * COLLAPSE_FIT.at({CLASSES: _K + SINGLE}) / (_K + SINGLE)
        + SCALED_DECAY * FACTORS / 2 * (RELU_PAIRED_COST.expression + SINGLE) * SCALE ** (2 / FACTORS)
    ),
    (SCALE, PAIRED_CLASSES, SINGLE, FACTORS, SCALED_DECAY),
    RANKCOLLAPSE.at("Theorem 7 of 2410.23169, odd K with a chain of scalars"),
    "mean cross-entropy plus weight decay of all F factors, k paired classes and at most one alone",
)


def relu_paired_wins(classes: int, depth: int) -> bool:
    """Whether the paired ReLU network costs less than linear collapse: c + s < K − 1, in integers.

    With k = K − s paired classes that is k³(k+2)^{L−2} < 2^{L−3}(k−1)^{L+1}, the same for K = k and k + 1.

    >>> relu_paired_wins(14, 4), relu_paired_wins(12, 4), relu_paired_wins(15, 4)
    (True, False, True)
    """
    _require(classes, depth)
    k = classes - classes % 2
    return 8 * k**3 * (k + 2) ** (depth - 2) < 2**depth * (k - 1) ** (depth + 1)


def relu_printed_network_wins(classes: int, depth: int) -> bool:
    """The same for the network as printed: identical for even K, P ⊕ [2] with a shared mean for odd K.

    >>> relu_printed_network_wins(15, 4), relu_printed_network_wins(17, 4)
    (False, True)
    """
    _require(classes, depth)
    if classes % 2 == 0:
        return relu_paired_wins(classes, depth)
    left = 4 * classes**2 * (2 * classes + 6) ** (depth - 2) * (2 * classes + 2)
    return left < 4 ** (depth - 1) * (classes - 1) ** (depth + 1)


def relu_printed_theorem(classes: int, depth: int) -> bool:
    """Where Theorem 7 as printed says that collapse is not optimal: K ≥ 10, L ≥ 5 or K ≥ 16, L = 4."""
    return (classes >= 10 and depth >= 5) or (classes >= 16 and depth == 4)


def _require(classes: int, depth: int) -> None:
    if classes < 2 or depth < 2:
        raise InvalidProblemError(f"K = {classes}, L = {depth}: the construction needs K ≥ 2 and L ≥ 2")


def relu_paired_weights(
    classes: int, depth: int, samples_per_class: int, scale: float
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """H (K×N) and W_1, …, W_L (K×K each) of the cheapest paired ReLU network with logits βP, or β(P ⊕ [1]).

    Raises InvalidProblemError for L < 2 or K < 2.

    >>> features, weights = relu_paired_weights(4, 3, 1, 2.0)
    >>> hidden = np.maximum(weights[1] @ np.maximum(weights[0] @ features, 0), 0)
    >>> (weights[2] @ hidden).round(9).tolist()[0]
    [2.0, -2.0, 0.0, 0.0]
    """
    _require(classes, depth)
    paired = classes - classes % 2
    features, weights = _paired_chain(paired, depth, samples_per_class, scale)
    if paired == classes:
        return features, weights
    share = (samples_per_class * scale**2) ** (1 / (depth + 1))
    alone = np.sqrt(share)
    row = np.full((1, samples_per_class), alone / np.sqrt(samples_per_class))
    return _block(features, row), [_block(weight, np.array([[alone]])) for weight in weights]


def relu_printed_odd_weights(
    classes: int, depth: int, samples_per_class: int, scale: float
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The printed network for odd K, logits β(P ⊕ [2]): the class that stands alone shares every factor."""
    _require(classes, depth)
    if classes % 2 == 0:
        raise InvalidProblemError(f"K = {classes} is even: use relu_paired_weights")
    code = paired_code(classes)
    code[-1, -1] = 2.0
    return _chain(code, np.append(np.ones(classes - 1), 0.0), depth, samples_per_class, scale)


def _paired_chain(
    classes: int, depth: int, samples: int, scale: float
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    return _chain(paired_code(classes), np.ones(classes), depth, samples, scale)


def _chain(
    code: NDArray[np.float64], ones: NDArray[np.float64], depth: int, samples: int, scale: float
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The chain of a code with P² = 2P and P1 = 0, every factor scaled to the same squared norm."""
    mean, count = np.outer(ones, ones), float(ones @ ones)
    root = code / np.sqrt(2) + mean / np.sqrt(count)  # its square is P + Ȳ
    inner = code + 2 / count * mean
    shapes = [root, *[inner] * (depth - 2), code]
    norms = [float(np.sum(shape**2)) for shape in (root, *shapes)]
    # logits of the bare shapes: root² = P + Ȳ, every later factor doubles it
    bare = 2.0 ** (depth - 1) / np.prod([norm**0.5 for norm in norms])
    share = (samples * (scale / bare) ** 2) ** (1 / (depth + 1))
    weights = [np.sqrt(share / norm) * shape for norm, shape in zip(norms[1:], shapes, strict=True)]
    features = np.kron(np.sqrt(share / norms[0] / samples) * root, np.ones((1, samples)))
    return features, weights


def _block(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """blockdiag(first, second)."""
    rows, columns = first.shape
    found = np.zeros((rows + second.shape[0], columns + second.shape[1]))
    found[:rows, :columns], found[rows:, columns:] = first, second
    return found
