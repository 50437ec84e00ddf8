"""The same Hessian over the rationals, and exact nullities, where factors are multiples of a projection.

Factors A_j = s·Π, Π a rational projection cut to shape, are balanced with product s^F Π: collapse for
Π = S and the paired point for Π = P/2, at scales s^F and s^F/2. The second derivative is a polynomial in s,
the softmax weights and λ, so rational stand-ins for the weights make it a rational matrix; an identity
that holds for all stand-ins holds for the softmax itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mat, fmpz_mat

from theory.errors import OutOfDomainError

Rational: TypeAlias = Fraction | int


@dataclass(frozen=True)
class RationalPoint:
    """Balanced factors (input side first, one sample a class), softmax weights K×K, and the decay."""

    factors: list[fmpq_mat]
    weights: fmpq_mat
    decay: fmpq

    @property
    def parameters(self) -> int:
        """Number of entries of all factors."""
        return sum(matrix.nrows() * matrix.ncols() for matrix in self.factors)


def collapse_point(
    *, classes: int, factors: int, width: int, root: Rational, off_class: Rational
) -> RationalPoint:
    """Collapse at α = root^F with softmax `off_class` off the diagonal: critical at λ = p·root^{F−2}.

    Raises OutOfDomainError unless width ≥ classes ≥ 2, factors ≥ 2, root > 0 and 0 < p < 1/(K−1).

    >>> collapse_point(classes=2, factors=2, width=2, root=1, off_class=Fraction(1, 4)).decay
    1/4
    """
    _require_sizes(classes, factors, width, root)
    if not 0 < off_class < Fraction(1, classes - 1):
        raise OutOfDomainError(f"off-class weight {off_class} must lie in (0, 1/{classes - 1})")
    simplex = _matrix(classes, classes, lambda i, j: Fraction(i == j) - Fraction(1, classes))
    on_class = 1 - (classes - 1) * Fraction(off_class)
    weights = _matrix(classes, classes, lambda i, j: on_class if i == j else Fraction(off_class))
    decay = Fraction(off_class) * Fraction(root) ** (factors - 2)
    return RationalPoint(_projection_chain(simplex, factors, width, root), weights, _q(decay))


def paired_point(*, classes: int, factors: int, width: int, root: Rational, odds: Rational) -> RationalPoint:
    """The paired point at β = root^F/2 with the rational `odds` standing in for e^β; critical likewise.

    Raises OutOfDomainError unless the classes are even, width ≥ classes and odds > 1.

    >>> paired_point(classes=4, factors=2, width=4, root=1, odds=2).decay
    1/6
    """
    _require_sizes(classes, factors, width, root)
    if classes % 2 or odds <= 1:
        raise OutOfDomainError(f"{classes} classes with odds {odds}: give even classes and odds above 1")
    half = Fraction(1, 2)
    pairs = _matrix(classes, classes, lambda i, j: half if i == j else -half if i ^ 1 == j else Fraction(0))
    total = odds + Fraction(1) / odds + classes - 2

    def weight(i: int, j: int) -> Fraction:
        return Fraction(odds if i == j else Fraction(1) / odds if i ^ 1 == j else 1) / total

    slope = (classes - 2 + Fraction(2) / odds) / total
    decay = slope * Fraction(root) ** (factors - 2) / classes
    chain = _projection_chain(pairs, factors, width, root)
    return RationalPoint(chain, _matrix(classes, classes, weight), _q(decay))


def rational_gradient(point: RationalPoint) -> list[fmpq_mat]:
    """The gradient in every factor, zero at a critical point."""
    after, before = surroundings(point.factors)
    slope = _slope(point)
    return [
        left.transpose() * slope * right.transpose() + factor * point.decay
        for left, right, factor in zip(after, before, point.factors, strict=True)
    ]


def rational_hessian(point: RationalPoint) -> fmpq_mat:
    """All second derivatives over the rationals, in the coordinates of `cross_entropy_hessian`."""
    jacobian = product_jacobian(point.factors)
    fit = jacobian.transpose() * _fit_curvature(point.weights) * jacobian
    return fit + coupling_hessian(point.factors, _slope(point), point.decay)


def product_jacobian(factors: list[fmpq_mat]) -> fmpq_mat:
    """Derivative of the product's entries (row by row) in those of the factors."""
    after, before = surroundings(factors)
    return _beside([_kronecker(a, b.transpose()) for a, b in zip(after, before, strict=True)])


def coupling_hessian(factors: list[fmpq_mat], slope: fmpq_mat, decay: fmpq) -> fmpq_mat:
    """Second derivatives of ⟨slope, A_F⋯A_1⟩ + (decay/2)Σ‖A_j‖²: the Hessian but for the fit's curvature."""
    after, before = surroundings(factors)
    starts = [0]
    for factor in factors:
        starts.append(starts[-1] + factor.nrows() * factor.ncols())
    hessian = fmpq_mat(starts[-1], starts[-1])
    for index in range(starts[-1]):
        hessian[index, index] = decay
    for i, j in combinations(range(len(factors)), 2):
        outside = before[i] * slope.transpose() * after[j]
        between = _product(factors[i + 1 : j], factors[j].ncols())
        _add_coupling(hessian, outside, between, (starts[i], starts[j]), factors[i].ncols())
    return hessian


