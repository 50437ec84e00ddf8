"""Each step of each proof in turn is dropped or falsified; the re-check must fail every time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sympy as sp

from theory.errors import InvalidProofError
from verify.ledger import LEDGER, load
from verify.proof import Fact, Known, Proof, check

PROOFS = {f"{entry.id} · {proof.title}": proof for entry in LEDGER for proof in load(entry.id).proofs}


def checks(proof: Proof) -> bool:
    try:
        check(proof)
    except InvalidProofError:
        return False
    return True


def dropped(proof: Proof) -> Iterator[tuple[str, Proof]]:
    for step in proof.steps:
        yield step.name, replace(proof, steps=tuple(other for other in proof.steps if other is not step))


def falsified(proof: Proof) -> Iterator[tuple[str, Proof]]:
    """The step's fact replaced by its contrary, by one that is off by a thousandth, or by a stronger one."""
    for step in proof.steps:
        fact = step.fact
        slightly = sp.Rational(1, 1000)
        lies = [Fact(fact.right, ">" if fact.relation == "=" else fact.relation, fact.left)]
        if fact.relation == "=":
            lies.append(Fact(fact.left + slightly, "=", fact.right))
        elif not isinstance(step.rule, Known):  # a citation is trusted to say what its theorem says
            lies.append(Fact(fact.left, "=", fact.right))
        for lie in lies:
            broken = replace(step, fact=lie)
            yield step.name, replace(proof, steps=tuple(broken if s is step else s for s in proof.steps))


@pytest.mark.parametrize("title", PROOFS)
def test_the_proof_itself_checks(title: str) -> None:
    check(PROOFS[title])
    assert str(PROOFS[title])


@pytest.mark.parametrize("title", PROOFS)
def test_dropping_any_step_is_noticed(title: str) -> None:
    for name, broken in dropped(PROOFS[title]):
        assert not checks(broken), f"the proof still checks without {name!r}"


@pytest.mark.parametrize("title", PROOFS)
def test_falsifying_any_step_is_noticed(title: str) -> None:
    for name, broken in falsified(PROOFS[title]):
        assert not checks(broken), f"the proof still checks with {name!r} falsified"


@pytest.mark.parametrize("title", PROOFS)
def test_dropping_any_goal_leaves_an_idle_step(title: str) -> None:
    proof = PROOFS[title]
    used = {name for step in proof.steps for name in step.rule.uses}
    for goal in proof.goals:
        fewer = replace(proof, goals=tuple(name for name in proof.goals if name != goal))
        if goal not in used:
            assert not checks(fewer), f"the proof still checks without the goal {goal!r}"
