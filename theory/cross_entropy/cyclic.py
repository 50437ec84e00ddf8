"""Cyclic codes with two frequencies: Z_ij = s cos(2π(i−j)/K) + t cos(2πb(i−j)/K), two coupled scales.

The classes form a cycle and the softmax keeps that symmetry (the harmonic codes of 2605.23087's spectral
reduction). Z has the singular values sK/2 (twice) and tK/2 (twice; tK once for b = K/2). b = K/2 is the
antiprism, of rank three: two parallel polygons turned against each other; other b give curves of rank
four. Beside the antiprism the two frequencies with the largest smallest gap at equal scales are tried.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import polygon_matrix
from theory.cross_entropy.scales import Blocks, Floats, ListedGaps, critical_scales

FEWEST_CLASSES: Final = 7
MOST_CLASSES: Final = 128
"""Above it two frequencies are far from enough."""
TRIED: Final = 2
ITERATIONS: Final = 30
CONVERGED: Final = 1e-13
"""Largest step in the logarithms at which Newton's method stops; it converges quadratically."""
FARTHEST: Final = 100.0
"""Logarithms beyond which Newton's method has lost its way."""


@dataclass(frozen=True)
class CyclicCodes:
    """For each problem the best second frequency b, both scales (2 × problems) and the loss.

    The loss is infinite where no critical point was found.
    """

    classes: int
    frequency: NDArray[np.int64]
    scales: Floats
    loss: Floats

    def name(self, problem: int) -> str:
        """`antiprism-K`, or `cyclic-K-b`."""
        b = int(self.frequency[problem])
        return f"antiprism-{self.classes}" if 2 * b == self.classes else f"cyclic-{self.classes}-{b}"

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Multiplicities of the singular values (2 × problems)."""
        second = np.where(2 * self.frequency == self.classes, 1, 2)
        return np.stack([np.full_like(second, 2), second])

    @property
    def singular_values(self) -> Floats:
        """Of the logits for one sample a class (2 × problems)."""
        return self.scales * self.classes / self.ranks

    def logits(self, problem: int) -> Floats:
        """Z for one sample a class."""
        first, second = self.scales[:, problem]
        b = int(self.frequency[problem])
        return first * polygon_matrix(self.classes) + second * polygon_matrix(self.classes, b)


def cyclic_codes(classes: int, factors: Floats, log_decay: Floats) -> CyclicCodes | None:
    """The best code of two frequencies for an array of (F, log μ); None outside 7 ≤ K ≤ 128."""
    if not FEWEST_CLASSES <= classes <= MOST_CLASSES:
        return None
    frequencies = np.array(_frequencies(classes))
    b, problem = np.repeat(frequencies, factors.size), np.tile(np.arange(factors.size), frequencies.size)
    scales, loss = _solve(classes, b, factors[problem], log_decay[problem])
    loss = loss.reshape(frequencies.size, -1)
    best, at = np.argmin(loss, axis=0), np.arange(factors.size)
    chosen = scales.reshape(2, frequencies.size, -1)[:, best, at]
    return CyclicCodes(classes, frequencies[best], chosen, loss[best, at])


@cache
def _frequencies(classes: int) -> tuple[int, ...]:
    """K/2 if it is whole, and the b whose code at equal scales has the largest smallest gap."""
    others = np.arange(2, (classes + 1) // 2)
    step = np.arange(1, classes // 2 + 1)
    gaps = np.sin(np.pi * step / classes) ** 2 + np.sin(np.pi * np.outer(others, step) / classes) ** 2
    order = np.argsort(-np.round(gaps.min(axis=1), 12), kind="stable")
    best = [int(b) for b in others[order[:TRIED]]]
    return (classes // 2, *best) if classes % 2 == 0 else tuple(best)


def _solve(classes: int, b: NDArray[np.int64], factors: Floats, log_decay: Floats) -> tuple[Floats, Floats]:
    step = np.arange(1, classes // 2 + 1)
    counts = np.where(2 * step == classes, 1.0, 2.0)
    turns = np.stack([np.broadcast_to(step, (b.size, step.size)), b[:, None] * step % classes])
    gaps = 2 * np.sin(np.pi * turns / classes) ** 2  # 2 × rows × gaps
    ranks = np.stack([np.full(b.size, 2.0), np.where(2 * b == classes, 1.0, 2.0)])
    place = np.log(np.maximum(_equal_scales(gaps, counts, ranks, classes, factors, log_decay), 1e-300))
    rows = np.nonzero(place[0] > -FARTHEST)[0]
    solved = np.zeros(b.size, dtype=bool)
    for _ in range(ITERATIONS):
        if rows.size == 0:
            break
        units = classes / ranks[:, rows]
        push = log_decay[rows] + np.log(ranks[:, rows]) + 2 / factors[rows] * np.log(units)
        value, jacobian = _equations(place[:, rows], gaps[:, rows], counts, push, 2 / factors[rows] - 1)
        move = _solve_two(jacobian, -value)
        reach = np.abs(move).max(axis=0)
        place[:, rows] += move * np.minimum(1.0, 0.7 / np.maximum(reach, 0.7))
        size = np.abs(place[:, rows]).max(axis=0)
        done = reach < CONVERGED * (1 + size)
        solved[rows[done]] = True
        rows = rows[~done & (size < FARTHEST)]
    scales = np.exp(np.where(solved, place, 0.0))
    fit = np.log1p(np.exp(-np.einsum("arg,ar->rg", gaps, scales)) @ counts)
    power = np.exp(2 / factors * np.log(scales * classes / ranks) + log_decay)
    loss = fit + factors / 2 * (ranks * power).sum(axis=0)
    return scales, np.where(solved, loss, np.inf)


def _equal_scales(
    gaps: Floats, counts: Floats, ranks: Floats, classes: int, factors: Floats, log_decay: Floats
) -> Floats:
    """s and t when all singular values are equal: one scale, to start from."""
    share = ranks / ranks.sum(axis=0)
    one = np.einsum("arg,ar->rg", gaps, share)
    listed = ListedGaps(one, np.broadcast_to(counts, one.shape))
    full = np.ones(factors.size)
    blocks = Blocks(listed, full, classes * full, ranks.sum(axis=0), log_decay, factors)
    return critical_scales(blocks) * share


def _equations(
    place: Floats, gaps: Floats, counts: Floats, push: Floats, bend: Floats
) -> tuple[Floats, Floats]:
    """Log pull minus log push of both scales, and the Jacobian in their logarithms."""
    scales = np.exp(place)
    exponent = -np.einsum("arg,ar->rg", gaps, scales)
    largest = exponent.max(axis=1)
    terms = counts * np.exp(exponent - largest[:, None])
    inside = np.logaddexp(0, largest + np.log(terms.sum(axis=1)))
    first = np.maximum(np.einsum("arg,rg->ar", gaps, terms), 1e-250)  # 0 if a scale is far too large
    second = np.einsum("arg,brg,rg->abr", gaps, gaps, terms)
    jacobian = (first * np.exp(largest - inside) - second / first[:, None, :]) * scales
    jacobian[0, 0] -= bend
    jacobian[1, 1] -= bend
    return np.log(first) + largest - inside - push - bend * place, jacobian


def _solve_two(matrix: Floats, right: Floats) -> Floats:
    determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    first = matrix[1, 1] * right[0] - matrix[0, 1] * right[1]
    second = matrix[0, 0] * right[1] - matrix[1, 0] * right[0]
    return np.stack([first, second]) / determinant
