"""Norms, variations and ranks that weight decay guarantees before training, from the initial loss alone (B4).

Whatever descent does, while the full loss (data loss ≥ 0, plus Σ(λ_m/2)‖W_m‖_F²) is not above its initial
value ℒ_0, every ‖W_m‖_F² ≤ 2ℒ_0/λ_m. All layers share the one budget ℒ_0, and so does the data loss: a
product of powers of their norms is largest where each spends in proportion to its power (weighted AM–GM):
that is sharper than bounding each norm by itself. So B3, B1 and the chain of variations become numbers known
at the start, for plain networks f = W_L φ(… φ(W_1 x)) with any biases.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from theory.errors import InvalidProblemError
from theory.networks.smoothness import ACTIVATIONS, Activation, Loss, loss_sensitivity

Key = TypeVar("Key")
Powers = dict[int, float]
"""Layer m (0 for the data loss) ↦ power of ‖W_m‖² (of the squared signal at the loss)."""


@dataclass(frozen=True)
class LayerForecast:
    """What holds of the l-th weight (from 1) wherever the full loss is at most the initial one.

    `norm` bounds ‖W‖_F and `input_variation` TCV(z) of its inputs; `linear` (B3, infinite for ReLU) and
    `root` (B1) bound the distance to rank C at a critical point. Elsewhere add ‖R‖_F/λ. In networks whose
    weights have names, `name` is the weight's.
    """

    layer: int
    norm: float
    input_variation: float
    linear: float
    root: float
    name: str = ""

    @property
    def distance(self) -> float:
        """The smaller of the two bounds, or the norm's where both say less."""
        return min(self.linear, self.root, self.norm)

    @property
    def informs(self) -> bool:
        """Whether the distance is bounded by less than the norm."""
        return min(self.linear, self.root) < self.norm

    def values_above(self, threshold: float, clusters: int) -> int:
        """The largest number of singular values above a threshold, at a critical point.

        >>> LayerForecast(1, 5.0, 0.0, 2.0, 3.0).values_above(1.5, clusters=4)
        5
        """
        if not threshold > 0:
            raise InvalidProblemError(f"threshold {threshold} is not positive: every value may lie above it")
        beyond = (
            clusters + math.floor((min(self.linear, self.root) / threshold) ** 2)
            if self.informs
            else math.inf
        )
        return int(min(beyond, math.floor((self.norm / threshold) ** 2)))


def norm_bounds(initial_loss: float, weight_decays: Sequence[float]) -> tuple[float, ...]:
    """‖W_m‖_F ≤ √(2ℒ_0/λ_m), each layer by itself.

    Raises InvalidProblemError for a negative loss, or λ_m ≤ 0: without decay nothing is bounded.

    >>> norm_bounds(2.0, [1.0, 4.0])
    (2.0, 1.0)
    """
    _check(initial_loss, weight_decays)
    return tuple(math.sqrt(2 * initial_loss / decay) for decay in weight_decays)


def largest_product(budget: float, prices: Mapping[Key, float], powers: Mapping[Key, float]) -> float:
    """max Π x_m^{e_m} over x ≥ 0 with Σ price_m·x_m ≤ budget: Π (budget·e_m/(E·price_m))^{e_m}, E = Σe_m.

    >>> largest_product(2.0, {1: 1.0, 2: 1.0}, {1: 1.0, 2: 1.0})
    1.0
    """
    total = sum(powers.values())
    shares = [(power, budget * power / (total * prices[layer])) for layer, power in powers.items() if power]
    return math.prod(share**power for power, share in shares)


