"""What judging some instances found, and how two findings add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from verify.evidence import worst_of
from verify.margin import Margin, Outcome
from verify.search.seen import Seen


@dataclass(frozen=True)
class Tally:
    """What judging some instances found; the empty tally decides nothing.

    `too_close` counts what floats could not decide, `ties` those among them that are no equality.
    """

    judged: int = 0
    too_close: int = 0
    ties: int = 0
    outcome: Outcome = Outcome.CLOSE
    worst: Margin | None = None
    tightness: float | None = None
    seen: Seen = field(default_factory=Seen)


def together(parts: Iterable[Tally]) -> Tally:
    """The tally of all instances of the parts, as if they had been judged in one go."""
    total = Tally()
    for part in parts:
        margins = [margin for margin in (total.worst, part.worst) if margin is not None]
        ratios = [ratio for ratio in (total.tightness, part.tightness) if ratio is not None]
        outcomes = (total.outcome, part.outcome)
        total = Tally(
            judged=total.judged + part.judged,
            too_close=total.too_close + part.too_close,
            ties=total.ties + part.ties,
            outcome=next((o for o in (Outcome.FAILS, Outcome.HOLDS) if o in outcomes), Outcome.CLOSE),
            worst=worst_of(margins) if margins else None,
            tightness=min(ratios, default=None),
            seen=total.seen.merge(part.seen),
        )
    return total
