"""Chosen quantities at chosen steps of a descent, handed on as they come.

Between those steps the kernels run as if nobody watched.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeAlias, get_args

import numpy as np

from numerics.arrays import FloatArray, IntegerArray
from numerics.metrics.spectrum import effective_rank
from theory.errors import InvalidProblemError

Quantity: TypeAlias = Literal[
    "loss", "singular-values", "weight-singular-values", "within-class-variation", "margins", "effective-rank"
]

BEYOND: Final = 2**62
"""Later than the last step of any descent."""


@dataclass(frozen=True)
class Snapshot:
    """A model at one step: weights from the input side, what enters the last of them, and the outputs.

    `labels` is None for a regression.
    """

    weights: tuple[FloatArray, ...]
    features: FloatArray
    outputs: FloatArray
    labels: IntegerArray | None


class Pictured(Protocol):
    """A model that can be looked at."""

    def snapshot(self) -> Snapshot:
        """Return copies of weights, features and outputs."""
        ...


@dataclass(frozen=True)
class Record:
    """The quantities asked for, by name, after `step` steps."""

    step: int
    values: dict[Quantity, Any]


@dataclass
class Recorder:
    """What to record of a descent, and when; pass it as `recorder`.

    Parameters
    ----------
    quantities
        "loss"; "singular-values" of the K × N outputs; "weight-singular-values", one array a weight;
        "within-class-variation" (TCV) (1/N)Σ‖h_i − mean of its class‖² of what enters the last weight;
        "margins", for each sample the logit of its class less the largest other; "effective-rank" of the
        outputs, 0 where they are zero.
    steps
        After which steps: a list, or one number for every so many, beginning with 0.
    receive
        Called with every record as it is made; left out, they are collected in `records`.

    Raises
    ------
    InvalidProblemError
        For an unknown quantity, a step below 0, or (when recording) classes asked of a regression.

    Examples
    --------
    >>> from numerics.descent.linear_chain import descend_cross_entropy
    >>> recorder = Recorder(("loss", "margins"), steps=[0, 100])
    >>> start = [np.eye(2), np.eye(2)]
    >>> run = descend_cross_entropy(start, [0, 1], 0.1, step=0.5, max_steps=200, recorder=recorder)
    >>> [(record.step, record.values["margins"].round(3).tolist()) for record in recorder.records]
    [(0, [1.0, 1.0]), (100, [2.197, 2.197])]
    """

    quantities: Sequence[Quantity]
    steps: Sequence[int] | int
    receive: Callable[[Record], None] | None = None
    records: list[Record] = field(default_factory=list[Record])

    def __post_init__(self) -> None:
        unknown = [name for name in self.quantities if name not in get_args(Quantity)]
        if unknown or not self.quantities:
            raise InvalidProblemError(
                f"quantities {unknown or 'none'} cannot be recorded: use {', '.join(get_args(Quantity))}"
            )
        if isinstance(self.steps, int):
            if self.steps < 1:
                raise InvalidProblemError(f"recording every {self.steps} steps: must be at least 1")
        else:
            self.steps = sorted(set(self.steps))
            if self.steps and self.steps[0] < 0:
                raise InvalidProblemError(f"step {self.steps[0]} to record must be at least 0")

    def next_after(self, count: int) -> int:
        """Return the first step to record after `count`."""
        if isinstance(self.steps, int):
            return (count // self.steps + 1) * self.steps
        place = bisect_right(self.steps, count)
        return self.steps[place] if place < len(self.steps) else BEYOND

    def take(self, count: int, loss: float, model: Pictured) -> None:
        """Record the model, if this is one of the steps."""
        if self.next_after(count - 1) != count:
            return
        snapshot = model.snapshot() if set(self.quantities) != {"loss"} else None
        values: dict[Quantity, Any] = {name: _value(name, loss, snapshot) for name in self.quantities}
        (self.receive or self.records.append)(Record(count, values))


def _value(name: Quantity, loss: float, snapshot: Snapshot | None) -> Any:
    if name == "loss" or snapshot is None:
        return loss
    if name == "singular-values":
        return np.linalg.svd(snapshot.outputs, compute_uv=False)
    if name == "weight-singular-values":
        return tuple(np.linalg.svd(weight, compute_uv=False) for weight in snapshot.weights)
    if name == "effective-rank":
        return effective_rank(snapshot.outputs) if snapshot.outputs.any() else 0.0
    if snapshot.labels is None:
        raise InvalidProblemError(f"{name} needs classes: record it with the cross-entropy")
    if name == "margins":
        return _margins(snapshot.outputs, snapshot.labels)
    return _within_class_variation(snapshot.features, snapshot.labels)


def _margins(outputs: FloatArray, labels: IntegerArray) -> FloatArray:
    samples, others = np.arange(outputs.shape[1]), outputs.copy()
    own = others[labels, samples].copy()
    others[labels, samples] = -np.inf
    return own - others.max(axis=0)


def _within_class_variation(features: FloatArray, labels: IntegerArray) -> float:
    total = 0.0
    for label in np.unique(labels):
        members = features[:, labels == label]
        total += float(np.sum((members - members.mean(axis=1, keepdims=True)) ** 2))
    return total / features.shape[1]
