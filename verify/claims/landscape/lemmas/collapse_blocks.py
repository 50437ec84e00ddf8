"""The blocks of the Hessian at a collapse point, and that they are all of it."""

import sympy as sp

from theory.landscape.collapse_hessian import (
    COLLAPSE_BLOCKS,
    CONTRAST,
    CRITICAL_EIGENVALUE,
    OFF_CLASS,
    SCALE_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
    TWO_CLASS_BLOCKS,
)
from theory.landscape.dimension import DEPTH, ORBIT_DIMENSION, RANK, WIDTH
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape.lemmas.collapse_curvature import SIZES
from verify.claims.landscape.lemmas.steps import partition_steps, same
from verify.proof import Proof, Variable


def _entry(name: str) -> sp.Expr:
    """The entry of the block of that name."""
    return next(block.rows[0][0] for block in COLLAPSE_BLOCKS.blocks if block.name == name)


def blocks() -> Proof:
    """The quadratic form on Y (symmetric, zero row sums) and y by the symmetry of the classes."""
    k, f, c, size = CLASSES, FACTORS, CONTRAST.expression, sp.Symbol("size", positive=True)
    share = (k - 2) / k
    p = OFF_CLASS.expression
    return Proof(
        title="the blocks of (Fα/K − (F−2))‖Y‖² + (1 + α/K)‖y‖² + αc Σ_k(√F Y_kk + y_k/√K)²",
        variables=(
            *SIZES[:2],
            SIZES[3],
            Variable(size, "|v|², Σv_i = 0", sp.Integer(0), open_low=True),
        ),
        steps=(
            *partition_steps(),
            same(
                "critical",
                1 - (f - 1) + f * (SCALE / k),
                CRITICAL_EIGENVALUE.expression,
                "B_j = Y for all j with zero diagonal: decay, F−1 partners, and the fit of the sum FY",
            ),
            same(
                "dimensions",
                1 + (k - 1) + k * (k - 3) / 2,
                k * (k - 1) / 2,
                "multiples of S, S·diag(v)·S, and zero diagonal: all symmetric matrices on 1^⊥ (K ≥ 3)",
            ),
            same(
                "scale",
                CRITICAL_EIGENVALUE.expression + SCALE * c * f * k * ((k - 1) / k) ** 2 / (k - 1),
                SCALE_EIGENVALUE.expression,
                "Y = S/√(K−1) has diagonal (K−1)/K/√(K−1)",
            ),
            same(
                "scale as printed",
                SCALE_EIGENVALUE.expression,
                f * SCALE * (1 - (k - 1) * p) - (f - 2),
                "which vanishes at the turning scale",
            ),
            same(
                "norm",
                (1 - 2 / k) ** 2 * size + (2 * k - 4) * size / k**2,
                share * size,
                "(S·diag(v)·S)_ij = v_iδ_ij − (v_i+v_j)/K and Σ_{ij}(v_i+v_j)² = 2K|v|²",
            ),
            same(
                "diagonal",
                (1 - 2 / k) ** 2 * size,
                share * (share * size),
                "its diagonal is (1 − 2/K)v: normalised, of squared length (K−2)/K",
            ),
            same(
                "factors",
                CRITICAL_EIGENVALUE.expression + SCALE * c * f * share,
                STANDARD_FACTORS.expression,
                "Q₁₁, from the coefficient of ‖Y‖² and the diagonal",
            ),
            same(
                "factors as printed",
                STANDARD_FACTORS.expression,
                f * SCALE * ((k - 1) / k - (k - 2) * p) - (f - 2),
                "Q₁₁",
            ),
            same(
                "antisymmetric",
                1 + (f - 1) + f * (SCALE / k),
                _entry("antisymmetric directions"),
                "equal A: decay, F−1 partners with the other sign, and the fit of FA, which has no diagonal",
            ),
            same(
                "deviations",
                1 + SCALE / k,
                _entry("samples within a class"),
                "a deviation w of one sample's column, away from Se_k: decay and (α/K)‖w‖²",
            ),
            same(
                "own deviation",
                1 + SCALE / k + SCALE * c * ((k - 1) ** 2 + (k - 1)) / k**2,
                _entry("samples within a class, along its own logit"),
                "along Se_k the entry on the class has the square ‖Se_k‖² = (K−1)/K of the whole",
            ),
            same(
                "features",
                STANDARD_FEATURES.expression,
                1 + SCALE * (2 - k * p) / k,
                "Q₂₂: y moves the diagonal by v/√K",
            ),
            same(
                "coupling",
                STANDARD_COUPLING.expression**2,
                (SCALE * c) ** 2 * f * share / k,
                "Q₁₂²; K = 2 has no such Y, and the features' entry alone is left",
            ),
        ),
        goals=(
            "critical", "dimensions", "scale", "scale as printed", "norm", "diagonal",
            "factors", "factors as printed", "antisymmetric", "deviations", "own deviation", "features",
            "coupling",
        ),
    )  # fmt: skip


def count() -> Proof:
    """The blocks exhaust the parameters."""
    k, f, n, d = CLASSES, FACTORS, SAMPLES_PER_CLASS, WIDTH
    return Proof(
        title="the multiplicities add up to the number of parameters",
        variables=(*SIZES[:3], Variable(WIDTH, "d", sp.Integer(1))),
        steps=(
            same(
                "count",
                COLLAPSE_BLOCKS.size.expression,
                d * k * n + (f - 2) * d**2 + k * d,
                "features, inner weights and last weights",
            ),
            same(
                "two classes",
                TWO_CLASS_BLOCKS.size.at({CLASSES: 2}),
                2 * d * n + (f - 2) * d**2 + 2 * d,
                "K = 2, where the symmetric directions are those of the scale",
            ),
            same(
                "nullity",
                COLLAPSE_BLOCKS.blocks[0].multiplicity,
                DEPTH * ((k - 1) * (d - (k - 1)) + (k - 1) * (k - 2) / 2),
                "spare width, and antisymmetric directions that cancel in the sum: dimension of the orbit",
            ),
            same(
                "orbit",
                COLLAPSE_BLOCKS.blocks[0].multiplicity,
                ORBIT_DIMENSION.at({RANK: k - 1}),
                "L(rd − r(r+1)/2) at r = K − 1",
            ),
        ),
        goals=("count", "two classes", "nullity", "orbit"),
    )
