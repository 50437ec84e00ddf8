"""The search for a sum of squares: Gram matrices in floats, rounded to rationals, repaired, factorised.

The rounded matrices of the proper multipliers are kept; what is missing to the polynomial goes into the
matrix of the multiplier 1, spread over the products of monomials that give the same monomial. LDLᵀ over
the rationals then decides whether all of them are positive semidefinite.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any, cast

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from numerics.exact.factorisation import factorise
from numerics.gram_matrices import Polynomial, Powers, gram_matrices
from verify.proof.facts import Fact, Variable, rational
from verify.proof.rules import Square, SumOfSquares
from verify.proof.rules.polynomial import as_quotient

DENOMINATORS = (1, 2, 6, 12, 60, 10**3, 10**6, 10**9)
LARGEST_BASIS = 40


def sum_of_squares(fact: Fact, variables: tuple[Variable, ...]) -> SumOfSquares | None:
    """Squares that show a polynomial inequality on the box of its variables, or None.

    >>> x, y = sp.symbols("x y", real=True)
    >>> box = tuple(Variable(s, str(s), sp.Integer(-9)) for s in (x, y))
    >>> print(sum_of_squares(Fact(x**2 + y**2, ">=", x * y), box).describe())
    sum of squares: (x - y/2)² + 3/4·(y)²
    """
    numerator, _ = as_quotient(fact.expression)
    variables = tuple(variable for variable in variables if variable.symbol in numerator.free_symbols)
    symbols = tuple(variable.symbol for variable in variables)
    if fact.relation == "=" or not symbols or not numerator.is_polynomial(*symbols):
        return None
    target = sp.Poly(numerator, *symbols)
    if not all(bool(coefficient.is_Rational) for coefficient in target.coeffs()):
        return None
    strict = fact.relation == ">"
    for distances in ((), _distances(variables)):
        multipliers = [sp.Integer(1), *distances]
        polynomials = [sp.Poly(multiplier, *symbols) for multiplier in multipliers]
        degree = 2 * ((max(target.total_degree(), 2 if distances else 0) + 1) // 2)
        bases = [_monomials(len(symbols), (degree - p.total_degree()) // 2) for p in polynomials]
        if max(map(len, bases)) > LARGEST_BASIS:
            return None
        found = gram_matrices(_floats(target), [_floats(p) for p in polynomials], bases, strict=strict)
        if found is not None:
            terms = _rounded(target, multipliers, bases, *found, strict=strict)
            if terms is not None:
                return SumOfSquares(terms)
    return None


def _distances(variables: tuple[Variable, ...]) -> tuple[sp.Expr, ...]:
    """x − low, and high − x where there is an upper end."""
    lower = [variable.symbol - variable.low for variable in variables]
    upper = [variable.high - variable.symbol for variable in variables if variable.high is not None]
    return (*lower, *upper)


def _monomials(count: int, degree: int) -> list[Powers]:
    """All powers of `count` variables up to a total degree, highest first."""
    powers = [p for p in product(range(degree + 1), repeat=count) if sum(p) <= degree]
    return sorted(powers, key=lambda p: (-sum(p), tuple(-power for power in p)))


def _floats(polynomial: sp.Poly) -> Polynomial:
    return {tuple(powers): float(coefficient) for powers, coefficient in polynomial.terms()}


def _rounded(
    target: sp.Poly,
    multipliers: Sequence[sp.Expr],
    bases: Sequence[Sequence[Powers]],
    matrices: Sequence[np.ndarray],
    constant: float,
    *,
    strict: bool,
) -> tuple[Square, ...] | None:
    """Exact terms from floats, at the coarsest rounding that works."""
    symbols = target.gens
    for denominator in DENOMINATORS:
        kept = rational(Fraction(int(constant * denominator), denominator) if strict else Fraction(0))
        if strict and kept <= 0:
            continue
        terms = [Square(kept, sp.Integer(1))] if strict else []
        rest = target - kept
        for multiplier, basis, matrix in zip(multipliers[1:], bases[1:], matrices[1:], strict=True):
            rounded = _symmetric(matrix, denominator)
            squares = _squares(rounded, basis, symbols, (multiplier,))
            if squares is None:
                break
            terms += squares
            rest -= sp.Poly(sp.Add(*[square.expression for square in squares]), *symbols)
        else:
            repaired = _repaired(_symmetric(matrices[0], denominator), bases[0], rest)
            squares = None if repaired is None else _squares(repaired, bases[0], symbols, ())
            if squares is not None:
                return _with_one_constant(terms + squares)
    return None


def _with_one_constant(terms: Sequence[Square]) -> tuple[Square, ...]:
    """The same sum with its constants added up, which come first."""
    constants = [term for term in terms if term.root == 1 and not term.multipliers]
    rest = [term for term in terms if term not in constants]
    weight = cast(sp.Rational, sp.Add(*[term.weight for term in constants]))
    return (Square(weight, sp.Integer(1)), *rest) if constants else tuple(rest)


def _symmetric(matrix: np.ndarray, denominator: int) -> fmpq_mat:
    whole = np.rint(denominator * (matrix + matrix.T) / 2).astype(object)
    return fmpq_mat([[fmpq(int(entry), denominator) for entry in row] for row in whole])


def _coefficients(polynomial: sp.Poly) -> dict[Powers, fmpq]:
    return {tuple(powers): fmpq(int(c.p), int(c.q)) for powers, c in polynomial.terms() if c != 0}


def _repaired(matrix: fmpq_mat, basis: Sequence[Powers], rest: sp.Poly) -> fmpq_mat | None:
    """The matrix changed as little as possible so that zᵀQz is exactly the rest."""
    groups: dict[Powers, list[tuple[int, int]]] = {}
    for i, left in enumerate(basis):
        for j, right in enumerate(basis):
            groups.setdefault(tuple(a + b for a, b in zip(left, right, strict=True)), []).append((i, j))
    wanted = _coefficients(rest)
    if set(wanted) - set(groups):
        return None
    for powers, places in groups.items():
        missing = wanted.get(powers, fmpq(0)) - sum((matrix[place] for place in places), fmpq(0))
        for place in places:
            matrix[place] = matrix[place] + missing / len(places)
    return matrix


def _squares(
    matrix: fmpq_mat, basis: Sequence[Powers], symbols: Any, multipliers: tuple[sp.Expr, ...]
) -> list[Square] | None:
    """multiplier · zᵀQz as weighted squares, or None when Q is not positive semidefinite."""
    factors = factorise(matrix)
    if factors is None:
        return None
    monomials = [sp.Mul(*[s**p for s, p in zip(symbols, powers, strict=True)]) for powers in basis]
    terms: list[Square] = []
    for k, pivot in enumerate(factors.pivots):
        if pivot > 0:
            column = [(factors.lower[i][k], monomials[i]) for i in range(k, len(basis))]
            root = sp.Add(*[rational(c) * monomial for c, monomial in column])
            terms.append(Square(rational(pivot), root, multipliers))
    return terms
