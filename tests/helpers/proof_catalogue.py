"""Small true proofs with every rule among them, and what tests need to make others."""

from fractions import Fraction
from typing import Any, cast

import sympy as sp

from theory.errors import InvalidProofError
from verify.proof import (
    CodeBisection,
    Combination,
    Covering,
    DualCertificate,
    Evident,
    Fact,
    Identity,
    Increasing,
    Induction,
    IsolatedZero,
    Known,
    MarginCost,
    MarginMultipliers,
    Proof,
    RationalSign,
    Rising,
    SemidefiniteBound,
    Square,
    Step,
    Sturm,
    SumOfSquares,
    UniqueZero,
    Variable,
    check,
)
from verify.proof.facts import Statement, rational
from verify.proof.rules import Rule

ZERO, ONE, TWO = sp.Integer(0), sp.Integer(1), sp.Integer(2)
HALF, THREE_QUARTERS = rational(Fraction(1, 2)), rational(Fraction(3, 4))
JUST_BELOW_ONE = rational(Fraction(1999, 2000))


def ranging(name: str, low: Any, high: Any = None, *, open_low: bool = False, **flags: bool) -> Variable:
    """A variable with the assumptions that its range gives."""
    least = rational(low)
    assumptions = {"integer" if flags.get("integer") else "real": True}
    if least > 0 or (least == 0 and open_low):
        assumptions["positive"] = True
    elif least == 0:
        assumptions["nonnegative"] = True
    most = None if high is None else rational(high)
    return Variable(sp.Symbol(name, **assumptions), name, least, most, open_low, **flags)


def step(name: str, fact: Statement, rule: Rule) -> Step:
    return Step(name, fact, rule, "a test")


def proof(*steps: Step, variables: tuple[Variable, ...] = ()) -> Proof:
    """The proof of its last step."""
    return Proof("a test", variables, steps, (steps[-1].name,))


def exactly(value: Any) -> sp.Rational:
    """Any SymPy expression where the types want a rational: what is none has to be refused."""
    return cast(sp.Rational, value)


def one_step(fact: Statement, rule: Rule, *variables: Variable) -> Proof:
    return proof(step("goal", fact, rule), variables=variables)


def is_accepted(candidate: Proof) -> bool:
    try:
        check(candidate)
    except InvalidProofError:
        return False
    return True


REAL_X, REAL_Y = ranging("x", -10), ranging("y", -10)
UNIT = ranging("t", 0, 1)
POSITIVE = ranging("p", 0, open_low=True)
COUNT = ranging("m", 1, integer=True)
TOTAL = ranging("total", 0, stands_for=True)
X, Y, T, P, M = (variable.symbol for variable in (REAL_X, REAL_Y, UNIT, POSITIVE, COUNT))
S = TOTAL.symbol
IDENTITY, CORNER = ((ONE, ZERO), (ZERO, ONE)), ((ZERO, HALF), (HALF, ZERO))


def _exponential_beats_its_tangent() -> Proof:
    return proof(
        step("p", Fact(P, ">"), RationalSign()),
        step("slope", Fact(sp.exp(P) - 1, ">"), Increasing("exp", P, ZERO, "p")),
        step("start", Fact(ZERO, "="), Identity()),
        step("gap", Fact(sp.exp(P) - 1 - P, ">"), Rising(P, "slope", "start")),
        step("one", Fact(1 + P, ">"), Evident()),
        step("logarithm", Fact(P, ">", sp.log(1 + P)), Increasing("log", sp.exp(P), 1 + P, "gap", "one")),
        variables=(POSITIVE,),
    )


def _powers_of_two_win() -> Proof:
    return proof(
        step("base", Fact(ONE, ">"), Evident()),
        step("next", Fact(M - 1, ">="), RationalSign()),
        step("powers", Fact(TWO**M, ">", M), Induction(M, "base", "next", TWO)),
        variables=(COUNT,),
    )


def _zero_of_a_cubic() -> Proof:
    function = X**3 + X - 1
    return proof(
        step("slope", Fact(3 * X**2 + 1, ">"), Sturm()),
        step("below", Fact(sp.Rational(3, 8), ">"), Evident()),
        step("above", Fact(ONE, ">"), Evident()),
        step("zero", UniqueZero(function, X, HALF, ONE), IsolatedZero("slope", "below", "above")),
        variables=(REAL_X,),
    )


def _cited_total() -> Proof:
    return proof(
        step("order", Fact(S, ">=", X**2), Known("a theorem: the total is at least x²")),
        step("twice", Fact(2 * S + P, ">", 2 * X**2), Combination(((TWO, "order"), (ONE, "p")))),
        variables=(TOTAL, REAL_X, POSITIVE),
    )


_SQUARES = SumOfSquares((Square(ONE, X - Y / 2), Square(THREE_QUARTERS, Y)))
_DISTANCES = SumOfSquares((Square(ONE, ONE, (T, 1 - T)),))

CATALOGUE: dict[str, Proof] = {
    "identity": one_step(Fact((X + Y) ** 2, "=", X**2 + 2 * X * Y + Y**2), Identity(), REAL_X, REAL_Y),
    "Sturm": one_step(Fact(X**4 + 1, ">", X), Sturm(), REAL_X),
    "squares": one_step(Fact(X**2 + Y**2, ">=", X * Y), _SQUARES, REAL_X, REAL_Y),
    "squares and distances": one_step(Fact(T, ">=", T**2), _DISTANCES, UNIT),
    "covering": one_step(Fact(sp.exp(T), ">", T), Covering("0.."), UNIT),
    "rising": _exponential_beats_its_tangent(),
    "induction": _powers_of_two_win(),
    "zero": _zero_of_a_cubic(),
    "citation": proof(
        step("p", Fact(P, ">"), Evident()),
        *_cited_total().steps,
        variables=_cited_total().variables,
    ),
    "semidefinite": one_step(
        SemidefiniteBound(IDENTITY, ((CORNER, ">=", ONE),), TWO), DualCertificate((TWO,))
    ),
    "multipliers of margins": one_step(
        MarginCost(TWO, (ONE, ONE), ((ZERO, ONE), (ONE, ZERO)), ONE),
        MarginMultipliers(((ZERO, HALF), (HALF, ZERO))),
    ),
    "bisection of codes": one_step(
        MarginCost(sp.Integer(3), (ONE, ONE), ((ZERO, ONE), (ONE, ZERO)), JUST_BELOW_ONE),
        CodeBisection(sp.Integer(1000)),
    ),
}
