"""The whole path: features straight to the cheapest ones, then balancing, evaluated at any parameter."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.threads import one_blas_thread
from numerics.paths.balancing import Direction, Node, geodesics
from theory.errors import InvalidProblemError, OutOfDomainError
from theory.networks.loss_decreasing_path import (
    Factors,
    Geodesic,
    StraightMove,
    checked_factors,
    straight_move,
)
from theory.regression.two_factors import interpolating_features

Segment: TypeAlias = StraightMove | Geodesic


@dataclass(frozen=True)
class LossDecreasingPath:
    """Segments one after the other; `time` runs from 0 to `end`, a straight move taking one unit.

    `status` is "balanced", or "segments-exhausted" with a `remedy`.
    """

    segments: tuple[Segment, ...]
    status: Literal["balanced", "segments-exhausted"]
    remedy: str

    @property
    def joints(self) -> FloatArray:
        """The times at which segments begin, and the end."""
        return np.concatenate([[0.0], np.cumsum([_length(segment) for segment in self.segments])])

    @property
    def end(self) -> float:
        """The last time."""
        return float(self.joints[-1])

    def factors_at(self, time: float) -> Factors:
        """The factors A_1, …, A_F at a time; OutOfDomainError outside [0, end]."""
        segment, local = self._place(time)
        return segment.at(local)

    def half_norm_at(self, time: float) -> float:
        """½Σ‖A_j‖², what λ multiplies in the loss."""
        segment, local = self._place(time)
        return segment.half_norm(local)

    def slope_at(self, time: float) -> float:
        """Its derivative in time (from the right at a joint)."""
        segment, local = self._place(time)
        return segment.slope(local)

    def _place(self, time: float) -> tuple[Segment, float]:
        joints = self.joints
        if not 0 <= time <= joints[-1]:
            raise OutOfDomainError(f"time {time} is not on the path: it runs from 0 to {joints[-1]:.6g}")
        index = min(bisect.bisect_right(joints.tolist(), time) - 1, len(self.segments) - 1)
        return self.segments[index], time - float(joints[index])


def loss_decreasing_path(
    factors: Sequence[FloatArray],
    *,
    direction: Direction = "newton",
    nodes: Sequence[Node] | None = None,
    straight: bool = True,
    tolerance: float = 1e-9,
    max_segments: int = 1_000,
) -> LossDecreasingPath:
    """Return a path from any factors A_1 = H, A_2 = W_1, …, A_F along which A_F⋯A_1 stays and Σ‖A_j‖² falls.

    Parameters
    ----------
    factors
        The features first; any shapes that multiply, any ranks, interpolating or not.
    direction, nodes, tolerance
        As in `numerics.paths.balancing.geodesics`.
    straight
        Whether the features first move straight to W⁺WH; balancing alone has the same limit.
    max_segments
        Geodesics after which to give up.

    Raises
    ------
    InvalidProblemError
        If the factors do not fit together or a setting is out of range.

    Examples
    --------
    >>> path = loss_decreasing_path([np.array([[1.0], [1.0]]), np.array([[2.0, 0.0]])])
    >>> path.status, round(path.half_norm_at(0.0), 6), round(path.half_norm_at(path.end), 6)
    ('balanced', 3.0, 2.0)
    """
    chain = checked_factors(factors)
    if not 0 < tolerance < 1 or max_segments < 1:
        raise InvalidProblemError(
            f"tolerance {tolerance} must lie in (0, 1), max_segments {max_segments} be at least 1"
        )
    segments: list[Segment] = [straight_move(chain)] if straight else []
    start = segments[0].at(1.0) if segments else chain
    with one_blas_thread():
        balancing = geodesics(start, nodes=nodes, direction=direction, tolerance=tolerance)
        segments += itertools.islice(balancing, max_segments)
        balanced = next(balancing, None) is None
    if not segments:  # balanced from the start: a path that stays
        segments.append(Geodesic(chain, tuple(np.zeros((part.shape[0],) * 2) for part in chain[:-1])))
    return LossDecreasingPath(
        tuple(segments),
        "balanced" if balanced else "segments-exhausted",
        "" if balanced else f"{max_segments} segments did not balance: raise max_segments",
    )


def interpolating_start(
    targets: FloatArray, widths: Sequence[int], rng: np.random.Generator, *, spread: float = 1.0
) -> Factors:
    """Return Gaussian weights of those widths (features' first) and features, spread off W⁺Y, with WH = Y.

    Raises InvalidProblemError unless W_L⋯W_1 has full row rank: no width may be below the number of outputs.

    Examples
    --------
    >>> start = interpolating_start(np.eye(2), [4, 3], np.random.default_rng(0))
    >>> [factor.shape for factor in start]
    [(4, 2), (3, 4), (2, 3)]
    """
    sizes = [*widths, targets.shape[0]]
    weights = [
        rng.standard_normal((after, before)) / np.sqrt(before) for before, after in itertools.pairwise(sizes)
    ]
    whole = weights[0]
    for weight in weights[1:]:
        whole = weight @ whole
    free = spread * rng.standard_normal((sizes[0], targets.shape[1]))
    return (interpolating_features(targets, whole, free), *weights)


def _length(segment: Segment) -> float:
    return 1.0 if isinstance(segment, StraightMove) else segment.length
