"""Rank bounds of a network before it is trained, from the initial loss of its starting weights."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, decay_of_each, finite_matrix
from numerics.descent.network import Activation, Network, network_outputs, random_network
from numerics.networks.architecture import Architecture
from numerics.networks.forecast import forecast
from numerics.networks.layers import Activation as Nonlinearity
from numerics.networks.layers import Dense, Layer, residual
from numerics.networks.objective import Objective
from theory.errors import InvalidProblemError
from theory.networks.before_training import LayerForecast, bounds_before_training
from theory.networks.smoothness import Loss
from theory.networks.variation import check_refinement, total_cluster_variation


def losses_of_samples(outputs: FloatArray, answers: ArrayLike, loss: Loss) -> FloatArray:
    """Return ℓ_i of every sample: cross-entropy of N labels, or ½‖f_i − y_i‖² of t × N targets.

    Examples
    --------
    >>> losses_of_samples(np.zeros((2, 1)), [0], "cross-entropy").round(4).tolist()
    [0.6931]
    """
    if loss == "cross-entropy":
        labels = class_labels(answers, outputs.shape[1], outputs.shape[0])
        top = outputs.max(axis=0)
        logarithm = top + np.log(np.exp(outputs - top).sum(axis=0))
        return logarithm - outputs[labels, np.arange(labels.size)]
    if loss != "squared":
        raise InvalidProblemError(f"loss {loss!r} is unknown: use cross-entropy or squared")
    targets = finite_matrix(answers, "targets")
    if targets.shape != outputs.shape:
        raise InvalidProblemError(f"targets have shape {targets.shape}: the outputs have {outputs.shape}")
    return np.sum((outputs - targets) ** 2, axis=0) / 2


def full_loss(
    network: Network, inputs: ArrayLike, answers: ArrayLike, weight_decays: ArrayLike, *, loss: Loss
) -> float:
    """Return (1/N)Σℓ_i + Σ_m(λ_m/2)‖W_m‖_F² at a network.

    Examples
    --------
    >>> network = Network((np.array([[2.0]]),), (), "linear")
    >>> full_loss(network, [[1.0, 3.0]], [[0.0, 0.0]], [0.5], loss="squared")
    11.0
    """
    decays = decay_of_each(np.asarray(weight_decays, dtype=np.float64), len(network.weights))
    losses = losses_of_samples(network_outputs(network, inputs), answers, loss)
    norms = [float(np.sum(weight**2)) for weight in network.weights]
    return float(np.mean(losses)) + float(decays @ np.array(norms)) / 2


def rank_bounds_before_training(
    start: Network | Architecture | Sequence[int],
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    loss: Loss,
    activation: Activation = "tanh",
    clusters: ArrayLike | None = None,
    seed: int = 0,
) -> tuple[LayerForecast, ...]:
    """Return what holds of every weight's norm and rank after training, from nothing but its start.

    It holds wherever the full loss is at most the initial one, as along every descent; the bounds on ranks
    hold at critical points, and elsewhere with ‖R‖_F/λ added.

    Parameters
    ----------
    start
        The initial network, plain or residual; or layer sizes from the inputs to the outputs: then
        `activation` and `seed` say which random network is meant (`random_network`); or an architecture of
        any kind, whose random parameters `seed` names (for given ones, see `forecast`).
    inputs, answers
        p × N data; N labels for cross-entropy, t × N targets for the squared loss.
    weight_decays
        λ for every weight, or one each.
    clusters
        One cluster a sample, within classes: the labels themselves by default. For the squared loss a class
        is a set of equal targets.

    Raises
    ------
    InvalidProblemError
        If shapes or decays do not fit, some decay is 0, or a cluster mixes classes.

    Examples
    --------
    >>> data = [[1.0, 1.01, -1.0, -1.01]]
    >>> first, last = rank_bounds_before_training([1, 4, 2], data, [0, 0, 1, 1], 1.0, loss="cross-entropy")
    >>> first.informs, first.distance < 1e-3, first.values_above(0.1, clusters=2)
    (True, True, 2)

    A convolutional network, whose forecasts bear the names of its weights:

    >>> from numerics.networks.standard import convolutional_network
    >>> network = convolutional_network((1, 2, 2), (3,), 2, "tanh", size=2)
    >>> images = np.array([[1.0, 1.0, -1.0, -1.0]] * 4) + 0.01 * np.eye(4)
    >>> found = rank_bounds_before_training(network, images, [0, 0, 1, 1], 0.5, loss="cross-entropy")
    >>> [layer.name for layer in found]
    ['C1', 'readout']
    """
    network = start
    if isinstance(network, Network) and network.residual:
        return _residual(network, inputs, answers, weight_decays, loss, clusters)
    if isinstance(network, Architecture):
        decays = decay_of_each(weight_decays, len(network.maps)).tolist()
        objective = Objective(network, inputs, answers, dict(zip(network.maps, decays, strict=True)), loss)
        return forecast(objective, network.random_parameters(np.random.default_rng(seed)), clusters=clusters)
    if not isinstance(network, Network):
        network = random_network(network, activation, np.random.default_rng(seed))
    data = finite_matrix(inputs, "inputs")
    decays = decay_of_each(weight_decays, len(network.weights))
    initial = full_loss(network, data, answers, decays, loss=loss)
    classes = _classes(answers, data.shape[1], loss)
    groups = classes if clusters is None else class_labels(clusters, data.shape[1])
    check_refinement(groups, classes)
    return bounds_before_training(
        initial,
        [float(decay) for decay in decays],
        samples=data.shape[1],
        input_variation=total_cluster_variation(data, groups),
        activation=network.activation,
        loss=loss,
    )


def _residual(
    network: Network,
    inputs: ArrayLike,
    answers: ArrayLike,
    weight_decays: float | Sequence[float],
    loss: Loss,
    clusters: ArrayLike | None,
) -> tuple[LayerForecast, ...]:
    """Blocks z + V σ(W z) and a last layer as an architecture at the network's own parameters."""
    biased = bool(network.biases)
    layers: list[Layer] = []
    dense = [
        Dense(f"{'W' if index % 2 == 0 else 'V'}{index // 2 + 1}", len(weight), biased)
        for index, weight in enumerate(network.weights)
    ]
    for inner, outer in zip(dense[:-1:2], dense[1::2], strict=True):
        layers.append(residual(inner, Nonlinearity(network.activation), outer))
    same = Architecture((network.weights[0].shape[1],), (*layers, dense[-1]))
    biases = network.biases or [np.zeros(0)] * len(dense)
    parameters = [part.ravel() for pair in zip(network.weights, biases, strict=True) for part in pair]
    decays = decay_of_each(weight_decays, len(dense)).tolist()
    objective = Objective(same, inputs, answers, dict(zip(same.maps, decays, strict=True)), loss)
    return forecast(objective, np.concatenate(parameters), clusters=clusters)


def _classes(answers: ArrayLike, samples: int, loss: Loss) -> np.ndarray:
    """Labels without gaps; equal targets are one class."""
    if loss == "cross-entropy":
        found = class_labels(answers, samples)
        return np.unique(found, return_inverse=True)[1].astype(np.int64)
    targets = finite_matrix(answers, "targets")
    return np.unique(targets, axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)
