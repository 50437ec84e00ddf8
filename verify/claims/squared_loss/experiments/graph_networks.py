"""The ReLU networks on edges and triangles of complete graphs: exact integers, losses, tables, descent."""

import math
from typing import Any, cast

import numpy as np
import sympy as sp

from theory.squared_loss.relu_chains import (
    CHAIN_COST,
    FIT,
    INCIDENCE_ROOT,
    TRACE_OF_INVERSE,
    TRIANGLE_ROOT,
    chain_loss,
    incidence_wins,
    triangle_wins,
)
from theory.squared_loss.relu_factors import (
    incidence_factors,
    scaled_factors,
    triangle_factors,
    triangle_vertex_signs,
    vertex_edge_incidence,
)
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Run
from verify.claims.squared_loss.experiments.relu_losses import loss_through_relu
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin


def incidence_construction(run: Run) -> Evidence:
    """Weights through the ReLU in integers; loss against the formula; the exact table; descent from it."""
    from numerics.descent.relu_features import minimise_relu_features

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    depths = range(2, 8)
    for vertices in range(3, 9):
        incidence = vertex_edge_incidence(vertices)
        relu = np.maximum(2 * incidence.T @ incidence - 2, 0)  # twice the pre-activation, all integers
        margins.append(Margin.exact(-int(np.sum(relu != 2 * np.eye(incidence.shape[1])))))
        wins: list[str] = []
        for depth in depths:
            block, decays = incidence_factors(vertices, depth), [0.01] * (depth + 1)
            loss = loss_through_relu(scaled_factors([block], 0.9, decays), decays, 1)
            root = float(INCIDENCE_ROOT(vertices=vertices, factors=depth + 1))
            where = {"scale": 0.9, "strength_decay": 0.01 ** (depth + 1), "factors": depth + 1}
            formula = float(FIT(scale=0.9)) + float(CHAIN_COST(root_bracket=root, **where))
            margins.append(Margin.equal(loss, formula, error=LINEAR_ALGEBRA * formula))
            cheaper = root < incidence.shape[1]
            margins.append(Margin.exact(-int(cheaper != incidence_wins(vertices, depth))))
            wins.append("wins" if cheaper else f"{root / incidence.shape[1]:.3f}")
        rows.append((vertices, incidence.shape[1], *wins))
    vertices, depth, decay = 4, 4, 0.005
    predicted = chain_loss(float(INCIDENCE_ROOT(vertices=4, factors=5)), factors=5, strength_decay=decay**5)
    start = scaled_factors([incidence_factors(vertices, depth)], predicted.scale, [decay] * 5)
    found = minimise_relu_features(start, np.eye(6), decay, max_iterations=400)
    margins.append(Margin.at_least(predicted.loss, found.loss, error=LINEAR_ALGEBRA))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"exact in integers; descent from r = 4, L = 4: {found.loss:.5f} ≤ {predicted.loss:.5f}",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Incidence chain against collapse: B^{1/F}/K where it does not win",
                ("r", "K", *(f"L = {depth}" for depth in depths)),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def triangle_construction(run: Run) -> Evidence:
    """G and τ_r exactly, loss against the formula, the exact table, and descent at K = 10, L = 3."""
    from flint import fmpz_mat

    from numerics.descent.relu_features import minimise_relu_features

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    depths = range(2, 7)
    for vertices in range(5, 9):
        edge, signs = vertex_edge_incidence(vertices), triangle_vertex_signs(vertices)
        contains = np.maximum(signs @ edge, 0) // 2
        gram = fmpz_mat((contains.T @ contains).tolist())
        inverse = gram.inv()
        trace = cast(Any, sum((inverse[i, i] for i in range(edge.shape[1])), inverse[0, 0] * 0))
        formula_trace = TRACE_OF_INVERSE.at(vertices=sp.Integer(vertices))
        margins.append(Margin.exact(-int(sp.Rational(int(trace.p), int(trace.q)) != formula_trace)))
        wins: list[str] = []
        for depth in depths:
            block, decays = triangle_factors(vertices, depth), [0.01] * (depth + 1)
            loss = loss_through_relu(scaled_factors([block], 0.9, decays), decays, 1)
            root = float(TRIANGLE_ROOT(vertices=vertices, factors=depth + 1))
            where = {"scale": 0.9, "strength_decay": 0.01 ** (depth + 1), "factors": depth + 1}
            formula = float(FIT(scale=0.9)) + float(CHAIN_COST(root_bracket=root, **where))
            margins.append(Margin.equal(loss, formula, error=LINEAR_ALGEBRA * formula))
            cheaper = root < edge.shape[1]
            margins.append(Margin.exact(-int(cheaper != triangle_wins(vertices, depth))))
            wins.append(f"{root / edge.shape[1]:.3f}{' wins' if cheaper else ''}")
        rows.append((vertices, edge.shape[1], math.comb(vertices, 3), str(formula_trace), *wins))
    decay, root = 0.007, float(TRIANGLE_ROOT(vertices=5, factors=4))
    chain = chain_loss(root, factors=4, strength_decay=decay**4)
    collapse = chain_loss(10.0, factors=4, strength_decay=decay**4)
    start = scaled_factors([triangle_factors(5, 3)], chain.scale, [decay] * 4)
    found = minimise_relu_features(start, np.eye(10), decay, max_iterations=400)
    margins += [Margin.at_least(chain.loss, found.loss), Margin.at_least(collapse.loss, chain.loss)]
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"K = 10, L = 3, λ = 0.007: {chain.loss:.5f}, descent {found.loss:.5f} < {collapse.loss:.5f}",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(
            Table(
                "Triangle chain against collapse: B^{1/F}/K",
                ("r", "K", "width needed", "τ_r", *(f"L = {depth}" for depth in depths)),
                tuple(rows),
            ),
        ),
    )
