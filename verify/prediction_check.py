"""A prediction held against descent: where gradient descent ends from random starts.

Descent may end in another critical point than the predicted one; that is reported, not an error.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import Descent, chain_product, descend_cross_entropy, descend_squared_loss
from theory.errors import UsageError
from theory.prediction import Candidate, Prediction
from theory.problem import Problem
from theory.tolerances import CLOSED_FORM, NUMERICAL_RANK

MOMENTUM: Final = 0.9
STAGES: Final = 30
STEPS_PER_STAGE: Final = 2_000
GROWTH: Final = 2.0
"""The step grows by this factor after a stage that lowered the loss: curvature falls towards an optimum."""
RETREAT: Final = 0.25
"""A stage that raised the loss is undone and tried again with this fraction of its step."""


@dataclass(frozen=True)
class DescentCheck:
    """Where descent from one seed ended.

    Parameters
    ----------
    seed, status, steps: the start, how descent ended, and after how many steps.
    loss, excess_loss: the loss, and by how much it exceeds the best candidate's.
    rank, singular_values: of the logits, largest first, as many as the rank or the predicted one.
    nearest, distance: the candidate whose singular values are nearest, and how far they are, relative
        to the larger of the two norms.
    """

    seed: int
    status: str
    steps: int
    loss: float
    excess_loss: float
    rank: int
    singular_values: tuple[float, ...]
    nearest: str
    distance: float


MOST_ENTRIES = 2e6
"""Numbers to train beyond which a descent takes minutes: leave such checks to a machine of their own."""


def check_prediction(
    prediction: Prediction, count: int, seed: int = 0, on_done: Callable[[DescentCheck], None] | None = None
) -> list[DescentCheck]:
    """Descend from the seeds `seed`, …, `seed + count − 1` and compare with the candidates.

    Raises UsageError when the target matrix that the spectrum describes cannot be centred, and for
    problems too large to descend on.

    >>> from theory.prediction import predict
    >>> problem = Problem(loss="squared", classes=3, depth=1, weight_decay=0.05)
    >>> check_prediction(predict(problem), 1)[0].nearest
    'collapse'
    """
    _refuse_what_would_not_end(prediction.problem)
    targets = target_matrix(prediction.problem)
    checks: list[DescentCheck] = []
    for each in range(seed, seed + count):
        checks.append(_check(prediction, targets, each))
        if on_done is not None:
            on_done(checks[-1])
    return checks


def _refuse_what_would_not_end(problem: Problem) -> None:
    width = problem.width or problem.classes
    entries = max(problem.classes, width) * (problem.samples + problem.depth * width)
    if entries > MOST_ENTRIES:
        raise UsageError(
            f"descent would train {entries:.1g} numbers, above {MOST_ENTRIES:.0g}: leave out --check"
        )


def target_matrix(problem: Problem) -> FloatArray:
    """One-hot columns class by class, or a centred matrix with the problem's target spectrum."""
    spectrum = problem.target_spectrum
    if spectrum is None:
        return np.repeat(np.eye(problem.classes), problem.sizes, axis=1)
    kept = [value for value in spectrum if value > 0]
    if len(kept) > problem.samples - 1:
        raise UsageError(
            f"{len(kept)} target singular values and {problem.samples} samples: a centred target matrix has "
            "a lower rank than samples; raise --samples-per-class to check by descent"
        )
    # Cosines of a discrete Fourier basis (DCT-II without its constant) are orthonormal and centred.
    place = (np.arange(problem.samples) + 0.5) * math.pi / problem.samples
    rows = [value * math.sqrt(2 / problem.samples) * np.cos((j + 1) * place) for j, value in enumerate(kept)]
    targets = np.zeros((problem.classes, problem.samples))
    if rows:
        targets[: len(rows)] = rows
    return targets


def _check(prediction: Prediction, targets: FloatArray, seed: int) -> DescentCheck:
    start = _start(prediction, seed)
    descent = _descend(prediction, start, targets)
    values: FloatArray = np.linalg.svd(descent.product, compute_uv=False).astype(np.float64)
    scale = max(values[0], np.linalg.norm(chain_product(start), 2))
    kept = np.where(values > NUMERICAL_RANK * scale, values, 0.0)
    distances = {candidate.structure: _distance(kept, candidate) for candidate in prediction.candidates}
    nearest = min(distances, key=lambda name: distances[name])
    rank = int(np.count_nonzero(kept))
    return DescentCheck(
        seed=seed,
        status=descent.status,
        steps=descent.steps,
        loss=descent.loss,
        excess_loss=descent.loss - prediction.best.loss,
        rank=rank,
        singular_values=tuple(float(value) for value in values[: max(rank, prediction.best.rank)]),
        nearest=nearest,
        distance=distances[nearest],
    )


def _start(prediction: Prediction, seed: int) -> list[FloatArray]:
    """Gaussian factors about as large as the predicted ones: much smaller ones would fall to zero."""
    problem = prediction.problem
    size = _largest(prediction) ** (1 / problem.factors)
    width = problem.width or problem.classes
    shapes = chain_shapes(classes=problem.classes, samples=problem.samples, depth=problem.depth, width=width)
    rng = np.random.default_rng(seed)
    return [
        factor
        for shape in shapes
        for factor in gaussian_factors([shape], scale=size / math.sqrt(max(shape)), rng=rng)
    ]


def _largest(prediction: Prediction) -> float:
    """Return the largest singular value of any candidate; where zero is the only one, of the targets."""
    values = [runs[0][0] for runs in (c.logit_singular_values for c in prediction.candidates) if runs]
    return max(values) if values else max(*prediction.problem.targets, 1.0)


def _descend(prediction: Prediction, start: list[FloatArray], targets: FloatArray) -> Descent:
    """Descend in stages, from the step that the curvature at the predicted scale allows."""
    problem = prediction.problem
    curvature = (0.5 if problem.loss == "cross-entropy" else 1.0) * problem.factors / problem.samples
    power = 2 * (problem.factors - 1) / problem.factors
    step = 1 / (curvature * _largest(prediction) ** power + problem.weight_decay)
    best = _stage(problem, start, targets, step)
    steps = best.steps
    for _ in range(1, STAGES):
        if best.status == "stationary":
            break
        further = best.status != "diverged"
        tried = _stage(problem, best.factors if further else start, targets, step)
        steps += tried.steps
        lower = tried.loss <= best.loss * (1 + CLOSED_FORM)
        if tried.status != "diverged" and (lower or not further):
            best, step = tried, step * GROWTH
        else:
            step *= RETREAT
    return replace(best, steps=steps)


def _stage(problem: Problem, start: Sequence[FloatArray], targets: FloatArray, step: float) -> Descent:
    if problem.loss == "cross-entropy":
        labels = targets.argmax(axis=0)
        return descend_cross_entropy(
            start, labels, problem.weight_decay, step=step, max_steps=STEPS_PER_STAGE, momentum=MOMENTUM
        )
    return descend_squared_loss(
        start,
        targets,
        problem.weight_decay,
        free_bias=problem.target_spectrum is not None,
        step=step,
        max_steps=STEPS_PER_STAGE,
        momentum=MOMENTUM,
    )


def _distance(values: FloatArray, candidate: Candidate) -> float:
    expected = np.zeros_like(values)
    given = [value for value, count in candidate.logit_singular_values for _ in range(count)]
    expected[: len(given)] = sorted(given, reverse=True)
    scale = max(np.linalg.norm(values), np.linalg.norm(expected))
    return float(np.linalg.norm(values - expected) / scale) if scale > 0 else 0.0
