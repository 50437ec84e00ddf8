"""The representation cost of a two-layer ReLU network with one output is a convex program's value.

Statement   min ½(‖U‖² + ‖v‖²) over all widths, vᵀmax(UX, 0) = y, equals min Σ_p(‖a_p‖ + ‖b_p‖) over the
            activation patterns p, Σ_p D_p Xᵀ(a_p − b_p) = y, a_p and b_p in the cell of p. No bias but one
            that is penalised as a weight on a constant coordinate.
Source      2002.10553, Theorem 1, there for a loss in place of interpolation.
Computed    for targets given by a network: its own cost minus a lower bound that any multipliers give, and
            the cost of the network recovered from the program against that bound; descent from many starts.
Tight       an equality: the recovered network attains the bound to the solver's accuracy.
"""

import numpy as np

from theory.sources import PILANCI_ERGEN_2020
from theory.tolerances import SOLVER_GAP
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin
from verify.strategies.teachers import (
    TeacherShape,
    teacher_of,
    teacher_sampler,
    usable,
)

SHAPE = TeacherShape(dimension=3, samples=6, outputs=1)


def margin(instance: Instance) -> Margin:
    """The worse of: the teacher's cost minus the bound; the recovered network's cost against the bound."""
    from numerics.two_layer.scalar import scalar_cost

    samples, teacher, targets = teacher_of(instance)
    cost = scalar_cost(samples, targets)
    error = SOLVER_GAP * max(cost.lower_bound, teacher.cost)
    below = Margin.at_least(teacher.cost, cost.lower_bound, error=error)
    attained = Margin.equal(cost.value, cost.lower_bound, error=error)
    return worst_of([below, attained]) if attained.value < -attained.error else below


def descents(run: Run) -> Evidence:
    """Descent from many starts never ends below the program, and often at it; both solvers agree."""
    from numerics.two_layer.descent import descend_to_interpolation
    from numerics.two_layer.scalar import exact_scalar_bound, scalar_cost

    starts = 6 if run.level == "quick" else 40
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for name, dimension, count, bias in (
        ("line, bias", 1, 5, True),
        ("plane", 2, 5, False),
        ("space", 3, 6, False),
    ):
        rng = run.generator("two-layer/convex-program", name)
        samples = rng.standard_normal((dimension, count))
        if bias:
            samples = np.vstack([samples, np.ones(count)])
        targets = rng.standard_normal((1, count))
        cost, second = scalar_cost(samples, targets), scalar_cost(samples, targets, solver="scs")
        found = [descend_to_interpolation(samples, targets, width=3 * count, rng=rng) for _ in range(starts)]
        costs = sorted(network.cost for network in found if network is not None)
        error = SOLVER_GAP * cost.value
        margins += [Margin.at_least(each, cost.lower_bound, error=error) for each in costs]
        margins += [
            Margin.equal(other, cost.lower_bound, error=error) for other in (cost.value, second.value)
        ]
        exact = float(exact_scalar_bound(samples, targets, cost)) ** 0.5
        margins.append(Margin.at_least(cost.value, exact, error=0.0))
        arrived = sum(each <= cost.value * (1 + 1e-3) for each in costs)
        rows.append(
            (name, count, cost.patterns.count, cost.value, exact, second.value, costs[0] if costs else "—",
             f"{arrived} of {starts}")
        )  # fmt: skip
    columns = ("data", "N", "patterns", "recovered network", "rational lower bound", "SCS", "best descent",
               "descents within 0.1 %")  # fmt: skip
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"program and rational bound agree to {SOLVER_GAP:.0e}; descent never below",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table("Representation cost, one output", columns, tuple(rows)),),
        versions=versions("cvxpy", "clarabel", "scs"),
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to six samples in up to three dimensions."""
    return teacher_sampler(SHAPE, generator)


CLAIM = Claim(
    id="two-layer/convex-program",
    title="With one output the cost of two-layer ReLU networks is a convex program over activation patterns",
    statement=(
        r"\min_{v^\top(UX)_+=y}\tfrac12\left(\|U\|_F^2+\|v\|^2\right)"
        r"=\min\Big\{\sum_p\|a_p\|+\|b_p\|:\ \sum_pD_pX^\top(a_p-b_p)=y,\ a_p,b_p\in\mathcal K_p\Big\}"
    ),
    source=PILANCI_ERGEN_2020.theorem(1),
    computed="costs of networks against a dual bound and against the network recovered from the program",
    tight="an equality",
    sampler=sampler,
    hypotheses=lambda instance: usable(instance, SHAPE),
    margin=margin,
    experiments=(descents,),
    quick_samples=8,
    full_samples=600,
)
