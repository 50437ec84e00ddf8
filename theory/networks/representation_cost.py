"""Collapsing features never costs more: the constructive half of "DNC1 is optimal" (2402.03991; proof ours).

Features h_i enter a tail g_θ with cost Ω(θ) + (κ/N) Σ ω(h_i), subject to g_θ(h_i) = y_{class(i)}. Giving
every sample of a class the feature of its cheapest member keeps the constraint, does not raise the cost,
and leaves no variation within a class at any layer of the tail.
"""

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError


def feature_costs(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """ω(h) = ½‖h‖² of every column."""
    return 0.5 * np.sum(features**2, axis=0)


def collapse_to_cheapest(
    features: NDArray[np.float64], labels: NDArray[np.int64], costs: NDArray[np.float64]
) -> NDArray[np.float64]:
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
