"""Sturm's theorem: how many distinct real roots a rational polynomial has in an interval, exactly.

Polynomials are python-flint's `fmpq_poly`, coefficients from the constant term up. An end of an interval
is a rational, or None for infinity.
"""

from itertools import pairwise

from flint import fmpq, fmpq_poly

from theory.errors import OutOfDomainError

End = fmpq | None


def square_free(polynomial: fmpq_poly) -> fmpq_poly:
    """The polynomial with every root simple; raises OutOfDomainError for the zero polynomial."""
    if polynomial.degree() < 0:
        raise OutOfDomainError("the zero polynomial vanishes everywhere: it has no roots to count")
    return polynomial // polynomial.gcd(polynomial.derivative()) if polynomial.degree() > 0 else polynomial


def odd_part(polynomial: fmpq_poly) -> fmpq_poly:
    """The square-free polynomial whose roots are those of odd multiplicity, where the sign changes."""
    _, factors = polynomial.factor_squarefree()
    odd = fmpq_poly([1])
    for factor, multiplicity in factors:
        if multiplicity % 2 == 1:
            odd *= factor
    return odd


def sturm_chain(polynomial: fmpq_poly) -> list[fmpq_poly]:
    """p, p′ and the negated remainders of Euclid's algorithm, scaled by positive numbers only."""
    chain = [polynomial, polynomial.derivative()]
    while chain[-1].degree() >= 0:
        remainder = -(chain[-2] % chain[-1])
        if remainder.degree() < 0:
            break
        chain.append(remainder / abs(remainder.leading_coefficient()))
    return [link for link in chain if link.degree() >= 0]


def count_roots(polynomial: fmpq_poly, low: End, high: End) -> int:
    """Number of distinct real roots in the half-open interval (low, high].

    >>> count_roots(fmpq_poly([0, -1, 0, 1]), fmpq(-1), fmpq(1))  # x³ − x: 0 and 1
    2
    """
    chain = sturm_chain(square_free(polynomial))
    return _changes(chain, low, side=-1) - _changes(chain, high, side=1)


def has_root(polynomial: fmpq_poly, low: End, high: End, *, closed_low: bool, closed_high: bool) -> bool:
    """Whether a root lies in the interval, its finite ends included where said."""
    inside = count_roots(polynomial, low, high)
    if high is not None and not closed_high and polynomial(high) == 0:
        inside -= 1
    return inside > 0 or (low is not None and closed_low and polynomial(low) == 0)


def point_inside(low: End, high: End) -> fmpq:
    """A rational strictly inside the interval.

    >>> point_inside(fmpq(1), None)
    2
    """
    if low is None:
        return fmpq(0) if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2


def _changes(chain: list[fmpq_poly], place: End, *, side: int) -> int:
    """Sign changes along the chain at a rational, or at minus (side < 0) or plus infinity."""
    signs = [_sign(link, place, side) for link in chain]
    kept = [sign for sign in signs if sign != 0]
    return sum(left != right for left, right in pairwise(kept))


def _sign(polynomial: fmpq_poly, place: End, side: int) -> int:
    if place is None:
        value = polynomial.leading_coefficient() * side ** polynomial.degree()
    else:
        value = polynomial(place)
    return (value > 0) - (value < 0)
