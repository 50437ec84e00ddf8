"""A free bias takes one mode away: the spectrum of the centred one-hot targets for any class sizes.

Statement   The centred one-hot targets have the squared singular values 0 and the K − 1 non-zero eigenvalues
            of diag(n) − nnᵀ/N: each size repeated m times, m − 1 times, and one root of Σn_k/(n_k − z) = 0
            strictly between neighbouring sizes. Equal sizes: √n, K − 1 times. Two sizes a, b: Kab/N.
            With an unpenalised bias the optimum is that of these modes (regression/deep-collapse). The
            centred targets Y(I − 11ᵀ/N) have this Gram matrix: YYᵀ = diag(n), Y1 = n. Beyond the largest size
            and below the smallest all terms of the sum have one sign, so there are no further roots.
Source      derived for this project.
Computed    the roots against the singular values of the matrix; descent with a free bias.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.classes import (
    LARGE_CLASSES,
    LARGE_SIZE,
    SMALL_SIZE,
    STEP_VALUE,
    centred_target_values,
)
from theory.squared_loss.modes import optimal_mode
from theory.symbols import CLASSES, positive
from theory.tolerances import DESCENT_AGREEMENT, LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.squared_loss.experiments.class_descents import one_hot_targets
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable


def margin(instance: Instance) -> Margin:
    """Largest difference between the roots and the singular values of the centred matrix."""
    sizes = tuple(instance["sizes"])
    targets = one_hot_targets(sizes)
    centred = targets - targets.mean(axis=1, keepdims=True)
    measured = np.linalg.svd(centred, compute_uv=False)[: len(sizes) - 1]
    apart = float(np.max(np.abs(measured - np.array(centred_target_values(sizes)))))
    return Margin.equal(apart, 0.0, error=LINEAR_ALGEBRA * max(sizes) ** 0.5)


def meets_hypotheses(instance: Instance) -> bool:
    """At least two classes of at least one sample."""
    return len(instance["sizes"]) >= 2 and min(instance["sizes"]) >= 1


def sampler(generator: np.random.Generator) -> Instance:
    """Two to seven classes of up to twenty samples, repetitions likely."""
    classes, largest = int(generator.integers(2, 8)), int(generator.integers(1, 21))
    return {"sizes": [int(generator.integers(1, largest + 1)) for _ in range(classes)]}


def instances() -> Any:
    """Few small classes."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries({"sizes": st.lists(st.integers(1, 6), min_size=2, max_size=5)})


def _eigenvector(*, above: bool) -> Proof:
    """Row k of the matrix times v_k = n_k/(n_k − z), for sizes above and below the root z."""
    gap, samples, other = positive("gap"), positive("samples"), positive("other")
    size, root = (other + gap, other) if above else (other, other + gap)
    entry = size / gap if above else -size / gap
    inner, secular = (sp.Symbol(name, nonnegative=True) for name in ("inner", "secular"))  # N and 0
    cited = "Golub 1973: secular equation of a diagonal matrix less a matrix of rank one"
    return Proof(
        title=f"a root z is an eigenvalue: rows of sizes {'above' if above else 'below'} it",
        variables=(
            Variable(other, "z" if above else "n_k", sp.Integer(0), open_low=True),
            Variable(gap, "|n_k − z|", sp.Integer(0), open_low=True),
            Variable(samples, "N", sp.Integer(0), open_low=True),
            Variable(secular, "Σ_j n_j/(n_j − z)", sp.Integer(0), stands_for=True),
            Variable(inner, "nᵀv = Σ_j n_j²/(n_j − z)", sp.Integer(0), stands_for=True),
        ),
        steps=(
            Step("root", Fact(secular, "=", sp.Integer(0)), Known(f"{cited}, z its root"), "choice of z"),
            Step(
                "no remainder",
                Fact(sp.Integer(0), "=", secular),
                Combination(((sp.Integer(-1), "root"),)),
                "the same, turned round",
            ),
            Step(
                "term",
                Fact(size * entry, "=", size + root * entry),
                Identity(),
                "n²/(n − z) = n + zn/(n − z), to be summed over the classes",
            ),
            Step(
                "inner product",
                Fact(inner, "=", samples + root * secular),
                Known(f"{cited}, terms summed with Σn_j = N"),
                "term by term",
            ),
            Step("root is positive", Fact(root, ">"), RationalSign(), "between two sizes"),
            Step(
                "inner product is N",
                Fact(samples, "=", inner),
                Combination(((sp.Integer(-1), "inner product"), ("root is positive", "no remainder"))),
                "at the root",
            ),
            Step("share", Fact(size / samples, ">"), RationalSign(), "n_k/N"),
            Step(
                "row",
                Fact(size * entry - size * inner / samples, "=", root * entry),
                Combination((("share", "inner product is N"),)),
                "(diag(n) − nnᵀ/N)v = zv, row by row",
            ),
        ),
        goals=("term", "row"),
    )


