"""Collapsing features never costs more: "DNC1 is optimal" as a construction (2402.03991; proof ours).

Features h_i enter a tail g_θ with cost Ω(θ) + (κ/N) Σ ω(h_i), subject to g_θ(h_i) = y_{class(i)}. Giving
every sample of a class the feature of its cheapest member keeps the constraint, does not raise the cost, and
leaves no variation within a class at any layer of the tail: a layer maps equal inputs to equal outputs. So N
samples cost what K representatives with weights n_k/N cost. Layers that mix samples (batch norm) are out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]


def feature_costs(features: Matrix) -> Matrix:
    """ω(h) = ½‖h‖² of every column."""
    return 0.5 * np.sum(features**2, axis=0)


def _sum_of_sizes(features: Matrix) -> Matrix:
    return np.sum(np.abs(features), axis=0)


def _largest_entry(features: Matrix) -> Matrix:
    return np.max(np.abs(features), axis=0)


def _pseudo_huber(features: Matrix) -> Matrix:
    return np.sqrt(1 + np.sum(features**2, axis=0)) - 1


def _saturating(features: Matrix) -> Matrix:
    return np.sum(features**2 / (1 + features**2), axis=0)


FEATURE_COSTS: Final[Mapping[str, Callable[[Matrix], Matrix]]] = MappingProxyType(
    {
        "half squared norm": feature_costs,
        "sum of sizes": _sum_of_sizes,
        "largest entry": _largest_entry,
        "pseudo-Huber": _pseudo_huber,
        "saturating": _saturating,
    }
)
"""ω by name: a strictly convex one, two norms that are not, a smooth one, and one that is not convex."""


@dataclass(frozen=True)
class FeaturePoint:
    """Features d×N, a class for each, the tail's cost Ω(θ), κ ≥ 0 and ω (one number per column).

    Raises InvalidProblemError for labels that do not match, a class without a sample, values not finite,
    and κ < 0.

    >>> point = FeaturePoint(np.array([[1.0, 3.0, 2.0]]), np.array([0, 0, 1]), tail_cost=1.0)
    >>> point.cost, point.collapsed().cost, point.saving
    (3.3333333333333335, 2.0, 1.3333333333333333)
    """

    features: Matrix
    labels: Labels
    tail_cost: float
    kappa: float = 1.0
    feature_cost: Callable[[Matrix], Matrix] = feature_costs

    def __post_init__(self) -> None:
        if self.features.ndim != 2 or self.labels.shape != (self.features.shape[1],) or not self.labels.size:
            raise InvalidProblemError(
                f"{self.labels.shape} labels do not fit features of shape {self.features.shape}: one a column"
            )
        if not (np.isfinite(self.features).all() and np.isfinite(self.tail_cost)):
            raise InvalidProblemError("features or tail cost contain NaN or infinity: remove these samples")
        if self.labels.min() < 0 or (np.bincount(self.labels) == 0).any():
            raise InvalidProblemError("a class has no sample: number the classes 0, 1, … without gaps")
        if not 0 <= self.kappa < np.inf:
            raise InvalidProblemError(f"kappa {self.kappa} must be finite and at least 0")

    @property
    def costs(self) -> Matrix:
        """ω(h_i) of every sample."""
        return self.feature_cost(self.features)

    @property
    def cost(self) -> float:
        """Ω(θ) + (κ/N) Σ ω(h_i)."""
        return self.tail_cost + self.kappa * float(np.mean(self.costs))

    @property
    def saving(self) -> float:
        """(κ/N) Σ_i (ω(h_i) − the least ω of its class): what collapsing saves, never negative."""
        costs = self.costs
        least = np.array([costs[self.labels == label].min() for label in np.unique(self.labels)])
        return self.kappa * float(np.mean(costs - least[self.labels]))

    def collapsed(self) -> "FeaturePoint":
        """The same tail with every sample at the cheapest feature of its class."""
        return replace(self, features=collapse_to_cheapest(self.features, self.labels, self.costs))

    def averaged(self) -> "FeaturePoint":
        """The same tail with every sample at its class mean: feasible where the tail is linear on each class.

        With ω = ½‖·‖² it saves (κ/2)·TCV exactly.
        """
        counts = np.bincount(self.labels)
        sums = np.zeros((self.features.shape[0], counts.size))
        np.add.at(sums.T, self.labels, self.features.T)
        return replace(self, features=(sums / counts)[:, self.labels])

    def representatives(self) -> tuple[Matrix, Matrix]:
        """The cheapest feature of each class (d×K) and weights n_k/N, which cost what `collapsed` does."""
        chosen = self.collapsed().features
        first = np.unique(self.labels, return_index=True)[1]
        return chosen[:, first], np.bincount(self.labels) / self.labels.size


def collapse_to_cheapest(features: Matrix, labels: Labels, costs: Matrix) -> Matrix:
    """Every column replaced by the cheapest column of its class (d×N in, d×N out).

    Raises InvalidProblemError when labels or costs do not match the columns.

    >>> collapse_to_cheapest(np.array([[1.0, 2.0, 3.0]]), np.array([0, 0, 1]), np.array([5.0, 4.0, 1.0]))
    array([[2., 2., 3.]])
    """
    samples = features.shape[1]
    if labels.shape != (samples,) or costs.shape != (samples,):
        raise InvalidProblemError(
            f"{labels.shape} labels and {costs.shape} costs do not fit {samples} columns: one a column"
        )
    collapsed = np.empty_like(features)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        cheapest = members[np.argmin(costs[members])]
        collapsed[:, members] = features[:, [cheapest]]
    return collapsed
