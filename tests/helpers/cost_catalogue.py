"""Problems min h(ZX) + λ‖Z‖_* whose answers are known by hand, for every solver to meet."""

import math
from dataclasses import dataclass

import numpy as np

from numerics.arrays import FloatArray
from numerics.representation_cost import (
    CostProblem,
    Solver,
    Status,
    class_inputs,
    interpolation,
    margins,
    penalised_alignment,
    penalised_cross_entropy,
    penalised_squared_loss,
)


@dataclass(frozen=True)
class Known:
    """A problem, its optimal value, its optimal matrix where there is one only, and its status."""

    problem: CostProblem
    value: float
    matrix: FloatArray | None = None
    status: Status = "optimal"

    @property
    def solvers(self) -> tuple[Solver, ...]:
        """Our own solver does margins on free features only."""
        general = self.problem.fit.name == "margins" and self.problem.scales is None
        return ("clarabel", "scs") if general else ("clarabel", "scs", "own")


def simplex(classes: int) -> FloatArray:
    return np.eye(classes) - 1.0 / classes


def paired(classes: int) -> FloatArray:
    pairs = np.kron(np.eye(classes // 2), np.array([[1.0, -1.0], [-1.0, 1.0]]))
    return np.asarray(pairs, dtype=np.float64)


def margins_of(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.diag(matrix) - matrix, dtype=np.float64)


def nuclear(matrix: FloatArray) -> float:
    return float(np.linalg.svd(matrix, compute_uv=False).sum())


def _only(classes: int, *places: tuple[int, int]) -> FloatArray:
    """Margins of one at a few places."""
    required = np.full((classes, classes), -np.inf)
    for row, column in places:
        required[row, column] = 1.0
    return required


def _soft_thresholded(values: FloatArray, weight: float) -> float:
    """½ Σ(y − σ)²/N + λΣσ at σ = (y − Nλ)₊, for N diagonal targets."""
    count = values.size
    kept = np.maximum(values - count * weight, 0.0)
    return float(0.5 * np.sum((values - kept) ** 2) / count + weight * kept.sum())


SIZES = (1, 4, 9)
CODE = simplex(3) * np.sqrt(np.array(SIZES))
DIAGONAL = np.array([3.0, 1.0, 0.5])
LINE = np.outer([3.0, 4.0], [1.0, 2.0, 2.0])  # 5 · 3
PLANE = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
BALANCED = 0.1
SCALE = math.log(1 / BALANCED - 2)
"""Collapse at depth one: α = log(1/λ − K + 1) at n = 1."""

CATALOGUE: dict[str, Known] = {
    **{
        f"simplex, K = {classes}": Known(
            margins(np.ones((classes, classes))), classes - 1.0, simplex(classes)
        )
        for classes in (2, 3, 5, 8)
    },
    "simplex, margins 3": Known(margins(np.full((4, 4), 3.0)), 9.0, 3 * simplex(4)),
    "simplex, two columns a class": Known(
        margins(np.ones((3, 6)), labels=[0, 1, 2, 0, 1, 2]), 2 * math.sqrt(2), np.tile(simplex(3), 2)
    ),
    "simplex, inputs turned": Known(
        margins(np.ones((2, 2)), inputs=[[0.6, -0.8], [0.8, 0.6]]),
        1.0,
        simplex(2) @ np.array([[0.6, 0.8], [-0.8, 0.6]]),
    ),
    # UVᵀ = P/2 has its multipliers ½ at the partners: Σ½·2 = K
    "orthoplex": Known(margins(margins_of(paired(4))), 4.0),
    "orthoplex, partners only": Known(margins(np.where(paired(6) < 0, 2.0, -np.inf)), 6.0, paired(6)),
    "orthoplex interpolated": Known(interpolation(paired(4)), 4.0, paired(4)),
    "diagonal targets": Known(interpolation(np.diag(DIAGONAL)), 4.5, np.diag(DIAGONAL)),
    "diagonal targets, squared loss": Known(
        penalised_squared_loss(np.diag(DIAGONAL), 0.25),
        _soft_thresholded(DIAGONAL, 0.25),
        np.diag(np.maximum(DIAGONAL - 0.75, 0.0)),
    ),
    "rank one": Known(interpolation(LINE), 15.0, LINE),
    "rank one, from one input": Known(  # z_1 − z_2 ≥ 1 twice
        margins(np.ones((2, 2)), inputs=[[1.0, -1.0]]), math.sqrt(0.5), np.array([[0.5], [-0.5]])
    ),
    "rank one, a single margin": Known(
        margins(_only(3, (1, 0))), math.sqrt(0.5), np.outer([0.5, -0.5, 0.0], [1.0, 0.0, 0.0])
    ),
    "more samples than dimensions": Known(
        interpolation(np.diag([2.0, 1.0]) @ PLANE, inputs=PLANE), 3.0, np.diag([2.0, 1.0])
    ),
    "fewer samples than dimensions": Known(  # Z = YX⁺
        interpolation([[2.0], [0.0]], inputs=[[3.0], [4.0]]), 0.4, np.array([[0.24, 0.32], [0.0, 0.0]])
    ),
    "imbalanced": Known(margins(np.ones((3, 3)), inputs=class_inputs(SIZES)), nuclear(CODE), CODE),
    "imbalanced, two classes": Known(
        margins(np.ones((2, 2)), inputs=class_inputs((1, 7))), 2.0
    ),  # √((n_1 + n_2)/2)
    "balanced cross-entropy": Known(
        penalised_cross_entropy([0, 1, 2], BALANCED),
        math.log(1 + 2 * math.exp(-SCALE)) + 2 * BALANCED * SCALE,
        SCALE * simplex(3),
    ),
    "cross-entropy, zero": Known(penalised_cross_entropy([0, 1, 2], 0.4), math.log(3.0), np.zeros((3, 3))),
    "alignment": Known(penalised_alignment(np.diag(DIAGONAL), 3.5), 0.0, np.zeros((3, 3))),
    "ties: alignment at its edge": Known(penalised_alignment(np.eye(2), 1.0), 0.0),
    "ties: equal singular values": Known(
        penalised_squared_loss(np.eye(3), 0.1), _soft_thresholded(np.ones(3), 0.1), 0.7 * np.eye(3)
    ),
    "ties: a mode at its threshold": Known(
        penalised_squared_loss(np.diag([2.0, 1.0]), 0.5),
        _soft_thresholded(np.array([2.0, 1.0]), 0.5),
        np.diag([1.0, 0.0]),
    ),
    "ties: one class asks for nothing": Known(margins([[0.0, 1.0], [0.0, 0.0]]), math.sqrt(0.5)),
    "margins met by zero": Known(margins(-np.ones((3, 3))), 0.0, np.zeros((3, 3))),
    "zero interpolated": Known(interpolation(np.zeros((2, 3))), 0.0, np.zeros((2, 3))),
    "infeasible margins": Known(
        margins(np.ones((3, 3)), inputs=np.ones((2, 3))), math.inf, status="infeasible"
    ),
    "infeasible margins, one pair": Known(
        margins(np.ones((2, 4)), labels=[0, 1, 0, 1], inputs=[[1.0, 2.0, 3.0, 3.0]]),
        math.inf,
        status="infeasible",
    ),
    "infeasible interpolation": Known(
        interpolation([[1.0, 2.0]], inputs=[[1.0, 1.0]]), math.inf, status="infeasible"
    ),
    "unbounded": Known(penalised_alignment(np.diag(DIAGONAL), 2.5), -math.inf, status="unbounded"),
}
