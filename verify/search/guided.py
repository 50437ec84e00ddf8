"""The search for a counterexample: small readable instances first, then climbing from the nearest ones."""

import math
import random
import time
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from verify.claim import Claim, Run, no_condition
from verify.evidence import Evidence
from verify.instance import Instance, show, stream_seed
from verify.margin import Outcome
from verify.search.local import climb
from verify.search.seen import Seen, as_lists, leaves, replaced
from verify.search.shrink import shrink

QUICK_EXAMPLES = 200
FULL_EXAMPLES = 2_000


def search(claim: Claim, run: Run, seen: Seen) -> Evidence:
    """Evidence from Hypothesis, else from a failing sample, else from local optimisation of the margin.

    A failure comes shrunk and re-checked in certain arithmetic.
    """
    started = time.perf_counter()
    found, tried = _find(claim, run, seen)
    climbed, smallest = 0, None
    if found is None and seen.failing:
        found = next((failing for failing in seen.failing if _confirmed(claim, failing)), seen.failing[0])
    if found is None:
        found, climbed, smallest = climb(claim, run, seen, lambda instance: _confirmed(claim, instance))
    if found is not None:
        evidence = _refutation(claim, as_lists(found))
    elif not seen.closest:
        summary = "no instance meets the hypotheses: widen them, or the instances"
        evidence = Evidence(kind="search", outcome=Outcome.CLOSE, summary=summary)
    elif not seen.decided:
        summary = f"floats decide none of {tried + climbed} instances: tighten the margin's error"
        evidence = Evidence(kind="search", outcome=Outcome.CLOSE, summary=summary, worst=smallest)
    else:
        climbs = f" and {climbed} climbing ones" if climbed else ""
        summary = f"no counterexample in {tried} guided instances{climbs}"
        ratios = [entry.margin.ratio for entry in seen.tightest if entry.margin.ratio is not None]
        tightest = min(ratios, default=None)
        evidence = Evidence(
            kind="search", outcome=Outcome.HOLDS, summary=summary, worst=smallest, tightness=tightest
        )
    seconds = time.perf_counter() - started
    return replace(evidence, instances=tried + climbed, seed=run.seed, seconds=seconds)


def _refutation(claim: Claim, found: Instance) -> Evidence:
    """The failing instance made small where its domain is known, and judged with certainty."""
    small = _in_fractions(found) if claim.exact_margin else found
    if claim.hypotheses is not no_condition:  # the strategy's own range is not known outside of it
        small = shrink(small, lambda instance: _certainly_fails(claim, instance))
    margin = claim.certain_margin(small)
    confirmed = margin.outcome is Outcome.FAILS
    manner = "exactly" if margin.certain or claim.exactly(small) else "in floats with an error bound"
    note = f", re-checked {manner}" if confirmed else " (floats fail, exact does not)"
    return Evidence(
        kind="search",
        outcome=Outcome.FAILS if confirmed else Outcome.CLOSE,
        summary=f"{show(small)}: margin {margin.value:.3g}{note}",
        worst=margin,
        witness=small if confirmed else None,
    )


def _in_fractions(instance: Instance) -> Instance:
    """Floats as the fractions they are, so that exact arithmetic can judge them."""
    exact = instance
    for path, leaf in leaves(instance):
        if isinstance(leaf, float) and math.isfinite(leaf):
            exact = replaced(exact, path, Fraction(leaf))
    return exact


def _confirmed(claim: Claim, failing: Instance) -> bool:
    """Whether exact arithmetic, where the claim has it, agrees that a float failure is one."""
    if claim.exact_margin is None:
        return True
    return claim.certain_margin(_in_fractions(as_lists(failing))).outcome is Outcome.FAILS


def _certainly_fails(claim: Claim, instance: Instance) -> bool:
    return (
        claim.hypotheses(instance)
        and claim.fast_margin(instance).outcome is Outcome.FAILS
        and claim.certain_margin(instance).outcome is Outcome.FAILS
    )


def _find(claim: Claim, run: Run, seen: Seen) -> tuple[Instance | None, int]:
    import hypothesis
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    from verify.search.isolation import isolated

    if claim.instances is None:
        return None, 0
    tried = 0

    def condition(instance: Instance) -> bool:
        nonlocal tried
        if not claim.hypotheses(instance):
            return False
        margin = claim.fast_margin(instance)
        tried += 1
        seen.add(instance, margin)
        if margin.outcome is Outcome.FAILS and _confirmed(claim, instance):
            return True
        if math.isfinite(margin.value):  # climb towards failure
            hypothesis.target(-margin.value, label="margin")
        if margin.ratio is not None and math.isfinite(margin.ratio):
            hypothesis.target(-margin.ratio, label="bound over actual")
        return False

    settings = hypothesis.settings(
        max_examples=QUICK_EXAMPLES if run.level == "quick" else FULL_EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=cast(Any, list(hypothesis.HealthCheck)),
    )
    source = random.Random(stream_seed(run.seed, claim.id, "search"))
    try:
        with isolated():
            return hypothesis.find(claim.instances(), condition, settings=settings, random=source), tried
    except (NoSuchExample, Unsatisfiable):
        return None, tried
