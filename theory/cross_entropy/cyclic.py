"""Cyclic codes with two frequencies: Z_ij = s cos(2π(i−j)/K) + t cos(2πb(i−j)/K), two coupled scales.

The classes form a cycle and the softmax keeps that symmetry (the harmonic codes of 2605.23087's spectral
reduction). Z has the singular values sK/2 (twice) and tK/2 (twice; tK once for b = K/2). b = K/2 is the
antiprism, of rank three: two parallel polygons turned against each other; other b give curves of rank
four. Beside the antiprism the two frequencies with the largest smallest gap at equal scales are tried; b and
±1/b modulo K are the same code with s and t exchanged, and count once.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import polygon_matrix
from theory.cross_entropy.scales import SMALLEST_SCALE, Blocks, Floats, TabledGaps, critical_scales

FEWEST_CLASSES: Final = 7
MOST_CLASSES: Final = 128
"""Above it two frequencies are far from enough."""
TRIED: Final = 2
ITERATIONS: Final = 30
CONVERGED: Final = 1e-8
"""Largest step in the logarithms after which Newton's method stops: the next one would be a rounding."""
START: Final = 1e-2
"""Enough for the scale to start from."""
ABSENT: Final = 4.0
"""Beyond the largest gap, 2: in the table a gap that is not there, with a count of zero."""
FARTHEST: Final = 10.0
"""Distance of the logarithms from the start beyond which Newton's method has lost its way."""


@dataclass(frozen=True)
class CyclicCodes:
    """For each problem the best second frequency b, both scales (2 × problems) and the loss.

    The loss is infinite where no critical point was found, and outside 7 ≤ K ≤ 128.
    """

    classes: NDArray[np.int64]
    frequency: NDArray[np.int64]
    scales: Floats
    loss: Floats

    def name(self, problem: int) -> str:
        """`antiprism-K`, or `cyclic-K-b`."""
        classes, b = int(self.classes[problem]), int(self.frequency[problem])
        return f"antiprism-{classes}" if 2 * b == classes else f"cyclic-{classes}-{b}"

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
        classes, b = int(self.classes[problem]), int(self.frequency[problem])
        return first * polygon_matrix(classes) + second * polygon_matrix(classes, b)


def cyclic_codes(classes: NDArray[np.int64], factors: Floats, log_decay: Floats) -> CyclicCodes:
    """The best code of two frequencies for problems of (K, F, log μ)."""
    frequency = np.ones(classes.size, dtype=np.int64)
    scales, loss = np.zeros((2, classes.size)), np.full(classes.size, np.inf)
    within = np.nonzero((classes >= FEWEST_CLASSES) & (classes <= MOST_CLASSES))[0]
    if within.size:
        numbers, number = np.unique(classes[within], return_inverse=True)
        codes = [[(count, b) for b in _frequencies(count)] for count in numbers.tolist()]
        many = np.array([len(each) for each in codes])
        table = _Table.of([code for each in codes for code in each])
        places = np.arange(int(many.max()))[:, None]
        place, problem = np.nonzero(places < many[number])
        code, rows = (np.cumsum(many) - many)[number[problem]] + place, within[problem]
        found, losses = _solve(table, code, factors[rows], log_decay[rows])
        for now in (place == each for each in places):
            better = np.nonzero(now)[0][losses[now] < loss[rows[now]]]
            at = rows[better]
            frequency[at], loss[at] = table.frequency[code[better]], losses[better]
            scales[:, at] = found[:, better]
    return CyclicCodes(classes, frequency, scales, loss)


