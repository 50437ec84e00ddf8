"""The rank bound: clusters split the gradient into a part of rank C and a rest that bounds the tail."""

import sympy as sp

from theory.symbols import positive
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable

ZERO = sp.Integer(0)
GRADIENT = "networks/gradient-identity"

decay, samples = positive("weight_decay"), positive("samples")
tail, distance, cross, residual, spectral, delta_variation, input_variation = (
    sp.Symbol(name, nonnegative=True)
    for name in ("tail", "distance", "cross", "residual", "spectral", "delta_variation", "input_variation")
)
GIVEN = (
    Variable(decay, "λ", ZERO, open_low=True),
    Variable(samples, "N, of samples or images", ZERO, open_low=True),
)
VARIATIONS = (
    Variable(delta_variation, "TCV(δ) = ‖Δ‖_F²/N", ZERO, stands_for=True),
    Variable(input_variation, "TCV(z) = ‖𝒵‖_F²/N", ZERO, stands_for=True),
)


def splitting() -> Proof:
    """One entry of Σ δ_i z_iᵀ over one cluster: deviations, and a product of means."""
    products, deltas, inputs, members = (
        positive(name) for name in ("products", "deltas", "inputs", "members")
    )
    first, second = deltas / members, inputs / members
    return Proof(
        title="Σδz over a cluster is Σ of the deviations' products plus n times the product of the means",
        variables=(
            Variable(products, "Σδ_i z_i, an entry of Σδ_i z_iᵀ", ZERO, open_low=True),
            Variable(deltas, "Σδ_i", ZERO, open_low=True),
            Variable(inputs, "Σz_i", ZERO, open_low=True),
            Variable(members, "n, samples (or patches, or uses) of the cluster", ZERO, open_low=True),
        ),
        steps=(
            Step(
                "split",
                Fact(
                    products - first * inputs - second * deltas + members * first * second,
                    "=",
                    products - members * first * second,
                ),
                Identity(),
                "Σ(δ_i − δ̄)(z_i − z̄), expanded, is Σδ_i z_i − n δ̄z̄; a polynomial identity in the sums, so "
                "that their signs do not matter. The C products of means are a matrix of rank at most C",
            ),
        ),
        goals=("split",),
    )


def frobenius() -> Proof:
    """B0, B1 and B2 for the Frobenius tail."""
    both = sp.sqrt(samples * delta_variation) * sp.sqrt(samples * input_variation)
    one = spectral * sp.sqrt(samples * input_variation)
    rest = residual / decay
    return Proof(
        title="the Frobenius tail beyond C is at most B0, B1 and B2, each plus ‖R‖_F/λ",
        variables=(
            *GIVEN,
            *VARIATIONS,
            Variable(tail, "(Σ_{j>C} σ_j(W)²)^{1/2}", ZERO, stands_for=True),
            Variable(distance, "‖W − M‖_F, M = −(1/λN)Σ_k n_k δ̄_k z̄_kᵀ", ZERO, stands_for=True),
            Variable(cross, "‖Δ𝒵ᵀ‖_F", ZERO, stands_for=True),
            Variable(spectral, "‖Δ‖₂", ZERO, stands_for=True),
            Variable(residual, "‖R‖_F", ZERO),
        ),
        steps=(
            Step(
                "nearest",
                Fact(distance, ">=", tail),
                Known("Eckart and Young 1936: ‖W − M‖_F ≥ (Σ_{j>C} σ_j(W)²)^{1/2} for rank M ≤ C"),
                "M is a sum of C matrices of rank one",
            ),
            Step(
                "triangle",
                Fact(cross / (decay * samples) + rest, ">=", distance),
                Known("Triangle inequality: Horn and Johnson 2013, 5.1"),
                "λW = −(1/N)Σδ_i z_iᵀ + R and the splitting give W − M = −(1/λN)Δ𝒵ᵀ + R/λ",
            ),
            Step(
                "B0",
                Fact(cross / (decay * samples) + rest, ">=", tail),
                Combination(((sp.Integer(1), "nearest"), (sp.Integer(1), "triangle"))),
                "the sharpest of the three",
            ),
            Step("scale", Fact(1 / (decay * samples), ">"), RationalSign(), "1/(λN)"),
            Step(
                "Cauchy–Schwarz",
                Fact(both, ">=", cross),
                Known("Cauchy–Schwarz: Horn and Johnson 2013, 5.6: ‖AB‖_F ≤ ‖A‖_F‖B‖_F"),
                "‖Δ‖_F = √(N·TCV(δ)) and ‖𝒵‖_F = √(N·TCV(z))",
            ),
            Step(
                "B1",
                Fact(sp.sqrt(delta_variation) * sp.sqrt(input_variation) / decay + rest, ">=", tail),
                Combination(((sp.Integer(1), "B0"), ("scale", "Cauchy–Schwarz"))),
                "the variations only",
            ),
            Step(
                "one spectral norm",
                Fact(one, ">=", cross),
                Known("Ideal property: Horn and Johnson 2013, 5.6: ‖AB‖_F ≤ ‖A‖₂‖B‖_F"),
                "and ‖𝒵‖_F as before",
            ),
            Step(
                "B2",
                Fact(spectral / sp.sqrt(samples) * sp.sqrt(input_variation) / decay + rest, ">=", tail),
                Combination(((sp.Integer(1), "B0"), ("scale", "one spectral norm"))),
                "never above B1",
            ),
        ),
        goals=("B0", "B1", "B2"),
        rests_on=(GRADIENT,),
    )


