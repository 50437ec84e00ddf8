"""False statements, each with a witness that contradicts it exactly, and proofs of them that look honest.

A dip is a function that is nowhere negative on its box and vanishes at a known point. Less a little it
is negative there, and nearly nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import sympy as sp
from proof_catalogue import ONE, exactly, ranging

from verify.proof import Fact, MarginCost, Proof, SemidefiniteBound, Step, UniqueZero, Variable
from verify.proof.facts import Matrix, rational

Witness = Mapping[sp.Symbol, sp.Rational]


@dataclass(frozen=True)
class Dip:
    """A function ≥ 0 on its box with a zero at the witness."""

    function: sp.Expr
    variables: tuple[Variable, ...]
    witness: Witness

    def falsehood(self, random: Random) -> Fact:
        """The function > 0, or ≥ a little: false at the witness."""
        if random.random() < 1 / 3:
            return Fact(self.function, ">")
        return Fact(self.function, random.choice([">", ">="]), small(random))

    def truth(self) -> Fact:
        """The function > −1/50."""
        return Fact(self.function, ">", ratio(Fraction(-1, 50)))


def ratio(value: Fraction | int) -> sp.Rational:
    return rational(Fraction(value))


def small(random: Random) -> sp.Rational:
    return ratio(Fraction(1, 10 ** random.choice([1, 3, 9, 30, 100])))


def place(random: Random) -> sp.Rational:
    """A rational between −9 and 9."""
    return ratio(Fraction(random.randint(-63, 63), random.choice([7, 8, 11])))


def fails(fact: Fact, witness: Witness) -> bool:
    """Whether the exact value at a point contradicts the relation."""
    value = fact.expression.subs(list(witness.items()))
    value = value if value.is_Rational else sp.simplify(value)
    assert value.is_Rational, f"{fact} has no rational value at {witness}"
    return bool({">": value <= 0, ">=": value < 0, "=": value != 0}[fact.relation])


def holds_point(variables: tuple[Variable, ...], witness: Witness) -> bool:
    """Whether a point lies in the box."""
    for variable in variables:
        value = witness[variable.symbol]
        low = value > variable.low or (value == variable.low and not variable.open_low)
        high = variable.high is None or value < variable.high
        high = high or (value == variable.high and not variable.open_high)
        if not (low and high and (not variable.integer or value.is_Integer)):
            return False
    return True


def value_of(matrix: Matrix, vector: sp.Matrix) -> sp.Rational:
    """⟨matrix, vvᵀ⟩."""
    return (vector.T * sp.Matrix(matrix) * vector)[0]


def simplex(classes: int) -> sp.Matrix:
    """I − J/K: all its margins are one."""
    return sp.eye(classes) - sp.ones(classes, classes) / classes


def cost_of_the_simplex(fact: MarginCost) -> sp.Expr:
    """Σσ_i(Z diag(√n))^{2/F} of the simplex with the largest margin that is asked for, exact."""
    classes = len(fact.sizes)
    scaled = simplex(classes) * max(sp.Integer(0), *[entry for row in fact.margins for entry in row])
    values = (scaled * sp.diag(*fact.sizes) * scaled.T).eigenvals()
    return sp.Add(*[count * value ** (1 / fact.factors) for value, count in values.items()])


@dataclass(frozen=True)
class Case:
    """An honest proof of a true statement, dishonest ones of false statements, and what refutes these.

    The honest proof shows that the rule would have done; in a dishonest one some condition is broken, and
    the rest fits. The witness is a point, the only zero of a function, a vector v with X = vvᵀ, or a simplex.
    """

    honest: Proof
    dishonest: tuple[Proof, ...]
    witness: Any

    def refutes(self, candidate: Proof) -> bool:
        """Whether the witness contradicts the proof's last step, exactly."""
        fact = candidate.steps[-1].fact
        if isinstance(fact, Fact):
            return holds_point(candidate.variables, self.witness) and fails(fact, self.witness)
        if isinstance(fact, SemidefiniteBound):
            return self._is_feasible(fact) and bool(value_of(fact.cost, self.witness) < fact.bound)
        if isinstance(fact, MarginCost):
            return cost_of_the_simplex(fact) < fact.bound
        return self._is_misplaced(candidate.variables, fact)

    def _is_feasible(self, fact: SemidefiniteBound) -> bool:
        values = [(value_of(matrix, self.witness), sign, right) for matrix, sign, right in fact.constraints]
        return all(value == right or (sign == ">=" and value > right) for value, sign, right in values)

    def _is_misplaced(self, variables: tuple[Variable, ...], fact: UniqueZero) -> bool:
        """The function has no other real zero, and this one is not in the range or not between the ends."""
        alone = sp.real_roots(sp.Poly(fact.function, fact.variable)) == [self.witness]
        owner = tuple(variable for variable in variables if variable.symbol == fact.variable)
        inside = holds_point(owner, {fact.variable: self.witness})
        return alone and not (inside and bool(fact.low < self.witness) and bool(self.witness < fact.high))


