"""No variation, no rank beyond the clusters: what neural collapse of the inputs makes of a weight.

Statement   Where TCV(z) = 0 for C clusters, W − R/λ has rank at most C and its rows lie in the span of the
            cluster means; so at a critical point (R = 0, λ > 0) has W, and so have the weights of all later
            layers, if these are functions of z alone.
Source      2402.03991; the corollary and its proof derived for this project.
Computed    exact ranks of W and of W beside the cluster means, for rational error signals of any kind.
Tight       yes: C independent means with independent signals give rank C.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.sources import ZANGRANDO_2024
from theory.symbols import positive
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices


def exact_margin(instance: Instance) -> Margin:
    """The smaller of C − rank W and minus what W's rows add to the rank of the means, exactly."""
    from flint import fmpq, fmpq_mat

    def rational(rows: Any) -> fmpq_mat:
        exact = [[Fraction(entry) for entry in row] for row in rows]
        return fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in exact])

    means, deltas = rational(instance["means"]), rational(instance["deltas"])
    count, samples = means.ncols(), deltas.ncols()
    inputs = fmpq_mat(means.nrows(), samples, [means[row, i % count] for row in range(means.nrows())
                                               for i in range(samples)])  # fmt: skip
    decay = Fraction(instance["weight_decay"])
    scale = fmpq(-decay.denominator, decay.numerator * samples)
    weight = deltas * inputs.transpose() * scale
    beside = fmpq_mat(
        weight.nrows() + count,
        means.nrows(),
        [weight[i, j] for i in range(weight.nrows()) for j in range(means.nrows())]
        + [means[j, i] for i in range(count) for j in range(means.nrows())],
    )
    outside = beside.rank() - means.rank()
    return Margin.exact(min(count - weight.rank(), -outside))


def meets_hypotheses(instance: Instance) -> bool:
    """Matrices, every cluster with a sample, λ > 0."""
    means, deltas = instance["means"], instance["deltas"]
    regular = all(len({len(row) for row in rows}) == 1 for rows in (means, deltas) if rows)
    if not (means and deltas and regular and instance["weight_decay"] > 0):
        return False
    return len(deltas[0]) >= len(means[0]) >= 1


def instances() -> Any:
    """One or two means of up to three units, two to four samples, small integers."""
    from hypothesis import strategies as st

    def of(sizes: tuple[int, int, int, int]) -> Any:
        units, rows, clusters, samples = sizes
        return st.fixed_dictionaries(
            {
                "means": integer_matrices(units, clusters),
                "deltas": integer_matrices(rows, samples),
                "weight_decay": st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3)]),
            }
        )

    return st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(2, 4)).flatmap(of)


def sampler(generator: np.random.Generator) -> Instance:
    """Up to three clusters of up to five units, integers."""
    clusters = int(generator.integers(1, 4))
    units, rows = (int(size) for size in generator.integers(1, 6, size=2))
    samples = int(generator.integers(clusters, 8))
    return {
        "means": generator.integers(-4, 5, size=(units, clusters)).tolist(),
        "deltas": generator.integers(-4, 5, size=(rows, samples)).tolist(),
        "weight_decay": Fraction(int(generator.integers(1, 9)), int(generator.integers(1, 9))),
    }


def _rank() -> Proof:
    tail, zero = sp.Symbol("tail", nonnegative=True), sp.Integer(0)
    return Proof(
        title="TCV(z) = 0 and R = 0 leave no singular value beyond C",
        variables=(Variable(tail, "(Σ_{j>C} σ_j(W)²)^{1/2}", zero, stands_for=True),),
        steps=(
            Step(
                "B1",
                Fact(zero, ">=", tail),
                Known("claim networks/rank-bound: B1 at TCV(z) = 0 and R = 0"),
                "for the partition without variation; with R ≠ 0 of W − R/λ, whose residual is zero. Later "
                "weights have the same partition: what is a function of z has no variation either",
            ),
            Step("sign", Fact(tail, ">="), RationalSign(), "it is a root of a sum of squares"),
            Step(
                "no tail",
                Fact(zero, ">=", tail**2),
                Combination((("sign", "B1"),)),
                "σ_j(W) = 0 for j > C",
            ),
        ),
        goals=("no tail",),
        rests_on=("networks/rank-bound",),
    )


def _rows() -> Proof:
    """What one cluster adds to an entry of W; the sum over clusters follows."""
    decay, samples, mean, total = (positive(name) for name in ("weight_decay", "samples", "mean", "total"))
    weight, signal = (sp.Symbol(name, nonnegative=True) for name in ("weight", "signal"))
    zero = sp.Integer(0)
    return Proof(
        title="a cluster without variation adds a multiple of its mean to every row of W",
        variables=(
            Variable(decay, "λ", zero, open_low=True),
            Variable(samples, "N", zero, open_low=True),
            Variable(mean, "z̄_s, the input of every sample of the cluster", zero, open_low=True),
            Variable(total, "Σδ_{i,r} over the cluster (or minus it)", zero, open_low=True),
            Variable(signal, "Σδ_{i,r}z_{i,s} over the cluster", zero, stands_for=True),
            Variable(weight, "minus what the cluster adds to W_rs", zero, stands_for=True),
        ),
        steps=(
            Step(
                "one input",
                Fact(signal, "=", total * mean),
                Known("Distributive law: Rudin 1976, 1.12"),
                "z_i = z̄ on the cluster",
            ),
            Step(
                "gradient",
                Fact(weight, "=", signal / (decay * samples)),
                Known("claim networks/gradient-identity: λW = −(1/N)Σδzᵀ where R = 0"),
                "cluster by cluster",
            ),
            Step("scale", Fact(1 / (decay * samples), ">"), RationalSign(), "1/(λN)"),
            Step(
                "row",
                Fact(weight, "=", total / (decay * samples) * mean),
                Combination(((sp.Integer(1), "gradient"), ("scale", "one input"))),
                "the factor does not depend on s: a multiple of z̄, whatever the signs",
            ),
        ),
        goals=("row",),
        rests_on=("networks/gradient-identity",),
    )


CLAIM = Claim(
    id="networks/no-variation-low-rank",
    title="Inputs without variation in C clusters leave weights of rank at most C on the cluster means",
    statement=r"\mathrm{TCV}(z)=0,\ R=0,\ \lambda>0\ \Longrightarrow\ \operatorname{rank}W\le C,\quad "
    r"\operatorname{row}(W)\subseteq\operatorname{span}(\bar z_1,\dots,\bar z_C)",
    source=ZANGRANDO_2024.at("corollary of the rank bound"),
    computed="exact ranks for rational signals",
    tight="yes: independent means and signals give rank C",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    exact_margin=exact_margin,
    proofs=(_rank(), _rows()),
    full_samples=50_000,
)
