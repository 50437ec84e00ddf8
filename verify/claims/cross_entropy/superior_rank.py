"""How few dimensions can serve every class: q_2 = 1, and q_K = 2 for every K ≥ 3.

Statement   A diagonally superior K×K matrix (each column's largest entry strictly on its class) has rank at
            least q_K; q_2 = 1, q_K = 2 for K ≥ 3, and the bound is attained. (K = 2: zero serves nobody, and
            [[1, −1], [−1, 1]] has the margins 2.)
Source      2410.23169, q_K of Theorem 3; its value is derived for this project.
Computed    the least margin of random rank-one matrices, never positive; exact ranks of parabola codes.
Tight       yes: equality for every K.
"""

from typing import Any, cast

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import least_margin
from theory.cross_entropy.superior_rank import (
    PARABOLA_ENTRY,
    PARABOLA_MARGIN,
    SUPERIOR_RANK_SOURCE,
    least_superior_code,
    lifted_code,
    superior_rank,
)
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Proof, RationalSign, Step, Variable


def three_classes_or_more(instance: Instance) -> bool:
    """u and v of one length K ≥ 3."""
    return len(instance["left"]) == len(instance["right"]) >= 3


def margin(instance: Instance) -> Margin:
    """Minus the least margin of uvᵀ, exact for the integers and fractions that are drawn."""
    left, right = instance["left"], instance["right"]
    return Margin.exact(-least_margin([[one * other for other in right] for one in left]))


def instances() -> Any:
    """Two lists of three to five small integers."""
    from hypothesis import strategies as st

    def vectors(size: int) -> Any:
        vector = st.lists(st.integers(-4, 4), min_size=size, max_size=size)
        return st.fixed_dictionaries({"left": vector, "right": vector})

    return st.integers(3, 5).flatmap(vectors)


def sampler(generator: np.random.Generator) -> Instance:
    """Integer vectors of length three to twelve."""
    classes = int(generator.integers(3, 13))
    draws = generator.integers(-1000, 1001, size=(2, classes))
    return {"left": draws[0].tolist(), "right": draws[1].tolist()}


def _rank_one_fails() -> Proof:
    """Six margins of three classes of uvᵀ multiply to minus a square."""
    up = sp.symbols("up1:4", nonnegative=True)
    down = sp.symbols("down1:4", nonnegative=True)
    left = sp.symbols("left1:4", nonnegative=True)
    right = [plus - minus for plus, minus in zip(up, down, strict=True)]
    values = [(left[j] - left[i]) * right[j] for j in range(3) for i in range(3) if i != j]
    product = sp.Mul(*values)
    root = sp.Mul(*right) * (left[0] - left[1]) * (left[1] - left[2]) * (left[0] - left[2])
    return Proof(
        title="three classes cannot all be served by rank one",
        variables=(
            *(
                Variable(u, f"u_{i + 1}; adding a number to u changes no margin", sp.Integer(0))
                for i, u in enumerate(left)
            ),
            *(Variable(v, f"positive part of v_{i + 1}", sp.Integer(0)) for i, v in enumerate(up)),
            *(Variable(v, f"negative part of v_{i + 1}", sp.Integer(0)) for i, v in enumerate(down)),
        ),
        steps=(
            Step("square", Fact(root**2, ">="), Evident(), "a square"),
            Step(
                "six margins",
                Fact(product + root**2, "="),
                Identity(),
                "the margins (u_j − u_i)v_j of three classes multiply to minus that square",
            ),
            Step(
                "not all positive",
                Fact(sp.Integer(0), ">=", product),
                Combination(((sp.Integer(1), "square"), (sp.Integer(-1), "six margins"))),
                "so they are not all positive, whatever the other classes are",
            ),
        ),
        goals=("not all positive",),
    )


def _rank_two_suffices() -> Proof:
    """Points on a parabola: margins are squares of distances, and all 3×3 minors vanish."""
    t = sp.symbols("t1:4", nonnegative=True)
    s = sp.symbols("s1:4", nonnegative=True)
    step = sp.Symbol("step", positive=True)
    square = PARABOLA_MARGIN.at(point=t[0] + step, other=t[0])

    def entry(row: sp.Expr, column: sp.Expr) -> sp.Expr:
        return PARABOLA_ENTRY.at(point=row, other=column)

    minor = cast(sp.Expr, sp.Matrix(3, 3, lambda i, j: entry(t[i], s[j])).det())
    gap = entry(t[0], t[0]) - entry(t[0] + step, t[0])
    gap_down = entry(t[0] + step, t[0] + step) - entry(t[0], t[0] + step)
    return Proof(
        title="the parabola code serves every class in rank two",
        variables=(
            *(Variable(x, "t of a row, counted from the smallest", sp.Integer(0)) for x in t),
            *(Variable(x, "t of a column, counted from the smallest", sp.Integer(0)) for x in s),
            Variable(step, "distance to another point", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("minor", Fact(minor, "="), Identity(), "every 3×3 minor vanishes: the rank is at most two"),
            Step("margin upwards", Fact(gap, "=", square), Identity(), "X_jj − X_ij = (t_i − t_j)²"),
            Step("margin downwards", Fact(gap_down, "=", square), Identity(), "and the other way round"),
            Step("square", Fact(square, ">"), RationalSign(), "the points differ"),
            Step(
                "served from above",
                Fact(gap, ">"),
                Combination(((sp.Integer(1), "margin upwards"), (sp.Integer(1), "square"))),
                "the diagonal is larger",
            ),
            Step(
                "served from below",
                Fact(gap_down, ">"),
                Combination(((sp.Integer(1), "margin downwards"), (sp.Integer(1), "square"))),
                "the diagonal is larger",
            ),
        ),
        goals=("minor", "served from above", "served from below"),
    )


def codes(run: Run) -> Evidence:
    """Exact ranks and margins of parabola codes, and of lifted points in the plane (rank three)."""
    from numerics.exact.codes import exact_rank

    largest = 16 if run.level == "quick" else 60
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for classes in range(2, largest + 1):
        code = least_superior_code(classes)
        rank, least = exact_rank(code), least_margin(code)
        margins += [Margin.exact(-abs(superior_rank(classes) - rank)), Margin.exact(least)]
        rows.append((classes, superior_rank(classes), rank, least))
    planar = lifted_code([[x, y] for x in range(3) for y in range(3)])
    margins.append(Margin.exact(least_margin(planar)))
    rows.append((9, superior_rank(9), exact_rank(planar), least_margin(planar)))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"exact ranks for K = 2…{largest}",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Parabola codes in integers; last a 3×3 grid of points, one dimension more than needed",
                ("K", "q_K", "exact rank", "least margin"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="cross-entropy/superior-rank",
    title="Two dimensions serve any number of classes, one dimension only two",
    statement=(
        r"q_K=\min\{\operatorname{rank}X:\ X_{jj}>X_{ij}\ \forall i\ne j\}:\qquad q_2=1,\quad q_K=2\ (K\ge3)"
    ),
    source=SUPERIOR_RANK_SOURCE,
    computed="least margin of rank-one matrices; exact rank of parabola codes",
    tight="yes: equality",
    instances=instances,
    sampler=sampler,
    hypotheses=three_classes_or_more,
    margin=margin,
    proofs=(_rank_one_fails(), _rank_two_suffices()),
    experiments=(codes,),
)