def bounds_before_training(
    initial_loss: float,
    weight_decays: Sequence[float],
    *,
    samples: int,
    input_variation: float,
    activation: Activation,
    loss: Loss,
) -> tuple[LayerForecast, ...]:
    """What the initial loss guarantees for every weight of a plain network, first layer first.

    Parameters
    ----------
    initial_loss: ℒ_0 = (1/N)Σℓ_i + Σ(λ_m/2)‖W_m‖_F² at the start; ℓ_i ≥ 0.
    weight_decays: λ_1, …, λ_L.
    samples: N.
    input_variation: TCV of the data for clusters within classes (for B1 alone, for any).
    activation: between the weights; the last one is linear.
    loss: cross-entropy, or ½‖f − y‖² with one y a class.

    Source: 2402.03991 (abstract); the form and its proof are derived for this project.

    >>> first, last = bounds_before_training(
    ...     1.0, [0.5, 0.5], samples=10, input_variation=1e-4, activation="tanh", loss="cross-entropy"
    ... )
    >>> first.norm, first.linear < 0.002, first.informs
    (2.0, True, True)
    """
    _check(initial_loss, weight_decays)
    if samples < 1 or not 0 <= input_variation < math.inf:
        raise InvalidProblemError(
            f"{samples} samples with variation {input_variation}: pass N ≥ 1 and a TCV ≥ 0"
        )
    if activation not in ACTIVATIONS:
        raise InvalidProblemError(f"activation {activation!r} is unknown: use {', '.join(ACTIVATIONS)}")
    decays = dict(enumerate(map(float, weight_decays), start=1))
    network = _Network(initial_loss, decays, samples, input_variation, activation, loss)
    norms = norm_bounds(initial_loss, weight_decays)
    return tuple(
        LayerForecast(layer, norm, network.variation(layer), network.linear(layer), network.root(layer))
        for layer, norm in enumerate(norms, start=1)
    )


@dataclass(frozen=True)
class _Network:
    """The monomials in the norms, each with its largest value on the budget."""

    budget: float
    decays: dict[int, float]
    samples: int
    input_variation: float
    activation: Activation
    loss: Loss

    def largest(self, powers: Powers, *, price_of_signal: float = 1.0) -> float:
        prices = {layer: decay / 2 for layer, decay in self.decays.items()} | {0: price_of_signal}
        return largest_product(self.budget, prices, powers)

    def before(self, layer: int) -> Powers:
        """Π_{m<l}‖W_m‖²: what the variation of the data is multiplied by (ℓ = 1 for every activation)."""
        return dict.fromkeys(range(1, layer), 1.0)

    def behind(self, layer: int, power: float) -> Powers:
        return dict.fromkeys(range(layer + 1, len(self.decays) + 1), power)

    def variation(self, layer: int) -> float:
        return self.input_variation * self.largest(self.before(layer))

    def linear(self, layer: int) -> float:
        """(D_l‖W_l‖/λ_l)·TCV: D_L‖W_{l+1}‖²⋯‖W_L‖², and a term for each activation behind the layer."""
        if self.input_variation == 0:
            return 0.0
        own = self.before(layer) | {layer: 0.5}
        depth = len(self.decays)
        squared = self.loss == "squared"
        at_loss = loss_sensitivity(self.loss, 0.0 if squared else None)
        total = at_loss.lipschitz * self.largest(own | self.behind(layer, 1.0))
        curvature = ACTIVATIONS[self.activation].curvature
        for bend in range(layer + 1, depth + 1) if curvature else ():
            powers = own | dict.fromkeys(range(layer + 1, bend), 1.0) | self.behind(bend - 1, 0.5)
            if squared:  # ‖f_i − y‖² = 2ℓ_i costs 1/(2N) of the data loss
                size = self.largest(powers | {0: 0.5}, price_of_signal=0.5 / self.samples)
            else:
                size = at_loss.size * self.largest(powers)
            total += curvature * size if size else 0.0
        return total * self.input_variation / self.decays[layer]

    def root(self, layer: int) -> float:
        """(1/λ_l)√(TCV(δ)·TCV(z)) with TCV(δ) at most the mean of ‖δ‖²."""
        if self.input_variation == 0:
            return 0.0
        powers = {m: power / 2 for m, power in self.before(layer).items()} | self.behind(layer, 0.5)
        if self.loss == "squared":  # the mean of ‖f_i − y_i‖² costs one half
            size = self.largest(powers | {0: 0.5}, price_of_signal=0.5)
        else:
            size = loss_sensitivity(self.loss).size * self.largest(powers)
        return size * math.sqrt(self.input_variation) / self.decays[layer]


def _check(initial_loss: float, weight_decays: Sequence[float]) -> None:
    if not 0 <= initial_loss < math.inf:
        raise InvalidProblemError(f"initial loss {initial_loss} is not a finite number ≥ 0")
    if not len(weight_decays):
        raise InvalidProblemError("no weight decay: pass one for each weight")
    for layer, decay in enumerate(weight_decays, start=1):
        if not 0 < decay < math.inf:
            raise InvalidProblemError(
                f"weight decay {decay} of layer {layer} is not positive: without decay no norm is bounded"
            )
