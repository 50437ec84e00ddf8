"""What uneven margins and uneven classes cost with two factors: rational certificates.

Statement   for the margins m and sizes n of the table: ‖Z diag(√n)‖_* ≥ b for all Z with Z_cc − Z_jc ≥ m_jc.
Source      weak duality, as in theory 5.4; margins one at unequal sizes: Thrampoulidis et al. 2022.
Computed    multipliers that are feasible over the rationals; from above a rational point with rational
            factors; for margins one the simplex-encoded labels, optimal at any imbalance by that paper.
Tight       the two sides differ by less than 1e-6.
"""

from fractions import Fraction

import numpy as np

from theory.sources import THRAMPOULIDIS_2022
from theory.tolerances import SOLVER_GAP
from verify.certificates import proof_of
from verify.claim import Claim, Run
from verify.claims.representation_cost.certificates.margins import INSTANCES, Instance
from verify.evidence import Evidence, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin


def from_above(run: Run) -> Evidence:
    """A point of the solver's, made exact: its margins hold and its factors' cost is a rational number."""
    from numerics.certificates.points import exact_point
    from numerics.representation_cost import class_inputs, margins, representation_cost

    found: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for instance in INSTANCES:
        inverse_roots = class_inputs(instance.sizes)
        wanted = np.array(instance.margins, dtype=np.float64)
        # with Z' = Z diag(√n) and X = diag(1/√n) the problem is min ‖Z'‖_* at margins of Z'X
        solved = representation_cost(margins(wanted, inputs=inverse_roots))
        if solved.remedy:
            return Evidence(kind="solver", outcome=overall([]), summary=f"{instance.name}: {solved.remedy}")
        point = exact_point(solved.matrix @ inverse_roots, instance.margins, instance.sizes)
        low, high = instance.certificate.bound, point.cost
        found.append(Margin.exact(high - low if point.holds() else Fraction(-1)))
        gap = float(high / low - 1)
        found.append(Margin.at_least(SOLVER_GAP, gap, error=0.0))
        rows.append(
            (instance.name, len(instance.sizes), str([*instance.sizes]), float(low), float(high), gap)
        )
    return Evidence(
        kind="solver",
        outcome=overall(found),
        summary=f"{len(rows)} rational points within {max(float(row[5]) for row in rows):.1g} of the bounds",
        instances=len(rows),
        worst=worst_of(found),
        tables=(
            Table(
                "Least ‖Z diag(√n)‖_* at margins m, both sides exact",
                ("margins", "K", "n", "certified from below", "exact point", "gap"),
                tuple(rows),
            ),
        ),
        versions=versions("cvxpy", "clarabel"),
    )


def encoded_labels(run: Run) -> Evidence:
    """Margins one at unequal sizes: S costs ‖S diag(√n)‖_*, next to the certified bound."""
    found: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for instance in filter(_has_margins_one, INSTANCES):
        classes = len(instance.sizes)
        labels = (np.eye(classes) - 1 / classes) * np.sqrt(instance.sizes)
        cost, bound = float(np.linalg.svd(labels, compute_uv=False).sum()), float(instance.certificate.bound)
        found.append(Margin.equal(cost, bound, error=SOLVER_GAP * cost))
        rows.append((str([*instance.sizes]), bound, cost, cost - bound))
    return Evidence(
        kind="construction",
        outcome=overall(found),
        summary=f"simplex-encoded labels attain {len(rows)} bounds",
        instances=len(rows),
        worst=worst_of(found),
        tables=(
            Table("Simplex-encoded labels at unequal sizes", ("n", "bound", "cost of S", "gap"), tuple(rows)),
        ),
    )


def _has_margins_one(instance: Instance) -> bool:
    return all(entry == 1 for j, row in enumerate(instance.margins) for c, entry in enumerate(row) if j != c)


CLAIM = Claim(
    id="representation-cost/uneven-margins",
    title="What uneven margins and classes of unequal sizes cost with two factors, certified",
    statement=r"\|Z\operatorname{diag}(\sqrt n)\|_*\ge b\quad\text{for every }Z\text{ with }"
    r"Z_{cc}-Z_{jc}\ge m_{jc}\ (j\ne c),\quad b=\textstyle\sum\alpha_{jc}m_{jc}",
    source=THRAMPOULIDIS_2022.at("its convex program, with margins of any size"),
    computed="multipliers feasible over the rationals; rational points and factors from above",
    tight="the two sides differ by less than 1e-6",
    proofs=tuple(proof_of(each.certificate, title=f"{each.name}, n = {[*each.sizes]}") for each in INSTANCES),
    certified_on="the margins and sizes of the table",
    experiments=(from_above, encoded_labels),
)
