"""When a collapse point has a positive semidefinite Hessian: the sharp form of Theorem 4.

Statement   K ≥ 4: iff α ≥ K(F−2)/F, and the critical eigenvalue Fα/K − (F−2) is the first to turn negative.
            K = 3: iff Q₁₁Q₂₂ ≥ Q₁₂², from one root on. K = 2: iff α ≥ α_c. L = 1: for every α > 0.
Source      2410.23169, Theorem 4 (for small weight decay); sharp form derived for this project.
Computed    least eigenvalue of the dense Hessian on either side of the threshold.
Tight       an equivalence, for every F ≥ 2, n ≥ 1, d ≥ K − 1, with equal decays.
"""

import numpy as np
import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE_DECAY
from theory.cross_entropy.stability import (
    STABILITY_DECAY,
    STABILITY_SCALE,
    log_stability_decay,
    stability_scale,
)
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SCALE
from verify.claim import Claim, Run
from verify.claims.landscape.collapse_spectrum import dense_spectrum, instances, is_wide_enough, sampler
from verify.claims.landscape.lemmas.contrast import contrast_rises
from verify.claims.landscape.lemmas.few_classes import three_classes, two_classes
from verify.claims.landscape.lemmas.stable_blocks import critical_is_first, none_is_negative
from verify.claims.landscape.lemmas.steps import partition_steps, same
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Proof, Variable


def margin(instance: Instance) -> Margin:
    """Below the threshold minus the least eigenvalue; from it on, that none is negative."""
    found, error = dense_spectrum(instance)
    least = float(found[0])
    if float(instance["scale"]) < stability_scale(instance["classes"], instance["factors"]):
        return Margin.at_least(0.0, least, error=error)
    return Margin.equal(min(least, 0.0), 0.0, error=error)


def _decay() -> Proof:
    """The largest stable decay in closed form."""
    return Proof(
        title="the weight decay of the threshold, K ≥ 4",
        variables=(
            Variable(CLASSES, "K", sp.Integer(4)),
            Variable(FACTORS, "F", sp.Integer(3)),
        ),
        steps=(
            *partition_steps(STABILITY_SCALE.expression),
            same(
                "decay",
                STABILITY_DECAY.expression,
                COLLAPSE_DECAY.at({SCALE: STABILITY_SCALE.expression}),
                "μ(α) falls beyond α_c, so a larger scale is a smaller decay",
            ),
        ),
        goals=("decay",),
        rests_on=("cross-entropy/collapse-scale",),
    )


def thresholds(run: Run) -> Evidence:
    """Dense Hessians a little below and above each threshold, for K = 2…6 and F = 2…5."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in range(2, 7 if run.level == "full" else 6):
        for factors in range(2, 6):
            threshold = stability_scale(classes, factors)
            place = {"classes": classes, "factors": factors, "samples_per_class": 2, "width": classes}
            least: list[float] = []
            for scale in (0.98 * threshold, 1.02 * threshold) if threshold else (0.01,):
                instance = place | {"scale": scale}
                margins.append(margin(instance))
                least.append(float(dense_spectrum(instance)[0][0]))
            below = least[0] if threshold else "—"
            decay = float(np.exp(log_stability_decay(classes, factors)))
            rows.append((classes, factors, threshold, decay, below, least[-1]))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"dense Hessians change sign where predicted, {len(rows)} pairs (K, F)",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Least eigenvalue of the dense Hessian, in units of λ (n = 2, d = K)",
                ("K", "F", "least stable α", "largest stable μ", "2 % below", "2 % above"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/stability",
    title="Collapse has a positive semidefinite Hessian exactly from a known scale on",
    statement=(
        r"K\ge4:\ \nabla^2\mathcal L\succeq0\iff\alpha\ge\frac{K(F-2)}F;\quad "
        r"K=3:\iff Q_{11}Q_{22}\ge Q_{12}^2;\quad K=2:\iff\alpha\ge\alpha_c;\quad L=1:\ \text{always}"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 4"),
    computed="least eigenvalue of the dense Hessian on either side of the threshold",
    tight="an equivalence",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(
        contrast_rises(),
        none_is_negative(),
        critical_is_first(),
        three_classes(),
        two_classes(),
        _decay(),
    ),
    experiments=(thresholds,),
    quick_samples=150,
    full_samples=3_000,
)
