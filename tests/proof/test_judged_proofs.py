"""What may be called proved: only proofs as data that check, whatever a claim says of itself."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from proof_catalogue import CATALOGUE, REAL_X, X, one_step

from theory.errors import InvalidClaimError
from verify.claim import Claim, Run
from verify.evidence import CERTAIN, UNCERTAIN, Evidence, Kind
from verify.judge import check_proofs, judge
from verify.margin import Margin, Outcome
from verify.proof import Fact, Proof
from verify.running.judging import judge_task
from verify.running.task import Task
from verify.verdict import Verdict

RUN = Run("quick", 0)
WHOLE = CATALOGUE["squares"]


def claim(**changes: Any) -> Claim:
    fields: dict[str, Any] = {"id": "mine/claim", "title": "t", "statement": "s", "source": "me"}
    return Claim(**{**fields, **changes})


def verdict(**changes: Any) -> Verdict:
    return judge(claim(**changes), RUN).verdict


def test_a_proof_that_checks_is_a_proof_and_a_covering_a_certificate() -> None:
    assert verdict(proofs=(WHOLE,)) is Verdict.PROVED
    assert verdict(proofs=(WHOLE, CATALOGUE["covering"])) is Verdict.CERTIFIED
    assert verdict(proofs=(WHOLE,), certified_on="x = 2") is Verdict.CERTIFIED
    assert verdict(proofs=(WHOLE, replace(WHOLE, steps=()))) is Verdict.UNDECIDED
    assert verdict(proofs=()) is Verdict.UNDECIDED


def test_evidence_of_proofs_records_versions_boxes_and_citations() -> None:
    evidence = check_proofs((CATALOGUE["covering"], CATALOGUE["citation"]))
    assert set(evidence.versions) == {"sympy", "python-flint"}
    assert all(version[0].isdigit() for version in evidence.versions.values())
    assert evidence.summary == ("on 0 ≤ t ≤ 1 · 4 steps, 2 boxes with slack ≥ 0.49, given a theorem")
    assert check_proofs((replace(CATALOGUE["covering"], title="another"),)).instances == 1


@pytest.mark.parametrize("kind", [*CERTAIN, "Proof", "PROVED", "theorem", "", None])
def test_no_experiment_proves(kind: Any) -> None:
    def experiment(run: Run) -> Evidence:
        return Evidence(kind=kind, outcome=Outcome.HOLDS, summary="believe me")

    with pytest.raises(InvalidClaimError, match="only proofs as data"):
        judge(claim(experiments=(experiment,)), RUN)


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_other_kinds_only_support(kind: Kind) -> None:
    def experiment(run: Run) -> Evidence:
        return Evidence(kind=kind, outcome=Outcome.HOLDS, summary="seen")

    assert judge(claim(experiments=(experiment,)), RUN).verdict is Verdict.SUPPORTED
    assert {*CERTAIN, *UNCERTAIN} == set(get_args(Kind))


@dataclass(frozen=True)
class TrustMe:
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        return "trust me"

    def check(self, fact: object, context: object) -> None:
        return


def test_a_rule_of_ones_own_proves_nothing() -> None:
    believed = one_step(Fact(X**2, ">", X), TrustMe(), REAL_X)
    judgement = judge(claim(proofs=(believed,)), RUN)
    assert judgement.verdict is Verdict.UNDECIDED
    assert "TrustMe is no rule of proofs" in judgement.reason


class Obliging(Proof):
    """A proof that answers for itself."""

    def __str__(self) -> str:
        return "QED"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = Proof.__hash__


def test_a_proof_class_of_ones_own_is_read_as_data() -> None:
    lie = one_step(Fact(X**2, ">", X), WHOLE.steps[0].rule, REAL_X)
    obliging = Obliging(lie.title, lie.variables, lie.steps, lie.goals)
    assert verdict(proofs=(obliging,)) is Verdict.UNDECIDED


def test_a_proof_and_a_counterexample_claim_nothing() -> None:
    judgement = judge(
        claim(proofs=(WHOLE,), witness={"x": 1}, margin=lambda instance: Margin(-1.0, 0.0)),
        RUN,
    )
    assert judgement.verdict is Verdict.UNDECIDED
    assert "contradict" in judgement.reason
    assert judgement.witness == {"x": 1}


@pytest.mark.parametrize("outcome", [Outcome.FAILS, Outcome.CLOSE, Outcome.HOLDS])
def test_a_failing_experiment_unsettles_a_proof(outcome: Outcome) -> None:
    def experiment(run: Run) -> Evidence:
        return Evidence(kind="descent", outcome=outcome, summary="lower than it should be")

    expected = Verdict.UNDECIDED if outcome is Outcome.FAILS else Verdict.PROVED
    assert verdict(proofs=(WHOLE,), experiments=(experiment,)) is expected


def test_a_broken_proof_unsettles_a_sample() -> None:
    broken = replace(WHOLE, goals=("absent",))
    holding = {"sampler": lambda generator: {"x": 1}, "margin": lambda instance: Margin(1.0, 0.0)}
    assert verdict(**holding, quick_samples=5) is Verdict.SUPPORTED
    assert verdict(**holding, quick_samples=5, proofs=(broken,)) is Verdict.UNDECIDED


FILE = """
from dataclasses import dataclass
import sympy as sp
from verify.claim import Claim
from verify.evidence import Evidence
from verify.margin import Outcome
from verify.proof import Fact, Known, Proof, Step, Variable

@dataclass(frozen=True)
class Mine:
    uses: tuple = ()
    def describe(self): return "mine"
    def check(self, fact, context): pass

x = sp.Symbol("x", real=True)
box = (Variable(x, "x", sp.Integer(0)),)
fact = Fact(x, ">", x**2)

def proof(rule):
    return (Proof("a lie", box, (Step("goal", fact, rule, "so"),), ("goal",)),)

def boast(run):
    return Evidence(kind="proof", outcome=Outcome.HOLDS, summary="QED")

shared = {"title": "t", "statement": "s", "source": "me"}
OWN = Claim(id="mine/own-rule", proofs=proof(Mine()), **shared)
CITED = Claim(id="mine/cited", proofs=proof(Known("Euler")), **shared)
BOAST = Claim(id="mine/boast", experiments=(boast,), **shared)
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mine/own-rule", "no rule of proofs"),
        ("mine/cited", "not confirmed"),
        ("mine/boast", "only proofs as data"),
    ],
)
def test_a_users_file_does_not_come_to_proved(name: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.py"
    path.write_text(FILE)
    judgement = judge_task(Task(name, path), RUN)
    assert judgement.verdict is Verdict.UNDECIDED
    assert reason in judgement.reason
