"""True statements that each prover must find, so that its refusals mean something; and honest failures."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    HALF,
    ONE,
    REAL_X,
    REAL_Y,
    TWO,
    UNIT,
    ZERO,
    T,
    X,
    Y,
    is_accepted,
    one_step,
    ranging,
)

from verify.proof import (
    Covering,
    DualCertificate,
    Evident,
    Fact,
    IsolatedZero,
    RationalSign,
    SemidefiniteBound,
    Square,
    Sturm,
    SumOfSquares,
    UniqueZero,
    Variable,
    check,
)
from verify.proof.facts import rational
from verify.proof.provers import bound_semidefinite, cover, isolate_zero, prove_inequality, sum_of_squares

FREE = tuple(ranging(name, -1000) for name in "abcd")
A, B, C, D = (variable.symbol for variable in FREE)
SQUARE = (ranging("x", -2, 2), ranging("y", -2, 2))
MOTZKIN = X**4 * Y**2 + X**2 * Y**4 - 3 * X**2 * Y**2 + 1
COUNT = ranging("m", 1, 300, integer=True)
M = COUNT.symbol


@pytest.mark.parametrize(
    ("fact", "variables", "rule"),
    [
        (Fact(X + 11, ">", HALF), (REAL_X,), RationalSign),
        (Fact(sp.exp(X), ">"), (REAL_X,), Evident),
        (Fact(sp.pi, ">", sp.Integer(3)), (REAL_X,), Evident),
        (Fact(X**4 + 1, ">", X), (REAL_X,), Sturm),
        (Fact(T * (1 - T), ">=", ZERO), (UNIT,), RationalSign),
        (Fact(T * (1 - T), ">=", T - 1), (UNIT,), RationalSign),
        (Fact(X / (1 + X**2), ">=", -HALF), (REAL_X,), Sturm),
        (Fact(X**2 + Y**2 + 1, ">", X * Y), (REAL_X, REAL_Y), SumOfSquares),
        (Fact(sp.exp(T), ">", T + HALF), (UNIT,), Covering),
        (Fact(2 + sp.cos(X), ">", sp.sin(X) - HALF), SQUARE, Covering),
        (Fact(MOTZKIN, ">", rational(Fraction(-1, 5))), SQUARE, Covering),
        (Fact(TWO**M, ">", M), (COUNT,), Covering),
        (Fact(X * Y / (1 + X**2 + Y**2), ">", -HALF - HALF / 9), SQUARE, SumOfSquares),
    ],
    ids=str,
)  # fmt: skip
def test_an_inequality_is_proved_by_the_first_method_that_does(
    fact: Fact, variables: tuple[Variable, ...], rule: type
) -> None:
    proof = prove_inequality(fact, variables)
    assert proof is not None
    assert check(proof).steps == 1
    assert type(proof.steps[0].rule) is rule
    assert {variable.symbol for variable in proof.variables} == fact.expression.free_symbols


@pytest.mark.parametrize(
    "fact",
    [
        Fact(A**4 + B**4 + C**4 + 1, ">=", 4 * A * B * C),
        Fact(A**2 + B**2 + C**2 + D**2, ">=", A * B + B * C + C * D),
        Fact(2 * A**4 + 2 * A**3 * B - A**2 * B**2 + 5 * B**4, ">="),
        Fact((A**2 + B**2) * sp.expand(MOTZKIN.subs({X: A, Y: B})), ">="),
        Fact((A - 3 * B) ** 2 / (1 + A**2), ">="),
        Fact(A**2 / 3 + B**2 / 7, ">=", A * B / 11),
    ],
    ids=str,
)
def test_sums_of_squares_are_found(fact: Fact) -> None:
    found = sum_of_squares(fact, FREE)
    assert found is not None
    assert is_accepted(one_step(fact, found, *FREE))


def test_distances_to_the_ends_help() -> None:
    corner = (ranging("x", 0, 1), ranging("y", 0, 1))
    x, y = (variable.symbol for variable in corner)
    fact = Fact(x**2 + y**2 + 1, ">", -x / 2 - y)
    assert sum_of_squares(Fact(1 + x, ">"), corner[:1]) is not None
    found = sum_of_squares(fact, corner)
    assert found is not None
    assert is_accepted(one_step(fact, found, *corner))


@pytest.mark.parametrize(
    ("fact", "variables"),
    [
        (Fact(MOTZKIN, ">="), (REAL_X, REAL_Y)),
        (Fact(MOTZKIN, ">="), SQUARE),
        (Fact((X * Y - 1) ** 2 + X**2, ">"), (REAL_X, REAL_Y)),
        (Fact(X**2 - rational(Fraction(1, 10**9)), ">="), (REAL_X,)),
        (Fact(X**2, "=", X**2), (REAL_X,)),
        (Fact(X**2 + sp.sqrt(2), ">="), (REAL_X,)),
        (Fact(sp.exp(X), ">="), (REAL_X,)),
        (Fact(ONE, ">"), ()),
    ],
    ids=str,
)
def test_what_is_no_sum_of_squares_over_the_rationals_is_given_up(
    fact: Fact, variables: tuple[Variable, ...]
) -> None:
    assert sum_of_squares(fact, variables) is None


def test_motzkin_is_beyond_all_of_them() -> None:
    """Never negative, but no sum of squares, and its zeros leave a covering no room."""
    assert prove_inequality(Fact(MOTZKIN, ">="), SQUARE, boxes=100) is None


@pytest.mark.parametrize(
    ("fact", "variables"),
    [
        (Fact(X + 11, ">"), (REAL_X,)),
        (Fact(T, ">="), (UNIT,)),
        (Fact(T + 1, "=", T + 1), (UNIT,)),
        (Fact(ONE, ">"), (UNIT,)),
        (Fact(sp.gamma(T + 1), ">"), (UNIT,)),
        (Fact(sp.log(T) + 100, ">"), (UNIT,)),
        (Fact(T - HALF, ">"), (UNIT,)),
        (Fact((T - HALF / 3) ** 2, ">", rational(Fraction(-1, 10**12))), (UNIT,)),
    ],
    ids=str,
)
def test_a_covering_is_given_up(fact: Fact, variables: tuple[Variable, ...]) -> None:
    assert cover(fact, variables, limit=8) is None


def test_a_covering_knows_its_boxes_and_its_slack() -> None:
    fact = Fact(sp.exp(T), ">", T + HALF)
    found = cover(fact, (UNIT,))
    assert found is not None
    checked = check(one_step(fact, found, UNIT))
    assert checked.boxes == found.boxes == found.tree.count(".")
    assert 0 < checked.slack <= 0.5
    near = Fact(sp.exp(T), ">", T + ONE - rational(Fraction(1, 1000)))
    finer = cover(near, (UNIT,))
    assert finer is not None
    assert finer.boxes > found.boxes
    assert check(one_step(near, finer, UNIT)).slack <= 0.001


@pytest.mark.parametrize(
    ("function", "low", "high", "zero"),
    [
        (sp.exp(X) - 2, 0, 1, sp.log(2)),
        (X**3 + X - 1, -10, 10, None),
        (sp.cos(X) - X / 2, 0, 3, None),
        (2 - X * sp.exp(X), 0, 2, None),
        (X - rational(Fraction(1, 3)), 0, 1, rational(Fraction(1, 3))),
        (sp.log(X + 11), rational(Fraction(-21, 2)), 5, sp.Integer(-10)),
        (1 / (X + 11) - 1, -10, 5, None),
    ],
    ids=str,
)
def test_zeros_are_isolated(function: sp.Expr, low: Any, high: Any, zero: sp.Expr | None) -> None:
    variable = Variable(X, "x", rational(low) if isinstance(low, int) else low, sp.Integer(high))
    proof = isolate_zero(function, variable)
    if function.subs(X, variable.low) == 0:
        assert proof is None
        return
    assert proof is not None
    check(proof)
    fact = proof.steps[-1].fact
    assert isinstance(fact, UniqueZero)
    assert isinstance(proof.steps[-1].rule, IsolatedZero)
    assert 0 < fact.high - fact.low <= rational(Fraction(1, 10**9))
    assert zero is None or (bool(fact.low < zero) and bool(zero < fact.high))


@pytest.mark.parametrize(
    ("function", "variable"),
    [
        (X**2 - 1, ranging("x", -10, 10)),
        (X**2 + 1, ranging("x", -10, 10)),
        (X, ranging("x", 0, 1)),
        (X - 2, ranging("x", 0, 1)),
        (X**3, ranging("x", -1, 1)),
        (X - 1, REAL_X),
        (sp.gamma(X + 20) - 2, ranging("x", -10, 10)),
        (1 / X, ranging("x", -1, 1)),
        (sp.sin(1 / X), ranging("x", 0, 1, open_low=True)),
        (2 * M - 3, COUNT),
    ],
    ids=str,
)
def test_isolation_is_given_up(function: sp.Expr, variable: Variable) -> None:
    function = function.subs(X, variable.symbol)
    assert isolate_zero(function, variable) is None


CORNER = ((ZERO, HALF), (HALF, ZERO))
IDENTITY = ((ONE, ZERO), (ZERO, ONE))


@pytest.mark.parametrize(
    ("cost", "constraints", "optimum"),
    [
        (IDENTITY, [(CORNER, ">=", ONE)], 2.0),
        (((ONE, ZERO), (ZERO, TWO)), [(CORNER, "=", ONE)], 2 * 2**0.5),
        (CORNER, [(((ONE, ZERO), (ZERO, ZERO)), "=", ONE), (((ZERO, ZERO), (ZERO, ONE)), "=", ONE)], -1.0),
        (((ONE,),), [(((ONE,),), ">=", sp.Integer(5))], 5.0),
        (IDENTITY, [], 0.0),
    ],
    ids=str,
)
def test_semidefinite_bounds_are_nearly_the_optimum(cost: Any, constraints: Any, optimum: float) -> None:
    proof = bound_semidefinite(cost, constraints)
    assert proof is not None
    check(proof)
    fact, rule = proof.steps[0].fact, proof.steps[0].rule
    assert isinstance(fact, SemidefiniteBound)
    assert isinstance(rule, DualCertificate)
    assert optimum - 1e-6 <= float(fact.bound) <= optimum + 1e-12


def test_no_bound_is_no_proof() -> None:
    unbounded = ((-ONE, ZERO), (ZERO, ONE))
    assert bound_semidefinite(unbounded, [(IDENTITY, ">=", ONE)]) is None
    assert bound_semidefinite(((ONE, ONE), (ZERO, ONE)), [(IDENTITY, ">=", ONE)]) is None


def test_constants_of_a_sum_are_one_term() -> None:
    found = sum_of_squares(Fact(A**2 + B**2 + 1, ">", A * B), FREE[:2])
    assert found is not None
    assert [term for term in found.terms if term.root == 1] == [Square(found.terms[0].weight, ONE)]
