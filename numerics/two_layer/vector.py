"""The cost for several outputs, enclosed: neurons are added where the multipliers ask for them.

A network of some hidden directions has multipliers Z. A unit weight u with ‖Z max(Xᵀu, 0)‖ > 1 would lower
its cost; all such weights are found by listing faces (`numerics.two_layer.responses`), and the programs
alternate until none is left. At every turn ⟨Y, Z⟩ over the largest response is a lower bound on the cost,
so the gap is known.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.two_layer.network import CONTRADICTION, TwoLayer, cheapest_with, interpolating
from numerics.two_layer.patterns import Patterns, activation_patterns
from numerics.two_layer.relaxations import in_span
from numerics.two_layer.responses import Face, faces, responses
from theory.errors import InvalidProblemError

ROUNDS = 60
PATIENCE = 10
"""Rounds without a better bound on either side after which the solver's accuracy is used up."""

ENOUGH = 1e-8
"""Relative gap at which to stop: an interior-point solution has no more digits."""

SAME_DIRECTION = 1e-9
"""Two unit weights nearer than this are one."""


@dataclass(frozen=True)
class VectorCost:
    """`network` interpolates and costs `value`; no network of any width costs less than `lower_bound`."""

    value: float
    lower_bound: float
    rounds: int
    remedy: str
    network: TwoLayer | None
    multipliers: FloatArray
    patterns: Patterns

    @property
    def gap(self) -> float:
        """How far the two bounds are apart."""
        return self.value - self.lower_bound


def vector_cost(samples: ArrayLike, targets: ArrayLike) -> VectorCost:
    """Return min ½(‖U‖² + ‖V‖²) over two-layer ReLU networks with V max(UX, 0) = Y, enclosed.

    Exact for any number of outputs, at a price that is exponential in the number of samples.

    Parameters
    ----------
    samples: d × N; append a row of ones for a penalised bias.
    targets: c × N.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit, or patterns cannot be listed.

    Examples
    --------
    >>> cost = vector_cost([[1.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [0.0, 1.0]])
    >>> cost.gap < 1e-6 * cost.value
    True
    """
    matrix, values = finite_matrix(samples, "samples"), finite_matrix(targets, "targets")
    if values.shape[1] != matrix.shape[1]:
        raise InvalidProblemError(f"{values.shape} targets for {matrix.shape[1]} samples: one column each")
    patterns = activation_patterns(matrix)
    basis, data = in_span(matrix, patterns.rank)
    listed = faces(data, patterns.active)
    witnesses = np.array([[float(entry) for entry in weight] for weight in patterns.witnesses])
    directions = _distinct(np.vstack([_units(witnesses @ basis), _rays(listed)]))
    best, bound, rounds, last_gain = None, 0.0, 0, 0
    multipliers = np.zeros_like(values)
    for rounds in range(1, ROUNDS + 1):
        found = cheapest_with(directions, data, values)
        if found is None:
            break
        network, turn = found
        if best is None or network.cost < best.cost:
            best, last_gain = network, rounds
        answer = responses(turn, data, listed)
        reached = float(np.sum(turn * values)) / answer.largest if answer.largest > 0 else 0.0
        if reached > bound:
            bound, multipliers, last_gain = reached, turn / answer.largest, rounds
        wanted = answer.weights[answer.values > 1.0 + 0.1 * ENOUGH]
        if best.cost - bound <= ENOUGH * best.cost or not len(wanted) or rounds - last_gain > PATIENCE:
            break
        directions = _distinct(np.vstack([directions, wanted]))
    if best is None:
        idle = TwoLayer(directions, np.zeros((values.shape[0], len(directions))))
        given = interpolating(idle, data, values) is not None
        remedy = "the program for the output weights failed: rescale the data" if given else CONTRADICTION
        return VectorCost(math.inf, 0.0, rounds, remedy, None, multipliers, patterns)
    lifted = TwoLayer(best.hidden @ basis.T, best.output)
    return VectorCost(lifted.cost, bound, rounds, "", lifted, multipliers, patterns)


def _rays(listed: list[Face]) -> FloatArray:
    """Both directions of every one-dimensional face: the extreme rays of the cells."""
    rows = [side * face.basis.T for face in listed if face.basis.shape[1] == 1 for side in (1.0, -1.0)]
    return np.vstack(rows)


def _units(rows: FloatArray) -> FloatArray:
    sizes = np.linalg.norm(rows, axis=1)
    return np.array(rows[sizes > 0] / sizes[sizes > 0, None])


def _distinct(rows: FloatArray) -> FloatArray:
    kept = np.zeros((0, rows.shape[1]))
    for row in rows:
        if not len(kept) or float(np.linalg.norm(kept - row, axis=1).min()) > SAME_DIRECTION:
            kept = np.vstack([kept, row])
    return kept
