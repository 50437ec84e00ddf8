"""How fast the error signals of a network can vary: Lipschitz constants of maps and of their derivatives.

A map h has ‖h(x) − h(y)‖ ≤ ℓ‖x − y‖ and ‖(J(x) − J(y))ᵀv‖ ≤ s‖x − y‖‖v‖ for its Jacobian J. A signal v(h(x))
of size at most G that is D-Lipschitz comes back through h as Jᵀv: of size at most ℓG, and Lipschitz with
sG + ℓ²D. Layer by layer this is the recursion behind the rank bound that is linear in the variation.

tanh has ℓ = 1 and s = 4/(3√3), the largest |tanh''|; ReLU has no finite s: its derivative jumps at the kink.
"""

import math
from dataclasses import dataclass
from functools import reduce
from typing import Final, Literal, TypeAlias

from theory.errors import InvalidProblemError

Activation: TypeAlias = Literal["linear", "tanh", "relu"]
Loss: TypeAlias = Literal["cross-entropy", "squared"]

TANH_CURVATURE: Final = 4 / (3 * math.sqrt(3))
"""max |tanh''|: with t = tanh it is 2t(1 − t²), largest at t = 1/√3."""


@dataclass(frozen=True)
class Smoothness:
    """A map's Lipschitz constant ℓ and that of its derivative s (infinite across a kink)."""

    lipschitz: float
    curvature: float

    def __post_init__(self) -> None:
        if not (0 <= self.lipschitz < math.inf and self.curvature >= 0):
            raise InvalidProblemError(
                f"constants {self.lipschitz} and {self.curvature}: give numbers ≥ 0, the first one finite"
            )

    def after(self, inner: "Smoothness") -> "Smoothness":
        """The composition of this map after another.

        >>> linear_map(3.0).after(ACTIVATIONS["tanh"]).after(linear_map(2.0)).lipschitz
        6.0
        """
        return Smoothness(
            self.lipschitz * inner.lipschitz,
            _times(self.curvature, inner.lipschitz**2) + _times(inner.curvature, self.lipschitz),
        )

    @property
    def with_skip(self) -> "Smoothness":
        """x ↦ x + h(x): a residual branch.

        >>> linear_map(3.0).with_skip
        Smoothness(lipschitz=4.0, curvature=0.0)
        """
        return Smoothness(1 + self.lipschitz, self.curvature)


ACTIVATIONS: Final[dict[Activation, Smoothness]] = {
    "linear": Smoothness(1.0, 0.0),
    "tanh": Smoothness(1.0, TANH_CURVATURE),
    "relu": Smoothness(1.0, math.inf),
}


def linear_map(spectral_norm: float) -> Smoothness:
    """A weight matrix, with or without a bias, from ‖W‖₂ or anything above it.

    >>> linear_map(2.0)
    Smoothness(lipschitz=2.0, curvature=0.0)
    """
    return Smoothness(spectral_norm, 0.0)


def _times(curvature: float, factor: float) -> float:
    """The product, zero where a factor is: a kink that no signal passes does no harm."""
    return 0.0 if factor == 0 else curvature * factor


@dataclass(frozen=True)
class Sensitivity:
    """An error signal δ: ‖δ‖ ≤ `size`, and `lipschitz`-Lipschitz between samples of one class."""

    size: float
    lipschitz: float

    def __post_init__(self) -> None:
        if not (0 <= self.size < math.inf and self.lipschitz >= 0):
            raise InvalidProblemError(
                f"signal of size {self.size}, Lipschitz constant {self.lipschitz}: give numbers ≥ 0"
            )

    def through(self, mapping: Smoothness) -> "Sensitivity":
        """The signal at the entrance of a map, from that at its exit.

        >>> Sensitivity(1.0, 1.0).through(linear_map(2.0))
        Sensitivity(size=2.0, lipschitz=4.0)
        """
        return Sensitivity(
            mapping.lipschitz * self.size,
            _times(mapping.curvature, self.size) + _times(self.lipschitz, mapping.lipschitz**2),
        )


def loss_sensitivity(loss: Loss, largest_loss: float | None = None) -> Sensitivity:
    """Size and Lipschitz constant of ∂ℓ/∂f within a class, from the largest loss of a sample.

    Squared loss ½‖f − y‖²: √(2 max ℓ) and 1. Cross-entropy: with q = 1 − e^{−max ℓ}, the largest probability
    not on the class, √2·q and min(½, q(2 − q)): the Hessian diag(p) − ppᵀ has norm at most ½ (Popoviciu) and
    at most its trace, and ℓ is convex, so that q holds between two samples of a class, too.

    Raises InvalidProblemError for a negative loss, or none at all where the squared loss needs one.

    >>> loss_sensitivity("cross-entropy").lipschitz
    0.5
    >>> loss_sensitivity("squared", 8.0)
    Sensitivity(size=4.0, lipschitz=1.0)
    """
    if largest_loss is not None and not largest_loss >= 0:
        raise InvalidProblemError(
            f"largest loss {largest_loss} is not a number ≥ 0: these losses never are below"
        )
    if loss == "squared":
        if largest_loss is None:
            raise InvalidProblemError(
                "the squared loss bounds no signal by itself: pass the largest loss of a sample"
            )
        return Sensitivity(math.sqrt(2 * largest_loss), 1.0)
    if loss != "cross-entropy":
        raise InvalidProblemError(f"loss {loss!r} is unknown: use cross-entropy or squared")
    missed = 1.0 if largest_loss is None else -math.expm1(-largest_loss)
    return Sensitivity(math.sqrt(2) * missed, min(0.5, missed * (2 - missed)))


def signal_sensitivity(behind: tuple[Smoothness, ...], at_loss: Sensitivity) -> Sensitivity:
    """The signal in front of a sequence of maps (first map first) that ends in the loss.

    >>> tail = (ACTIVATIONS["tanh"], linear_map(1.0))
    >>> round(signal_sensitivity(tail, Sensitivity(1.0, 1.0)).lipschitz, 6)
    1.7698
    >>> signal_sensitivity((ACTIVATIONS["relu"], linear_map(1.0)), Sensitivity(1.0, 1.0)).lipschitz
    inf
    """
    return reduce(Sensitivity.through, reversed(behind), at_loss)
