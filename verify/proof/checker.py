"""The checker: accepts a proof or says which step fails and why."""

from dataclasses import dataclass
from fractions import Fraction
from math import inf

import sympy as sp
from flint import arb

from theory.errors import InvalidProofError
from verify.proof.domain import agrees, points, rational_sign, seed_of, value_at
from verify.proof.facts import Fact, Proof, Statement, Step, UniqueZero, Variable
from verify.proof.rules import Context, Known
from verify.proof.rules.rule import positive_arguments, relation_of, require

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

    Beyond each rule: names are unique, every free symbol has a range, logarithms, roots and quotients are
    defined on the whole box, exact evaluation at rational points confirms every step, and every step
    leads to a goal.
    """
    facts: dict[str, Statement] = {}
    used: set[str] = set(proof.goals)
    coverings: list[tuple[int, float]] = []
    require(bool(proof.goals), "the proof has no goal")
    names = [str(variable.symbol) for variable in proof.variables]
    require(len(set(names)) == len(names), f"a variable is listed twice among {names}")
    for step in proof.steps:
        try:
            require(step.name not in facts, "two steps share this name")
            _check_symbols(step.fact, proof.variables)
            used |= _check_defined(step.fact, proof.variables, facts)
            step.rule.check(step.fact, Context(proof.variables, facts, coverings))
        except InvalidProofError as error:
            raise InvalidProofError(f"step {step.name!r}: {error}") from error
        facts[step.name] = step.fact
        used |= set(step.rule.uses)
    missing = set(proof.goals) - set(facts)
    require(not missing, f"goals {sorted(missing)} are not among the steps")
    idle = [step.name for step in proof.steps if step.name not in used]
    require(not idle, f"steps {idle} lead nowhere")
    _spot_check(proof)
    slack = min((smallest for _, smallest in coverings), default=inf)
    return Checked(len(proof.steps), sum(boxes for boxes, _ in coverings), slack)


def _check_symbols(fact: Statement, variables: tuple[Variable, ...]) -> None:
    known = {variable.symbol for variable in variables}
    strangers = {symbol for side in fact.expressions for symbol in side.free_symbols} - known
    require(not strangers, f"symbols {strangers} have no range")


def _check_defined(fact: Statement, variables: tuple[Variable, ...], facts: dict[str, Statement]) -> set[str]:
    """Every logarithm, quotient and non-natural power has a positive argument on the box.

    Returns the names of the earlier steps that were needed to see it.
    """
    needed: set[str] = set()
    for side in fact.expressions:
        roots = {
            node.base for node in side.atoms(sp.Pow) if node.base.is_nonnegative and node.exp.is_positive
        }
        for argument in positive_arguments(side):
            if argument in roots or argument.is_positive or rational_sign(argument, variables) == ">":
                continue
            shown = [name for name, known in facts.items() if _says_positive(known, argument)]
            require(
                bool(shown), f"{argument} must be positive for {side} to be defined, and no step shows it"
            )
            needed.add(shown[0])
    return needed


def _says_positive(fact: Statement, argument: sp.Expr) -> bool:
    return isinstance(fact, Fact) and fact.relation == ">" and sp.expand(fact.expression - argument) == 0


def _spot_check(proof: Proof) -> None:
    """Exact evaluation at rational points must confirm every step.

    A cited fact about quantities that stand for something defines them (=) or selects the points (≥, >)
    at which they can stand for it; a cited fact about free variables alone is checked like any other.
    """
    standing = {variable.symbol for variable in proof.variables if variable.stands_for}
    cited = [relation_of(step.fact) for step in proof.steps if isinstance(step.rule, Known)]
    selecting = [fact for fact in cited if fact.expression.free_symbols & standing]
    done = 0
    for free in points(
        proof.variables, CANDIDATES, seed=seed_of(proof.title, *[s.fact for s in proof.steps])
    ):
        point: dict[sp.Symbol, Fraction | arb] = dict(free)
        for fact in selecting:
            if fact.relation == "=" and isinstance(fact.left, sp.Symbol) and fact.left in standing:
                point[fact.left] = value_at(fact.right, point, precision=4096)
        if not all(agrees(fact, point) for fact in selecting):
            continue
        for step in proof.steps:
            if step.fact not in selecting:
                _confirm(step, point)
        done += 1
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
