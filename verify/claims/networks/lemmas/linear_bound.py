"""The bound linear in the variation: how a Lipschitz constant passes back through layers."""

from fractions import Fraction

import sympy as sp

from theory.symbols import positive
from verify.proof import (
    Combination,
    Fact,
    Identity,
    Known,
    Proof,
    RationalSign,
    Square,
    Step,
    Sturm,
    SumOfSquares,
    Variable,
)
from verify.proof.facts import rational

ZERO, ONE = sp.Integer(0), sp.Integer(1)
QUARTER = rational(Fraction(1, 4))
BOUND = "networks/rank-bound"
LAYERS = "networks/variation-through-layers"


def _nonnegative(name: str) -> sp.Symbol:
    return sp.Symbol(name, nonnegative=True)


def tanh_curvature() -> Proof:
    """max |tanh''| = 4/(3√3), attained."""
    t = _nonnegative("t")
    bend = (2 * t * (1 - t**2)) ** 2
    return Proof(
        title="|tanh''| = 2t(1 − t²) ≤ 4/(3√3), t = |tanh|, with equality at t = 1/√3",
        variables=(Variable(t, "|tanh a|", ZERO, ONE),),
        steps=(
            Step(
                "largest",
                Fact(sp.Rational(16, 27), ">=", bend),
                Sturm(),
                "squares of both sides; the difference is (4/27)(1 − 3t²)²(4 − 3t²)",
            ),
            Step(
                "attained",
                Fact(bend.subs(t, 1 / sp.sqrt(3)), "=", sp.Rational(16, 27)),
                Identity(),
                "so that the constant cannot be smaller",
            ),
        ),
        goals=("largest", "attained"),
    )


def recursion() -> Proof:
    """δ = φ'(a) ∘ Wᵀδ⁺ at two samples of a class, from G and D of the layer behind."""
    size, lipschitz, norm, curvature, apart = (
        _nonnegative(name) for name in ("size", "lipschitz", "norm", "curvature", "apart")
    )
    jump, first, second = (_nonnegative(name) for name in ("jump", "first", "second"))
    bent, passed = curvature * norm * size, norm**2 * lipschitz
    return Proof(
        title="one layer back: D ↦ max|φ''|·‖W‖G + ‖W‖²D (and G ↦ ‖W‖G), for |φ'| ≤ 1",
        variables=(
            Variable(size, "G⁺ ≥ ‖δ⁺‖", ZERO),
            Variable(lipschitz, "D⁺, δ⁺ between two samples of a class", ZERO),
            Variable(norm, "‖W‖₂ of the next layer", ZERO),
            Variable(curvature, "max|φ''|", ZERO),
            Variable(apart, "‖a − a'‖", ZERO),
            Variable(jump, "‖δ(a) − δ(a')‖", ZERO, stands_for=True),
            Variable(first, "‖(φ'(a) − φ'(a')) ∘ Wᵀδ⁺(a)‖", ZERO, stands_for=True),
            Variable(second, "‖φ'(a') ∘ Wᵀ(δ⁺(a) − δ⁺(a'))‖", ZERO, stands_for=True),
        ),
        steps=(
            Step(
                "two parts",
                Fact(first + second, ">=", jump),
                Known("Triangle inequality: Horn and Johnson 2013, 5.1"),
                "add and subtract φ'(a') ∘ Wᵀδ⁺(a)",
            ),
            Step(
                "bent",
                Fact(bent * apart, ">=", first),
                Known("Mean value theorem: Rudin 1976, 5.10"),
                "|φ'(a_r) − φ'(a'_r)| ≤ max|φ''|·‖a − a'‖ in every unit, and ‖Wᵀδ⁺‖ ≤ ‖W‖G⁺",
            ),
            Step(
                "passed on",
                Fact(passed * apart, ">=", second),
                Known("Spectral norm: Horn and Johnson 2013, 5.6"),
                "|φ'| ≤ 1, and a⁺ − a⁺' = W(φ(a) − φ(a')) is at most ‖W‖‖a − a'‖ long",
            ),
            Step(
                "Lipschitz",
                Fact((bent + passed) * apart, ">=", jump),
                Combination(((ONE, "two parts"), (ONE, "bent"), (ONE, "passed on"))),
                "D = max|φ''|·‖W‖G⁺ + ‖W‖²D⁺; layer by layer from the loss",
            ),
        ),
        goals=("Lipschitz",),
    )


