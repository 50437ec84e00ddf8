"""Proved lower bounds of Σσ_i(Z)^{2/F} at margins ≥ 1, by bisection over Gram matrices.

Let Z have margins Z_cc − Z_jc ≥ 1, centred columns (centring lowers every singular value) and cost
C = Σσ_i^{2/F}. With A = (ZZᵀ)^{(F−1)/F}, points w_j = A^{1/2}e_j and h_c = A^{+1/2}z_c: w_j·h_c = Z_jc, so
h_c·(w_c − w_j) ≥ 1 and |h_c| ≥ 1/dist(w_c, conv of the others); moreover Σ|h_c|² = C = tr A^{1/(F−1)}. Hence

    C^F ≥ X(A)·T(A)^{F−1},   X = Σ_c 1/dist_c²,   T = tr A^{1/(F−1)},

free of the scale of A, with equality at an optimum. A is an affine function of the squared distances
D_ij = |w_i − w_j|², which fill the part of the simplex D ≥ 0, ΣD = K where A ⪰ 0 (tr A = 1 there). For
weights β of a point of the hull, dist_c² ≤ |w_c − Σβ_jw_j|² is linear in D (a dual point of a small quadratic
program), and T is concave: on a simplex both give bounds that only its corners decide. Nodes are
bisected until all are closed; permutations of the classes leave one part in K! to look at.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

MOST_CLASSES = 5
"""Beyond it the simplex of distances has more than nine dimensions: hopeless."""

SLACK = 1e-7
"""What a node has to spare beyond its inequality: rounding of its few hundred operations on numbers below 10²
stays below 1e-11, the error of the eigenvalues below `RESIDUAL`·(2K + 1), times the steepest chord (100)."""

ROUNDING = 1e-9
"""Relative amount by which the goal is raised: far more than powers in float64 err."""


@dataclass(frozen=True)
class Bisection:
    """What a bisection did: whether every node closed, how many nodes there were, and why they closed."""

    is_closed: bool
    nodes: int
    outside: int
    without_gram_matrix: int
    bounded: int


def bisect(classes: int, factors: int, bound: float, *, limit: int = 1_000_000) -> Bisection:
    """Try to prove Σσ_i^{2/F} ≥ bound for all K×K matrices with margins ≥ 1, in at most `limit` nodes.

    A closed bisection is a proof: eigenvalues carry an error bound and every inequality is asked for with
    more slack than rounding can use up. One that is not closed says nothing.

    Raises
    ------
    InvalidProblemError
        Unless 2 ≤ K ≤ 5, F ≥ 3 and the bound is positive and finite.

    Examples
    --------
    >>> bisect(3, 3, 1.9).is_closed, bisect(3, 3, 2.01, limit=2000).is_closed
    (True, False)
    """
    if not 2 <= classes <= MOST_CLASSES:
        raise InvalidProblemError(f"{classes} classes: the bisection handles 2 to {MOST_CLASSES}")
    if factors < 3:
        raise InvalidProblemError(f"{factors} factors: the bisection needs at least 3; F = 2 is convex")
    if not 0 < bound < np.inf:
        raise InvalidProblemError(f"bound {bound}: give a positive number")
    from numerics.deep_cost.search_kernel import search

    counts = np.zeros(4, dtype=np.int64)
    goal = float(bound) ** factors * (1 + ROUNDING)
    closed = search(classes, 1.0 / (factors - 1), goal, fundamental_order(classes), limit, counts)
    nodes, outside, empty, bounded = counts.tolist()
    return Bisection(bool(closed), nodes, outside, empty, bounded)


def fundamental_order(classes: int) -> NDArray[np.int64]:
    """Pairs (a, b) with D_a ≥ D_b, which some order of the classes satisfies: rows of places.

    D_01 is the largest; the larger of max_j D_0j and max_j D_1j, j ≥ 2, belongs to class 0; the other
    classes stand by falling D_0j.

    >>> fundamental_order(3).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    place = {pair: index for index, pair in enumerate(combinations(range(classes), 2))}
    pairs = [((0, 1), pair) for pair in place if pair != (0, 1)]
    pairs += [((0, 2), (1, j)) for j in range(2, classes)]
    pairs += [((0, j), (0, j + 1)) for j in range(2, classes - 1)]
    rows = [[place[a], place[b]] for a, b in pairs]
    return np.array(rows, dtype=np.int64).reshape(len(rows), 2)
