"""What unequal margins and imbalanced classes cost with two factors: bounds with rational certificates.

Statement   For the margins m and class sizes n of each instance below: ‖Z diag(√n)‖_* ≥ bound for every Z
            with Z_cc − Z_jc ≥ m_jc.
Source      Derived for this project: weak duality, rounded to rationals and repaired exactly.
Computed    the least nuclear norm by Clarabel, made an exact point with rational factors, against each bound.
Tight       to 10⁻⁵: the bounds are dual optima of a solver, rounded.

The proofs stand in `certificates/unequal_margins.json`, an ordinary proof file that ``rankcollapse verify
--replay`` checks with no solver. `drawn_instances` names the instances, `numerics.certificates` finds the
multipliers.
"""

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin
from verify.proof import MarginCost, Proof
from verify.proof_file import read

FILE = Path(__file__).parent / "certificates" / "unequal_margins.json"

TIGHTNESS = 1e-5
"""Relative distance allowed between a certified bound and a solver's optimum."""

Instances = dict[str, tuple[list[list[Fraction]], list[int]]]


def drawn_instances() -> Instances:
    """Margins and sizes: random margins in tenths from ½ to 2, classes of one to fifty samples.

    >>> {name: sizes for name, (_, sizes) in drawn_instances().items()}["one large class"]
    [50, 1, 1, 1]
    """
    generator = np.random.default_rng(0)
    equal = Fraction(1)

    def random(classes: int) -> list[list[Fraction]]:
        tenths = generator.integers(5, 21, size=(classes, classes)).tolist()
        return [
            [Fraction(t, 10) if j != c else Fraction(0) for c, t in enumerate(row)]
            for j, row in enumerate(tenths)
        ]

    def alike(classes: int) -> list[list[Fraction]]:
        return [[equal if j != c else Fraction(0) for c in range(classes)] for j in range(classes)]

    return {
        "random margins, K = 3": (random(3), [1] * 3),
        "random margins, K = 5": (random(5), [1] * 5),
        "random margins, K = 8": (random(8), [1] * 8),
        "one large class": (alike(4), [50, 1, 1, 1]),
        "a long tail": (alike(6), [32, 16, 8, 4, 2, 1]),
        "half of the classes large": (alike(6), [10, 10, 10, 1, 1, 1]),
        "random margins and sizes, K = 5": (random(5), generator.integers(1, 20, size=5).tolist()),
        "random margins and sizes, K = 7": (random(7), generator.integers(1, 50, size=7).tolist()),
    }


def found_proofs() -> tuple[Proof, ...]:
    """The proofs as a solver finds them: how the file was made."""
    from numerics.certificates.margins import certify_margins
    from verify.certificates import proof_of

    return tuple(
        proof_of(certify_margins(margins, sizes), title=name)
        for name, (margins, sizes) in drawn_instances().items()
    )


@cache
def stored_proofs() -> tuple[Proof, ...]:
    """The proofs of the file; raises UsageError naming what is wrong with it."""
    return read(FILE).proofs


def solved(run: Run) -> Evidence:
    """Each bound against the least nuclear norm that a solver finds."""
    from numerics.certificates.points import exact_point
    from numerics.representation_cost import margins, representation_cost

    rows: list[tuple[str | int | float | bool, ...]] = []
    found: list[Margin] = []
    for proof in stored_proofs():
        fact = proof.steps[0].fact
        assert isinstance(fact, MarginCost)
        roots = np.sqrt(np.array([float(size) for size in fact.sizes]))
        required = np.array([[float(entry) for entry in row] for row in fact.margins])
        cost = representation_cost(margins(required, inputs=np.diag(1 / roots)))
        if cost.remedy:
            return Evidence(kind="solver", outcome=overall([]), summary=f"{cost.status}: {cost.remedy}")
        bound = float(fact.bound)
        asked, sizes = [[*map(_fraction, row)] for row in fact.margins], [*map(_fraction, fact.sizes)]
        point = exact_point(cost.matrix / roots, asked, sizes)
        found.append(Margin.exact(point.cost - _fraction(fact.bound) if point.holds() else Fraction(-1)))
        found.append(
            Margin.at_least(bound * (1 + TIGHTNESS), float(point.cost), error=LINEAR_ALGEBRA * bound)
        )
        found.append(Margin.at_least(bound * (1 + TIGHTNESS), cost.value, error=cost.gap))
        exact = float(point.cost)
        rows.append((proof.title, len(roots), bound, cost.value, exact, (cost.value - bound) / cost.value))
    return Evidence(
        kind="solver",
        outcome=overall(found),
        summary=f"bounds at most {max(float(row[-1]) for row in rows):.1g} below the solver's optimum",
        instances=len(rows),
        worst=worst_of(found),
        tables=(
            Table(
                "Least nuclear norm with unequal margins or sizes",
                ("instance", "K", "certified bound", "Clarabel", "exact point", "relative gap"),
                tuple(rows),
            ),
        ),
        versions=versions("cvxpy", "clarabel"),
    )


def _fraction(value: sp.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))


CLAIM = Claim(
    id="representation-cost/unequal-margins-certified",
    title="What unequal margins and imbalanced classes cost with two factors: rational certificates",
    statement=r"\|Z\operatorname{diag}(\sqrt n)\|_*\ge\text{bound}\qquad\forall Z:\ Z_{cc}-Z_{jc}\ge m_{jc}",
    source=RANKCOLLAPSE.at("theory 5.4, unequal margins and sizes"),
    computed="the least nuclear norm by Clarabel, held against each bound",
    tight="to 1e-5: dual optima of a solver, rounded",
    proofs=stored_proofs(),
    certified_on="the margins and sizes of the table",
    experiments=(solved,),
)
