"""A seeded random sample of a claim's instances, judged one by one."""

import time

from theory.errors import InvalidClaimError
from verify.claim import Claim, Run
from verify.evidence import Evidence, overall, worst_of
from verify.margin import Margin, Outcome
from verify.search.seen import Seen


def sample(claim: Claim, run: Run, seen: Seen) -> Evidence:
    """Evidence from the claim's sampler; every instance is recorded in `seen`.

    A failing sample carries no witness yet: the caller shrinks and re-checks it first.
    """
    if claim.sampler is None:
        raise InvalidClaimError(f"claim {claim.id} has no sampler: give it one")
    started = time.perf_counter()
    count = claim.quick_samples if run.level == "quick" else claim.full_samples
    generator = run.generator(claim.id, "sample")
    margins: list[Margin] = []
    for _ in range(count):
        instance = claim.sampler(generator)
        if claim.hypotheses(instance):
            margins.append(claim.fast_margin(instance))
            seen.add(instance, margins[-1])
    if not margins:
        summary = f"none of {count} drawn instances meets the hypotheses"
        return Evidence(kind="sampling", outcome=Outcome.CLOSE, summary=summary, seed=run.seed)
    worst = worst_of(margins)
    ratios = [margin.ratio for margin in margins if margin.ratio is not None]
    ties = sum(margin.outcome is Outcome.CLOSE and not margin.equality for margin in margins)
    return Evidence(
        kind="sampling",
        outcome=overall(margins),
        summary=f"{len(margins)} instances{f' ({ties} ties)' if ties else ''}, "
        f"worst margin {worst.value:.1g} ± {worst.error:.0g}",
        instances=len(margins),
        worst=worst,
        too_close=sum(margin.outcome is Outcome.CLOSE for margin in margins),
        tightness=min(ratios) if ratios else None,
        seed=run.seed,
        seconds=time.perf_counter() - started,
    )
