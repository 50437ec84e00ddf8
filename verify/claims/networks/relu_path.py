"""ReLU tails: outputs stay and the norm falls inside regions and along rescalings, and no further.

Statement   Feed-forward ReLU tail without biases, features h_i free. (a) In the closure of the region of h's
            patterns the tail is h ↦ Gh; with h* the cheapest feature there that has the same output, the
            straight line from h to h* keeps the output, its norm never rises, and samples of one class and
            one pattern end at one feature. (b) A_j(s) = e^{−sM_j}A_je^{sM_{j−1}} with M_1 symmetric
            (features against W_1) and the other M_j diagonal (hidden units) keeps the outputs of all samples
            and all patterns; ½Σ‖A_j‖² is convex in s and has the slope −Σ⟨M_j, N_j⟩, that is −Σ‖n_j‖² for
            M_j = n_j, the allowed part of N_j.
Source      2402.03991 (abstract) asks for deep linear tails; this extension derived for this project.
Computed    both parts on random tails and features: outputs, patterns, slopes; what is left at the end.
Tight       no, and it ends where the method does. Between regions: g(h) = max(h,0) + max(−h,0) = 1 at h =
            ±1, and features that move from one to the other pass 0, where g = 0: no path of features holds
            the output. Within rescalings: two units that take in the same h and feed (1,0) and (0,1) are
            balanced at ½Σ = 2, one unit that feeds both costs √2. Both examples are checked.

Biases change nothing in (b) when they scale with their unit, residual branches do: x + Vσ(Wx) ties a block's
input to its output, so that features cannot be rescaled.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from theory.networks.loss_decreasing_path import half_norm
from theory.sources import RANKCOLLAPSE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.networks.constructions.relu_tails import SAME, drawn_path, ends_of_paths, where_it_ends
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable

ONE, ZERO = sp.Integer(1), sp.Integer(0)
LARGEST = 9
"""Samples, or layers and spare width together, of an instance."""


def margin(instance: Instance) -> Margin:
    """The worst of: outputs and patterns kept, slopes not positive, equal patterns end as one feature."""
    from numerics.paths.relu import outputs_of, patterns_of

    labels, path = drawn_path(instance)
    start = path.move.factors
    outputs, size = outputs_of(start), half_norm(start)
    rounding = LINEAR_ALGEBRA * float(np.prod([1 + np.linalg.norm(part) for part in start]))
    margins = [
        Margin.equal(float(np.max(np.abs(outputs_of(path.move.at(time)) - outputs))), 0.0, error=rounding)
        for time in (0.25, 0.5, 1.0)
    ]
    slopes = [path.move.slope(time) for time in (0.0, 0.5, 1.0)]
    margins += [Margin.at_least(0.0, slope, error=LINEAR_ALGEBRA * size) for slope in slopes]
    moved, end = path.move.at(1.0), path.balancing.factors_at(path.balancing.end)
    margins.append(Margin.equal(float(np.max(np.abs(outputs_of(end) - outputs))), 0.0, error=rounding))
    for segment, length in zip(path.balancing.segments, np.diff(path.balancing.joints), strict=True):
        sizes = [segment.half_norm(float(time)) for time in np.linspace(0, length, 3)]
        margins += [Margin.at_least(a, b, error=LINEAR_ALGEBRA * size) for a, b in pairwise(sizes)]
    keys = np.vstack([labels, *patterns_of(start)])
    for column in range(1, labels.size):
        if (keys[:, column] == keys[:, column - 1]).all():
            apart = float(np.linalg.norm(moved[0][:, column] - moved[0][:, column - 1]))
            margins.append(Margin.equal(apart, 0.0, error=SAME * (1 + size)))
    return worst_of(margins)


def meets_hypotheses(instance: Instance) -> bool:
    """No class empty, at least one hidden layer."""
    sizes = instance["sizes"]
    least = min(instance["depth"], instance["extra_width"], min(sizes, default=0))
    small = sum(sizes) <= LARGEST and instance["depth"] + instance["extra_width"] <= LARGEST
    return least >= 1 and small and instance["spread"] >= 0 and instance["seed"] >= 0


def instances() -> Any:
    """Small tails named by a seed."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "sizes": st.lists(st.integers(1, 3), min_size=1, max_size=2),
            "depth": st.integers(1, 2),
            "extra_width": st.integers(1, 3),
            "spread": st.sampled_from([0.0, 0.1, 1.0]),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to three classes and hidden layers, features from one point of each class to widely spread."""
    return {
        "sizes": generator.integers(1, 5, size=int(generator.integers(1, 4))).tolist(),
        "depth": int(generator.integers(1, 4)),
        "extra_width": int(generator.integers(1, 6)),
        "spread": float(generator.choice([0.0, 10.0 ** generator.uniform(-2, 0.5)])),
        "seed": int(generator.integers(0, 2**31)),
    }


def _region() -> Proof:
    least, distance, now, later = (
        sp.Symbol(name, nonnegative=True) for name in ("least", "distance", "now", "later")
    )
    excess = sp.Symbol("excess", real=True)
    time, part = sp.Symbol("time", nonnegative=True), sp.Symbol("part", nonnegative=True)
    norm = least + 2 * (1 - time) * excess + (1 - time) ** 2 * distance
    at_later = norm.subs(time, time + part * (1 - time))
    expansion = Known("Horn and Johnson 2013, 5.1: ‖a + b‖² = ‖a‖² + 2a·b + ‖b‖²")
    return Proof(
        title="towards the cheapest feature of a convex region the norm never rises",
        variables=(
            Variable(least, "‖h*‖²", ZERO),
            Variable(excess, "h*·(h − h*), in units in which it is above −1", -ONE, stands_for=True),
            Variable(distance, "‖h − h*‖²", ZERO),
            Variable(time, "t", ZERO, ONE),
            Variable(part, "(t' − t)/(1 − t) for a later time t'", ZERO, ONE),
            Variable(now, "‖h(t)‖²", ZERO, stands_for=True),
            Variable(later, "‖h(t')‖²", ZERO, stands_for=True),
        ),
        steps=(
            Step(
                "cheapest",
                Fact(excess, ">="),
                Known("Projection on a convex set: Hiriart-Urruty and Lemaréchal 1993, III.3.1.1"),
                "h* is the point nearest to 0 in the convex set of the region's features with this output",
            ),
            Step("norm now", Fact(now, "=", norm), expansion, "h(t) = h* + (1−t)(h − h*)"),
            Step("norm later", Fact(later, "=", at_later), expansion, "the same at t'"),
            Step("less is left", Fact(2 * part * (1 - time), ">="), RationalSign(), "1−t falls"),
            Step(
                "the distance shrinks",
                Fact((1 - time) ** 2 * distance, ">=", (1 - time) ** 2 * (1 - part) ** 2 * distance),
                RationalSign(),
                "(1−t)² falls",
            ),
            Step(
                "no feature grows",
                Fact(now, ">=", later),
                Combination(
                    (
                        (ONE, "norm now"),
                        (-ONE, "norm later"),
                        ("less is left", "cheapest"),
                        (ONE, "the distance shrinks"),
                    )
                ),
                "between any two times; the line stays in the region, where the tail is linear",
            ),
        ),
        goals=("no feature grows",),
    )


def _rescaling() -> Proof:
    active, out, value = (sp.Symbol(name, real=True) for name in ("active", "out", "value"))
    time = sp.Symbol("time", nonnegative=True)
    scaled = sp.Mul(sp.exp(-time * value), active, evaluate=False)
    return Proof(
        title="a rescaled hidden unit passes on the same",
        variables=(
            Variable(active, "max(a, 0), in units in which it lies in [0, 1]", ZERO, ONE),
            Variable(out, "an outgoing weight of the unit, in units of the largest", -ONE, ONE),
            Variable(value, "the unit's entry of M_j, in units of the largest", -ONE, ONE),
            Variable(time, "s", ZERO),
        ),
        steps=(
            Step(
                "same signal",
                Fact(sp.Mul(out, sp.exp(time * value), scaled, evaluate=False), "=", out * active),
                Identity(),
                "max(ca, 0) = c·max(a, 0) for c = e^{−sμ} > 0, so that patterns stay, too",
            ),
        ),
        goals=("same signal",),
        rests_on=("networks/loss-decreasing-path",),
    )


CLAIM = Claim(
    id="networks/relu-path",
    title="ReLU tails: outputs stay and the norm falls inside regions and along rescalings, and no further",
    statement=(
        r"h(t)=(1-t)h+t\,h^*,\ h^*=\arg\min\{\|x\|:Gx=Gh,\ x\in\overline{\mathrm{region}(h)}\}"
        r"\ \Longrightarrow\ g(h(t))=g(h),\ \tfrac{d}{dt}\|h(t)\|^2\le0;\qquad"
        r"\tfrac{d}{ds}\,\tfrac12\sum_j\|e^{-sM_j}A_je^{sM_{j-1}}\|_F^2\Big|_0=-\sum_j\langle M_j,N_j\rangle"
    ),
    source=RANKCOLLAPSE.at("theory 5.3, extended to ReLU"),
    computed="outputs, patterns, slopes and the end of both parts on random ReLU tails",
    tight="no: it can end with several features of a class, and above the least norm; two examples by hand",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_region(), _rescaling()),
    experiments=(ends_of_paths, where_it_ends),
    quick_samples=40,
    full_samples=2_000,
)