def nullity(matrix: fmpq_mat, eigenvalue: Rational = 0) -> int:
    """Exact dimension of the kernel of matrix − eigenvalue·I.

    >>> nullity(fmpq_mat([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)]]), 2)
    1
    """
    shifted = fmpq_mat(matrix)
    for index in range(shifted.nrows()):
        shifted[index, index] -= _q(Fraction(eigenvalue))
    return shifted.nrows() - exact_rank(shifted)


def exact_rank(matrix: fmpq_mat) -> int:
    """The rank over the rationals, by integers after clearing denominators."""
    whole, _ = matrix.numer_denom()
    return int(fmpz_mat(whole).rank())


def _require_sizes(classes: int, factors: int, width: int, root: Rational) -> None:
    if classes < 2 or factors < 2 or width < classes or root <= 0:
        raise OutOfDomainError(
            f"classes {classes}, factors {factors}, width {width}, root {root}: "
            "give classes ≥ 2, factors ≥ 2, width ≥ classes and a positive root"
        )


def _projection_chain(projection: fmpq_mat, factors: int, width: int, root: Rational) -> list[fmpq_mat]:
    classes = projection.nrows()

    def cut(rows: int, columns: int) -> fmpq_mat:
        return _matrix(
            rows, columns,
            lambda i, j: projection[i, j] * _q(Fraction(root)) if max(i, j) < classes else fmpq(0),
        )  # fmt: skip

    return [cut(width, classes), *[cut(width, width)] * (factors - 2), cut(classes, width)]


def _slope(point: RationalPoint) -> fmpq_mat:
    """(softmax − labels)/N with one sample a class."""
    classes = point.weights.nrows()
    identity = _matrix(classes, classes, lambda i, j: Fraction(i == j))
    return (point.weights - identity) * fmpq(1, classes)


def _fit_curvature(weights: fmpq_mat) -> fmpq_mat:
    """(diag π − ππᵀ)/N for each column π, on the entries of a K×N matrix row by row."""
    classes = weights.nrows()

    def entry(a: int, b: int) -> fmpq:
        (i, k), (j, other) = divmod(a, classes), divmod(b, classes)
        if k != other:
            return fmpq(0)
        own = weights[i, k] if i == j else fmpq(0)
        return (own - weights[i, k] * weights[j, k]) / classes

    return _matrix(classes**2, classes**2, entry)


def _add_coupling(
    hessian: fmpq_mat, outside: fmpq_mat, between: fmpq_mat, starts: tuple[int, int], columns: int
) -> None:
    """Entries of tr(outside·B_j·between·B_i) in both triangles."""
    inner = between.nrows()
    for a in range(outside.nrows()):
        for b in range(outside.ncols()):
            if outside[a, b] == 0:
                continue
            for c in range(inner):
                for e in range(between.ncols()):
                    row = starts[1] + b * inner + c
                    column = starts[0] + e * columns + a
                    value = outside[a, b] * between[c, e]
                    hessian[row, column] += value
                    hessian[column, row] += value


def surroundings(factors: list[fmpq_mat]) -> tuple[list[fmpq_mat], list[fmpq_mat]]:
    """For every factor, the product of those after it and of those before it."""
    after = [_product(factors[index + 1 :], factors[index].nrows()) for index in range(len(factors))]
    before = [_product(factors[:index], factors[index].ncols()) for index in range(len(factors))]
    return after, before


def _product(factors: list[fmpq_mat], size: int) -> fmpq_mat:
    """A_j⋯A_i for factors listed from the input side; the identity of that size for none."""
    if not factors:
        return _matrix(size, size, lambda i, j: Fraction(i == j))
    product = factors[0]
    for factor in factors[1:]:
        product = factor * product
    return product


def _kronecker(left: fmpq_mat, right: fmpq_mat) -> fmpq_mat:
    rows, columns = right.nrows(), right.ncols()
    return _matrix(
        left.nrows() * rows,
        left.ncols() * columns,
        lambda i, j: left[i // rows, j // columns] * right[i % rows, j % columns],
    )


def _beside(parts: list[fmpq_mat]) -> fmpq_mat:
    rows = [part.tolist() for part in parts]
    return fmpq_mat([[entry for part in rows for entry in part[index]] for index in range(len(rows[0]))])


def _matrix(rows: int, columns: int, entry: Callable[[int, int], Any]) -> fmpq_mat:
    return fmpq_mat([[_q(entry(i, j)) for j in range(columns)] for i in range(rows)])


def _q(value: Any) -> fmpq:
    return value if isinstance(value, fmpq) else fmpq(value.numerator, value.denominator)
