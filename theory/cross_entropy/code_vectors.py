"""The codes themselves: Gram matrices of explicit unit vectors, to hold against their lists of gaps.

The codes are those of `tight_codes`; E8 and its neighbours as in Conway and Sloane 1999, chapter 14.
"""

from collections.abc import Callable
from itertools import combinations, permutations, product
from math import comb

import numpy as np

from theory.cross_entropy.scales import Floats
from theory.errors import OutOfDomainError

MOST_VECTORS = 4096
"""A Gram matrix beyond it no longer belongs in memory by accident."""


def gram(name: str) -> Floats:
    """The k×k Gram matrix of a code by its name (`pair`, `simplex-5`, `polygon-7`, `subsets-5-2`, …).

    Raises OutOfDomainError for a name that no code has and for more than `MOST_VECTORS` vectors.

    >>> gram("pair")
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    if name in _SPORADIC:
        return _of(_SPORADIC[name]())
    family, *numbers = name.replace("half-cube", "half_cube").split("-")
    if family not in _FAMILIES or not all(number.isdigit() for number in numbers):
        raise OutOfDomainError(f"no code is called {name!r}: see theory.cross_entropy.codes")
    return _FAMILIES[family](*map(int, numbers))


def _of(vectors: Floats) -> Floats:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return (unit @ unit.T).astype(np.float64)


def _simplex(size: int = 2) -> Floats:
    _require_small(size)
    return ((size * np.eye(size) - 1) / (size - 1)).astype(np.float64)


def _orthoplex(size: int) -> Floats:
    _require_small(size)
    return np.kron(np.eye(size // 2), _simplex(2)).astype(np.float64)


def polygon_matrix(size: int, frequency: int = 1) -> Floats:
    """cos(2πb(i − j)/k): the Gram matrix of a k-gon traversed b times."""
    _require_small(size)
    step = np.subtract.outer(np.arange(size), np.arange(size))
    return np.cos(2 * np.pi * (frequency * step % size) / size)


def _subsets(points: int, chosen: int) -> Floats:
    _require_small(comb(points, chosen))
    member = np.array(
        [[float(i in chosen_) for i in range(points)] for chosen_ in combinations(range(points), chosen)]
    )
    return _of(member - chosen / points)


def _half_cube(dimension: int) -> Floats:
    _require_small(2 ** (dimension - 1))
    signs = np.array(list(product((1.0, -1.0), repeat=dimension)))
    return _of(signs[signs.prod(axis=1) > 0])


def _require_small(size: int) -> None:
    if size > MOST_VECTORS:
        raise OutOfDomainError(f"{size} vectors are more than {MOST_VECTORS}: use the gaps of the code")


def _icosahedron() -> Floats:
    golden = (1 + np.sqrt(5)) / 2
    corners = [(0.0, a, b * golden) for a in (1, -1) for b in (1, -1)]
    return np.array([np.roll(corner, shift) for corner in corners for shift in range(3)])


def _two_entries(dimension: int) -> Floats:
    """All vectors with two entries ±1: the roots of D_n."""
    places = combinations(range(dimension), 2)
    rows = [(i, a, j, b) for i, j in places for a in (1.0, -1.0) for b in (1.0, -1.0)]
    vectors = np.zeros((len(rows), dimension))
    for row, (i, a, j, b) in enumerate(rows):
        vectors[row, i], vectors[row, j] = a, b
    return vectors


def _six_hundred_cell() -> Floats:
    golden = (1 + np.sqrt(5)) / 2
    axes = np.vstack([np.eye(4), -np.eye(4)])
    halves = np.array(list(product((0.5, -0.5), repeat=4)))
    even = [p for p in permutations(range(4)) if np.linalg.det(np.eye(4)[list(p)]) > 0]
    signs = list(product((0.5, -0.5), repeat=3))
    entries = [np.array([a * golden, b, c / golden, 0.0]) for a, b, c in signs]
    return np.vstack([axes, halves, np.array([entry[list(p)] for entry in entries for p in even])])


def _e8() -> Floats:
    signs = np.array(list(product((0.5, -0.5), repeat=8)))
    return np.vstack([_two_entries(8), signs[signs.prod(axis=1) > 0]])


def _neighbours(products: tuple[int, ...]) -> Floats:
    """Roots of E8 with the given inner products with one root, or two at 120°, less their projections."""
    roots = _e8()
    first = roots[0]
    second = roots[int(np.argmin(np.abs(roots @ first + 1)))]
    fixed = np.array([first, second][: len(products)])
    near = np.abs(roots @ fixed.T - np.array(products)).max(axis=1) < 1e-9
    inside = np.linalg.pinv(fixed) @ fixed
    return roots[near] @ (np.eye(8) - inside)


_SPORADIC: dict[str, Callable[[], Floats]] = {
    "icosahedron": _icosahedron,
    "24-cell": lambda: _two_entries(4),
    "600-cell": _six_hundred_cell,
    "e8-240": _e8,
    "gosset-56": lambda: _neighbours((1,)),
    "schlaefli-27": lambda: _neighbours((1, 0)),
}
_FAMILIES: dict[str, Callable[..., Floats]] = {
    "pair": _simplex,
    "simplex": _simplex,
    "orthoplex": _orthoplex,
    "polygon": polygon_matrix,
    "subsets": _subsets,
    "half_cube": _half_cube,
}
