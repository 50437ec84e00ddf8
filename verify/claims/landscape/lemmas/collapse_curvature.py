"""Curvature of the fit and of the product at a collapse point."""

import sympy as sp

from theory.cross_entropy.collapse import COLLAPSE_DECAY
from theory.landscape.collapse_hessian import CONTRAST, OFF_CLASS
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape.lemmas.steps import partition_steps, same
from verify.proof import Proof, Variable

SIZES = (
    Variable(CLASSES, "K", sp.Integer(2)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
    Variable(SCALE, "α", sp.Integer(0), open_low=True),
)


def curvature_of_the_fit() -> Proof:
    """Curvature of the fit on class means M (K×K, zero column sums) and within classes."""
    p, own, rest = sp.Symbol("p", positive=True), *sp.symbols("own rest", nonnegative=True)
    on_class = 1 - (CLASSES - 1) * p
    n, off = SAMPLES_PER_CLASS, OFF_CLASS.expression
    root = (SCALE * sp.sqrt(n)) ** (1 / FACTORS)
    decay = off * root ** (FACTORS - 2) / sp.sqrt(n)
    return Proof(
        title="the fit's curvature is (α/K)(‖M‖² + K(1 − Kp)Σ_k M_kk²) in units of λ",
        variables=(
            *SIZES,
            Variable(p, "softmax off its class", sp.Integer(0), open_low=True),
            Variable(own, "m_k, a column's entry on its class, up to sign", sp.Integer(0)),
            Variable(rest, "sum of the squares of its other entries, which add to −m_k", sp.Integer(0)),
        ),
        steps=(
            *partition_steps(),
            same(
                "column",
                on_class * own**2 + p * rest - (on_class * own - p * own) ** 2,
                p * (own**2 + rest) + CLASSES * p * (1 - CLASSES * p) * own**2,
                "mᵀ(diag π − ππᵀ)m for a column m of zero sum; deviations within a class are such, too",
            ),
            same("contrast", CONTRAST.expression, 1 - CLASSES * off, "c = 1 − Kp"),
            same("gradient", on_class - 1, p - CLASSES * p, "a column of g' is (p1 − Kpe_k)/N = −KpSe_k/N"),
            same(
                "decay",
                decay,
                COLLAPSE_DECAY.expression / n ** (1 / FACTORS),
                "λ = p s^{F−2}/√n with s^F = α√n is the scale equation",
            ),
            same(
                "unit",
                root ** (2 * FACTORS - 2) / (n * CLASSES) * off / decay,
                SCALE / CLASSES,
                "class means of δZ are s^{F−1}M/√n, and the fit averages over N = Kn columns",
            ),
        ),
        goals=("column", "contrast", "gradient", "decay", "unit"),
    )


def decay_and_products() -> Proof:
    """λΣ‖B_j‖² + 2⟨g', Σ_{i<j} …B_j…B_i…⟩ with g' = −(λ/s^{F−2}) UVᵀ, entry by entry."""
    total, squares = sp.symbols("total squares", nonnegative=True)
    into, out = sp.symbols("into out", nonnegative=True)
    cross = (total**2 - squares) / 2
    return Proof(
        title="decay and the product's second derivative, in units of λ",
        variables=(
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(total, "Σ_j b_j for one entry b_j of the B_j within the ranges", sp.Integer(0)),
            Variable(squares, "Σ_j b_j²", sp.Integer(0)),
            Variable(into, "an entry of B_j from the range into spare width", sp.Integer(0)),
            Variable(out, "the entry of B_{j+1} back from there", sp.Integer(0)),
        ),
        steps=(
            same(
                "symmetric",
                squares - 2 * cross,
                2 * squares - total**2,
                "tr(B_jB_i) pairs symmetric parts with +, and 2Σ_{i<j}b_ib_j = (Σb_j)² − Σb_j²",
            ),
            same("antisymmetric", squares + 2 * cross, total**2, "and antisymmetric parts with −"),
            same(
                "shared",
                (2 * squares - total**2).subs(squares, total**2 / FACTORS),
                -(FACTORS - 2) * total**2 / FACTORS,
                "equal b_j: symmetric −(F−2); the others, Σb_j = 0, have 2 and antisymmetric ones 0",
            ),
            same(
                "spare width",
                into**2 + out**2 - 2 * into * out,
                (into - out) ** 2,
                "only neighbours meet in spare width: eigenvalues 0 and 2; all else has 1",
            ),
        ),
        goals=("symmetric", "antisymmetric", "shared", "spare width"),
    )
