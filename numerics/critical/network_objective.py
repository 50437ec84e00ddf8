"""Loss, gradient and exact Hessian products of a multilayer perceptron or a residual network.

Layers z_{l+1} = σ(W_l z_l + b_l), in a residual network plus z_{l−1} after every second of them. A second
derivative is a directional derivative of the gradient, written out: one pass forwards and one backwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arrays import FloatArray, decay_of_each
from numerics.critical.fit_term import FitTerm
from numerics.critical.network_symmetry import Parts, flat_directions
from numerics.critical.objective import HessianProduct
from numerics.critical.symmetry import numerical_rank
from numerics.descent.network import Activation, Network, checked_inputs
from numerics.descent.training import Loss, checked_answers
from theory.tolerances import LINEAR_ALGEBRA


class _Pass(NamedTuple):
    """What goes into and comes out of every layer, and the gradients in its σ's argument and result."""

    inputs: list[FloatArray]
    activated: list[FloatArray]
    before: list[FloatArray]
    slopes: list[FloatArray]


@dataclass(frozen=True)
class NetworkObjective:
    """g(outputs) + Σ_l (λ_l/2)‖W_l‖² (+ (λ_H/2)‖H‖² of free features) as a function of one flat vector.

    Parameters
    ----------
    network: shapes, activation and kind; its numbers are not used.
    inputs: p × N; where the features are free, only their shape is used.
    term: the fit.
    decays: λ_l, one a weight.
    features_decay: λ_H where the features are free, else None.

    Coordinates are the weights row by row, then the biases, then the features where they are free.
    """

    network: Network
    inputs: FloatArray
    term: FitTerm
    decays: FloatArray
    features_decay: float | None = None

    @property
    def decay_norm(self) -> float:
        """The largest weight decay; 1 without any."""
        largest = max(float(self.decays.max()), self.features_decay or 0.0)
        return largest if largest > 0 else 1.0

    def split(self, flat: FloatArray) -> Parts:
        """Weights, biases and features (None where they are fixed) as views of a flat vector."""
        shapes: list[tuple[int, ...]] = [weight.shape for weight in self.network.weights]
        shapes += [bias.shape for bias in self.network.biases]
        shapes += [self.inputs.shape] if self.features_decay is not None else []
        views: list[FloatArray] = []
        start = 0
        for shape in shapes:
            size = int(np.prod(shape))
            views.append(flat[start : start + size].reshape(shape))
            start += size
        depth, biased = len(self.network.weights), len(self.network.biases)
        features = views[-1] if self.features_decay is not None else None
        return Parts(views[:depth], views[depth : depth + biased], features)

    def loss_and_gradient(self, point: FloatArray) -> tuple[float, FloatArray]:
        """The objective and its gradient."""
        parts = self.split(point)
        run, loss = self._passed(parts)
        gradient = np.empty_like(point)
        slots = self.split(gradient)
        for index, weight in enumerate(parts.weights):
            decay = float(self.decays[index])
            slots.weights[index][...] = run.before[index] @ run.inputs[index].T + decay * weight
            loss += 0.5 * decay * float(np.vdot(weight, weight))
        for slot, before in zip(slots.biases, run.before, strict=False):
            slot[...] = before.sum(axis=1)
        if parts.features is not None and slots.features is not None:
            decay = self.features_decay or 0.0
            slots.features[...] = run.slopes[0] + decay * parts.features
            loss += 0.5 * decay * float(np.vdot(parts.features, parts.features))
        return loss, gradient

    def curvature(self, point: FloatArray) -> HessianProduct:
        """The Hessian at a point (of ReLU: of the smooth piece it lies in), exact up to rounding."""
        parts = self.split(point.copy())
        run, _ = self._passed(parts)
        turn = self.term.curvature(run.inputs[-1])
        first = [self._slope(index, values) for index, values in enumerate(run.activated)]
        second = [
            -2.0 * values * slope if self.network.activations[index] == "tanh" else np.zeros_like(values)
            for index, (values, slope) in enumerate(zip(run.activated, first, strict=True))
        ]

        def product(direction: FloatArray) -> FloatArray:
            move = self.split(np.asarray(direction, dtype=np.float64).ravel())
            entering = [move.features if move.features is not None else np.zeros_like(self.inputs)]
            swings: list[FloatArray] = []
            for index, weight in enumerate(parts.weights):
                swing = move.weights[index] @ run.inputs[index] + weight @ entering[index]
                if move.biases:
                    swing += move.biases[index][:, None]
                swings.append(swing)
                leaving = first[index] * swing
                entering.append(leaving + entering[index - 1] if self.network.skips[index] else leaving)
            turned = [np.zeros_like(values) for values in run.inputs]
            turned[-1] = turn(entering[-1])
            result = np.empty_like(point)
            slots = self.split(result)
            for index in range(len(parts.weights) - 1, -1, -1):
                weight, before = parts.weights[index], run.before[index]
                bent = turned[index + 1] * first[index]
                bent += run.slopes[index + 1] * second[index] * swings[index]
                slots.weights[index][...] = (
                    bent @ run.inputs[index].T
                    + before @ entering[index].T
                    + self.decays[index] * move.weights[index]
                )
                if slots.biases:
                    slots.biases[index][...] = bent.sum(axis=1)
                turned[index] += move.weights[index].T @ before + weight.T @ bent
                if self.network.skips[index]:
                    turned[index - 1] += turned[index + 1]
            if slots.features is not None and move.features is not None:
                slots.features[...] = turned[0] + (self.features_decay or 0.0) * move.features
            return result

        return product

    def symmetry_dimension(self, point: FloatArray) -> int:
        """The rank of the flat directions."""
        return numerical_rank(self.flat_directions(point))

    def flat_directions(self, point: FloatArray) -> FloatArray:
        """The directions that `numerics.critical.network_symmetry` knows of."""
        parts = self.split(point)
        run, _ = self._passed(parts)
        dead: list[NDArray[np.bool_]] = []
        for index, activation in enumerate(self.network.activations):
            silent = self._arguments(parts, run, index) < 0.0
            dead.append(np.asarray(silent.all(axis=1)) & (activation == "relu"))
        return flat_directions(self, parts, dead)

    def kink_distance(self, point: FloatArray) -> float:
        """The least |argument| of a ReLU over the largest of its layer: zero at a kink; infinite without."""
        parts = self.split(point)
        run, _ = self._passed(parts)
        nearest = np.inf
        for index, activation in enumerate(self.network.activations):
            if activation == "relu":
                arguments = np.abs(self._arguments(parts, run, index))
                largest = float(arguments.max())
                nearest = min(nearest, float(arguments.min()) / largest if largest > 0 else 0.0)
        return nearest

    def roughness(self, point: FloatArray) -> str:
        """Says so where a ReLU is at its kink, to rounding."""
        distance = self.kink_distance(point)
        if distance > LINEAR_ALGEBRA:
            return ""
        return f"a ReLU is at its kink (relative distance {distance:.0e}): there is no second derivative"

    def _passed(self, parts: Parts) -> tuple[_Pass, float]:
        """Run forwards and backwards; the loss is that of the fit."""
        inputs = [parts.features if parts.features is not None else self.inputs]
        activated: list[FloatArray] = []
        for index, weight in enumerate(parts.weights):
            argument = weight @ inputs[index]
            if parts.biases:
                argument = argument + parts.biases[index][:, None]
            values = _activated(argument, self.network.activations[index])
            activated.append(values)
            inputs.append(values + inputs[index - 1] if self.network.skips[index] else values)
        fit, slope = self.term.value_and_slope(inputs[-1])
        slopes = [np.zeros_like(values) for values in inputs]
        slopes[-1] = slope
        before: list[FloatArray] = [slope] * len(parts.weights)
        for index in range(len(parts.weights) - 1, -1, -1):
            before[index] = slopes[index + 1] * self._slope(index, activated[index])
            slopes[index] += parts.weights[index].T @ before[index]
            if self.network.skips[index]:
                slopes[index - 1] += slopes[index + 1]
        return _Pass(inputs, activated, before, slopes), fit

    def _slope(self, index: int, values: FloatArray) -> FloatArray:
        """σ' in terms of σ."""
        activation = self.network.activations[index]
        if activation == "tanh":
            return 1.0 - values**2
        return (values > 0.0).astype(np.float64) if activation == "relu" else np.ones_like(values)

    @staticmethod
    def _arguments(parts: Parts, run: _Pass, index: int) -> FloatArray:
        argument = parts.weights[index] @ run.inputs[index]
        return argument + parts.biases[index][:, None] if parts.biases else argument


