"""A path from any deep linear network to balanced factors of least norm, the product held, the norm falling.

Factors A_1 = H (the features) and A_{j+1} = W_j, so the outputs are Z = A_F⋯A_1. The fit sees Z alone; what
falls is ½Σ‖A_j‖_F², hence every loss g(Z) + (λ/2)Σ‖A_j‖² (2402.03991; construction and proof ours).

Straight move: H(t) = (1−t)H + t W⁺WH with W = W_L⋯W_1. WW⁺WH = WH, and W⁺W is an orthogonal projector, so
‖h_i(t)‖² = ‖W⁺Wh_i‖² + (1−t)²‖(I−W⁺W)h_i‖². Interpolation of given targets is not needed, nor any rank.

Balancing: with N_j = A_jA_jᵀ − A_{j+1}ᵀA_{j+1} and N_0 = N_F = 0 the flow Ȧ_j = A_jN_{j−1} − N_jA_j holds Z,
and d/dt ½Σ‖A_j‖² = −Σ‖N_j‖². Its steps are geodesics A_j(s) = e^{−sM_j}A_je^{sM_{j−1}} for symmetric M_j
(M_0 = M_F = 0): they hold Z exactly, and in eigenvectors of the M_j half the squared norm is ½Σc e^{2sδ}
with c ≥ 0, which is convex: it falls up to s as soon as its slope at s is not positive.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.tolerances import LINEAR_ALGEBRA

Matrix = NDArray[np.float64]
Factors = tuple[Matrix, ...]

_KEPT, _LOST, _TIME = (sp.Symbol(name, nonnegative=True) for name in ("kept", "lost", "time"))
_WEIGHT, _RATE = sp.Symbol("weight", nonnegative=True), sp.Symbol("rate", real=True)

STRAIGHT_NORM: Final = Formula(
    "squared norm on the straight move",
    _KEPT + (1 - _TIME) ** 2 * _LOST,
    (_KEPT, _LOST, _TIME),
    RANKCOLLAPSE.at("theory 5.3"),
    "‖h(t)‖² with kept = ‖W⁺Wh‖² and lost = ‖(I−W⁺W)h‖²",
)

GEODESIC_TERM: Final = Formula(
    "term of the norm on a geodesic",
    _WEIGHT * sp.exp(2 * _TIME * _RATE),
    (_WEIGHT, _RATE, _TIME),
    RANKCOLLAPSE.at("theory 5.3"),
    "c e^{2sδ}: a squared entry c in eigenvectors of the generators, δ the difference of their eigenvalues",
)


def half_norm(factors: Sequence[Matrix]) -> float:
    """½ Σ_j ‖A_j‖_F².

    >>> half_norm((np.eye(2), np.eye(2)))
    2.0
    """
    return 0.5 * float(sum(np.sum(factor**2) for factor in factors))


def product_of(factors: Sequence[Matrix]) -> Matrix:
    """A_F⋯A_1 of the factors A_1, …, A_F.

    >>> product_of((np.array([[1.0], [2.0]]), np.array([[3.0, 1.0]])))
    array([[5.]])
    """
    product = factors[0]
    for factor in factors[1:]:
        product = factor @ product
    return product


def checked_factors(factors: Sequence[Matrix]) -> Factors:
    """The factors as finite float64 matrices that multiply, at least two of them.

    Raises InvalidProblemError for one factor, shapes that do not chain, NaN or infinity.
    """
    chain = tuple(np.array(factor, dtype=np.float64) for factor in factors)
    if len(chain) < 2:
        raise InvalidProblemError(f"{len(chain)} factors: pass the features and at least one weight matrix")
    for index, factor in enumerate(chain):
        if factor.ndim != 2 or factor.size == 0 or not np.isfinite(factor).all():
            raise InvalidProblemError(
                f"factor {index + 1} of shape {factor.shape} is empty, not a matrix, or not finite: "
                "replace it"
            )
    for index, (right, left) in enumerate(itertools.pairwise(chain)):
        if left.shape[1] != right.shape[0]:
            raise InvalidProblemError(
                f"factor {index + 2} of shape {left.shape} cannot follow factor {index + 1} of "
                f"{right.shape}: list them from the features on"
            )
    return chain


def imbalances(factors: Sequence[Matrix]) -> Factors:
    """N_j = A_jA_jᵀ − A_{j+1}ᵀA_{j+1} for j = 1, …, F−1: zero for balanced factors.

    >>> imbalances((np.array([[2.0]]), np.array([[1.0]])))
    (array([[3.]]),)
    """
    pairs = itertools.pairwise(factors)
    return tuple(lower @ lower.T - upper.T @ upper for lower, upper in pairs)


def balancing_velocity(factors: Sequence[Matrix]) -> Factors:
    """Ȧ_j = A_jN_{j−1} − N_jA_j of the balancing flow, half the downward gradient of ½Σ‖N_j‖².

    >>> balancing_velocity((np.array([[2.0]]), np.array([[1.0]])))
    (array([[-6.]]), array([[3.]]))
    """
    found = imbalances(factors)
    velocity: list[Matrix] = []
    for index, factor in enumerate(factors):
        before = factor @ found[index - 1] if index else 0.0
        after = found[index] @ factor if index < len(found) else 0.0
        velocity.append(np.asarray(before - after))
    return tuple(velocity)


@dataclass(frozen=True)
class StraightMove:
    """H(t) = (1−t)H + tH' for 0 ≤ t ≤ 1, the weights unchanged; H' is `cheapest`, no column of it dearer."""

    factors: Factors
    cheapest: Matrix

    def at(self, time: float) -> Factors:
        """The factors at a time of the move."""
        return ((1 - time) * self.factors[0] + time * self.cheapest, *self.factors[1:])

    def half_norm(self, time: float) -> float:
        """½Σ‖A_j‖² at a time."""
        return half_norm(self.at(time))

    def slope(self, time: float) -> float:
        """d/dt ½Σ‖A_j‖² = ⟨H(t), H' − H⟩, never positive: it rises in t, and at t = 1 H' is cheapest."""
        return float(np.sum(self.at(time)[0] * (self.cheapest - self.factors[0])))


def straight_move(factors: Sequence[Matrix]) -> StraightMove:
    """The features straight to W⁺WH, for any factors: the columns of least norm with the same outputs.

    Singular values of W below rounding of its factors count as zero.
    Raises InvalidProblemError for factors that do not fit together.

    >>> move = straight_move((np.array([[1.0], [2.0]]), np.array([[0.0, 1.0]])))
    >>> move.at(1.0)[0].tolist(), move.slope(0.5)
    ([[0.0], [2.0]], -0.5)
    """
    chain = checked_factors(factors)
    weight = product_of(chain[1:])
    _, values, right = np.linalg.svd(weight, full_matrices=False)
    rounding = LINEAR_ALGEBRA * float(np.prod([np.linalg.norm(factor) for factor in chain[1:]]))
    basis = right[values > rounding]
    return StraightMove(chain, basis.T @ (basis @ chain[0]))


@dataclass(frozen=True)
class Geodesic:
    """A_j(s) = e^{−sM_j}A_je^{sM_{j−1}} for 0 ≤ s ≤ length, `generators` the symmetric M_1, …, M_{F−1}."""

    factors: Factors
    generators: Factors
    length: float = 1.0

    def at(self, time: float) -> Factors:
        """The factors at a time; their product is that of the start."""
        found: list[Matrix] = []
        for index, inner in enumerate(self._inner):
            (after, left), (before, right) = self._frames[index + 1], self._frames[index]
            moved = np.exp(-time * after)[:, None] * inner * np.exp(time * before)
            moved = moved if left is None else left @ moved
            found.append(moved if right is None else moved @ right.T)
        return tuple(found)

    def half_norm(self, time: float) -> float:
        """½Σ c e^{2sδ}."""
        weights, rates = self.terms
        return 0.5 * float(np.sum(GEODESIC_TERM(weight=weights, rate=rates, time=time)))

    def slope(self, time: float) -> float:
        """d/ds ½Σ‖A_j‖² = Σ c δ e^{2sδ}; it rises with s."""
        weights, rates = self.terms
        return float(np.sum(rates * GEODESIC_TERM(weight=weights, rate=rates, time=time)))

    @cached_property
    def terms(self) -> tuple[Matrix, Matrix]:
        """The c ≥ 0 and δ of the sum, in one vector each."""
        weights, rates = [], []
        for index, inner in enumerate(self._inner):
            after, before = self._frames[index + 1][0], self._frames[index][0]
            weights.append(np.ravel(inner**2))
            rates.append(np.ravel(before[None, :] - after[:, None]))
        return np.concatenate(weights), np.concatenate(rates)

    @cached_property
    def _frames(self) -> list[tuple[Matrix, Matrix | None]]:
        """Eigenvalues and eigenvectors of M_0 = 0, M_1, …, M_{F−1}, M_F = 0."""
        ends = self.factors[0].shape[1], self.factors[-1].shape[0]
        inner = [np.linalg.eigh(generator) for generator in self.generators]
        return [(np.zeros(ends[0]), None), *[(v, w) for v, w in inner], (np.zeros(ends[1]), None)]

    @cached_property
    def _inner(self) -> list[Matrix]:
        """The factors in the eigenvectors on both sides."""
        found: list[Matrix] = []
        for index, factor in enumerate(self.factors):
            left, right = self._frames[index + 1][1], self._frames[index][1]
            turned = factor if left is None else left.T @ factor
            found.append(turned if right is None else turned @ right)
        return found
