"""Induction, isolated zeros and weak duality: what follows is accepted, what does not is refused."""

from dataclasses import replace
from fractions import Fraction
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
    TWO,
    ZERO,
    M,
    P,
    X,
    exactly,
    is_accepted,
    one_step,
    proof,
    ranging,
    step,
)

from verify.proof import (
    Combination,
    DualCertificate,
    Evident,
    Fact,
    Identity,
    Induction,
    IsolatedZero,
    Proof,
    RationalSign,
    SemidefiniteBound,
    Step,
    Sturm,
    UniqueZero,
    Variable,
)
from verify.proof.facts import rational

THREE = sp.Integer(3)


def inductive(goal: Fact, rule: Any, *given: Step, variables: tuple[Variable, ...] = (COUNT,)) -> Proof:
    """A proof whose every step is a goal."""
    whole = proof(*given, step("goal", goal, rule), variables=variables)
    return replace(whole, goals=tuple(each.name for each in whole.steps))


BASE = step("base", Fact(ONE, ">"), Evident())
NEXT = step("next", Fact(M - 1, ">="), RationalSign())
POWERS = Fact(TWO**M, ">", M)


def test_induction_with_factors() -> None:
    assert is_accepted(inductive(POWERS, Induction(M, "base", "next", TWO), BASE, NEXT))
    assert is_accepted(inductive(Fact(TWO**M, ">=", M), Induction(M, "base", "next", TWO), BASE, NEXT))
    factor = step("factor", Fact(TWO, ">"), Evident())
    assert is_accepted(inductive(POWERS, Induction(M, "base", "next", "factor"), BASE, NEXT, factor))
    for bad in (
        ONE,
        -TWO,
        ZERO,
        THREE,
        HALF,
        "base",
        "goal",
        "absent",
        exactly(M),
    ):
        assert not is_accepted(inductive(POWERS, Induction(M, "base", "next", bad), BASE, NEXT, factor))


def test_induction_of_equalities() -> None:
    """An equality that is known at 1 and carried on by any factor, negative ones included."""
    function = (sp.cos(ONE) ** 2 + sp.sin(ONE) ** 2 - 1) * (M - 5)
    base = step("base", Fact(function.subs(M, 1), "="), Identity())
    forth = step("next", Fact(function.subs(M, M + 1) + 7 * function, "="), Identity())
    rule = Induction(M, "base", "next", sp.Integer(-7))
    assert is_accepted(inductive(Fact(function, "="), rule, base, forth))
    assert is_accepted(inductive(Fact(function, ">="), rule, base, forth))
    assert not is_accepted(inductive(Fact(function, ">"), rule, base, forth))
    assert not is_accepted(inductive(Fact(function + 1, "="), rule, base, forth))


def test_induction_does_not_mix_relations() -> None:
    zero, one = step("base", Fact(ZERO, "="), Identity()), step("next", Fact(ONE, ">"), Evident())
    line = M - 1
    assert is_accepted(inductive(Fact(line, ">="), Induction(M, "base", "next"), zero, one))
    for relation in (">", "="):
        assert not is_accepted(inductive(Fact(line, relation), Induction(M, "base", "next"), zero, one))
    weak = step("base", Fact(ONE, ">="), RationalSign())
    still = step("next", Fact(ZERO, ">="), RationalSign())
    assert is_accepted(inductive(Fact(ONE + M - M, ">="), Induction(M, "base", "next"), weak, still))
    assert not is_accepted(inductive(Fact(ONE + M - M, ">"), Induction(M, "base", "next"), weak, still))
    kept = step("next", Fact(ZERO, "=", ZERO), Identity())
    assert is_accepted(inductive(Fact(ONE + M - M, ">"), Induction(M, "base", "next"), BASE, kept))


@pytest.mark.parametrize(
    ("low", "flags", "first"),
    [
        (1, {}, 1),
        (1, {"open_low": True}, 2),
        (Fraction(1, 2), {}, 1),
        (Fraction(3, 2), {"open_low": True}, 2),
        (-3, {}, -3),
    ],
)
def test_induction_starts_at_the_first_integer(low: Any, flags: dict[str, bool], first: int) -> None:
    variable = ranging("m", low, integer=True, **flags)
    m = variable.symbol
    forth = step("next", Fact(ONE, ">"), Evident())
    for shift, expected in ((1, True), (0, False)):
        line = m - first + shift
        basis = {
            1: step("base", Fact(ONE, ">"), Evident()),
            0: step("base", Fact(ZERO, ">="), RationalSign()),
        }[shift]
        candidate = inductive(
            Fact(line, ">"), Induction(m, "base", "next"), basis, forth, variables=(variable,)
        )
        assert is_accepted(candidate) == expected
    late = inductive(Fact(m - first, ">"), Induction(m, "base", "next"), BASE, forth, variables=(variable,))
    assert not is_accepted(late)


