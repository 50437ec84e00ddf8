"""A comparison with an error bound: holds, fails, or too close to call."""

import math
import sys
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from theory.errors import OutOfDomainError
from theory.tolerances import CLOSED_FORM

if TYPE_CHECKING:
    from flint import arb


class Outcome(Enum):
    """What a margin says."""

    HOLDS = "holds"
    CLOSE = "too close to call"
    FAILS = "fails"


@dataclass(frozen=True)
class Margin:
    """Right side minus left side of a relation on one instance, known up to ± `error`.

    An inequality HOLDS when the value exceeds the error and FAILS below minus the error; in between it
    is CLOSE. An equality is made with `equal`: its value is −|a − b|, it FAILS beyond the error and is
    CLOSE (all that floats can say of an equality) within it.

    `ratio` is bound over actual where the claim compares positive quantities: its tightness. `certain` says
    that the sign was found in exact or ball arithmetic.
    """

    value: float
    error: float
    ratio: float | None = None
    equality: bool = False
    certain: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if math.isnan(self.value) or not 0 <= self.error < math.inf:
            raise OutOfDomainError(f"a margin that {self._fault} compares nothing: exclude the instance")

    @property
    def _fault(self) -> str:
        """In words: tables print no NaN and no infinity."""
        if math.isnan(self.value) or math.isnan(self.error):
            return "is not a number"
        return "has an infinite error" if self.error == math.inf else f"has an error of {self.error}"

    @property
    def outcome(self) -> Outcome:
        """Holds, fails or too close."""
        if self.value > self.error:
            return Outcome.HOLDS
        return Outcome.FAILS if self.value < -self.error else Outcome.CLOSE

    @staticmethod
    def at_least(larger: float, smaller: float, *, error: float | None = None) -> "Margin":
        """The margin of larger ≥ smaller; by default both sides carry a closed form's rounding error.

        >>> Margin.at_least(2.0, 1.0).outcome.value
        'holds'
        """
        larger, smaller = float(larger), float(smaller)
        bound = CLOSED_FORM * (abs(larger) + abs(smaller)) if error is None else float(error)
        return Margin(larger - smaller, bound, larger / smaller if smaller > 0 else None)

    @staticmethod
    def equal(left: float, right: float, *, error: float | None = None) -> "Margin":
        """The margin of left = right: never above zero."""
        left, right = float(left), float(right)
        bound = CLOSED_FORM * (abs(left) + abs(right)) if error is None else float(error)
        return Margin(-abs(left - right), bound, equality=True)

    @staticmethod
    def exact(value: Fraction | int) -> "Margin":
        """The margin of an exact rational difference; the sign is certain."""
        value = Fraction(value)
        try:
            rounded = float(value)
        except OverflowError:  # beyond float64 only the sign and "large" can be kept
            rounded = sys.float_info.max if value > 0 else -sys.float_info.max
        if rounded == 0 and value != 0:  # keep the sign of what float64 cannot represent
            rounded = 5e-324 if value > 0 else -5e-324
        return Margin(rounded, 0.0, certain=True)

    @staticmethod
    def of_ball(difference: "arb") -> "Margin":
        """The margin of a difference enclosed by a ball; certain when the ball excludes zero."""
        middle, radius = float(difference.mid()), float(difference.rad())
        certain = difference > 0 or difference < 0
        if certain and abs(middle) <= radius:
            radius = abs(middle) / 2
        return Margin(middle, radius if certain else max(radius, abs(middle)), certain=certain)
