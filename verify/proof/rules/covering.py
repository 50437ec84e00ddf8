"""A strict inequality on a bounded box, seen in ball arithmetic on every box of a bisection."""

from dataclasses import dataclass
from math import nextafter

from flint import arb

from theory.errors import CannotEvaluateError, InvalidProofError
from verify.proof.boxes import Enclosure, leaves_of, whole_box
from verify.proof.facts import Statement
from verify.proof.rules.rule import Context, relation_of, require


@dataclass(frozen=True)
class Covering:
    """Boxes that cover the ranges, on each of which a ball around the expression is positive.

    `tree` is the bisection (see `verify.proof.boxes`); it is all that the search for it leaves behind.
    """

    tree: str
    uses: tuple[str, ...] = ()

    @property
    def boxes(self) -> int:
        """How many boxes cover the ranges."""
        return self.tree.count(".")

    def describe(self) -> str:
        """The rule in words."""
        boxes = "one box that covers" if self.boxes == 1 else f"each of {self.boxes} boxes that cover"
        return f"positive on {boxes} the ranges, in ball arithmetic"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless every ball is positive."""
        slack = nextafter(float(self.slack(fact, context)), 0.0)
        context.coverings.append((self.boxes, slack))

    def slack(self, fact: Statement, context: Context) -> arb:
        """The smallest lower end of the balls: how much the inequality has to spare, at least."""
        fact = relation_of(fact)
        require(fact.relation in (">", ">="), "a covering shows an inequality")
        free = fact.expression.free_symbols
        symbols = tuple(variable.symbol for variable in context.variables if variable.symbol in free)
        require(bool(symbols), "a number needs no covering")
        enclosure = Enclosure(fact.expression, symbols)
        smallest = arb("inf")
        for box in leaves_of(self.tree, whole_box(symbols, context.variables)):
            try:
                value = enclosure.over(box)
            except CannotEvaluateError as error:
                raise InvalidProofError(f"{fact} cannot be enclosed: {error}") from error
            if not value > 0:
                where = ", ".join(f"{s} in [{i.low}, {i.high}]" for s, i in zip(symbols, box, strict=True))
                raise InvalidProofError(f"{fact} is not clear for {where}: the ball is {value.str(6)}")
            smallest = min(smallest, value.lower())
        return smallest
