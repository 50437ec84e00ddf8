"""Many predictions at once: arrays of classes, depths, decays and samples in place of one problem."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.cross_entropy.candidates import SAME_LOSS, structures
from theory.errors import InvalidProblemError
from theory.problem import LARGEST_SIZE, Loss
from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY
from theory.tolerances import EPSILON

Floats = NDArray[np.float64]

BATCH = 2500
LARGE_BATCH = 1000
"""Cross-entropy problems at a time, and for more than `LARGE` classes: they may have many divisors."""
LARGE = 10_000

FOLD_ITERATIONS = 100
"""Newton's method halves its error at a double root: enough for half of the digits there."""


@dataclass(frozen=True)
class Sweep:
    """Predictions in arrays of the common shape of what was given.

    structure: names of the best structures. loss, rank: theirs. collapse_loss: that of the collapse point
    on its larger branch, infinite where there is none.
    """

    structure: NDArray[np.str_]
    loss: Floats
    rank: NDArray[np.int64]
    collapse_loss: Floats


def predict_many(
    *,
    loss: Loss,
    classes: ArrayLike,
    depth: ArrayLike,
    weight_decay: ArrayLike,
    samples_per_class: ArrayLike = 1,
) -> Sweep:
    """Predict balanced problems for arrays of K, L, λ and n, broadcast together.

    The same numbers as `predict`, one by one, to a few roundings.

    Raises InvalidProblemError naming the first value that breaks a rule of `Problem`.

    >>> sweep = predict_many(loss="cross-entropy", classes=[[4], [5]], depth=3, weight_decay=[1e-2, 3e-3])
    >>> sweep.structure.tolist()
    [['paired', 'paired'], ['polygon', 'polygon']]
    """
    if loss not in get_args(Loss):
        raise InvalidProblemError(f"loss {loss!r} is unknown: use one of {', '.join(get_args(Loss))}")
    given = (
        _whole_numbers("classes", classes, 2),
        _whole_numbers("depth", depth, 1),
        _decays(weight_decay),
        _whole_numbers("samples per class", samples_per_class, 1),
    )
    try:
        size, layers, decay, samples = np.broadcast_arrays(*given)
    except ValueError as error:
        shapes = ", ".join(str(each.shape) for each in given)
        raise InvalidProblemError(f"shapes {shapes} do not broadcast together: align them") from error
    solve = _cross_entropy if loss == "cross-entropy" else _squared
    found = solve(size.ravel(), layers.ravel() + 1.0, decay.ravel(), samples.ravel())
    return Sweep(
        found.structure.reshape(size.shape),
        found.loss.reshape(size.shape),
        found.rank.reshape(size.shape),
        found.collapse_loss.reshape(size.shape),
    )


def _whole_numbers(what: str, values: ArrayLike, fewest: int) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        raise InvalidProblemError(f"{what} of type {array.dtype} are not whole numbers: give integers")
    for bad in (array[(array < fewest) | (array > LARGEST_SIZE)]).ravel()[:1]:
        raise InvalidProblemError(f"{what} {bad} is not between {fewest} and {LARGEST_SIZE}: correct it")
    return array.astype(np.int64)


def _decays(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    for bad in array[~(np.isfinite(array) & (array > 0))].ravel()[:1]:
        raise InvalidProblemError(
            f"weight decay {bad} is not a positive finite number: the closed forms need λ > 0"
        )
    return array


def _cross_entropy(
    classes: NDArray[np.int64], factors: Floats, decay: Floats, samples: NDArray[np.int64]
) -> Sweep:
    """In batches of problems with like K, so that arrays stay small."""
    log_decay = np.log(decay) + np.log(samples) / factors
    order = np.argsort(classes, kind="stable")
    names = np.full(classes.size, "", dtype=object)
    rank = np.zeros(classes.size, dtype=np.int64)
    loss, collapse = np.full((2, classes.size), np.inf)
    for rows in _batches(order, classes):
        found = structures(classes[rows], factors[rows], log_decay[rows])
        losses = np.stack([each.loss for each in found])
        first = np.argmax(losses <= losses.min(axis=0) * (1 + SAME_LOSS), axis=0)
        each_row = np.arange(rows.size)
        loss[rows] = losses[first, each_row]
        rank[rows] = np.stack([each.rank for each in found])[first, each_row]
        names[rows] = [found[index].name(row) for row, index in enumerate(first.tolist())]
        collapse[rows] = losses[0]
    return Sweep(names.astype(np.str_), loss, rank, collapse)


def _batches(order: NDArray[np.intp], classes: NDArray[np.int64]) -> Iterator[NDArray[np.intp]]:
    few = int(np.searchsorted(classes[order], LARGE))
    for start in range(0, few, BATCH):
        yield order[start : min(start + BATCH, few)]
    for start in range(few, order.size, LARGE_BATCH):
        yield order[start : start + LARGE_BATCH]


def _squared(classes: NDArray[np.int64], factors: Floats, decay: Floats, samples: NDArray[np.int64]) -> Sweep:
    """Every class is a mode of target √n and decay ν = λKn: collapse or zero, all classes alike."""
    target, mode_decay = np.sqrt(samples), decay * classes * samples
    deep = factors > 2
    shape = {"target": target, "factors": np.where(deep, factors, 3.0)}
    existence = np.where(deep, EXISTENCE_DECAY(**shape), target)
    transition = np.where(deep, GLOBAL_DECAY(**shape), target)
    log_relative = np.log(mode_decay) - (1 - 1 / factors) * np.log(samples)
    lost = _lost_fraction(np.minimum(log_relative, 0.0), factors)
    kept_power = np.exp(2 / factors * np.log1p(-np.minimum(lost, 1 - EPSILON)))
    with np.errstate(over="ignore"):
        loss = lost**2 / 2 + factors / 2 * np.exp(log_relative) * kept_power
    loss = np.where((mode_decay < existence) & np.isfinite(loss), loss, np.inf)
    kept = (mode_decay <= transition) & (loss < 0.5)
    names = np.where(kept, "collapse", "zero")
    return Sweep(names, np.where(kept, loss, 0.5), np.where(kept, classes, 0), loss)


def _lost_fraction(log_relative: Floats, factors: Floats) -> Floats:
    """u = 1 − σ/y on the branch of the large root: log u + (1 − 2/F) log(1 − u) = log κ.

    Newton's method in log u from κ: the left side is concave and rises up to the fold at F/(2(F−1)).
    """
    bend = 1 - 2 / factors
    fold = np.log(factors / (2 * (factors - 1)))
    place = np.minimum(log_relative, fold)
    for _ in range(FOLD_ITERATIONS):
        lost = np.minimum(np.exp(place), 1 - EPSILON)
        slope = np.maximum(1 - bend * lost / (1 - lost), EPSILON)
        moved = np.minimum(place - (place + bend * np.log1p(-lost) - log_relative) / slope, fold)
        if np.all(np.abs(moved - place) <= 2 * EPSILON * np.abs(place)):
            break
        place = moved
    return np.exp(place)
