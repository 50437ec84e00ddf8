"""Low-rank ReLU networks that fit one-hot targets exactly, and what they cost against collapse.

All of them have logits Z = xI_K ⊗ 1_nᵀ with x in (0, 1], so fit ½(1 − x)², and a regularised cost
(F/2) B(x)^{1/F}, F = L + 1, from AM–GM over the scales of the factors. Only the bracket B differs:

    collapse         K^F · nΛx²                          H, W_1, …, W_L ∝ I_K
    incidence chain  K³ r^{L−1}/2 · nΛx²,                K = r(r−1)/2 (edges of the complete graph)
    triangle chain   2K r^{L−2} C(r,3)(r/4)τ_r · nΛx²,   the same K, r ≥ 5

with Λ the product of all weight decays. At every x > 0 the smaller bracket has the smaller loss.

Source: 2405.14468, strongly regular graph solution; the triangle chain and all costs are derived for this
project.
"""

import math
from dataclasses import dataclass
from typing import Final

import sympy as sp

from theory.errors import InvalidProblemError
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE, SUKENIK_2024
from theory.squared_loss.modes import optimal_mode
from theory.squared_loss.small_chains import CONE_BRACKET, WEDGE_ROOT
from theory.symbols import FACTORS, SCALE, positive

VERTICES: Final = positive("vertices")
"""r, vertices of the complete graph whose edges are the classes: the rank of the chain's inner layers."""
STRENGTH: Final = positive("strength_decay")
"""nΛ, samples per class times the product of all F weight decays."""

ROOT: Final = positive("root_bracket")
"""B^{1/F}."""

EDGES: Final = VERTICES * (VERTICES - 1) / 2
"""K = C(r, 2)."""
TRIANGLES: Final = VERTICES * (VERTICES - 1) * (VERTICES - 2) / 6
"""C(r, 3)."""

FIT: Final = Formula(
    "fit of scaled one-hot logits",
    (1 - SCALE) ** 2 / 2,
    (SCALE,),
    SUKENIK_2024.at("loss of collapse"),
    "(1/2N)‖xI⊗1ᵀ − I⊗1ᵀ‖²",
)

INCIDENCE_ROOT: Final = Formula(
    "root of the incidence chain's bracket",
    VERTICES * (VERTICES * (VERTICES - 1) ** 3 / 16) ** (1 / FACTORS),
    (VERTICES, FACTORS),
    SUKENIK_2024.at("strongly regular graph solution"),
    "B^{1/F} with B = K³ r^{L−1}/2, K = C(r, 2); collapse has B^{1/F} = K",
)

TRACE_OF_INVERSE: Final = Formula(
    "trace of the inverse Gram matrix of triangles",
    1 / (3 * (VERTICES - 2))
    + (VERTICES - 1) / (2 * VERTICES - 6)
    + VERTICES * (VERTICES - 3) / (2 * (VERTICES - 4)),
    (VERTICES,),
    RANKCOLLAPSE.at("theory 2.5"),
    "τ_r = tr (GᵀG)⁻¹, G the triangle–edge incidence: eigenvalues 3(r−2), r−2+(r−4), r−4",
)

TRIANGLE_ROOT: Final = Formula(
    "root of the triangle chain's bracket",
    VERTICES * ((VERTICES - 1) ** 2 * (VERTICES - 2) / 24 * TRACE_OF_INVERSE.expression) ** (1 / FACTORS),
    (VERTICES, FACTORS),
    RANKCOLLAPSE.at("theory 2.5"),
    "B^{1/F} with B = 2K r^{L−2} C(r, 3)(r/4)τ_r, K = C(r, 2), r ≥ 5",
)

CHAIN_COST: Final = Formula(
    "weight-decay cost of a chain",
    FACTORS / 2 * ROOT * (STRENGTH * SCALE**2) ** (1 / FACTORS),
    (SCALE, ROOT, STRENGTH, FACTORS),
    RANKCOLLAPSE.at("theory 2.5"),
    "(F/2)(B nΛx²)^{1/F}: AM–GM over the scales, whose product is x",
)


@dataclass(frozen=True)
class ChainLoss:
    """The least loss of a chain: its logit scale x (0 where zero is better) and the loss."""

    scale: float
    loss: float


