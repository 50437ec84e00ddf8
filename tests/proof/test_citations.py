"""What is cited proves no more than it says, and what a proof rests on reaches the ground."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    CATALOGUE,
    COUNT,
    HALF,
    ONE,
    POSITIVE,
    REAL_X,
    TOTAL,
    TWO,
    UNIT,
    ZERO,
    M,
    P,
    S,
    T,
    X,
    one_step,
    proof,
    step,
)
from refusals import refused

import verify.judge
from theory.errors import InvalidClaimError
from verify.judge import check_proofs
from verify.margin import Outcome
from verify.proof import (
    Combination,
    Evident,
    Fact,
    Identity,
    Induction,
    IsolatedZero,
    Known,
    RationalSign,
    Rising,
    UniqueZero,
    check,
)
from verify.proof.facts import rational


def test_what_stands_for_something_may_change_with_the_variable() -> None:
    """f = x − c·(…) rises along x where S = x² is held by a citation, but not where x moves alone."""
    small = rational(Fraction(1, 10**14))
    function = P - small * (S**2 * P - 2 * S * P**3 / 3 + P**5 / 5)
    assert sp.expand(function.subs(S, P**2)).subs(P, 10**5) < 0
    steps = (
        step("definition", Fact(S, "=", P**2), Known("the definition of the total")),
        step("one", Fact(ONE, ">"), Evident()),
        step("tied", Fact(-small * (S - P**2), "="), Combination(((-small, "definition"),))),
        step(
            "slope",
            Fact(ONE, ">", small * (S - P**2) ** 2),
            Combination(((ONE, "one"), ("tied", "definition"))),
        ),
        step("start", Fact(ZERO, "=", ZERO), Identity()),
        step("goal", Fact(function, ">"), Rising(P, "slope", "start")),
    )
    refused(proof(*steps, variables=(POSITIVE, TOTAL)), "may change with p")


def test_induction_and_isolation_do_not_follow_a_citation_either() -> None:
    base, forth = step("base", Fact(S, ">="), Evident()), step("next", Fact(ZERO, ">="), RationalSign())
    goal = step("goal", Fact(S, ">="), Induction(M, "base", "next"))
    refused(proof(base, forth, goal, variables=(COUNT, TOTAL)), "may change with m")
    slope, sign = step("slope", Fact(ONE, ">"), Evident()), step("sign", Fact(S + 1, ">"), Evident())
    zero = step("zero", UniqueZero(X, X, -1 - S, 1 + S), IsolatedZero("slope", "sign", "sign"))
    refused(proof(slope, sign, zero, variables=(REAL_X, TOTAL)), "may change with x")


def test_contradicting_citations_show_nothing_of_free_variables() -> None:
    steps = (
        step("larger", Fact(S, ">=", T), Known("one theorem")),
        step("smaller", Fact(HALF, ">=", S), Known("another theorem")),
        step("goal", Fact(HALF, ">=", T), Combination(((ONE, "larger"), (ONE, "smaller")))),
    )
    refused(proof(*steps, variables=(UNIT, TOTAL)), "not confirmed")


@pytest.mark.parametrize("theorem", ["", " ", ":", ": hidden", "\t: x"])
def test_a_citation_does_not_hide_its_name(theorem: str) -> None:
    order = step("order", Fact(S, ">=", X**2), Known(theorem))
    goal = step("goal", Fact(2 * S, ">=", 2 * X**2), Combination(((TWO, "order"),)))
    refused(proof(order, goal, variables=(TOTAL, REAL_X)), "name the theorem|text of one line")


def test_a_goal_is_not_merely_cited() -> None:
    refused(one_step(Fact(X**2 + 1, ">"), Known("Gauss"), REAL_X), "only cited")


def test_a_claim_that_is_cited_is_rested_on() -> None:
    order = step("order", Fact(S, ">=", X**2), Known("claim chain/cost-of-a-product: S ≥ x²"))
    goal = step("goal", Fact(2 * S, ">=", 2 * X**2), Combination(((TWO, "order"),)))
    loose = proof(order, goal, variables=(TOTAL, REAL_X))
    refused(loose, "does not rest on them")
    refused(replace(loose, rests_on=("chain/unequal-decays",)), "does not rest on them")
    check(replace(loose, rests_on=("chain/cost-of-a-product",)))


def foundation(*rests_on: str, **changes: Any) -> SimpleNamespace:
    proofs = (replace(CATALOGUE["Sturm"], rests_on=rests_on),)
    return SimpleNamespace(**{"proofs": proofs, "certified_on": "", **changes})


@pytest.mark.parametrize(
    ("ledger", "complaint"),
    [
        ({"a": foundation("b"), "b": foundation("a")}, "rests on itself"),
        ({"a": foundation("a")}, "rests on itself"),
        ({"a": foundation("b"), "b": foundation("c"), "c": foundation(proofs=())}, "c, which has no proof"),
        ({"a": foundation("b"), "b": foundation(certified_on="m ≤ 9")}, "b, which has no proof of all"),
        ({"a": foundation("b"), "b": foundation(proofs=(CATALOGUE["covering"],))}, "on a box only"),
        ({"a": foundation("nobody")}, "the ledger does not have"),
    ],
    ids=["cycle", "itself", "two floors down", "certified", "covering", "unknown"],
)
def test_foundations_reach_the_ground(
    ledger: dict[str, SimpleNamespace], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(claim: str) -> SimpleNamespace:
        if claim not in ledger:
            raise InvalidClaimError(f"unknown claim {claim!r}")
        return ledger[claim]

    monkeypatch.setattr(verify.judge, "load", load)
    evidence = check_proofs((replace(CATALOGUE["identity"], rests_on=("a",)),))
    assert evidence.outcome is not Outcome.HOLDS
    assert complaint in evidence.summary


def test_a_sound_foundation_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = {"a": foundation("b", "c"), "b": foundation("c"), "c": foundation()}
    monkeypatch.setattr(verify.judge, "load", ledger.__getitem__)
    assert check_proofs((replace(CATALOGUE["identity"], rests_on=("a", "b")),)).outcome is Outcome.HOLDS
