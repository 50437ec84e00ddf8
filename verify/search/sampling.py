"""A seeded random sample of a claim's instances, as evidence."""

import time

from theory.errors import InvalidClaimError
from verify.claim import Claim, Run
from verify.evidence import Evidence
from verify.margin import Outcome
from verify.search.batch import tallies
from verify.search.seen import Seen
from verify.search.tally import together


def sample(claim: Claim, run: Run, seen: Seen) -> Evidence:
    """Evidence from the claim's sampler; every instance is recorded in `seen`.

    A failing sample carries no witness yet: the caller shrinks and re-checks it first.
    """
    if claim.sampler is None:
        raise InvalidClaimError(f"claim {claim.id} has no sampler: give it one")
    started = time.perf_counter()
    count = claim.quick_samples if run.level == "quick" else claim.full_samples
    found = together(tallies(claim, run, count))
    seen.merge(found.seen)
    if found.worst is None:
        summary = f"none of {count} drawn instances meets the hypotheses"
        return Evidence(kind="sampling", outcome=Outcome.CLOSE, summary=summary, seed=run.seed)
    return Evidence(
        kind="sampling",
        outcome=found.outcome,
        summary=f"{found.judged} instances{f' ({found.ties} ties)' if found.ties else ''}, "
        f"worst margin {found.worst.value:.1g} ± {found.worst.error:.0g}",
        instances=found.judged,
        worst=found.worst,
        too_close=found.too_close,
        tightness=found.tightness,
        seed=run.seed,
        seconds=time.perf_counter() - started,
    )
