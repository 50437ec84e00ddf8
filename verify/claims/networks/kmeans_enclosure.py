"""What no partition into C clusters can go below, however it was found.

Statement   For every B ≥ 0 (entry by entry) and any partition of N samples into C non-empty clusters,
            N·TCV ≥ tr G − 1ᵀB1/N − Σ_{j<C} λ_j(P(G + B)P), with G the Gram matrix of the centred samples,
            P = I − 11ᵀ/N, λ_1 ≥ λ_2 ≥ … on the complement of 1; B = 0 gives N·TCV ≥ Σ_{j≥C} σ_j². On a line,
            intervals found by dynamic programming are optimal.
Source      derived for this project; the best B gives the semidefinite program of Peng and Wei (2007).
Computed    the optimum over all partitions of few samples against the enclosure [lower, upper]; on the digits
            and wine data the enclosures themselves, for the numbers of clusters that the rank bound uses.
Tight       often: the relaxation is exact on separated clusters; the table gives the remaining gaps.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.symbols import positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices

MOST_SAMPLES = 8


def partitions(samples: int, clusters: int) -> Iterator[list[int]]:
    """Every partition into at most `clusters` clusters, as labels without gaps."""

    def extend(labels: list[int]) -> Iterator[list[int]]:
        if len(labels) == samples:
            yield labels
            return
        for label in range(min(max(labels, default=-1) + 2, clusters)):
            yield from extend([*labels, label])

    yield from extend([])


def smallest_cost(columns: np.ndarray, clusters: int) -> float:
    """N·TCV of the best partition, by looking at all of them."""
    centred = columns - columns.mean(axis=1, keepdims=True)
    gram = centred.T @ centred
    kept = 0.0
    for labels in partitions(columns.shape[1], clusters):
        member = np.eye(clusters)[labels]
        sizes = np.maximum(member.sum(axis=0), 1.0)
        kept = max(kept, float(np.sum(np.einsum("ik,ij,jk->k", member, gram, member) / sizes)))
    return float(np.trace(gram)) - kept


def margin(instance: Instance) -> Margin:
    """The smaller of optimum − lower and upper − optimum."""
    from numerics.clustering.kmeans import best_clusters

    columns = np.asarray(instance["columns"], dtype=np.float64)
    samples, clusters = columns.shape[1], instance["clusters"]
    optimum = smallest_cost(columns, clusters)
    found = best_clusters(columns, clusters, starts=2)
    centred = columns - columns.mean(axis=1, keepdims=True)
    error = LINEAR_ALGEBRA * (1 + float(np.sum(centred**2)))
    if found.method == "exact":
        return Margin.equal(samples * found.upper, optimum, error=error)
    return worst_of(
        [
            Margin.at_least(optimum, samples * found.lower, error=error),
            Margin.at_least(samples * found.upper, optimum, error=error),
        ]
    )


def meets_hypotheses(instance: Instance) -> bool:
    """A matrix with no fewer samples than clusters, few enough to try all partitions."""
    rows = instance["columns"]
    if len(rows) == 0 or len({len(row) for row in rows}) != 1:
        return False
    return 1 <= instance["clusters"] <= len(rows[0]) <= MOST_SAMPLES


def instances() -> Any:
    """Three to five samples on a line or in the plane, small integers, two clusters."""
    from hypothesis import strategies as st

    def of(sizes: tuple[int, int]) -> Any:
        return st.fixed_dictionaries(
            {"columns": integer_matrices(sizes[0], sizes[1]), "clusters": st.integers(1, 3)}
        )

    return st.tuples(st.integers(1, 2), st.integers(3, 5)).flatmap(of)


def sampler(generator: np.random.Generator) -> Instance:
    """Up to seven samples about up to three centres, spreads from small to large."""
    rows, samples = int(generator.integers(1, 4)), int(generator.integers(3, MOST_SAMPLES))
    clusters = int(generator.integers(1, 4))
    centres = generator.standard_normal((rows, clusters))[:, np.arange(samples) % clusters]
    spread = 10.0 ** generator.uniform(-2, 1)
    return {"columns": centres + spread * generator.standard_normal((rows, samples)), "clusters": clusters}


def _proof() -> Proof:
    total, kept, mean = (sp.Symbol(name, nonnegative=True) for name in ("total", "kept", "mean"))
    with_multipliers, multipliers, largest = (
        sp.Symbol(name, nonnegative=True) for name in ("with_multipliers", "multipliers", "largest")
    )
    inside, zero, one = sp.Symbol("inside", nonnegative=True), sp.Integer(0), sp.Integer(1)
    return Proof(
        title="the cost of any partition is at least tr G − 1ᵀB1/N − Σ_{j<C} λ_j",
        variables=(
            Variable(total, "tr G", zero),
            Variable(mean, "1ᵀB1/N, the part of B along 1; G has none", zero),
            Variable(multipliers, "⟨B, Π⟩, both without negative entries", zero),
            Variable(inside, "⟨G + B, Π'⟩, Π' = Π − 11ᵀ/N", zero, stands_for=True),
            Variable(with_multipliers, "⟨G + B, Π⟩, Π = Σ_k 1_k1_kᵀ/n_k", zero, stands_for=True),
            Variable(kept, "⟨G, Π⟩ = Σ_k n_k‖z̄_k‖²", zero, stands_for=True),
            Variable(largest, "Σ_{j<C} λ_j(P(G + B)P)", zero, stands_for=True),
        ),
        steps=(
            Step(
                "Fan",
                Fact(largest, ">=", inside),
                Known("Fan 1949: ⟨M, Π'⟩ of a projection of rank r is at most the r largest eigenvalues"),
                "Π is a projection of rank C with Π1 = 1: Π' is one of rank C − 1 on the complement of 1",
            ),
            Step(
                "along 1",
                Fact(with_multipliers, "=", mean + inside),
                Known("Bilinearity: Horn and Johnson 2013, 5.1"),
                "Π = 11ᵀ/N + Π'",
            ),
            Step(
                "multipliers",
                Fact(kept, "=", with_multipliers - multipliers),
                Known("Bilinearity: Horn and Johnson 2013, 5.1"),
                "⟨G, Π⟩ = ⟨G + B, Π⟩ − ⟨B, Π⟩",
            ),
            Step("no negative part", Fact(multipliers, ">="), RationalSign(), "B ≥ 0 and Π ≥ 0"),
            Step(
                "lower bound",
                Fact(total - kept, ">=", total - mean - largest),
                Combination(
                    ((one, "Fan"), (-one, "along 1"), (-one, "multipliers"), (one, "no negative part"))
                ),
                "the cost is tr G − Σ_k n_k‖z̄_k‖²",
            ),
        ),
        goals=("lower bound",),
    )


def _cost() -> Proof:
    squares, total = (sp.Symbol(name, nonnegative=True) for name in ("squares", "total"))
    members, zero = positive("members"), sp.Integer(0)
    mean = total / members
    return Proof(
        title="the cost of a cluster is Σ‖z‖² less n times its squared mean",
        variables=(
            Variable(squares, "Σz_i² of a coordinate", zero),
            Variable(total, "Σz_i (or −Σz_i)", zero),
            Variable(members, "n", zero, open_low=True),
        ),
        steps=(
            Step(
                "cluster",
                Fact(squares - 2 * mean * total + members * mean**2, "=", squares - members * mean**2),
                Identity(),
                "Σ(z_i − z̄)², summed over coordinates and clusters: tr G − ⟨G, Π⟩",
            ),
        ),
        goals=("cluster",),
    )


def enclosures(run: Run) -> Evidence:
    """Digits and wine: TCV of k-means clusters, and what no partition goes below."""
    from sklearn.datasets import load_wine

    from numerics.clustering.kmeans import best_clusters
    from numerics.data import digits

    wine = np.ascontiguousarray(np.asarray(load_wine(return_X_y=True)[0]).T)
    wine = (wine - wine.mean(axis=1, keepdims=True)) / wine.std(axis=1, keepdims=True)
    images = digits()[0][:, :: 6 if run.level == "quick" else 1]
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for name, data, counts in (("wine", wine, (2, 3, 6)), ("digits", images, (5, 10, 20))):
        for clusters in counts:
            spectral = best_clusters(data, clusters, sharpen=False)
            found = best_clusters(data, clusters)
            margins.append(Margin.at_least(found.upper, found.lower))
            margins.append(Margin.at_least(found.lower, spectral.lower))
            rows.append(
                (
                    name,
                    data.shape[1],
                    clusters,
                    found.upper,
                    found.lower,
                    spectral.lower,
                    found.gap,
                    found.method,
                )
            )
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary="k-means is within " + ", ".join(f"{row[6]:.1%}" for row in rows) + " of the optimum",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "TCV of k-means clusters, and lower bounds on every partition",
                ("data", "N", "C", "TCV found", "no partition below", "spectral bound alone", "gap",
                 "lower bound from"),
                tuple(rows),
            ),
        ),
        versions=versions("scikit-learn"),
    )  # fmt: skip


CLAIM = Claim(
    id="networks/kmeans-enclosure",
    title="Spectra bound the variation of every partition into C clusters from below",
    statement=r"N\,\mathrm{TCV}\ge\operatorname{tr}G-\tfrac1N\mathbf 1^\top B\mathbf 1"
    r"-\sum_{j<C}\lambda_j\big(P(G+B)P\big)\quad(B\ge0),\qquad N\,\mathrm{TCV}\ge\sum_{j\ge C}\sigma_j^2",
    source=RANKCOLLAPSE.at("theory 4.3, k-means clusters"),
    computed="the optimum over all partitions of few samples against the enclosure",
    tight="often exact on separated clusters",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_cost(), _proof()),
    experiments=(enclosures,),
    quick_samples=100,
    full_samples=2_000,
)
