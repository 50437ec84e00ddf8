"""False statements, fed to every rule with a certificate made up for them, and to every prover."""

from random import Random
from typing import Any

import pytest
import sympy as sp
from false_algebra import ALGEBRA, duals
from false_analysis import ANALYSIS
from false_margins import MARGINS
from falsehoods import DIPS, Case, Dip, fails, holds_point, place, ratio, value_of
from proof_catalogue import ONE, is_accepted, one_step, ranging

from theory.errors import InvalidProofError
from verify.proof import Fact, RationalSign, SemidefiniteBound, UniqueZero, Variable, checker
from verify.proof.domain import agrees, points, rational_sign
from verify.proof.provers import bound_semidefinite, isolate_zero, prove_inequality
from verify.proof.rules import RULES

FAMILIES = (*ALGEBRA, *ANALYSIS, *MARGINS)


def nothing_else(proof: object) -> None:
    """The rules alone have to refuse: evaluation at points, which sees most lies, stays out."""


def assert_refused(family: Any, seed: int) -> None:
    case: Case = family(Random(seed))
    assert is_accepted(case.honest), f"{family.__name__}, seed {seed}: {case.honest}"
    for candidate in case.dishonest:
        assert case.refutes(candidate), f"{family.__name__}, seed {seed} is no lie: {candidate}"
        assert not is_accepted(candidate), f"{family.__name__}, seed {seed}: {candidate}"


def assert_not_proved(seed: int, boxes: int = 60) -> None:
    random = Random(seed)
    dip: Dip = random.choice(DIPS)(random)
    lie = dip.falsehood(random)
    assert holds_point(dip.variables, dip.witness)
    assert fails(lie, dip.witness)
    assert prove_inequality(lie, dip.variables, boxes=boxes) is None, f"seed {seed}: {lie}"


def assert_no_wrong_zero(seed: int) -> None:
    """A polynomial with known roots: a proof of one zero in a range is right only if one lies there."""
    random = Random(seed)
    variable = ranging("x", -10, 10)
    x = variable.symbol
    roots = {place(random) for _ in range(random.randint(0, 3))}
    function = sp.expand(sp.Mul(*[x - root for root in roots]) * random.choice([ONE, -ONE, x**2 + 1]))
    found = isolate_zero(function, variable)
    assert found is None or len(roots) == 1, f"seed {seed}: {function}"
    if found is not None:
        fact = found.steps[-1].fact
        assert isinstance(fact, UniqueZero)
        assert bool(fact.low < min(roots))
        assert bool(min(roots) < fact.high)


def assert_no_bound_above_a_point(seed: int) -> None:
    """The bound that is found never exceeds the cost of a point that meets the constraints."""
    case = duals(Random(seed))
    fact = case.honest.steps[-1].fact
    assert isinstance(fact, SemidefiniteBound)
    found = bound_semidefinite(fact.cost, fact.constraints)
    assert found is not None, f"seed {seed}"
    bound = found.steps[-1].fact
    assert isinstance(bound, SemidefiniteBound)
    assert bool(bound.bound <= value_of(fact.cost, case.witness)), f"seed {seed}"


def assert_no_wrong_sign(seed: int) -> int:
    """A sign read off the coefficients holds at every point of the box; returns whether one was read."""
    random = Random(seed)
    variables = tuple(some_range(random, name) for name in ("x", "y")[: random.randint(1, 2)])
    symbols = [variable.symbol for variable in variables]
    ends = [symbol - variable.low for symbol, variable in zip(symbols, variables, strict=True)]
    ends += [v.high - v.symbol for v in variables if v.high is not None]
    terms = [
        sp.Mul(
            ratio(random.choice([1, 1, 2, -1])),
            *random.choices([*ends, *symbols, ONE], k=random.randint(1, 3)),
        )
        for _ in range(random.randint(1, 3))
    ]
    expression = sp.Add(*terms) / random.choice([ONE, *ends, *symbols, 1 + symbols[0] ** 2])
    sign = rational_sign(expression, variables)
    if sign is None or not is_accepted(one_step(Fact(expression, sign), RationalSign(), *variables)):
        return 0  # refused where it is not defined on the whole box
    for point in points(variables, 40, seed=seed):
        assert agrees(Fact(expression, sign), point), f"seed {seed}: {expression} {sign} 0 at {point}"
    return 1


def some_range(random: Random, name: str) -> Variable:
    low, integer = place(random), random.random() < 1 / 4
    high = random.choice([None, low, low + 1, low + ratio(random.randint(1, 9))])
    open_low, open_high = (
        high != low and random.random() < 1 / 2,
        high not in (None, low) and random.random() < 1 / 2,
    )
    try:
        return ranging(name, low, high, open_low=open_low, open_high=open_high, integer=integer)
    except InvalidProofError:  # no integer lies in it
        return ranging(name, low, high, open_low=open_low, open_high=open_high)


def test_no_sign_that_is_read_off_is_wrong() -> None:
    assert sum(map(assert_no_wrong_sign, range(80))) > 15


@pytest.mark.full
def test_no_sign_of_thousands_is_wrong() -> None:
    assert sum(map(assert_no_wrong_sign, range(150, 6_000))) > 1_500


@pytest.mark.parametrize("seed", range(16))
def test_no_prover_proves_a_lie(seed: int) -> None:
    assert_not_proved(seed)


@pytest.mark.parametrize("seed", range(12))
def test_no_prover_finds_a_zero_or_a_bound_that_is_not_there(seed: int) -> None:
    assert_no_wrong_zero(seed)
    assert_no_bound_above_a_point(seed)


@pytest.mark.full
@pytest.mark.parametrize("block", range(20))
def test_no_prover_proves_thousands_of_lies(block: int) -> None:
    for seed in range(100 + 100 * block, 200 + 100 * block):
        assert_not_proved(seed, boxes=200)
        assert_no_wrong_zero(seed)
        assert_no_bound_above_a_point(seed)


@pytest.mark.parametrize("family", FAMILIES, ids=[family.__name__ for family in FAMILIES])
@pytest.mark.parametrize("seed", range(2))
def test_no_rule_accepts_a_lie(family: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "_spot_check", nothing_else)
    assert_refused(family, seed)


@pytest.mark.full
@pytest.mark.parametrize("family", FAMILIES, ids=[family.__name__ for family in FAMILIES])
def test_no_rule_accepts_thousands_of_lies(family: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "_spot_check", nothing_else)
    for seed in range(2, 200):
        assert_refused(family, seed)


def test_every_rule_is_lied_with() -> None:
    lies = [lie for family in FAMILIES for lie in family(Random(0)).dishonest]
    assert {type(lie.steps[-1].rule) for lie in lies} == set(RULES)
