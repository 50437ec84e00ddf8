"""Putting a claim through every method that fits it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Context
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from theory.errors import InvalidClaimError, InvalidProofError
from verify.claim import Claim, Experiment, Run
from verify.evidence import UNCERTAIN, Evidence
from verify.instance import show
from verify.ledger import load
from verify.margin import Outcome
from verify.proof import Known, Proof, check
from verify.proof.checker import Checked, check_as_read
from verify.proof.stored import plain
from verify.search.guided import search
from verify.search.sampling import sample
from verify.search.seen import Seen
from verify.verdict import Judgement, decide


def judge(claim: Claim, run: Run) -> Judgement:
    """The verdict on a claim: proofs re-checked, known witness re-checked, sample, search, experiments."""
    started = time.perf_counter()
    evidence: list[Evidence] = []
    if claim.proofs:
        evidence.append(check_proofs(claim.proofs, claim.certified_on))
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
    if not isinstance(cast(object, found), Evidence):
        raise InvalidClaimError(f"an experiment returns a {type(found).__name__}: return Evidence")
    if found.kind not in UNCERTAIN:
        raise InvalidClaimError(
            f"an experiment calls its evidence {found.kind!r}: use one of {', '.join(UNCERTAIN)}; only "
            "proofs as data, re-checked, count as proof or certificate"
        )
    return replace(found, seed=run.seed, seconds=time.perf_counter() - started)


def check_proofs(proofs: tuple[Proof, ...], certified_on: str = "") -> Evidence:
    """The proofs, re-checked: a certificate where they cover a stated range, or a box, only."""
    started = time.perf_counter()
    outcome, kind = Outcome.HOLDS, "certificate" if certified_on else "proof"
    try:
        proofs = tuple(plain(proof) for proof in proofs)  # whatever code they came with is left behind
        checked = [_recheck(proof) for proof in proofs]
        kind = kind if all(item.is_exact for item in checked) else "certificate"
        summary = _proof_summary(proofs, certified_on, checked)
    except InvalidProofError as error:
        outcome, summary = Outcome.CLOSE, f"the proof does not check: {error}"
    return Evidence(
        kind=kind,
        outcome=outcome,
        summary=summary,
        instances=len(proofs),
        seconds=time.perf_counter() - started,
        versions=versions("sympy", "python-flint"),
    )


def _recheck(proof: Proof) -> Checked:
    """The proof checked, and all that it rests on."""
    checked = check_as_read(proof)
    for foundation in proof.rests_on:
        _check_foundation(foundation, ())
    return checked


def _proof_summary(proofs: tuple[Proof, ...], certified_on: str, checked: list[Checked]) -> str:
    steps = [step for proof in proofs for step in proof.steps]
    cited = [step.rule.name for step in steps if isinstance(step.rule, Known)]
    summary = f"{len(steps)} steps" if len(steps) > 1 else "1 step"
    boxes = sum(item.boxes for item in checked)
    if boxes:
        slack = _two_digits_below(min(item.slack for item in checked))
        summary += f", {boxes} {'box' if boxes == 1 else 'boxes'} with slack ≥ {slack}"
    if cited:
        summary += f", given {' and '.join(dict.fromkeys(cited))}"
    covered = [proof for proof, item in zip(proofs, checked, strict=True) if not item.is_exact]
    stated = certified_on or "; ".join(_ranges(covered))
    return f"on {stated} · {summary}" if stated else summary


def _two_digits_below(value: float) -> str:
    """A lower bound of a number that is true as it is printed."""
    return f"{Context(prec=2, rounding=ROUND_FLOOR).create_decimal_from_float(value):g}"


def _ranges(proofs: Sequence[Proof]) -> list[str]:
    """The ranges of the proofs' variables, each once."""
    return list(dict.fromkeys(v.range_text for proof in proofs for v in proof.variables))


def _check_foundation(claim_id: str, above: tuple[str, ...]) -> None:
    """A claim that others rest on must have proofs of all it states; they must check, down to the ground."""
    if claim_id in above:
        raise InvalidProofError(f"it rests on {claim_id}, which rests on itself")
    try:
        claim = load(claim_id)
    except InvalidClaimError as error:
        raise InvalidProofError(f"it rests on {claim_id!r}, which the ledger does not have") from error
    if not claim.proofs or claim.certified_on:
        raise InvalidProofError(f"it rests on {claim_id}, which has no proof of all it states")
    for proof in claim.proofs:
        if not check(proof).is_exact:
            raise InvalidProofError(f"it rests on {claim_id}, which is certified on a box only")
        for foundation in proof.rests_on:
            _check_foundation(foundation, (*above, claim_id))


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