def test_induction_needs_an_integer_and_a_base_without_it() -> None:
    one = step("next", Fact(ONE, ">"), Evident())
    assert not is_accepted(
        inductive(Fact(P + 1, ">"), Induction(P, "base", "next"), BASE, one, variables=(POSITIVE,))
    )
    stranger = sp.Symbol("n", integer=True)
    assert not is_accepted(inductive(Fact(M, ">"), Induction(stranger, "base", "next"), BASE, one))
    moving = step("base", Fact(M, ">"), RationalSign())
    assert not is_accepted(inductive(Fact(M, ">"), Induction(M, "base", "next"), moving, one))
    for names in (
        ("base", "absent"),
        ("absent", "next"),
        ("next", "base"),
        ("goal", "next"),
        ("base", "goal"),
    ):
        assert not is_accepted(inductive(POWERS, Induction(M, *names, TWO), BASE, NEXT))


CUBIC = X**3 + X - 1
SLOPE = step("slope", Fact(3 * X**2 + 1, ">"), Sturm())
BELOW = step("below", Fact(rational(Fraction(3, 8)), ">"), Evident())
ABOVE = step("above", Fact(ONE, ">"), Evident())


def isolated(
    zero: UniqueZero,
    *given: Step,
    rule: IsolatedZero | None = None,
    variables: tuple[Variable, ...] = (REAL_X,),
) -> bool:
    rule = rule or IsolatedZero("slope", "below", "above")
    whole = proof(*given, step("zero", zero, rule), variables=variables)
    return is_accepted(replace(whole, goals=tuple(each.name for each in whole.steps)))


def test_a_zero_is_isolated() -> None:
    zero = UniqueZero(CUBIC, X, HALF, ONE)
    assert isolated(zero, SLOPE, BELOW, ABOVE)
    assert not isolated(zero, SLOPE, BELOW, ABOVE, rule=IsolatedZero("slope", "above", "below"))
    assert not isolated(zero, SLOPE, BELOW, ABOVE, rule=IsolatedZero("below", "below", "above"))
    assert not isolated(zero, SLOPE, BELOW, ABOVE, rule=IsolatedZero("slope", "below", "absent"))
    weak = replace(SLOPE, fact=Fact(3 * X**2 + 1, ">="))
    assert not isolated(zero, weak, BELOW, ABOVE)
    for other in (
        replace(zero, high=ONE - HALF / 4),
        replace(zero, low=HALF - HALF / 4),
        replace(zero, low=ONE, high=HALF),
        replace(zero, low=X),
        replace(zero, high=X + 20),
        replace(zero, function=CUBIC + rational(Fraction(1, 10**50))),
        replace(zero, function=CUBIC**3),
    ):
        assert not isolated(other, SLOPE, BELOW, ABOVE)


def test_a_falling_function_and_a_weaker_place() -> None:
    zero = UniqueZero(-CUBIC, X, HALF, ONE)
    assert isolated(zero, SLOPE, BELOW, ABOVE)
    half = Fact(rational(Fraction(3, 8)), ">=")
    assert not isolated(zero, SLOPE, replace(BELOW, fact=half, rule=RationalSign()), ABOVE)


def test_the_ends_lie_in_the_range() -> None:
    """x − 3 has no zero in [0, 1], though it has one between 2 and 4, and rises on [0, 1]."""
    unit = ranging("x", 0, 1)
    x = unit.symbol
    rising, one = step("slope", Fact(ONE, ">"), Evident()), step("below", Fact(ONE, ">"), Evident())
    above = step("above", Fact(ONE, ">"), Evident())
    for low, high in ((TWO, sp.Integer(4)), (ZERO, sp.Integer(6)), (-THREE, sp.Integer(9))):
        function = 2 * (x - low) / (high - low) - 1
        slope = replace(rising, fact=Fact(sp.diff(function, x), ">"))
        assert not isolated(UniqueZero(function, x, low, high), slope, one, above, variables=(unit,))
    function = 2 * x - 1
    slope = replace(rising, fact=Fact(TWO, ">"))
    assert isolated(UniqueZero(function, x, ZERO, ONE), slope, one, above, variables=(unit,))
    for flags in ({"open_low": True}, {"open_high": True}):
        less = ranging("x", 0, 1, **flags)
        moved = function.subs(x, less.symbol)
        assert not isolated(UniqueZero(moved, less.symbol, ZERO, ONE), slope, one, above, variables=(less,))


