"""The bound linear in the variation for every activation, as in the abstract: it fails across a ReLU kink.

Statement   (Σ_{j>C} σ_j(W)²)^{1/2} ≤ (D/λ)·TCV(z) at R = 0 in ReLU networks too, with D from spectral norms
            as for tanh.
Source      2402.03991, abstract of version 1 (general nonlinear activations, in proportion to the variation),
            read literally.
Computed    both sides on a ReLU network with two hidden units and two samples (1, ±ε) of one label, at a
            point where the gradient in W vanishes; the second unit's kink lies between the samples.
Tight       fails for any D of the norms alone: the tail is about 2ε/√5, TCV(z) = ε². B0–B2 hold there.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.networks.linear_bound import linear_bound
from theory.networks.rank_bound import rank_bound
from theory.networks.smoothness import ACTIVATIONS, linear_map, loss_sensitivity, signal_sensitivity
from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin

DECAY = Fraction(1, 2)


def difference(gap: Fraction) -> Fraction:
    """ρ = r_1 − r_2, what the second unit takes off the first sample's residual r_1 = 1 + ρ (r_2 = 1).

    f = ReLU(w_1·x) + ReLU(w_2·x − 1) with w_1 = r_1x_1 + r_2x_2 = (2 + ρ, ερ) and w_2 = x_2 = (1, −ε): the
    second unit has −ε² on x_1 and ε² on x_2, and f_1 − f_2 = r_2 − r_1 gives ρ = ε²/(1 + 2ε²).
    """
    return gap**2 / (1 + 2 * gap**2)


def margin(instance: Instance) -> Margin:
    """Bound minus tail, from the network itself."""
    gap = Fraction(instance["gap"])
    rho, width = float(difference(gap)), float(gap)
    inputs = np.array([[1.0, 1.0], [width, -width]])
    weight = np.array([[2 + rho, width * rho], [1.0, -width]])
    deltas = -np.array([[1 + rho, 1.0], [0.0, 1.0]])
    labels = np.zeros(2, dtype=np.int64)
    decay = float(DECAY)
    residual = decay * weight + deltas @ inputs.T / 2
    bound = rank_bound(weight, inputs, deltas, residual, decay, labels)
    smooth = signal_sensitivity(
        (ACTIVATIONS["tanh"], linear_map(np.sqrt(2.0))), loss_sensitivity("squared", (1 + rho) ** 2 / 2)
    )
    value = linear_bound(bound, weight, smooth, clusters=labels, classes=labels) + bound.residual
    return Margin.at_least(value, bound.distance, error=LINEAR_ALGEBRA * (1 + bound.weight_norm + value))


def exact_margin(instance: Instance) -> Margin:
    """The same in balls: σ_2 from ‖W‖_F² and det W, D from σ_1 and ‖V‖₂ = √2."""
    from flint import arb, ctx, fmpq

    gap = Fraction(instance["gap"])
    rho = difference(gap)
    rows = ((2 + rho, gap * rho), (Fraction(1), -gap))
    square = sum((entry * entry for row in rows for entry in row), Fraction(0))
    determinant = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]

    def ball(value: Fraction) -> arb:
        return arb(fmpq(value.numerator, value.denominator))

    with ctx.workprec(192):
        root = (ball(square) ** 2 - 4 * ball(determinant) ** 2).sqrt()
        largest = ((ball(square) + root) / 2).sqrt()
        tail = abs(ball(determinant)) / largest
        norm = arb(2).sqrt()
        signal = 4 / (3 * arb(3).sqrt()) * norm * ball(1 + rho) + norm**2
        return Margin.of_ball(signal * largest * ball(gap**2) / ball(DECAY) - tail)


def meets_hypotheses(instance: Instance) -> bool:
    """Two samples that differ."""
    return 0 < instance["gap"] <= 1


def instances() -> Any:
    """Inverse powers of two and ten, and one."""
    from hypothesis import strategies as st

    gaps = [Fraction(1, whole) for whole in (1, 2, 4, 8, 10, 16, 20, 32, 50, 64, 100, 1000)]
    return st.fixed_dictionaries({"gap": st.sampled_from(gaps)})


def sampler(generator: np.random.Generator) -> Instance:
    """Gaps from one to a thousandth."""
    return {"gap": Fraction(int(generator.integers(1, 1001)), 1000)}


CLAIM = Claim(
    id="networks/linear-bound-across-kinks-as-stated",
    title="For every activation the tail beyond rank C is at most a constant times the variation",
    statement=r"\Big(\sum_{j>C}\sigma_j(W)^2\Big)^{1/2}\le\frac D\lambda\,\mathrm{TCV}(z)\quad"
    r"\text{with }D\text{ from spectral norms, for ReLU}",
    source=ZANGRANDO_2024.at("abstract of version 1, read literally"),
    computed="both sides on a ReLU network with a kink between two samples of one label",
    tight="fails by a whole power of the distance between the samples",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    exact_margin=exact_margin,
    witness={"gap": Fraction(1, 100)},
    instead="networks/rank-bound-linear-in-variation",
)
