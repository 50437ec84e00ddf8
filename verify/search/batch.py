"""A random sample in chunks, each with a random stream of its own.

What a chunk draws depends on the seed, the claim and the chunk's number alone, and tallies are added up in
the order of the chunks: so it makes no difference which process judges which chunk.
"""

import time
from collections.abc import Generator
from contextlib import closing

from theory.errors import InvalidClaimError
from verify.claim import Claim, Run
from verify.evidence import overall, worst_of
from verify.margin import Margin, Outcome
from verify.search.seen import Seen
from verify.search.tally import Tally

CHUNK = 500
"""Instances of a chunk: seconds of work for the slowest claims, and the whole of most quick samples."""

WORTH_HELP = 5.0
"""Seconds of work left from which helpers are worth their start, which costs each of them about two."""


def tallies(claim: Claim, run: Run, count: int) -> Generator[Tally]:
    """Tallies of `count` drawn instances, chunk by chunk, in order; the run's helpers share long work."""
    chunks = list(enumerate(min(CHUNK, count - first) for first in range(0, count, CHUNK)))
    done, left = 0, 0.0
    for number, size in chunks[:1]:
        started = time.perf_counter()
        first = judge_chunk(claim, run, number, size)
        left = (time.perf_counter() - started) * (len(chunks) - 1)
        yield first
        done = 1
    if run.helpers is not None and left > WORTH_HELP:
        with closing(run.helpers(run, chunks[done:])) as helped:
            for tally in helped:
                yield tally
                done += 1
    for number, size in chunks[done:]:  # without helpers, all; else those from which they gave up
        yield judge_chunk(claim, run, number, size)


def judge_chunk(claim: Claim, run: Run, number: int, size: int) -> Tally:
    """Draw the instances of one chunk and judge them; raises what the claim raises."""
    if claim.sampler is None:
        raise InvalidClaimError(f"claim {claim.id} has no sampler: give it one")
    generator = run.generator(claim.id, "sample", str(number))
    seen = Seen()
    margins: list[Margin] = []
    for _ in range(size):
        instance = claim.sampler(generator)
        if claim.hypotheses(instance):
            margins.append(claim.fast_margin(instance))
            seen.add(instance, margins[-1])
    close = [margin for margin in margins if margin.outcome is Outcome.CLOSE]
    return Tally(
        judged=len(margins),
        too_close=len(close),
        ties=sum(not margin.equality for margin in close),
        outcome=overall(margins),
        worst=worst_of(margins) if margins else None,
        tightness=min((margin.ratio for margin in margins if margin.ratio is not None), default=None),
        seen=seen,
    )
