"""Claims in tests of one's own: `assert_claim` judges one and says what is wrong with it.

A plain function: it needs no plugin and runs under pytest, unittest or nothing at all.
"""

import json

from theory.errors import InvalidClaimError
from verify.claim import Claim, Level, Run
from verify.instance import encode, show
from verify.judge import judge
from verify.ledger import LEDGER
from verify.verdict import Judgement, Verdict

HELD = (Verdict.PROVED, Verdict.CERTIFIED, Verdict.SUPPORTED)
"""What a claim may come to where nothing else is expected of it."""


def assert_claim(
    claim: Claim, *, level: Level = "quick", seed: int = 0, expected: Verdict | str | None = None
) -> Judgement:
    r"""Judge a claim and return the judgement, or fail with its reason, its witness and how to replay it.

    Parameters
    ----------
    level, seed: as of `rankcollapse verify`; the same seed finds the same witness.
    expected: the verdict to insist on, REFUTED and UNDECIDED included. Left out, the one that the claim
        states for itself counts, else any of PROVED, CERTIFIED and SUPPORTED.

    Raises AssertionError for another verdict, InvalidClaimError for an unknown `expected`; whatever the
    claim's own functions raise comes through.

    >>> from verify.claim import Claim
    >>> from verify.margin import Margin
    >>> claim = Claim(
    ...     id="mine/squares-grow", title="n² ≥ n", statement=r"n^2 \ge n", source="school",
    ...     sampler=lambda generator: {"n": int(generator.integers(2, 100))},
    ...     margin=lambda instance: Margin.at_least(instance["n"] ** 2, instance["n"]),
    ... )
    >>> assert_claim(claim).verdict.value
    'SUPPORTED'
    """
    wanted = _verdict(claim, claim.expected if expected is None else expected)
    judgement = judge(claim, Run(level, seed))
    accepted = HELD if wanted is None else (wanted,)
    if judgement.verdict not in accepted:
        raise AssertionError(_message(claim, judgement, accepted, level, seed))
    return judgement


def _verdict(claim: Claim, expected: Verdict | str | None) -> Verdict | None:
    if expected is None:
        return None
    try:
        return Verdict(expected)
    except ValueError as error:
        raise InvalidClaimError(
            f"claim {claim.id} is expected to be {expected!r}: use one of {', '.join(Verdict)}"
        ) from error


def _message(
    claim: Claim, judgement: Judgement, accepted: tuple[Verdict, ...], level: Level, seed: int
) -> str:
    """Id, verdict, reason, witness and replay, a line each."""
    lines = [
        f"{claim.id} is {judgement.verdict}, expected {' or '.join(accepted)}",
        f"  statement  {claim.title}",
        f"  reason     {judgement.reason}",
    ]
    if judgement.witness is not None:
        instance = json.dumps(encode(judgement.witness), ensure_ascii=False)
        lines += [
            f"  witness    {show(judgement.witness)}",
            f"  replay     claim.certain_margin(verify.instance.decode(json.loads({instance!r})))",
        ]
    where = "" if claim.id in {entry.id for entry in LEDGER} else " --from FILE.py"
    lines.append(f"  repeat     rankcollapse verify {claim.id}{where} --level {level} --seed {seed}")
    return "\n".join(lines)
