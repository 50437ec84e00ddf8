"""From which depth on a code of lower rank wins, whatever the weight decay.

2410.23169, Theorem 2 (and A1 for unequal class sizes), with an explicit depth. Let m̄ be the mean margin of
X, m > 0 the least margin of X', and p > q their ranks. Both fits lie on the curve of collapse, f(α) =
log(1 + (K−1)e^{−α}): g(αX) ≥ f(αm̄) by Jensen, and g(βX') ≤ f(βm). Hence αcX', c = m̄/m, never fits worse
than αX, and ℒ(αcX') < ℒ(αX) as soon as Σ(cσ'_i)^{2/F} < Σσ_i^{2/F}. The arithmetic mean A of the σ' and
the geometric mean G of the σ turn that into F·log(p/q) > 2 log(cA/G).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sympy as sp

from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import positive
from theory.tolerances import CLOSED_FORM

EXCESS: Final = positive("excess")
"""R = cA/G: how much larger a typical singular value of the code of lower rank is, at equal fit."""
RANK: Final = positive("rank")
"""p, rank of X."""
LOWER_RANK: Final = positive("lower_rank")
"""q, rank of X'."""

LEAST_FACTORS: Final = Formula(
    "factors beyond which the lower rank wins",
    2 * sp.log(EXCESS) / sp.log(RANK / LOWER_RANK),
    (EXCESS, RANK, LOWER_RANK),
    RANKCOLLAPSE.at("Theorem 2 of 2410.23169, explicit depth"),
    "2 log R / log(p/q): for every F = L + 1 ≥ 2 above it the code of rank q beats the one of rank p",
)


@dataclass(frozen=True)
class DepthThreshold:
    """What decides between two codes.

    Parameters
    ----------
    stretch: c = m̄/m; αcX' fits at least as well as αX.
    excess: R = cA/G.
    bound: every F ≥ 2 strictly above it has the lower rank win at every weight decay.
    """

    stretch: float
    excess: float
    bound: float

    @property
    def factors(self) -> int:
        """The least F = L + 1 ≥ 2 that the bound covers."""
        return max(2, math.floor(self.bound * (1 + CLOSED_FORM)) + 1)

    @property
    def depth(self) -> int:
        """L_0: from this number of weight matrices on the lower rank wins."""
        return self.factors - 1


def depth_threshold(
    mean_margin: float, values: Sequence[float], least_margin: float, lower_values: Sequence[float]
) -> DepthThreshold:
    """The threshold of X (mean margin, non-zero singular values) against X' (least margin, its own values).

    Raises OutOfDomainError unless both margins are positive and X has the larger rank. (With a mean margin
    m̄ ≤ 0 the loss of αX is least at α = 0, and there is nothing to beat.)

    >>> depth_threshold(1, [1, 1, 1], 1, [2, 2]).depth  # four classes: the simplex against two pairs
    3
    """
    rank, lower = len(values), len(lower_values)
    if not (mean_margin > 0 and least_margin > 0):
        raise OutOfDomainError(
            f"margins {mean_margin} and {least_margin} must be positive: no threshold here"
        )
    if not rank > lower >= 1:
        raise OutOfDomainError(f"ranks {rank} and {lower}: the first must be larger, the second at least 1")
    stretch = mean_margin / least_margin
    geometric = math.exp(math.fsum(math.log(value) for value in values) / rank)
    excess = stretch * math.fsum(lower_values) / lower / geometric
    return DepthThreshold(stretch, excess, float(LEAST_FACTORS(excess=excess, rank=rank, lower_rank=lower)))


def cost_ratio(values: Sequence[float], lower_values: Sequence[float], stretch: float, factors: int) -> float:
    """Σσ_i^{2/F} over Σ(cσ'_i)^{2/F}: the lower rank wins at every weight decay where it exceeds 1."""
    power = 2 / factors
    cost = math.fsum(value**power for value in values)
    return cost / math.fsum((stretch * value) ** power for value in lower_values)


def sharp_factors(values: Sequence[float], lower_values: Sequence[float], threshold: DepthThreshold) -> int:
    """The least F ≥ 2 from which on `cost_ratio` exceeds 1 (scanned down from the bound)."""
    factors = threshold.factors
    while factors > 2 and cost_ratio(values, lower_values, threshold.stretch, factors - 1) > 1:
        factors -= 1
    return factors