@cache
def _frequencies(classes: int) -> tuple[int, ...]:
    """K/2 if it is whole, and the b whose code at equal scales has the largest smallest gap."""
    others = np.array([b for b in range(2, (classes + 1) // 2) if b <= _swapped(classes, b)])
    step = np.arange(1, classes // 2 + 1)
    gaps = np.sin(np.pi * step / classes) ** 2 + np.sin(np.pi * np.outer(others, step) / classes) ** 2
    order = np.argsort(-np.round(gaps.min(axis=1), 12), kind="stable")
    best = [int(b) for b in others[order[:TRIED]]]
    return (classes // 2, *best) if classes % 2 == 0 else tuple(best)


def _swapped(classes: int, b: int) -> int:
    """The frequency of the same code with its two scales exchanged: ±1/b modulo K, or b if there is none."""
    if gcd(b, classes) > 1:
        return b
    inverse = pow(b, -1, classes)
    return min(inverse, classes - inverse)


@dataclass(frozen=True)
class _Table:
    """One row for each code (K, b): its gaps (2 × codes × gaps), their counts, and both ranks (2 × codes)."""

    classes: NDArray[np.int64]
    frequency: NDArray[np.int64]
    gaps: Floats
    counts: Floats
    ranks: Floats

    @staticmethod
    def of(codes: list[tuple[int, int]]) -> "_Table":
        classes, frequency = np.array(codes).T
        step = np.arange(1, int(classes.max()) // 2 + 1)
        full = classes[:, None]
        turns = np.stack([np.broadcast_to(step, (classes.size, step.size)), frequency[:, None] * step % full])
        gaps = 2 * np.sin(np.pi * turns / full) ** 2
        present = 2 * step <= full
        gaps = np.where(present, gaps, ABSENT)
        counts = np.where(2 * step == full, 1.0, 2.0) * present
        second = np.where(2 * frequency == classes, 1.0, 2.0)
        return _Table(classes, frequency, gaps, counts, np.stack([np.full_like(second, 2.0), second]))


def _solve(
    table: _Table, code: NDArray[np.intp], factors: Floats, log_decay: Floats
) -> tuple[Floats, Floats]:
    """Both scales and the loss, by Newton's method in their logarithms from equal singular values."""
    ranks, bend = table.ranks[:, code], 2 / factors - 1
    log_units = np.log(table.classes[code] / ranks)
    place = np.log(np.maximum(_equal_scales(table, code, factors, log_decay), 1e-300))
    push = log_decay + np.log(ranks) + 2 / factors * log_units
    start = place.copy()
    rows = np.nonzero(place[0] > np.log(SMALLEST_SCALE))[0]
    solved, fit = np.zeros(factors.size, dtype=bool), np.zeros(factors.size)
    for _ in range(ITERATIONS):
        if rows.size == 0:
            break
        here = place[:, rows]
        value, jacobian = _equations(here, table, code[rows], push[:, rows], bend[rows])
        move = _solve_two(jacobian, -value)
        reach = np.abs(move).max(axis=0)
        here = here + move * np.minimum(1.0, 0.7 / np.maximum(reach, 0.7))
        place[:, rows] = here
        done = reach < CONVERGED
        solved[rows[done]] = True
        rows = rows[~done & (np.abs(here - start[:, rows]).max(axis=0) < FARTHEST)]
    scales = np.exp(np.where(solved, place, 0.0))
    rows = np.nonzero(solved)[0]
    exponent = np.einsum("ar,arg->rg", scales[:, rows], table.gaps[:, code[rows]])
    fit[rows] = np.log1p(np.einsum("rg,rg->r", np.exp(-exponent), table.counts[code[rows]]))
    power = np.exp(2 / factors * (np.log(scales) + log_units) + log_decay)
    loss = fit + factors / 2 * (ranks * power).sum(axis=0)
    return scales, np.where(solved, loss, np.inf)


def _equal_scales(table: _Table, code: NDArray[np.intp], factors: Floats, log_decay: Floats) -> Floats:
    """s and t when all singular values are equal: one scale, to start from."""
    total = table.ranks.sum(axis=0)
    share = table.ranks / total
    gaps = TabledGaps((share[:, :, None] * table.gaps).sum(axis=0), table.counts, code)
    full = np.ones(factors.size)
    blocks = Blocks(gaps, full, table.classes[code] * full, total[code], log_decay, factors)
    return share[:, code] * critical_scales(blocks, converged=START)


def _equations(
    place: Floats, table: _Table, code: NDArray[np.intp], push: Floats, bend: Floats
) -> tuple[Floats, Floats]:
    """Log pull minus log push of both scales, and the Jacobian in their logarithms."""
    scales = np.exp(place)
    one, other = table.gaps[0][code], table.gaps[1][code]
    exponent = scales[0][:, None] * one + scales[1][:, None] * other
    smallest = exponent.min(axis=1)
    terms = table.counts[code] * np.exp(smallest[:, None] - exponent)
    inside = np.logaddexp(0, np.log(terms.sum(axis=1)) - smallest)
    of_one, of_other = terms * one, terms * other
    first = np.maximum(np.stack([of_one.sum(axis=1), of_other.sum(axis=1)]), 1e-250)  # 0 for far too large
    mixed = np.einsum("rg,rg->r", of_one, other)
    second = np.array(
        [[np.einsum("rg,rg->r", of_one, one), mixed], [mixed, np.einsum("rg,rg->r", of_other, other)]]
    )
    jacobian = (first * np.exp(-smallest - inside) - second / first[:, None, :]) * scales
    jacobian[0, 0] -= bend
    jacobian[1, 1] -= bend
    return np.log(first) - smallest - inside - push - bend * place, jacobian


def _solve_two(matrix: Floats, right: Floats) -> Floats:
    determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    first = matrix[1, 1] * right[0] - matrix[0, 1] * right[1]
    second = matrix[0, 0] * right[1] - matrix[1, 0] * right[0]
    return np.stack([first, second]) / determinant
