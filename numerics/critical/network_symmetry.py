"""Directions in which a network's loss is known to be constant, to be counted as a rank.

Continuous symmetries: spaces without activation turn (free features, hidden units of a linear network,
the stream of a residual network over free features), and are sheared at will where nothing they touch has
weight decay; a bias after which nothing bends can be taken out again by the biases that follow; without
weight decay a ReLU's scale goes from one side to the other; the cross-entropy ignores what all logits share.
Silent parameters: the bias of a unit that nobody reads, and what feeds a ReLU that never fires.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from numerics.arrays import FloatArray
from numerics.critical.fit_term import FitTerm
from numerics.descent.network import Network
from theory.tolerances import NUMERICAL_RANK


class Parts(NamedTuple):
    """Weights, biases (none at all where the network has none), and the features where they are free."""

    weights: list[FloatArray]
    biases: list[FloatArray]
    features: FloatArray | None


class Setting(Protocol):
    """What of an objective the symmetries depend on."""

    @property
    def network(self) -> Network:
        """Shapes, activation and kind."""
        ...

    @property
    def term(self) -> FitTerm:
        """The fit."""
        ...

    @property
    def decays(self) -> FloatArray:
        """One a weight."""
        ...

    @property
    def features_decay(self) -> float | None:
        """Of free features."""
        ...

    def split(self, flat: FloatArray) -> Parts:
        """Views of a flat vector."""
        ...


@dataclass(frozen=True)
class _Space:
    """A space without activation: which layers write into it and read it, and whether features lie in it."""

    width: int
    writers: Sequence[int]
    readers: Sequence[int]
    features: bool


def flat_directions(setting: Setting, parts: Parts, dead: Sequence[NDArray[np.bool_]]) -> FloatArray:
    """All directions known at a point, one a row, some of them dependent.

    `dead[l]` marks the units of layer l that are zero at and around the point for every sample.
    """
    size = sum(weight.size for weight in parts.weights) + sum(bias.size for bias in parts.biases)
    size += parts.features.size if parts.features is not None else 0
    found: list[FloatArray] = []

    def blank() -> Parts:
        found.append(np.zeros(size))
        return setting.split(found[-1])

    for space in _spaces(setting, parts):
        _turns(setting, parts, space, blank)
    if parts.biases:
        _shifts(setting, parts, blank)
    _rescalings(setting, parts, blank)
    _shared_logits(setting, parts, blank)
    _silent(setting, parts, dead, blank)
    return np.array(found).reshape(len(found), size)


def _spaces(setting: Setting, parts: Parts) -> Iterator[_Space]:
    network, last = setting.network, len(parts.weights) - 1
    free = parts.features is not None
    if free and network.residual:
        readers, writers = range(0, last + 1, 2), range(1, last, 2)
        yield _Space(parts.weights[0].shape[1], writers, readers, True)
    elif free:
        yield _Space(parts.weights[0].shape[1], (), (0,), True)
    for index in range(last):
        if network.activations[index] == "linear" and not network.skips[index]:
            yield _Space(parts.weights[index].shape[0], (index,), (index + 1,), False)


def _turns(setting: Setting, parts: Parts, space: _Space, blank: "Blank") -> None:
    """Rotations of a space; without any decay around it all linear maps."""
    around = [float(setting.decays[index]) for index in (*space.writers, *space.readers)]
    around += [setting.features_decay or 0.0] if space.features else []
    rigid = max(around) > 0
    for a in range(space.width):
        for b in range(space.width):
            if b <= a and rigid:
                continue
            turn = np.zeros((space.width, space.width))
            turn[a, b] = 1.0
            turn -= turn.T if rigid else 0.0
            move = blank()
            for index in space.writers:
                move.weights[index][...] = turn @ parts.weights[index]
                if parts.biases:
                    move.biases[index][...] = turn @ parts.biases[index]
            for index in space.readers:
                move.weights[index][...] = -parts.weights[index] @ turn
            if space.features and parts.features is not None and move.features is not None:
                move.features[...] = turn @ parts.features


def _shifts(setting: Setting, parts: Parts, blank: "Blank") -> None:
    """A bias whose effect the biases of all who read it can undo."""
    network, last = setting.network, len(parts.weights) - 1
    for index in range(last):
        if network.activations[index] != "linear":
            continue
        readers = range(index + 1, last + 1, 2) if network.skips[index] else (index + 1,)
        for unit in range(parts.weights[index].shape[0]):
            move = blank()
            move.biases[index][unit] = 1.0
            for reader in readers:
                move.biases[reader][...] -= parts.weights[reader][:, unit]


def _rescalings(setting: Setting, parts: Parts, blank: "Blank") -> None:
    """A ReLU's argument times c, what is made of it over c."""
    for index in range(len(parts.weights) - 1):
        if setting.network.activations[index] != "relu" or max(setting.decays[index : index + 2]) > 0:
            continue
        for unit in range(parts.weights[index].shape[0]):
            move = blank()
            move.weights[index][unit] = parts.weights[index][unit]
            if parts.biases:
                move.biases[index][unit] = parts.biases[index][unit]
            move.weights[index + 1][:, unit] = -parts.weights[index + 1][:, unit]


def _shared_logits(setting: Setting, parts: Parts, blank: "Blank") -> None:
    """What is added to all logits alike does not move the cross-entropy."""
    if setting.term.fit != "cross-entropy":
        return
    if parts.biases:
        blank().biases[-1][...] = 1.0
    if setting.decays[-1] == 0:
        for column in range(parts.weights[-1].shape[1]):
            blank().weights[-1][:, column] = 1.0


def _silent(setting: Setting, parts: Parts, dead: Sequence[NDArray[np.bool_]], blank: "Blank") -> None:
    """Parameters without effect at and around the point."""
    for index in range(len(parts.weights) - 1):
        if setting.network.skips[index]:
            continue
        reader = parts.weights[index + 1]
        unread = np.linalg.norm(reader, axis=0) <= NUMERICAL_RANK * np.linalg.norm(reader)
        for unit in range(parts.weights[index].shape[0]):
            if not (unread[unit] or dead[index][unit]):
                continue
            if parts.biases:
                blank().biases[index][unit] = 1.0
            if setting.decays[index] == 0:
                for column in range(parts.weights[index].shape[1]):
                    blank().weights[index][unit, column] = 1.0
            if dead[index][unit] and setting.decays[index + 1] == 0:
                for row in range(reader.shape[0]):
                    blank().weights[index + 1][row, unit] = 1.0


class Blank(Protocol):
    """Begins another direction: zeros, to be filled in."""

    def __call__(self) -> Parts:
        """Views of the new direction."""
        ...
