"""Weight matrices are near rank C when samples vary little within C clusters.

Statement   (Σ_{j>C} σ_j(W)²)^{1/2} ≤ B + ‖R‖_F/λ for B = B0, B1, B2 (and B0, B1 for the nuclear tail), at any
            parameters of any network, for any partition of samples, patches or uses into C clusters; R is the
            gradient of the full loss, zero at a critical point.
Source      2402.03991; reconstruction from its abstract, residual form and proof derived for this project.
Computed    the bounds on random plain, residual, convolutional and weight-sharing networks, clusters by
            class or at random; a regime map on Gaussian mixtures. On real data: rank-bound-on-real-data.
Tight       B0 within a factor of 3 where a layer has to keep what varies within clusters (reconstruction of
            a mixture). In classification hidden weights may have rank K − 1 whatever the variation, which no
            bound by the variation sees; on loose clusters it exceeds ‖W‖_F and is vacuous.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.networks.rank_bound import rank_bound
from theory.sources import ZANGRANDO_2024
from verify.claim import Claim
from verify.claims.networks.experiments.gaussian_mixture import reconstruction, regimes
from verify.claims.networks.experiments.readings import margins_of
from verify.claims.networks.experiments.toy_networks import KINDS, toy_gradient
from verify.claims.networks.lemmas.rank_bound import frobenius, nuclear, splitting
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin

ACTIVATIONS = ("tanh", "relu", "linear")
__all__ = ["ACTIVATIONS", "CLAIM", "margin", "margins_of", "meets_hypotheses"]


def margin(instance: Instance) -> Margin:
    """The worst margin over layers and bounds of a random network at random parameters.

    Clusters are the classes, or as many random ones as `clusters` says; `toy` names another kind of network.
    """
    if instance.get("toy") is not None:
        return _toy_margin(instance)
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities

    generator = np.random.default_rng(instance["seed"])
    classes, samples, decay = instance["classes"], instance["samples"], float(instance["weight_decay"])
    widths = [*instance["widths"], classes]
    network = random_network(widths, ACTIVATIONS[instance["activation"]], generator)
    labels = np.arange(samples) % classes
    centres = generator.standard_normal((widths[0], classes))
    inputs = centres[:, labels] + float(instance["spread"]) * generator.standard_normal((widths[0], samples))
    layers = layer_quantities(network, inputs, labels, decay, loss="cross-entropy")
    labels = _partition(instance, labels)
    return worst_of(
        [
            found
            for layer in layers
            for found in margins_of(
                rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, labels)
            )
        ]
    )


def _toy_margin(instance: Instance) -> Margin:
    """One weight of a residual, convolutional or weight-sharing network; images are fewer than columns."""
    toy = toy_gradient(
        {
            "kind": instance["toy"],
            "width": instance["widths"][0],
            "samples": instance["samples"],
            "outputs": instance["classes"],
            "seed": instance["seed"],
        }
    )
    decay = float(instance["weight_decay"])
    residual = decay * toy.weight + toy.deltas @ toy.inputs.T / toy.images
    labels = _partition(instance, toy.labels % instance["classes"])
    bound = rank_bound(toy.weight, toy.inputs, toy.deltas, residual, decay, labels, images=toy.images)
    return worst_of(margins_of(bound))


def _partition(instance: Instance, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The classes, or a random partition."""
    clusters = instance.get("clusters", 0)
    if not clusters:
        return labels
    drawn = np.random.default_rng(instance["seed"]).integers(clusters, size=labels.size)
    return np.unique(drawn, return_inverse=True)[1].astype(np.int64)


def meets_hypotheses(instance: Instance) -> bool:
    """Every class has a sample, every layer a unit, λ > 0."""
    sizes = (instance["classes"] - 1, *instance["widths"])
    known = 0 <= instance["activation"] < len(ACTIVATIONS) and instance["seed"] >= 0
    enough = instance["samples"] >= instance["classes"] and min(sizes) >= 1
    known = known and instance.get("clusters", 0) >= 0 and (instance.get("toy") or 0) in range(len(KINDS))
    return enough and known and instance["weight_decay"] > 0 and instance["spread"] >= 0


def instances() -> Any:
    """Small networks named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 4),
            "samples": st.integers(4, 12),
            "widths": st.lists(st.integers(2, 8), min_size=1, max_size=3),
            "activation": st.integers(0, 2),
            "weight_decay": st.floats(1e-4, 10),
            "spread": st.floats(0, 3),
            "clusters": st.integers(0, 4),
            "toy": st.one_of(st.none(), st.integers(0, len(KINDS) - 1)),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Networks of one to four layers, spreads from none to large, weight decays over five decades."""
    classes = int(generator.integers(2, 6))
    return {
        "classes": classes,
        "samples": int(generator.integers(classes, 40)),
        "widths": [int(width) for width in generator.integers(2, 16, size=generator.integers(1, 5))],
        "activation": int(generator.integers(0, 3)),
        "weight_decay": float(10.0 ** generator.uniform(-4, 1)),
        "spread": float(generator.choice([0.0, 10.0 ** generator.uniform(-3, 0.5)])),
        "clusters": int(generator.integers(2) * generator.integers(1, 8)),
        "toy": None if generator.random() < 0.7 else int(generator.integers(len(KINDS))),
        "seed": int(generator.integers(0, 2**31)),
    }


CLAIM = Claim(
    id="networks/rank-bound",
    title="Weight decay and small within-class variation force weights near rank C",
    statement=(
        r"\left(\sum_{j>C}\sigma_j(W)^2\right)^{1/2}"
        r"\le \frac1{\lambda N}\|\Delta\mathcal Z^\top\|_F+\frac{\|R\|_F}\lambda"
        r"\le\frac1\lambda\sqrt{\mathrm{TCV}(\delta)\,\mathrm{TCV}(z)}+\frac{\|R\|_F}\lambda"
    ),
    source=ZANGRANDO_2024.at("rank bound"),
    computed="bounds B0, B1, B2 with residual against the singular values beyond C",
    tight="B0 within 3 where a layer keeps what varies within clusters; else loose, or vacuous",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(splitting(), frobenius(), nuclear()),
    experiments=(reconstruction, regimes),
    full_samples=100_000,
)
