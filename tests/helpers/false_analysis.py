"""Dishonest proofs by the rules of analysis: coverings, increasing functions, rises, induction, zeros."""

from fractions import Fraction
from random import Random
from typing import Any

import sympy as sp
from falsehoods import Case, claimed, place, ratio, small
from proof_catalogue import ONE, TWO, ZERO, one_step, proof, ranging, step

from verify.proof import (
    Covering,
    Evident,
    Fact,
    Identity,
    Increasing,
    Induction,
    IsolatedZero,
    Proof,
    RationalSign,
    Rising,
    Step,
    Sturm,
    UniqueZero,
)


def coverings(random: Random) -> Case:
    """The fine tree of a dip that has something to spare, and trees that are none or leave a part out."""
    variable, w = ranging("x", -2, 2), ratio(Fraction(random.randint(-12, 12), 7))
    x = variable.symbol
    dip = random.choice([sp.exp(x - w) - 1 - x + w, 1 - sp.cos(x - w), sp.expand((x - w) ** 2)])
    fine = _halved(8)
    cut = random.randrange(len(fine))
    marks = "".join(random.choice("0.") for _ in range(random.randint(0, 60)))
    trees = (
        fine,
        fine[:cut],
        fine[:cut] + fine[cut + 1 :],
        "0" + fine,
        "." + fine,
        marks,
        "",
        "0.",
        "1..",
        "a..",
    )
    lies = (Fact(dip, ">"), Fact(dip, ">=", small(random)))
    return Case(
        one_step(Fact(dip, ">", ratio(Fraction(-1, 2))), Covering(fine), variable),
        tuple(one_step(lie, Covering(tree), variable) for lie in lies for tree in trees),
        {x: w},
    )


def _halved(depth: int) -> str:
    return "." if depth == 0 else "0" + 2 * _halved(depth - 1)


def increasing(random: Random) -> Case:
    """An inequality of images that is too strict, the other way round, or not what the premise gives."""
    variable = ranging("x", 1)
    x = variable.symbol
    kinds: list[Any] = [("log", sp.log), ("exp", sp.exp), ("power of two", lambda e: TWO**e)]
    name, image = random.choice(kinds)
    given = (step("gap", Fact(x, ">=", ONE), RationalSign()), step("one", Fact(ONE, ">"), Evident()))
    strict = Fact(image(x), ">", image(ONE))
    more = Fact(image(x), ">=", image(ONE) + small(random))
    rules = [
        Increasing(name, x, ONE, "gap", "one"),
        Increasing(name, x, ONE, "one", "one"),
        Increasing(name, ONE, x, "gap", "one"),
        Increasing("sin", x, ONE, "gap", "one"),  # pyright: ignore[reportArgumentType]
        Increasing(name, x + sp.I, ONE + sp.I, "gap", "one"),
    ]
    goals = [step("lie", lie, rule) for lie in (strict, more) for rule in rules]
    truth = step("truth", Fact(image(x), ">=", image(ONE)), rules[0])
    return Case(
        proof(*given, truth, variables=(variable,)),
        tuple(claimed(*given, goal, variables=(variable,)) for goal in goals),
        {x: ONE},
    )


def rising(random: Random) -> Case:
    """A line that starts a little below zero, and a dip whose slope changes its sign."""
    low, little = place(random), small(random)
    variable = ranging("x", low)
    x = variable.symbol
    function = random.choice([x - low, (x - low) ** 3 + x - low])
    given = (
        steep(function, x),
        step("start", Fact(ZERO, "="), Identity()),
        step("later", Fact(little, ">"), Evident()),
        step("square", Fact((x - low - 1) ** 2, ">="), Sturm()),
    )
    lies = (Fact(function, ">=", little), Fact(function, ">"), Fact(function, "=", little))
    pairs = [
        ("slope", "start"),
        ("slope", "later"),
        ("square", "later"),
        ("start", "start"),
        ("lie", "start"),
    ]
    goals = [step("lie", lie, Rising(x, *pair)) for lie in lies for pair in pairs]
    truth = step("truth", Fact(function, ">="), Rising(x, "slope", "start"))
    return Case(
        proof(*given[:2], truth, variables=(variable,)),
        tuple(claimed(*given, goal, variables=(variable,)) for goal in goals),
        {x: low},
    )


