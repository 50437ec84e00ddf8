"""Boxes of rational intervals, enclosures over them in ball arithmetic, and trees of bisections.

A tree is a string in preorder: ``.`` keeps a box as it is, a digit halves it along that variable (counted
among the variables of the expression, in the proof's order) and is followed by the trees of both halves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import sympy as sp
from flint import arb, ctx, fmpq

from theory.errors import CannotEvaluateError, InvalidProofError
from theory.formula.balls import enclose
from verify.proof.facts import Variable

KEEP = "."
PRECISION = 96
"""Bits: boxes are far wider than any rounding."""


@dataclass(frozen=True)
class Interval:
    """low ≤ x ≤ high; an integer variable takes the integers among these."""

    low: Fraction
    high: Fraction
    integer: bool = False

    def halves(self) -> "tuple[Interval, Interval]":
        """Two intervals that contain every value of this one; InvalidProofError for a single point."""
        if self.low == self.high:
            raise InvalidProofError(f"the point {self.low} has no halves")
        middle = (self.low + self.high) / 2
        if self.integer:
            return Interval(self.low, Fraction(floor(middle)), True), Interval(
                Fraction(floor(middle) + 1), self.high, True
            )
        return Interval(self.low, middle), Interval(middle, self.high)

    @property
    def ball(self) -> arb:
        """A ball around the interval."""
        low, high = (arb(fmpq(end.numerator, end.denominator)) for end in (self.low, self.high))
        return low.union(high)

    @property
    def middle(self) -> Fraction:
        """A value of the variable near the middle."""
        middle = (self.low + self.high) / 2
        return Fraction(floor(middle)) if self.integer else middle


Box = tuple[Interval, ...]


def whole_box(symbols: tuple[sp.Symbol, ...], variables: tuple[Variable, ...]) -> Box:
    """The ranges of the symbols, ends included; InvalidProofError where a range has no upper end."""
    by_symbol = {variable.symbol: variable for variable in variables}
    box: list[Interval] = []
    for symbol in symbols:
        variable = by_symbol[symbol]
        if variable.high is None:
            raise InvalidProofError(f"{variable.range_text} has no upper end: a covering needs a bounded box")
        low, high = (Fraction(int(end.p), int(end.q)) for end in (variable.low, variable.high))
        if variable.integer:
            low, high = Fraction(ceil(low)), Fraction(floor(high))
        box.append(Interval(low, high, variable.integer))
    return tuple(box)


def split(box: Box, index: int) -> tuple[Box, Box]:
    """The two halves of a box along one of its intervals."""
    if not 0 <= index < len(box):
        raise InvalidProofError(f"the box has no variable number {index}")
    first, second = box[index].halves()
    return (*box[:index], first, *box[index + 1 :]), (*box[:index], second, *box[index + 1 :])


def leaves_of(tree: str, box: Box) -> Iterator[Box]:
    """The boxes that a tree leaves whole, which together cover the box."""
    pending = [box]
    for mark in tree:
        if not pending:
            raise InvalidProofError("the tree of bisections goes on after its last box")
        current = pending.pop()
        if mark == KEEP:
            yield current
        else:
            if not ("0" <= mark <= "9"):
                raise InvalidProofError(f"{mark!r} is no mark of a tree of bisections")
            first, second = split(current, int(mark))
            pending += [second, first]
    if pending:
        raise InvalidProofError("the tree of bisections ends before its last box")


class Enclosure:
    """An expression over boxes: the natural extension, or the mean-value form where it is sharper.

    Where the natural extension is finite the expression is smooth between the points of the box, those
    of integer variables included, up to roots of zero, whose slope is not finite.
    """

    def __init__(self, expression: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> None:
        self._expression = expression
        self._symbols = symbols
        self._slopes: tuple[sp.Expr, ...] | None = None

    def over(self, box: Box) -> arb:
        """A ball that contains every value of the expression on the box."""
        with ctx.workprec(PRECISION):
            point = dict(zip(self._symbols, [interval.ball for interval in box], strict=True))
            plain = enclose(self._expression, point, precision=PRECISION)
            clear = plain > 0 or plain < 0 or not plain.is_finite()
            return plain if clear else self._sharpened(plain, box, point)

    def slopes(self, box: Box) -> list[arb]:
        """Balls around the partial derivatives on the box; CannotEvaluateError where there is no formula."""
        if self._slopes is None:
            self._slopes = tuple(sp.diff(self._expression, symbol) for symbol in self._symbols)
        with ctx.workprec(PRECISION):
            point = dict(zip(self._symbols, [interval.ball for interval in box], strict=True))
            return [enclose(slope, point, precision=PRECISION) for slope in self._slopes]

    def _sharpened(self, plain: arb, box: Box, point: Mapping[sp.Symbol, arb]) -> arb:
        centre = {s: interval.middle for s, interval in zip(self._symbols, box, strict=True)}
        try:
            value = enclose(self._expression, centre, precision=PRECISION)
            slopes = self.slopes(box)
        except CannotEvaluateError:
            return plain
        for symbol, slope in zip(self._symbols, slopes, strict=True):
            middle = arb(fmpq(centre[symbol].numerator, centre[symbol].denominator))
            value += slope * (point[symbol] - middle)
        return value if value.is_finite() and value.rad() < plain.rad() else plain
