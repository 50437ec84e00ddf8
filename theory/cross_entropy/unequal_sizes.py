"""Structures for unequal class sizes, each a critical point for those sizes.

With one weight matrix the problem is convex: its optimum is invariant under permutations of classes of equal
size and is found with a duality gap. Deeper, the candidates are generalised collapse and its variants that
do not tell the smallest classes apart; direct sums of codes inside groups of equal size; the same choice of
pairs, polygons or collapse in every group, coupled through what tells groups apart; and, for few classes, the
structures of equal sizes continued to the given ones. Where a branch ends on the way, it is left out: the
list is one of critical points that were found, and the optimum may be lower.

Generalised collapse: 2410.23169, Theorem A3; the others are derived for this project.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from theory.cross_entropy.candidates import structures
from theory.cross_entropy.cells import Arrangement, Cell, Floats, Point
from theory.cross_entropy.fixed_rank import along_ray, continued, critical_point, local_minimum
from theory.cross_entropy.group_sums import group_sum
from theory.cross_entropy.tight_codes import polygon, simplex

FEW_CLASSES: Final = 12
"""Up to here every class is a cell of its own, and the structures of equal sizes are starts."""
FEW_EDGES: Final = 3
"""Minority collapse is tried at so many of the largest falls from one class size to the next."""
FEW_GROUPS: Final = 2
"""Up to here every group makes its own choice among pairs, polygon, collapse and nothing."""
LARGEST_POLYGON: Final = 60
SAME_POINT: Final = 1e-10
"""Relative difference of losses below which two solved points of one rank count as one."""


@dataclass(frozen=True)
class Found:
    """A critical point: its name, loss and singular values with multiplicities, largest first.

    `logits`: the K×K matrix of one column a class, largest class first. `gap`: the loss minus a lower bound
    of the least loss, where there is one.
    """

    name: str
    loss: float
    values: tuple[tuple[float, int], ...]
    logits: Callable[[], Floats]
    gap: float | None = None

    @property
    def rank(self) -> int:
        """Of the logits."""
        return sum(count for _, count in self.values)


def unequal_structures(sizes: tuple[int, ...], factors: int, weight_decay: float) -> list[Found]:
    """The candidates for class sizes that are not all equal, best first, zero among them.

    >>> [each.name for each in unequal_structures((10, 10, 1, 1), 2, 0.01)]
    ['generalised collapse', 'pair of 10; pair of 1', 'zero']
    """
    classes, log_decay = len(sizes), math.log(weight_decay)
    search = _Search(group_sizes(sizes), factors, log_decay)
    found = search.convex() if factors == 2 else search.collapse()
    sums = group_sum(search.groups, factors, log_decay)
    if sums.copies.any():
        found.append(Found(sums.name, sums.loss, _spectrum(sums.values), sums.logits))
    if factors > 2:
        found += [*search.choices(), *search.from_equal_sizes()]
    found.append(Found("zero", math.log(classes), (), lambda: np.zeros((classes, classes))))
    return _distinct(found)


def group_sizes(sizes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """(size, number of classes of that size), largest size first.

    >>> group_sizes((1, 5, 1))
    ((5, 1), (1, 2))
    """
    distinct, counts = np.unique(np.array(sizes), return_counts=True)
    return tuple(zip(distinct[::-1].tolist(), counts[::-1].tolist(), strict=True))


def _distinct(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for each in found:
        same = [other for other in kept if abs(each.loss - other.loss) <= SAME_POINT * each.loss]
        known = any(each.rank == other.rank for other in same)
        if math.isfinite(each.loss) and not known:
            kept.append(each)
    return sorted(kept, key=lambda each: (each.loss, each.rank))


def _spectrum(values: list[tuple[float, int]]) -> tuple[tuple[float, int], ...]:
    """Sorted; values that agree to rounding merged."""
    runs: list[tuple[float, int]] = []
    for value, count in sorted(values, reverse=True):
        if runs and runs[-1][0] - value <= 1e-12 * value:
            runs[-1] = (runs[-1][0], runs[-1][1] + count)
        else:
            runs.append((value, count))
    return tuple(runs)


@dataclass(frozen=True)
class _Search:
    """Class sizes in groups, F and log λ."""

    groups: tuple[tuple[int, int], ...]
    factors: int
    log_decay: float

    def _found(self, name: str, cells: tuple[Cell, ...], point: Point | None) -> list[Found]:
        if point is None:
            return []
        problem = self._problem(cells)
        loss = problem.value(point) * math.exp(self.log_decay)
        values, unserved = _spectrum(problem.singular_values(point)), problem.unserved(point)
        if name == "partial collapse":
            name = "minority collapse" if unserved else f"code of rank {sum(count for _, count in values)}"
        if name == "zero":
            return [Found(name, loss, (), lambda: problem.logits(point))]
        if unserved and "unserved" not in name:
            name = f"{name}, {unserved} unserved"
        return [Found(name, loss, values, lambda: problem.logits(point))]

    def _problem(self, cells: tuple[Cell, ...]) -> Arrangement:
        return Arrangement(cells, self.factors, self.log_decay)

    def _told_apart(self) -> tuple[Cell, ...]:
        return tuple(Cell(size, count, spread=count > 1) for size, count in self.groups)

    def convex(self) -> list[Found]:
        """F = 2: the global optimum, ranks grown until the duality gap closes."""
        cells = self._told_apart()
        problem = self._problem(cells)
        start = along_ray(problem, simplex_direction(problem))
        point = start and local_minimum(problem, start)
        point = point or _nothing(problem)
        for _ in range(2 * len(cells)):
            larger = _grown(problem, point)
            if larger is None:
                break
            point = local_minimum(problem, larger) or point
        name = "generalised collapse" if point.values.any() or point.middle.size else "zero"
        (found,) = self._found(name, cells, point)
        bound = problem.dual_bound(point) * math.exp(self.log_decay)
        return [replace(found, gap=max(found.loss - bound, 0.0))]

    def collapse(self) -> list[Found]:
        """Generalised collapse of full rank, and without telling the smallest classes apart."""
        cells = self._told_apart()
        problem = self._problem(cells)
        start = along_ray(problem, simplex_direction(problem))
        full = start and critical_point(problem, start)
        found = self._found("generalised collapse", cells, full or self._collapse_from_equal_sizes(cells))
        for served in self._edges():
            merged = tuple(
                Cell(size, 1, width=count) if place >= served else cells[place]
                for place, (size, count) in enumerate(self.groups)
            )
            found += self._near("partial collapse", merged)
        return found

    def _edges(self) -> list[int]:
        """How many groups to tell apart, at the largest falls of the class size."""
        sizes = np.array([float(size) for size, _ in self.groups])
        falls = np.argsort(-sizes[:-1] / sizes[1:], kind="stable")[:FEW_EDGES]
        return [int(place) + 1 for place in falls]

    def choices(self) -> list[Found]:
        """Pairs, polygons, collapse or nothing in every group, coupled; for many groups the same in all."""
        ways = [_ways(size, count) for size, count in self.groups]
        if len(ways) <= FEW_GROUPS:
            chosen = list(product(*ways))
        else:
            chosen = [tuple(way[min(place, len(way) - 1)] for way in ways) for place in range(3)]
        found: list[Found] = []
        for each in chosen:
            served = [any(cell.code or cell.width == 1 for cell in cells) for _, cells in each]
            falling = served == sorted(served, reverse=True)  # never a small class in place of a large one
            if falling and any(cell.code for _, cells in each for cell in cells):
                name = " + ".join(name for name, _ in each)
                found += self._near(f"{name}, coupled", tuple(cell for _, cells in each for cell in cells))
        return found

    def from_equal_sizes(self) -> list[Found]:
        """The structures of equal sizes on their continuation, the largest classes first."""
        sizes = [size for size, count in self.groups for _ in range(count)]
        if len(sizes) > FEW_CLASSES:
            return []
        cells = tuple(Cell(size, 1) for size in sizes)
        problem, even = self._problem(cells), self._between(cells)(0.0)
        found: list[Found] = []
        for name, logits in self._equal_sizes():
            start = along_ray(problem, point_of(problem, logits))
            point = start and local_minimum(problem, start)
            point = point or continued(self._between(cells), point_of(even, logits))
            if point is not None:
                same = point.middle.size == np.linalg.matrix_rank(logits)
                title = f"unequal {name}" if same else f"code of rank {point.middle.size}"
                found += self._found(title, cells, point)
        return found

    def _equal_sizes(self) -> Iterator[tuple[str, Floats]]:
        """Names and logits of the structures of K classes of the mean size, collapse and zero left out."""
        classes = sum(count for _, count in self.groups)
        log_decay = self.log_decay + math.log(self._mean_size) / self.factors
        for each in structures(classes, np.array([float(self.factors)]), np.array([log_decay])):
            if math.isfinite(each.loss[0]) and 0 < each.rank[0] < classes - 1:
                yield each.name(0), each.logits(0)

    def _near(self, name: str, cells: tuple[Cell, ...]) -> list[Found]:
        problem = self._problem(cells)
        start = along_ray(problem, simplex_direction(problem))
        point = start and local_minimum(problem, start)
        return self._found(name, cells, point)

    def _collapse_from_equal_sizes(self, cells: tuple[Cell, ...]) -> Point | None:
        """Generalised collapse on the branch of balanced collapse."""
        classes = sum(count for _, count in self.groups)
        log_decay = self.log_decay + math.log(self._mean_size) / self.factors
        scale = collapse_scale(classes, self.factors, log_decay)
        if scale == 0:
            return None
        family = self._between(cells)
        start = simplex_direction(family(0.0))
        return continued(family, replace(start, values=scale * start.values, middle=scale * start.middle))

    def _between(self, cells: tuple[Cell, ...]) -> Callable[[float], Arrangement]:
        """Sizes n̄^{1−τ}n^τ on the way from equal ones to the given ones."""
        mean = self._mean_size

        def at(place: float) -> Arrangement:
            moved = (replace(cell, size=mean ** (1 - place) * cell.size**place) for cell in cells)
            return self._problem(tuple(moved))

        return at

    @property
    def _mean_size(self) -> float:
        return sum(size * count for size, count in self.groups) / sum(count for _, count in self.groups)


Way = tuple[str, tuple[Cell, ...]]


def _ways(size: int, count: int) -> list[Way]:
    """Pairs (and a single class), a polygon, told apart, not told apart: what a group may do."""
    apart = (f"{count} of {size}", (Cell(size, count, spread=count > 1),))
    ways: list[Way] = []
    if count > 1:
        pairs = Cell(size, count // 2, width=2, code=simplex(2))
        single = (Cell(size, 1),) if count % 2 else ()
        many = "pair" if count < 4 else f"{count // 2} pairs"
        ways.append((f"{many}{' and a single' if single else ''} of {size}", (pairs, *single)))
    if 5 <= count <= LARGEST_POLYGON:
        ways.append((f"polygon-{count} of {size}", (Cell(size, 1, width=count, code=polygon(count)),)))
    ways.append(apart)
    if count > 1:
        ways.append((f"{count} unserved of {size}", (Cell(size, 1, width=count),)))
    return ways


def simplex_direction(problem: Arrangement) -> Point:
    """Logits 1 for the own class and −1/K for the others, codes at scale one."""
    classes = problem.classes
    values = np.where(problem.multiplicity > 0, 1 / np.where(problem.per_value > 0, problem.per_value, 1), 0)
    logits = np.diag(1 / problem.members) - 1 / classes
    return _split(problem, values, logits)


def point_of(problem: Arrangement, logits: Floats) -> Point:
    """The point with these logits where every cell is one class."""
    return _split(problem, np.zeros(2 * len(problem.cells)), logits)


def _split(problem: Arrangement, values: Floats, logits: Floats) -> Point:
    roots = np.sqrt(problem.members)
    matrix = problem.basis.T @ (logits * np.outer(roots, roots * np.sqrt(problem.sizes)))
    left, middle, right = np.linalg.svd(matrix, full_matrices=False)
    kept = middle > 1e-9 * middle.max(initial=0.0)
    return Point(values, left[:, kept], middle[kept], right[kept].T)


def _nothing(problem: Arrangement) -> Point:
    return _split(problem, np.zeros(2 * len(problem.cells)), np.zeros((len(problem.cells),) * 2))


def _grown(problem: Arrangement, point: Point) -> Point | None:
    """F = 2: the point with a new small singular value along the steepest descent; None at the optimum."""
    cells = len(problem.cells)
    columns = problem.columns(problem.gaps(point))
    slope = np.einsum("crv,cr->cv", problem.table, columns.weighted)  # minus the gradient
    count = problem.multiplicity
    own = np.where((count > 0) & (point.values == 0), slope[:, :2].T.ravel() / np.maximum(count, 1), 0)
    outside_left = np.eye(cells - 1) - point.left @ point.left.T
    outside_right = np.eye(cells) - point.right @ point.right.T
    left, steep, right = np.linalg.svd(outside_left @ slope[:, 2:].T @ outside_right)
    if max(own.max(), steep.max(initial=0.0)) <= 1 + STEEP:
        return None
    start = 0.1 / float(np.abs(problem.table).max())
    if own.max() >= steep.max(initial=0.0):
        return replace(point, values=np.where(own == own.max(), start, point.values))
    return Point(
        point.values,
        np.column_stack([point.left, left[:, 0]]),
        np.append(point.middle, start),
        np.column_stack([point.right, right[0]]),
    )


STEEP: Final = 1e-9
"""The gradient of the fit over λ may exceed one by this much at an optimum: rounding."""


def collapse_scale(classes: int, factors: int, log_decay: float) -> float:
    """α of balanced collapse; 0 where it has none."""
    found = structures(classes, np.array([float(factors)]), np.array([log_decay]))[0]
    return (found.scale(0) or 0.0) if math.isfinite(found.loss[0]) else 0.0
