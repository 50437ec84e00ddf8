"""Where the paired ReLU network stops being cheaper than linear collapse: every other (K, L), exactly.

Statement   Outside K ≥ 14, 10, 8, 6 at L ≥ 4, 5, 6, 8 the paired ReLU network costs more than K − 1, the cost
            of linear collapse at equal scale: for 2 ≤ L ≤ 3 and for K ≤ 5 always. (K − 1 bounds the cost of
            collapsed ReLU networks from below and none attains it for L ≥ 2, so the network may still be
            cheaper than those.)
Source      2410.23169, Theorem 7: K ≥ 10 and L ≥ 5, or K ≥ 16 and L = 4; the exact set is derived for this
            project.
Computed    k³(k+2)^{L−2} against 2^{L−3}(k−1)^{L+1} in integers, k = K − (K mod 2); the table by depth
            beside the printed network's and the printed theorem's.
Tight       yes: the complement of cross-entropy/relu-low-rank-wins. Other networks may do better still.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from theory.cross_entropy.relu_paired import (
    relu_paired_wins,
    relu_printed_network_wins,
    relu_printed_theorem,
)
from theory.sources import GARROD_KEATING_2025
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Induction, Proof, RationalSign, Step, Variable

COVERED = ((14, 4), (10, 5), (8, 6), (6, 8))
"""(K, L) from which on the network is cheaper."""


def outside(instance: Instance) -> bool:
    """K ≥ 2 and L ≥ 2 in none of the four cases."""
    classes, depth = instance["classes"], instance["depth"]
    covered = any(classes >= fewest and depth >= first for fewest, first in COVERED)
    return classes >= 2 and depth >= 2 and not covered


def _excess(k: Any, depth: Any) -> Any:
    """8k³(k+2)^{L−2} − 2^L(k−1)^{L+1}: positive where the network costs more than K − 1."""
    return 8 * k**3 * (k + 2) ** (depth - 2) - 2**depth * (k - 1) ** (depth + 1)


def margin(instance: Instance) -> Margin:
    """The difference of the F-th powers of the two costs, in integers."""
    classes = instance["classes"]
    return Margin.exact(_excess(classes - classes % 2, instance["depth"]))


def instances() -> Any:
    """Small K and L."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries({"classes": st.integers(2, 30), "depth": st.integers(2, 12)})


def sampler(generator: np.random.Generator) -> Instance:
    """Any K at small depth, any depth at small K."""
    if generator.random() < 0.5:
        return {"classes": int(generator.integers(2, 1000)), "depth": int(generator.integers(2, 4))}
    return {"classes": int(generator.integers(2, 14)), "depth": int(generator.integers(2, 60))}


def _shallow() -> Proof:
    """L = 2 and L = 3: polynomials in k."""
    k = sp.Symbol("k", positive=True)
    return Proof(
        title="at L = 2 and L = 3 for every K",
        variables=(Variable(k, "paired classes", sp.Integer(2)),),
        steps=tuple(
            Step(
                f"L = {depth}",
                Fact(_excess(k, sp.Integer(depth)), ">"),
                RationalSign(),
                "a polynomial in k − 2",
            )
            for depth in (2, 3)
        ),
        goals=("L = 2", "L = 3"),
    )


