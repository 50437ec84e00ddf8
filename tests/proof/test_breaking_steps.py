"""Each step of each proof in turn is dropped or falsified; the re-check must fail every time."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import get_args

import pytest
from proof_catalogue import CATALOGUE, is_accepted

from verify.ledger import LEDGER, load
from verify.proof import Fact, Known, MarginCost, Proof, SemidefiniteBound, Step, UniqueZero, check
from verify.proof.facts import Statement, rational
from verify.proof.rules import RULES

LEDGERS = {f"{entry.id} · {proof.title}": proof for entry in LEDGER for proof in load(entry.id).proofs}
PROOFS = LEDGERS | CATALOGUE
SLIGHTLY = rational(Fraction(1, 1000))


def dropped(proof: Proof) -> Iterator[tuple[str, Proof]]:
    for step in proof.steps:
        yield step.name, replace(proof, steps=tuple(other for other in proof.steps if other is not step))


def falsified(proof: Proof) -> Iterator[tuple[str, Proof]]:
    """Each step's statement replaced by lies, one at a time."""
    for step in proof.steps:
        for lie in lies(step):
            broken = replace(step, fact=lie)
            yield step.name, replace(proof, steps=tuple(broken if s is step else s for s in proof.steps))


def lies(step: Step) -> Iterator[Statement]:
    """The statement's contrary, one that is off by a thousandth, or a stronger one."""
    fact = step.fact
    if isinstance(fact, UniqueZero):
        width = fact.high - fact.low
        yield replace(fact, low=fact.low - width, high=fact.low)
        yield replace(fact, low=fact.high, high=fact.high + width)
        yield replace(fact, function=fact.function**2)
        yield replace(fact, function=fact.function - fact.function.subs(fact.variable, fact.high + width))
    elif isinstance(fact, SemidefiniteBound):
        yield replace(fact, bound=fact.bound + SLIGHTLY)
        yield replace(fact, constraints=())
        yield replace(fact, cost=tuple(tuple(-entry for entry in row) for row in fact.cost))
        easier = tuple((matrix, relation, right - SLIGHTLY) for matrix, relation, right in fact.constraints)
        yield replace(fact, constraints=easier)
    elif isinstance(fact, MarginCost):
        # a bisection stops short of the truth
        beyond = SLIGHTLY if fact.factors == 2 else rational(Fraction(1))
        yield replace(fact, bound=fact.bound + beyond)
        yield replace(fact, sizes=tuple(size - SLIGHTLY for size in fact.sizes))
        less = tuple(tuple(entry - SLIGHTLY if entry else entry for entry in row) for row in fact.margins)
        yield replace(fact, margins=less)
    else:
        yield Fact(fact.right, ">" if fact.relation == "=" else fact.relation, fact.left)
        if fact.relation == "=":
            yield Fact(fact.left + SLIGHTLY, "=", fact.right)
        elif not isinstance(step.rule, Known):  # a citation is trusted to say what its theorem says
            yield Fact(fact.left, "=", fact.right)


def test_every_rule_and_every_kind_of_statement_is_broken() -> None:
    steps = [step for proof in CATALOGUE.values() for step in proof.steps]
    assert {type(step.rule) for step in steps} == set(RULES)
    assert {type(step.fact) for step in steps} == set(get_args(Statement))


def assert_broken(candidates: Iterator[tuple[str, Proof]], what: str) -> None:
    for name, broken in candidates:
        assert not is_accepted(broken), f"the proof still checks with {name!r} {what}"


@pytest.mark.parametrize("title", CATALOGUE)
def test_dropping_or_falsifying_any_step_is_noticed(title: str) -> None:
    assert str(CATALOGUE[title])
    check(CATALOGUE[title])
    assert_broken(dropped(CATALOGUE[title]), "dropped")
    assert_broken(falsified(CATALOGUE[title]), "falsified")


@pytest.mark.parametrize("title", [title for title, proof in LEDGERS.items() if len(proof.steps) <= 40])
def test_dropping_or_falsifying_some_step_of_the_ledger_is_noticed(title: str) -> None:
    """One change of each proof here, all of them at the full level."""
    assert str(LEDGERS[title])
    changes = [*dropped(LEDGERS[title]), *falsified(LEDGERS[title])]
    assert_broken(iter([Random(title).choice(changes)]), "changed")


@pytest.mark.full
@pytest.mark.parametrize("title", LEDGERS)
def test_dropping_or_falsifying_any_step_of_the_ledger_is_noticed(title: str) -> None:
    check(LEDGERS[title])
    assert_broken(dropped(LEDGERS[title]), "dropped")
    assert_broken(falsified(LEDGERS[title]), "falsified")


@pytest.mark.full
@pytest.mark.parametrize("title", PROOFS)
def test_dropping_any_goal_leaves_an_idle_step(title: str) -> None:
    proof = PROOFS[title]
    used = {name for step in proof.steps for name in step.rule.uses}
    for goal in proof.goals:
        fewer = replace(proof, goals=tuple(name for name in proof.goals if name != goal))
        if goal not in used:
            assert not is_accepted(fewer), f"the proof still checks without the goal {goal!r}"
