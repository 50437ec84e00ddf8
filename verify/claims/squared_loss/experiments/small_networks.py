"""Small ReLU networks in exact rationals, and descent from random starts beside them."""

from fractions import Fraction

import numpy as np
import sympy as sp

from theory.squared_loss.relu_chains import beats_collapse, chain_loss, padded_root_bracket, padded_structure
from theory.squared_loss.small_chains import (
    CONE,
    CONE_BRACKET,
    WEDGE_CONSTANT,
    Rational,
    bracket,
    cone_factors,
    logits,
    wedge_factors,
)
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin

QUICK_CELLS = ((4, 3), (3, 4), (4, 4))
FULL_CELLS = (*QUICK_CELLS, (3, 3), (5, 3), (6, 3), (7, 3), (5, 4))


def certificates(run: Run) -> Evidence:
    """The small networks in exact rationals: logits, brackets, and the proofs' constants."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    small: list[tuple[str, int, list[Rational], sp.Expr | None]] = [
        (f"wedge, L = {depth}", 3, wedge_factors(depth), 2 ** (depth - 2) * WEDGE_CONSTANT)
        for depth in (3, 4, 5, 6)
    ]
    _, _, cuts, last = cone_factors()
    identity = [[Fraction(int(row == column)) for column in range(4)] for row in range(4)]
    small += [
        ("cone, L = 3", 7, cone_factors(), CONE_BRACKET),
        ("cone, L = 3, features ≥ 0", 7, [CONE, identity, cuts, last], None),
    ]
    for name, classes, factors, constant in small:
        one_hot = [[int(row == column) for column in range(classes)] for row in range(classes)]
        product, power = bracket(factors), classes ** len(factors)
        margins.append(Margin.exact(-int(logits(factors) != one_hot)))
        if constant is not None:
            same = sp.Rational(product.numerator, product.denominator) == constant
            margins.append(Margin.exact(-int(not same)))
        if name != "wedge, L = 3":
            margins.append(Margin.exact(power - product))
        rows.append((name, str(product), power, float(product / power), product < power))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary="exact: logits are the identity, Π‖A_j‖² is below K^F",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Small networks in exact arithmetic", ("network", "B", "K^F", "B/K^F", "wins"), tuple(rows)
            ),
            _known_table(),
        ),
    )


def _known_table() -> Table:
    depths = (3, 4, 5, 6)
    rows = tuple(
        (
            classes,
            *(
                f"{padded_structure(classes, depth)}: {padded_root_bracket(classes, depth) / classes:.4f}"
                for depth in depths
            ),
        )
        for classes in range(2, 17)
    )
    return Table(
        "Best structure proved, and its cost over that of collapse",
        ("K", *(f"L = {d}" for d in depths)),
        rows,
    )


def descent(run: Run) -> Evidence:
    """L-BFGS from random factors: what it finds against collapse and the networks here, λ = 0.005, n = 1."""
    from numerics.descent.relu_features import minimise_relu_features

    generator = run.generator("squared-loss/relu-collapse-is-beaten", "descent")
    cells, starts, iterations = (QUICK_CELLS, 2, 250) if run.level == "quick" else (FULL_CELLS, 30, 500)
    decay = 0.005
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for classes, depth in cells:
        factors = depth + 1
        strength = decay**factors
        collapse = chain_loss(float(classes), factors=factors, strength_decay=strength).loss
        ours = chain_loss(padded_root_bracket(classes, depth), factors=factors, strength_decay=strength).loss
        width = 2 * classes
        shapes = [(width, classes), *[(width, width)] * (depth - 1), (classes, width)]
        lowest = np.inf
        for _ in range(starts):
            size = generator.choice([0.65, 1.0, 1.3])
            start = [size * generator.standard_normal(s) / np.sqrt(width) for s in shapes]
            found = minimise_relu_features(start, np.eye(classes), decay, max_iterations=iterations)
            lowest = min(lowest, found.loss)
        if beats_collapse(classes, depth):
            margins.append(Margin.at_least(collapse, ours))
        rows.append((classes, depth, starts, collapse, ours, float(lowest), lowest < collapse * (1 - 1e-6)))
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"{len(rows)} cells, {starts} random starts each: see the table",
        instances=len(rows) * starts,
        worst=worst_of(margins),
        tables=(
            Table(
                "Random starts, λ = 0.005, n = 1, width 2K",
                ("K", "L", "starts", "collapse", "network here", "lowest found", "below collapse"),
                tuple(rows),
            ),
        ),
    )
