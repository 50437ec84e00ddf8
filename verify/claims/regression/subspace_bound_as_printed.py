"""Proposition 1 of 2603.23805, which fails as printed.

Statement   NRC1 ≤ ε₁ and 1 − CKA ≤ ε₂ imply ‖H − HP‖_F/‖H‖_F ≤ √ε₁ + √ε₂, P the projection on the row
            space of Y.
Source      2603.23805, Proposition 1.
Computed    right side minus left side; exactly (rational matrices, balls for the roots) when rank H ≤ t.
Tight       fails: with Y = diag(1, δ), H = diag(1, η), second directions orthogonal, the left side is
            about η and 1 − CKA about η⁴/2. It holds for whitened targets with rank H ≤ t.
"""

from fractions import Fraction
from typing import Any

from theory.regression.subspace_bound import PRINTED_BOUND
from theory.sources import RANGAMANI_UNAL_2026
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.regression.subspace_bound import has_full_rank, instances, measured, sampler
from verify.instance import Instance
from verify.margin import Margin


def margin(instance: Instance) -> Margin:
    """The printed bound minus the measured distance, in floats."""
    left, outside, alignment, _ = measured(instance)
    right = float(PRINTED_BOUND(outside=outside, alignment=alignment))
    return Margin.at_least(
        right, left, error=1e3 * LINEAR_ALGEBRA**0.5 if right < 1e-3 else 1e3 * LINEAR_ALGEBRA
    )


def exact_margin(instance: Instance) -> Margin | None:
    """The same from exact rationals when rank H ≤ t, where NRC1 = 0; None otherwise.

    A = YHᵀ, CKA² = ‖A‖⁴/(‖HHᵀ‖²‖YYᵀ‖²) and ‖H − HP‖² = tr HHᵀ − tr Aᵀ(YYᵀ)⁻¹A are rational.
    """
    from flint import arb, ctx, fmpq, fmpq_mat

    def rational(rows: Any) -> fmpq_mat:
        exact = [[Fraction(entry) for entry in row] for row in rows]
        return fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in exact])

    targets, features = rational(instance["targets"]), rational(instance["features"])
    if features.rank() > targets.nrows():
        return None
    cross = targets * features.transpose()
    gram_h, gram_y = features * features.transpose(), targets * targets.transpose()
    inside = cross.transpose() * gram_y.inv() * cross

    def trace(matrix: fmpq_mat) -> fmpq:
        return sum((matrix[i, i] for i in range(matrix.nrows())), fmpq(0))

    def squared_norm(matrix: fmpq_mat) -> fmpq:
        return trace(matrix * matrix.transpose())

    alignment_squared = squared_norm(cross) ** 2 / (squared_norm(gram_h) * squared_norm(gram_y))
    distance_squared = (trace(gram_h) - trace(inside)) / trace(gram_h)
    with ctx.workprec(192):
        right = PRINTED_BOUND.ball(outside=0, alignment=arb(alignment_squared).sqrt())
        return Margin.of_ball(right - arb(distance_squared).sqrt())


CLAIM = Claim(
    id="regression/subspace-bound-as-printed",
    title="NRC1 and CKA bound the features' distance to the targets' row space with exponent ½",
    statement=(
        r"\mathrm{NRC1}\le\varepsilon_1,\ 1-\mathrm{CKA}\le\varepsilon_2\ \Longrightarrow\ "
        r"\frac{\|H-HP_Y\|_F}{\|H\|_F}\le\sqrt{\varepsilon_1}+\sqrt{\varepsilon_2}"
    ),
    source=RANGAMANI_UNAL_2026.at("Proposition 1"),
    computed="right side minus left side",
    tight="fails by a whole power: left about η, right about η²/√2",
    instances=instances,
    sampler=sampler,
    hypotheses=has_full_rank,
    margin=margin,
    exact_margin=exact_margin,
    witness={
        "targets": [[1, 0, 0], [0, Fraction(1, 10), 0]],
        "features": [[1, 0, 0], [0, 0, Fraction(1, 2)]],
    },
    instead="regression/subspace-bound",
)
