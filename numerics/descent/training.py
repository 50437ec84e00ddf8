"""Networks trained full-batch by gradient descent, and what the bounds on their weights need.

The objective is (1/N)Σℓ_i + Σ_l (λ_l/2)‖W_l‖², ℓ_i the cross-entropy or ½‖·‖²; biases are not penalised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, decay_of_each, finite_matrix, one_hot
from numerics.descent.fit import CROSS_ENTROPY, SQUARED
from numerics.descent.heavy_ball import Control, State
from numerics.descent.network import Activation, Network, checked_inputs
from numerics.descent.network_kernels import (
    LINEAR,
    RELU,
    TANH,
    Layers,
    advance_network,
    network_objective,
)
from numerics.descent.outcome import Outcome, Schedule, flat_state, run, split
from theory.errors import InvalidProblemError
from theory.tolerances import STATIONARY

Loss: TypeAlias = Literal["cross-entropy", "squared"]

ACTIVATION_CODES: Final[dict[Activation, int]] = {"linear": LINEAR, "tanh": TANH, "relu": RELU}

STEPS_PER_CALL: Final = 100
"""Steps of one uninterruptible call: a fraction of a second on the digits."""


@dataclass(frozen=True)
class TrainedNetwork(Outcome, Network):
    """A network and how its training ended."""


@dataclass(frozen=True)
class LayerQuantities:
    """What the bounds on a weight W need, all at one point of parameter space.

    `inputs` has columns z_i, `deltas` has columns δ_i = ∂(Σ_jℓ_j)/∂a_i, and
    `residual` is R = λW + (1/N)Σδ_i z_iᵀ, the gradient of the objective in W: zero at a critical point.
    """

    weight: FloatArray
    weight_decay: float
    inputs: FloatArray
    deltas: FloatArray
    residual: FloatArray


def train_network(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    loss: Loss,
    step: float,
    max_steps: int,
    tolerance: float = STATIONARY,
    momentum: float = 0.0,
    record_every: int = 100,
) -> TrainedNetwork:
    """Train all weights and biases full-batch from the given network.

    Parameters
    ----------
    inputs, answers
        The p × N data, and N labels ("cross-entropy") or t × N targets ("squared").
    weight_decays
        λ for every weight, or one each from the input side; biases are not penalised.
    step, max_steps, tolerance, momentum, record_every
        As in `numerics.descent.linear_chain.descend_cross_entropy`.

    Raises
    ------
    InvalidProblemError
        If shapes, labels, decays or a setting do not fit.

    Examples
    --------
    >>> start = Network((np.zeros((1, 1)),), (np.zeros(1),), "linear")
    >>> data, targets = [[-1.0, 1.0]], [[1.0, 3.0]]
    >>> trained = train_network(start, data, targets, 1.0, loss="squared", step=0.5, max_steps=200)
    >>> trained.status, trained.weights[0].round(6).tolist(), trained.biases[0].round(6).tolist()
    ('stationary', [[0.5]], [2.0])
    """
    schedule = Schedule(step, max_steps, tolerance, momentum, record_every)
    state, layers = _workspace(network, inputs, answers, weight_decays, loss)

    def advance(state: State, control: Control, first: int, last: int) -> tuple[int, int, float]:
        return advance_network(state, layers, control, first, last)

    outcome = run(state, schedule, advance, STEPS_PER_CALL)
    blocks = split(state.parameters, [*network.weights, *network.biases])
    depth = len(network.weights)
    return TrainedNetwork(
        weights=blocks[:depth], biases=blocks[depth:], activation=network.activation, **vars(outcome)
    )


def layer_quantities(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    loss: Loss,
) -> list[LayerQuantities]:
    """Return weight, inputs, deltas and residual of every layer (the setting of 2402.03991).

    Arguments as in `train_network`; the network need not be trained to the end.

    Examples
    --------
    >>> network = Network((np.array([[2.0]]),), (), "linear")
    >>> (layer,) = layer_quantities(network, [[1.0, 3.0]], [[0.0, 0.0]], 0.1, loss="squared")
    >>> layer.deltas.tolist(), layer.residual.round(6).tolist()
    ([[2.0, 6.0]], [[10.2]])
    """
    state, layers = _workspace(network, inputs, answers, weight_decays, loss)
    network_objective(state, layers)
    samples = layers.inputs.shape[1]
    shapes = [np.empty((weight.shape[0], samples)) for weight in network.weights]
    values = (layers.inputs, *split(layers.values, shapes))
    deltas = split(layers.deltas, shapes)
    residuals = split(state.gradient, [*network.weights, *network.biases])
    return [
        LayerQuantities(
            weight, float(state.decays[index]), values[index], samples * deltas[index], residuals[index]
        )
        for index, weight in enumerate(network.weights)
    ]


def _workspace(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    loss: Loss,
) -> tuple[State, Layers]:
    data = checked_inputs(network, inputs)
    widths = [data.shape[0], *(weight.shape[0] for weight in network.weights)]
    sizes = [width * data.shape[1] for width in widths[1:]]
    layers = Layers(
        widths=np.array(widths, dtype=np.int64),
        biased=bool(network.biases),
        activation=ACTIVATION_CODES[network.activation],
        inputs=data,
        kind=CROSS_ENTROPY if loss == "cross-entropy" else SQUARED,
        targets=_checked_answers(answers, loss, widths[-1], data.shape[1]),
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        values=np.zeros(sum(sizes)),
        deltas=np.zeros(sum(sizes)),
    )
    decays = decay_of_each(weight_decays, len(network.weights))
    return flat_state([*network.weights, *network.biases], decays), layers


def _checked_answers(answers: ArrayLike, loss: Loss, outputs: int, samples: int) -> FloatArray:
    if loss == "cross-entropy":
        return one_hot(class_labels(answers, samples, outputs), outputs)
    if loss != "squared":
        raise InvalidProblemError(f"loss {loss!r} is unknown: use cross-entropy or squared")
    targets = finite_matrix(answers, "targets")
    if targets.shape != (outputs, samples):
        raise InvalidProblemError(
            f"targets have shape {targets.shape}: the outputs have {(outputs, samples)}"
        )
    return targets
