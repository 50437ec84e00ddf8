"""What weight decay guarantees before training, for networks of every kind.

Forward the Lipschitz constant of every value as a function of the data, backward the size of ∂ℓ/∂value and
its own Lipschitz constant: sums over paths of products of ‖W‖, each largest on the shared budget ℒ_0. A
patch extraction in which a pixel stands at most k times has norm √k, a mean over P pixels 1/√P.

Columns of one image share its cluster. Where a weight has several an image (patches, uses), they differ
whatever the variation of the data, and only values that are bounded by themselves (tanh) bound their TCV;
for a convolution of the data it is known.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, IntegerArray, class_labels
from numerics.networks.convolution import Convolution
from numerics.networks.layers import Activation, Dense, Flatten, Layer, MeanPool, Shape, Sum
from numerics.networks.objective import LinearMap, Objective
from theory.errors import InvalidProblemError
from theory.networks.before_training import LayerForecast, norm_bounds
from theory.networks.posynomials import Posynomial, constant, norm
from theory.networks.smoothness import ACTIVATIONS, loss_sensitivity
from theory.networks.variation import check_refinement, total_cluster_variation

SIGNAL = "‖f − y‖"
"""The size of the squared loss's signal, which the data loss pays for."""

MOST_TERMS = 64
"""Longer sums over paths are shortened, so that deep residual networks take no exponential time."""


@dataclass(frozen=True)
class _Signal:
    """A value: its Lipschitz constant in the data, and a bound on the mean of its square over samples."""

    shape: Shape
    lipschitz: Posynomial
    square: float
    is_data: bool = False


@dataclass(frozen=True)
class _Slope:
    """∂ℓ/∂value: its size, and its Lipschitz constant in the data within a class (None: infinite)."""

    size: Posynomial
    bend: Posynomial | None

    def times(self, factor: Posynomial) -> "_Slope":
        return _Slope(self.size * factor, None if self.bend is None else self.bend * factor)

    def __add__(self, other: "_Slope") -> "_Slope":
        bend = None if self.bend is None or other.bend is None else self.bend + other.bend
        return _Slope(self.size + other.size, bend)


@dataclass(frozen=True)
class _Use:
    """A use of a weight: what enters, ∂ℓ/∂a at what leaves, how often one value stands in the columns."""

    signal: _Signal
    slope: _Slope
    copies: int


_Back: TypeAlias = Callable[[_Slope], _Slope]


@dataclass(frozen=True, eq=False)
class _Walk:
    """One way through a network and back, that keeps every use of every weight."""

    budget: float
    prices: dict[str, float]
    uses: dict[str, list[_Use]] = field(default_factory=dict[str, list[_Use]])

    def through(self, layers: Sequence[Layer], signal: _Signal) -> tuple[_Signal, _Back]:
        backs: list[_Back] = []
        for layer in layers:
            signal, back = self.step(layer, signal)
            backs.append(back)

        def all_back(slope: _Slope) -> _Slope:
            for back in reversed(backs):
                slope = back(slope)
            return slope

        return signal, all_back

    def step(self, layer: Layer, signal: _Signal) -> tuple[_Signal, _Back]:
        """What leaves a layer, and the way back."""
        shape = layer.shape_after(signal.shape)
        match layer:
            case Dense(name=name):
                return self.linear(name, signal, shape, 1)
            case Convolution(name=name, size=size, stride=stride):
                return self.linear(name, signal, shape, math.ceil(size / stride) ** 2)
            case Activation(kind=kind):
                square = float(math.prod(shape)) if kind == "tanh" else math.inf
                after = _Signal(shape, signal.lipschitz, min(square, signal.square))
                return after, lambda slope: self.bent(slope, ACTIVATIONS[kind].curvature, signal)
            case Flatten():
                return _Signal(shape, signal.lipschitz, signal.square), lambda slope: slope
            case MeanPool():
                share = 1 / math.sqrt(math.prod(signal.shape[1:]))
                after = _Signal(shape, signal.lipschitz.times(share), signal.square * share**2)
                return after, lambda slope: slope.times(constant(share))
            case Sum(branches=branches):
                return self.sum([self.through(branch, signal) for branch in branches], shape)
            case _:
                raise InvalidProblemError(f"no bounds before training are known for {layer!r}")

    def linear(self, name: str, signal: _Signal, shape: Shape, copies: int) -> tuple[_Signal, _Back]:
        """W on vectors, or on patches in which a pixel stands `copies` times at most."""
        factor = norm(name).times(math.sqrt(copies))

        def back(slope: _Slope) -> _Slope:
            self.uses.setdefault(name, []).append(_Use(signal, slope, copies))
            return self.shortened(slope.times(factor))

        return _Signal(shape, self.short(signal.lipschitz * factor), math.inf), back

    def sum(self, ends: list[tuple[_Signal, _Back]], shape: Shape) -> tuple[_Signal, _Back]:
        """Branches added; what comes back adds up as well."""
        total, size = constant(0.0), 0.0
        for signal, _ in ends:
            total, size = total + signal.lipschitz, size + math.sqrt(signal.square)

        def back(slope: _Slope) -> _Slope:
            found = _Slope(constant(0.0), constant(0.0))
            for _, branch in reversed(ends):
                found = found + branch(slope)
            return self.shortened(found)

        return _Signal(shape, self.short(total), size**2), back

    def bent(self, slope: _Slope, curvature: float, signal: _Signal) -> _Slope:
        """σ′(a)∘slope: of the same size; its Lipschitz constant grows by curvature × size × that of a."""
        if curvature == 0 or not slope.size.terms:
            return slope
        if math.isinf(curvature) or slope.bend is None:
            return _Slope(slope.size, None)
        added = (slope.size * signal.lipschitz).times(curvature)
        return self.shortened(_Slope(slope.size, slope.bend + added))

    def short(self, sum_of_paths: Posynomial) -> Posynomial:
        return sum_of_paths.shortened(self.budget, self.prices, most=MOST_TERMS, keep=SIGNAL)

    def shortened(self, slope: _Slope) -> _Slope:
        return _Slope(self.short(slope.size), None if slope.bend is None else self.short(slope.bend))


