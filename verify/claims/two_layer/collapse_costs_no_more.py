"""Collapsing clustered samples to one representative a class never costs more, by exact convex programs.

Statement   With y_i = t_class(i): the representation cost of N samples plus (κ/N) Σω(x_i) is no less than
            that of the cheapest member of each class plus (κ/N) Σ n_k ω(x_k), ω(x) = ½‖x‖²; giving every
            sample the features of that member attains the latter, with TCV = 0.
Source      2402.03991 (DNC1 is optimal), reconstruction from its abstract; programs of 2002.10553.
Computed    both costs as globally solved convex programs: a lower bound before, an upper bound after.
Tight       an equality when the classes are collapsed already; strict as soon as members differ in norm.
"""

import numpy as np
from numpy.typing import NDArray

from theory.networks.rank_bound import total_cluster_variation
from theory.networks.representation_cost import collapse_to_cheapest, feature_costs
from theory.sources import ZANGRANDO_2024
from theory.tolerances import SOLVER_GAP
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin

Matrix = NDArray[np.float64]

KAPPA = 1.0
MOST_SAMPLES = 6

PARALLEL = 0.999
"""Cosine from which two samples count as parallel: then one ReLU can hardly tell them apart."""


def clustered(instance: Instance) -> tuple[Matrix, NDArray[np.int64], Matrix]:
    """Samples centre + spread · move, their labels in turn, and the targets: +1 and −1 in turn."""
    centres, moves = _matrix(instance, "centres"), _matrix(instance, "moves")
    labels = np.arange(moves.shape[1]) % centres.shape[1]
    return centres[:, labels] + float(instance["spread"]) * moves, labels, (-1.0) ** labels


def margin(instance: Instance) -> Margin:
    """A lower bound on the cost before minus an upper bound on the cost after."""
    from numerics.two_layer.scalar import scalar_cost

    samples, labels, targets = clustered(instance)
    before, after = scalar_cost(samples, targets), scalar_cost(*representatives(samples, labels, targets))
    costs = feature_costs(samples)
    collapsed = feature_costs(collapse_to_cheapest(samples, labels, costs))
    share = KAPPA / samples.shape[1]
    larger = before.lower_bound + share * float(np.sum(costs))
    smaller = after.value + share * float(np.sum(collapsed))
    return Margin.at_least(larger, smaller, error=SOLVER_GAP * (larger + smaller))


def representatives(samples: Matrix, labels: NDArray[np.int64], targets: Matrix) -> tuple[Matrix, Matrix]:
    """The cheapest member of each class, and its target."""
    costs = feature_costs(samples)
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    chosen = [int(each[np.argmin(costs[each])]) for each in members]
    return samples[:, chosen], targets[chosen]


def is_clustered(instance: Instance) -> bool:
    """No sample is zero, no two are nearly parallel (one network must serve them all), no class is empty."""
    centres, moves = _matrix(instance, "centres"), _matrix(instance, "moves")
    if centres.ndim != 2 or moves.ndim != 2 or centres.shape[0] != moves.shape[0]:
        return False
    if not 1 <= centres.shape[1] <= moves.shape[1] <= MOST_SAMPLES or not 0 <= instance["spread"] <= 1:
        return False
    samples = clustered(instance)[0]
    norms = np.linalg.norm(samples, axis=0)
    if not (norms > 1e-2).all():
        return False
    cosines = np.abs((samples / norms).T @ (samples / norms)) - np.eye(samples.shape[1])
    return bool(cosines.max(initial=0.0) < PARALLEL)


def spreads(run: Run) -> Evidence:
    """Two classes of three samples: the cost as the spread within classes grows."""
    from numerics.two_layer.scalar import scalar_cost

    rng = run.generator("two-layer/collapse-costs-no-more")
    centres, moves = [[2.0, -1.0], [0.0, 2.0], [1.0, 1.0]], rng.standard_normal((3, 6)).tolist()
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for spread in (0.01, 0.03, 0.1, 0.3):
        instance = {"centres": centres, "moves": moves, "spread": spread}
        samples, labels, targets = clustered(instance)
        before = scalar_cost(samples, targets).value
        after = scalar_cost(*representatives(samples, labels, targets)).value
        margins.append(margin(instance))
        rows.append((spread, total_cluster_variation(samples, labels), before, after, before / after))
    columns = ("spread", "TCV of the samples", "cost of 6 samples", "cost of 2 representatives", "ratio")
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"two representatives cost at least {min(float(row[-1]) for row in rows):.3g}× less than six",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Two classes of three samples in space", columns, tuple(rows)),),
        versions=versions("cvxpy", "clarabel"),
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Two classes of up to three samples in two or three dimensions."""
    dimension, count = int(generator.integers(2, 4)), int(generator.integers(2, MOST_SAMPLES + 1))
    return {
        "centres": generator.integers(-9, 10, size=(dimension, 2)).tolist(),
        "moves": generator.integers(-9, 10, size=(dimension, count)).tolist(),
        "spread": float(np.round(10.0 ** generator.uniform(-2, -0.5), 3)),
    }


def _matrix(instance: Instance, key: str) -> Matrix:
    return np.array([[float(entry) for entry in row] for row in instance[key]])


CLAIM = Claim(
    id="two-layer/collapse-costs-no-more",
    title="The cheapest member of each class costs a two-layer ReLU network no more than all its samples",
    statement=(
        r"C(X,y)+\frac\kappa N\sum_i\omega(x_i)"
        r"\ge C(X_{\min},y_{\min})+\frac\kappa N\sum_kn_k\,\omega(x_{\min k}),"
        r"\qquad C(X,y)=\min_{v^\top(UX)_+=y}\tfrac12\left(\|U\|_F^2+\|v\|^2\right)"
    ),
    source=ZANGRANDO_2024.at("DNC1 and representation cost"),
    computed="both sides as globally solved convex programs",
    tight="yes for collapsed classes",
    sampler=sampler,
    hypotheses=is_clustered,
    margin=margin,
    experiments=(spreads,),
    quick_samples=8,
    full_samples=600,
)
