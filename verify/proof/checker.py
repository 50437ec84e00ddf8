"""The checker: accepts a proof or says which step fails and why."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from math import inf
from typing import Any

import sympy as sp
from flint import arb

from theory.errors import InvalidProofError
from verify.proof.domain import agrees, points, rational_sign, seed_of, value_at
from verify.proof.facts import Fact, Proof, Statement, Step, UniqueZero
from verify.proof.rules import Context, Known
from verify.proof.rules.rule import positive_arguments, refusing_what_breaks, relation_of, require, symbols_of
from verify.proof.stored import plain

SPOT_CHECKS = 12
CANDIDATES = 40 * SPOT_CHECKS


@dataclass(frozen=True)
class Checked:
    """What the check of a proof went through: steps, boxes of coverings, the smallest slack on a box."""

    steps: int
    boxes: int
    slack: float

    @property
    def is_exact(self) -> bool:
        """Whether the proof does without coverings, that is without a bounded box."""
        return self.boxes == 0


def check(proof: Proof) -> Checked:
    """Re-check a proof from its data alone; raise InvalidProofError at the first step that fails.

    The proof is taken as its stored form is read, so that no code it came with runs. Beyond each rule:
    names are unique, every free symbol has a range, logarithms, roots and quotients are defined on the
    whole box, exact evaluation at rational points confirms every step, every step leads to a goal, and no
    goal is merely cited.
    """
    return check_as_read(plain(proof))


def check_as_read(proof: Proof) -> Checked:
    """The same for a proof that was just read from its stored form."""
    with refusing_what_breaks("the proof"):
        return _checked(proof)


def _checked(proof: Proof) -> Checked:
    facts: dict[str, Statement] = {}
    used: set[str] = set(proof.goals)
    coverings: list[tuple[int, float]] = []
    require(bool(proof.goals), "the proof has no goal")
    for step in proof.steps:
        require(step.name not in facts, f"two steps share the name {step.name!r}")
        used |= _check_step(step, Context(proof.variables, facts, coverings))
        facts[step.name] = step.fact
    missing = set(proof.goals) - set(facts)
    require(not missing, f"goals {sorted(missing)} are not among the steps")
    idle = [step.name for step in proof.steps if step.name not in used]
    require(not idle, f"steps {idle} lead nowhere")
    _spot_check(proof)
    _check_citations(proof)
    slack = min((smallest for _, smallest in coverings), default=inf)
    return Checked(len(proof.steps), sum(boxes for boxes, _ in coverings), slack)


def _check_citations(proof: Proof) -> None:
    """A goal is more than a citation, and a claim that is cited is one the proof rests on."""
    cited = [(step.name, step.rule.claim) for step in proof.steps if isinstance(step.rule, Known)]
    goals = [name for name, _ in cited if name in proof.goals]
    require(not goals, f"goals {goals} are only cited: nothing here proves them")
    loose = {claim for _, claim in cited if claim is not None} - set(proof.rests_on)
    require(not loose, f"claims {sorted(loose)} are cited, but the proof does not rest on them")


def _check_step(step: Step, context: Context) -> set[str]:
    """Raise unless the step follows; returns the names of the earlier steps that it needs."""
    try:
        with refusing_what_breaks("the step"):
            needed = _check_defined(step, context)
            step.rule.check(step.fact, context)
    except InvalidProofError as error:
        raise InvalidProofError(f"step {step.name!r}: {error}") from error
    return needed | set(step.rule.uses)


def _check_defined(step: Step, context: Context) -> set[str]:
    """Every logarithm, quotient and non-natural power has a positive argument on the box.

    In the statement and in what its rule brings along. Returns the names of the earlier steps that were
    needed to see it.
    """
    needed: set[str] = set()
    for expression in _expressions_in((step.fact, step.rule)):
        for argument in positive_arguments(expression, zero_has_roots=True):
            if argument.is_positive or rational_sign(argument, context.variables) == ">":
                continue
            shown = [name for name, known in context.facts.items() if _says_positive(known, argument)]
            undefined = f"{argument} must be positive for {expression} to be defined, and no step shows it"
            require(bool(shown), undefined)
            needed.add(shown[0])
    return needed


def _expressions_in(item: Any) -> Iterator[sp.Expr]:
    """Every expression in the fields of statements and rules."""
    if isinstance(item, sp.Expr):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _expressions_in(part)
    elif is_dataclass(item):
        for field in fields(item):
            yield from _expressions_in(getattr(item, field.name))


def _says_positive(fact: Statement, argument: sp.Expr) -> bool:
    return isinstance(fact, Fact) and fact.relation == ">" and sp.expand(fact.expression - argument) == 0


def _spot_check(proof: Proof) -> None:
    """Exact evaluation at rational points must confirm every step.

    A cited fact about quantities that stand for something defines them (=) or selects the points (≥, >)
    at which they can stand for it; what is said of free variables alone has to hold at the others, too.
    """
    standing = {variable.symbol for variable in proof.variables if variable.stands_for}
    cited = [relation_of(step.fact) for step in proof.steps if isinstance(step.rule, Known)]
    selecting = [fact for fact in cited if fact.expression.free_symbols & standing]
    done = 0
    seed = seed_of(proof.title, *[step.fact for step in proof.steps])
    for number, free in enumerate(points(proof.variables, CANDIDATES, seed=seed)):
        point: dict[sp.Symbol, Fraction | arb] = dict(free)
        for fact in selecting:
            if fact.relation == "=" and isinstance(fact.left, sp.Symbol) and fact.left in standing:
                point[fact.left] = value_at(fact.right, point, precision=4096)
        possible = all(agrees(fact, point) for fact in selecting)
        for step in proof.steps if possible or number < SPOT_CHECKS else ():
            if step.fact not in selecting and (possible or not symbols_of(step.fact) & standing):
                _confirm(step, point)
        done += possible
        if done == SPOT_CHECKS:
            return
    require(done > 0, "no rational point satisfies the cited facts: the proof says nothing")


def _confirm(step: Step, point: dict[sp.Symbol, Fraction | arb]) -> None:
    shown = ", ".join(f"{s}={v.str(6) if isinstance(v, arb) else v}" for s, v in point.items())
    fact = step.fact
    if isinstance(fact, UniqueZero):  # a zero strictly between two points changes the sign
        low, high = (fact.function.subs(fact.variable, end) for end in (fact.low, fact.high))
        fact = Fact(-low * high, ">")
    if isinstance(fact, Fact):  # a semidefinite bound has no variables, and its check is exact
        require(agrees(fact, point), f"step {step.name!r} is not confirmed at {shown}")
