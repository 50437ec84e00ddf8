"""Gradient flow of a network's objective, integrated with error control."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, decay_of_each
from numerics.descent.flow import checked_times, follow, how_it_ended
from numerics.descent.heavy_ball import STANDSTILL
from numerics.descent.network import Network, checked_inputs
from numerics.descent.network_workspace import network_descent
from numerics.descent.threads import one_blas_thread
from numerics.descent.training import Loss, checked_answers


@dataclass(frozen=True)
class NetworkFlow:
    """A network followed along the gradient flow: at every time it, its free features, and the objective.

    `status` is "evaluations-exhausted" when the flow got only to the last of `times`, with a `remedy`.
    """

    status: Literal["arrived", "evaluations-exhausted"]
    remedy: str
    times: FloatArray
    losses: FloatArray
    networks: tuple[Network, ...]
    features: tuple[FloatArray, ...]
    evaluations: int


def flow_network(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    loss: Loss,
    times: Sequence[float] | FloatArray,
    relative_tolerance: float = 1e-9,
    max_evaluations: int = 100_000,
    features_decay: float | None = None,
) -> NetworkFlow:
    """Follow the gradient flow of the objective of `numerics.descent.training.train_network`.

    With ReLU the vector field jumps at the kinks: the integrator then takes very small steps across them.

    Parameters
    ----------
    network, inputs, answers, weight_decays, loss, features_decay
        As for the training; `features` of the result is empty unless they are free.
    times, relative_tolerance, max_evaluations
        As in `numerics.descent.flow.flow_cross_entropy`.

    Raises
    ------
    InvalidProblemError
        If shapes, labels, decays, a time or a setting is out of range.

    Examples
    --------
    >>> start = Network((np.zeros((1, 1)),), (np.zeros(1),), "linear")
    >>> flow = flow_network(start, [[-1.0, 1.0]], [[1.0, 3.0]], 1.0, loss="squared", times=[30.0])
    >>> end = flow.networks[0]
    >>> flow.status, end.weights[0].round(6).tolist(), end.biases[0].round(6).tolist()
    ('arrived', [[0.5]], [2.0])
    """
    data = checked_inputs(network, inputs)
    kind, targets = checked_answers(answers, loss, network, data, every=True)
    decays = decay_of_each(weight_decays, len(network.weights))
    if features_decay is not None:
        decay_of_each(features_decay, 1)
    asked = checked_times(times, relative_tolerance, max_evaluations)
    depth, losses = len(network.weights), list[float]()
    networks, features = list[Network](), list[FloatArray]()
    with one_blas_thread():
        model = network_descent(network, data, decays, kind, targets, features_decay=features_decay)

        def take() -> None:
            losses.append(model.advance(STANDSTILL, 0, 0).loss)
            parts = [part.copy() for part in model.parts(model.parameters)]
            biases = tuple(parts[depth : depth + len(network.biases)])
            networks.append(
                Network(tuple(parts[:depth]), biases, network.activation, residual=network.residual)
            )
            if features_decay is not None:
                features.append(np.ascontiguousarray(parts[-1].T))

        reached, evaluations = follow(model, asked, relative_tolerance, max_evaluations, take)
    status, remedy = how_it_ended(asked, reached, evaluations)
    return NetworkFlow(
        status, remedy, asked[:reached], np.array(losses), tuple(networks), tuple(features), evaluations
    )
