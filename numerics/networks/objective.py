"""The regularised loss of a network on data, its gradient, and the quantities of every linear map.

ℒ(θ) = (1/N)Σℓ_i + Σ_W (λ_W/2)‖W‖², ℓ_i the cross-entropy or ½‖·‖² of one sample; biases have no decay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax

from numerics.arrays import FloatArray, IntegerArray, class_labels, decay_of_each, finite_matrix, one_hot
from numerics.networks.architecture import Architecture
from theory.errors import InvalidProblemError

Loss: TypeAlias = Literal["cross-entropy", "squared"]


@dataclass(frozen=True, eq=False)
class LinearMap:
    """A weight W at one point of parameter space, with all that the bounds on its rank need (2402.03991).

    `inputs` has columns z and `deltas` columns δ = ∂(Σ_jℓ_j)/∂a: one for every use of W on every image, so a
    convolution has `uses` = its number of positions. The columns of the first image come first.
    `residual` is the gradient of the full loss: λW = −(1/N)Σδzᵀ + R, with N the number of images.
    """

    name: str
    weight: FloatArray
    weight_decay: float
    inputs: FloatArray
    deltas: FloatArray
    residual: FloatArray
    images: int

    @property
    def uses(self) -> int:
        """How often every image passes through W."""
        return self.inputs.shape[1] // self.images

    def of_columns(self, labels: IntegerArray) -> IntegerArray:
        """What belongs to every column, from what belongs to every image.

        Raises InvalidProblemError unless there is one label an image.
        """
        return np.repeat(class_labels(labels, self.images), self.uses)


@dataclass(frozen=True, eq=False)
class Objective:
    """The regularised full-batch loss of one network on one data set.

    Parameters
    ----------
    architecture: the network.
    inputs: p × N, columns are samples; images unfolded as `Flatten` does.
    answers: N labels for cross-entropy, t × N targets for the squared loss.
    weight_decays: one λ for every weight, or a mapping from each name to its own.

    Raises InvalidProblemError where anything does not fit.

    >>> from numerics.networks.layers import Dense
    >>> network = Architecture((1,), (Dense("W", 1, bias=False),))
    >>> loss = Objective(network, [[1.0, 3.0]], [[0.0, 0.0]], 0.1, "squared")
    >>> loss.value_and_gradient(np.array([2.0]))
    (10.2, array([10.2]))
    """

    architecture: Architecture
    inputs: ArrayLike
    answers: ArrayLike
    weight_decays: float | Mapping[str, float]
    loss: Loss

    def __post_init__(self) -> None:
        _ = self._values, self._targets, self.decays  # looked at once: this checks all that is given

    @cached_property
    def _values(self) -> FloatArray:
        return self.architecture.values(self.inputs)

    @property
    def samples(self) -> int:
        """N, the number of samples or images."""
        return self._values.shape[-1]

    @cached_property
    def _targets(self) -> FloatArray:
        outputs = self.architecture.output_shape[0]
        if self.loss == "cross-entropy":
            return one_hot(class_labels(self.answers, self.samples, outputs), outputs)
        if self.loss != "squared":
            raise InvalidProblemError(f"loss {self.loss!r} is unknown: use cross-entropy or squared")
        targets = finite_matrix(self.answers, "targets")
        if targets.shape != (outputs, self.samples):
            raise InvalidProblemError(
                f"targets have shape {targets.shape}, the outputs {(outputs, self.samples)}: "
                "columns are samples"
            )
        return targets

    @cached_property
    def decays(self) -> dict[str, float]:
        """λ of every weight by name."""
        names = self.architecture.maps
        given = self.weight_decays
        if isinstance(given, Mapping):
            if set(given) != set(names):
                raise InvalidProblemError(
                    f"weight decays for {', '.join(given)}: give one for each of {', '.join(names)}"
                )
            given = [given[name] for name in names]
        return dict(zip(names, decay_of_each(given, len(names)).tolist(), strict=True))

    def value_and_gradient(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """ℒ(θ) and its gradient, a vector like θ."""
        gradient = np.zeros_like(parameters)
        slopes = self.architecture.affine(gradient)

        def record(name: str, inputs: FloatArray, deltas: FloatArray) -> None:
            weight, bias = slopes[name]
            weight += deltas @ inputs.T
            if bias is not None:
                bias += deltas.sum(axis=1)

        outputs, back = self.architecture.forward(self._values, parameters)
        back(self._deltas(outputs), record)
        gradient /= self.samples
        penalty = 0.0
        for name, (weight, _) in self.architecture.affine(parameters).items():
            slopes[name].weight[:] += self.decays[name] * weight
            penalty += 0.5 * self.decays[name] * float(np.vdot(weight, weight))
        return self._fit(outputs) + penalty, gradient

    def linear_maps(self, parameters: FloatArray) -> tuple[LinearMap, ...]:
        """Every linear map at θ, in the order in which samples meet them.

        >>> from numerics.networks.layers import Dense
        >>> network = Architecture((1,), (Dense("W", 1, bias=False),))
        >>> loss = Objective(network, [[1.0, 3.0]], [[0.0, 0.0]], 0.1, "squared")
        >>> (only,) = loss.linear_maps(np.array([2.0]))
        >>> only.deltas.tolist(), only.residual.round(6).tolist()
        ([[2.0, 6.0]], [[10.2]])
        """
        found: dict[str, list[tuple[FloatArray, FloatArray]]] = {name: [] for name in self.decays}
        outputs, back = self.architecture.forward(self._values, parameters)
        back(self._deltas(outputs), lambda name, inputs, deltas: found[name].append((inputs, deltas)))
        return tuple(
            self._linear_map(name, weight, *zip(*reversed(found[name]), strict=True))
            for name, (weight, _) in self.architecture.affine(parameters).items()
        )

    def _linear_map(
        self,
        name: str,
        weight: FloatArray,
        inputs: tuple[FloatArray, ...],
        deltas: tuple[FloatArray, ...],
    ) -> LinearMap:
        decay = self.decays[name]
        z, delta = (_image_by_image(np.hstack(parts), self.samples) for parts in (inputs, deltas))
        residual = decay * weight + delta @ z.T / self.samples
        return LinearMap(name, weight.copy(), decay, z, delta, residual, self.samples)

    def fit(self, parameters: FloatArray) -> float:
        """The loss without the penalty: (1/N)Σℓ_i."""
        return self._fit(self.architecture.forward(self._values, parameters)[0])

    def _fit(self, outputs: FloatArray) -> float:
        if self.loss == "squared":
            return 0.5 * float(np.sum((outputs - self._targets) ** 2)) / self.samples
        return -float(np.sum(self._targets * log_softmax(outputs, axis=0))) / self.samples

    def _deltas(self, outputs: FloatArray) -> FloatArray:
        """∂ℓ_i/∂outputs, one column a sample."""
        if self.loss == "squared":
            return outputs - self._targets
        return np.exp(log_softmax(outputs, axis=0)) - self._targets


def _image_by_image(columns: FloatArray, images: int) -> FloatArray:
    """Columns that run over uses first and images within, in the other order."""
    return columns.reshape(len(columns), -1, images).swapaxes(1, 2).reshape(columns.shape)
