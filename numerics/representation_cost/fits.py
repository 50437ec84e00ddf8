"""What a matrix Z is asked to do on inputs X: meet margins, interpolate, or fit, as functions h of ZX.

Every fit has the same dual side. Its multipliers P have the shape of the outputs and *pull them up*: the
Lagrangian of min h(ZX) + λ‖Z‖_* is stationary where PXᵀ ∈ λ∂‖Z‖_* and −P ∈ ∂h(ZX), and
−h*(−P) bounds the optimum from below for every P with ‖PXᵀ‖_2 ≤ λ (Fenchel, Rockafellar).
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from numerics.arrays import FloatArray, IntegerArray


@dataclass(frozen=True, eq=False)
class Margins:
    """(ZX)_{y_i,i} − (ZX)_{j,i} ≥ m_ji for every j ≠ y_i; m is K × N, and −∞ asks for nothing.

    Multipliers α ≥ 0 of these make P = Σ α_ji (e_{y_i} − e_j)e_iᵀ. Entries of m at the labels are −∞.
    """

    required: FloatArray
    labels: IntegerArray
    name: ClassVar[str] = "margins"

    @property
    def shape(self) -> tuple[int, int]:
        """K × N."""
        return self.required.shape[0], self.required.shape[1]

    def margins(self, outputs: FloatArray) -> FloatArray:
        """(ZX)_{y_i,i} − (ZX)_{j,i} as a K × N matrix, zero at the labels."""
        return outputs[self.labels, np.arange(self.labels.size)] - outputs

    def pull(self, multipliers: FloatArray) -> FloatArray:
        """P = Σ α_ji (e_{y_i} − e_j)e_iᵀ of the multipliers α, whose entries at the labels are zero."""
        pull = -multipliers
        pull[self.labels, np.arange(self.labels.size)] += multipliers.sum(axis=0)
        return pull

    def multipliers(self, pull: FloatArray) -> FloatArray:
        """α ≥ 0 from P, zero where nothing is required: the inverse of `pull` on its range."""
        return np.where(np.isfinite(self.required), np.maximum(-pull, 0.0), 0.0)

    def in_domain(self, pull: FloatArray) -> FloatArray:
        """The nearest P (entry by entry) that multipliers α ≥ 0 make."""
        return self.pull(self.multipliers(pull))

    def value(self, outputs: FloatArray) -> float:
        """Zero: whether the margins are met is judged apart, by `shortfall`."""
        return 0.0

    def shortfall(self, outputs: FloatArray) -> FloatArray:
        """How much each margin lacks, K × N, at least zero."""
        return np.maximum(self.required - self.margins(outputs), 0.0)

    def dual_value(self, pull: FloatArray) -> float:
        """Σ α_ji m_ji."""
        multipliers = self.multipliers(pull)
        active = multipliers > 0
        return float(np.sum(multipliers[active] * self.required[active]))


@dataclass(frozen=True, eq=False)
class Interpolation:
    """ZX = Y. The multipliers P of Y − ZX are free, and their dual value is ⟨P, Y⟩."""

    targets: FloatArray
    name: ClassVar[str] = "interpolation"

    @property
    def shape(self) -> tuple[int, int]:
        """K × N."""
        return self.targets.shape[0], self.targets.shape[1]

    def in_domain(self, pull: FloatArray) -> FloatArray:
        """P itself."""
        return pull

    def value(self, outputs: FloatArray) -> float:
        """Zero: whether Y is met is judged apart, by `shortfall`."""
        return 0.0

    def shortfall(self, outputs: FloatArray) -> FloatArray:
        """|Y − ZX|."""
        return np.abs(self.targets - outputs)

    def dual_value(self, pull: FloatArray) -> float:
        """⟨P, Y⟩."""
        return float(np.sum(pull * self.targets))


@dataclass(frozen=True, eq=False)
class CrossEntropy:
    """Σ_i share_i · (log Σ_j exp o_ji − o_{y_i,i}).

    The dual value is an entropy, Σ_i share_i H(e_{y_i} − P_i/share_i).
    """

    classes: int
    labels: IntegerArray
    shares: FloatArray
    name: ClassVar[str] = "cross-entropy"

    @property
    def shape(self) -> tuple[int, int]:
        """K × N."""
        return self.classes, self.labels.size

    @property
    def smoothness(self) -> float:
        """A Lipschitz constant of the gradient in the outputs: the Hessian of log Σ exp is at most ½."""
        return 0.5 * float(self.shares.max())

    def value(self, outputs: FloatArray) -> float:
        """Weighted cross-entropy."""
        above = outputs - outputs[self.labels, np.arange(self.labels.size)]
        peak = above.max(axis=0)
        return float(np.sum(self.shares * (peak + np.log(np.exp(above - peak).sum(axis=0)))))

    def pull_at(self, outputs: FloatArray) -> FloatArray:
        """−∇h: share · (e_y − softmax)."""
        weights = np.exp(outputs - outputs.max(axis=0))
        weights /= weights.sum(axis=0)
        columns = np.arange(self.labels.size)
        pull = -self.shares * weights
        weights[self.labels, columns] = 0.0
        pull[self.labels, columns] = self.shares * weights.sum(axis=0)  # 1 − p without cancellation
        return pull

    def in_domain(self, pull: FloatArray) -> FloatArray:
        """P whose e_y − P/share is a probability vector: other entries ≤ 0, their sum at least −share."""
        columns = np.arange(self.labels.size)
        others = np.maximum(-pull, 0.0)
        others[self.labels, columns] = 0.0
        total = others.sum(axis=0)
        others *= np.minimum(1.0, self.shares / np.where(total > 0, total, 1.0))
        result = -others
        result[self.labels, columns] = others.sum(axis=0)
        return result

    def dual_value(self, pull: FloatArray) -> float:
        """Σ_i share_i H(e_{y_i} − P_i/share_i) with the entropy H."""
        columns = np.arange(self.labels.size)
        probabilities = np.maximum(-pull / self.shares, 0.0)
        probabilities[self.labels, columns] = 0.0
        wrong = np.minimum(probabilities.sum(axis=0), 1.0)
        logs = np.log(np.where(probabilities > 0, probabilities, 1.0))
        rest = 1.0 - wrong
        own = np.where(rest > 0, -rest * np.log1p(-np.where(rest > 0, wrong, 0.0)), 0.0)
        return float(np.sum(self.shares * (own - (probabilities * logs).sum(axis=0))))


@dataclass(frozen=True, eq=False)
class SquaredLoss:
    """½ Σ_i share_i ‖o_i − y_i‖²; the dual value is ⟨P, Y⟩ − ½ Σ_i ‖P_i‖²/share_i."""

    targets: FloatArray
    shares: FloatArray
    name: ClassVar[str] = "squared"

    @property
    def shape(self) -> tuple[int, int]:
        """K × N."""
        return self.targets.shape[0], self.targets.shape[1]

    @property
    def smoothness(self) -> float:
        """The Lipschitz constant of the gradient in the outputs."""
        return float(self.shares.max())

    def value(self, outputs: FloatArray) -> float:
        """Weighted half squares."""
        return 0.5 * float(np.sum(self.shares * (outputs - self.targets) ** 2))

    def pull_at(self, outputs: FloatArray) -> FloatArray:
        """−∇h: share · (y − o)."""
        return self.shares * (self.targets - outputs)

    def in_domain(self, pull: FloatArray) -> FloatArray:
        """P itself."""
        return pull

    def dual_value(self, pull: FloatArray) -> float:
        """⟨P, Y⟩ − ½ Σ_i ‖P_i‖²/share_i."""
        return float(np.sum(pull * self.targets) - 0.5 * np.sum(pull**2 / self.shares))


@dataclass(frozen=True, eq=False)
class Alignment:
    """−⟨C, ZX⟩: the cross-entropy's slope at zero. Only P = C is dual, of value 0.

    The optimum is Z = 0 while ‖CXᵀ‖_2 ≤ λ; beyond that there is none.
    """

    directions: FloatArray
    name: ClassVar[str] = "alignment"

    @property
    def shape(self) -> tuple[int, int]:
        """K × N."""
        return self.directions.shape[0], self.directions.shape[1]

    @property
    def smoothness(self) -> float:
        """The gradient is constant."""
        return 0.0

    def value(self, outputs: FloatArray) -> float:
        """−⟨C, ZX⟩."""
        return -float(np.sum(self.directions * outputs))

    def pull_at(self, outputs: FloatArray) -> FloatArray:
        """−∇h = C."""
        return self.directions.copy()

    def in_domain(self, pull: FloatArray) -> FloatArray:
        """C."""
        return self.directions.copy()

    def dual_value(self, pull: FloatArray) -> float:
        """Zero."""
        return 0.0


SmoothFit = CrossEntropy | SquaredLoss | Alignment
Fit = Margins | Interpolation | SmoothFit
CONSTRAINTS: Final = (Margins, Interpolation)
