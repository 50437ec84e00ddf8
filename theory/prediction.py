"""What training will find, before training: the best known structure and its numbers.

"Best" means the lowest loss among the candidates listed in the result. For the squared loss they
include the global optimum (proved); for cross-entropy they are the structures known so far, and the
true optimum may be lower: for K = 9, 10, 11 and more and L ≥ 3 descent finds spherical codes without a
closed form, up to a tenth lower.

Losses and scales are solved in logarithms: they carry about 12 digits for K up to 10⁷, L in the hundreds and
decays down to 1e-300 (fewer next to the decay at which a structure ceases to exist, a double root).
"""

import math
from dataclasses import dataclass

import numpy as np

from theory.cross_entropy.candidates import SAME_LOSS, Structures, structures
from theory.cross_entropy.collapse import COLLAPSE, TURNING_SCALE, tie_with_zero_scale
from theory.cross_entropy.products import Part
from theory.cross_entropy.stability import log_stability_decay, stability_scale
from theory.cross_entropy.unequal_sizes import unequal_structures
from theory.cross_entropy.zero_thresholds import thresholds
from theory.problem import Problem
from theory.squared_loss.modes import MODE_LOSS, Mode, large_root, optimal_mode

Runs = tuple[tuple[float, int], ...]
"""Values with multiplicities, largest first."""


@dataclass(frozen=True)
class Candidate:
    """A critical structure.

    `scale` is None where one number does not describe it; singular values of the logits come as runs.
    `existence` and `global_` are the largest weight decays λ at which a structure made of one code at one
    scale exists, and at which it is no worse than zero; None for other structures.
    """

    structure: str
    scale: float | None
    loss: float
    rank: int
    logit_singular_values: Runs
    existence: float | None = None
    global_: float | None = None


@dataclass(frozen=True)
class CollapsePoint:
    """The collapse point on its larger branch, and whether its Hessian is positive semidefinite."""

    scale: float
    loss: float
    stable: bool


@dataclass(frozen=True)
class Thresholds:
    """Largest weight decays λ at which collapse exists, is no worse than zero, and is stable.

    Stable: its Hessian is positive semidefinite. None where the notion does not apply. For many classes
    the last one underflows to 0; `log_stability`, its natural logarithm, does not.
    """

    existence: float | None
    global_: float | None
    stability: float | None
    log_stability: float | None = None


@dataclass(frozen=True)
class Prediction:
    """The best candidate, all candidates by loss, the collapse point, and the thresholds in λ.

    `duality_gap`: the best candidate's loss minus a lower bound of every loss, where there is such a bound
    (cross-entropy, unequal class sizes, one weight matrix).
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    collapse: CollapsePoint | None
    thresholds: Thresholds
    duality_gap: float | None = None

    @property
    def best(self) -> Candidate:
        """The candidate of lowest loss."""
        return self.candidates[0]

    @property
    def factor_singular_values(self) -> Runs:
        """Singular values of each balanced factor: σ^{1/F} of the logits' σ."""
        power = 1 / self.problem.factors
        return tuple((value**power, count) for value, count in self.best.logit_singular_values)


def predict(problem: Problem) -> Prediction:
    """Predict the optimum of a problem from closed forms alone.

    >>> predict(Problem(loss="cross-entropy", classes=4, depth=3, weight_decay=0.01)).best.structure
    'paired'
    """
    if problem.loss == "cross-entropy":
        return _predict_cross_entropy(problem) if problem.balanced else _predict_unequal(problem)
    return _predict_squared_loss(problem)


def _sorted(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates, key=lambda candidate: (candidate.loss, candidate.rank)))


def _predict_cross_entropy(problem: Problem) -> Prediction:
    classes, factors = problem.classes, problem.factors
    log_size = math.log(problem.class_size)
    log_decay = math.log(problem.weight_decay) + log_size / factors
    found = structures(classes, np.array([float(factors)]), np.array([log_decay]))
    candidates = _candidates(found, problem)

    unit = math.exp(-log_size / factors)  # λ per μ
    turning = float(TURNING_SCALE(classes=classes, factors=factors))
    stable_from = stability_scale(classes, factors)
    log_stability = log_stability_decay(classes, factors) - log_size / factors

    def decay(scale: float) -> float:
        if scale == 0:  # F = 2: the limit of μ as α → 0
            return unit / classes
        return unit * math.exp(COLLAPSE.log_decay(scale=scale, classes=classes, factors=factors))

    of_collapse = Thresholds(
        decay(turning),
        decay(tie_with_zero_scale(classes, factors)),
        math.exp(log_stability),
        log_stability,
    )
    point = next((candidate for candidate in candidates if candidate.structure == "collapse"), None)
    collapse = None
    if point is not None and point.scale is not None:
        collapse = CollapsePoint(point.scale, point.loss, point.scale >= stable_from)
    return Prediction(problem, _sorted(candidates), collapse, of_collapse)


