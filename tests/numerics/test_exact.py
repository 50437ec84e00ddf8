"""Sturm chains against SymPy's roots, LDLᵀ against eigenvalues, and the limits of both."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import fmpq, fmpq_mat, fmpq_poly

from numerics.exact.factorisation import factorise, is_positive_semidefinite, rational_matrix
from numerics.exact.sturm import End, count_roots, has_root, odd_part, point_inside, square_free, sturm_chain
from theory.errors import OutOfDomainError
from theory.tolerances import LINEAR_ALGEBRA

X = sp.Symbol("x")


def some_polynomial(random: Random) -> tuple[fmpq_poly, sp.Poly]:
    """A product of small factors, some of them repeated, in both libraries' terms."""
    coefficients = [
        [random.randint(-4, 4) for _ in range(random.randint(1, 3))] + [random.choice([-2, 1, 3])]
        for _ in range(random.randint(1, 3))
    ]
    powers = [random.randint(1, 3) for _ in coefficients]
    ours, theirs = fmpq_poly([fmpq(1)]), sp.Poly(1, X)
    for factor, power in zip(coefficients, powers, strict=True):
        ours *= fmpq_poly([fmpq(c) for c in factor]) ** power
        theirs *= sp.Poly(list(reversed(factor)), X) ** power
    return ours, theirs


def an_end(random: Random) -> int | None:
    return random.choice([None, -2, -1, 0, 1, 2])


@pytest.mark.parametrize("seed", range(60))
def test_roots_are_counted_as_sympy_counts_them(seed: int) -> None:
    random = Random(seed)
    ours, theirs = some_polynomial(random)
    roots: set[Any] = set(sp.real_roots(theirs))
    low, high = sorted([an_end(random) or -3, an_end(random) or 3])
    within = [root for root in roots if bool(low < root) and bool(root <= high)]
    assert count_roots(ours, fmpq(low), fmpq(high)) == len(within)
    assert count_roots(ours, None, None) == len(roots)
    for closed_low in (False, True):
        for closed_high in (False, True):
            inside = [
                root
                for root in roots
                if bool(low < root < high) or (closed_low and root == low) or (closed_high and root == high)
            ]
            found = has_root(ours, fmpq(low), fmpq(high), closed_low=closed_low, closed_high=closed_high)
            assert found == bool(inside)


@pytest.mark.parametrize("seed", range(40))
def test_the_odd_part_changes_sign_where_the_polynomial_does(seed: int) -> None:
    random = Random(seed)
    ours, theirs = some_polynomial(random)
    odd = odd_part(ours) * ours.leading_coefficient()
    for _ in range(20):
        place = fmpq(random.randint(-40, 40), random.randint(1, 9))
        if ours(place) != 0:
            assert (odd(place) > 0) == (ours(place) > 0)
    multiplicities = sp.roots(theirs, multiple=False) if theirs.degree() <= 4 else {}
    for root, multiplicity in multiplicities.items():
        if root.is_rational:
            assert (odd(fmpq(int(root.p), int(root.q))) == 0) == (multiplicity % 2 == 1)


def test_roots_that_lie_very_near_each_other_are_told_apart() -> None:
    tiny = fmpq(1, 10**200)
    near = fmpq_poly([-tiny * tiny, 0, 1])  # x² − 10⁻⁴⁰⁰
    assert count_roots(near, fmpq(-1), fmpq(1)) == 2
    assert count_roots(near, fmpq(0), fmpq(1)) == 1
    assert count_roots(near + tiny * tiny, fmpq(-1), fmpq(1)) == 1
    assert count_roots(near + 2 * tiny * tiny, fmpq(-1), fmpq(1)) == 0


def test_a_polynomial_of_wilkinson_and_a_constant() -> None:
    wilkinson = fmpq_poly([1])
    for root in range(1, 21):
        wilkinson *= fmpq_poly([-root, 1])
    assert count_roots(wilkinson, None, None) == 20
    assert count_roots(wilkinson, fmpq(7), fmpq(13)) == 6
    assert count_roots(wilkinson + fmpq(1, 2**23), None, None) == 20
    assert count_roots(fmpq_poly([5]), None, None) == 0
    assert len(sturm_chain(fmpq_poly([5]))) == 1
    assert not has_root(fmpq_poly([5]), fmpq(0), fmpq(0), closed_low=True, closed_high=True)