def chain_loss(root_bracket: float, *, factors: int, strength_decay: float) -> ChainLoss:
    """min over x ≥ 0 of ½(1 − x)² + (F/2)(B nΛx²)^{1/F}, from B^{1/F}: a mode with y = 1, ν = (B nΛ)^{1/F}.

    >>> round(chain_loss(10.0, factors=4, strength_decay=0.007**4).loss, 5)  # collapse, K = 10, L = 3
    0.13746
    """
    mode = optimal_mode(1.0, root_bracket * strength_decay ** (1 / factors), factors)
    return ChainLoss(mode.singular_value, mode.loss)


def incidence_wins(vertices: int, depth: int) -> bool:
    """Whether the incidence chain costs less than collapse at every scale: r^{L−1} < 2K^{L−2}, in integers.

    >>> [incidence_wins(4, depth) for depth in (3, 4)]
    [False, True]
    """
    check_chain(vertices, depth, fewest=3)
    edges = math.comb(vertices, 2)
    return bool(vertices ** (depth - 1) < 2 * edges ** (depth - 2))


def triangle_wins(vertices: int, depth: int) -> bool:
    """Whether the triangle chain costs less than collapse at every scale, in exact rationals.

    >>> [triangle_wins(5, depth) for depth in (2, 3)]
    [False, True]
    """
    check_chain(vertices, depth, fewest=5)
    edges = math.comb(vertices, 2)
    trace = TRACE_OF_INVERSE.at(vertices=sp.Integer(vertices))
    bracket = 2 * edges * vertices ** (depth - 2) * math.comb(vertices, 3) * sp.Rational(vertices, 4) * trace
    return bool(bracket < edges ** (depth + 1))


def padded_root_bracket(classes: int, depth: int) -> float:
    """B^{1/F} of the best structure proved here: one chain, wedges on what is left, collapse on the rest.

    Blocks add up. Collapse alone, that is K, where no chain helps. No overflow at any depth.

    >>> padded_root_bracket(6, 3), padded_root_bracket(7, 3) < 7
    (6.0, True)
    """
    return min(_blocks(classes, depth).values())


def padded_structure(classes: int, depth: int) -> str:
    """The name of the structure behind `padded_root_bracket`.

    >>> padded_structure(10, 3), padded_structure(10, 2)
    ('triangle chain, r = 5', 'collapse')
    """
    blocks = _blocks(classes, depth)
    return min(blocks, key=lambda name: (blocks[name], name != "collapse"))


def beats_collapse(classes: int, depth: int) -> bool:
    """Whether a chain padded with collapse is proved to beat collapse: K ≥ 3, L ≥ 4 or K ≥ 7, L ≥ 3.

    >>> [beats_collapse(3, 4), beats_collapse(6, 3), beats_collapse(7, 3), beats_collapse(2, 9)]
    [True, False, True, False]
    """
    return (classes >= 3 and depth >= 4) or (classes >= 7 and depth >= 3)


def _blocks(classes: int, depth: int) -> dict[str, float]:
    """B^{1/F} of collapse, and of each chain that fits into K classes, wedges and collapse beside it."""
    if classes < 2 or depth < 1:
        raise InvalidProblemError(f"classes {classes}, depth {depth}: need at least 2 and 1")
    found, factors = {"collapse": float(classes)}, depth + 1
    if depth < 3:
        return found
    wedge = min(float(WEDGE_ROOT(factors=factors)), 3.0)

    def beside(count: int) -> float:
        return count // 3 * wedge + count % 3

    if classes >= 3 and depth >= 4:
        found["wedges"] = beside(classes)
    if classes >= 7 and depth == 3:
        found["cone"] = float(CONE_BRACKET) ** 0.25 + beside(classes - 7)
    vertices = 4
    while (edges := math.comb(vertices, 2)) <= classes:
        own, rest = {"vertices": vertices, "factors": factors}, beside(classes - edges)
        found[f"incidence chain, r = {vertices}"] = rest + float(INCIDENCE_ROOT(**own))
        if vertices >= 5:
            found[f"triangle chain, r = {vertices}"] = rest + float(TRIANGLE_ROOT(**own))
        vertices += 1
    return found


def check_chain(vertices: int, depth: int, *, fewest: int) -> None:
    """Raise InvalidProblemError for too few vertices or fewer than two layers."""
    if vertices < fewest or depth < 2:
        raise InvalidProblemError(f"r = {vertices}, L = {depth}: this chain needs r ≥ {fewest} and L ≥ 2")
