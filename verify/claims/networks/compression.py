"""Truncating weights moves a network's outputs by no more than norms guarantee beforehand.

Statement   Maps W_l replaced by best approximations of rank r_l, activations of Lipschitz constant ≤ 1,
            spread_l = 1 (dense) or a bound on ‖patches(z)‖_F/‖z‖ (convolution): change_l ≤
            ‖W_l‖·spread_l·change_{l−1} + σ_{r_l+1}(W_l)·‖z_l‖ (+ the change of a skipped branch), z_l the
            inputs in the original network. For one truncated map that is Lip(tail)·‖W − W_r‖·‖z‖; for
            several the sum over maps of Π_{m>l}‖W_m‖·σ·‖z_l‖.
Source      2402.03991 (compression of trained networks); composition over several maps derived for this
            project.
Computed    guaranteed minus measured change on random plain and residual networks, ranks and samples.
Tight       one truncated map with nothing behind it, along its first dropped singular vector. Loose with
            depth.

With the original tails' own Lipschitz constants in place of products of norms the sum is false: for W_1 =
diag(2, 1), W_2 all of (1,1; 2,2), W_3 = diag(1, ½), W_4 = (1, −1) the tail behind W_1 is zero, as is W_2W_1x
for x = (1, −2); W_1 and W_3 truncated to rank one give the output 2 for 0, where that sum allows none.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Known, Proof, RationalSign, Step, Variable

ACTIVATIONS = ("tanh", "relu", "linear")
ONE, ZERO = sp.Integer(1), sp.Integer(0)
LARGEST = 64
"""Width of a layer, number of layers together."""


def margin(instance: Instance) -> Margin:
    """The least of guaranteed − measured over the samples."""
    from numerics.compression import compress
    from numerics.descent.network import Network, random_network, random_residual_network

    rng = np.random.default_rng(instance["seed"])
    activation, widths = ACTIVATIONS[instance["activation"]], instance["widths"]
    if instance["residual"]:
        network = random_residual_network(
            widths[0], widths[1], widths[-1], activation, rng, blocks=len(widths) - 1
        )
    else:
        network = random_network(widths, activation, rng)
    decay = float(instance["decay"])
    weights = []
    for weight in network.weights:  # singular values that fall like decay^j: truncation is small, or not
        left, values, right = np.linalg.svd(weight, full_matrices=False)
        weights.append((left * (values * decay ** np.arange(values.size))) @ right)
    shaped = Network(tuple(weights), network.biases, activation, residual=network.residual)
    data = float(instance["size"]) * rng.standard_normal((widths[0], 5))
    ranks: list[int | None] = [int(rng.integers(0, min(weight.shape) + 1)) for weight in weights]
    found = compress(shaped, ranks)
    guaranteed, measured = found.guaranteed_change(data), found.measured_change(data)
    norms = float(np.prod([1 + np.linalg.norm(weight) for weight in weights]))
    rounding = LINEAR_ALGEBRA * norms * (1 + float(np.linalg.norm(data)))
    pairs = zip(guaranteed.tolist(), measured.tolist(), strict=True)
    return worst_of([Margin.at_least(more, less, error=rounding) for more, less in pairs])


def meets_hypotheses(instance: Instance) -> bool:
    """At least two widths, all at least one."""
    widths = instance["widths"]
    fits = len(widths) >= 2 and min(widths) >= 1 and max(widths) + len(widths) <= LARGEST
    known = 0 <= instance["activation"] < len(ACTIVATIONS) and instance["residual"] in (0, 1)
    return fits and known and 0 < instance["decay"] <= 1 and instance["size"] >= 0 and instance["seed"] >= 0


def instances() -> Any:
    """Small networks named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "widths": st.lists(st.integers(1, 8), min_size=2, max_size=4),
            "activation": st.integers(0, 2),
            "residual": st.integers(0, 1),
            "decay": st.sampled_from([0.1, 0.5, 0.9, 1.0]),
            "size": st.sampled_from([0.0, 0.1, 1.0, 10.0]),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Two to five widths up to 16, singular values that fall slowly or fast, inputs of any size."""
    return {
        "widths": generator.integers(1, 17, size=int(generator.integers(2, 6))).tolist(),
        "activation": int(generator.integers(0, 3)),
        "residual": int(generator.integers(0, 2)),
        "decay": float(generator.uniform(0.05, 1.0)),
        "size": float(10.0 ** generator.uniform(-2, 2)),
        "seed": int(generator.integers(0, 2**31)),
    }


TRIANGLE = Known("Horn and Johnson 2012, 5.1: the triangle inequality, ‖a + b‖ ≤ ‖a‖ + ‖b‖")
OPERATOR = Known(
    "Horn and Johnson 2012, 5.6: the spectral norm, ‖Az‖ ≤ ‖A‖‖z‖, and ‖AP‖_F ≤ ‖A‖‖P‖_F for patches"
)


def _inputs() -> Proof:
    change, norm, spread, kept, patches, moved = (
        sp.Symbol(name, nonnegative=True)
        for name in ("change", "norm", "spread", "kept_norm", "patches", "moved")
    )
    return Proof(
        title="the compressed map passes on what entered, by no more than the original's norm",
        variables=(
            Variable(change, "‖z̃ − z‖, the change of what enters the map", ZERO),
            Variable(norm, "‖W‖", ZERO),
            Variable(spread, "1, or a bound on ‖patches(·)‖_F/‖·‖", ZERO),
            Variable(kept, "‖W_r‖", ZERO, stands_for=True),
            Variable(patches, "‖z̃ − z‖, or ‖patches(z̃ − z)‖_F", ZERO, stands_for=True),
            Variable(moved, "‖W_r(z̃ − z)‖", ZERO, stands_for=True),
        ),
        steps=(
            Step(
                "inputs", Fact(kept * patches, ">=", moved), OPERATOR, "the compressed map meets the change"
            ),
            Step(
                "truncation",
                Fact(norm, ">=", kept),
                Known("Mirsky 1960: the best approximation keeps the first r singular values, and no others"),
                "so ‖W_r‖ ≤ ‖W‖",
            ),
            Step("patches", Fact(spread * change, ">=", patches), OPERATOR, "by the choice of the spread"),
            Step("a norm", Fact(norm, ">="), RationalSign(), "by its range"),
            Step("what enters", Fact(patches, ">="), RationalSign(), "by its range"),
            Step(
                "passed on",
                Fact(norm * spread * change, ">=", moved),
                Combination(((ONE, "inputs"), ("what enters", "truncation"), ("a norm", "patches"))),
                "kept·patches ≤ ‖W‖·patches ≤ ‖W‖·spread·change",
            ),
        ),
        goals=("passed on",),
    )


def _one_map_more() -> Proof:
    change, norm, spread, cut, size, lip, skipped, moved, after, total = (
        sp.Symbol(name, nonnegative=True)
        for name in ("change", "norm", "spread", "cut", "size", "lip", "skipped", "moved", "after", "total")
    )
    reach = norm * spread * change + cut * size
    return Proof(
        title="one map more: the change after it from the change before it",
        variables=(
            Variable(change, "‖z̃ − z‖", ZERO),
            Variable(norm, "‖W‖", ZERO),
            Variable(spread, "1, or a bound on ‖patches(·)‖_F/‖·‖", ZERO),
            Variable(cut, "‖W − W_r‖ = σ_{r+1}(W)", ZERO),
            Variable(size, "‖z‖, or ‖patches(z)‖_F, in the original network", ZERO),
            Variable(lip, "Lipschitz constant of what follows the map", ZERO),
            Variable(skipped, "the change of a skipped branch, or 0", ZERO),
            Variable(moved, "‖W_r z̃ − W z‖", ZERO, stands_for=True),
            Variable(after, "the change after the activation", ZERO, stands_for=True),
            Variable(total, "the change with the skipped branch added", ZERO, stands_for=True),
        ),
        steps=(
            Step(
                "triangle",
                Fact(reach, ">=", moved),
                TRIANGLE,
                "W_r z̃ − W z = W_r(z̃ − z) − (W − W_r)z: the first proof, and ‖(W − W_r)z‖ ≤ σ_{r+1}‖z‖",
            ),
            Step(
                "activation",
                Fact(lip * moved, ">=", after),
                Known("Rudin 1976, 4.18 ff.: a Lipschitz constant, by definition"),
                "of what follows the map",
            ),
            Step("Lipschitz", Fact(lip, ">="), RationalSign(), "by its range"),
            Step("skip", Fact(after + skipped, ">=", total), TRIANGLE, "a residual branch adds up"),
            Step(
                "after the map",
                Fact(lip * reach + skipped, ">=", total),
                Combination(((ONE, "skip"), (ONE, "activation"), ("Lipschitz", "triangle"))),
                "from no change at the inputs, map by map, to the outputs",
            ),
        ),
        goals=("after the map",),
    )


def how_tight(run: Run) -> Evidence:
    """Equality for one map, and what depth costs: guaranteed over measured for chains of random maps."""
    from numerics.compression import compress
    from numerics.descent.network import Network, random_network

    weight = np.diag([3.0, 2.0, 1.0, 0.5])
    single = compress(Network((weight,), (), "linear"), 1)
    along = np.eye(4)[:, [1]]
    margins = [
        Margin.equal(float(single.guaranteed_change(along)[0]), 2.0),
        Margin.equal(float(single.measured_change(along)[0]), 2.0),
    ]
    rows: list[tuple[str | int | float | bool, ...]] = []
    for depth in (1, 2, 4, 8):
        rng = run.generator("networks/compression", "depth", str(depth))
        network = random_network([24] * (depth + 1), "tanh", rng)
        data = rng.standard_normal((24, 50))
        found = compress(network, 10)
        guaranteed, measured = found.guaranteed_change(data), found.measured_change(data)
        margins += [Margin.at_least(a, b) for a, b in zip(guaranteed, measured, strict=True)]
        least = float(np.min(guaranteed / measured))
        rows.append((depth, found.saved, float(measured.max()), float(guaranteed.max()), least))
    columns = ("maps", "numbers saved", "largest measured change", "largest guaranteed", "least ratio")
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"equality for one map; a factor of {float(rows[-1][-1]):.0f} at 8 random tanh maps",
        instances=1 + len(rows),
        worst=worst_of(margins),
        tightness=1.0,
        tables=(Table("Random tanh maps of width 24 truncated to rank 10", columns, tuple(rows)),),
    )


CLAIM = Claim(
    id="networks/compression",
    title="Truncating weights moves outputs by no more than norms guarantee",
    statement=(
        r"\|\tilde f(x)-f(x)\|\le\sum_l\Bigl(\prod_{m>l}\mathrm{Lip}_m\|W_m\|\Bigr)\mathrm{Lip}_l\,"
        r"\sigma_{r_l+1}(W_l)\,\|z_l(x)\|"
    ),
    source=ZANGRANDO_2024.at("compression"),
    computed="guaranteed minus measured change on random networks, samples, ranks",
    tight="equality for one map along its first dropped singular vector; loose with depth",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_inputs(), _one_map_more()),
    experiments=(how_tight,),
    quick_samples=200,
    full_samples=10_000,
)