def nuclear() -> Proof:
    """B0 and B1 for the nuclear tail."""
    both = sp.sqrt(samples * delta_variation) * sp.sqrt(samples * input_variation)
    rest = residual / decay
    return Proof(
        title="the nuclear tail beyond C is at most B0 in nuclear norms and B1, each plus ‖R‖_*/λ",
        variables=(
            *GIVEN,
            *VARIATIONS,
            Variable(tail, "Σ_{j>C} σ_j(W)", ZERO, stands_for=True),
            Variable(distance, "‖W − M‖_*, M = −(1/λN)Σ_k n_k δ̄_k z̄_kᵀ", ZERO, stands_for=True),
            Variable(cross, "‖Δ𝒵ᵀ‖_*", ZERO, stands_for=True),
            Variable(residual, "‖R‖_*", ZERO),
        ),
        steps=(
            Step(
                "nearest",
                Fact(distance, ">=", tail),
                Known("Mirsky 1960: ‖W − M‖_* ≥ Σ_{j>C} σ_j(W) for rank M ≤ C"),
                "in every unitarily invariant norm the truncated singular value decomposition is nearest",
            ),
            Step(
                "triangle",
                Fact(cross / (decay * samples) + rest, ">=", distance),
                Known("Triangle inequality: Horn and Johnson 2013, 5.1"),
                "W − M = −(1/λN)Δ𝒵ᵀ + R/λ",
            ),
            Step(
                "B0",
                Fact(cross / (decay * samples) + rest, ">=", tail),
                Combination(((sp.Integer(1), "nearest"), (sp.Integer(1), "triangle"))),
                "the sharper of the two",
            ),
            Step("scale", Fact(1 / (decay * samples), ">"), RationalSign(), "1/(λN)"),
            Step(
                "trace duality",
                Fact(both, ">=", cross),
                Known("von Neumann 1937: ‖AB‖_* ≤ ‖A‖_F‖B‖_F"),
                "‖Δ‖_F = √(N·TCV(δ)) and ‖𝒵‖_F = √(N·TCV(z))",
            ),
            Step(
                "B1",
                Fact(sp.sqrt(delta_variation) * sp.sqrt(input_variation) / decay + rest, ">=", tail),
                Combination(((sp.Integer(1), "B0"), ("scale", "trace duality"))),
                "the same number as for the Frobenius tail",
            ),
        ),
        goals=("B0", "B1"),
        rests_on=(GRADIENT,),
    )
