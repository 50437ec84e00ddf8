"""As the weight decay grows, hidden layers trained on real data lose rank, but not in proportion to TCV(z).

Statement   Over three decades of λ the effective rank of every hidden layer, and its relative tail beyond
            rank K − 1, fall: least-squares slopes in log λ are negative, 95 % intervals over seeds below 0.
Source      2402.03991, abstract of version 1: as weight decay grows, the rank of each layer decreases
            proportionally to the within-class variability of the embeddings of the previous layers.
Computed    networks trained from several seeds (data split and start) at each λ until the residual is small;
            the tail (Σ_{j≥K} σ_j²)^{1/2} against TCV(z), and against √(TCV(δ)TCV(z))/λ, as powers.
Tight       TCV(z) of the first layer is that of the data and does not move with λ, so that its rank cannot fall
            in proportion to it; that of the second hardly moves. The tail falls as a power of
            √(TCV(δ)TCV(z))/λ, the ceiling of B1: the table gives the powers, with intervals.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.networks.real_data.cases import (
    Case,
    digits_convolutional,
    digits_plain,
    digits_residual,
    wine_plain,
)
from verify.claims.networks.real_data.measured import MeasuredLayer, MeasuredNetwork, measure
from verify.claims.networks.real_data.slopes import Interval, interval, slope
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

STREAM = "networks/rank-falls-with-weight-decay"
QUICK_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)
FULL_DECAYS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
QUICK_SEEDS, FULL_SEEDS = 5, 4
RESOLVED = 10.0
"""A tail counts as measured when it exceeds what the residual can have left, ‖R‖/λ, this many times."""


@dataclass(frozen=True, eq=False)
class Trend:
    """One hidden layer of one network: a list over seeds of lists over λ."""

    case: str
    classes: int
    layers: tuple[tuple[MeasuredLayer, ...], ...]

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layers[0][0].name

    def over_seeds(self, of: Callable[[list[MeasuredLayer]], float]) -> Interval:
        """A number of the living layers of each seed, with its interval."""
        return interval([of([layer for layer in run if not layer.dead]) for run in self.layers])

    @property
    def effective_rank(self) -> Interval:
        """The change of the effective rank per decade of λ."""
        return self.over_seeds(lambda run: slope([_decade(x) for x in run], [float(x.row[5]) for x in run]))

    @property
    def relative_tail(self) -> Interval:
        """The change of log₁₀(tail/‖W‖) per decade of λ, tails at rounding or at the residual left out."""

        def one(run: list[MeasuredLayer]) -> float:
            seen = self.resolved(run)
            return slope([_decade(x) for x in seen], [math.log10(self.relative(x)) for x in seen])

        return self.over_seeds(one)

    def power(self, variation: Callable[[MeasuredLayer], float]) -> Interval:
        """The p of tail ∝ variation^p along λ."""

        def one(run: list[MeasuredLayer]) -> float:
            seen = self.resolved(run)
            x = [math.log(variation(item)) for item in seen]
            return slope(x, [math.log(item.tail(self.classes - 1)) for item in seen])

        return self.over_seeds(one)

    def factor(self, quantity: Callable[[MeasuredLayer], float]) -> float:
        """Mean over seeds of the quantity at the smallest λ over that at the largest (geometric)."""
        logs = [math.log(quantity(seen[0]) / quantity(seen[-1])) for seen in map(self.resolved, self.layers)]
        return math.exp(float(np.mean(logs)))

    def resolved(self, run: tuple[MeasuredLayer, ...] | list[MeasuredLayer]) -> list[MeasuredLayer]:
        """The living layers whose tail beyond K − 1 is more than the residual may have left."""
        return [
            item
            for item in run
            if not item.dead and item.tail(self.classes - 1) > max(RESOLVED * item.bound.residual, 1e-12)
        ]

    def relative(self, layer: MeasuredLayer) -> float:
        """The tail beyond K − 1 over ‖W‖."""
        return layer.tail(self.classes - 1) / layer.bound.weight_norm


def _decade(layer: MeasuredLayer) -> float:
    return math.log10(layer.bound.weight_decay)


def _ceiling(layer: MeasuredLayer) -> float:
    """√(TCV(δ)TCV(z))/λ: the bound B1."""
    return layer.bound.frobenius["B1"]


def _input_variation(layer: MeasuredLayer) -> float:
    return layer.bound.input_variation


def trends(run: Run) -> Evidence:
    """Slopes over λ and powers of the variation, layer by layer."""
    quick = run.level == "quick"
    makers = (wine_plain,) if quick else (wine_plain, digits_plain, digits_residual, digits_convolutional)
    found = [trend for make in makers for trend in _trends(run, make, QUICK_SEEDS if quick else FULL_SEEDS)]
    margins: list[Margin] = []
    for trend in found:
        for change in (trend.effective_rank, trend.relative_tail):
            if math.isfinite(change.half_width):
                error = LINEAR_ALGEBRA * (abs(change.mean) + change.half_width)
                margins.append(Margin.at_least(0.0, change.high, error=error))
    powers = " · ".join(f"{trend.name} {trend.power(_ceiling)}" for trend in found[:2])
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"falls on {len(found)} layers; tail ∝ (√(TCV(δ)TCV(z))/λ)^p, p = {powers} on wine",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(_slopes(found), _proportion(found)),
        plots=tuple(plot for trend in found for plot in _plots(trend)),
        versions=versions("scipy", "scikit-learn"),
    )


def _trends(run: Run, make: Callable[[np.random.Generator], Case], seeds: int) -> Iterator[Trend]:
    runs = [_trained(run, make, seed) for seed in range(seeds)]
    first = runs[0][0]
    classes = int(first.case.clusters.max()) + 1
    for index, layer in enumerate(first.layers):
        if layer.shape[0] > classes:
            layers = tuple(tuple(network.layers[index] for network in networks) for networks in runs)
            yield Trend(first.case.name, classes, layers)


def _trained(run: Run, make: Callable[[np.random.Generator], Case], seed: int) -> list[MeasuredNetwork]:
    case = make(run.generator(STREAM, make.__name__, "data", str(seed)))
    quick = run.level == "quick"
    steps, polish = (300, 300) if quick else (800, 1_500)
    return [
        measure(
            case, decay, run.generator(STREAM, make.__name__, "start", str(seed)), steps=steps, polish=polish
        )
        for decay in (QUICK_DECAYS if quick else FULL_DECAYS)
    ]


def _slopes(found: list[Trend]) -> Table:
    rows = tuple(
        (
            trend.case,
            trend.name,
            len(trend.layers),
            sum(len(trend.resolved(run)) for run in trend.layers),
            sum(layer.dead for run in trend.layers for layer in run),
            str(trend.effective_rank),
            str(trend.relative_tail),
        )
        for trend in found
    )
    columns = ("network", "layer", "seeds", "tails measured", "dead", "effective rank", "log₁₀(tail/‖W‖)")
    count = len(found[0].layers[0])
    return Table(f"Change per decade of λ, {count} values of λ a seed, 95 % intervals", columns, rows)


def _proportion(found: list[Trend]) -> Table:
    rows = tuple(
        (
            trend.case,
            trend.name,
            trend.factor(lambda layer, trend=trend: layer.tail(trend.classes - 1)),
            trend.factor(_input_variation),
            trend.factor(_ceiling),
            str(trend.power(_input_variation)),
            str(trend.power(_ceiling)),
        )
        for trend in found
    )
    columns = (
        "network",
        "layer",
        "tail falls by",
        "TCV(z) by",
        "√(TCV(δ)TCV(z))/λ by",
        "power of TCV(z)",
        "power of √(TCV(δ)TCV(z))/λ",
    )
    return Table(
        "In proportion? Factors from the smallest λ to the largest, and powers (1: yes)", columns, rows
    )


def _plots(trend: Trend) -> list[Plot]:
    runs = trend.layers
    title = f"{trend.case}, {trend.name}"
    ranks = [
        Series(
            f"seed {seed}",
            tuple(layer.bound.weight_decay for layer in run if not layer.dead),
            tuple(float(layer.row[5]) for layer in run if not layer.dead),
        )
        for seed, run in enumerate(runs)
    ]
    tails = [
        Series(
            f"seed {seed}",
            tuple(_ceiling(layer) for layer in trend.resolved(run)),
            tuple(layer.tail(trend.classes - 1) for layer in trend.resolved(run)),
            style="points",
        )
        for seed, run in enumerate(runs)
    ]
    return [
        Plot(f"{title}: effective rank", "λ", "effective rank", tuple(ranks), x_log=True),
        Plot(
            f"{title}: tail against variation",
            "√(TCV(δ)TCV(z))/λ",
            f"tail beyond rank {trend.classes - 1}",
            tuple(tails),
            x_log=True,
            y_log=True,
        ),
    ]


CLAIM = Claim(
    id="networks/rank-falls-with-weight-decay",
    title="Hidden layers trained on real data lose rank as the weight decay grows, not in proportion to TCV",
    statement=(
        r"\frac{d\,\mathrm{erank}(W)}{d\log\lambda}<0,\qquad"
        r"\frac{d}{d\log\lambda}\log\frac{(\sum_{j\ge K}\sigma_j^2)^{1/2}}{\|W\|_F}<0"
        r"\quad\text{(least squares, 95\,\% intervals over seeds)}"
    ),
    source=ZANGRANDO_2024.at("version 1, abstract"),
    computed="slopes in log λ over seeds; powers of the tail in TCV(z) and in √(TCV(δ)TCV(z))/λ",
    tight="the tables tell how far from proportional the fall is",
    experiments=(trends,),
)
