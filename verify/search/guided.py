"""Hypothesis in search of a counterexample: small readable instances first, steered by the margin."""

import math
import random
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, cast

from verify.claim import Claim, Run, no_condition
from verify.evidence import Evidence
from verify.instance import Instance, show, stream_seed
from verify.margin import Margin, Outcome
from verify.search.shrink import shrink

QUICK_EXAMPLES = 200
FULL_EXAMPLES = 2_000


def search(claim: Claim, run: Run, *, start: Instance | None = None) -> Evidence:
    """Evidence from a guided search; a failure comes shrunk and re-checked in certain arithmetic.

    `start` is an instance already known to fail in floats (from the random sample): it is shrunk in
    place of a new search.
    """
    started = time.perf_counter()
    found, tried = (start, 1) if start is not None else _find(claim, run)
    seconds = time.perf_counter() - started
    if found is None:
        summary = f"no counterexample in {tried} guided instances"
        if tried == 0:
            summary = "no instance meets the hypotheses: widen them, or the instances"
        return Evidence(
            kind="search",
            outcome=Outcome.HOLDS if tried else Outcome.CLOSE,
            summary=summary,
            instances=tried,
            seed=run.seed,
            seconds=seconds,
        )
    small = found
    if claim.hypotheses is not no_condition:  # the strategy's own range is not known outside of it
        small = shrink(found, lambda instance: _certainly_fails(claim, instance))
    margin = claim.certain_margin(small)
    confirmed = margin.outcome is Outcome.FAILS
    manner = "exactly" if claim.exact_margin else "in floats with an error bound"
    summary = f"{show(small)}: margin {margin.value:.3g}" + (
        "" if confirmed else " (floats fail, exact does not)"
    )
    if confirmed:
        summary += f", re-checked {manner}"
    return Evidence(
        kind="search",
        outcome=Outcome.FAILS if confirmed else Outcome.CLOSE,
        summary=summary,
        instances=tried,
        worst=margin,
        witness=small if confirmed else None,
        seed=run.seed,
        seconds=time.perf_counter() - started,
    )


def _fails(claim: Claim, instance: Instance) -> Margin | None:
    """The margin when the instance meets the hypotheses, else None."""
    if claim.margin is None or not claim.hypotheses(instance):
        return None
    return claim.margin(instance)


def _certainly_fails(claim: Claim, instance: Instance) -> bool:
    if not claim.hypotheses(instance):
        return False
    margin = _fails(claim, instance)
    if margin is not None and margin.outcome is not Outcome.FAILS:
        return False
    return claim.certain_margin(instance).outcome is Outcome.FAILS


def _find(claim: Claim, run: Run) -> tuple[Instance | None, int]:
    import hypothesis
    from hypothesis.configuration import set_hypothesis_home_dir
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    if claim.instances is None:
        return None, 0
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "rankcollapse-hypothesis")
    tried = 0

    def condition(instance: Instance) -> bool:
        nonlocal tried
        margin = _fails(claim, instance)
        if margin is None:
            return False
        tried += 1
        if math.isfinite(margin.value):
            hypothesis.target(-margin.value)  # climbs towards failure
        return margin.outcome is Outcome.FAILS

    settings = hypothesis.settings(
        max_examples=QUICK_EXAMPLES if run.level == "quick" else FULL_EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=cast(Any, list(hypothesis.HealthCheck)),
    )
    source = random.Random(stream_seed(run.seed, claim.id, "search"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return hypothesis.find(claim.instances(), condition, settings=settings, random=source), tried
    except (NoSuchExample, Unsatisfiable):
        return None, tried