def _predict_unequal(problem: Problem) -> Prediction:
    """No collapse point and no thresholds: the simplex is critical for equal sizes only."""
    found = unequal_structures(problem.sizes, problem.factors, problem.weight_decay)
    candidates = [
        Candidate(each.name, 0.0 if each.rank == 0 else None, each.loss, each.rank, each.values)
        for each in found
    ]
    return Prediction(problem, tuple(candidates), None, Thresholds(None, None, None), found[0].gap)


def _candidates(found: list[Structures], problem: Problem) -> list[Candidate]:
    """Those with a critical point; of two that agree in loss and rank the first."""
    stretch = math.sqrt(problem.class_size)
    kept: list[Candidate] = []
    for each in found:
        loss, rank = float(each.loss[0]), int(each.rank[0])
        known = any(abs(loss - other.loss) <= SAME_LOSS * loss and rank == other.rank for other in kept)
        if math.isfinite(loss) and not known:
            values = tuple((value * stretch, count) for value, count in each.spectrum(0))
            ties = _against_zero(each.part(0), problem)
            kept.append(Candidate(each.name(0), each.scale(0), loss, rank, values, *ties))
    return kept


def _against_zero(part: Part | None, problem: Problem) -> tuple[float | None, float | None]:
    """Decays λ up to which copies of a code exist, and are no worse than zero."""
    if part is None:
        return None, None
    unit = -math.log(problem.class_size) / problem.factors
    existence, tie = thresholds(part, problem.classes, problem.factors)
    return math.exp(existence + unit), math.exp(tie + unit)


def _runs(values: list[float]) -> Runs:
    runs: list[tuple[float, int]] = []
    for value in sorted(values, reverse=True):
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
    return tuple(runs)


def _predict_squared_loss(problem: Problem) -> Prediction:
    decay, factors, samples = problem.mode_decay, problem.factors, problem.samples
    optima = {target: optimal_mode(target, decay, factors) for target in set(problem.targets)}
    modes = [optima[target] for target in problem.targets]
    kept = [mode.singular_value for mode in modes if mode.singular_value > 0]
    balanced = len(optima) == 1 and problem.target_spectrum is None
    scale = kept[0] / problem.targets[0] if balanced and kept else None
    zero = Candidate("zero", 0.0, sum(target**2 / 2 for target in problem.targets) / samples, 0, ())
    candidates = [zero]
    if kept:
        loss = sum(mode.loss for mode in modes) / samples
        candidates.append(Candidate(_squared_name(problem, modes), scale, loss, len(kept), _runs(kept)))
    if not balanced:
        return Prediction(problem, _sorted(candidates), None, Thresholds(None, None, None))
    collapse = _squared_collapse(problem)
    if collapse is not None and not kept:
        values = ((collapse.scale * problem.targets[0], problem.classes),)
        candidates.append(Candidate("collapse", collapse.scale, collapse.loss, problem.classes, values))
    existence, transition = modes[0].existence_decay / samples, modes[0].global_decay / samples
    return Prediction(problem, _sorted(candidates), collapse, Thresholds(existence, transition, existence))


def _squared_name(problem: Problem, modes: list[Mode]) -> str:
    if problem.target_spectrum is not None:
        return "regression-collapse"
    return "collapse" if all(mode.singular_value > 0 for mode in modes) else "minority-collapse"


def _squared_collapse(problem: Problem) -> CollapsePoint | None:
    target = problem.targets[0]
    root = large_root(target, problem.mode_decay, problem.factors)
    if root is None:
        return None
    loss = MODE_LOSS(
        singular_value=root, target=target, mode_decay=problem.mode_decay, factors=problem.factors
    )
    return CollapsePoint(root / target, float(loss) * problem.classes / problem.samples, stable=True)
