"""Curvature and gradient of the fit at a paired point."""

import sympy as sp

from theory.cross_entropy.paired import PAIRED
from theory.landscape.paired_hessian import OWN_STRENGTH, STRENGTH, TENSION
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape.lemmas.steps import same
from verify.proof import Combination, Evident, Fact, Proof, RationalSign, Step, Variable

PAIRS = CLASSES / 2
DECAYED = sp.exp(-SCALE)
PARTITION = 1 + (CLASSES - 2) * DECAYED + DECAYED**2


def paired_steps() -> tuple[Step, ...]:
    """1 + (K−2)e^{−β} + e^{−2β} > 0 and K − 2 + 2e^{−β} > 0; opens every proof that names them."""
    return (
        Step("one", Fact(1 + DECAYED**2, ">"), Evident(), "a sum of positive numbers"),
        Step("K − 2", Fact(CLASSES - 2, ">"), RationalSign(), "four classes or more"),
        Step("e^{−β}", Fact(DECAYED, ">"), Evident(), "an exponential"),
        Step(
            "partition",
            Fact(PARTITION, ">"),
            Combination(((sp.Integer(1), "one"), ("K − 2", "e^{−β}"))),
            "so the softmax is defined",
        ),
        Step(
            "slope",
            Fact(CLASSES - 2 + 2 * DECAYED, ">"),
            Combination(((sp.Integer(1), "K − 2"), (sp.Integer(2), "e^{−β}"))),
            "so the fit has a slope",
        ),
    )


PAIRED_SIZES = (
    Variable(CLASSES, "K = 2m", sp.Integer(4)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
    Variable(SCALE, "β", sp.Integer(0), open_low=True),
)


def curvature_of_the_paired_fit() -> Proof:
    """Curvature and gradient of the fit in the basis u_i, f_i, for a column of pair i."""
    k, beta, n = CLASSES, SCALE, SAMPLES_PER_CLASS
    x = sp.Symbol("x", positive=True)  # e^{−β}, kept apart from β where that makes no difference
    partition = 1 + (k - 2) * x + x**2
    own, partner, other = 1 / partition, x**2 / partition, x / partition
    both, gap = own + partner, own - partner
    kappa = other * (k - 2 + 2 * x)
    v, rest = sp.symbols("v rest", nonnegative=True)
    power = (FACTORS - 2) / FACTORS
    decay = kappa * 2**power * beta**power * n ** (-1 / FACTORS) / k  # κ s^{F−2}/(K√n), s^F = 2β√n
    in_pair = (both - gap**2) / 2
    p, b = sp.symbols("p b", positive=True)  # any weights 1 − b − (K−2)p, b, p of a column
    any_both, any_gap = 1 - (k - 2) * p, 1 - (k - 2) * p - 2 * b
    return Proof(
        title="curvature and gradient of the fit at a paired point",
        variables=(
            *PAIRED_SIZES,
            Variable(x, "e^{−β}", sp.Integer(0), open_low=True),
            Variable(v, "f_i-part of a column of x, whose f-parts add to zero", sp.Integer(0)),
            Variable(rest, "sum of the squares of its other f-parts", sp.Integer(0)),
            Variable(p, "p, weight of another class", sp.Integer(0), open_low=True),
            Variable(b, "b, weight of the partner", sp.Integer(0), open_low=True),
        ),
        steps=(
            *paired_steps()[:4],
            same("weights", own + partner + (k - 2) * other, sp.Integer(1), "softmax of a column"),
            same(
                "critical",
                decay.subs(x, DECAYED),
                sp.exp(PAIRED.log_decay.expression) / n ** (1 / FACTORS),
                "λ = κ s^{F−2}/(K√n), s^F = 2β√n: the scale equation of the pairs",
            ),
            same(
                "gradient within pairs",
                -(1 - own) - partner,
                -kappa,
                "(softmax − labels) u_i = −κu_i",
            ),
            same(
                "gradient outside",
                (own - 1 + partner) - 2 * other,
                -k * other,
                "on the f's of sum zero it is −Kp, on their sum 0: entries −(K−2)p and 2p",
            ),
            same("tension", k * other / kappa, TENSION.expression.subs(DECAYED, x),
                 "η = Kp/κ, against the decay"),
            same(
                "unit",
                2 ** (1 + power) * beta ** (1 + power) * n ** (-1 / FACTORS) / k / decay,
                2 * beta / kappa,
                "s^{2F−2}/(nK) over λ: class means of δZ are s^{F−1}M/√n, the fit averages Kn columns",
            ),
            same("other pairs", 2 * beta / kappa * other, STRENGTH.expression.subs(DECAYED, x),
                 "u_jᵀGu_j = p: τ"),
            same(
                "own pair", 2 * beta / kappa * in_pair, OWN_STRENGTH.expression.subs(DECAYED, x),
                "u_iᵀGu_i = (a+b)/2 − (a−b)²/2: τ_u, a and b the weights of the pair",
            ),
            same(
                "sums",
                any_both / 2 * v**2 + p * rest - (any_both - 2 * p) ** 2 / 2 * v**2,
                p * (v**2 + rest) + p * k / 2 * (1 - k * p) * v**2,
                "vᵀGv on f-parts of sum zero: p(|v|² + m(1 − Kp)v_i²)",
            ),
            same(
                "sums with own pair",
                any_gap / 2 - any_gap * (any_both - 2 * p) / 2,
                any_gap * p * k / 2,
                "u_iᵀGv = (a−b)pm v_i; it flips with the pair, so X stays apart from x and y",
            ),
        ),
        goals=("weights", "critical", "gradient within pairs", "gradient outside", "tension", "unit",
               "other pairs", "own pair", "sums", "sums with own pair"),
    )  # fmt: skip
