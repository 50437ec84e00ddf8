"""How many dimensions of parameters produce one critical product: one orbit of inner rotations.

Statement   Let Z of rank r, 1 ≤ r ≤ d, be the product of some critical factors (differentiable fit, λ > 0).
            All critical factors of Z are one orbit of O(d)^L with stabiliser O(d−r)^L: of dimension
            L(rd − r(r+1)/2), whatever the degeneracies of the singular values. (Rotations of the inner spaces
            keep the loss, so an orbit is critical as a whole.)
Source      amends 2410.23169, Theorem 5; derived for this project.
Computed    exact ranks over the rationals: tangent vectors of rotations from below, kernel of the linearised
            equations from above; nullities of exact Hessians at collapse and paired points.
Tight       equality.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.landscape.dimension import DEPTH, ORBIT_DIMENSION, RANK, WIDTH, inner_dimension
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS
from verify.claim import Claim, Run
from verify.claims.landscape.lemmas.steps import same
from verify.evidence import Evidence, Table, overall
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, Step, Variable
from verify.strategies import positive_rationals


def exact_margin(instance: Instance) -> Margin:
    """Minus the distance of the two exact ranks from the formula."""
    from numerics.landscape.orbit import critical_kernel, orbit_rank, rational_chain

    roots, width, depth = instance["roots"], instance["width"], instance["depth"]
    chain = rational_chain(roots, width=width, depth=depth)
    dimension = float(ORBIT_DIMENSION(rank=len(roots), width=width, factors=depth + 1))
    off = abs(orbit_rank(chain) - dimension) + abs(critical_kernel(chain, roots) - dimension)
    return Margin(-off, 0.0, equality=True)


def is_wide_enough(instance: Instance) -> bool:
    """Positive rational roots, no more than the width, and at least one weight matrix."""
    roots = instance["roots"]
    return 1 <= len(roots) <= instance["width"] and min(roots) > 0 and instance["depth"] >= 1


def instances() -> Any:
    """Rank up to 3, often with equal singular values, width up to 5."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "roots": st.lists(positive_rationals(largest=3, denominator=2), min_size=1, max_size=3),
            "width": st.integers(1, 5),
            "depth": st.integers(1, 3),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Rank up to 4 with repeated singular values, width up to 6, depth up to 3."""
    rank = int(generator.integers(1, 5))
    roots = [Fraction(int(generator.integers(1, 4)), int(generator.integers(1, 3))) for _ in range(rank)]
    return {
        "roots": roots,
        "width": rank + int(generator.integers(0, 3)),
        "depth": int(generator.integers(1, 4)),
    }


def _proof() -> Proof:
    """Orbit and stabiliser, counted."""
    dimension = sp.Symbol("dimension", nonnegative=True)
    rotations = WIDTH * (WIDTH - 1) / 2
    fixing = (WIDTH - RANK) * (WIDTH - RANK - 1) / 2
    return Proof(
        title="dim O(d)^L − dim O(d−r)^L = L(rd − r(r+1)/2)",
        variables=(
            Variable(RANK, "r", sp.Integer(1)),
            Variable(WIDTH, "d ≥ r", sp.Integer(1)),
            Variable(FACTORS, "F = L + 1", sp.Integer(2)),
            Variable(dimension, "dimension of the critical factors of Z", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step(
                "orbit",
                Fact(dimension, "=", DEPTH * (rotations - fixing)),
                Known(
                    "orbit and stabiliser (Lee 2013, Theorem 21.18) and balance at critical points "
                    "(Garrod and Keating 2025, Lemma 1)"
                ),
                "balanced A_j = Q_j(ZᵀZ)^{1/2F}Q_{j−1}ᵀ with isometries Q_j of the row space of Z: inner "
                "rotations act transitively on (Q_1, …, Q_L), Z fixes both ends, and R_l fixes Q_l iff it is "
                "the identity on r dimensions",
            ),
            same(
                "count",
                DEPTH * (rotations - fixing),
                ORBIT_DIMENSION.expression,
                "one Stiefel manifold of r-frames for each inner space",
            ),
            same("frames", rotations - fixing, inner_dimension(RANK, WIDTH), "of dimension rd − r(r+1)/2"),
            Step(
                "dimension",
                Fact(dimension, "=", ORBIT_DIMENSION.expression),
                Combination(((sp.Integer(1), "orbit"), (sp.Integer(1), "count"))),
                "no singular value enters",
            ),
        ),
        goals=("dimension", "frames"),
    )


def nullities(run: Run) -> Evidence:
    """Exact nullity of the full Hessian at collapse and at paired points."""
    from numerics.landscape.exact import collapse_point, nullity, paired_point, rational_hessian
    from numerics.landscape.orbit import orbit_rank

    rows: list[tuple[str | int | float | bool, ...]] = []
    holds = True
    for classes in (3, 4, 5, 6) if run.level == "quick" else (3, 4, 5, 6, 7, 8):
        for factors in (2, 3, 4):
            for width in (classes, classes + 2):
                place = {"classes": classes, "factors": factors, "width": width, "root": 3}
                points = {
                    "collapse": (classes - 1, collapse_point(**place, off_class=Fraction(1, 2 * classes)))
                }
                if classes % 2 == 0:
                    points["paired"] = (classes // 2, paired_point(**place, odds=40))
                for name, (rank, point) in points.items():
                    expected = int(ORBIT_DIMENSION(rank=rank, width=width, factors=factors))
                    found = nullity(rational_hessian(point))
                    tangent = orbit_rank(point.factors)
                    holds &= found == tangent == expected
                    rows.append((name, classes, factors - 1, width, rank, expected, tangent, found))
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if holds else -1)]),
        summary=f"{len(rows)} exact Hessians have this nullity",
        instances=len(rows),
        tables=(
            Table(
                "Orbit and nullity over the rationals",
                ("point", "K", "L", "d", "r", "L(rd − r(r+1)/2)", "rank of the tangent map", "nullity"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/dimension",
    title="The critical factors of a product of rank r are one orbit of dimension L(rd − r(r+1)/2)",
    statement=(
        r"\dim\{(W_L,\dots,W_1,H)\text{ critical}:W_L\cdots W_1H=Z\}"
        r"=\dim O(d)^L-\dim O(d-r)^L=L\Bigl(rd-\frac{r(r+1)}2\Bigr),\quad 1\le r\le d"
    ),
    source=RANKCOLLAPSE.at("theory 3.6"),
    computed="exact ranks from below and above, and exact nullities of Hessians",
    tight="equality, whatever the singular values",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    exact_margin=exact_margin,
    proofs=(_proof(),),
    experiments=(nullities,),
    quick_samples=60,
    full_samples=1_000,
)
