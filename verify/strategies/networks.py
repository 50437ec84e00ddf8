"""Networks: small random ones as readable dictionaries, and the network that a dictionary describes."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from verify.instance import Instance
from verify.strategies.numbers import log_uniform_floats, small_fractions, weight_decays

if TYPE_CHECKING:
    from numerics.descent.network import Activation, Network

ACTIVATIONS: tuple["Activation", ...] = ("tanh", "relu", "linear")
"""An instance names its activation by the position here."""


@dataclass(frozen=True)
class LabelledNetwork:
    """A network with the samples it acts on: inputs p × N, one label a column, and its weight decay."""

    network: "Network"
    inputs: NDArray[np.float64]
    labels: NDArray[np.int64]
    weight_decay: float


def network_instances(
    *, classes: int = 4, samples: int = 12, width: int = 8, layers: int = 4
) -> st.SearchStrategy[dict[str, Any]]:
    """Dictionaries that describe a classifier and its data; `build_network` makes the network.

    classes       2 to `classes`
    samples       at least one a class, at most `samples` (or one a class, if that is more)
    widths        of the inputs and the hidden layers, 1 to `width` each; 1 to `layers` weight matrices
    activation    0, 1, 2: position in `ACTIVATIONS`
    weight_decay  see `weight_decays`, from 1e-4 to 10
    spread        size of the deviations from the class centres: 0, a fraction up to 3, or 1e-3 to 3
    seed          of the weights, centres and deviations

    Shrinks towards two samples of two classes, one layer of width 1, tanh, weight decay 1, spread 0, seed 0.

    >>> from hypothesis import find
    >>> find(network_instances(), lambda instance: True)["samples"]
    2
    """
    simple: list[int | Fraction] = [0, *small_fractions(largest=3, denominator=8)]
    fields: dict[str, st.SearchStrategy[Any]] = {
        "widths": st.lists(st.integers(1, width), min_size=1, max_size=layers),
        "activation": st.integers(0, len(ACTIVATIONS) - 1),
        "weight_decay": weight_decays(smallest=1e-4, largest=10.0),
        "spread": st.one_of(st.sampled_from(simple), log_uniform_floats(1e-3, 3)),
        "seed": st.integers(0, 10**6),
    }

    def of(count: int) -> st.SearchStrategy[dict[str, Any]]:
        sizes = {"classes": st.just(count), "samples": st.integers(count, max(samples, count))}
        return st.fixed_dictionaries(sizes | fields)

    return st.integers(2, classes).flatmap(of)


def build_network(instance: Instance) -> LabelledNetwork:
    """The network, inputs and labels that a dictionary of `network_instances` describes.

    Samples go to the classes in turn and lie about one normal centre a class, `spread` times a normal
    deviation away. The same dictionary always gives the same numbers.

    >>> simplest = {"classes": 2, "samples": 4, "widths": [3, 5], "activation": 1, "seed": 0}
    >>> built = build_network(simplest | {"weight_decay": 1, "spread": 0})
    >>> [weight.shape for weight in built.network.weights], built.labels.tolist()
    ([(5, 3), (2, 5)], [0, 1, 0, 1])
    """
    from numerics.descent.network import random_network

    generator = np.random.default_rng(instance["seed"])
    classes, samples = instance["classes"], instance["samples"]
    widths = [*instance["widths"], classes]
    network = random_network(widths, ACTIVATIONS[instance["activation"]], generator)
    labels = np.arange(samples, dtype=np.int64) % classes
    centres = generator.standard_normal((widths[0], classes))
    deviations = float(instance["spread"]) * generator.standard_normal((widths[0], samples))
    return LabelledNetwork(network, centres[:, labels] + deviations, labels, float(instance["weight_decay"]))
