"""With two factors no logits with margins cost less than the simplex, for every K.

Statement   K ≥ 2, Z of K×K with margins Z_cc − Z_jc ≥ 1: ‖Z‖_* ≥ K − 1, attained by S = I − J/K.
Source      theory 5.4; global optimality is 2605.23087's KKT condition with ‖G‖_2 ≤ 1.
Computed    ‖Z‖_* minus (K − 1) times the mean margin on random Z, a third of them near the simplex; Clarabel
            and our own solver at K up to 12; every tight code at F = 2.
Tight       yes: the simplex attains it.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices


def margin(instance: Instance) -> Margin:
    """‖Z‖_* minus (K − 1) times the mean of the K(K − 1) margins: more than the statement asks."""
    logits = np.asarray(instance["logits"], dtype=np.float64)
    classes = len(logits)
    values = np.linalg.svd(logits, compute_uv=False)
    total = classes * float(np.trace(logits)) - float(logits.sum())
    error = LINEAR_ALGEBRA * classes * float(values[0])
    return Margin.at_least(float(values.sum()), total / classes, error=error)


def hypotheses(instance: Instance) -> bool:
    """A square matrix of at least two classes."""
    rows = instance["logits"]
    return len(rows) >= 2 and all(len(row) == len(rows) for row in rows)


def sampler(generator: np.random.Generator) -> Instance:
    """Gaussian logits of two to nine classes, or the simplex moved a little or not at all."""
    classes = int(generator.integers(2, 10))
    logits = generator.standard_normal((classes, classes))
    if generator.random() < 1 / 3:
        shift = 10.0 ** generator.uniform(-6, 0) * int(generator.integers(2))
        logits = shift * logits + np.eye(classes) - 1 / classes
    return {"logits": logits}


def instances() -> Any:
    """Small integer logits of two to four classes."""
    from hypothesis import strategies as st

    return st.integers(2, 4).flatmap(
        lambda classes: integer_matrices(classes, classes).map(lambda logits: {"logits": logits})
    )


def solvers(run: Run) -> Evidence:
    """The convex program itself, by an interior point and by alternating directions."""
    from numerics.representation_cost import margins, representation_cost

    found: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in (2, 3, 5, 8) if run.level == "quick" else (2, 3, 4, 5, 6, 7, 8, 10, 12):
        problem = margins(np.ones((classes, classes)))
        for solver in ("clarabel", "own"):
            solved = representation_cost(problem, solver=solver)
            if solved.remedy:
                return Evidence(kind="solver", outcome=overall([]), summary=f"{solver}: {solved.remedy}")
            found.append(Margin.equal(solved.value, classes - 1, error=SOLVER_GAP * classes))
            found.append(Margin.at_least(classes - 1, solved.lower_bound, error=SOLVER_GAP * classes))
            rows.append((classes, solver, solved.value, solved.lower_bound, solved.gap))
    return Evidence(
        kind="solver",
        outcome=overall(found),
        summary=f"{len(rows)} programs, value K − 1, largest gap {max(float(row[4]) for row in rows):.1g}",
        instances=len(rows),
        worst=worst_of(found),
        tables=(
            Table("min ‖Z‖_* at margins ≥ 1", ("K", "solver", "value", "dual bound", "gap"), tuple(rows)),
        ),
        versions=versions("cvxpy", "clarabel"),
    )


def codes(run: Run) -> Evidence:
    """What other tight codes cost at F = 2: K/m, m the smallest gap, and m ≤ K/(K − 1)."""
    from theory.representation_cost.codes import SumOfCodes, whole_codes

    found: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in range(4, 13):
        for code in whole_codes(classes):
            cost = SumOfCodes((code,), 0).cost(2)
            found.append(Margin.at_least(cost, classes - 1))
            rows.append((classes, code.name, code.rank, cost, cost / (classes - 1)))
    return Evidence(
        kind="construction",
        outcome=overall(found),
        summary=f"{len(rows)} other codes cost at least {min(float(row[4]) for row in rows):.3g}(K − 1)",
        instances=len(rows),
        worst=worst_of(found),
        tables=(
            Table("Other codes at two factors", ("K", "code", "rank", "cost", "cost/(K − 1)"), tuple(rows)),
        ),
    )


def _proof() -> Proof:
    norm = sp.Symbol("nuclear_norm", nonnegative=True)
    mean = sp.Symbol("mean_margin", positive=True)
    own, beside = 1 - 1 / CLASSES, -1 / CLASSES
    return Proof(
        title="‖Z‖_* ≥ K − 1 at margins ≥ 1, attained by the simplex",
        variables=(
            Variable(CLASSES, "K", sp.Integer(2), integer=True),
            Variable(norm, "‖Z‖_*", sp.Integer(0), stands_for=True),
            Variable(mean, "the mean of the K(K − 1) margins of Z, none below one", sp.Integer(1)),
        ),
        steps=(
            Step(
                "S² on its diagonal",
                Fact(own**2 + (CLASSES - 1) * beside**2, "=", own),
                Identity(),
                "S = I − J/K has 1 − 1/K on the diagonal and −1/K beside it",
            ),
            Step(
                "S² beside it",
                Fact(2 * own * beside + (CLASSES - 2) * beside**2, "=", beside),
                Identity(),
                "so S is a symmetric projection: its eigenvalues are zero and one, ‖S‖_2 = 1",
            ),
            Step(
                "multipliers",
                Fact((CLASSES - 1) * (1 / CLASSES), "=", own),
                Identity(),
                "Σ (e_c − e_j)e_cᵀ/K over the pairs j ≠ c has this diagonal, and −1/K beside it: it is S, "
                "so ⟨S, Z⟩ is the sum of the K(K − 1) margins of Z divided by K",
            ),
            Step(
                "duality",
                Fact(norm, ">=", CLASSES * (CLASSES - 1) * mean / CLASSES),
                Known("von Neumann 1937: ‖G‖_2 ‖Z‖_* ≥ ⟨G, Z⟩"),
                "with G = S",
            ),
            Step(
                "margins",
                Fact((CLASSES - 1) * (mean - 1), ">="),
                RationalSign(),
                "the mean is at least one",
            ),
            Step(
                "lower bound",
                Fact(norm, ">=", CLASSES - 1),
                Combination(((sp.Integer(1), "duality"), (sp.Integer(1), "margins"))),
                "nothing costs less",
            ),
            Step("margins of S", Fact(own - beside, "=", sp.Integer(1)), Identity(), "S is feasible"),
            Step(
                "cost of S",
                Fact(CLASSES * own, "=", CLASSES - 1),
                Identity(),
                "its nuclear norm is its trace, S being positive semidefinite",
            ),
        ),
        goals=(
            "S² on its diagonal",
            "S² beside it",
            "multipliers",
            "lower bound",
            "margins of S",
            "cost of S",
        ),
    )


CLAIM = Claim(
    id="representation-cost/simplex-is-optimal-for-margins",
    title="With two factors no logits with margins cost less than the simplex",
    statement=r"\min\{\|Z\|_*:\ Z_{cc}-Z_{jc}\ge1\ (j\ne c)\}=K-1,\quad\text{attained by }S=I-J/K",
    source=RANKCOLLAPSE.at("theory 5.4"),
    computed="‖Z‖_* minus K − 1 times the mean margin; the convex program; every tight code",
    tight="yes: the simplex attains it",
    instances=instances,
    sampler=sampler,
    hypotheses=hypotheses,
    margin=margin,
    proofs=(_proof(),),
    experiments=(solvers, codes),
)