def network_objective(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    loss: Loss,
    features_decay: float | None = None,
) -> tuple[NetworkObjective, FloatArray]:
    """The objective of `numerics.descent.training.train_network`, and the point that the network is.

    Raises
    ------
    InvalidProblemError
        If shapes, labels or decays do not fit.

    Examples
    --------
    >>> network = Network((np.array([[1.0]]),), (np.zeros(1),), "tanh")
    >>> objective, point = network_objective(network, [[1.0, 3.0]], [[1.0, 1.0]], 0.1, loss="squared")
    >>> loss, gradient = objective.loss_and_gradient(point)
    >>> round(loss, 6), gradient.round(6).tolist()
    (1.05, [3.1, 1.0])
    """
    data = checked_inputs(network, inputs)
    _, targets = checked_answers(answers, loss, network, data)
    decays = decay_of_each(weight_decays, len(network.weights))
    decay = None if features_decay is None else float(decay_of_each(features_decay, 1)[0])
    objective = NetworkObjective(network, data, FitTerm(targets, loss), decays, decay)
    pieces = [*(weight.ravel() for weight in network.weights), *network.biases]
    return objective, np.concatenate([*pieces, data.ravel()] if decay is not None else pieces)


def network_at(objective: NetworkObjective, point: FloatArray) -> Network:
    """The network that a point is; free features are `objective.split(point).features`."""
    parts = objective.split(point.copy())
    return replace(objective.network, weights=tuple(parts.weights), biases=tuple(parts.biases))


def _activated(values: FloatArray, activation: Activation) -> FloatArray:
    if activation == "linear":
        return values
    return np.tanh(values) if activation == "tanh" else np.maximum(values, 0.0)
