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
    known = {symbol: _sympy(value) for symbol, value in values.items()}
    product = fmpq_poly([fmpq(1)])
    for block in form.blocks:
        copies = block.multiplicity.subs(list(known.items()))
        product *= _polynomial(block, known, _sympy(exponential), unit) ** int(copies)
    return product


def _polynomial(
    block: Block, known: Mapping[sp.Symbol, sp.Rational], exponential: sp.Rational, unit: fmpq
) -> fmpq_poly:
    scaled = sp.Matrix(block.rows).subs(sp.exp(-SCALE), exponential).subs(known)
    scaled *= _sympy(Fraction(int(unit.p), int(unit.q)))
    coefficients = [sp.expand(coefficient) for coefficient in scaled.charpoly().all_coeffs()]
    if not all(coefficient.is_Rational for coefficient in coefficients):
        raise OutOfDomainError(f"{block.name}: {coefficients} are not rational: give rational values")
    return fmpq_poly([fmpq(int(rational.p), int(rational.q)) for rational in reversed(coefficients)])


def _sympy(value: Rational) -> sp.Rational:
    return cast(sp.Rational, sp.Rational(value.numerator, value.denominator))
