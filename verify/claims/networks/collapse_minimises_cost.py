"""Collapsed features (DNC1) minimise the representation cost.

Statement   From any feasible point, giving each class the feature of its cheapest member keeps g_θ(h_i) = y,
            does not raise Ω(θ) + (κ/N)Σω(h_i), and makes TCV zero at every layer of the tail.
Source      2402.03991; reconstruction from its abstract, proof derived for this project.
Computed    the construction on random feed-forward and residual tails, from feasible points with distinct
            features in each class and TCV > 0 at every tail layer.
Tight       yes where all members of a class already share one cheapest feature.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.errors import OutOfDomainError
from theory.networks.rank_bound import total_cluster_variation
from theory.networks.representation_cost import collapse_to_cheapest, feature_costs
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin

KINDS = ("feed-forward", "residual")
ACTIVATIONS = ("tanh", "relu", "linear")
LEAST_VARIATION = 1e-6
"""Below this a feasible point would already be collapsed and the check would show nothing."""


DRAWS = 30


class Collapse(NamedTuple):
    """Cost, feasibility error and TCV by layer, before and after collapsing the features."""

    cost: tuple[float, float]
    infeasibility: tuple[float, float]
    variation: tuple[list[float], list[float]]


def collapse(instance: Instance) -> Collapse:
    """Build a feasible point with variation at every tail layer, collapse it, and measure both.

    Dead ReLUs can erase all variation: such a tail is drawn again. Raises OutOfDomainError when no draw
    has variation at every layer: then nothing would be shown.
    """
    generator = np.random.default_rng(instance["seed"])
    least = 0.0
    for _ in range(DRAWS):
        found = _collapse(instance, generator)
        least = min(found.variation[0])
        if least >= LEAST_VARIATION:
            return found
    raise OutOfDomainError(f"TCV is {least:.1e} at a tail layer before collapsing: nothing to show")


def _collapse(instance: Instance, generator: np.random.Generator) -> Collapse:
    from numerics.tails import random_tail, tail_features, tail_outputs

    classes, members = instance["classes"], instance["members"]
    tail = random_tail(
        KINDS[instance["kind"]],
        ACTIVATIONS[instance["activation"]],
        width=3 * classes + instance["extra_width"],
        depth=instance["depth"],
        outputs=classes,
        rng=generator,
    )
    labels = np.repeat(np.arange(classes), members)
    features, targets = _feasible_point(tail, labels, generator)
    collapsed = collapse_to_cheapest(features, labels, feature_costs(features))

    def measure(point: NDArray[np.float64]) -> tuple[float, float, list[float]]:
        cost = tail.squared_norm + float(np.mean(feature_costs(point)))
        error = float(np.max(np.abs(tail_outputs(tail, point) - targets)))
        return cost, error, [total_cluster_variation(z, labels) for z in tail_features(tail, point)]

    before, after = measure(features), measure(collapsed)
    return Collapse((before[0], after[0]), (before[1], after[1]), (before[2], after[2]))


def _feasible_point(
    tail: Any, labels: NDArray[np.int64], generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distinct features of each class with one common output: Newton from different starts."""
    from numerics.tails import feature_with_output, tail_outputs

    width = tail.readout.shape[1]
    columns: list[NDArray[np.float64]] = []
    outputs: list[NDArray[np.float64]] = []
    for label in np.unique(labels):
        centre = generator.standard_normal(width)
        target = tail_outputs(tail, centre[:, None])[:, 0]
        for _ in range(int(np.sum(labels == label))):
            feature = None
            size = 1.0
            while feature is None:  # nearer starts always succeed: the centre itself is feasible
                start = centre + size * generator.standard_normal(width)
                feature = feature_with_output(tail, start, target)
                size *= 0.7
            columns.append(feature)
            outputs.append(target)
    return np.array(columns).T, np.array(outputs).T


def margin(instance: Instance) -> Margin:
    """The worst of: cost before − after, feasibility kept, TCV after = 0 at every layer."""
    found = collapse(instance)
    scale = 1 + max(found.cost)
    margins = [
        Margin.at_least(found.cost[0], found.cost[1], error=LINEAR_ALGEBRA * scale),
        Margin.at_least(found.infeasibility[0], found.infeasibility[1], error=LINEAR_ALGEBRA * scale),
        *[Margin.equal(value, 0.0, error=LINEAR_ALGEBRA * scale) for value in found.variation[1]],
    ]
    failing = worst_of(margins)
    return failing if failing.value < -failing.error else margins[0]


def meets_hypotheses(instance: Instance) -> bool:
    """At least two members a class: one alone has no variation to lose."""
    sizes = (instance["members"] - 1, instance["classes"], instance["depth"], instance["extra_width"])
    known = 0 <= instance["kind"] < len(KINDS) and 0 <= instance["activation"] < len(ACTIVATIONS)
    return min(sizes) >= 1 and known and instance["seed"] >= 0


def instances() -> Any:
    """Small tails named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 3),
            "members": st.integers(2, 3),
            "kind": st.integers(0, 1),
            "activation": st.integers(0, 2),
            "depth": st.integers(1, 3),
            "extra_width": st.integers(2, 4),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Two to four classes, up to four tail layers."""
    return {
        "classes": int(generator.integers(2, 5)),
        "members": int(generator.integers(2, 5)),
        "kind": int(generator.integers(0, 2)),
        "activation": int(generator.integers(0, 3)),
        "depth": int(generator.integers(1, 5)),
        "extra_width": int(generator.integers(2, 8)),
        "seed": int(generator.integers(0, 2**31)),
    }


def examples(run: Run) -> Evidence:
    """One tail of each kind and activation: cost, feasibility and TCV by layer, before and after."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for kind in range(len(KINDS)):
        for activation in range(len(ACTIVATIONS)):
            instance = {"classes": 3, "members": 4, "kind": kind, "activation": activation, "depth": 3,
                        "extra_width": 4, "seed": run.seed}  # fmt: skip
            found = collapse(instance)
            margins.append(margin(instance))
            rows.append(
                (
                    KINDS[kind],
                    ACTIVATIONS[activation],
                    *found.cost,
                    max(found.infeasibility),
                    min(found.variation[0]),
                    max(found.variation[1]),
                )
            )
    columns = ("tail", "activation", "cost before", "cost after", "largest |g(h) − y|",
               "least TCV before", "largest TCV after")  # fmt: skip
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"TCV from at least {min(float(row[5]) for row in rows):.2g} to 0 on {len(rows)} tails",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Three tail layers, 3 classes of 4 samples", columns, tuple(rows)),),
    )


CLAIM = Claim(
    id="networks/collapse-minimises-cost",
    title="Collapsed features minimise the representation cost of any tail",
    statement=(
        r"g_\theta(h_i)=y_{c(i)}\ \Longrightarrow\ \Omega(\theta)+\frac\kappa N\sum_i\omega(h_{\min c(i)})"
        r"\le\Omega(\theta)+\frac\kappa N\sum_i\omega(h_i),\qquad \mathrm{TCV}=0\ \text{at every tail layer}"
    ),
    source=ZANGRANDO_2024.at("DNC1 and representation cost"),
    computed="cost, feasibility and TCV before and after giving each class its cheapest feature",
    tight="yes where the cheapest feature is already shared",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    experiments=(examples,),
    quick_samples=100,
    full_samples=3_000,
)
