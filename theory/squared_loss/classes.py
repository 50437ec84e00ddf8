"""One-hot targets of any class sizes: every class is a mode of its own, and the smallest vanish first.

Without a bias the singular values of the one-hot K×N targets are √n_k. An unpenalised bias centres them:
K − 1 values √z remain, z the non-zero eigenvalues of diag(n) − nnᵀ/N, which are the roots of
Σ_k n_k/(n_k − z) = 0 strictly between neighbouring sizes, and every size repeated m times, m − 1 times.

Source: 2301.00437, Theorems 3.1 and 4.1; the free bias is derived for this project.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.roots import bracketed_root
from theory.sources import DANG_2023, RANKCOLLAPSE
from theory.squared_loss.modes import GLOBAL_DECAY, Mode, optimal_mode
from theory.symbols import CLASSES, FACTORS, SINGULAR_VALUE, TARGET, positive

CLASS_SIZE: Final = positive("class_size")
"""n_k, samples of one class."""
LARGE_SIZE: Final = positive("large_size")
SMALL_SIZE: Final = positive("small_size")
LARGE_CLASSES: Final = positive("large_classes")
"""Number of classes of the large size under step imbalance."""

VANISHING_DECAY: Final = Formula(
    "decay at which a class vanishes",
    GLOBAL_DECAY.at({TARGET: sp.sqrt(CLASS_SIZE)}),
    (CLASS_SIZE, FACTORS),
    DANG_2023.theorem("4.1"),
    "Nλ above which a class of n_k samples is not learnt (F ≥ 3): n_k^{(F−1)/F} times a constant",
)

MEAN_LENGTH: Final = Formula(
    "length of a class mean",
    SINGULAR_VALUE ** (1 / FACTORS) / sp.sqrt(CLASS_SIZE),
    (SINGULAR_VALUE, CLASS_SIZE, FACTORS),
    DANG_2023.theorem("4.1"),
    "σ_k^{1/F}/√n_k: the free features of class k; means of different classes are orthogonal",
)

STEP_VALUE: Final = Formula(
    "centred singular value between two sizes",
    CLASSES * LARGE_SIZE * SMALL_SIZE / (LARGE_CLASSES * LARGE_SIZE + (CLASSES - LARGE_CLASSES) * SMALL_SIZE),
    (CLASSES, LARGE_CLASSES, LARGE_SIZE, SMALL_SIZE),
    RANKCOLLAPSE.at("squared loss, free bias"),
    "Kab/N: square of the one centred singular value that step imbalance puts between √a and √b",
)


@dataclass(frozen=True)
class ClassOptimum:
    """The optimum for one-hot targets without a bias: one mode for each class, in the order of the sizes."""

    sizes: tuple[int, ...]
    modes: tuple[Mode, ...]
    factors: int

    @property
    def samples(self) -> int:
        """N."""
        return sum(self.sizes)

    @property
    def loss(self) -> float:
        """The regularised loss."""
        return math.fsum(mode.loss for mode in self.modes) / self.samples

    @property
    def kept(self) -> tuple[int, ...]:
        """Positions of the classes that are learnt; the others have zero logits and zero features."""
        return tuple(index for index, mode in enumerate(self.modes) if mode.singular_value > 0)

    @property
    def kept_fractions(self) -> NDArray[np.float64]:
        """t_k: the logits of class k are t_k times its one-hot vector."""
        return np.array([mode.singular_value / mode.target for mode in self.modes])

    @property
    def mean_lengths(self) -> NDArray[np.float64]:
        """Lengths of the (orthogonal) class means of the free features."""
        values = np.array([mode.singular_value for mode in self.modes])
        sizes = np.array(self.sizes, dtype=np.float64)
        return np.asarray(MEAN_LENGTH(singular_value=values, class_size=sizes, factors=self.factors))


def class_optimum(sizes: Sequence[int], weight_decay: float, *, depth: int) -> ClassOptimum:
    """The global optimum for one-hot targets of the given class sizes, equal decays on F = depth + 1 factors.

    For unequal decays pass their geometric mean (`theory.chain.decays`).

    >>> class_optimum([100, 100, 1], 0.01, depth=2).kept
    (0, 1)
    """
    samples, factors = _checked(sizes), depth + 1
    optima = {size: optimal_mode(math.sqrt(size), samples * weight_decay, factors) for size in set(sizes)}
    return ClassOptimum(tuple(sizes), tuple(optima[size] for size in sizes), factors)


def vanishing_decay(size: int, samples: int, *, depth: int) -> float:
    """The weight decay λ above which a class of this size is not learnt.

    >>> vanishing_decay(1, 10, depth=1)
    0.1
    """
    if depth == 1:
        return math.sqrt(size) / samples
    return float(VANISHING_DECAY(class_size=size, factors=depth + 1)) / samples


def centred_target_values(sizes: Sequence[int]) -> tuple[float, ...]:
    """The K − 1 non-zero singular values of the centred one-hot targets, largest first.

    Use them as a target spectrum: they are the modes with a free unpenalised bias.

    >>> centred_target_values([4, 4, 4])
    (2.0, 2.0)
    >>> [round(value**2, 12) for value in centred_target_values([3, 1])]  # 2·3·1/4
    [1.5]
    """
    samples = _checked(sizes)
    counted = sorted(Counter(sizes).items())
    squares = [float(size) for size, count in counted for _ in range(count - 1)]
    for (low, _), (high, _) in pairwise(counted):
        squares.append(_root_between(low, high, counted, samples))
    return tuple(math.sqrt(square) for square in sorted(squares, reverse=True))


def _root_between(low: int, high: int, counted: list[tuple[int, int]], samples: int) -> float:
    """The root of Σ m·n/(n − z) in (low, high), in the share u of the way: its two poles are cleared."""
    gap = high - low
    weights = dict(counted)

    def cleared(share: float) -> float:
        z = low + gap * share
        rest = math.fsum(count * size / (size - z) for size, count in counted if size not in (low, high))
        return (
            weights[high] * high * share - weights[low] * low * (1 - share) + gap * share * (1 - share) * rest
        ) / samples

    return low + gap * bracketed_root(cleared, 0.0, 1.0)


def _checked(sizes: Sequence[int]) -> int:
    if len(sizes) < 2 or min(sizes) < 1:
        raise InvalidProblemError(f"class sizes {list(sizes)}: give at least two, all at least 1")
    return sum(sizes)
