"""Mutants of "collapsed features cost no more": a class shares the feature of its cheapest member."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, MarginOf, Mutant
from numpy.typing import NDArray

from theory.networks.rank_bound import total_cluster_variation
from theory.networks.representation_cost import collapse_to_cheapest, feature_costs
from theory.tolerances import LINEAR_ALGEBRA
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices

COST = "networks/collapse-minimises-cost"
Array = NDArray[np.float64]


def labelled() -> Any:
    """Small integer features of up to four samples, in one class or two."""

    def of(samples: int) -> Any:
        labels = st.lists(st.integers(0, 1), min_size=samples, max_size=samples)
        return st.fixed_dictionaries(
            {"features": integer_matrices(2, samples, largest=4), "labels": labels.map(sorted)}
        )

    return st.integers(1, 4).flatmap(of)


def draw_labelled(generator: np.random.Generator) -> Instance:
    samples = int(generator.integers(1, 9))
    return {
        "features": generator.standard_normal((int(generator.integers(1, 5)), samples)),
        "labels": sorted(int(label) for label in generator.integers(0, 3, size=samples)),
    }


FEATURES = Domain(labelled, draw_labelled)
Costs = Callable[[Array], Array]


def cheapest(by: Costs = feature_costs, *, factor: float = 1.0, average: bool = False) -> MarginOf:
    """Σω(h) ≥ factor · Σω(collapsed h), the member of each class chosen as cheapest by some cost."""

    def margin(instance: Instance) -> Margin:
        features, labels = _arrays(instance)
        collapsed = collapse_to_cheapest(features, labels, by(features))
        before, after = feature_costs(features), feature_costs(collapsed)
        if average:  # over samples against over classes, each with the weight 1/K
            classes = [after[labels == label][0] for label in np.unique(labels)]
            return Margin.at_least(before.mean(), float(np.mean(classes)))
        return Margin.at_least(before.sum(), factor * after.sum(), error=LINEAR_ALGEBRA * before.sum())

    return margin


def _arrays(instance: Instance) -> tuple[Array, NDArray[np.int64]]:
    return np.asarray(instance["features"], dtype=float), np.asarray(instance["labels"], dtype=np.int64)


def variation(*, merged: bool) -> MarginOf:
    """TCV = 0 after collapsing, about the classes or about all of them together."""

    def margin(instance: Instance) -> Margin:
        features, labels = _arrays(instance)
        collapsed = collapse_to_cheapest(features, labels, feature_costs(features))
        clusters = np.zeros_like(labels) if merged else np.unique(labels, return_inverse=True)[1]
        scale = float(np.sum(features**2)) + 1
        return Margin.equal(total_cluster_variation(collapsed, clusters), 0, error=LINEAR_ALGEBRA * scale)

    return margin


def collapses(name: str, kind: Kind, margin: MarginOf, columns: list[list[Any]], labels: list[int]) -> Mutant:
    witness = {"features": columns, "labels": labels}
    return Mutant(
        name=name, kind=kind, of=COST, margin=margin, witness=witness, domain=FEATURES, truth=cheapest()
    )


FALSE = (
    # 0 and 1: the dearer one twice costs 2 for 1 (in halves)
    collapses("dearest-member", "relation", cheapest(lambda h: -feature_costs(h)), [[0, 1]], [0, 0]),
    # 1 and −1 cost the same: 2 ≥ 1.01 · 2 fails
    collapses("cheaper-by-one-percent", "constant", cheapest(factor=1.01), [[1, -1]], [0, 0]),
    # (3, 0) has the smaller sum 3 < 4, and twice 9 is more than 9 + 8
    collapses(
        "cheapest-by-its-sum", "norm", cheapest(lambda h: np.abs(h).sum(axis=0)), [[3, 2], [0, 2]], [0, 0]
    ),
    # (3, 3) has the smaller largest entry 3 < 4, and twice 18 is more than 18 + 16
    collapses(
        "cheapest-by-its-largest-entry",
        "norm",
        cheapest(lambda h: np.abs(h).max(axis=0)),
        [[3, 4], [3, 0]],
        [0, 0],
    ),
    # 9, 1, 1, 1: a mean of 3, against (9 + 1)/2
    collapses("class-sizes-left-out", "samples", cheapest(average=True), [[3, 1, 1, 1]], [0, 1, 1, 1]),
    # 1 and 2 in two classes: variation ¼ about their common mean
    collapses("one-cluster-for-all", "classes", variation(merged=True), [[1, 2]], [0, 1]),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="cheaper-but-for-one-percent",
        kind="constant",
        of=COST,
        margin=cheapest(factor=0.99),
        domain=FEATURES,
    ),
    Mutant(
        name="no-variation-about-the-classes",
        kind="term",
        of=COST,
        margin=variation(merged=False),
        domain=FEATURES,
    ),
)
