"""Mutants of the two-layer claims: pattern counts, the convex program, collapse to representatives."""

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
from mutant import Kind, MarginOf, Mutant
from numpy.typing import NDArray

from theory.networks.representation_cost import feature_costs
from theory.tolerances import SOLVER_GAP
from verify.claims.two_layer.collapse_costs_no_more import KAPPA, clustered, representatives
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies.teachers import teacher_of

COUNT, PROGRAM = "two-layer/pattern-count", "two-layer/convex-program"
COLLAPSE = "two-layer/collapse-costs-no-more"
Matrix = NDArray[np.float64]
PLANE = {"samples": [[1, 0, 1], [0, 1, 1]]}  # three lines through a point: six patterns
BACK_TO_BACK = {"samples": [[1, -1], [0, 0]]}  # one line: two patterns
# f(1) = 1: one neuron of cost 1, and a second one that is never on costs another 1
FIT = {"samples": [[1]], "hidden": [[1]], "output": [[1]]}
WASTEFUL = {"samples": [[1]], "hidden": [[1], [-1]], "output": [[1, 1]]}


def counted(formula: Callable[[int, int], float], relation: str = "=") -> MarginOf:
    """The number of patterns on N samples of rank r is =, ≥ or ≤ a formula."""

    def margin(instance: Instance) -> Margin:
        from numerics.two_layer.patterns import activation_patterns

        samples = np.array(instance["samples"], dtype=np.float64)
        found = activation_patterns(samples).count
        expected = formula(samples.shape[1], min(samples.shape))
        if relation == "=":
            return Margin.equal(found, expected, error=0.0)
        low, high = (expected, found) if relation == "≥" else (found, expected)
        return Margin.at_least(high, low, error=0.0)

    return margin


def half(samples: int, terms: int) -> int:
    """Σ_{i<terms} C(N−1, i)."""
    return sum(comb(samples - 1, i) for i in range(terms))


def count(name: str, kind: Kind, margin: MarginOf, witness: Instance, **changes: Any) -> Mutant:
    return Mutant(
        name=name, kind=kind, of=COUNT, margin=margin, exact_margin=margin, witness=witness, **changes
    )


def no_zero_sample(instance: Instance) -> bool:
    samples = np.array(instance["samples"])
    return samples.ndim == 2 and samples.shape[1] >= 1 and bool(samples.any(axis=0).all())


def taught(factor: float = 1.0, *, at_most: bool = False) -> MarginOf:
    """A teacher's cost is at least (or at most) factor times the program's lower bound."""

    def margin(instance: Instance) -> Margin:
        from numerics.two_layer.scalar import scalar_cost

        samples, teacher, targets = teacher_of(instance)
        least = scalar_cost(samples, targets).lower_bound
        low, high = (teacher.cost, factor * least) if at_most else (factor * least, teacher.cost)
        return Margin.at_least(high, low, error=SOLVER_GAP * max(low, high))

    return margin


def collapsed(factor: float = 1.0, *, dearest: bool = False, decay: float = KAPPA) -> MarginOf:
    """The cost of all samples is at least factor times that of the cheapest (or dearest) of each class."""

    def margin(instance: Instance) -> Margin:
        from numerics.two_layer.scalar import scalar_cost

        samples, labels, targets = clustered(instance)
        chosen = _dearest(samples, labels) if dearest else representatives(samples, labels, targets)[0]
        after = scalar_cost(chosen, targets[: chosen.shape[1]]).value
        classes = np.bincount(labels)
        share = decay / samples.shape[1]
        larger = scalar_cost(samples, targets).lower_bound + share * float(np.sum(feature_costs(samples)))
        smaller = factor * (after + share * float(classes @ feature_costs(chosen)))
        return Margin.at_least(larger, smaller, error=SOLVER_GAP * (larger + smaller))

    return margin


def _dearest(samples: Matrix, labels: NDArray[np.int64]) -> Matrix:
    """The dearest member of each class; classes are labelled in turn, so their targets come first."""
    costs = feature_costs(samples)
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return samples[:, [int(each[np.argmax(costs[each])]) for each in members]]


def shares(name: str, kind: Kind, margin: MarginOf, witness: Instance) -> Mutant:
    return Mutant(name=name, kind=kind, of=COLLAPSE, margin=margin, witness=witness)


FALSE = (
    # 2 (1 + 2 + 1) = 8, but 6
    count("one-rank-more", "term", counted(lambda n, r: 2 * half(n, r + 1)), PLANE),
    # 2 (1 + 3) = 8, but 6
    count("of-one-sample-more", "samples", counted(lambda n, r: 2 * half(n + 1, r)), PLANE),
    # 1 + 2 = 3: of each pattern and its opposite only one
    count("one-side-only", "term", counted(half), PLANE),
    # 2³ = 8 signs, but 6 of them are patterns
    count("every-sign", "relation", counted(lambda n, _: 2**n, "≥"), PLANE),
    # (1, 0) and (−1, 0) in the plane: 2 (1 + 1) = 4, but 2
    count(
        "in-any-position",
        "hypothesis",
        counted(lambda n, r: 2 * half(n, r)),
        BACK_TO_BACK,
        hypotheses=no_zero_sample,
    ),
    # 1 ≥ 1.01 fails
    Mutant(
        name="teacher-dearer-by-one-percent", kind="constant", of=PROGRAM, margin=taught(1.01), witness=FIT
    ),
    # cost 2 for what costs 1
    Mutant(
        name="teacher-no-dearer", kind="relation", of=PROGRAM, margin=taught(at_most=True), witness=WASTEFUL
    ),
    # one sample, (3, 4), is collapsed already
    shares(
        "cheaper-by-one-percent",
        "constant",
        collapsed(1.01),
        {"centres": [[3], [4]], "moves": [[0], [0]], "spread": 0},
    ),
    # (8, 0) and (8, 8) at 1: 1/8 and a mean of 48 before, over 64 after
    shares(
        "dearest-member",
        "relation",
        collapsed(dearest=True),
        {"centres": [[8], [0]], "moves": [[0, 0], [0, 8]], "spread": 1},
    ),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="at-most-every-sign",
        kind="relation",
        of=COUNT,
        margin=counted(lambda n, _: 2**n, "≤"),
    ),
    Mutant(name="teacher-dearer-but-for-one-percent", kind="constant", of=PROGRAM, margin=taught(0.99)),
    Mutant(name="cheaper-but-for-one-percent", kind="constant", of=COLLAPSE, margin=collapsed(0.99)),
    Mutant(name="without-the-features", kind="term", of=COLLAPSE, margin=collapsed(decay=0.0)),
)
