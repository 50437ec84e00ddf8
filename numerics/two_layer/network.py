"""A two-layer ReLU network x ↦ V max(Ux, 0), its cost ½(‖U‖_F² + ‖V‖_F²), and its repair to interpolate."""

from dataclasses import dataclass

import numpy as np

from numerics.arrays import FloatArray
from numerics.conic_solvers import solve
from theory.tolerances import LINEAR_ALGEBRA

NEGLIGIBLE = 1e-10
"""A weight below this share of the cost is rounding of the program that found it."""

CONTRADICTION = "no network gives these targets: parallel samples contradict each other"


@dataclass(frozen=True)
class TwoLayer:
    """Hidden weights U (m × d) and output weights V (c × m); a bias is a constant coordinate of the data."""

    hidden: FloatArray
    output: FloatArray

    def __call__(self, samples: FloatArray) -> FloatArray:
        """Return the c × N outputs for d × N samples."""
        return self.output @ np.maximum(self.hidden @ samples, 0.0)

    @property
    def cost(self) -> float:
        """Σ_j ‖u_j‖‖v_j‖: what ½(‖U‖² + ‖V‖²) is once every neuron is balanced, its outputs unchanged."""
        sizes = np.linalg.norm(self.hidden, axis=1) * np.linalg.norm(self.output, axis=0)
        return float(np.sum(sizes))

    def balanced(self) -> "TwoLayer":
        """Return the same function with ‖u_j‖ = ‖v_j‖, dead neurons left out.

        >>> net = TwoLayer(np.array([[4.0], [0.0]]), np.array([[1.0, 1.0]])).balanced()
        >>> net.hidden.tolist(), net.output.tolist()
        ([[2.0]], [[2.0]])
        """
        ingoing, outgoing = np.linalg.norm(self.hidden, axis=1), np.linalg.norm(self.output, axis=0)
        alive = ingoing * outgoing > 0
        factor = np.sqrt(outgoing[alive] / ingoing[alive])
        return TwoLayer(self.hidden[alive] * factor[:, None], self.output[:, alive] / factor)


def cheapest_with(
    hidden: FloatArray, samples: FloatArray, targets: FloatArray
) -> tuple[TwoLayer, FloatArray] | None:
    """Return the cheapest network of these hidden directions that gives c × N targets, and multipliers c × N.

    min Σ_j ‖v_j‖ with Σ_j v_j max(Xᵀu_j, 0)ᵀ = Y: a linear program for one output (its vertices use at most N
    neurons), a second-order cone program for several. None where no network of these directions interpolates.

    >>> found = cheapest_with(np.array([[1.0], [2.0]]), np.array([[2.0]]), np.array([[3.0]]))
    >>> None if found is None else (found[0].cost, found[1].tolist())
    (1.5, [[0.5]])
    """
    directions = hidden / np.linalg.norm(hidden, axis=1)[:, None]
    features = np.maximum(directions @ samples, 0.0)
    solved = (_one_output if targets.shape[0] == 1 else _several_outputs)(features, targets)
    if solved is None:
        return None
    output, multipliers = solved
    sizes = np.linalg.norm(output, axis=0)
    used = sizes > NEGLIGIBLE * sizes.sum()
    few = interpolating(TwoLayer(directions[used], output[:, used]), samples, targets)
    # A vertex with fewer neurons than samples may miss by the program's tolerance: let all others help.
    network = few or interpolating(TwoLayer(directions, output), samples, targets)
    return None if network is None else (network, multipliers)


def _one_output(features: FloatArray, targets: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    from scipy.optimize import linprog

    count = len(features)
    solved = linprog(
        np.ones(2 * count),
        A_eq=np.vstack([features, -features]).T,
        b_eq=targets[0],
        bounds=(0.0, None),
        method="highs-ds",
    )
    if solved.x is None:
        return None
    weights = solved.x[:count] - solved.x[count:]
    return weights[None, :], np.array(solved.eqlin.marginals)[None, :]


def _several_outputs(features: FloatArray, targets: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    import cvxpy as cp

    scale = float(np.abs(targets).max()) or 1.0
    output = cp.Variable((targets.shape[0], len(features)))
    given = output @ features == targets / scale
    if not solve(cp.Problem(cp.Minimize(cp.sum(cp.norm(output, axis=0))), [given])).has_solution:
        return None
    multipliers = np.array(given.dual_value, dtype=np.float64)
    return scale * np.array(output.value), multipliers * np.sign(np.sum(multipliers * targets))


def interpolating(network: TwoLayer, samples: FloatArray, targets: FloatArray) -> TwoLayer | None:
    """Return the network with its output weights moved least so that it gives the targets to rounding.

    None where its hidden features cannot give them.

    >>> moved = interpolating(TwoLayer(np.eye(1), np.ones((1, 1))), np.array([[2.0]]), np.array([[3.0]]))
    >>> None if moved is None else moved.output.tolist()
    [[1.5]]
    """
    features = np.maximum(network.hidden @ samples, 0.0)
    output = network.output
    for _ in range(2):  # the second pass removes the rounding of the first
        error = targets - output @ features
        output = output + np.linalg.lstsq(features.T, error.T, rcond=None)[0].T
    moved = TwoLayer(network.hidden, output)
    left = float(np.linalg.norm(moved(samples) - targets))
    return moved if left <= LINEAR_ALGEBRA * (1.0 + float(np.linalg.norm(targets))) else None