def induction(random: Random) -> Case:
    """A sequence that starts below zero, and one that dips below it while f(m + 1) + f(m) stays above."""
    first, little = random.randint(1, 9), small(random)
    variable = ranging("m", ratio(first) - random.choice([ZERO, ratio(Fraction(1, 3))]), integer=True)
    m = variable.symbol
    at, start, factor, function = random.choice(
        [
            (first, ONE - little, ONE, m - first - little),
            (first + 1, ratio(9), -ONE, sp.expand(10 * (m - first - 1) ** 2 - 1)),
        ]
    )
    following = sp.expand(function.subs(m, m + 1) - factor * function)
    given = (
        step("base", Fact(start, ">"), Evident()),
        step("next", Fact(following, ">"), Sturm() if following.free_symbols else Evident()),
        step("factor", Fact(factor, "=", factor), Identity()),
        step("any", Fact(m, ">"), RationalSign()),
    )
    rules: list[Any] = [
        Induction(m, base, forth, by)  # pyright: ignore[reportArgumentType]
        for base in ("base", "any", "lie")
        for forth in ("next", "any", "lie")
        for by in (factor, ZERO, ONE, "factor", "next", sp.I)
    ]
    goals = [step("lie", Fact(function, sign), rule) for sign in (">", ">=") for rule in rules]
    honest = (
        step("base", Fact(little, ">"), Evident()),
        step("next", Fact(ONE, ">"), Evident()),
        step("truth", Fact(m - first + little, ">"), Induction(m, "base", "next")),
    )
    return Case(
        proof(*honest, variables=(variable,)),
        tuple(claimed(*given, goal, variables=(variable,)) for goal in goals),
        {m: ratio(at)},
    )


def isolation(random: Random) -> Case:
    """The zero of a rising function, said to lie where it does not, or beyond the range."""
    low, zero, little = place(random), place(random), small(random)
    variable, wide = ranging("x", low, low + 3), ranging("x", zero - 2, zero + 2)
    x = variable.symbol
    function = random.choice([x - zero, sp.expand((x - zero) ** 3 + x - zero)])
    ends = [(zero + little, zero + 1), (zero + 1, zero - 1), (zero - 2, zero - little), (zero - 1, zero)]
    if not bool(low <= zero) or not bool(zero <= low + 3):
        ends += [(zero - 1, zero + 1), (zero - little, zero + little), (low, zero + 9), (zero - 9, low + 3)]
    dishonest: list[Proof] = []
    for below, above in ends:
        values = {name: function.subs(x, end) for name, end in (("below", below), ("above", above))}
        signs = [step(name, Fact(abs(value), ">"), Evident()) for name, value in values.items() if value != 0]
        names = [sign.name for sign in signs]
        for pair in [(one, other) for one in names for other in names]:
            lie = step("lie", UniqueZero(function, x, below, above), IsolatedZero("slope", *pair))
            dishonest.append(claimed(steep(function, x), *signs, lie, variables=(variable,)))
    function, y = function.subs(x, wide.symbol), wide.symbol
    honest = (
        steep(function, y),
        step("below", Fact(-function.subs(y, zero - 1), ">"), Evident()),
        step("above", Fact(function.subs(y, zero + 1), ">"), Evident()),
        step("truth", UniqueZero(function, y, zero - 1, zero + 1), IsolatedZero("slope", "below", "above")),
    )
    return Case(proof(*honest, variables=(wide,)), tuple(dishonest), zero)


def steep(function: sp.Expr, symbol: sp.Symbol) -> Step:
    """The slope of a rising polynomial is positive."""
    slope = sp.diff(function, symbol)
    return step("slope", Fact(slope, ">"), Sturm() if slope.free_symbols else Evident())


ANALYSIS: tuple[Any, ...] = (coverings, increasing, rising, induction, isolation)