def test_the_zero_polynomial_has_no_roots_to_count() -> None:
    for asked in (square_free, lambda zero: count_roots(zero, None, None)):
        with pytest.raises(OutOfDomainError, match="vanishes everywhere"):
            asked(fmpq_poly([0]))


@pytest.mark.parametrize(
    ("low", "high"),
    [(fmpq(0), fmpq(1)), (None, fmpq(-5)), (fmpq(7), None), (None, None), (fmpq(1, 3), fmpq(1, 2))],
)
def test_a_point_inside(low: End, high: End) -> None:
    point = point_inside(low, high)
    assert low is None or low < point
    assert high is None or point < high


def some_symmetric(random: Random, size: int, rank: int) -> fmpq_mat:
    """A Gram matrix of the rank, or one that is a little less on the diagonal."""
    rows = [[Fraction(random.randint(-5, 5), random.randint(1, 4)) for _ in range(size)] for _ in range(rank)]
    gram = [[sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(size)] for i in range(size)]
    if random.random() < 1 / 2:
        index = random.randrange(size)
        gram[index][index] -= Fraction(1, random.choice([2, 10, 1000]))
    return rational_matrix(gram)


@pytest.mark.parametrize("seed", range(60))
def test_the_factorisation_is_one_and_agrees_with_eigenvalues(seed: int) -> None:
    random = Random(seed)
    size = random.randint(1, 6)
    matrix = some_symmetric(random, size, random.randint(0, size))
    found = factorise(matrix)
    entries = np.array([[float(Fraction(int(e.p), int(e.q))) for e in row] for row in matrix.tolist()])
    smallest = np.linalg.eigvalsh(entries).min()
    if found is None:
        assert smallest < 0
        return
    assert smallest >= -LINEAR_ALGEBRA * np.abs(entries).max() * size
    lower, pivots = fmpq_mat([list(row) for row in found.lower]), found.pivots
    diagonal = fmpq_mat([[pivots[i] if i == j else fmpq(0) for j in range(size)] for i in range(size)])
    assert lower * diagonal * lower.transpose() == matrix
    assert found.rank == matrix.rank()
    assert all(pivot >= 0 for pivot in pivots)
    assert all(lower[i, i] == 1 and all(lower[i, j] == 0 for j in range(i + 1, size)) for i in range(size))


def test_the_edge_of_the_cone_is_exact() -> None:
    one, tiny = fmpq(1), fmpq(1, 10**300)
    assert is_positive_semidefinite(fmpq_mat([[one, one], [one, one]]))
    assert not is_positive_semidefinite(fmpq_mat([[one, one], [one, one - tiny]]))
    assert not is_positive_semidefinite(fmpq_mat([[one, one + tiny], [one + tiny, one]]))
    assert is_positive_semidefinite(fmpq_mat([[0, 0], [0, 0]]))
    assert not is_positive_semidefinite(fmpq_mat([[0, tiny], [tiny, 5 * one]]))
    assert not is_positive_semidefinite(fmpq_mat([[5 * one, 0, 0], [0, 0, one], [0, one, 0]]))
    hilbert = rational_matrix([[Fraction(1, i + j + 1) for j in range(12)] for i in range(12)])
    assert factorise(hilbert) is not None
    less = fmpq_mat(hilbert)
    less[11, 11] = less[11, 11] - fmpq(1, 10**11)
    assert factorise(less) is None


@pytest.mark.parametrize(
    "rows", [[], [[1, 2], [3]], [[0.5]], [[True]], [["1"]], [[None]], [[np.float64(1)]], [[1j]]]
)
def test_matrices_of_other_things_are_refused(rows: Any) -> None:
    with pytest.raises(OutOfDomainError):
        rational_matrix(rows)


@pytest.mark.parametrize("rows", [[[1, 2], [3, 4]], [[1, 2]], [[1], [2]]])
def test_only_symmetric_matrices_are_factorised(rows: list[list[int]]) -> None:
    with pytest.raises(OutOfDomainError, match="symmetric"):
        factorise(rational_matrix(rows))


def test_entries_of_every_rational_kind() -> None:
    entries = [1, Fraction(1, 2), fmpq(1, 3), sp.Rational(1, 4)]
    assert rational_matrix([entries]).tolist() == [[fmpq(1, k) for k in (1, 2, 3, 4)]]
