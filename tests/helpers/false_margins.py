"""Dishonest bounds of what margins cost: the simplex m(I − J/K) attains every true one."""

from dataclasses import replace
from random import Random
from typing import Any

import sympy as sp
from falsehoods import Case, ratio, simplex, small
from proof_catalogue import ONE, ZERO, exactly, one_step

from verify.proof import CodeBisection, MarginCost, MarginMultipliers
from verify.proof.facts import Matrix

NODES = sp.Integer(300)


def margin_multipliers(random: Random) -> Case:
    """Equal margins m for two factors: the cost is m(K − 1), by the multiplier 1/K for every pair."""
    classes, margin, little = random.randint(2, 4), ratio(random.randint(1, 3)), small(random)
    truth = _equal_margins(2, classes, margin, exactly(margin * (classes - 1)))
    share = exactly(ONE / classes)
    honest = _beside(classes, share)
    lie = replace(truth, bound=exactly(truth.bound + little))
    more = exactly(share * (1 + little))
    choices: tuple[Matrix, ...] = (
        honest,
        _beside(classes, more),
        _beside(classes, exactly(share * 1000)),
        _with(_beside(classes, share), 0, 1, exactly(share + little * classes)),
        _with(_beside(classes, exactly(2 * more)), 0, 1, exactly(-more)),
        _with(honest, 0, 0, exactly(little)),
        _with(honest, 0, 1, sp.oo),
        honest[1:],
        tuple(row[1:] for row in honest),
        (),
    )
    lies = [(lie, choice) for choice in choices]
    lies.append((replace(truth, sizes=(sp.Rational(999, 1000), *truth.sizes[1:])), honest))
    if margin == 1:
        lies.append((replace(lie, factors=sp.Integer(3)), honest))
    return Case(
        one_step(truth, MarginMultipliers(honest)),
        tuple(one_step(fact, MarginMultipliers(choice)) for fact, choice in lies),
        simplex(classes),
    )


def code_bisections(random: Random) -> Case:
    """Margins one for three factors or four: no bound above the simplex's K − 1 may close."""
    classes, factors, little = random.choice([2, 2, 3]), random.choice([3, 4]), small(random)
    honest = _equal_margins(factors, 2, ONE, exactly(sp.Rational(9, 10)))
    lie = _equal_margins(factors, classes, ONE, exactly(classes - 1 + little))
    six = _equal_margins(factors, 6, ONE, exactly(5 + little))
    lower = exactly(1 - little / 2)
    two = _equal_margins(factors, 2, ONE, ONE)
    lies: list[tuple[MarginCost, Any]] = [
        (lie, NODES),
        (lie, ZERO),
        (lie, sp.Integer(10**9)),
        (lie, sp.Rational(601, 2)),
        (replace(lie, bound=sp.Integer(10**6)), NODES),
        (replace(lie, factors=sp.Integer(2)), NODES),
        (replace(lie, factors=sp.Rational(7, 2)), NODES),
        (six, NODES),
        (replace(two, sizes=(lower, lower)), NODES),
    ]
    return Case(
        one_step(honest, CodeBisection(NODES)),
        tuple(one_step(fact, CodeBisection(nodes)) for fact, nodes in lies),
        simplex(classes),
    )


def _equal_margins(factors: int, classes: int, margin: sp.Rational, bound: sp.Rational) -> MarginCost:
    return MarginCost(sp.Integer(factors), (ONE,) * classes, _beside(classes, margin), bound)


def _beside(classes: int, value: sp.Rational) -> Matrix:
    return tuple(tuple(ZERO if j == c else value for c in range(classes)) for j in range(classes))


def _with(matrix: Matrix, row: int, column: int, value: sp.Expr) -> Matrix:
    changed = sp.Matrix(matrix)
    changed[row, column] = value
    return tuple(tuple(changed.row(j)) for j in range(changed.rows))


MARGINS = (margin_multipliers, code_bisections)
