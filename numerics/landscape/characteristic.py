"""The characteristic polynomial of a block form over the rationals, to hold against that of a matrix."""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import sympy as sp
from flint import fmpq, fmpq_poly

from numerics.landscape.exact import Rational
from theory.errors import OutOfDomainError
from theory.landscape.blocks import Block, BlockForm
from theory.symbols import SCALE


def block_polynomial(
    form: BlockForm, values: Mapping[sp.Symbol, Rational], *, exponential: Rational, unit: fmpq
) -> fmpq_poly:
    """Product of the blocks' characteristic polynomials, each to the power of its multiplicity.

    Parameters
    ----------
    form: the blocks, in units of `unit`.
    values: rational values of its arguments, the scale among them.
    exponential: rational stand-in for e^{−scale}, independent of the scale.
    unit: what one unit is.

    Raises OutOfDomainError where a coefficient is not rational.
    """
    known = {symbol: sp.Rational(value) for symbol, value in values.items()}
    product = fmpq_poly([fmpq(1)])
    for block in form.blocks:
        copies = block.multiplicity.subs(known)
        product *= _polynomial(block, known, sp.Rational(exponential), unit) ** int(copies)
    return product


def _polynomial(
    block: Block, known: Mapping[sp.Symbol, sp.Rational], exponential: sp.Rational, unit: fmpq
) -> fmpq_poly:
    scaled = sp.Matrix(block.rows).subs(sp.exp(-SCALE), exponential).subs(known)
    scaled *= sp.Rational(int(unit.p), int(unit.q))
    polynomial = sp.Poly(sp.expand(scaled.charpoly().as_expr()))
    coefficients = cast("list[sp.Expr]", polynomial.all_coeffs())
    if not all(coefficient.is_Rational for coefficient in coefficients):
        raise OutOfDomainError(f"{block.name}: {polynomial} is not rational: give rational values")
    return fmpq_poly([_fmpq(Fraction(str(coefficient))) for coefficient in reversed(coefficients)])


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
