"""The search for a covering: bisect until every box is clear."""

from flint import arb

from theory.errors import CannotEvaluateError, InvalidProofError
from verify.proof.boxes import KEEP, Box, Enclosure, split, whole_box
from verify.proof.facts import Fact, Variable
from verify.proof.rules.covering import Covering

LIMIT = 20_000


def cover(fact: Fact, variables: tuple[Variable, ...], *, limit: int = LIMIT) -> Covering | None:
    """A covering that shows left > right on the bounded box of its variables, or None.

    Gives up beyond `limit` boxes, at a box where the inequality fails, and where a range has no end.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> cover(Fact(sp.exp(x), ">", x), (Variable(x, "x", sp.Integer(-1), sp.Integer(2)),)).boxes
    3
    """
    free = fact.expression.free_symbols
    symbols = tuple(variable.symbol for variable in variables if variable.symbol in free)
    if not symbols or fact.relation == "=":
        return None
    enclosure = Enclosure(fact.expression, symbols)
    marks: list[str] = []
    try:
        pending = [whole_box(symbols, variables)]
        while pending:
            box = pending.pop()
            value = enclosure.over(box)
            if value > 0:
                marks.append(KEEP)
                continue
            if value < 0 or len(marks) >= 2 * limit or all(side.low == side.high for side in box):
                return None
            index = _longest_side(enclosure, box)
            first, second = split(box, index)
            pending += [second, first]
            marks.append(str(index))
    except (CannotEvaluateError, InvalidProofError):
        return None
    return Covering("".join(marks))


def _longest_side(enclosure: Enclosure, box: Box) -> int:
    """The side along which the expression varies most; the relatively longest where that is not known."""
    widths = [float(side.high - side.low) for side in box]
    splittable = [index for index, side in enumerate(box) if side.high > side.low]
    sizes = [width / (1 + abs(float(side.middle))) for width, side in zip(widths, box, strict=True)]
    try:
        slopes = [float(arb(abs(slope).upper())) for slope in enclosure.slopes(box)]
    except CannotEvaluateError:
        slopes = []
    if slopes and all(slope < float("inf") for slope in slopes):
        sizes = [width * slope for width, slope in zip(widths, slopes, strict=True)]
    return max(splittable, key=lambda index: (sizes[index], widths[index]))
