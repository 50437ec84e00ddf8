"""Every eigenvalue of the Hessian at a paired point, with its multiplicity.

Statement   For even K = 2m ≥ 4, at balanced factors of βP⊗1ᵀ with the critical decay, the Hessian is, in an
            orthonormal basis and in units of λ, the block form of `theory.landscape.paired_hessian`. With
            L = 1 and d > m it has the eigenvalue 1 − η < 0: a strict saddle.
Source      derived for this project; the block form behind 2410.23169, Theorem 6.
Computed    all eigenvalues of the dense Hessian against the block form; characteristic polynomials over the
            rationals.
Tight       equality, for every even K ≥ 4, F ≥ 2, n ≥ 1, d ≥ K/2 and β > 0, with equal decays.
Argument    As for collapse (`collapse_spectrum`), with U_F the m columns u_i, s^F = 2β√n, and these changes.
            1. Softmax less labels maps u_i to −κu_i, f-parts of sum zero to −Kp times themselves, Σf_i to 0:
            g' = −(λ/s^{F−2})(U_FU_0ᵀ + ηTT_0ᵀ), T a frame of the f-parts of sum zero, T_0 = T⊗1/√n. The new
            part acts only where B_F is outermost and B_1 innermost: it adds −2λη tr(xy), x = TᵀB_FU_{F−1},
            y = U_1ᵀB_1T_0. With two factors, nothing being between them, −2λη tr(x'y') as well, with
            x' = TᵀB_FV_1 and y' = V_1ᵀB_1T_0: eigenvalues 1 ± η, (m−1)(d−m) each. The row of B_F along 1
            is seen by nothing. From here on y has all m columns, one for each f_i.
            2. In the basis u, f the curvature of a column of pair i has no entries between different u, nor
            between u_j, j ≠ i, and f; between u_i and f it has the sign of the class in the pair. The two
            classes of pair i have the means ±X_i + y_i ± x_i, columns i of X = Σb_j, y and x, up to a
            factor: what is odd in the sign cancels, so X does not meet x and y, and x meets y in y_ii alone.
            3. X in symmetric and antisymmetric parts, as at collapse: entries of a pair with itself have τ_u
            for τ. Deviations within a class: τ_u along u_i, τ along the other m − 1.
            4. Column i of x (m−1 dimensions) meets row i of y (m) and nothing else. Perpendicular to
            m e_i − 1 both have 1 + τ and meet through the tension: 1 + τ ± η, m−2 each. Left of the row are
            y_ii and the part along the other pairs' ones: with x along m e_i − 1 the 3×3 block, m times.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.cross_entropy.paired import PAIRED
from theory.landscape.dimension import WIDTH
from theory.landscape.paired_hessian import (
    OWN_STRENGTH,
    PAIR_CONTRAST,
    PAIR_GAP,
    PAIRED_BLOCKS,
    SHALLOW_PAIRED_BLOCKS,
    STRENGTH,
    TENSION,
    paired_spectrum,
)
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.landscape.collapse_spectrum import same
from verify.evidence import Evidence, Table, overall
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals

_HALF = CLASSES / 2
_E = sp.exp(-SCALE)
_PARTITION = 1 + (CLASSES - 2) * _E + _E**2


def dense_spectrum(instance: Instance) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues of the dense Hessian in units of λ, ascending, and their error bound in the same units."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.landscape.hessian import cross_entropy_hessian

    classes, samples, factors = 2 * instance["pairs"], instance["samples_per_class"], instance["factors"]
    scale = float(instance["scale"])
    decay = float(np.exp(PAIRED.log_decay(scale=scale, classes=classes, factors=factors)))
    decay /= samples ** (1 / factors)
    code = np.kron(np.eye(instance["pairs"]), [[1.0, -1.0], [-1.0, 1.0]])
    generator = np.random.default_rng(instance["width"])
    logits = np.kron(scale * code, np.ones((1, samples)))
    chain = balanced_factors(logits, factors=factors, width=instance["width"], rng=generator)
    hessian = cross_entropy_hessian(chain, np.repeat(np.arange(classes), samples), decay) / decay
    return np.linalg.eigvalsh(hessian), LINEAR_ALGEBRA * (1 + scale) * float(np.linalg.norm(hessian))


def margin(instance: Instance) -> Margin:
    """Minus the largest difference between the dense eigenvalues and those of the block form."""
    found, error = dense_spectrum(instance)
    names = ("factors", "width", "samples_per_class")
    predicted = paired_spectrum(
        scale=float(instance["scale"]),
        classes=2 * instance["pairs"],
        **{name: instance[name] for name in names},
    )
    listed = np.repeat([value for value, _ in predicted], [count for _, count in predicted])
    if listed.size != found.size:
        return Margin.equal(listed.size, found.size, error=0.0)
    return Margin.equal(float(np.max(np.abs(listed - found))), 0.0, error=error)


def is_wide_enough(instance: Instance) -> bool:
    """m ≥ 2 pairs, F ≥ 2, n ≥ 1, d ≥ m, and a scale at which floats can see the Hessian."""
    return (
        instance["pairs"] >= 2
        and instance["factors"] >= 2
        and instance["samples_per_class"] >= 1
        and instance["width"] >= instance["pairs"]
        and 0 < instance["scale"] <= 30
    )


def instances() -> Any:
    """Two or three pairs, few samples and factors, a rational scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "pairs": st.integers(2, 3),
            "samples_per_class": st.integers(1, 2),
            "factors": st.integers(2, 4),
            "width": st.integers(2, 5),
            "scale": positive_rationals(largest=20),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Two or three pairs, up to 5 factors, scales from 0.05 to 25."""
    pairs = int(generator.integers(2, 4))
    return {
        "pairs": pairs,
        "samples_per_class": int(generator.integers(1, 3)),
        "factors": int(generator.integers(2, 6)),
        "width": pairs + int(generator.integers(0, 4)),
        "scale": float(0.05 * 500 ** generator.uniform()),
    }


def partition_steps() -> tuple[Step, ...]:
    """1 + (K−2)e^{−β} + e^{−2β} > 0 and K − 2 + 2e^{−β} > 0; opens every proof that names them."""
    return (
        Step("one", Fact(1 + _E**2, ">"), Evident(), "a sum of positive numbers"),
        Step("K − 2", Fact(CLASSES - 2, ">"), RationalSign(), "four classes or more"),
        Step("e^{−β}", Fact(_E, ">"), Evident(), "an exponential"),
        Step(
            "partition",
            Fact(_PARTITION, ">"),
            Combination(((sp.Integer(1), "one"), ("K − 2", "e^{−β}"))),
            "so the softmax is defined",
        ),
        Step(
            "slope",
            Fact(CLASSES - 2 + 2 * _E, ">"),
            Combination(((sp.Integer(1), "K − 2"), (sp.Integer(2), "e^{−β}"))),
            "so the fit has a slope",
        ),
    )


_SIZES = (
    Variable(CLASSES, "K = 2m", sp.Integer(4)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
    Variable(SCALE, "β", sp.Integer(0), open_low=True),
)


def _fit() -> Proof:
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
            *_SIZES,
            Variable(x, "e^{−β}", sp.Integer(0), open_low=True),
            Variable(v, "f_i-part of a column of x, whose f-parts add to zero", sp.Integer(0)),
            Variable(rest, "sum of the squares of its other f-parts", sp.Integer(0)),
            Variable(p, "p, weight of another class", sp.Integer(0), open_low=True),
            Variable(b, "b, weight of the partner", sp.Integer(0), open_low=True),
        ),
        steps=(
            *partition_steps()[:4],
            same("weights", own + partner + (k - 2) * other, sp.Integer(1), "softmax of a column"),
            same(
                "critical",
                decay.subs(x, _E),
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
            same("tension", k * other / kappa, TENSION.expression.subs(_E, x), "η = Kp/κ, against the decay"),
            same(
                "unit",
                2 ** (1 + power) * beta ** (1 + power) * n ** (-1 / FACTORS) / k / decay,
                2 * beta / kappa,
                "s^{2F−2}/(nK) over λ: class means of δZ are s^{F−1}M/√n, the fit averages Kn columns",
            ),
            same("other pairs", 2 * beta / kappa * other, STRENGTH.expression.subs(_E, x), "u_jᵀGu_j = p: τ"),
            same(
                "own pair", 2 * beta / kappa * in_pair, OWN_STRENGTH.expression.subs(_E, x),
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


def _blocks() -> Proof:
    """Blocks of X inside the range, and of (x, y), in units of λ."""
    k, f = CLASSES, FACTORS
    tau, own, eta = STRENGTH.expression, OWN_STRENGTH.expression, TENSION.expression
    contrast, gap = PAIR_CONTRAST.expression, PAIR_GAP.expression
    entries = next(block for block in PAIRED_BLOCKS.blocks if len(block.rows) == 3).rows
    first = (_HALF - 1) / _HALF  # square of the i-th entry of the unit vector along m e_i − 1
    return Proof(
        title="the blocks at a paired point",
        variables=(*_SIZES[:2], _SIZES[3]),
        steps=(
            *partition_steps(),
            same(
                "symmetric", 1 - (f - 1) + f * tau, f * tau - (f - 2),
                "B_j = Y: decay, F−1 partners, and the fit of FY; τ_u in place of τ on the diagonal",
            ),
            same(
                "antisymmetric", 1 + (f - 1) + f * tau, f * (1 + tau),
                "partners count with the other sign; what cancels in the sum has 2 and 0, as at collapse",
            ),
            same(
                "opposed", (1 + tau) - eta, 1 + tau - eta,
                "‖x‖² + ‖y‖² − 2η⟨x, yᵀ⟩ + τ(‖x‖² + ‖y‖²) away from a column's own pair: 1 + τ ± η",
            ),
            same("contrast", contrast, 1 - k * _E / _PARTITION, "1 − Kp"),
            same("unit vector", first, (_HALF - 1) ** 2 / (_HALF * (_HALF - 1)),
                 "along m e_i − 1; its product with the unit vector of the other pairs is −1/√m"),
            same("own sum", entries[0][0], 1 + tau * (1 + _HALF * contrast * first), "fit of the sums"),
            same(
                "own coupling squared", entries[0][1] ** 2, first * (tau * gap * _HALF - eta) ** 2,
                "fit between sums and own pair, less the tension",
            ),
            same("own coupling to the rest", entries[0][2] ** 2, eta**2 / _HALF, "tension alone"),
            same("own features", entries[1][1], 1 + own, "features within the pair"),
            same("other features", entries[2][2], 1 + tau, "features towards other pairs"),
        ),
        goals=("symmetric", "antisymmetric", "opposed", "contrast", "unit vector", "own sum",
               "own coupling squared", "own coupling to the rest", "own features", "other features"),
    )  # fmt: skip


def _count() -> Proof:
    """The blocks exhaust the parameters."""
    k, f, n, d = CLASSES, FACTORS, SAMPLES_PER_CLASS, WIDTH
    whole = d * k * n + (f - 2) * d**2 + k * d
    return Proof(
        title="the multiplicities add up to the number of parameters",
        variables=(*_SIZES[:3], Variable(WIDTH, "d", sp.Integer(1))),
        steps=(
            same("count", PAIRED_BLOCKS.size.expression, whole, "features, inner weights, last weights"),
            same(
                "count of two factors",
                SHALLOW_PAIRED_BLOCKS.size.at({FACTORS: 2}),
                whole.subs(f, 2),
                "L = 1: f-rows of the last factor and f-columns of the features meet in the spare width",
            ),
        ),
        goals=("count", "count of two factors"),
    )


def _saddle() -> Proof:
    """L = 1 with spare width."""
    return Proof(
        title="1 − η < 0",
        variables=(_SIZES[0], _SIZES[3]),
        steps=(
            *partition_steps()[1:3],
            partition_steps()[4],
            Step("scale", Fact(SCALE, ">"), RationalSign(), "β > 0"),
            Step(
                "exponential",
                Fact(sp.Integer(1), ">", _E),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "e^{−β} < 1",
            ),
            same(
                "tension",
                (TENSION.expression - 1) * (CLASSES - 2 + 2 * _E),
                2 * (1 - _E),
                "so η > 1: with two factors a spare direction leads down",
            ),
        ),
        goals=("exponential", "tension"),
    )


def characteristic_polynomials(run: Run) -> Evidence:
    """det(x − H) over the rationals is the product of the blocks' polynomials."""
    from numerics.landscape.characteristic import block_polynomial
    from numerics.landscape.exact import paired_point, rational_gradient, rational_hessian

    agree: list[bool] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in (4, 6) if run.level == "quick" else (4, 6, 8):
        for factors in (2, 3, 4) if run.level == "quick" else (2, 3, 4, 5):
            width, root, odds = classes + factors % 2, Fraction(factors + 2, 3), Fraction(classes + 1, 2)
            point = paired_point(classes=classes, factors=factors, width=width, root=root, odds=odds)
            values = {
                SCALE: root**factors / 2,
                CLASSES: classes,
                FACTORS: factors,
                WIDTH: width,
                SAMPLES_PER_CLASS: 1,
            }
            form = SHALLOW_PAIRED_BLOCKS if factors == 2 else PAIRED_BLOCKS
            blocks = block_polynomial(form, values, exponential=1 / odds, unit=point.decay)
            critical = all(gradient == 0 * gradient for gradient in rational_gradient(point))
            agree.append(critical and rational_hessian(point).charpoly() == blocks)
            rows.append((classes, factors, width, point.parameters, agree[-1]))
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if all(agree) else -1)]),
        summary=f"{len(rows)} characteristic polynomials agree over the rationals",
        instances=len(rows),
        tables=(
            Table(
                "Characteristic polynomial of the exact Hessian against the blocks",
                ("K", "F", "d", "parameters", "equal"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/paired-spectrum",
    title="The Hessian at a paired point, all eigenvalues with multiplicities",
    statement=(
        r"\tfrac1\lambda\operatorname{spec}\nabla^2\mathcal L=\{F\tau-(F-2),\ F\tau_u-(F-2),\ F(1+\tau),\ "
        r"1+\tau\pm\eta,\ 1+\tau,\ 1+\tau_u,\ 2,\ 1,\ 0\}\cup\operatorname{spec}R_{3\times3}\ "
        r"(\cup\{1\pm\eta\}\text{ if }F=2),\quad \tau=\frac{2\beta}{K-2+2e^{-\beta}},\ "
        r"\eta=\frac{K}{K-2+2e^{-\beta}}"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 6"),
    computed="dense eigenvalues against the block form; exact characteristic polynomials",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(_fit(), _blocks(), _count(), _saddle()),
    experiments=(characteristic_polynomials,),
    quick_samples=100,
    full_samples=2_000,
)
