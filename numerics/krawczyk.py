"""A zero of a square system enclosed: proof that a box contains exactly one, by Krawczyk's test in balls.

With Y an approximate inverse of the Jacobian at the middle m of a box X, the test asks that
m − Y f(m) + (1 − Y f′(X))(X − m) lie inside X; then f has exactly one zero in X (Krawczyk 1969).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from theory.errors import OutOfDomainError
from theory.formula.balls import enclose
from theory.tolerances import BALL_PRECISION

if TYPE_CHECKING:
    from flint import arb

SMALLEST_RADIUS = Fraction(1, 2**46)
"""Relative radius of the first box tried: a little above what float64 leaves open."""


def enclosed_zero(
    system: Sequence[sp.Expr],
    unknowns: Sequence[sp.Symbol],
    guess: Sequence[float],
    parameters: Mapping[sp.Symbol, Any],
    *,
    tries: int = 30,
) -> "list[arb]":
    """Balls around the unknowns that contain exactly one zero of the system.

    Parameters
    ----------
    system, unknowns
        As many expressions as unknowns, differentiable.
    guess
        An approximate zero in floats; boxes around it grow until the test passes.
    parameters
        Exact values (int, Fraction) of the other symbols.

    Raises
    ------
    OutOfDomainError
        If no box passes: the zero is nearly double, or the guess is none.

    Examples
    --------
    >>> x, y = sp.symbols("x y", positive=True)
    >>> first, second = enclosed_zero((x * y - 2, x - y), (x, y), (1.41, 1.42), {})
    >>> (first**2).contains(2), (second**2).contains(2), float(first.rad()) < 1e-12
    (True, True, True)
    """
    from flint import arb, ctx, fmpq

    equations, slopes = tuple(system), _jacobian(tuple(system), tuple(unknowns))
    middle = [Fraction(value) for value in guess]
    middle = _refined(equations, slopes, unknowns, middle, parameters)
    with ctx.workprec(BALL_PRECISION):
        point = dict(zip(unknowns, middle, strict=True)) | dict(parameters)
        inverse = _approximate_inverse(slopes, point)
        residual = [enclose(equation, point) for equation in equations]
        centre = [arb(fmpq(value.numerator, value.denominator)) for value in middle]
        for attempt in range(tries):
            radii = [abs(value) * SMALLEST_RADIUS * 2**attempt for value in middle]
            spread = [arb(0, arb(fmpq(r.numerator, r.denominator)).upper()) for r in radii]
            box = dict(zip(unknowns, [c + s for c, s in zip(centre, spread, strict=True)], strict=True))
            image = _image(centre, inverse, residual, slopes, box | dict(parameters), spread)
            if all(_inside(found, c, r) for found, c, r in zip(image, centre, radii, strict=True)):
                return image
    raise OutOfDomainError(f"no box around {list(guess)} contains a single zero: too close to a double one")


@cache
def _jacobian(
    system: tuple[sp.Expr, ...], unknowns: tuple[sp.Symbol, ...]
) -> tuple[tuple[sp.Expr, ...], ...]:
    return tuple(tuple(sp.diff(equation, unknown) for unknown in unknowns) for equation in system)


def _refined(
    equations: Sequence[sp.Expr],
    slopes: Sequence[Sequence[sp.Expr]],
    unknowns: Sequence[sp.Symbol],
    middle: list[Fraction],
    parameters: Mapping[sp.Symbol, Any],
) -> list[Fraction]:
    """Two Newton steps in floats from exact residuals: the guess need not be good to the last digit."""
    for _ in range(2):
        point = dict(zip(unknowns, middle, strict=True)) | dict(parameters)
        residual = np.array([float(enclose(equation, point)) for equation in equations])
        step = np.array([[float(v) for v in row] for row in _approximate_inverse(slopes, point)]) @ residual
        middle = [value - Fraction(float(change)) for value, change in zip(middle, step, strict=True)]
    return middle


def _approximate_inverse(
    slopes: Sequence[Sequence[sp.Expr]], point: Mapping[sp.Symbol, Any]
) -> "list[list[arb]]":
    from flint import arb

    matrix = np.array([[float(enclose(slope, point)) for slope in row] for row in slopes])
    return [[arb(float(value)) for value in row] for row in np.linalg.inv(matrix)]


def _image(
    centre: "list[arb]",
    inverse: "list[list[arb]]",
    residual: "list[arb]",
    slopes: Sequence[Sequence[sp.Expr]],
    box: Mapping[sp.Symbol, Any],
    spread: "list[arb]",
) -> "list[arb]":
    """M − Y f(m) + (1 − Y f′(X))(X − m), coordinate by coordinate."""
    from flint import arb

    size = range(len(centre))
    jacobian = [[enclose(slope, box) for slope in row] for row in slopes]
    image: list[arb] = []
    for i in size:
        value = centre[i] - sum((inverse[i][j] * residual[j] for j in size), arb(0))
        for j in size:
            product = sum((inverse[i][k] * jacobian[k][j] for k in size), arb(0))
            value += ((1 if i == j else 0) - product) * spread[j]
        image.append(value)
    return image


def _inside(found: "arb", centre: "arb", radius: Fraction) -> bool:
    """Whether the ball lies strictly within the radius of the centre."""
    from flint import arb, fmpq

    return bool(abs(found - centre) < arb(fmpq(radius.numerator, radius.denominator)))
