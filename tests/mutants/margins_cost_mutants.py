"""Mutants of what margins cost: with two factors by the simplex, at any depth from below."""

from collections.abc import Callable

import numpy as np
from mutant import Kind, MarginOf, Mutant
from numpy.typing import NDArray

from theory.representation_cost.deep_lower_bound import DEEP_LOWER_BOUND, SPREAD
from theory.symbols import CLASSES, FACTORS
from theory.tolerances import CLOSED_FORM, LINEAR_ALGEBRA
from verify.claims.representation_cost.deep_margins_from_below import smallest_margin
from verify.instance import Instance
from verify.margin import Margin

SIMPLEX, DEEP = (
    "representation-cost/simplex-is-optimal-for-margins",
    "representation-cost/deep-margins-from-below",
)
Array = NDArray[np.float64]
PAIR = {"logits": [[1, -1], [-1, 1]]}  # margins 2 and 2, σ = 2
TRIPLE = {"logits": [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]}  # six margins of 3, σ = 3, 3
IDENTITY = {"logits": [[1, 0], [0, 1]]}  # margins 1 and 1, σ = 1, 1
LOPSIDED = {"logits": [[1, 0, 0], [-1, 0, 0], [0, 0, 0]]}  # a margin of 2, and σ = √2
AT_TWO_FACTORS = {**TRIPLE, "factors": 2}  # cost 2 at margins one


def mean(beside: Array) -> float:
    return float(beside.mean())


def largest(beside: Array) -> float:
    return float(beside.max())


def of_norm(
    norm: str = "nuc",
    factor: Callable[[int], float] = lambda classes: classes - 1.0,
    of: Callable[[Array], float] = mean,
    *,
    at_most: bool = False,
) -> MarginOf:
    """A norm of Z is at least (at most) a factor times the mean (or another number) of its margins."""

    def margin(instance: Instance) -> Margin:
        logits = np.asarray(instance["logits"], dtype=np.float64)
        classes = len(logits)
        beside = (np.diag(logits) - logits)[~np.eye(classes, dtype=bool)]
        values = np.linalg.svd(logits, compute_uv=False)
        size = {"nuc": values.sum(), "fro": np.sqrt((values**2).sum()), "spectral": values[0]}[norm]
        bound, error = factor(classes) * of(beside), LINEAR_ALGEBRA * classes**2 * float(values[0])
        low, high = (float(size), bound) if at_most else (bound, float(size))
        return Margin.at_least(high, low, error=error)

    return margin


def deep(bound: Callable[[float, float], float]) -> MarginOf:
    """Σσ^{2/F} at smallest margin one is at least a bound of K and F."""

    def margin(instance: Instance) -> Margin:
        logits = np.asarray(instance["logits"], dtype=np.float64) / smallest_margin(instance)
        factors, classes = float(instance["factors"]), len(logits)
        values = np.linalg.svd(logits, compute_uv=False)
        cost = float(np.sum(values ** (2 / factors)))
        rounding = classes * (LINEAR_ALGEBRA * float(values[0])) ** (2 / factors)
        return Margin.at_least(cost, bound(float(classes), factors), error=rounding + CLOSED_FORM * cost)

    return margin


def lower_bound(classes: float, factors: float) -> float:
    return float(DEEP_LOWER_BOUND(classes=classes, factors=factors))


def without_the_power(classes: float, factors: float) -> float:
    return float(SPREAD.subs({CLASSES: classes, FACTORS: factors}))


def norm(name: str, kind: Kind, margin: MarginOf, witness: Instance) -> Mutant:
    return Mutant(name=name, kind=kind, of=SIMPLEX, margin=margin, witness=witness)


def cost(name: str, kind: Kind, margin: MarginOf) -> Mutant:
    return Mutant(name=name, kind=kind, of=DEEP, margin=margin, witness=AT_TWO_FACTORS)


FALSE = (
    # 2 ≥ 1.01 · 2 fails
    norm("simplex-dearer-by-one-percent", "constant", of_norm(factor=lambda k: 1.01 * (k - 1)), PAIR),
    # 2 ≥ 2 · 2 fails
    norm("simplex-costs-k", "classes", of_norm(factor=lambda k: float(k)), PAIR),
    # 3√2 ≥ 6 fails, and 3 ≥ 6
    norm("simplex-by-frobenius-norm", "norm", of_norm("fro"), TRIPLE),
    norm("simplex-by-spectral-norm", "norm", of_norm("spectral"), TRIPLE),
    # 2 ≤ 1 fails
    norm("nothing-dearer-than-the-simplex", "relation", of_norm(at_most=True), IDENTITY),
    # √2 ≥ 2 · 2 fails
    norm("simplex-by-largest-margin", "term", of_norm(of=largest), LOPSIDED),
    # 2 ≥ 2.02, 2 ≥ 4 and 2 ≥ 3 fail
    cost("deep-bound-higher-by-one-percent", "constant", deep(lambda k, f: 1.01 * lower_bound(k, f))),
    cost("deep-bound-without-its-power", "exponent", deep(without_the_power)),
    cost("deep-bound-of-one-class-more", "classes", deep(lambda k, f: lower_bound(k + 1, f))),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="simplex-dearer-but-for-one-percent",
        kind="constant",
        of=SIMPLEX,
        margin=of_norm(factor=lambda k: 0.99 * (k - 1)),
    ),
    Mutant(
        name="simplex-by-smallest-margin",
        kind="term",
        of=SIMPLEX,
        margin=of_norm(of=lambda beside: float(beside.min())),
    ),
    Mutant(
        name="deep-bound-lower-by-one-percent",
        kind="constant",
        of=DEEP,
        margin=deep(lambda k, f: 0.99 * lower_bound(k, f)),
    ),
)
