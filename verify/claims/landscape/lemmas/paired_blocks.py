"""The blocks of the Hessian at a paired point, that they are all of it, and the saddle of two factors."""

import sympy as sp

from theory.landscape.dimension import WIDTH
from theory.landscape.paired_hessian import (
    OWN_STRENGTH,
    PAIR_CONTRAST,
    PAIR_GAP,
    PAIRED_BLOCKS,
    SHALLOW_PAIRED_BLOCKS,
    STRENGTH,
    TENSION,
)
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claims.landscape.lemmas.paired_curvature import (
    DECAYED,
    PAIRED_SIZES,
    PAIRS,
    PARTITION,
    paired_steps,
)
from verify.claims.landscape.lemmas.steps import same
from verify.proof import Fact, Increasing, Proof, RationalSign, Step, Variable


def paired_blocks() -> Proof:
    """Blocks of X inside the range, and of (x, y), in units of λ."""
    k, f = CLASSES, FACTORS
    tau, own, eta = STRENGTH.expression, OWN_STRENGTH.expression, TENSION.expression
    contrast, gap = PAIR_CONTRAST.expression, PAIR_GAP.expression
    entries = next(block for block in PAIRED_BLOCKS.blocks if len(block.rows) == 3).rows
    first = (PAIRS - 1) / PAIRS  # square of the i-th entry of the unit vector along m e_i − 1
    return Proof(
        title="the blocks at a paired point",
        variables=(*PAIRED_SIZES[:2], PAIRED_SIZES[3]),
        steps=(
            *paired_steps(),
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
            same("contrast", contrast, 1 - k * DECAYED / PARTITION, "1 − Kp"),
            same("unit vector", first, (PAIRS - 1) ** 2 / (PAIRS * (PAIRS - 1)),
                 "along m e_i − 1; its product with the unit vector of the other pairs is −1/√m"),
            same("own sum", entries[0][0], 1 + tau * (1 + PAIRS * contrast * first), "fit of the sums"),
            same(
                "own coupling squared", entries[0][1] ** 2, first * (tau * gap * PAIRS - eta) ** 2,
                "fit between sums and own pair, less the tension",
            ),
            same("own coupling to the rest", entries[0][2] ** 2, eta**2 / PAIRS, "tension alone"),
            same("own features", entries[1][1], 1 + own, "features within the pair"),
            same("other features", entries[2][2], 1 + tau, "features towards other pairs"),
        ),
        goals=("symmetric", "antisymmetric", "opposed", "contrast", "unit vector", "own sum",
               "own coupling squared", "own coupling to the rest", "own features", "other features"),
    )  # fmt: skip


def paired_count() -> Proof:
    """The blocks exhaust the parameters."""
    k, f, n, d = CLASSES, FACTORS, SAMPLES_PER_CLASS, WIDTH
    whole = d * k * n + (f - 2) * d**2 + k * d
    return Proof(
        title="the multiplicities add up to the number of parameters",
        variables=(*PAIRED_SIZES[:3], Variable(WIDTH, "d", sp.Integer(1))),
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


def two_factors_are_a_saddle() -> Proof:
    """L = 1 with spare width."""
    return Proof(
        title="1 − η < 0",
        variables=(PAIRED_SIZES[0], PAIRED_SIZES[3]),
        steps=(
            *paired_steps()[1:3],
            paired_steps()[4],
            Step("scale", Fact(SCALE, ">"), RationalSign(), "β > 0"),
            Step(
                "exponential",
                Fact(sp.Integer(1), ">", DECAYED),
                Increasing("exp", sp.Integer(0), -SCALE, "scale"),
                "e^{−β} < 1",
            ),
            same(
                "tension",
                (TENSION.expression - 1) * (CLASSES - 2 + 2 * DECAYED),
                2 * (1 - DECAYED),
                "so η > 1: with two factors a spare direction leads down",
            ),
        ),
        goals=("exponential", "tension"),
    )
