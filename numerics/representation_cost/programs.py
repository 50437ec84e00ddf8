"""The problems in cvxpy, as semidefinite programs or with the nuclear norm, compiled once per shape.

λ‖Z‖_* = min{λ/2 (tr A + tr B) : [[A, Z], [Zᵀ, B]] ⪰ 0} (Fazel, Hindi, Boyd 2001). All numbers are
parameters (disciplined parametrised programming), so that a second problem of the same shape is not
compiled again; labels and the places of required margins are part of the shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.representation_cost.fits import (
    Alignment,
    CrossEntropy,
    Fit,
    Interpolation,
    Margins,
    SquaredLoss,
)
from numerics.representation_cost.problem import CostProblem

Form: TypeAlias = Literal["semidefinite", "nuclear norm"]
COMPILED = 32
"""Programs kept; one of K = 40 takes some tens of megabytes."""


@dataclass(frozen=True)
class Program:
    """A compiled program: cvxpy's problem, its parameters by name, Z, and how to read the multipliers P."""

    problem: Any
    parameters: dict[str, Any]
    matrix: Any
    multipliers: Callable[[], FloatArray]


@dataclass(frozen=True)
class _Shape:
    """All that a program depends on but numbers."""

    kind: type[Fit]
    form: Form
    rows: int
    inner: int
    samples: int
    diagonal: bool
    labels: tuple[int, ...]
    places: bytes


def program_for(problem: CostProblem, form: Form) -> Program:
    """The compiled program of a problem's shape, its parameters set to the problem's numbers."""
    fit = problem.fit
    labels = tuple(fit.labels.tolist()) if isinstance(fit, (Margins, CrossEntropy)) else ()
    places = np.isfinite(fit.required).tobytes() if isinstance(fit, Margins) else b""
    diagonal = problem.scales is not None
    program = _compiled(_Shape(type(fit), form, *problem.shape, fit.shape[1], diagonal, labels, places))
    for name, value in _numbers(problem).items():
        program.parameters[name].value = value
    return program


def _numbers(problem: CostProblem) -> dict[str, Any]:
    """The values of the parameters."""
    fit = problem.fit
    scales = problem.scales
    inputs = problem.inputs if scales is None else np.tile(scales, (fit.shape[0], 1))
    numbers: dict[str, Any] = {"inputs": inputs, "weight": problem.weight}
    if isinstance(fit, Margins):
        numbers["required"] = fit.required[np.isfinite(fit.required)]
    elif isinstance(fit, Interpolation):
        numbers["targets"] = fit.targets
    elif isinstance(fit, CrossEntropy):
        numbers["shares"] = fit.shares
    elif isinstance(fit, SquaredLoss):
        roots = np.tile(np.sqrt(fit.shares), (fit.shape[0], 1))
        numbers |= {"roots": roots, "targets": roots * fit.targets}
    else:
        numbers["directions"] = fit.directions
    return numbers


@lru_cache(maxsize=COMPILED)
def _compiled(shape: _Shape) -> Program:
    import cvxpy as cp

    logits = (shape.rows, shape.samples)
    parameters: dict[str, Any] = {
        "inputs": cp.Parameter(logits if shape.diagonal else (shape.inner, shape.samples)),
        "weight": cp.Parameter(nonneg=True),
    }
    matrix, norm = _matrix_and_norm(shape)
    inputs: Any = parameters["inputs"]
    outputs = cp.multiply(inputs, matrix) if shape.diagonal else matrix @ inputs
    penalty = parameters["weight"] * norm
    if shape.kind is Margins:
        return _margins(shape, parameters, matrix, outputs, penalty)
    if shape.kind is Interpolation:
        parameters["targets"] = cp.Parameter(logits)
        met = outputs == parameters["targets"]
        return Program(
            cp.Problem(cp.Minimize(penalty), [met]), parameters, matrix, lambda: -_value(met.dual_value)
        )
    free = cp.Variable(logits)  # parameters may not meet in one product
    tied = free == outputs
    loss = _loss(shape, parameters, free)
    return Program(
        cp.Problem(cp.Minimize(loss + penalty), [tied]), parameters, matrix, lambda: _value(tied.dual_value)
    )


def _matrix_and_norm(shape: _Shape) -> tuple[Any, Any]:
    """Z and ‖Z‖_*."""
    import cvxpy as cp

    if shape.form == "nuclear norm":
        matrix: Any = cp.Variable((shape.rows, shape.inner))
        return matrix, cp.normNuc(matrix)
    whole: Any = cp.Variable((shape.rows + shape.inner,) * 2, PSD=True)
    return whole[: shape.rows, shape.rows :], cp.trace(whole) / 2


def _margins(shape: _Shape, parameters: dict[str, Any], matrix: Any, outputs: Any, penalty: Any) -> Program:
    """Margins as rows of a sparse matrix of 1 and −1 that acts on the outputs, row by row."""
    import cvxpy as cp
    from scipy.sparse import coo_matrix

    places = np.frombuffer(shape.places, dtype=bool).reshape(shape.rows, shape.samples)
    rivals, samples = np.nonzero(places)
    labels = np.array(shape.labels)
    count = np.arange(rivals.size)
    own, other = labels[samples] * shape.samples + samples, rivals * shape.samples + samples
    difference = coo_matrix(
        (np.r_[np.ones(count.size), -np.ones(count.size)], (np.r_[count, count], np.r_[own, other])),
        shape=(count.size, places.size),
    ).tocsr()
    parameters["required"] = cp.Parameter(count.size)
    met: Any = difference @ cp.vec(outputs, order="C") >= parameters["required"]

    def multipliers() -> FloatArray:
        alone = np.zeros(places.shape)
        alone[rivals, samples] = np.maximum(_value(met.dual_value), 0.0)
        return Margins(np.where(places, 0.0, -np.inf), labels).pull(alone)

    return Program(cp.Problem(cp.Minimize(penalty), [met]), parameters, matrix, multipliers)


def _loss(shape: _Shape, parameters: dict[str, Any], outputs: Any) -> Any:
    import cvxpy as cp

    logits = (shape.rows, shape.samples)
    if shape.kind is CrossEntropy:
        own = np.zeros(logits)
        own[list(shape.labels), np.arange(shape.samples)] = 1.0
        parameters["shares"] = cp.Parameter(shape.samples, nonneg=True)
        each = cp.log_sum_exp(outputs, axis=0) - cp.sum(cp.multiply(own, outputs), axis=0)
        return cp.sum(cp.multiply(parameters["shares"], each))
    if shape.kind is SquaredLoss:
        parameters["roots"], parameters["targets"] = cp.Parameter(logits, nonneg=True), cp.Parameter(logits)
        return cp.sum_squares(cp.multiply(parameters["roots"], outputs) - parameters["targets"]) / 2
    assert shape.kind is Alignment
    parameters["directions"] = cp.Parameter(logits)
    return -cp.sum(cp.multiply(parameters["directions"], outputs))


def _value(value: Any) -> FloatArray:
    """Turn one of cvxpy's untyped values into an array."""
    return np.array(value, dtype=np.float64)
