"""q_K, the least rank of a diagonally superior K×K code: 1 for K = 2, and 2 for every K ≥ 3.

Rank one serves at most two classes: of X = uvᵀ only the largest and the smallest entry of u can be the
largest of a column. Rank two serves any number: points on a parabola, X_ij = 2t_i t_j − t_i², have the
margins (t_i − t_j)².

Source: 2410.23169, Theorem 3, which defines q_K; its value is derived for this project.
"""

from collections.abc import Sequence
from typing import Final

import sympy as sp

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE

_POINT, _OTHER = sp.symbols("point other", real=True)

PARABOLA_ENTRY: Final = Formula(
    "entry of the parabola code",
    2 * _POINT * _OTHER - _POINT**2,
    (_POINT, _OTHER),
    RANKCOLLAPSE.at("parabola code"),
    "X_ij = 2t_i t_j − t_i² for the point t_i of the row and t_j of the column",
)

PARABOLA_MARGIN: Final = Formula(
    "margin of the parabola code",
    (_POINT - _OTHER) ** 2,
    (_POINT, _OTHER),
    RANKCOLLAPSE.at("parabola code"),
    "X_jj − X_ij = (t_i − t_j)²",
)

SUPERIOR_RANK_SOURCE: Final = GARROD_KEATING_2025.at("q_K of Theorem 3, its value derived here")


def superior_rank(classes: int) -> int:
    """q_K: the least rank of a matrix whose columns all have their largest entry on the diagonal.

    >>> [superior_rank(classes) for classes in (2, 3, 100)]
    [1, 2, 2]
    """
    if classes < 2:
        raise InvalidProblemError(f"{classes} classes: at least 2 are needed")
    return 1 if classes == 2 else 2


def lifted_code(points: Sequence[Sequence[int]]) -> list[list[int]]:
    """X_ij = 2⟨v_i, v_j⟩ − |v_i|² of K points v_i: margins |v_i − v_j|², rank at most their dimension + 1.

    Points on a line give the parabola code, of rank two.

    >>> lifted_code([[-1], [0], [1]])
    [[1, -1, -3], [0, 0, 0], [-3, -1, 1]]
    """
    square = [sum(entry * entry for entry in point) for point in points]
    inner = [[sum(a * b for a, b in zip(one, two, strict=True)) for two in points] for one in points]
    return [[2 * entry - square[i] for entry in row] for i, row in enumerate(inner)]


def parabola_code(classes: int) -> list[list[int]]:
    """The parabola code of the points 1 − K, 3 − K, …, K − 1, halved where K is odd.

    >>> parabola_code(2)
    [[1, -3], [-3, 1]]
    """
    points = [2 * index - (classes - 1) for index in range(classes)]
    return lifted_code([[point // 2 if classes % 2 else point] for point in points])


def least_superior_code(classes: int) -> list[list[int]]:
    """A diagonally superior code of the least rank, in integers: pairs for K = 2, else the parabola code."""
    return [[1, -1], [-1, 1]] if superior_rank(classes) == 1 else parabola_code(classes)