def test_ends_that_depend_on_other_variables_need_steps() -> None:
    """x = √p·1 is the zero of x − p between 0 and p + 1, for x from 0 on and p > 0."""
    place = ranging("x", 0)
    x = place.symbol
    given = (
        step("slope", Fact(ONE, ">"), Evident()),
        step("below", Fact(P, ">"), Evident()),
        step("above", Fact(ONE, ">"), Evident()),
        step("order", Fact(P + 1, ">"), Evident()),
    )
    zero, both = UniqueZero(x - P, x, ZERO, P + 1), (place, POSITIVE)
    rule = IsolatedZero("slope", "below", "above", ("order",))
    assert isolated(zero, *given, rule=rule, variables=both)
    assert not isolated(zero, *given, rule=replace(rule, inside=()), variables=both)
    assert not isolated(zero, *given, rule=replace(rule, inside=("above",)), variables=both)
    weak = (*given[:3], step("order", Fact(P + 1, ">="), Evident()))
    assert not isolated(zero, *weak, rule=rule, variables=both)
    bounded = replace(place, high=sp.Integer(5))
    assert not isolated(zero, *given, rule=rule, variables=(bounded, POSITIVE))


def test_integers_have_no_zeros_between_them() -> None:
    given = (
        step("slope", Fact(TWO, ">"), Evident()),
        step("below", Fact(ONE, ">"), Evident()),
        step("above", Fact(ONE, ">"), Evident()),
    )
    zero = UniqueZero(2 * M - 3, M, ONE, TWO)
    assert not isolated(zero, *given, variables=(COUNT,))
    assert not isolated(UniqueZero(2 * X - 3, sp.Symbol("z"), ONE, TWO), *given)


def test_only_relations_are_combined_and_only_zeros_isolated() -> None:
    zero = CATALOGUE["zero"]
    used = step("used", Fact(ONE, ">"), Combination(((ONE, "zero"),)))
    assert not is_accepted(replace(zero, steps=(*zero.steps, used), goals=("zero", "used")))
    for rule in (Sturm(), Identity(), Evident(), RationalSign(), DualCertificate(())):
        assert not isolated(UniqueZero(CUBIC, X, HALF, ONE), SLOPE, BELOW, ABOVE, rule=rule)  # pyright: ignore[reportArgumentType]
    assert not is_accepted(one_step(Fact(ONE, ">"), DualCertificate(())))
    assert not is_accepted(one_step(Fact(X**2 + 1, ">"), IsolatedZero("a", "b", "c"), REAL_X))


IDENTITY, CORNER = ((ONE, ZERO), (ZERO, ONE)), ((ZERO, HALF), (HALF, ZERO))


def bound(cost: Any, constraints: Any, value: Any, *multipliers: Any) -> bool:
    return is_accepted(one_step(SemidefiniteBound(cost, constraints, value), DualCertificate(multipliers)))


def test_weak_duality() -> None:
    at_least, equal, lower = (CORNER, ">=", ONE), (CORNER, "=", ONE), (CORNER, ">=", -ONE)
    assert bound(IDENTITY, (at_least,), TWO, TWO)
    assert bound(IDENTITY, (at_least,), ONE, TWO)
    assert bound(IDENTITY, (equal,), TWO, TWO)
    assert bound(IDENTITY, ((CORNER, "=", -ONE),), TWO, -TWO)
    assert bound(IDENTITY, (), ZERO)
    assert not bound(IDENTITY, (at_least,), TWO + rational(Fraction(1, 10**90)), TWO)
    assert not bound(IDENTITY, (at_least,), THREE, THREE)
    assert not bound(IDENTITY, (lower,), TWO, -TWO)  # x₁₂ ≥ −1 leaves X = 0
    assert not bound(IDENTITY, (at_least,), TWO)
    assert not bound(IDENTITY, (at_least,), TWO, TWO, ZERO)
    assert not bound(IDENTITY, ((CORNER, "<=", ONE),), TWO, TWO)
    assert not bound(IDENTITY, (), rational(Fraction(1, 10**90)))


def test_matrices_are_symmetric_and_of_one_size() -> None:
    upper = ((ZERO, ONE), (ZERO, ZERO))
    assert not bound(IDENTITY, ((upper, ">=", ONE),), TWO, TWO)
    assert not bound(((ONE, ONE), (-ONE, ONE)), (), ZERO)
    assert not bound(IDENTITY, ((((ONE,),), ">=", ONE),), ONE, ONE)
    assert not bound(((ONE, ZERO),), (), ZERO)
    assert not bound((), (), ZERO)
    assert not bound(((),), (), ZERO)
    assert not bound(((sp.sqrt(2),),), (), ZERO)
    assert not bound(((X,),), (), ZERO)
    assert not bound(((-rational(Fraction(1, 10**90)),),), (), ZERO)
