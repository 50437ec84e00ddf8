"""Norms, variations and ranks that the initial loss guarantees before training.

Statement   With ℓ_i ≥ 0 and λ_m > 0, at any parameters whose full loss is at most ℒ_0: ‖W_m‖_F² ≤ 2ℒ_0/λ_m;
            Π_m ‖W_m‖^{2e_m} ≤ Π_m (2ℒ_0e_m/(Eλ_m))^{e_m} for e ≥ 0, E = Σe_m; hence TCV at every layer, the
            constant D, and the tails beyond rank C are bounded by initial data alone, plus ‖R‖_F/λ.
Source      2402.03991 (abstract of the last version); reconstruction, shared budget and proof derived here.
Computed    norms, variations and tails of random networks against the bounds with ℒ_0 their own full loss,
            the smallest that is allowed; networks before and after training.
Tight       the norm bounds where one layer has all of the loss; the rank bounds are loose by the slack of the
            norms, to a power that grows with depth.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.networks.before_training import bounds_before_training
from theory.networks.rank_bound import rank_bound
from theory.networks.smoothness import Loss
from theory.networks.variation import total_cluster_variation
from theory.sources import ZANGRANDO_2024
from theory.symbols import positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.networks.variation_through_layers import meets_hypotheses as is_a_network
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, RationalSign, Step, Variable
from verify.strategies import build_network, network_instances
from verify.strategies.networks import ACTIVATIONS


def margins(instance: Instance) -> list[Margin]:
    """Norm, input variation and tail of every layer, for both losses, with ℒ_0 the full loss itself."""
    from numerics.descent.training import layer_quantities
    from numerics.rank_forecast import full_loss

    built = build_network(instance)
    generator = np.random.default_rng(instance["seed"] + 1)
    centres = generator.standard_normal((instance["classes"], instance["classes"]))
    decays = built.weight_decay * 10.0 ** generator.uniform(-1, 1, size=len(built.network.weights))
    found: list[Margin] = []
    tasks: tuple[tuple[Loss, Any], ...] = (
        ("cross-entropy", built.labels),
        ("squared", centres[:, built.labels]),
    )
    for loss, answers in tasks:
        start: Any = full_loss(built.network, built.inputs, answers, decays, loss=loss)
        layers = layer_quantities(built.network, built.inputs, answers, list(decays), loss=loss)
        forecasts = bounds_before_training(
            start,
            list(decays),
            samples=built.labels.size,
            input_variation=total_cluster_variation(built.inputs, built.labels),
            activation=ACTIVATIONS[instance["activation"]],
            loss=loss,
        )
        for layer, forecast in zip(layers, forecasts, strict=True):
            bound = rank_bound(
                layer.weight, layer.inputs, layer.deltas, layer.residual, layer.weight_decay, built.labels
            )
            rounding = LINEAR_ALGEBRA * (1 + float(np.sum(layer.inputs**2)))
            found.append(Margin.at_least(forecast.norm, bound.weight_norm))
            if forecast.layer > 1:  # of the data themselves it is their own variation
                found.append(Margin.at_least(forecast.input_variation, bound.input_variation, error=rounding))
            for value in (forecast.linear, forecast.root):
                if np.isfinite(value):
                    error = LINEAR_ALGEBRA * (bound.weight_norm + value + bound.residual)
                    found.append(Margin.at_least(value + bound.residual, bound.distance, error=error))
    return found


def margin(instance: Instance) -> Margin:
    """The worst of them."""
    return worst_of(margins(instance))


def sampler(generator: np.random.Generator) -> Instance:
    """Networks of one to four layers, decays and spreads over several decades."""
    classes = int(generator.integers(2, 5))
    return {
        "classes": classes,
        "samples": int(generator.integers(classes, 16)),
        "widths": [int(width) for width in generator.integers(1, 9, size=generator.integers(1, 5))],
        "activation": int(generator.integers(len(ACTIVATIONS))),
        "weight_decay": float(10.0 ** generator.uniform(-3, 2)),
        "spread": float(10.0 ** generator.uniform(-4, 1)),
        "seed": int(generator.integers(0, 2**31)),
    }


def _norms() -> Proof:
    loss, rest, decay, square = (
        positive("data_loss"),
        sp.Symbol("rest", nonnegative=True),
        positive("weight_decay"),
        sp.Symbol("square", nonnegative=True),
    )
    slack, zero = sp.Symbol("slack", nonnegative=True), sp.Integer(0)
    initial = loss + rest + decay * square / 2 + slack
    return Proof(
        title="‖W_m‖_F² ≤ 2ℒ_0/λ_m wherever the full loss is at most ℒ_0",
        variables=(
            Variable(loss, "(1/N)Σℓ_i", zero, open_low=True),
            Variable(rest, "penalties of the other weights", zero),
            Variable(decay, "λ_m", zero, open_low=True),
            Variable(square, "‖W_m‖_F²", zero),
            Variable(slack, "ℒ_0 minus the full loss", zero),
        ),
        steps=(
            Step(
                "norm",
                Fact(2 * initial / decay, ">=", square),
                RationalSign(),
                "ℒ_0 is what the data loss, this penalty, the others and the slack add up to",
            ),
        ),
        goals=("norm",),
    )


def _products() -> Proof:
    """The budget is shared: weighted AM–GM over the layers."""
    loss, slack, mean, spent = (
        sp.Symbol(name, nonnegative=True) for name in ("unpriced", "slack", "mean", "spent")
    )
    zero = sp.Integer(0)
    initial = spent + loss + slack
    return Proof(
        title="a product of powers of norms is largest where each layer spends in proportion to its power",
        variables=(
            Variable(mean, "Π_m (Eλ_m‖W_m‖²/(2e_m))^{e_m/E}", zero, stands_for=True),
            Variable(spent, "Σ_m (λ_m/2)‖W_m‖² over the layers with e_m > 0", zero),
            Variable(loss, "what is left of the full loss", zero),
            Variable(slack, "ℒ_0 minus the full loss", zero),
        ),
        steps=(
            Step(
                "AM–GM",
                Fact(spent, ">=", mean),
                Known("Weighted AM–GM: Hardy, Littlewood, Pólya 1952, 2.5"),
                "of the numbers Eλ_m‖W_m‖²/(2e_m) with the weights e_m/E; the data loss may be one of them, "
                "at the price ½ for the mean of ‖f − y‖² and 1/(2N) for a single one",
            ),
            Step(
                "budget", Fact(initial, ">=", spent), RationalSign(), "no part of the full loss is negative"
            ),
            Step(
                "product",
                Fact(initial, ">=", mean),
                Combination(((sp.Integer(1), "budget"), (sp.Integer(1), "AM–GM"))),
                "to the power E, and divided by Π(Eλ_m/(2e_m))^{e_m}: the bound on Π‖W_m‖^{2e_m}. "
                "D‖W‖·TCV(z) is a sum of such products, √(TCV(δ)·TCV(z)) is at most one",
            ),
        ),
        goals=("product",),
        rests_on=(
            "networks/rank-bound",
            "networks/rank-bound-linear-in-variation",
            "networks/variation-through-layers",
        ),
    )


def before_and_after(run: Run) -> Evidence:
    """Forecasts for Gaussian mixtures, then training: what was promised and what came."""
    from numerics.descent.network import random_network
    from numerics.descent.training import layer_quantities, train_network
    from numerics.rank_forecast import rank_bounds_before_training
    from verify.claims.networks.experiments.gaussian_mixture import mixture

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    informed = 0
    for decay in (0.01, 0.1, 1.0):
        for spread in (1e-3, 1e-1):
            inputs, labels = mixture(
                3, 10, 6, spread, run.generator("networks/bounds-before-training", "data")
            )
            generator = run.generator("networks/bounds-before-training", str(decay), str(spread))
            start = random_network([6, 8, 8, 3], "tanh", generator)
            forecasts = rank_bounds_before_training(start, inputs, labels, decay, loss="cross-entropy")
            trained = train_network(
                start, inputs, labels, decay, loss="cross-entropy", step=0.2, max_steps=3_000
            )
            layers = layer_quantities(trained, inputs, labels, decay, loss="cross-entropy")
            for layer, forecast in zip(layers, forecasts, strict=True):
                bound = rank_bound(layer.weight, layer.inputs, layer.deltas, layer.residual, decay, labels)
                promised = min(forecast.linear, forecast.root)
                error = LINEAR_ALGEBRA * (1 + bound.weight_norm + promised)
                margins.append(Margin.at_least(forecast.norm, bound.weight_norm))
                margins.append(Margin.at_least(promised + bound.residual, bound.distance, error=error))
                informed += forecast.informs
                rows.append(
                    (decay, spread, forecast.layer, forecast.norm, bound.weight_norm, promised,
                     bound.distance, bound.residual, forecast.values_above(0.1, 3),
                     int(np.sum(np.linalg.svd(layer.weight, compute_uv=False) > 0.1)))
                )  # fmt: skip
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"forecasts before training hold after it, and inform {informed} of {len(rows)} layers",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Before and after training: tanh 6–8–8–3 on mixtures of three Gaussians, C = 3",
                ("λ", "spread", "layer", "‖W‖ at most", "‖W‖", "tail at most", "tail", "‖R‖/λ",
                 "values above 0.1, at most", "values above 0.1"),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


CLAIM = Claim(
    id="networks/bounds-before-training",
    title="The initial loss bounds norms, variations and ranks of all layers before training",
    statement=r"\mathcal L(\theta)\le\mathcal L(\theta_0)\ \Longrightarrow\ "
    r"\|W_m\|_F^2\le\frac{2\mathcal L(\theta_0)}{\lambda_m},\quad "
    r"\prod_m\|W_m\|_F^{2e_m}\le\prod_m\Big(\frac{2e_m\mathcal L(\theta_0)}{E\lambda_m}\Big)^{e_m}",
    source=ZANGRANDO_2024.at("forecast before training, made precise"),
    computed="norms, variations and tails of random networks against the bounds from their own full loss",
    tight="norm bounds where one layer has all of the loss; rank bounds by a power of the norms' slack",
    instances=network_instances,
    sampler=sampler,
    hypotheses=is_a_network,
    margin=margin,
    proofs=(_norms(), _products()),
    experiments=(before_and_after,),
    full_samples=20_000,
)