def forecast(
    objective: Objective, parameters: FloatArray, *, clusters: ArrayLike | None = None
) -> tuple[LayerForecast, ...]:
    """Return what holds of every weight's norm and rank after training from these parameters.

    It holds wherever the full loss is at most that of `parameters`, as along every descent, for any biases;
    the bounds on ranks hold at critical points, and elsewhere with ‖R‖_F/λ added. `clusters` are one a
    sample, within classes: by default the labels, or sets of equal targets. A bound that is infinite is not
    known (`linear`: across a ReLU, or several columns an image; `root`: those of unbounded values).

    Raises
    ------
    InvalidProblemError
        If some λ is 0, a cluster mixes classes or is empty, or a layer is of a kind not known here.

    Examples
    --------
    >>> from numerics.networks.standard import residual_network
    >>> network = residual_network(1, 4, 4, 2, "tanh", blocks=1)
    >>> data = [[1.0, 1.01, -1.0, -1.01]]
    >>> loss = Objective(network, data, [0, 0, 1, 1], 1.0, "cross-entropy")
    >>> entry, *_ = forecast(loss, network.random_parameters(np.random.default_rng(0)))
    >>> entry.name, entry.informs, entry.distance < 0.02
    ('entry', True, True)
    """
    initial = objective.value_and_gradient(parameters)[0]
    norms = norm_bounds(initial, list(objective.decays.values()))
    labels = _clusters(objective, clusters)
    data = _data(objective)
    variation = total_cluster_variation(data, labels)
    walk = _Walk(initial, {name: decay / 2 for name, decay in objective.decays.items()})
    start = _Signal(objective.architecture.input_shape, constant(1.0), _mean_square(data), is_data=True)
    outputs, back = walk.through(objective.architecture.layers, start)
    signal = loss_sensitivity(objective.loss, 0.0 if objective.loss == "squared" else None)
    size = norm(SIGNAL) if objective.loss == "squared" else constant(signal.size)
    back(_Slope(size, outputs.lipschitz.times(signal.lipschitz)))
    return tuple(
        _of_one_column(walk, walk.uses[item.name][0], item, variation, layer, bound)
        if item.uses == 1
        else _of_columns(walk, item, labels, layer, bound)
        for layer, (item, bound) in enumerate(
            zip(objective.linear_maps(parameters), norms, strict=True), start=1
        )
    )


def _of_one_column(
    walk: _Walk, use: _Use, item: LinearMap, variation: float, layer: int, bound: float
) -> LayerForecast:
    """Inputs and slopes are functions of the sample: both vary in proportion to the data."""
    lipschitz, bend = use.signal.lipschitz, use.slope.bend
    at_most = (lipschitz * lipschitz).times(variation).largest(walk.budget, walk.prices)
    linear = 0.0 if variation == 0 else math.inf
    if bend is not None:
        for_one = walk.prices | {SIGNAL: 0.5 / item.images}
        linear = (bend * lipschitz).times(variation / item.weight_decay).largest(walk.budget, for_one)
    root = (use.slope.size * lipschitz).times(math.sqrt(variation) / item.weight_decay)
    for_mean = walk.prices | {SIGNAL: 0.5}
    return LayerForecast(layer, bound, at_most, linear, root.largest(walk.budget, for_mean), item.name)


def _of_columns(
    walk: _Walk, item: LinearMap, labels: IntegerArray, layer: int, bound: float
) -> LayerForecast:
    """Several columns an image: their own variation where they are the data's, else their mean square."""
    uses = walk.uses[item.name]
    variation = sum(use.copies * use.signal.square for use in uses)
    if all(use.signal.is_data for use in uses):
        variation = total_cluster_variation(item.inputs, item.of_columns(labels), images=item.images)
    linear = 0.0 if variation == 0 else math.inf
    if math.isinf(variation):
        return LayerForecast(layer, bound, variation, linear, math.inf, item.name)
    size = constant(0.0)
    for use in uses:
        size = size + use.slope.size
    root = size.times(math.sqrt(variation) / item.weight_decay)
    for_mean = walk.prices | {SIGNAL: 0.5}
    return LayerForecast(layer, bound, variation, linear, root.largest(walk.budget, for_mean), item.name)


def _data(objective: Objective) -> FloatArray:
    return np.asarray(objective.inputs, dtype=np.float64)


def _mean_square(columns: FloatArray) -> float:
    return float(np.sum(columns**2)) / columns.shape[1]


def _clusters(objective: Objective, clusters: ArrayLike | None) -> IntegerArray:
    """Labels without gaps within classes; equal targets are one class."""
    if objective.loss == "cross-entropy":
        answers = class_labels(objective.answers, objective.samples)
        classes = np.unique(answers, return_inverse=True)[1]
    else:
        classes = np.unique(np.asarray(objective.answers), axis=1, return_inverse=True)[1].reshape(-1)
    classes = classes.astype(np.int64)
    if clusters is None:
        return classes
    groups = class_labels(clusters, objective.samples)
    check_refinement(groups, classes)
    return groups
