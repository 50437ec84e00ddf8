"""Mutants of the bound on features outside the targets' row space: ‖H − HP‖/‖H‖ ≤ √(ε₁ + √(t(1 − CKA²)))."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp
from mutant import ONE_PERCENT_LESS, Domain, Kind, MarginOf, Mutant, flipped, rewired

from theory.regression.subspace_bound import ALIGNMENT, AMENDED_BOUND, OUTSIDE, TARGETS
from verify.claims.regression import subspace_bound

SUBSPACE = "regression/subspace-bound"


def bounded(expression: sp.Expr) -> MarginOf:
    """The claim's margin with another bound."""
    return rewired(subspace_bound.margin, AMENDED_BOUND=replace(AMENDED_BOUND, expression=expression))


def outside(
    name: str, kind: Kind, margin: MarginOf, targets: list[list[Any]], features: list[list[Any]]
) -> Mutant:
    witness = {"targets": targets, "features": features}
    return Mutant(name=name, kind=kind, of=SUBSPACE, margin=margin, witness=witness)


def diagonal(values: list[Any], columns: list[int], width: int) -> list[list[Any]]:
    """One row for each value, which stands in its column."""
    return [[value if column == place else 0 for place in range(width)] for value, column in
            zip(values, columns, strict=True)]  # fmt: skip


INNER = sp.sqrt(TARGETS * (1 - ALIGNMENT**2))
# Y = (1, 0), H = diag(2, 1): ε₁ = 1/5, CKA = 1, and the distance is √(1/5), just the bound.
ALONE = ([[1, 0]], [[2, 0], [0, 1]])
# Y = diag(4, 1), H = diag(4, 1) with its second direction turned away: CKA = 256/257, distance 1/√17 = 0.243.
TURNED = (diagonal([4, 1], [0, 1], 3), diagonal([4, 1], [0, 2], 3))
# The same with three directions, two of them turned away: CKA² = 1/(1 + 2η⁴) · 1/(1 + 2δ⁴) for η = ¼ and
# δ = 1/10, so 1 − CKA² = 0.00796; the distance to the fourth power is (2η²/(1 + 2η²))² = 0.01235.
TURNED_TWICE = (
    diagonal([1, Fraction(1, 10), Fraction(1, 10)], [0, 1, 2], 5),
    diagonal([1, Fraction(1, 4), Fraction(1, 4)], [0, 3, 4], 5),
)
FALSE = (
    # 0.4472 against 0.4427
    outside(
        "bound-one-percent-less", "constant", bounded(ONE_PERCENT_LESS * AMENDED_BOUND.expression), *ALONE
    ),
    # √(ε₁²) = 1/5
    outside("outside-squared", "exponent", bounded(sp.sqrt(OUTSIDE**2 + INNER)), *ALONE),
    # ε₁ = 1/5
    outside("without-the-outer-root", "exponent", bounded(OUTSIDE + INNER), *ALONE),
    # 0
    outside("without-nrc1", "term", bounded(sp.sqrt(INNER)), *ALONE),
    # √(2 · 0.00777) = 0.125
    outside("without-the-inner-root", "exponent", bounded(sp.sqrt(OUTSIDE + INNER**2)), *TURNED),
    # the same from the claim's strategy alone: twelve small integers, no sampler
    Mutant(
        name="without-the-inner-root-in-integers",
        kind="exponent",
        of=SUBSPACE,
        margin=bounded(sp.sqrt(OUTSIDE + INNER**2)),
        witness={"targets": TURNED[0], "features": TURNED[1]},
        domain=Domain(subspace_bound.instances, None, subspace_bound.has_full_rank),
    ),
    # √(√2 · 0.0039) = 0.074
    outside(
        "alignment-squared-too-late",
        "norm",
        bounded(sp.sqrt(OUTSIDE + sp.sqrt(TARGETS) * (1 - ALIGNMENT))),
        *TURNED,
    ),
    outside("without-the-number-of-targets", "samples", bounded(sp.sqrt(OUTSIDE + INNER / sp.sqrt(TARGETS))),
            *TURNED_TWICE),
    # t = 1: Y = (1, 0), H = (1, 1) has ε₁ = 0 and distance √½; the bound is 0
    outside(
        "one-target-less",
        "classes",
        bounded(sp.sqrt(OUTSIDE + sp.sqrt((TARGETS - 1) * (1 - ALIGNMENT**2)))),
        [[1, 0]],
        [[1, 1]],
    ),
    # Y = H: 0 ≥ √√(2 · 0) holds, but H = (1, 1) is at √½ from Y = (1, 0), where the bound is (3/4)^{1/4}
    outside("distance-at-least-the-bound", "relation", flipped(subspace_bound.margin), [[1, 0]], [[1, 1]]),
)  # fmt: skip


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="bound-one-percent-more",
        kind="constant",
        of=SUBSPACE,
        margin=bounded(sp.Rational(101, 100) * AMENDED_BOUND.expression),
    ),
    # √(a + b) ≤ √a + √b
    Mutant(
        name="roots-apart", kind="exponent", of=SUBSPACE, margin=bounded(sp.sqrt(OUTSIDE) + sp.sqrt(INNER))
    ),
    Mutant(
        name="one-target-more",
        kind="classes",
        of=SUBSPACE,
        margin=bounded(sp.sqrt(OUTSIDE + sp.sqrt((TARGETS + 1) * (1 - ALIGNMENT**2)))),
    ),
)
