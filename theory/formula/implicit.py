"""Closed forms that are roots: an equation, a bracket, and the monotonicity that makes the root unique."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from theory.errors import OutOfDomainError
from theory.formula.closed_form import Formula
from theory.roots import bracketed_root
from theory.sources import Citation
from theory.tolerances import BALL_PRECISION

if TYPE_CHECKING:
    from flint import arb

Bracket = Callable[[Mapping[str, float]], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class ImplicitFormula:
    """The unique root of a strictly monotone residual on a bracket.

    Parameters
    ----------
    residual: Formula of the unknown and the parameters; zero at the root, strictly monotone in the
        unknown on the bracket (say in `monotone` why), and evaluated in logarithms where it would
        overflow.
    unknown: name of the unknown among the residual's arguments.
    bracket: parameters ↦ (low, high); an empty bracket (low ≥ high, or no sign change) means no root.
    monotone: why the residual is monotone there, in one line.
    """

    name: str
    residual: Formula
    unknown: str
    bracket: Bracket
    monotone: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", f"{self.name}: root of {self.residual.__doc__}")

    @property
    def source(self) -> Citation:
        """The residual's: paper and place."""
        return self.residual.source

    def solve(self, **parameters: float) -> float | None:
        """The root in float64, or None where there is none."""

        def value(x: float) -> float:
            return float(self.residual(**{self.unknown: x}, **parameters))

        low, high = self.bracket(parameters)
        if not low < high:
            return None
        at_low, at_high = value(low), value(high)
        if at_low == 0.0 or at_high == 0.0:
            return low if at_low == 0.0 else high
        if (at_low > 0) == (at_high > 0):
            return None
        return bracketed_root(value, low, high)

    def ball(self, *, precision: int = BALL_PRECISION, **parameters: Any) -> "arb":
        """A ball proved to contain the root at exact parameters, by a sign change of balls at its ends.

        Raises OutOfDomainError where no root is found or no enclosure up to a relative radius of 1e-3
        certifies it.
        """
        from flint import arb, ctx, fmpq

        guess = self.solve(**{name: float(value) for name, value in parameters.items()})
        if guess is None:
            raise OutOfDomainError(f"{self.name} has no root at {parameters}: leave the instance out")
        centre = Fraction(guess)
        for exponent in range(48, 9, -1):
            radius = abs(centre) * Fraction(1, 2**exponent) or Fraction(1, 2**exponent)
            ends = [centre - radius, centre + radius]
            signs = [
                self.residual.ball(precision=precision, **{self.unknown: end}, **parameters) for end in ends
            ]
            if signs[0] * signs[1] < 0:
                with ctx.workprec(precision):
                    low, high = (arb(fmpq(end.numerator, end.denominator)) for end in ends)
                    return low.union(high)
        raise OutOfDomainError(
            f"{self.name} could not be enclosed at {parameters}: too close to a double root"
        )
