"""Dishonest proofs by the rules of algebra: squares, signs, combinations, identities, weak duality."""

from fractions import Fraction
from random import Random
from typing import Any

import sympy as sp
from falsehoods import DIPS, Case, claimed, place, ratio, small, value_of
from proof_catalogue import ONE, ZERO, exactly, one_step, proof, ranging, step

from verify.proof import (
    Combination,
    Covering,
    DualCertificate,
    Evident,
    Fact,
    Identity,
    IsolatedZero,
    Known,
    RationalSign,
    SemidefiniteBound,
    Square,
    Sturm,
    SumOfSquares,
    UniqueZero,
)
from verify.proof.facts import Matrix


def squares(random: Random) -> Case:
    """The squares of a dip, and terms that would bring it down by a little if they were allowed."""
    variable, w, a, little = ranging("x", -10), place(random), place(random), small(random)
    x = variable.symbol
    roots = (x - w, sp.expand((x - w) * (x - a)))
    dip = sp.expand(sum((root**2 for root in roots), ZERO))
    tricks: tuple[tuple[Square, ...], ...] = (
        (Square(exactly(-little), ONE),),
        (Square(ONE, sp.sqrt(-little)),),
        (Square(little, sp.I),),
        (Square(little, ONE, (-ONE,)),),
        (Square(ONE, ONE, (-little,)),),
        (Square(little, ONE, (x,)), Square(exactly(-little), ONE, (x + 1,))),
        (Square(little, ONE, (x - 1,)), Square(little, sp.sqrt(-x))),
        (),
    )
    idle = ((), (Square(ZERO, ONE),), (Square(ONE, ZERO),), (Square(ONE, ONE), Square(exactly(-ONE), ONE)))
    terms = tuple(Square(ONE, root) for root in roots)
    lower, strict = Fact(dip, ">=", little), Fact(dip, ">")
    lies = [(lower, terms + trick) for trick in tricks] + [(strict, terms + trick) for trick in idle]
    honest = one_step(Fact(dip, ">="), SumOfSquares(terms), variable)
    return Case(honest, tuple(one_step(lie, SumOfSquares(each), variable) for lie, each in lies), {x: w})


def signs(random: Random) -> Case:
    """Rules that bring no certificate along, on a dip of any kind."""
    dip = random.choice(DIPS)(random)
    lie = dip.falsehood(random)
    last = dip.variables[-1]
    rule = random.choice([Sturm(), RationalSign()])
    rules = (Sturm(), RationalSign(), Evident(), Identity(), SumOfSquares(()), Known(""), Covering("."))
    return Case(
        one_step(Fact(last.symbol, ">=", last.low), rule, last),
        tuple(one_step(lie, each, *dip.variables) for each in rules),
        dip.witness,
    )


def combinations(random: Random) -> Case:
    """A square less a little, by multipliers that are negative, no numbers, or steps of the wrong kind."""
    variable, w, little = ranging("x", -10), place(random), small(random)
    x = variable.symbol
    given = (
        step("square", Fact((x - w) ** 2, ">="), Sturm()),
        step("one", Fact(ONE, ">"), Evident()),
        step("none", Fact(x, "=", x), Identity()),
        step("off", Fact(-little, "=", -little), Identity()),
        step("falling", Fact(x**2 + 1, ">"), Sturm()),
        step("root", UniqueZero(x, x, -ONE, ONE), IsolatedZero("one", "one", "one")),
    )
    terms: tuple[Any, ...] = (
        ((ONE, "square"), (-little, "one")),
        ((ONE, "square"), (ZERO, "one")),
        ((ONE, "square"), (x, "one")),
        ((ONE, "square"), ("none", "one")),
        ((ONE, "square"), ("off", "one")),
        ((ONE, "square"), ("root", "one")),
        ((ONE, "square"), ("one", "lie")),
        ((ONE, "square"), (-ONE, "falling"), (ONE, "falling")),
        ((ONE, "square"),),
        ((ONE, "lie"),),
        (),
    )
    lies = (Fact((x - w) ** 2, ">=", little), Fact((x - w) ** 2, ">"))
    goals = [step("lie", lie, Combination(each)) for lie in lies for each in terms]
    truth = Fact((x - w) ** 2 + little, ">")
    honest = step("truth", truth, Combination(((ONE, "square"), (little, "one"))))
    return Case(
        proof(*given[:2], honest, variables=(variable,)),
        tuple(claimed(*given, goal, variables=(variable,)) for goal in goals),
        {x: w},
    )


