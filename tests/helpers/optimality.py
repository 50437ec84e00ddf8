"""The Karush–Kuhn–Tucker conditions of min h(ZX) + λ‖Z‖_*, checked without anything that solves it.

Sign convention: P pulls the outputs up. It is the slope of the optimal cost in what is asked (m, Y), minus
the slope of the loss in the outputs, and PXᵀ ∈ λ∂‖Z‖_*.
"""

from dataclasses import astuple, dataclass

import numpy as np

from numerics.arrays import FloatArray
from numerics.representation_cost import CostProblem, RepresentationCost
from numerics.representation_cost.fits import CrossEntropy, Interpolation, Margins, SquaredLoss


@dataclass(frozen=True)
class Residuals:
    """How far each condition is from holding; all zero at an optimum."""

    primal: float
    dual_cone: float
    complementarity: float
    stationarity: float


def residuals(problem: CostProblem, matrix: FloatArray, multipliers: FloatArray) -> Residuals:
    """The four residuals, relative to the sizes involved."""
    outputs = matrix @ problem.inputs
    spectrum = np.linalg.svd(matrix, compute_uv=False)
    pull = multipliers @ problem.inputs.T
    beyond = max(0.0, np.linalg.norm(pull, 2) / problem.weight - 1.0)
    # ‖PXᵀ‖ ≤ λ and ⟨PXᵀ, Z⟩ = λ‖Z‖_* together are PXᵀ ∈ λ∂‖Z‖_*
    aligned = abs(np.sum(pull * matrix) / problem.weight - spectrum.sum()) / (spectrum.sum() + 1.0)
    cone, slackness = _fit_conditions(problem, outputs, multipliers)
    scale = np.abs(outputs).max() + 1.0
    return Residuals(
        float(_shortfall(problem, outputs) / scale),
        float(cone / (np.abs(multipliers).max() + 1.0)),
        float(slackness / (abs(np.sum(multipliers * outputs)) + 1.0)),
        float(max(beyond, aligned)),
    )


def assert_optimal(problem: CostProblem, cost: RepresentationCost, tolerance: float) -> None:
    """Z and P of a solution meet every condition, and its value and bound are what they claim."""
    found = residuals(problem, cost.matrix, cost.multipliers)
    assert max(astuple(found)) <= tolerance, found
    outputs = cost.matrix @ problem.inputs
    norm = np.linalg.svd(cost.matrix, compute_uv=False).sum()
    value = problem.fit.value(outputs) + problem.weight * norm
    assert abs(cost.value - value) <= tolerance * (abs(value) + 1)
    assert abs(cost.gap) <= tolerance * (abs(value) + 1)


def _shortfall(problem: CostProblem, outputs: FloatArray) -> float:
    fit = problem.fit
    if isinstance(fit, Interpolation):
        return float(np.abs(outputs - fit.targets).max())
    if not isinstance(fit, Margins):
        return 0.0
    asked = [(j, i) for j in range(fit.shape[0]) for i in range(fit.shape[1]) if j != fit.labels[i]]
    lacking = (float(fit.required[j, i] - outputs[fit.labels[i], i] + outputs[j, i]) for j, i in asked)
    return max(0.0, *lacking)


def _fit_conditions(
    problem: CostProblem, outputs: FloatArray, multipliers: FloatArray
) -> tuple[float, float]:
    """Distance of P from its cone, and of the pair from complementarity, or of P from −∇h."""
    fit = problem.fit
    if isinstance(fit, Interpolation):  # free multipliers
        return 0.0, float(abs(np.sum(multipliers * (fit.targets - outputs))))
    if isinstance(fit, Margins):
        return _margin_conditions(fit, outputs, multipliers)
    if isinstance(fit, CrossEntropy):
        weights = np.exp(outputs - outputs.max(axis=0))
        own = np.eye(fit.classes)[:, fit.labels]
        expected = fit.shares * (own - weights / weights.sum(axis=0))
    elif isinstance(fit, SquaredLoss):
        expected = fit.shares * (fit.targets - outputs)
    else:
        expected = fit.directions
    scale = np.abs(expected).max() or 1.0
    return float(np.abs(multipliers.sum(axis=0)).max() if isinstance(fit, CrossEntropy) else 0.0), float(
        # a gap of ε leaves P within √ε of the gradient
        np.abs(multipliers - expected).max() ** 2 / scale**2
    )


def _margin_conditions(fit: Margins, outputs: FloatArray, multipliers: FloatArray) -> tuple[float, float]:
    """Columns of P sum to zero; α ≥ 0, none where nothing is asked; Σ α (margin − m) = 0."""
    columns = np.arange(fit.labels.size)
    alone = -multipliers.copy()
    alone[fit.labels, columns] = 0.0
    asked = np.isfinite(fit.required)
    cone = max(
        np.abs(multipliers.sum(axis=0)).max(),
        np.max(-alone, initial=0.0),
        np.max(np.abs(alone[~asked]), initial=0.0),
    )
    margins = outputs[fit.labels, columns] - outputs
    return float(cone), float(abs(np.sum(alone[asked] * (margins[asked] - fit.required[asked]))))
