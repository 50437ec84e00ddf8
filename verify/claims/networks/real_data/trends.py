"""One hidden layer of one network over seeds, and over weight decays or variations within each seed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from verify.claims.networks.real_data.measured import MeasuredLayer, MeasuredNetwork
from verify.claims.networks.real_data.slopes import Interval, interval, monotonicity, slope

RESOLVED = 10.0
"""A tail counts as measured when it exceeds what the residual can have left, ‖R‖/λ, this many times."""

Layers = Sequence[MeasuredLayer]


@dataclass(frozen=True, eq=False)
class Trend:
    """One layer: for every seed a run of networks, the first with the largest tail to be expected."""

    case: str
    classes: int
    layers: tuple[tuple[MeasuredLayer, ...], ...]

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layers[0][0].name

    @property
    def alive(self) -> list[Layers]:
        """The runs without layers that are zero."""
        return [[layer for layer in run if not layer.dead] for run in self.layers]

    @property
    def resolved(self) -> list[Layers]:
        """The living layers whose tail beyond K − 1 is more than the residual, or rounding, may have left."""
        return [
            [layer for layer in run if self.tail(layer) > max(RESOLVED * layer.bound.residual, 1e-9)]
            for run in self.alive
        ]

    @property
    def rank_order(self) -> Interval:
        """Kendall's τ of λ and the effective rank."""
        return interval([monotonicity(_decays(run), _ranks(run)) for run in self.alive])

    @property
    def rank_slope(self) -> Interval:
        """The change of the effective rank per decade of λ."""
        return interval([slope(_decades(run), _ranks(run)) for run in self.alive])

    @property
    def tail_order(self) -> Interval:
        """Kendall's τ of λ and tail/‖W‖."""
        return interval([monotonicity(_decays(run), self._relative(run)) for run in self.resolved])

    @property
    def tail_slope(self) -> Interval:
        """The change of log₁₀(tail/‖W‖) per decade of λ."""
        logs = [(run, [math.log10(tail) for tail in self._relative(run)]) for run in self.resolved]
        return interval([slope(_decades(run), tails) for run, tails in logs])

    def power(self, variation: Callable[[MeasuredLayer], float]) -> Interval:
        """The p of tail ∝ variation^p."""
        return interval(
            [
                slope(
                    [math.log(variation(layer)) for layer in run],
                    [math.log(self.tail(layer)) for layer in run],
                )
                for run in self.resolved
            ]
        )

    def factor(self, quantity: Callable[[MeasuredLayer], float]) -> float | str:
        """The quantity at the first layer of a run over that at the last: geometric mean over seeds."""
        runs = [run for run in self.resolved if len(run) > 1]
        logs = [math.log(quantity(run[0]) / quantity(run[-1])) for run in runs]
        return math.exp(float(np.mean(logs))) if logs else "—"

    def tail(self, layer: MeasuredLayer) -> float:
        """(Σ_{j≥K} σ_j²)^{1/2}."""
        return layer.tail(self.classes - 1)

    def _relative(self, run: Layers) -> list[float]:
        return [self.tail(layer) / layer.bound.weight_norm for layer in run]

    @staticmethod
    def ceiling(layer: MeasuredLayer) -> float:
        """√(TCV(δ)TCV(z))/λ: the bound B1."""
        return layer.bound.frobenius["B1"]

    @staticmethod
    def input_variation(layer: MeasuredLayer) -> float:
        """TCV(z)."""
        return layer.bound.input_variation

    @staticmethod
    def delta_variation(layer: MeasuredLayer) -> float:
        """TCV(δ)."""
        return layer.bound.delta_variation


def trends_of(runs: list[list[MeasuredNetwork]]) -> list[Trend]:
    """One trend for every layer with more rows than classes, from a run of networks a seed."""
    first = runs[0][0]
    classes = int(first.case.clusters.max()) + 1
    return [
        Trend(
            first.case.name,
            classes,
            tuple(tuple(network.layers[index] for network in networks) for networks in runs),
        )
        for index, layer in enumerate(first.layers)
        if layer.shape[0] > classes
    ]


def _decays(run: Layers) -> list[float]:
    return [layer.bound.weight_decay for layer in run]


def _decades(run: Layers) -> list[float]:
    return [math.log10(decay) for decay in _decays(run)]


def _ranks(run: Layers) -> list[float]:
    return [layer.effective_rank for layer in run]