def claimed(*steps: Step, variables: tuple[Variable, ...]) -> Proof:
    """A proof whose every step is a goal: none is refused because it leads nowhere."""
    return Proof("a lie", variables, steps, tuple(step.name for step in steps))


def _square(random: Random) -> Dip:
    variable = ranging("x", -10, random.choice([10, None]))
    x, w, a = variable.symbol, place(random), place(random)
    factor = random.choice([ONE, (x - a) ** 2 + 1, 1 / (1 + x**2), (x - a) ** 2])
    return Dip((x - w) ** 2 * factor, (variable,), {x: w})


def _end(random: Random) -> Dip:
    low = place(random)
    variable = ranging("x", low, low + 5)
    x, at_low = variable.symbol, random.random() < 1 / 2
    distance, end = (x - low, low) if at_low else (low + 5 - x, low + 5)
    return Dip(sp.expand(distance * (1 + (x - place(random)) ** 2)), (variable,), {x: exactly(end)})


def _tangent(random: Random) -> Dip:
    variable, w = ranging("x", -10, 10), place(random)
    u = variable.symbol - w
    function = random.choice([sp.exp(u) - 1 - u, 1 - sp.cos(u), u * sp.exp(u) + 1 - sp.exp(u)])
    return Dip(function, (variable,), {variable.symbol: exactly(w)})


def _positive(random: Random) -> Dip:
    w = abs(place(random)) + 1
    variable = ranging("x", w / 2, 2 * w)
    u = variable.symbol / w
    function = random.choice([u - 1 - sp.log(u), (u + 1) / 2 - sp.sqrt(u), u + 1 / u - 2])
    return Dip(function, (variable,), {variable.symbol: exactly(w)})


def _plane(random: Random) -> Dip:
    first, second = ranging("x", -10, random.choice([10, None])), ranging("y", -10, 10)
    x, y, w, v = first.symbol, second.symbol, place(random), place(random)
    s, t = x - w, y - v
    function = random.choice([s**2 + t**2, s**2 + t**2 - s * t, (s + t) ** 2 + s**2 * t**2])
    return Dip(sp.expand(function), (first, second), {x: w, y: v})


def _motzkin(random: Random) -> Dip:
    """Never negative, and no sum of squares."""
    first, second = ranging("x", -2, 2), ranging("y", -2, 2)
    x, y, scale = first.symbol, second.symbol, abs(place(random)) + 1
    function = scale * (x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1)
    return Dip(sp.expand(function), (first, second), {x: random.choice([ONE, -ONE]), y: ONE})


def _mixed(random: Random) -> Dip:
    first, second = ranging("x", -3, 3), ranging("y", -10, 10)
    x, y, v = first.symbol, second.symbol, place(random)
    w = ratio(Fraction(random.randint(-9, 9), 4))
    return Dip(sp.exp(x - w) - 1 - x + w + (y - v) ** 2, (first, second), {x: w, y: v})


def _integers(random: Random) -> Dip:
    """Negative between two integers, zero at both."""
    first = random.randint(1, 40)
    variable = ranging("m", random.choice([1, first]), random.choice([60, None]), integer=True)
    m = variable.symbol
    return Dip(
        sp.expand((m - first) * (m - first - 1)), (variable,), {m: ratio(first + random.randint(0, 1))}
    )


DIPS: tuple[Callable[[Random], Dip], ...] = (
    _square,
    _end,
    _tangent,
    _positive,
    _plane,
    _motzkin,
    _mixed,
    _integers,
)
"""Families of dips; each takes a random generator."""
