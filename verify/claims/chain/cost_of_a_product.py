"""What a product of F matrices costs.

Statement   min{Σ_j ‖A_j‖_F² : A_F⋯A_1 = X} = F Σ_i σ_i(X)^{2/F}, inner widths ≥ rank X.
Source      Shang et al. 2020, Theorem 1.
Computed    Σ_j ‖A_j‖_F² minus the formula on random chains, half of them balanced; F = 2 also as an SDP.
Tight       yes: balanced aligned factors attain it.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.chain.cost import COST_OF_A_SINGULAR_VALUE, cost_error, cost_of_a_product
from theory.sources import SHANG_2020
from theory.tolerances import LINEAR_ALGEBRA, SOLVER_GAP
from verify.claim import Claim, Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.judge import versions
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices


def margin(instance: Instance) -> Margin:
    """Σ‖A_j‖² minus the cost of the product.

    The error counts what rounding of the product's singular values does to their powers 2/F.
    """
    chain = [np.asarray(factor, dtype=np.float64) for factor in instance["chain"]]
    product = chain[0]
    for factor in chain[1:]:
        product = factor @ product
    total = float(sum(np.sum(factor**2) for factor in chain))
    rounding = LINEAR_ALGEBRA * float(np.prod([np.linalg.norm(factor) for factor in chain]))
    error = cost_error(product, len(chain), rounding) + LINEAR_ALGEBRA * total
    return Margin.at_least(total, cost_of_a_product(product, len(chain)), error=error)


def sampler(generator: np.random.Generator) -> Instance:
    """A Gaussian chain, or (every other time) a balanced one, over nine orders of magnitude."""
    factors = int(generator.integers(2, 7))
    scale = 10.0 ** generator.uniform(-3, 3)
    if generator.random() < 0.5:
        widths = generator.integers(1, 7, size=factors + 1)
        chain = [scale * generator.standard_normal((widths[j + 1], widths[j])) for j in range(factors)]
        return {"chain": chain}
    rank = int(generator.integers(1, 6))
    bases = [np.linalg.qr(generator.standard_normal((6, rank)))[0] for _ in range(factors + 1)]
    values = scale * generator.exponential(size=rank)
    return {"chain": [bases[j + 1] * values @ bases[j].T for j in range(factors)]}


def instances() -> Any:
    """Chains of two to four small integer matrices."""
    from hypothesis import strategies as st

    def chain(widths: list[int]) -> Any:
        shapes = zip(widths[1:], widths[:-1], strict=True)
        matrices = [integer_matrices(rows, columns) for rows, columns in shapes]
        return st.tuples(*matrices).map(lambda matrices: {"chain": list(matrices)})

    return st.lists(st.integers(1, 3), min_size=3, max_size=5).flatmap(chain)


def semidefinite_program(run: Run) -> Evidence:
    """F = 2 against the nuclear-norm SDP: primal value and dual bound enclose the formula."""
    from numerics.representation_cost import two_factor_cost

    generator = run.generator("chain/cost-of-a-product", "solver")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for shape in (
        ((2, 2), (3, 5), (6, 4)) if run.level == "quick" else ((2, 2), (3, 5), (6, 4), (10, 10), (12, 20))
    ):
        matrix = generator.standard_normal(shape)
        formula = cost_of_a_product(matrix, 2)
        solved = two_factor_cost(matrix)
        if solved.remedy:
            return Evidence(kind="solver", outcome=overall([]), summary=f"{solved.status}: {solved.remedy}")
        allowed = SOLVER_GAP * formula
        margins.append(Margin.equal(solved.value, formula, error=allowed))
        margins.append(Margin.equal(solved.lower_bound, formula, error=allowed))
        difference = abs(solved.value - formula)
        rows.append((f"{shape[0]}×{shape[1]}", formula, difference, formula - solved.lower_bound))
    worst = worst_of(margins)
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"SDP's dual bound within {max(abs(float(row[3])) for row in rows):.1g}",
        instances=len(rows),
        worst=worst,
        tables=(
            Table(
                "Two factors as a semidefinite program",
                ("X", "formula", "|SDP − formula|", "formula − dual bound"),
                tuple(rows),
            ),
        ),
        versions=versions("cvxpy", "clarabel"),
    )


def _proof() -> Proof:
    total, horn, cost = (sp.Symbol(name, nonnegative=True) for name in ("total", "horn", "cost"))
    factors, value = COST_OF_A_SINGULAR_VALUE.arguments[1], COST_OF_A_SINGULAR_VALUE.arguments[0]
    balanced = value ** (1 / factors)
    squared, multiplied = sp.Pow(balanced, 2, evaluate=False), sp.Pow(balanced, factors, evaluate=False)
    return Proof(
        title="Σ‖A_j‖² ≥ F Σσ_i(X)^{2/F}, attained by balanced factors",
        variables=(
            Variable(total, "Σ_j ‖A_j‖_F² = Σ_i Σ_j σ_i(A_j)²", sp.Integer(0), stands_for=True),
            Variable(horn, "Σ_i Π_j σ_i(A_j)^{2/F}", sp.Integer(0), stands_for=True),
            Variable(cost, "Σ_i σ_i(X)^{2/F}", sp.Integer(0), stands_for=True),
            Variable(factors, "F", sp.Integer(2)),
            Variable(value, "σ, a singular value of X", sp.Integer(0)),
        ),
        steps=(
            Step(
                "Horn",
                Fact(horn, ">=", cost),
                Known(
                    "Horn 1950: Π_{i≤k} σ_i(AB) ≤ Π_{i≤k} σ_i(A)σ_i(B) for every k; and Weyl's consequence"
                ),
                "so Π_{i≤k} σ_i(X) ≤ Π_{i≤k} Π_j σ_i(A_j) for every k, and the sums of powers 2/F compare",
            ),
            Step(
                "AM–GM",
                Fact(total, ">=", factors * horn),
                Known("AM–GM: Hardy, Littlewood, Pólya 1952, 2.5"),
                "for each i, the F numbers σ_i(A_j)²",
            ),
            Step("F is positive", Fact(factors, ">"), RationalSign(), "there are at least two factors"),
            Step(
                "lower bound",
                Fact(total, ">=", factors * cost),
                Combination(((sp.Integer(1), "AM–GM"), ("F is positive", "Horn"))),
                "no factorisation is cheaper",
            ),
            Step(
                "balanced cost",
                Fact(factors * squared, "=", COST_OF_A_SINGULAR_VALUE.expression),
                Identity(),
                "F factors with singular value σ^{1/F} each cost the formula's share of σ",
            ),
            Step(
                "balanced product",
                Fact(multiplied, "=", value),
                Identity(),
                "aligned factors A_j = U_j Σ^{1/F} U_{j−1}ᵀ multiply to X",
            ),
        ),
        goals=("lower bound", "balanced cost", "balanced product"),
    )


CLAIM = Claim(
    id="chain/cost-of-a-product",
    title="A product of F matrices costs F times the sum of its singular values to the power 2/F",
    statement=r"\min_{A_F\cdots A_1=X}\ \sum_{j=1}^{F}\|A_j\|_F^2 \;=\; F\sum_i\sigma_i(X)^{2/F}"
    r"\qquad(F\ge2,\ \text{inner widths}\ge\operatorname{rank}X)",
    source=SHANG_2020.theorem(1),
    computed="Σ‖A_j‖² minus the formula on random chains, half of them balanced",
    tight="yes: balanced aligned factors attain it",
    instances=instances,
    sampler=sampler,
    margin=margin,
    proofs=(_proof(),),
    experiments=(semidefinite_program,),
    full_samples=80_000,
)
