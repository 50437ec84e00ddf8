"""Costs Σσ_i^{2/F} of codes scaled to margins ≥ 1, in closed form.

A tight code of k vectors, rank r and smallest gap m = min(1 − q_iᵀq_j) has r singular values βk/r at scale β.
Alone β = 1/m. Beside other classes, whose logits it leaves at zero, its own logit β must be at least 1 as
well. Classes on their own get the centred column e_c − 1/K: m of them have the singular values 1 (m − 1
times) and √(1 − m/K); together with blocks whose columns sum to zero nothing else changes.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.tight_codes import Code, codes_of_size, orthoplex, polygon, simplex
from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS

_CLASSES = sp.Symbol("classes", positive=True)

SIMPLEX_COST: Final = Formula(
    "cost of the simplex", _CLASSES - 1, (_CLASSES,), RANKCOLLAPSE.at("theory 6.2"), "K − 1, at every depth"
)
ORTHOPLEX_COST: Final = Formula(
    "cost of the orthoplex",
    _CLASSES / 2 * 2 ** (2 / FACTORS),
    (_CLASSES, FACTORS),
    RANKCOLLAPSE.at("theory 6.2"),
    "(K/2) 2^{2/F}, K even",
)
ORTHOPLEX_DEPTH: Final = Formula(
    "depth from which the orthoplex costs less than the simplex",
    2 * sp.log(2) / sp.log(2 * (_CLASSES - 1) / _CLASSES),
    (_CLASSES,),
    RANKCOLLAPSE.at("theory 6.2"),
    "the orthoplex wins iff F exceeds 2 ln 2/ln(2(K−1)/K), K even",
)


@dataclass(frozen=True)
class SumOfCodes:
    """Blocks of tight codes (largest first) and `single` classes with a centred column of their own."""

    blocks: tuple[Code, ...]
    single: int

    @property
    def classes(self) -> int:
        """K."""
        return sum(code.size for code in self.blocks) + self.single

    @property
    def name(self) -> str:
        """The structure in words.

        >>> SumOfCodes((simplex(2), simplex(2)), 1).name
        '2×pair + 1 single'
        """
        if not self.blocks:
            return f"simplex-{self.single}"
        parts: list[str] = []
        for code in dict.fromkeys(self.blocks):
            count = self.blocks.count(code)
            parts.append(code.name if count == 1 else f"{count}×{code.name}")
        return " + ".join([*parts, f"{self.single} single"] if self.single else parts)

    @property
    def singular_values(self) -> NDArray[np.float64]:
        """Of the logits with margins ≥ 1, largest first."""
        found: list[float] = []
        for code in self.blocks:
            scale = 1 / _smallest_gap(code)
            if len(self.blocks) > 1 or self.single:
                scale = max(scale, 1.0)
            found += [scale * code.size / code.rank] * code.rank
        if self.single:
            found += [1.0] * (self.single - 1)
            found += [float(np.sqrt(1 - self.single / self.classes))] if self.blocks else []
        return np.sort(np.array(found))[::-1]

    def cost(self, factors: float) -> float:
        """Σσ_i^{2/F}.

        >>> round(SumOfCodes((simplex(2), simplex(2)), 1).cost(4), 4)
        3.7742
        """
        return float(np.sum(self.singular_values ** (2 / factors)))

    def logits(self) -> NDArray[np.float64]:
        """Z itself: blocks in their order, then the single classes."""
        matrix, start = np.zeros((self.classes, self.classes)), 0
        for code in self.blocks:
            scale = 1 / _smallest_gap(code)
            if len(self.blocks) > 1 or self.single:
                scale = max(scale, 1.0)
            place = slice(start, start + code.size)
            matrix[place, place] = scale * gram(code.name)
            start += code.size
        matrix[:, start:] = np.eye(self.classes)[:, start:] - 1 / self.classes
        return matrix


def cheapest_sum(classes: int, factors: float) -> SumOfCodes:
    """The cheapest structure of this family, by dynamic programming over block sizes.

    Raises OutOfDomainError for fewer than two classes.

    >>> cheapest_sum(4, 3).name, cheapest_sum(4, 4).name, cheapest_sum(5, 4).name
    ('simplex-4', 'orthoplex-4', '2×pair + 1 single')
    """
    if classes < 2:
        raise OutOfDomainError(f"{classes} classes: margins need at least 2")
    candidates = [SumOfCodes((code,), 0) for code in whole_codes(classes)]
    candidates.append(SumOfCodes((), classes))
    for single in range(classes - 1):
        blocks = _cheapest_blocks(classes - single, factors)
        if len(blocks) > 1 or single:
            candidates.append(SumOfCodes(blocks, single))
    return min(candidates, key=lambda each: each.cost(factors) * (1 - 1e-12 * (len(each.blocks) == 1)))


@cache
def whole_codes(size: int) -> tuple[Code, ...]:
    """The tight codes of a size, beside the simplex: orthoplex, polygon and the listed ones."""
    paired = (orthoplex(size // 2),) if size >= 4 and size % 2 == 0 else ()
    return (*paired, *((polygon(size),) if size >= 5 else ()), *codes_of_size(size))


def _cheapest_blocks(size: int, factors: float) -> tuple[Code, ...]:
    """Blocks of cheapest total that fill a number of classes, none of them alone."""
    best: list[tuple[float, tuple[Code, ...]]] = [(0.0, ()), *[(np.inf, ()) for _ in range(size)]]
    for room in range(2, size + 1):
        for last in range(2, room + 1):
            for code in (simplex(last), *whole_codes(last)):
                if code.name.startswith("orthoplex"):
                    continue  # pairs are the same
                scale = max(1 / _smallest_gap(code), 1.0)
                cost = best[room - last][0] + code.rank * (scale * code.size / code.rank) ** (2 / factors)
                if cost < best[room][0] - 1e-12:
                    best[room] = (cost, (*best[room - last][1], code))
    return tuple(sorted(best[size][1], key=lambda code: (-code.size, code.name)))


@cache
def _smallest_gap(code: Code) -> float:
    return float(min(code.gaps, key=float))
