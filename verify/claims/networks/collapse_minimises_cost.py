"""Collapsed features (DNC1) minimise the representation cost.

Statement   Features h_i of any set, a tail g_θ that maps each sample by itself, any ω, κ ≥ 0, any class
            sizes n_k. (a) From any feasible point, giving each class the feature of its cheapest member
            keeps g_θ(h_i) = y, does not raise Ω(θ) + (κ/N)Σω(h_i), and makes TCV zero at every layer of the
            tail. (b) So the infimum over N features is that over K features of cost Ω(θ) + κΣ(n_k/N)ω(h_k).
            (c) κ > 0: at a minimiser every h_i is a cheapest feature of {h : g_θ(h) = y_k}; where this one
            is unique at the minimiser's θ, TCV = 0. (d) Tails that are affine on a class, ω = ½‖·‖²: the
            class mean is feasible and saves (κ/2)·TCV, so every minimiser with κ > 0 has zero TCV.
Source      2402.03991; reconstruction from its abstract, proof derived for this project.
Computed    the construction on random feed-forward and residual tails, five costs ω and random class sizes,
            from feasible points with distinct features in each class and TCV > 0 at every tail layer; on the
            later layers of trained networks; the class mean on linear tails.
Tight       yes: nothing is saved where all members of a class cost the same. Uniqueness in (c) cannot be
            left out: g(h) = max(h,0) + max(−h,0) = 1 has the cheapest features 1 and −1, and a class with
            both has TCV = 1.

Feasibility and TCV in (a) need no computation: every sample has a feature that met the same constraint, and
a layer maps equal inputs to equal outputs. In (b) a sample's feature repeated n_k times is feasible, too. In
(c) put the cheapest feature of the fibre in place of the cheapest member: the cost falls unless all members
cost as much.
"""

from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from theory.errors import OutOfDomainError
from theory.networks.representation_cost import FEATURE_COSTS, FeaturePoint
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.networks.constructions.collapsed_tails import (
    ACTIVATIONS,
    KINDS,
    Collapse,
    collapse_of,
    feasible_features,
    random_tails,
    trained_tails,
    without_uniqueness,
)
from verify.claims.networks.lemmas.collapsed_features import cheapest_feature, cheapest_member, class_mean
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin

LEAST_VARIATION = 1e-6
"""Below this a feasible point would already be collapsed and the check would show nothing."""
DRAWS = 8
LARGEST = 12
"""Samples, or layers and spare width together, of an instance: beyond it nothing new is seen, slowly."""
COSTS = tuple(FEATURE_COSTS)
ONE, ZERO = sp.Integer(1), sp.Integer(0)


class _Drawn(NamedTuple):
    tail: Any
    point: FeaturePoint
    targets: Any


def collapse(instance: Instance) -> Collapse:
    """Build a feasible point with variation at every tail layer, collapse it, and measure both.

    Dead ReLUs can erase all variation: such a tail is drawn again. Raises OutOfDomainError when no draw
    has variation at every layer: then nothing would be shown.
    """
    generator = np.random.default_rng(instance["seed"])
    least = 0.0
    for _ in range(DRAWS):
        drawn = _draw(instance, generator)
        found = collapse_of(*drawn)
        least = min(found.variation[0])
        if least >= LEAST_VARIATION:
            return found
    raise OutOfDomainError(f"TCV is {least:.1e} at a tail layer before collapsing: nothing to show")


def _draw(instance: Instance, generator: np.random.Generator) -> _Drawn:
    from numerics.tails import half_squared_norm, random_tail

    sizes = instance["sizes"]
    tail = random_tail(
        KINDS[instance["kind"]],
        ACTIVATIONS[instance["activation"]],
        width=3 * len(sizes) + instance["extra_width"],
        depth=instance["depth"],
        outputs=len(sizes),
        rng=generator,
    )
    labels = np.repeat(np.arange(len(sizes)), sizes)
    features, targets = feasible_features(tail, labels, generator)
    point = FeaturePoint(
        features,
        labels,
        half_squared_norm(tail),
        float(instance["kappa"]),
        FEATURE_COSTS[COSTS[instance["cost"]]],
    )
    return _Drawn(tail, point, targets)


