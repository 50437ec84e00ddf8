"""Mutants of the cost of a product: Σ‖A_j‖_F² ≥ F Σσ_i(X)^{2/F}."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from mutant import Kind, MarginOf, Mutant, flipped, rewired
from numpy.typing import NDArray

from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.chain.cost_of_a_product import margin
from verify.instance import Instance
from verify.margin import Margin

OfFactors = Callable[[int], float]
OfMatrix = Callable[[NDArray[np.float64]], float]
CLAIM = "chain/cost-of-a-product"
ONES = [[[1]], [[1]]]
"""Two factors, both 1: Σ‖A_j‖² = 2 is exactly the cost 2 of their product."""


def costing(weight: OfFactors, power: OfFactors, *, largest_only: bool = False) -> MarginOf:
    """The claim's margin with weight(F)·Σσ_i^power(F) for the cost, and the error that goes with it."""

    def values(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.asarray(np.linalg.svd(matrix, compute_uv=False), dtype=np.float64)
        return found[0] * np.ones_like(found) if largest_only else found

    def cost(matrix: NDArray[np.float64], factors: int) -> float:
        return weight(factors) * float(np.sum(values(matrix) ** power(factors)))

    def error(matrix: NDArray[np.float64], factors: int, rounding: float) -> float:
        high, low = values(matrix) + rounding, np.maximum(values(matrix) - rounding, 0.0)
        return weight(factors) * float(np.sum(high ** power(factors) - low ** power(factors)))

    return rewired(margin, cost_of_a_product=cost, cost_error=error)


def measuring(norm: OfMatrix, *, left_out: int = 0) -> MarginOf:
    """The claim's margin with another squared norm of the factors, the last few of them left out."""

    def mutated(instance: Instance) -> Margin:
        true, chain = margin(instance), [np.asarray(factor, dtype=float) for factor in instance["chain"]]
        difference = sum(float(np.sum(factor**2)) for factor in chain)
        difference -= sum(norm(factor) for factor in chain[: len(chain) - left_out])
        return Margin(true.value - difference, true.error + 2 * LINEAR_ALGEBRA * abs(difference))

    return mutated


def frobenius(matrix: NDArray[np.float64]) -> float:
    return float(np.sum(matrix**2))


def spectral(matrix: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(matrix, 2)) ** 2


def largest_entry(matrix: NDArray[np.float64]) -> float:
    return float(np.max(matrix**2)) * matrix.size


def false(name: str, kind: Kind, margin: MarginOf, chain: list[Any]) -> Mutant:
    return Mutant(name=name, kind=kind, of=CLAIM, margin=margin, witness={"chain": chain})


def control(name: str, kind: Kind, margin: MarginOf) -> Mutant:
    return Mutant(name=name, kind=kind, of=CLAIM, margin=margin)


HALF = Fraction(1, 2)
FALSE = (
    # 2 ≥ 2.02
    false("cost-one-percent-more", "constant", costing(lambda f: 1.01 * f, lambda f: 2 / f), ONES),
    # 2 ≥ 2.000002
    false("cost-one-millionth-more", "boundary", costing(lambda f: 1.000001 * f, lambda f: 2 / f), ONES),
    # 2 ≥ 3 · 1^{2/3}
    false("cost-with-one-layer-more", "depth", costing(lambda f: f + 1, lambda f: 2 / (f + 1)), ONES),
    # 2 ≥ 3 · 1
    false("one-factor-too-many-in-front", "depth", costing(lambda f: f + 1, lambda f: 2 / f), ONES),
    # 2 ≥ 4 · 1
    false("factors-squared-in-front", "exponent", costing(lambda f: f**2, lambda f: 2 / f), ONES),
    # factors 2, 2: 8 ≥ 2 · 4²
    false("power-one-more", "exponent", costing(lambda f: f, lambda f: 2 / f + 1), [[[2]], [[2]]]),
    # factors ½, ½: ½ ≥ 2 · ¼^{1/2} = 1
    false("power-halved", "exponent", costing(lambda f: f, lambda f: 1 / f), [[[HALF]], [[HALF]]]),
    # factors 2, 1: 5 ≤ 2 · 2
    false("dearer-is-impossible", "relation", flipped(margin), [[[2]], [[1]]]),
    # two identities of size 2: spectral norms 1 + 1 ≥ 2 · (1 + 1)
    false("spectral-norm-of-the-factors", "norm", measuring(spectral), [[[1, 0], [0, 1]]] * 2),
    # A = B = diag(2, 1): 10 ≥ 2 · (4 + 4), the larger value of diag(4, 1) counted twice
    false(
        "largest-value-for-all",
        "norm",
        costing(lambda f: f, lambda f: 2 / f, largest_only=True),
        [[[2, 0], [0, 1]]] * 2,
    ),
    # 1 ≥ 2
    false("last-factor-free", "term", measuring(frobenius, left_out=1), ONES),
)

CONTROLS = (
    control("cost-one-percent-less", "constant", costing(lambda f: 0.99 * f, lambda f: 2 / f)),
    control("one-factor-too-few-in-front", "depth", costing(lambda f: f - 1, lambda f: 2 / f)),
    # the sum of all squares is at most their number times the largest
    control("largest-entry-for-all-entries", "norm", measuring(largest_entry)),
)
