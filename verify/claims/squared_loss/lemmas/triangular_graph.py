"""The trace of (GᵀG)⁻¹ for the triangle–edge incidence G of a complete graph."""

import sympy as sp

from theory.squared_loss.relu_chains import EDGES, TRACE_OF_INVERSE, VERTICES
from theory.symbols import positive
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable


def trace_of_the_inverse() -> Proof:
    """(GᵀG)⁻¹ = αI + βA + γJ, A the adjacency of edges that share a vertex, GᵀG = (r−2)I + A."""
    alpha = 1 / (VERTICES - 3)
    beta = -1 / ((2 * VERTICES - 8) * (VERTICES - 3))
    gamma = 4 / ((2 * VERTICES - 8) * (VERTICES - 3) * 3 * (VERTICES - 2))
    degree, adjacent, apart = (positive(name) for name in ("degree", "adjacent", "apart"))
    cited = Known("Brouwer and Haemers 2012: T(r) is strongly regular with parameters 2(r−2), r−2, 4")
    parameters = ((degree, 2 * (VERTICES - 2)), (adjacent, VERTICES - 2), (apart, sp.Integer(4)))
    known = [
        Step(symbol.name, Fact(symbol, "=", value), cited, "a parameter of the triangular graph")
        for symbol, value in parameters
    ]
    turned = [
        Step(
            f"{symbol.name}, turned",
            Fact(value, "=", symbol),
            Combination(((sp.Integer(-1), symbol.name),)),
            "the same",
        )
        for symbol, value in parameters
    ]
    # A² = degree·I + adjacent·A + apart·(J − I − A), AJ = degree·J
    own, values = VERTICES - 2, list(parameters)
    coefficients = (
        ("identity part", own * alpha + (degree - apart) * beta - 1, ("degree, turned", "apart"), None),
        (
            "adjacency part",
            own * beta + alpha + (adjacent - apart) * beta,
            ("adjacent, turned", "apart"),
            None,
        ),
        ("ones part", own * gamma + apart * beta + degree * gamma, ("apart, turned",), "degree"),
    )
    steps: list[Step] = [
        *known,
        *turned,
        Step("minus β", Fact(-beta, ">"), RationalSign(), "r ≥ 5"),
        Step("γ", Fact(gamma, ">"), RationalSign(), "r ≥ 5"),
    ]
    for name, coefficient, with_beta, with_gamma in coefficients:
        base = f"{name}, evaluated"
        terms: list[tuple[sp.Expr | str, str]] = [(sp.Integer(1), base)]
        terms += [("minus β", step) for step in with_beta]
        terms += [("γ", with_gamma)] if with_gamma else []
        steps += [
            Step(base, Fact(coefficient.subs(values), "=", sp.Integer(0)), Identity(), "at the parameters"),
            Step(
                name,
                Fact(coefficient, "=", sp.Integer(0)),
                Combination(tuple(terms)),
                "of ((r−2)I + A)(αI + βA + γJ) − I",
            ),
        ]
    steps.append(
        Step(
            "trace",
            Fact(EDGES * (alpha + gamma), "=", TRACE_OF_INVERSE.expression),
            Identity(),
            "A has no diagonal: K(α + γ) = τ_r",
        )
    )
    return Proof(
        title="the trace of (GᵀG)⁻¹",
        variables=(
            Variable(VERTICES, "r", sp.Integer(5)),
            *(
                Variable(symbol, meaning, sp.Integer(0), open_low=True, stands_for=True)
                for symbol, meaning in (
                    (degree, "edges that share a vertex with an edge"),
                    (adjacent, "edges that share a vertex with both of two edges that share one"),
                    (apart, "edges that share a vertex with both of two disjoint edges"),
                )
            ),
        ),
        steps=tuple(steps),
        goals=("identity part", "adjacency part", "ones part", "trace"),
    )