def margin(instance: Instance) -> Margin:
    """The worst of: cost before − after, feasibility kept, TCV after = 0 at every layer, K for N features."""
    return worst_margin(collapse(instance))


def worst_margin(found: Collapse) -> Margin:
    """The first margin that fails, else that of the cost."""
    scale = 1 + max(found.cost)
    margins = [
        Margin.at_least(found.cost[0], found.cost[1], error=LINEAR_ALGEBRA * scale),
        Margin.equal(found.cost[0] - found.cost[1], found.saving, error=LINEAR_ALGEBRA * scale),
        Margin.equal(found.cost[1], found.cost_of_representatives, error=LINEAR_ALGEBRA * scale),
        Margin.at_least(found.infeasibility[0], found.infeasibility[1], error=LINEAR_ALGEBRA * scale),
        *[Margin.equal(value, 0.0, error=LINEAR_ALGEBRA * scale) for value in found.variation[1]],
    ]
    failing = worst_of(margins)
    return failing if failing.value < -failing.error else margins[0]


def meets_hypotheses(instance: Instance) -> bool:
    """No class empty, one with two members at least: alone they have no variation to lose."""
    sizes = instance["sizes"]
    counts = (instance["depth"], instance["extra_width"], min(sizes, default=0), max(sizes, default=0) - 1)
    indices = ((instance["kind"], KINDS), (instance["activation"], ACTIVATIONS), (instance["cost"], COSTS))
    known = all(0 <= index < len(names) for index, names in indices)
    small = sum(sizes) <= LARGEST and instance["depth"] + instance["extra_width"] <= LARGEST
    return min(counts) >= 1 and known and small and instance["kappa"] >= 0 and instance["seed"] >= 0


def instances() -> Any:
    """Small tails named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "sizes": st.lists(st.integers(1, 3), min_size=1, max_size=3),
            "kind": st.integers(0, 1),
            "activation": st.integers(0, 2),
            "cost": st.integers(0, len(COSTS) - 1),
            "kappa": st.sampled_from([0.0, 0.5, 1.0, 10.0]),
            "depth": st.integers(1, 3),
            "extra_width": st.integers(2, 4),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to four classes of one to three samples, up to four tail layers, κ over four orders of magnitude."""
    sizes = generator.integers(1, 4, size=int(generator.integers(1, 5)))
    sizes[0] = max(sizes[0], 2)
    return {
        "sizes": sizes.tolist(),
        "kind": int(generator.integers(0, 2)),
        "activation": int(generator.integers(0, 3)),
        "cost": int(generator.integers(0, len(COSTS))),
        "kappa": float(10.0 ** generator.uniform(-2, 2)),
        "depth": int(generator.integers(1, 5)),
        "extra_width": int(generator.integers(2, 8)),
        "seed": int(generator.integers(0, 2**31)),
    }


CLAIM = Claim(
    id="networks/collapse-minimises-cost",
    title="Collapsed features minimise the representation cost of any tail",
    statement=(
        r"g_\theta(h_i)=y_{c(i)}\ \Longrightarrow\ \Omega(\theta)+\frac\kappa N\sum_i\omega(h_{\min c(i)})"
        r"=\Omega(\theta)+\kappa\sum_k\frac{n_k}N\min_{i\in k}\omega(h_i)"
        r"\le\Omega(\theta)+\frac\kappa N\sum_i\omega(h_i),\qquad \mathrm{TCV}=0\ \text{at every tail layer}"
    ),
    source=ZANGRANDO_2024.at("DNC1 and representation cost"),
    computed="cost, feasibility and TCV before and after giving each class its cheapest feature",
    tight="yes where the members of each class cost the same",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(cheapest_member(), cheapest_feature(), class_mean()),
    experiments=(random_tails, trained_tails, without_uniqueness),
    quick_samples=100,
    full_samples=3_000,
)
