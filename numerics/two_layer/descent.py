"""Interpolating two-layer networks found by descent: upper bounds on the cost, from many starts.

Minimise ½(‖U‖² + ‖V‖²) + ⟨M, E⟩ + (ρ/2)‖E‖², E = V max(UX, 0) − Y, by L-BFGS, moving the multipliers M after
each descent; at the end the output weights are chosen anew, the cheapest for the hidden weights that were
found, so that the cost counts for exactly the targets.
"""

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from numerics.two_layer.network import TwoLayer, cheapest_with
from theory.errors import InvalidProblemError

ROUNDS = 8
"""Moves of the multipliers; the output weights make up for the error that is left."""

ITERATIONS = 500
"""Of L-BFGS between two moves."""

PENALTY = 10.0
"""ρ in units of the initial cost per squared target."""


def descend_to_interpolation(
    samples: ArrayLike, targets: ArrayLike, *, width: int, rng: np.random.Generator, rounds: int = ROUNDS
) -> TwoLayer | None:
    """Return a network of that width that gives c × N targets, of locally least cost; None if none was found.

    Raises
    ------
    InvalidProblemError
        If shapes do not fit or the width is below 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> network = descend_to_interpolation([[1.0, -1.0]], [[3.0, 4.0]], width=6, rng=rng)
    >>> None if network is None else round(network.cost, 6)
    7.0
    """
    from scipy.optimize import minimize

    matrix, values = finite_matrix(samples, "samples"), finite_matrix(targets, "targets")
    if values.shape[1] != matrix.shape[1]:
        raise InvalidProblemError(f"{values.shape} targets for {matrix.shape[1]} samples: one column each")
    if width < 1:
        raise InvalidProblemError(f"width {width} must be at least 1")
    size, outputs = matrix.shape[0], values.shape[0]
    unit = float(np.linalg.norm(values)) / float(np.linalg.norm(matrix, 2)) or 1.0
    flat = rng.standard_normal(width * (size + outputs)) * np.sqrt(unit / width)
    multipliers = np.zeros_like(values)
    penalty = PENALTY * unit / (float(np.sum(values**2)) or 1.0)

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        hidden, output = _split(point, width, size)
        before = hidden @ matrix
        features = np.maximum(before, 0.0)
        error = output @ features - values
        pull = multipliers + penalty * error
        slope = (output.T @ pull) * (before > 0)
        value = 0.5 * float(point @ point) + float(np.sum((multipliers + 0.5 * penalty * error) * error))
        return value, point + np.concatenate([(slope @ matrix.T).ravel(), (pull @ features.T).ravel()])

    for _ in range(rounds):
        options = {"maxiter": ITERATIONS, "ftol": 1e-15, "gtol": 1e-9 * unit}
        flat = minimize(objective, flat, jac=True, method="L-BFGS-B", options=options).x
        hidden, output = _split(flat, width, size)
        multipliers = multipliers + penalty * (output @ np.maximum(hidden @ matrix, 0.0) - values)
        penalty *= 2.0
    hidden = _split(flat, width, size)[0]
    found = cheapest_with(hidden[np.linalg.norm(hidden, axis=1) > 0], matrix, values)
    return None if found is None else found[0]


def _split(point: FloatArray, width: int, size: int) -> tuple[FloatArray, FloatArray]:
    hidden = point[: width * size].reshape(width, size)
    return hidden, point[width * size :].reshape(-1, width)
