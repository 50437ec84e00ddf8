"""What is measured on a trained network: ranks, spectrum and the rank bound of every linear map."""

from dataclasses import dataclass

import numpy as np

from numerics.arrays import FloatArray
from numerics.metrics.spectrum import effective_rank, numerical_rank, stable_rank
from numerics.networks.objective import LinearMap
from numerics.networks.training import Trained, train
from theory.networks.rank_bound import RankBound, rank_bound
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.networks.real_data.cases import Case
from verify.margin import Margin

DEAD = 1e-3
"""A weight of a smaller norm does nothing: training ended at or near the zero network."""

Row = tuple[str | int | float | bool, ...]


@dataclass(frozen=True, eq=False)
class MeasuredLayer:
    """One linear map of a trained network and its bound for the case's clusters."""

    name: str
    shape: tuple[int, int]
    uses: int
    singular_values: FloatArray
    bound: RankBound

    @property
    def dead(self) -> bool:
        """The weight is zero but for what training left of it."""
        return self.bound.weight_norm < DEAD

    @property
    def reading(self) -> str:
        """What the bound tells beyond the shape of W and its norm."""
        if self.dead:
            return "dead"
        if min(self.shape) <= self.bound.clusters:
            return "rank ≤ C anyway"
        return "vacuous" if self.bound.vacuous else "informs"

    @property
    def residual_share(self) -> float:
        """The part of the sharpest bound that is ‖R‖_F/λ."""
        return self.bound.residual / self.bound.sharpest if self.bound.sharpest > 0 else 0.0

    def tail(self, rank: int) -> float:
        """(Σ_{j>rank} σ_j²)^{1/2}."""
        return float(np.linalg.norm(self.singular_values[rank:]))

    @property
    def margins(self) -> list[Margin]:
        """One margin for every bound, Frobenius and nuclear."""
        bound = self.bound
        sides = [(bound.distance, value + bound.residual) for value in bound.frobenius.values()]
        sides += [
            (bound.nuclear_distance, value + bound.nuclear_residual) for value in bound.nuclear.values()
        ]
        return [
            Margin.at_least(above, below, error=LINEAR_ALGEBRA * (bound.weight_norm + above))
            for below, above in sides
        ]

    @property
    def effective_rank(self) -> float:
        """The exponential of the entropy of the singular values."""
        return effective_rank(np.diag(self.singular_values))

    @property
    def rank_row(self) -> Row:
        """The entries of RANK_COLUMNS; ranks of a dead layer are not told."""
        spectrum, bound = np.diag(self.singular_values), self.bound
        ranks: Row = ("—",) * 3
        if not self.dead:
            ranks = (numerical_rank(spectrum), stable_rank(spectrum), self.effective_rank)
        shape = f"{self.shape[0]} × {self.shape[1]}"
        return (self.name, shape, self.uses, *ranks, bound.input_variation, bound.delta_variation)

    @property
    def bound_row(self) -> Row:
        """The entries of BOUND_COLUMNS; a dead layer has no ratios."""
        bound = self.bound
        ratios = (None, None) if self.dead else (bound.ratio, bound.relative)
        return (
            self.name,
            self.reading,
            bound.weight_norm,
            bound.distance,
            bound.sharpest,
            self.residual_share,
            *("—" if ratio is None else ratio for ratio in ratios),
        )


RANK_COLUMNS = ("layer", "W", "uses", "rank", "stable rank", "effective rank", "TCV(z)", "TCV(δ)")
BOUND_COLUMNS = (
    "layer",
    "reading",
    "‖W‖",
    "tail beyond C",
    "bound",
    "share of R",
    "bound/actual",
    "bound/‖W‖",
)


@dataclass(frozen=True, eq=False)
class MeasuredNetwork:
    """A trained network: how training ended, how well it does, and its layers."""

    case: Case
    weight_decay: float
    trained: Trained
    layers: tuple[MeasuredLayer, ...]

    @property
    def dead(self) -> bool:
        """Every weight is zero but for what training left of it."""
        return all(layer.dead for layer in self.layers)

    @property
    def row(self) -> Row:
        """The entries of TRAINING_COLUMNS."""
        fit = self.case.objective(self.weight_decay).fit(self.trained.parameters)
        score = self.case.test_score(self.trained.parameters)
        reached = "dead" if self.dead else self.trained.status
        return (self.case.name, self.weight_decay, fit, score, self.trained.stationarity, reached)


TRAINING_COLUMNS = ("network", "λ", "training loss", "test accuracy or R²", "‖R‖/λ‖W‖", "ended")


def measure(
    case: Case, weight_decay: float, rng: np.random.Generator, *, steps: int, polish: int = 0
) -> MeasuredNetwork:
    """Train the case's network from random parameters and measure every layer."""
    objective = case.objective(weight_decay)
    trained = train(objective, case.network.random_parameters(rng), steps=steps, polish=polish)
    layers = tuple(measured(item, case) for item in objective.linear_maps(trained.parameters))
    return MeasuredNetwork(case, weight_decay, trained, layers)


def measured(item: LinearMap, case: Case) -> MeasuredLayer:
    """A linear map with its bound for the case's clusters; the patches of an image share its cluster."""
    bound = rank_bound(
        item.weight,
        item.inputs,
        item.deltas,
        item.residual,
        item.weight_decay,
        item.of_columns(case.clusters),
        images=item.images,
    )
    values = np.asarray(np.linalg.svd(item.weight, compute_uv=False), dtype=np.float64)
    rows, columns = item.weight.shape
    return MeasuredLayer(item.name, (rows, columns), item.uses, values, bound)
