"""Three classes, and four with three or four factors: the best codes known are optimal within one per cent.

Statement   margins Z_cc − Z_jc ≥ 1 cost Σσ_i^{2/F} ≥ b, for the K, F and b of the table.
Source      derived for this project; the codes are those of theory 6.2.
Computed    a bisection of Gram matrices into simplices, each bounded from below; the codes' costs from above.
Tight       b is 0.1 per cent below the simplex for three classes, 1 per cent below the best code for four:
            at F = 3 the simplex, at F = 4 the orthoplex.
"""

from typing import Final

import sympy as sp

from theory.representation_cost.codes import cheapest_sum
from theory.sources import RANKCOLLAPSE
from theory.tolerances import CLOSED_FORM
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin
from verify.proof import CodeBisection, MarginCost, Proof, Step
from verify.proof.facts import Matrix

BOUNDS: Final = (
    (3, 3, sp.Rational(1998, 1000), 67),
    (3, 4, sp.Rational(1998, 1000), 105),
    (3, 5, sp.Rational(1998, 1000), 125),
    (3, 6, sp.Rational(1998, 1000), 170),
    (3, 7, sp.Rational(1998, 1000), 273),
    (3, 8, sp.Rational(1998, 1000), 377),
    (4, 3, sp.Rational(2971, 1000), 111_200),
    (4, 4, sp.Rational(2801, 1000), 208_500),
)
"""K, F, the bound, and the nodes its bisection may have: a few more than it has, too few for more."""


def _ones(classes: int) -> Matrix:
    return tuple(tuple(sp.Integer(int(j != c)) for c in range(classes)) for j in range(classes))


def _proof(classes: int, factors: int, bound: sp.Rational, nodes: int) -> Proof:
    sizes = (sp.Integer(1),) * classes
    fact = MarginCost(sp.Integer(factors), sizes, _ones(classes), bound)
    step = Step("bound", fact, CodeBisection(sp.Integer(nodes)), "done again at every check")
    return Proof(f"K = {classes}, F = {factors}", (), (step,), ("bound",))


def codes(run: Run) -> Evidence:
    """The cheapest sums of tight codes, from above."""
    found: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes, factors, bound, nodes in BOUNDS:
        best = cheapest_sum(classes, factors)
        cost, below = best.cost(factors), float(bound)
        found.append(Margin.at_least(cost, below, error=CLOSED_FORM * cost))
        rows.append((classes, factors, best.name, below, cost, cost - below, cost / below - 1, nodes))
    return Evidence(
        kind="construction",
        outcome=overall(found),
        summary=f"{len(rows)} codes within {100 * max(float(row[6]) for row in rows):.2g} % of the bounds",
        instances=len(rows),
        worst=worst_of(found),
        tightness=min(float(row[3]) / float(row[4]) for row in rows),
        tables=(
            Table(
                "What margins cost, from either side",
                ("K", "F", "structure", "proved bound", "its cost", "gap", "relative gap", "nodes allowed"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="representation-cost/few-classes-from-below",
    title="For three and four classes the best codes known are optimal within one per cent",
    statement=r"Z_{cc}-Z_{jc}\ge1\ (j\ne c)\ \Rightarrow\ \sum_i\sigma_i(Z)^{2/F}\ge b",
    source=RANKCOLLAPSE.at("few classes from below"),
    computed="a bisection of Gram matrices into simplices; the costs of codes from above",
    tight="within 0.1 per cent for three classes, one per cent for four",
    proofs=tuple(_proof(*each) for each in BOUNDS),
    certified_on="K = 3, F = 3…8; K = 4, F = 3, 4",
    experiments=(codes,),
)
