"""What layers make of the variation within clusters.

Statement   TCV(h(x)) ≤ κ²·TCV(x) for any partition, where ‖h(x_i) − h(x_j)‖ ≤ κ‖x_i − x_j‖ within clusters;
            so TCV(z^{l−1}) ≤ Π Lip(φ)²‖W_m‖₂² · TCV(z^{l'}) over the layers m between l' and l.
Source      2402.03991 (in the abstract's words, the hidden embeddings of the previous layers); the form and
            its proof derived for this project.
Computed    both sides at every layer of random tanh, ReLU and linear networks, random partitions.
Tight       yes: one orthogonal linear layer attains it; usually each layer loses a factor.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.networks.linear_bound import variation_behind
from theory.networks.smoothness import ACTIVATIONS as MAPS
from theory.networks.smoothness import linear_map
from theory.networks.variation import total_cluster_variation
from theory.sources import ZANGRANDO_2024
from theory.symbols import positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Fact, Identity, Proof, RationalSign, Step, Variable
from verify.strategies import build_network, network_instances
from verify.strategies.networks import ACTIVATIONS


def margin(instance: Instance) -> Margin:
    """The worst margin over the layers, from the data on; clusters are the classes."""
    built = build_network(instance)
    name = ACTIVATIONS[instance["activation"]]
    function = {"tanh": np.tanh, "relu": lambda a: np.maximum(a, 0.0), "linear": lambda a: a}[name]
    first = total_cluster_variation(built.inputs, built.labels)
    values, maps = built.inputs, list[Any]()
    size = float(np.sum(values**2))
    found: list[Margin] = []
    for weight in built.network.weights[:-1]:
        values = function(weight @ values)
        maps += [linear_map(float(np.linalg.norm(weight, 2))), MAPS[name]]
        size *= float(np.linalg.norm(weight)) ** 2
        bound = variation_behind(first, maps)
        here = total_cluster_variation(values, built.labels)
        found.append(Margin.at_least(bound, here, error=LINEAR_ALGEBRA * (bound + size)))
    return worst_of(found) if found else Margin.at_least(first, first)


def meets_hypotheses(instance: Instance) -> bool:
    """Every class has a sample, every layer a unit."""
    known = 0 <= instance["activation"] < len(ACTIVATIONS) and instance["seed"] >= 0
    enough = instance["samples"] >= instance["classes"] >= 2 and min(instance["widths"]) >= 1
    return known and enough and instance["weight_decay"] > 0 and instance["spread"] >= 0


def sampler(generator: np.random.Generator) -> Instance:
    """Networks of two to five layers, spreads over four decades."""
    classes = int(generator.integers(2, 5))
    return {
        "classes": classes,
        "samples": int(generator.integers(classes, 20)),
        "widths": [int(width) for width in generator.integers(1, 9, size=generator.integers(2, 6))],
        "activation": int(generator.integers(len(ACTIVATIONS))),
        "weight_decay": 1.0,
        "spread": float(10.0 ** generator.uniform(-3, 1)),
        "seed": int(generator.integers(0, 2**31)),
    }


def _pairs() -> Proof:
    """Sums of squared deviations are sums over pairs, so that a Lipschitz map scales them."""
    members = positive("members")
    squares, total, ratio, before, slack = (
        sp.Symbol(name, nonnegative=True) for name in ("squares", "total", "ratio", "before", "slack")
    )
    zero = sp.Integer(0)
    pairs = 2 * members * squares - 2 * total**2
    after = ratio * before - slack
    return Proof(
        title="Σ‖u_i − ū‖² = (1/2n)Σ_ij‖u_i − u_j‖², so a κ-Lipschitz map multiplies it by κ² at most",
        variables=(
            Variable(members, "n, samples of a cluster", zero, open_low=True),
            Variable(squares, "Σu_i² of a coordinate", zero),
            Variable(total, "Σu_i of a coordinate (or −Σu_i)", zero),
            Variable(ratio, "κ²", zero),
            Variable(before, "Σ_ij‖x_i − x_j‖²", zero),
            Variable(slack, "κ²Σ_ij‖x_i − x_j‖² − Σ_ij‖h(x_i) − h(x_j)‖²; h is κ-Lipschitz", zero),
        ),
        steps=(
            Step(
                "pairs",
                Fact(squares - total**2 / members, "=", pairs / (2 * members)),
                Identity(),
                "Σ(u_i − ū)² on the left; on the right Σ_ij(u_i − u_j)² = 2nΣu² − 2(Σu)², over 2n",
            ),
            Step(
                "one map",
                Fact(ratio * before / (2 * members), ">=", after / (2 * members)),
                RationalSign(),
                "summed over clusters and divided by N this is TCV(h(x)) ≤ κ²·TCV(x)",
            ),
        ),
        goals=("pairs", "one map"),
    )


def _chain() -> Proof:
    """Maps one after the other; a layer has κ = Lip(φ)‖W‖₂."""
    first, second, variation, slack, other = (
        sp.Symbol(name, nonnegative=True) for name in ("first", "second", "variation", "slack", "other")
    )
    zero = sp.Integer(0)
    middle = first * variation - slack
    return Proof(
        title="the squared Lipschitz constants multiply",
        variables=(
            Variable(first, "κ² of the layers so far", zero),
            Variable(second, "κ² of the next layer, Lip(φ)²‖W‖₂²", zero),
            Variable(variation, "TCV of the inputs", zero),
            Variable(slack, "what TCV after the layers so far is below κ²·TCV", zero),
            Variable(other, "what TCV after the next layer is below its κ² times that", zero),
        ),
        steps=(
            Step(
                "one more layer",
                Fact(first * second * variation, ">=", second * middle - other),
                RationalSign(),
                "so for any number of layers",
            ),
        ),
        goals=("one more layer",),
    )


CLAIM = Claim(
    id="networks/variation-through-layers",
    title="Layers multiply the variation within clusters by their squared Lipschitz constants at most",
    statement=r"\mathrm{TCV}(z^{l-1})\le\prod_{m=l'+1}^{l-1}\mathrm{Lip}(\varphi)^2\|W_m\|_2^2"
    r"\cdot\mathrm{TCV}(z^{l'})",
    source=ZANGRANDO_2024.at("hidden embeddings of the previous layers"),
    computed="both sides at every layer of random networks",
    tight="one orthogonal linear layer attains it",
    instances=network_instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_pairs(), _chain()),
    full_samples=30_000,
)