def _count() -> Proof:
    """One root in each gap; repeated sizes; and the vector of ones."""
    size, gap, samples = positive("size"), positive("gap"), positive("samples")
    return Proof(
        title="K eigenvalues are accounted for",
        variables=(
            Variable(size, "n", sp.Integer(0), open_low=True),
            Variable(gap, "|n − z|", sp.Integer(0), open_low=True),
            Variable(samples, "N", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step(
                "slope",
                Fact(size / gap**2, ">"),
                RationalSign(),
                "each term n/(n − z) rises between its poles, from −∞ to ∞ over a gap: one root in each",
            ),
            Step(
                "repeated sizes",
                Fact(size * 1 - size * (size - size) / samples, "=", size),
                Identity(),
                "e_a − e_b with n_a = n_b is orthogonal to n: m − 1 vectors with eigenvalue n",
            ),
            Step(
                "ones",
                Fact(size - size * samples / samples, "=", sp.Integer(0)),
                Identity(),
                "the vector of ones has eigenvalue 0; together K",
            ),
        ),
        goals=("slope", "repeated sizes", "ones"),
        rests_on=("regression/deep-collapse",),
    )


def _two_sizes() -> Proof:
    """Step imbalance: K₁ classes of a, K₂ of b < a."""
    more, few = positive("more"), positive("small_classes")
    large = SMALL_SIZE + more
    value = STEP_VALUE.at({CLASSES: LARGE_CLASSES + few, LARGE_SIZE: large})
    above, below = LARGE_CLASSES * large / (large - value), few * SMALL_SIZE / (value - SMALL_SIZE)
    return Proof(
        title="two sizes put one value at Kab/N",
        variables=(
            Variable(SMALL_SIZE, "b", sp.Integer(0), open_low=True),
            Variable(more, "a − b", sp.Integer(0), open_low=True),
            Variable(LARGE_CLASSES, "K₁", sp.Integer(1)),
            Variable(few, "K₂", sp.Integer(1)),
        ),
        steps=(
            Step("below a", Fact(large - value, ">"), RationalSign(), "the root lies between the sizes"),
            Step("above b", Fact(value - SMALL_SIZE, ">"), RationalSign(), "the root lies between the sizes"),
            Step("root", Fact(above, "=", below), Identity(), "K₁a/(a − z) + K₂b/(b − z) = 0"),
        ),
        goals=("below a", "above b", "root"),
    )


def descent(run: Run) -> Evidence:
    """Descent with a free bias on one-hot targets of several sizes: loss and singular values of Z."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.descent.linear_chain import descend_squared_loss

    generator = run.generator("squared-loss/free-bias-spectrum", "descent")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for sizes, depth in (((3, 3, 3), 2), ((6, 3, 1), 2), ((5, 5, 2, 2), 1), ((4, 2, 2, 1), 3)):
        samples, factors = sum(sizes), depth + 1
        decay = 0.05 / samples
        targets = one_hot_targets(sizes)
        modes = [optimal_mode(value, samples * decay, factors) for value in centred_target_values(sizes)]
        predicted = np.array([mode.singular_value for mode in modes])
        loss = sum(mode.loss for mode in modes) / samples
        centred = targets - targets.mean(axis=1, keepdims=True)
        left, _, right = np.linalg.svd(centred, full_matrices=False)
        count = len(sizes) - 1
        product = (left[:, :count], predicted, right[:count].T)
        start = balanced_factors(product, factors=factors, width=len(sizes))
        start = [factor + 0.02 * generator.standard_normal(factor.shape) for factor in start]
        end = descend_squared_loss(
            start, targets, decay, free_bias=True, step=0.3, max_steps=300_000, momentum=0.9
        )
        measured = np.linalg.svd(end.product, compute_uv=False)
        margins.append(Margin.equal(end.loss, loss, error=DESCENT_AGREEMENT))
        margins += [
            Margin.equal(a, b, error=10 * DESCENT_AGREEMENT**0.5)
            for a, b in zip(measured, [*predicted, 0.0], strict=False)
        ]
        rows.append((str(sizes), depth, loss, end.loss, _list(predicted), _list(measured)))
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"K − 1 modes with a free bias: {len(rows)} runs agree",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "One-hot targets with a free bias",
                ("class sizes", "L", "loss", "loss measured", "singular values of Z", "measured"),
                tuple(rows),
            ),
        ),
    )


def _list(values: Any) -> str:
    return ", ".join(f"{value:.5f}" for value in values)


CLAIM = Claim(
    id="squared-loss/free-bias-spectrum",
    title="A free bias leaves K − 1 modes, whose targets solve a secular equation in the class sizes",
    statement=(
        r"\sigma_i\bigl(Y(I-\tfrac1N11^\top)\bigr)^2\in\Bigl\{z>0:\ \sum_k\frac{n_k}{n_k-z}=0\Bigr\}"
        r"\ \cup\ \{n_k\ \text{repeated}\};\qquad n_k=n:\ \sqrt n\ (K-1\text{ times});\quad"
        r"\text{two sizes: }\tfrac{Kab}{N}"
    ),
    source=RANKCOLLAPSE.at("theory 2.1"),
    computed="roots of the secular equation against singular values; descent with a free bias",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_eigenvector(above=True), _eigenvector(above=False), _count(), _two_sizes()),
    experiments=(descent,),
)
