"""A seeded random sample of a claim's instances, judged one by one."""

import time

from verify.claim import Claim, Run
from verify.evidence import Evidence, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin, Outcome


def sample(claim: Claim, run: Run) -> tuple[Evidence, Instance | None]:
    """Evidence from the claim's sampler, and the instance that came closest to failing.

    A failing sample carries no witness yet: the caller shrinks and re-checks it first.
    """
    if claim.sampler is None or claim.margin is None:
        raise ValueError(f"claim {claim.id} has no sampler")
    started = time.perf_counter()
    count = claim.quick_samples if run.level == "quick" else claim.full_samples
    generator = run.generator(claim.id, "sample")
    margins: list[Margin] = []
    closest: tuple[Margin, Instance] | None = None
    for _ in range(count):
        instance = claim.sampler(generator)
        if not claim.hypotheses(instance):
            continue
        margin = claim.margin(instance)
        margins.append(margin)
        if closest is None or worst_of([margin, closest[0]]) is margin:
            closest = margin, instance
    outcome = overall(margins)
    if closest is None:
        summary = f"none of {count} drawn instances meets the hypotheses"
        return Evidence(kind="sampling", outcome=Outcome.CLOSE, summary=summary, seed=run.seed), None
    worst = closest[0]
    ratios = [margin.ratio for margin in margins if margin.ratio is not None]
    return (
        Evidence(
            kind="sampling",
            outcome=outcome,
            summary=f"{len(margins)} instances, worst margin {worst.value:.1g} ± {worst.error:.0g}",
            instances=len(margins),
            worst=worst,
            too_close=sum(margin.outcome is Outcome.CLOSE for margin in margins),
            tightness=min(ratios) if ratios else None,
            seed=run.seed,
            seconds=time.perf_counter() - started,
        ),
        closest[1],
    )
