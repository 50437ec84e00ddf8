"""ReLU tails: how far features move straight inside one activation region, and balancing by rescaling.

In the region of the patterns that a feature h has (its closure) the tail is affine: g(h) = Gh + c. There the
cheapest feature with the same output solves a quadratic program over a convex set, so the straight line to it
stays feasible and its norm falls all the way. Afterwards positive rescalings of hidden units, and any linear
change between features and first weights, hold all outputs: these are the diagonal and full nodes of
`numerics.paths.balancing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from numerics.arrays import FloatArray
from numerics.descent.network import Network
from numerics.paths.balancing import Node
from numerics.paths.path import LossDecreasingPath, loss_decreasing_path
from numerics.tails import tail_features, tail_outputs
from theory.errors import InvalidProblemError
from theory.networks.loss_decreasing_path import Factors, StraightMove

PATTERN: float = 1e-9
"""A preactivation of this size, relative to the weights and the feature, may have either sign."""


@dataclass(frozen=True)
class ReluPath:
    """Features straight to the cheapest of their regions, then rescaling; the weights follow the features."""

    move: StraightMove
    balancing: LossDecreasingPath

    @property
    def half_norms(self) -> tuple[float, float, float]:
        """½Σ‖·‖² at the start, after the straight move, and at the end."""
        ends = self.balancing.half_norm_at(0.0), self.balancing.half_norm_at(self.balancing.end)
        return (self.move.half_norm(0.0), *ends)


def relu_path(tail: Network, features: FloatArray, *, max_segments: int = 200) -> ReluPath:
    """Return the path from a ReLU tail without biases and free features.

    Raises
    ------
    InvalidProblemError
        If the tail is residual, has biases or another activation, or the features do not fit.

    Examples
    --------
    >>> tail = Network((np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0]])), (), "relu")
    >>> path = relu_path(tail, np.array([[3.0], [1.0]]))
    >>> path.move.cheapest.ravel().round(9).tolist()
    [2.0, 2.0]
    """
    _check(tail)
    cheapest = np.column_stack([cheapest_in_region(tail, column) for column in features.T])
    move = StraightMove((features.copy(), *tail.weights), cheapest)
    hidden: list[Node] = ["diagonal"] * (len(tail.weights) - 1)
    balancing = loss_decreasing_path(
        move.at(1.0), nodes=["full", *hidden], straight=False, max_segments=max_segments, tolerance=1e-8
    )
    return ReluPath(move, balancing)


def cheapest_in_region(tail: Network, feature: FloatArray) -> FloatArray:
    """Return the feature of least norm with the same output and the same activation pattern (or on its edge).

    Least distance programming by non-negative least squares (Lawson and Hanson 1974, chapter 23). Where
    rounding leaves the result dearer or outside, the feature itself comes back.

    Examples
    --------
    >>> tail = Network((np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])), (), "relu")
    >>> cheapest_in_region(tail, np.array([2.0, 5.0])).round(9).tolist()
    [2.0, 0.0]
    """
    _check(tail)
    outputs, signs = _region(tail, feature)
    _, values, right = np.linalg.svd(outputs)
    rank = int(np.sum(values > PATTERN * max(float(values.max(initial=0.0)), np.finfo(float).tiny)))
    kept, free = right[:rank].T @ (right[:rank] @ feature), right[rank:]
    if not free.size:
        return feature
    # least ‖z‖ with signs·(kept + freeᵀz) ≥ 0
    left, bounds = signs @ free.T, -(signs @ kept)
    system = np.vstack([left.T, bounds])
    goal = np.zeros(system.shape[0])
    goal[-1] = 1.0
    multipliers, _ = nnls(system, goal)
    residual = system @ multipliers - goal
    found = kept - free.T @ (residual[:-1] / residual[-1]) if residual[-1] < 0 else feature
    cheaper = float(found @ found) <= float(feature @ feature)
    size = float(np.abs(signs).sum(axis=1).max(initial=0.0)) * float(np.abs(feature).max())
    inside = bool((signs @ found >= -PATTERN * size).all())
    return found if cheaper and inside else feature


def outputs_of(factors: Factors) -> FloatArray:
    """Return the outputs of the ReLU network with features A_1 and weights A_2, …, A_F.

    Examples
    --------
    >>> outputs_of((np.array([[-1.0]]), np.array([[-2.0]]), np.array([[3.0]])))
    array([[6.]])
    """
    return tail_outputs(Network(tuple(factors[1:]), (), "relu"), factors[0])


def patterns_of(factors: Factors) -> Sequence[FloatArray]:
    """Return which units of each hidden layer are on, one column per sample.

    Examples
    --------
    >>> [on.tolist() for on in patterns_of((np.array([[-1.0, 1.0]]), np.array([[-2.0]]), np.array([[3.0]])))]
    [[[1.0, 0.0]]]
    """
    inputs = tail_features(Network(tuple(factors[1:]), (), "relu"), factors[0])
    return [(found > 0).astype(np.float64) for found in inputs[1:]]


def _region(tail: Network, feature: FloatArray) -> tuple[FloatArray, FloatArray]:
    """G of the feature's region, and rows c with c·h ≥ 0 that describe the region."""
    linear = np.eye(feature.size)
    rows: list[FloatArray] = []
    for weight in tail.weights[:-1]:
        before = weight @ linear
        on = before @ feature > 0
        rows.append(np.where(on[:, None], before, -before))
        linear = np.where(on[:, None], before, 0.0)
    return tail.weights[-1] @ linear, np.vstack([np.zeros((0, feature.size)), *rows])


def _check(tail: Network) -> None:
    if tail.residual or tail.biases or tail.activation != "relu":
        raise InvalidProblemError(
            "this path is for feed-forward ReLU tails without biases: rescaling a unit changes any other"
        )
