"""Networks trained full-batch by gradient descent, and what the bounds on their weights need.

The objective is (1/N)Σℓ_i + Σ_l (λ_l/2)‖W_l‖², ℓ_i the cross-entropy or ½‖·‖²; biases are not penalised.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, decay_of_each, every_class, finite_matrix, one_hot
from numerics.descent.fit import CROSS_ENTROPY, SQUARED
from numerics.descent.heavy_ball import STANDSTILL
from numerics.descent.network import Network, checked_inputs
from numerics.descent.network_workspace import NetworkDescent, network_descent
from numerics.descent.outcome import Outcome, Schedule
from numerics.descent.recording import Recorder
from numerics.descent.running import run
from numerics.descent.threads import available_threads, one_blas_thread
from theory.errors import InvalidProblemError
from theory.tolerances import STATIONARY

Loss: TypeAlias = Literal["cross-entropy", "squared"]


@dataclass(frozen=True)
class TrainedNetwork(Outcome, Network):
    """A network, how its training ended, and the p × N features where they were trained too."""

    features: FloatArray | None = None


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
    recorder: Recorder | None = None,
    features_decay: float | None = None,
) -> TrainedNetwork:
    """Train all weights and biases full-batch from the given network.

    Large data sets are shared among as many threads as BLAS may use; the digits do not depend on them.

    Parameters
    ----------
    inputs, answers
        The p × N data, and N labels ("cross-entropy") or t × N targets ("squared").
    weight_decays
        λ for every weight, or one each from the input side; biases are not penalised.
    step, max_steps, tolerance, momentum, record_every, recorder
        As in `numerics.descent.linear_chain.descend_cross_entropy`.
    features_decay
        Given, the inputs are only where the features start: they are trained with this weight decay.

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
    data = checked_inputs(network, inputs)
    kind, targets = checked_answers(answers, loss, network, data, every=True)
    decays = decay_of_each(weight_decays, len(network.weights))
    if features_decay is not None:
        decay_of_each(features_decay, 1)
    threads = available_threads()

    with ThreadPoolExecutor(max(threads - 1, 1)) as helpers:

        def make() -> NetworkDescent:
            return network_descent(
                network, data, decays, kind, targets, momentum=momentum > 0, features_decay=features_decay
            ).in_threads(helpers, threads)

        model, outcome = run(make, schedule, recorder)
    blocks = [part.copy() for part in model.parts(model.parameters)]
    depth, free = len(network.weights), features_decay is not None
    return TrainedNetwork(
        weights=tuple(blocks[:depth]),
        biases=tuple(blocks[depth : len(blocks) - free]),
        activation=network.activation,
        residual=network.residual,
        features=np.ascontiguousarray(blocks[-1].T) if free else None,
        **vars(outcome),
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
    data = checked_inputs(network, inputs)
    kind, targets = checked_answers(answers, loss, network, data)
    decays = decay_of_each(weight_decays, len(network.weights))
    descent = network_descent(network, data, decays, kind, targets, whole=True)
    with one_blas_thread():
        descent.advance(STANDSTILL, 0, 0)
    values, slopes = descent.values_and_slopes()
    residuals = descent.parts(descent.layers.gradient)
    return [
        LayerQuantities(
            weight.copy(), float(decay), values[index], data.shape[1] * slopes[index], residuals[index].copy()
        )
        for index, (weight, decay) in enumerate(zip(network.weights, decays, strict=True))
    ]


def checked_answers(
    answers: ArrayLike, loss: Loss, network: Network, data: FloatArray, *, every: bool = False
) -> tuple[int, FloatArray]:
    """Return the kind of fit and its targets, checked; with `every` each class must have a sample."""
    outputs, samples = network.weights[-1].shape[0], data.shape[1]
    if loss == "cross-entropy":
        labels = class_labels(answers, samples, outputs)
        return CROSS_ENTROPY, one_hot(every_class(labels, outputs) if every else labels, outputs)
    if loss != "squared":
        raise InvalidProblemError(f"loss {loss!r} is unknown: use cross-entropy or squared")
    targets = finite_matrix(answers, "targets")
    if targets.shape != (outputs, samples):
        raise InvalidProblemError(
            f"targets have shape {targets.shape}: the outputs have {(outputs, samples)}"
        )
    return SQUARED, targets