def _few(k: int) -> Proof:
    """k = 2 or 4 at every depth: f(L+1) − (k+2)f(L) = (4 − k)·2^L(k−1)^{L+1} is never negative."""
    depth = sp.Symbol("depth", integer=True, positive=True)
    f = _excess(sp.Integer(k), depth)
    growth = f.subs(depth, depth + 1) - (k + 2) * f
    left_over = Step("left over", Fact((4 - k) * 2**depth, ">"), Evident(), "2·2^L")
    grows = Combination(((sp.Integer(1), "left over"),))
    following = (
        Step("next depth", Fact(growth, "="), Identity(), "f(L+1) = 6f(L)")
        if k == 4
        else Step("next depth", Fact(growth, ">"), grows, "f(L+1) − 4f(L) = 2·2^L")
    )
    return Proof(
        title=f"K = {k} and {k + 1} at every depth",
        variables=(Variable(depth, "L", sp.Integer(2), integer=True),),
        steps=(
            Step("L = 2", Fact(f.subs(depth, 2), ">"), Evident(), "a number"),
            *(() if k == 4 else (left_over,)),
            following,
            Step(
                "every depth",
                Fact(f, ">"),
                Induction(depth, "L = 2", "next depth", sp.Integer(k + 2)),
                "8k³(k+2)^{L−2} > 2^L(k−1)^{L+1}",
            ),
        ),
        goals=("every depth",),
    )


def _rest() -> Proof:
    """The finitely many pairs that are left."""
    left = [(6, depth) for depth in range(4, 8)] + [(8, 4), (8, 5), (10, 4), (12, 4)]
    return Proof(
        title="the pairs that are left: k = 6 at L = 4…7, k = 8 at L = 4, 5, k = 10 and 12 at L = 4",
        variables=(),
        steps=tuple(
            Step(
                f"k = {k}, L = {depth}",
                Fact(_excess(sp.Integer(k), sp.Integer(depth)), ">"),
                Evident(),
                "8k³(k+2)^{L−2} exceeds 2^L(k−1)^{L+1}",
            )
            for k, depth in left
        ),
        goals=tuple(f"k = {k}, L = {depth}" for k, depth in left),
    )


def table(run: Run) -> Evidence:
    """For every depth the K at which the network is cheaper, in integers, beside the printed ones."""
    deepest = 12 if run.level == "quick" else 60
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for depth in range(2, deepest + 1):
        printed = [classes for classes in range(2, 61) if relu_printed_theorem(classes, depth)]
        margins += [Margin.exact(1 if relu_paired_wins(classes, depth) else -1) for classes in printed]
        rules = (relu_paired_wins, relu_printed_network_wins, relu_printed_theorem)
        rows.append((depth, *(_cheaper(rule, depth) for rule in rules)))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"all that is printed, and more: K = 14, 15 at L = 4 (table to L = {deepest})",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Collapse is not optimal with ReLU: K at each depth, compared in integers for 2 ≤ K ≤ 60",
                ("L", "a chain of scalars for odd K", "network as printed", "Theorem 7 as printed"),
                tuple(rows),
            ),
        ),
    )


def _cheaper(rule: Callable[[int, int], bool], depth: int) -> str:
    """The K ≤ 60 at which a rule holds, as text such as "14, K ≥ 16"."""
    holds = [classes for classes in range(2, 61) if rule(classes, depth)]
    if not holds:
        return "never"
    start = max(holds)
    while start - 1 in holds:
        start -= 1
    apart = [str(classes) for classes in holds if classes < start]
    return ", ".join([*apart, f"K ≥ {start}"])


CLAIM = Claim(
    id="cross-entropy/relu-construction-ends-there",
    title="The paired ReLU network costs less than linear collapse at no other K and L",
    statement=(
        r"K,L\ge2,\ (K,L)\notin\{K\ge14,L\ge4\}\cup\{K\ge10,L\ge5\}\cup\{K\ge8,L\ge6\}\cup\{K\ge6,L\ge8\}"
        r"\ \Longrightarrow\ k^3(k+2)^{L-2}>2^{L-3}(k-1)^{L+1},\quad k=2\lfloor K/2\rfloor"
    ),
    source=GARROD_KEATING_2025.at("Theorem 7, exact set"),
    computed="the two costs to the power F, in integers; the table beside the printed one",
    tight="yes: the complement of what cross-entropy/relu-low-rank-wins proves",
    instances=instances,
    sampler=sampler,
    hypotheses=outside,
    margin=margin,
    proofs=(_shallow(), _few(2), _few(4), _rest()),
    experiments=(table,),
)
