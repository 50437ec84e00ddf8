"""Putting a claim through every method that fits it."""

import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from theory.errors import InvalidProofError
from verify.claim import Claim, Experiment, Run
from verify.evidence import Evidence
from verify.instance import show
from verify.ledger import load
from verify.margin import Outcome
from verify.proof import Known, check
from verify.search.guided import search
from verify.search.sampling import sample
from verify.search.seen import Seen
from verify.verdict import Judgement, decide


def judge(claim: Claim, run: Run) -> Judgement:
    """The verdict on a claim: proofs re-checked, known witness re-checked, sample, search, experiments."""
    started = time.perf_counter()
    evidence: list[Evidence] = []
    if claim.proofs:
        evidence.append(_proofs(claim))
    if claim.witness is not None:
        evidence.append(_known_witness(claim, run))
    evidence += _instances(claim, run)
    evidence += [_timed(experiment, run) for experiment in claim.experiments]
    verdict, reason, witness = decide(tuple(evidence))
    return Judgement(claim.id, verdict, reason, tuple(evidence), witness, time.perf_counter() - started)


def _timed(experiment: Experiment, run: Run) -> Evidence:
    """An experiment's evidence with its seed and the seconds it took."""
    started = time.perf_counter()
    found = experiment(run)
    return replace(found, seed=run.seed, seconds=time.perf_counter() - started)


def _proofs(claim: Claim) -> Evidence:
    started = time.perf_counter()
    steps = [step for proof in claim.proofs for step in proof.steps]
    theorems = [step.rule.theorem.partition(":")[0] for step in steps if isinstance(step.rule, Known)]
    cited = list(dict.fromkeys(theorems))
    outcome, summary = (
        Outcome.HOLDS,
        f"{len(steps)} steps" + (f", given {' and '.join(cited)}" if cited else ""),
    )
    try:
        for proof in claim.proofs:
            check(proof)
            for foundation in proof.rests_on:
                _check_foundation(foundation)
    except InvalidProofError as error:
        outcome, summary = Outcome.CLOSE, f"the proof does not check: {error}"
    return Evidence(
        kind="proof",
        outcome=outcome,
        summary=summary,
        instances=len(claim.proofs),
        seconds=time.perf_counter() - started,
        versions=versions("sympy", "python-flint"),
    )


def _check_foundation(claim_id: str) -> None:
    """A claim that others rest on must have proofs that check."""
    proofs = load(claim_id).proofs
    if not proofs:
        raise InvalidProofError(f"it rests on {claim_id}, which has no proof")
    for proof in proofs:
        check(proof)


def _known_witness(claim: Claim, run: Run) -> Evidence:
    assert claim.witness is not None
    started = time.perf_counter()
    if not claim.hypotheses(claim.witness):
        summary = f"{show(claim.witness)}: outside the hypotheses"
        return Evidence(kind="witness", outcome=Outcome.CLOSE, summary=summary, seed=run.seed)
    margin = claim.certain_margin(claim.witness)
    fails = margin.outcome is Outcome.FAILS
    return Evidence(
        kind="witness",
        outcome=Outcome.FAILS if fails else Outcome.CLOSE,
        summary=f"{show(claim.witness)}: margin {margin.value:.3g}",
        instances=1,
        worst=margin,
        witness=claim.witness if fails else None,
        seed=run.seed,
        seconds=time.perf_counter() - started,
    )


def _instances(claim: Claim, run: Run) -> list[Evidence]:
    seen = Seen()
    evidence: list[Evidence] = []
    if claim.sampler is not None:
        evidence.append(sample(claim, run, seen))
    if claim.instances is not None or seen.closest:
        evidence.append(search(claim, run, seen))
    return evidence


def versions(*packages: str) -> dict[str, str]:
    """Installed versions of packages, for the record."""
    found: dict[str, str] = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found