def identities(random: Random) -> Case:
    """Both sides of an identity, one of them a little off."""
    first, second = ranging("x", 0, open_low=True), ranging("y", 1)
    x, y = first.symbol, second.symbol
    left, right = random.choice(
        [
            ((x + y) ** 3, sp.expand((x + y) ** 3)),
            ((x + y) / (x * y), 1 / x + 1 / y),
            (sp.sqrt(x) * sp.sqrt(y), sp.sqrt(x * y)),
            (sp.exp(x) * sp.exp(-x - y), sp.exp(-y)),
            (sp.log(x * y), sp.log(x) + sp.log(y)),
            (sp.sin(x) ** 2, 1 - sp.cos(x) ** 2),
        ]
    )
    little = small(random) * random.choice([ONE, x, 1 / y, x * y])
    lies = (Fact(left, "=", right + little), Fact(left - little, "=", right), Fact(little, "="))
    variables = (first, second)
    return Case(
        one_step(Fact(left, "=", right), Identity(), *variables),
        tuple(one_step(lie, Identity(), *variables) for lie in lies),
        {x: ONE, y: ratio(random.randint(1, 9))},
    )


def duals(random: Random) -> Case:
    """A semidefinite program with a known optimum vvᵀ, and bounds above it."""
    size, count, little = random.randint(1, 4), random.randint(1, 3), small(random)
    vector = sp.Matrix([random.randint(-3, 3) for _ in range(size)])
    orthogonal = _orthogonal_to(vector)
    matrices = [_symmetric(random, size) for _ in range(count)]
    multipliers = [ratio(Fraction(random.randint(0, 9), random.randint(1, 4))) for _ in range(count)]
    signs_of = [random.choice([">=", "="]) for _ in range(count)]
    rights = [value_of(matrix, vector) for matrix in matrices]
    cost = orthogonal + sum(
        (y * sp.Matrix(a) for y, a in zip(multipliers, matrices, strict=True)), sp.zeros(size)
    )
    constraints: Any = tuple(zip(matrices, signs_of, rights, strict=True))
    bound = exactly(sp.Add(*[y * right for y, right in zip(multipliers, rights, strict=True)]))
    truth = SemidefiniteBound(_rows(cost), constraints, bound)
    lie = SemidefiniteBound(_rows(cost), constraints, exactly(bound + little))
    crooked = cost + sp.Matrix(size, size, lambda i, j: little * (j - i))
    shifted = [
        exactly(y + little / right) if right else y for y, right in zip(multipliers, rights, strict=True)
    ]
    turned = [exactly(-y) for y in multipliers]
    loud = [ratio(10**9 * random.choice([-1, 1])) for _ in multipliers]
    choices = (
        multipliers,
        shifted,
        turned,
        loud,
        [*multipliers, little],
        [*multipliers[1:], exactly(sp.oo)],
        [],
    )
    lies = [(lie, tuple(each)) for each in choices]
    lies.append((SemidefiniteBound(_rows(crooked), constraints, lie.bound), tuple(multipliers)))
    return Case(
        one_step(truth, DualCertificate(tuple(multipliers))),
        tuple(one_step(fact, DualCertificate(each)) for fact, each in lies),
        vector,
    )


def _symmetric(random: Random, size: int) -> Matrix:
    entries = [[random.randint(-4, 4) for _ in range(size)] for _ in range(size)]
    return _rows(sp.Matrix(size, size, lambda i, j: entries[max(i, j)][min(i, j)]))


def _orthogonal_to(vector: sp.Matrix) -> sp.Matrix:
    """|v|² − vvᵀ: positive semidefinite, and zero on v."""
    return sp.eye(len(vector)) * vector.dot(vector) - vector * vector.T


def _rows(matrix: sp.Matrix) -> Matrix:
    return tuple(tuple(matrix.row(i)) for i in range(matrix.rows))


ALGEBRA: tuple[Any, ...] = (squares, signs, combinations, identities, duals)