def at_the_loss() -> Proof:
    """Cross-entropy: the Hessian diag(p) − ppᵀ as a variance, and the signal p − e_y."""
    high, low, variance, others, missed = (
        _nonnegative(name) for name in ("high", "low", "variance", "others", "missed")
    )
    return Proof(
        title="cross-entropy: Lipschitz constant ½, signal at most √2(1 − p_y)",
        variables=(
            Variable(high, "|largest entry of v|", ZERO),
            Variable(low, "|smallest entry of v|", ZERO),
            Variable(missed, "1 − p_y", ZERO, ONE),
            Variable(variance, "vᵀ(diag(p) − ppᵀ)v, the variance of v under p", ZERO, stands_for=True),
            Variable(others, "Σ_{j≠y} p_j²", ZERO, stands_for=True),
        ),
        steps=(
            Step(
                "Popoviciu",
                Fact((high + low) ** 2 / 4, ">=", variance),
                Known("Popoviciu 1935: a variance is at most a quarter of the squared range"),
                "the range is at most the sum of the two absolute values",
            ),
            Step(
                "squares",
                Fact((high**2 + low**2) / 2, ">=", (high + low) ** 2 / 4),
                SumOfSquares((Square(QUARTER, high - low),)),
                "and high² + low² ≤ ‖v‖²",
            ),
            Step(
                "Hessian",
                Fact((high**2 + low**2) / 2, ">=", variance),
                Combination(((ONE, "Popoviciu"), (ONE, "squares"))),
                "the Hessian has norm at most ½; that of the squared loss is the identity",
            ),
            Step(
                "other classes",
                Fact(missed**2, ">=", others),
                Known("Norms: Hardy, Littlewood, Pólya 1952, 2.10: Σx² ≤ (Σx)² for x ≥ 0"),
                "Σ_{j≠y} p_j = 1 − p_y",
            ),
            Step(
                "signal",
                Fact(2 * missed**2, ">=", missed**2 + others),
                Combination(((ONE, "other classes"),)),
                "‖p − e_y‖² ≤ 2(1 − p_y)²; of the squared loss it is 2ℓ",
            ),
        ),
        goals=("Hessian", "signal"),
    )


def linear_in_the_variation() -> Proof:
    """√(TCV(δ)·TCV(z)) ≤ D·TCV(z) from TCV(δ) ≤ D²·TCV(z)."""
    decay, lipschitz = positive("weight_decay"), positive("lipschitz")
    root, signal, tail, residual = (_nonnegative(name) for name in ("root", "signal", "tail", "residual"))
    return Proof(
        title="B1 is at most (D/λ)·TCV(z) where δ is D-Lipschitz in z within clusters",
        variables=(
            Variable(decay, "λ", ZERO, open_low=True),
            Variable(lipschitz, "D > 0, or anything above it", ZERO, open_low=True),
            Variable(root, "√TCV(z)", ZERO),
            Variable(signal, "√TCV(δ)", ZERO, stands_for=True),
            Variable(tail, "the Frobenius, or the nuclear tail beyond C", ZERO, stands_for=True),
            Variable(residual, "‖R‖ in the same norm", ZERO),
        ),
        steps=(
            Step(
                "B1",
                Fact(signal * root / decay + residual / decay, ">=", tail),
                Known(f"claim {BOUND}: B1"),
                "for any partition",
            ),
            Step(
                "within classes",
                Fact(lipschitz**2 * root**2, ">=", signal**2),
                Known(f"claim {LAYERS}: TCV(δ) ≤ D²·TCV(z)"),
                "clusters refine the classes, so that δ is D-Lipschitz in z on every pair of a cluster",
            ),
            Step(
                "means",
                Fact((signal**2 / lipschitz + lipschitz * root**2) / 2, ">=", signal * root),
                SumOfSquares((Square(ONE, signal - lipschitz * root),)),
                "the square of √TCV(δ) − D√TCV(z)",
            ),
            Step("half", Fact(1 / (2 * lipschitz), ">"), RationalSign(), "1/(2D)"),
            Step(
                "product",
                Fact(lipschitz * root**2, ">=", signal * root),
                Combination(((ONE, "means"), ("half", "within classes"))),
                "√(TCV(δ)·TCV(z)) ≤ D·TCV(z)",
            ),
            Step("inverse decay", Fact(1 / decay, ">"), RationalSign(), "1/λ"),
            Step(
                "B3",
                Fact(lipschitz * root**2 / decay + residual / decay, ">=", tail),
                Combination(((ONE, "B1"), ("inverse decay", "product"))),
                "linear in TCV(z)",
            ),
        ),
        goals=("B3",),
        rests_on=(BOUND, LAYERS),
    )
