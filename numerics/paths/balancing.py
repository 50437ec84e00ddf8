"""Balancing by geodesics: the product of a chain held exactly, its norm lowered segment by segment.

A segment follows e^{−sM_j}A_je^{sM_{j−1}} (`theory.networks.loss_decreasing_path`). Along the flow M_j =
N_j, which are steps of the balancing flow by the exponential of its group; along Newton's direction the M_j
minimise the quadratic model of the norm, which reaches directions outside the product, where the flow takes
a time of the order of one over what is left. Nodes of diagonal M_j only rescale: that is what a ReLU between
two factors allows.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Literal, TypeAlias, cast

import numpy as np
from scipy.optimize import brentq

from numerics.arrays import FloatArray
from theory.errors import InvalidProblemError
from theory.networks.loss_decreasing_path import Factors, Geodesic, checked_factors, half_norm, imbalances

Node: TypeAlias = Literal["full", "diagonal"]
Direction: TypeAlias = Literal["flow", "newton"]

LARGEST_EXPONENT: Final = 1.0
"""Of the factors' entries on a segment: e² in the norm is far from overflow and from lost digits."""

BACK_FROM_THE_MINIMUM: Final = 0.9
"""Where a segment would pass its own minimum it ends before it, so that its slope is clearly negative."""

STABILISER: Final = 1e-14
"""Curvatures below this fraction of the largest belong to generators that move nothing."""


def geodesics(
    factors: Sequence[FloatArray],
    *,
    nodes: Sequence[Node] | None = None,
    direction: Direction = "newton",
    tolerance: float,
) -> Iterator[Geodesic]:
    """Yield segments, each from the end of the one before, until the norm has no more to lose.

    Parameters
    ----------
    factors
        A_1, …, A_F, the features first.
    nodes
        Which M_j are allowed between A_j and A_{j+1}: "full" symmetric ones (the default) or "diagonal" ones.
    direction
        "flow" for M_j = N_j (its allowed part), "newton" for the minimiser of the quadratic model.
    tolerance
        Ends when the model promises less than this fraction of ½Σ‖A_j‖² ("flow": (Σ‖N_j‖²)^{1/2} below
        it), or no more than its square is left of the start's ½Σ‖A_j‖², as where the product is zero.

    Raises
    ------
    InvalidProblemError
        If factors do not fit together, or nodes or direction are unknown.
    """
    current = checked_factors(factors)
    allowed = checked_nodes(nodes, len(current))
    if direction not in ("flow", "newton"):
        raise InvalidProblemError(f"direction {direction!r} is unknown: use flow or newton")
    least = tolerance**2 * half_norm(current)
    while (size := half_norm(current)) > least:
        aim = [_allowed(found, node) for found, node in zip(imbalances(current), allowed, strict=True)]
        generators, promise = tuple(aim), float(np.sqrt(sum(np.sum(part**2) for part in aim)))
        if direction == "newton" and promise > 0:
            generators, promise = _newton(current, aim, allowed)
        segment = Geodesic(current, generators)
        if not promise > tolerance * size or not segment.slope(0.0) < 0:
            return
        segment = Geodesic(current, generators, _length(segment))
        yield segment
        current = segment.at(segment.length)


def checked_nodes(nodes: Sequence[Node] | None, factors: int) -> tuple[Node, ...]:
    """One kind of node between each two factors; InvalidProblemError for another number or kind."""
    chosen: tuple[Node, ...] = ("full",) * (factors - 1) if nodes is None else tuple(nodes)
    if len(chosen) != factors - 1 or not set(chosen) <= {"full", "diagonal"}:
        raise InvalidProblemError(
            f"nodes {list(chosen)} between {factors} factors: pass {factors - 1}, each full or diagonal"
        )
    return chosen


def _allowed(matrix: FloatArray, node: Node) -> FloatArray:
    """The part of a symmetric matrix that a node allows."""
    return np.diag(np.diag(matrix)) if node == "diagonal" else (matrix + matrix.T) / 2


def _length(segment: Geodesic) -> float:
    """1, or less where exponents grow beyond what is wise or the norm would rise again."""
    rates = segment.terms[1]
    longest = min(1.0, LARGEST_EXPONENT / max(float(np.abs(rates).max()), np.finfo(float).tiny))
    if segment.slope(longest) <= 0:
        return longest
    turn = cast(float, brentq(lambda part: segment.slope(part * longest), 0.0, 1.0, xtol=1e-12))
    return BACK_FROM_THE_MINIMUM * longest * turn


def _newton(factors: Factors, aim: list[FloatArray], nodes: tuple[Node, ...]) -> tuple[Factors, float]:
    """Minimise −Σ⟨M_j, N_j⟩ + Σ‖A_jM_{j−1} − M_jA_j‖²; also half of what the linear part promises."""
    short = _compressed(factors)
    bases = [_basis(part.shape[0], node) for part, node in zip(aim, nodes, strict=True)]
    sizes = [len(basis) for basis in bases]
    columns: list[FloatArray] = []
    for index, basis in enumerate(bases):
        blocks = [np.zeros((sizes[index], factor.size)) for factor in short]
        blocks[index] = -(basis @ short[index]).reshape(sizes[index], -1)
        blocks[index + 1] = (short[index + 1] @ basis).reshape(sizes[index], -1)
        columns.append(np.hstack(blocks))
    motion = np.vstack(columns)
    slopes = np.concatenate(
        [np.einsum("pij,ij->p", basis, part) for basis, part in zip(bases, aim, strict=True)]
    )
    values, vectors = np.linalg.eigh(2 * motion @ motion.T)
    moving = values > STABILISER * values[-1]
    solution = vectors[:, moving] @ ((vectors[:, moving].T @ slopes) / values[moving])
    parts = np.split(solution, np.cumsum(sizes)[:-1])
    found = tuple(np.einsum("p,pij->ij", part, basis) for part, basis in zip(parts, bases, strict=True))
    return tuple((part + part.T) / 2 for part in found), 0.5 * float(slopes @ solution)


def _compressed(factors: Factors) -> list[FloatArray]:
    """The factors with a first and a last one of no more entries than needed for the same Gram matrices."""
    first = np.linalg.qr(factors[0].T)[1].T
    last = np.linalg.qr(factors[-1])[1]
    return [first, *factors[1:-1], last]


@cache
def _basis(width: int, node: Node) -> FloatArray:
    """An orthonormal basis of the symmetric (or diagonal) matrices, as a stack."""
    first, second = np.triu_indices(width) if node == "full" else (np.arange(width), np.arange(width))
    stack = np.zeros((first.size, width, width))
    count = np.arange(first.size)
    stack[count, first, second] = np.where(first == second, 1.0, np.sqrt(0.5))
    stack[count, second, first] = stack[count, first, second]
    return stack
