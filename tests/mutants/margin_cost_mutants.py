"""Mutants of what margins cost: the simplex bound for two factors, and the power bound for more."""

from collections.abc import Callable
from typing import Any

import numpy as np
from mutant import Domain, Kind, MarginOf, Mutant
from numpy.typing import NDArray

from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.representation_cost import best_known_codes as deep
from verify.claims.representation_cost import simplex_is_optimal_for_margins as simplex
from verify.instance import Instance
from verify.margin import Margin

SIMPLEX = "representation-cost/simplex-is-optimal-for-margins"
DEEP = "representation-cost/best-known-codes"
Matrix = NDArray[np.floating[Any]]

PAIR = {"logits": [[1, -1], [-1, 1]]}  # singular values 2 and 0, margins 2
TWICE_A_PAIR = {"logits": [[2, -2], [-2, 2]]}  # 4 and 0, margins 4
IDENTITY = {"logits": [[1, 0], [0, 1]]}  # 1 and 1, margins 1
THREE = {"logits": [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]}  # 3, 3 and 0, margins 3
ONE_COLUMN = {"logits": [[1, 0], [-1, 0]]}  # √2 and 0, margins 2 and 0
TWO_PAIRS = {"logits": [[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1], [0, 0, -1, 1]]}  # 2, 2, 0, 0; margins 1


def nuclear(values: Matrix) -> float:
    return float(values.sum())


def two_factors(
    cost: Callable[[Matrix], float] = nuclear,
    bound: Callable[[int, float], float] = lambda classes, least: (classes - 1) * least,
    *,
    pick: Callable[[Matrix], float] = simplex.smallest_margin,
) -> MarginOf:
    """cost(σ) ≥ bound(K, margin)."""

    def margin(instance: Instance) -> Margin:
        logits = np.asarray(instance["logits"], dtype=np.float64)
        found = cost(np.linalg.svd(logits, compute_uv=False))
        asked = bound(len(logits), pick(logits))
        return Margin.at_least(
            found, asked, error=LINEAR_ALGEBRA * len(logits) * (1 + abs(found) + abs(asked))
        )

    return margin


def largest_margin(logits: Matrix) -> float:
    return float((np.diag(logits) - logits).max())


def opposite(instance: Instance) -> Margin:
    """‖Z‖_* ≤ (K − 1) min margin."""
    found = simplex.margin(instance)
    return Margin(-found.value, found.error)


def many_factors(
    bound: Callable[[int, float, float], float],
    exponent: Callable[[int], float] = lambda factors: 2 / factors,
) -> MarginOf:
    """Σσ^exponent(F) ≥ bound(K, m, 2/F), the smallest margin m set to zero where it is negative."""

    def margin(instance: Instance) -> Margin:
        logits = np.asarray(instance["logits"], dtype=np.float64)
        values = np.linalg.svd(logits, compute_uv=False)
        power = exponent(instance["factors"])
        rounding = LINEAR_ALGEBRA * len(logits) * float(values[0])
        low, high = np.maximum(values - rounding, 0), values + rounding
        cost = float(np.sum(low**power))
        least = max(simplex.smallest_margin(logits), 0.0)
        asked = bound(len(logits), least, 2 / instance["factors"])
        error = float(np.sum(high**power)) - cost + LINEAR_ALGEBRA * (1 + cost + asked)
        return Margin.at_least(cost, asked, error=error)

    return margin


def with_one_factor() -> Domain:
    """Logits of the claim, one to four factors."""

    def instances() -> Any:
        from hypothesis import strategies as st

        return st.tuples(simplex.instances(), st.integers(1, 4)).map(
            lambda drawn: {**drawn[0], "factors": drawn[1]}
        )

    def sampler(generator: np.random.Generator) -> Instance:
        return {**simplex.sampler(generator), "factors": int(generator.integers(1, 5))}

    def hypotheses(instance: Instance) -> bool:
        return instance["factors"] >= 1 and simplex.is_square(instance)

    return Domain(instances, sampler, hypotheses)


def of_simplex(name: str, kind: Kind, margin: MarginOf, witness: Instance | None = None) -> Mutant:
    return Mutant(name=name, kind=kind, of=SIMPLEX, margin=margin, witness=witness)


def of_depth(name: str, kind: Kind, margin: MarginOf, witness: Instance | None = None, **more: Any) -> Mutant:
    return Mutant(name=name, kind=kind, of=DEEP, margin=margin, witness=witness, **more)


FALSE = (
    # 2 ≥ 1.01 · 2 fails
    of_simplex("dearer-by-one-percent", "constant", two_factors(bound=lambda k, m: 1.01 * (k - 1) * m), PAIR),
    # 2 ≥ 2 · 2 fails
    of_simplex("one-class-more", "classes", two_factors(bound=lambda k, m: k * m), PAIR),
    # √18 ≥ 2 · 3 fails
    of_simplex("frobenius-norm", "norm", two_factors(lambda s: float(np.linalg.norm(s))), THREE),
    # 3 ≥ 2 · 3 fails
    of_simplex("spectral-norm", "norm", two_factors(lambda s: float(s.max())), THREE),
    # 2 ≤ 1 fails
    of_simplex("at-most", "relation", opposite, IDENTITY),
    # √2 ≥ 2 fails
    of_simplex("largest-margin", "term", two_factors(pick=largest_margin), ONE_COLUMN),
    # 4 ≥ 4² fails
    of_simplex(
        "squared", "exponent", two_factors(bound=lambda k, m: ((k - 1) * max(m, 0.0)) ** 2), TWICE_A_PAIR
    ),
    # 2√2 ≥ 3 fails
    of_depth(
        "simplex-at-any-depth",
        "depth",
        many_factors(lambda k, m, p: (k - 1) * m**p),
        {**TWO_PAIRS, "factors": 4},
    ),
    # 2 ≥ 1.01 · 2 fails
    of_depth(
        "power-dearer-by-one-percent",
        "constant",
        many_factors(lambda k, m, p: 1.01 * ((k - 1) * m) ** p),
        {**PAIR, "factors": 2},
    ),
    # √4 ≥ 4 fails
    of_depth(
        "half-the-power",
        "exponent",
        many_factors(lambda k, m, p: ((k - 1) * m) ** p, lambda factors: 1 / factors),
        {**TWICE_A_PAIR, "factors": 2},
    ),
    # 3² + 3² ≥ (2 · 3)² fails
    of_depth(
        "with-one-factor",
        "hypothesis",
        many_factors(lambda k, m, p: ((k - 1) * m) ** p),
        {**THREE, "factors": 1},
        domain=with_one_factor(),
        truth=lambda instance: deep.margin({**instance, "factors": max(instance["factors"], 2)}),
    ),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    of_simplex(
        "dearer-but-for-one-percent", "constant", two_factors(bound=lambda k, m: 0.99 * (k - 1) * max(m, 0.0))
    ),
    of_simplex("one-class-less", "classes", two_factors(bound=lambda k, m: (k - 2) * max(m, 0.0))),
    of_depth(
        "power-dearer-but-for-one-percent",
        "constant",
        many_factors(lambda k, m, p: 0.99 * ((k - 1) * m) ** p),
    ),
    of_depth("one-margin-only", "term", many_factors(lambda k, m, p: m**p)),
)
