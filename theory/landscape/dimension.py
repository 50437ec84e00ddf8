"""How many dimensions of parameters produce one critical product of rank r (2410.23169, Theorem 5).

Critical factors are balanced, so a product Z determines them up to an orthogonal change of basis of each
of the L inner spaces: they form one orbit of O(d)^L with stabiliser O(d−r)^L, whatever the singular values.
As printed, a product with equal singular values has fewer: L r(d−r).
"""

from typing import Final

import sympy as sp

from theory.formula import Formula
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, positive

WIDTH: Final = positive("width")
"""d, inner width."""
RANK: Final = positive("rank")
"""r, rank of the product."""

DEPTH: Final = FACTORS - 1
"""L, number of inner spaces."""

ORBIT_DIMENSION: Final = Formula(
    "dimension of the critical factors of a product",
    DEPTH * (RANK * WIDTH - RANK * (RANK + 1) / 2),
    (RANK, WIDTH, FACTORS),
    RANKCOLLAPSE.at("theory 3.6, amending 2410.23169, Theorem 5"),
    "L(rd − r(r+1)/2), that of L Stiefel manifolds",
)

PRINTED_DIMENSION: Final = Formula(
    "dimension of the critical factors of a product with equal singular values, as printed",
    DEPTH * RANK * (WIDTH - RANK),
    (RANK, WIDTH, FACTORS),
    GARROD_KEATING_2025.theorem(5),
    "L r(d − r), that of L Grassmannians",
)

DIMENSION_RATIO: Final = Formula(
    "dimension ratio of collapse to a product of rank r",
    (CLASSES - 1) * (2 * WIDTH - CLASSES) / (RANK * (2 * WIDTH - RANK - 1)),
    (CLASSES, RANK, WIDTH),
    RANKCOLLAPSE.at("theory 3.6, amending 2410.23169, Theorem 5"),
    "the orbit dimension at rank K − 1 over that at rank r; L cancels",
)

PRINTED_RATIO: Final = Formula(
    "dimension ratio of collapse to a product of rank r with equal singular values, as printed",
    (CLASSES - 1) * (WIDTH - CLASSES + 1) / (RANK * (WIDTH - RANK)),
    (CLASSES, RANK, WIDTH),
    GARROD_KEATING_2025.theorem(5),
    "the printed dimension at rank K − 1 over that at rank r",
)

RATIO_LIMIT: Final = Formula(
    "limit of the dimension ratio in wide networks",
    (CLASSES - 1) / RANK,
    (CLASSES, RANK),
    GARROD_KEATING_2025.theorem(5),
    "(K − 1)/r as d → ∞",
)


def inner_dimension(rank: sp.Expr, width: sp.Expr) -> sp.Expr:
    """rd − r(r+1)/2: orthonormal r-frames in d dimensions, dim O(d) − dim O(d−r).

    >>> inner_dimension(sp.Integer(3), sp.Integer(6))
    12
    """
    return rank * width - rank * (rank + 1) / 2
