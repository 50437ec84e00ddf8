"""What margins cost at any depth, from below: every K ≥ 3, every F ≥ 2.

Statement   K ≥ 3, F ≥ 2, Z of K×K with margins Z_cc − Z_jc ≥ 1, C = Σσ_i(Z)^{2/F}, b = (K − 2)²/6:
            C^{F/(F−1)} ≥ ((K − 1)² − b)^{1/(F−1)} + b^{1/(F−1)}.
Source      derived for this project; the costs from above are those of theory 6.2.
Computed    the cost minus the bound on random logits scaled to margins one; sums of tight codes for K ≤ 12,
            F ≤ 8, between their cost and the best proved bound.
Tight       at F = 2, and in the limit F → ∞ (two); in between it misses up to half of the best
            known cost: see the table.
"""

from typing import Any, Final, Literal

import numpy as np
import sympy as sp

from theory.representation_cost.codes import cheapest_sum
from theory.representation_cost.deep_lower_bound import ALL, BETWEEN, DEEP_LOWER_BOUND, SPREAD
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS
from theory.tolerances import CLOSED_FORM, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.representation_cost.certificates.code_bounds import BISECTED
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices

CURVES: Final[tuple[tuple[str, int, Literal["line", "dashed"]], ...]] = (
    ("code", 3, "line"),
    ("bound", 4, "dashed"),
)


def smallest_margin(instance: Instance) -> float:
    """The smallest Z_cc − Z_jc, j ≠ c."""
    logits = np.asarray(instance["logits"], dtype=np.float64)
    margins = np.diag(logits) - logits
    return float(margins[~np.eye(len(logits), dtype=bool)].min())


def margin(instance: Instance) -> Margin:
    """Σσ_i^{2/F} of the logits scaled to smallest margin one, minus the bound."""
    logits = np.asarray(instance["logits"], dtype=np.float64)
    classes, factors = len(logits), float(instance["factors"])
    values = np.linalg.svd(logits / smallest_margin(instance), compute_uv=False)
    rounding = LINEAR_ALGEBRA * float(values[0]) * classes
    cost = float(np.sum(values ** (2 / factors)))
    # of a sum of powers 2/F ≤ 1, none moves by more than the power of what its argument moves by
    exact = np.maximum(values, rounding)
    error = float(np.sum(np.minimum(rounding ** (2 / factors), rounding * exact ** (2 / factors - 1))))
    bound = float(DEEP_LOWER_BOUND(classes=float(classes), factors=factors))
    return Margin.at_least(cost, bound, error=2 * error + CLOSED_FORM * cost)


def hypotheses(instance: Instance) -> bool:
    """Square logits of three classes or more with positive margins, and at least two factors."""
    rows = instance["logits"]
    if len(rows) < 3 or any(len(row) != len(rows) for row in rows) or not instance["factors"] >= 2:
        return False
    return smallest_margin(instance) > 0


def sampler(generator: np.random.Generator) -> Instance:
    """Codes of random points of low rank, each scaled to beat the others, or simplices, moved or not."""
    classes, factors = int(generator.integers(3, 9)), float(generator.choice([2, generator.uniform(2, 9)]))
    rank = int(generator.integers(1, classes + 1))
    points = generator.standard_normal((classes, rank)) * np.exp(generator.uniform(-2, 2, size=rank))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    logits = points @ points.T
    if rank == 1 or generator.random() < 0.3:
        moved = 0.3 * int(generator.integers(2)) * generator.uniform(size=(classes, classes))
        logits = np.eye(classes) - 1 / classes + moved
    return {"logits": logits, "factors": factors}


def instances() -> Any:
    """Diagonals of three or four classes, raised over small integers."""
    from hypothesis import strategies as st

    def raised(classes: int) -> Any:
        own = 7 * np.eye(classes, dtype=np.int64)
        logits = integer_matrices(classes, classes).map(lambda rows: (own + np.asarray(rows)).tolist())
        return st.fixed_dictionaries({"logits": logits, "factors": st.integers(2, 5)})

    return st.integers(3, 4).flatmap(raised)


