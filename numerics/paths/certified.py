"""A path certified in ball arithmetic: the norm falls between any two times, not only on a grid.

The path is taken as its exact data say: the start's entries and the segments' generators and lengths are
floats, hence exact rationals. The norm is convex on a geodesic, so that its slope lies between those at both
ends: a ball below zero at the end of a segment certifies all of it. On the straight move the slope is
−(1−t)‖(I−W⁺W)H‖² by its closed form. The outputs stay by the algebra of the group; balls only confirm it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, ctx

from numerics.arrays import FloatArray
from numerics.paths.path import LossDecreasingPath
from theory.errors import OutOfDomainError
from theory.networks.loss_decreasing_path import Geodesic, StraightMove
from theory.tolerances import BALL_PRECISION


@dataclass(frozen=True)
class CertifiedPath:
    """What balls say of a path.

    `slopes` encloses the slope of ½Σ‖A_j‖² at both ends of every geodesic, in order; `straight_slope` at the
    start of the straight move (None without one); `half_norms` the norm at the joints after it;
    `product_error` bounds how far the balls leave the outputs from those of the start; `distance` how far the
    float path strays from the exact one.
    """

    slopes: tuple[tuple[arb, arb], ...]
    straight_slope: arb | None
    half_norms: tuple[arb, ...]
    product_error: float
    distance: float

    @property
    def falls(self) -> bool:
        """Whether every slope is certainly negative; False also where a ball contains zero."""
        straight = self.straight_slope is None or not self.straight_slope > 0
        return straight and all(start < 0 and end < 0 for start, end in self.slopes)


def certify(path: LossDecreasingPath, *, precision: int = BALL_PRECISION) -> CertifiedPath:
    """Enclose the slopes at the joints of a path in balls.

    Raises
    ------
    OutOfDomainError
        If the path starts with a straight move and balls cannot show that W_L⋯W_1 has full row rank.

    Examples
    --------
    >>> from numerics.paths.path import loss_decreasing_path
    >>> certify(loss_decreasing_path([np.array([[1.0], [1.0]]), np.array([[2.0, 0.0]])])).falls
    True
    """
    with ctx.workprec(precision):
        current = [_exact(factor) for factor in path.segments[0].factors]
        outputs = _product(current)
        straight, slopes, sizes, strayed = None, [], [], 0.0
        for segment in path.segments:
            strayed = max(strayed, _distance(current, segment.factors))
            if isinstance(segment, StraightMove):
                current, straight = _straight(current)
            else:
                following = _along(current, segment)
                slopes.append((_slope(current, segment), _slope(following, segment)))
                current = following
            sizes.append(_half_norm(current))
        left = [_largest(entry) for entry in (_product(current) - outputs).entries()]
        return CertifiedPath(tuple(slopes), straight, tuple(sizes), max(left), strayed)


def _exact(matrix: FloatArray) -> arb_mat:
    return arb_mat([[arb(float(entry)) for entry in row] for row in matrix])


def _product(factors: Sequence[arb_mat]) -> arb_mat:
    product = factors[0]
    for factor in factors[1:]:
        product = factor * product
    return product


def _straight(factors: list[arb_mat]) -> tuple[list[arb_mat], arb]:
    """The factors after the straight move, and its slope −‖(I−W⁺W)H‖² at the start; W⁺ = Wᵀ(WWᵀ)⁻¹."""
    weight = _product(factors[1:])
    try:
        cheapest = weight.transpose() * (weight * weight.transpose()).solve(weight * factors[0])
    except ZeroDivisionError as error:
        raise OutOfDomainError(
            f"W_L⋯W_1 of shape {weight.nrows()}×{weight.ncols()} may lack full row rank: "
            "widen the layers, or make the path with straight=False"
        ) from error
    lost = sum((entry**2 for entry in (factors[0] - cheapest).entries()), arb(0))
    return [cheapest, *factors[1:]], -lost


def _along(factors: list[arb_mat], segment: Geodesic) -> list[arb_mat]:
    length = arb(segment.length)
    generators = [_exact(generator) for generator in segment.generators]
    forth = [(generator * length).exp() for generator in generators]
    back = [(generator * -length).exp() for generator in generators]
    found: list[arb_mat] = []
    for index, factor in enumerate(factors):
        moved = factor if index == 0 else factor * forth[index - 1]
        found.append(moved if index == len(back) else back[index] * moved)
    return found


def _slope(factors: list[arb_mat], segment: Geodesic) -> arb:
    """−Σ⟨M_j, N_j⟩ at these factors."""
    total = arb(0)
    for index, generator in enumerate(segment.generators):
        lower, upper = factors[index], factors[index + 1]
        imbalance = lower * lower.transpose() - upper.transpose() * upper
        total -= (_exact(generator) * imbalance).trace()
    return total


def _half_norm(factors: list[arb_mat]) -> arb:
    return sum((entry**2 for factor in factors for entry in factor.entries()), arb(0)) / 2


def _distance(exact: list[arb_mat], floats: Sequence[FloatArray]) -> float:
    """The largest difference of an entry, its ball's radius included."""
    pairs = zip(exact, floats, strict=True)
    return max(_largest(e) for ball, matrix in pairs for e in (ball - _exact(matrix)).entries())


def _largest(ball: Any) -> float:
    return float(abs(ball).upper())
