"""The checker: accepts a proof or says which step fails and why."""

from typing import cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import InvalidProofError
from verify.proof.domain import Point, agrees, points, rational_sign
from verify.proof.facts import Fact, Proof, Variable
from verify.proof.rules import Context, Known, require

SPOT_CHECKS = 12


def check(proof: Proof) -> None:
    """Re-check a proof from its data alone; raise InvalidProofError at the first step that fails.

    Beyond each rule: names are unique, every free symbol has a range, logarithms, roots and quotients are
    defined on the whole box, no step contradicts exact evaluation at rational points, every step leads
    to a goal.
    """
    facts: dict[str, Fact] = {}
    used: set[str] = set(proof.goals)
    require(bool(proof.goals), "the proof has no goal")
    for step in proof.steps:
        try:
            require(step.name not in facts, "two steps share this name")
            _check_symbols(step.fact, proof.variables)
            used |= _check_defined(step.fact, proof.variables, facts)
            step.rule.check(step.fact, Context(proof.variables, facts))
        except InvalidProofError as error:
            raise InvalidProofError(f"step {step.name!r}: {error}") from error
        facts[step.name] = step.fact
        used |= set(step.rule.uses)
    missing = set(proof.goals) - set(facts)
    require(not missing, f"goals {sorted(missing)} are not among the steps")
    idle = [step.name for step in proof.steps if step.name not in used]
    require(not idle, f"steps {idle} lead nowhere")
    _spot_check(proof)


def _check_symbols(fact: Fact, variables: tuple[Variable, ...]) -> None:
    strangers = fact.expression.free_symbols - {variable.symbol for variable in variables}
    require(not strangers, f"symbols {strangers} have no range")


def _check_defined(fact: Fact, variables: tuple[Variable, ...], facts: dict[str, Fact]) -> set[str]:
    """Every logarithm, quotient and non-natural power has a positive argument on the box.

    Returns the names of the earlier steps that were needed to see it.
    """
    needed: set[str] = set()
    for node in [*sp.preorder_traversal(fact.left), *sp.preorder_traversal(fact.right)]:
        argument: sp.Expr | None = None
        if isinstance(node, sp.Pow) and not (node.exp.is_Integer and node.exp >= 0):
            if node.base.is_nonnegative and node.exp.is_positive:
                continue
            argument = node.base
        elif isinstance(node, sp.log):
            argument = node.args[0]
        elif isinstance(node, cfunctions.log1p):
            argument = 1 + cast(sp.Expr, node.args[0])
        if argument is None or argument.is_positive or rational_sign(argument, variables) == ">":
            continue
        shown = [name for name, known in facts.items() if _says_positive(known, argument)]
        require(bool(shown), f"{argument} must be positive for {node} to be defined, and no step shows it")
        needed.add(shown[0])
    return needed


def _says_positive(fact: Fact, argument: sp.Expr) -> bool:
    return fact.relation == ">" and sp.expand(fact.expression - argument) == 0


def _spot_check(proof: Proof) -> None:
    """Exact evaluation at rational points where the cited facts hold must not contradict any step."""
    cited = [step.fact for step in proof.steps if isinstance(step.rule, Known)]
    done = 0
    for point in points(proof.variables, 40 * SPOT_CHECKS):
        if not all(agrees(fact, point) for fact in cited):
            continue
        for step in proof.steps:
            require(agrees(step.fact, point), f"step {step.name!r} is false at {_show(point)}")
        done += 1
        if done == SPOT_CHECKS:
            return
    require(done > 0, "no rational point satisfies the cited facts: the proof says nothing")


def _show(point: Point) -> str:
    return ", ".join(f"{symbol}={value}" for symbol, value in point.items())