def _proof() -> Proof:
    power, spread, total, smaller, slope, steeper = (
        sp.Symbol(name, nonnegative=True)
        for name in ("power", "spread", "total", "smaller", "slope", "steeper")
    )
    zero, one = sp.Integer(0), sp.Integer(1)
    return Proof(
        title="C^{F/(F−1)} ≥ ((K − 1)² − b)^{1/(F−1)} + b^{1/(F−1)}",
        variables=(
            Variable(CLASSES, "K", sp.Integer(3), integer=True),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(power, "C^{F/(F−1)}", zero, stands_for=True),
            Variable(spread, "X^{1/(F−1)} Σ_i λ_i^{1/(F−1)}", zero, stands_for=True),
            Variable(total, "X = Σ_c 1/d_c²", zero, stands_for=True),
            Variable(smaller, "v = X min(1 − λ_1, ½)", zero, stands_for=True),
            Variable(slope, "slope of φ between X − v and (K − 1)² − b", zero, stands_for=True),
            Variable(steeper, "slope of φ between v and b, less the other", zero, stands_for=True),
        ),
        steps=(
            Step(
                "points",
                Fact(power, ">=", spread),
                Known("Cauchy 1821: |h_c| |w_c − w| ≥ h_c·(w_c − w)"),
                "w_c and h_c the points and normals of A = (ZZᵀ)^{(F−1)/F}: Σ|h_c|² = tC ≥ X and "
                "C = t^{1/(F−1)} Σλ_i^{1/(F−1)}; eliminate t",
            ),
            Step(
                "centroids",
                Fact(total, ">=", (CLASSES * (CLASSES - 1) / CLASSES) ** 2),
                Known("Cauchy 1821: Σ1/|w_c|² ≥ K²/Σ|w_c|²"),
                "Σw_c = 0 and Σ|w_c|² = Σλ_i = 1; d_c is at most the distance K|w_c|/(K − 1) from the "
                "centroid of the others",
            ),
            Step(
                "all classes",
                Fact((CLASSES * (CLASSES - 1) / CLASSES) ** 2, "=", ALL),
                Identity(),
                "(K − 1)²",
            ),
            Step(
                "X",
                Fact(total, ">=", ALL),
                Combination(((one, "centroids"), (one, "all classes"))),
                "what all classes give",
            ),
            Step("half", Fact(ALL / 2 - BETWEEN, ">="), RationalSign(), "(K − 1)²/2 is no less than b"),
            Step(
                "between",
                Fact(smaller, ">=", BETWEEN),
                Known(
                    "Schur 1911: ‖M‖_2² is at most the largest row sum times the largest column sum of |M|",
                    uses=("X", "half"),
                ),
                "order the classes along the first axis. Each of the K − 2 in the middle has the same first "
                "coordinate as a point β w_a + (1 − β) w_b between its neighbours. Off the axis, where the "
                "points are the rows of U, these differences are the rows of MU: M has entries −1, β, 1 − β, "
                "row sums 2, column sums at most 3. So Σd_c² ≤ 6‖U‖² = 6(1 − λ_1) over the middle, and "
                "X ≥ (K − 2)²/Σd_c² by Cauchy. And X/2 ≥ b where v is that",
            ),
            Step("b", Fact(BETWEEN, ">"), RationalSign(), "there is a class in the middle"),
            Step("the rest", Fact(ALL - BETWEEN, ">"), RationalSign(), "(K − 1)² exceeds b"),
            Step(
                "slopes",
                Fact(spread - SPREAD, ">=", slope * (total - ALL) + steeper * (smaller - BETWEEN)),
                Known(
                    "Karamata 1932: Σφ(x_i) ≥ Σφ(y_i) if y majorises x, φ concave",
                    uses=("half", "b", "the rest"),
                ),
                "φ(x) = x^{1/(F−1)}. The values Xλ_i are majorised by X − v and v if λ_1 < ½, else split "
                "further from them, so spread ≥ φ(X − v) + φ(v); φ(X − v) − φ((K − 1)² − b) and φ(v) − φ(b) "
                "are slopes times differences, and add up to the right side",
            ),
            Step("φ rises", Fact(slope, ">="), RationalSign(), "1/(F − 1) is positive"),
            Step(
                "φ is concave",
                Fact(steeper, ">="),
                RationalSign(),
                "v ≤ X − v and b ≤ (K − 1)² − b: the slope further left is no less",
            ),
            Step(
                "bound",
                Fact(power, ">=", SPREAD),
                Combination(
                    ((one, "points"), (one, "slopes"), ("φ rises", "X"), ("φ is concave", "between"))
                ),
                "C is at least its power (F − 1)/F",
            ),
        ),
        goals=("bound",),
    )


def table(run: Run) -> Evidence:
    """The cheapest sum of tight codes against the bound, K ≤ 12 and F ≤ 8."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    found: list[Margin] = []
    certified = {(item.classes, item.factors): float(item.bound) for item in BISECTED}
    for classes in range(3, 13):
        for factors in range(2, 9):
            best = cheapest_sum(classes, factors)
            upper = best.cost(factors)
            general = float(DEEP_LOWER_BOUND(classes=float(classes), factors=float(factors)))
            bisected = certified.get((classes, factors), 0.0)
            lower = max(general, bisected)
            found.append(Margin.at_least(upper, lower, error=CLOSED_FORM * upper * classes))
            by = "bisection" if bisected > general else "this claim"
            rows.append((classes, factors, best.name, upper, lower, upper - lower, by))
    shares = {f: [row for row in rows if row[1] == f] for f in (3, 4, 8)}
    return Evidence(
        kind="construction",
        outcome=overall(found),
        summary=f"{len(rows)} costs of codes, largest gap {max(float(row[5]) for row in rows):.3g}",
        instances=len(rows),
        worst=worst_of(found),
        tightness=min(float(row[4]) / float(row[3]) for row in rows),
        tables=(
            Table(
                "Cheapest sums of tight codes at margins ≥ 1, and what no logits go below",
                ("K", "F", "structure", "its cost", "lower bound", "gap", "bounded by"),
                tuple(rows),
            ),
        ),
        plots=(
            Plot(
                "Best code and lower bound",
                "K",
                "Σσ^{2/F}",
                tuple(
                    Series(
                        f"F = {f}, {what}",
                        tuple(float(row[0]) for row in part),
                        tuple(float(row[column]) for row in part),
                        style,
                    )
                    for f, part in shares.items()
                    for what, column, style in CURVES
                ),
            ),
        ),
    )


CLAIM = Claim(
    id="representation-cost/deep-margins-from-below",
    title="What margins cost at any depth, from below",
    statement=r"K\ge3,\ F\ge2,\ Z_{cc}-Z_{jc}\ge1\ \Rightarrow\ \Bigl(\sum_i\sigma_i^{2/F}\Bigr)^{F/(F-1)}\ge"
    r"\bigl((K-1)^2-b\bigr)^{1/(F-1)}+b^{1/(F-1)},\quad b=\tfrac{(K-2)^2}{6}",
    source=RANKCOLLAPSE.at("deep margins from below"),
    computed="the cost minus the bound on random logits with margins; the best sums of tight codes",
    tight="at F = 2, and as F → ∞; in between see the table",
    instances=instances,
    sampler=sampler,
    hypotheses=hypotheses,
    margin=margin,
    proofs=(_proof(),),
    experiments=(table,),
)
