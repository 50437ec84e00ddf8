"""Lower bounds of what margins cost: exact multipliers for two factors, a bisection for more."""

from dataclasses import dataclass

import sympy as sp
from flint import fmpq, fmpq_mat

from numerics.exact.factorisation import factorise
from theory.errors import InvalidProofError
from verify.proof.facts import MarginCost, Matrix, Statement
from verify.proof.rules.rule import Context, require

MOST_NODES = 10_000_000
"""Minutes of bisection: a stored proof may not ask for more."""


@dataclass(frozen=True)
class MarginMultipliers:
    """Rational α ≥ 0 with Σ α_jc m_jc ≥ bound and [[I, G], [Gᵀ, diag(n)]] ⪰ 0, G = Σ α_jc (e_c − e_j)e_cᵀ.

    Then ‖G diag(n)^{−1/2}‖_2 ≤ 1, so ‖Z diag(√n)‖_* ≥ ⟨G, Z⟩ = Σ α_jc (Z_cc − Z_jc) ≥ Σ α_jc m_jc.
    """

    multipliers: Matrix
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        shown = [[str(entry) for entry in row] for row in self.multipliers]
        return f"weak duality, multipliers {shown}; spectral norm at most one by an exact LDLᵀ"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the multipliers are feasible over the rationals and their value reaches the bound."""
        fact = _margin_cost(fact)
        classes = len(fact.sizes)
        require(fact.factors == 2, "multipliers bound the nuclear norm, that is two factors")
        _require_square(self.multipliers, classes, "multipliers")
        require(all(entry >= 0 for row in self.multipliers for entry in row), "a multiplier is negative")
        require(
            all(self.multipliers[c][c] == 0 for c in range(classes)), "a class has a multiplier to itself"
        )
        value, block = fmpq(0), fmpq_mat(2 * classes, 2 * classes)
        for c in range(classes):
            block[c, c] = fmpq(1)
            block[classes + c, classes + c] = _exact(fact.sizes[c])
            for j in range(classes):
                if j == c:
                    continue
                multiplier = _exact(self.multipliers[j][c])
                value += multiplier * _exact(fact.margins[j][c])
                for row, entry in ((c, multiplier), (j, -multiplier)):
                    block[row, classes + c] += entry
                    block[classes + c, row] += entry
        require(value >= _exact(fact.bound), f"the multipliers reach {value}, below the bound")
        require(factorise(block) is not None, "the multipliers leave the unit ball of the spectral norm")


@dataclass(frozen=True)
class CodeBisection:
    """A bisection over Gram matrices that closes within some nodes: see `numerics.deep_cost.bisection`.

    It is done again at every check, in float64 with error bounds; nothing of an earlier run is believed.
    Margins above one and sizes above one only raise the cost.
    """

    nodes: sp.Rational
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        return f"bisection of Gram matrices into at most {self.nodes} simplices, each bounded by a dual point"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless every node closes."""
        from numerics.deep_cost.bisection import MOST_CLASSES, SLACK, bisect

        fact = _margin_cost(fact)
        classes, factors = len(fact.sizes), fact.factors
        require(classes <= MOST_CLASSES, f"{classes} classes are more than the bisection handles")
        require(bool(factors.is_Integer) and 3 <= factors <= 64, f"{factors} factors: 3 to 64 are handled")
        require(bool(self.nodes.is_Integer) and 1 <= self.nodes <= MOST_NODES, f"{self.nodes} nodes")
        beside = [row[c] for j, row in enumerate(fact.margins) for c in range(classes) if j != c]
        require(min(*beside, *fact.sizes) >= 1, "a margin or a size is below one")
        require(0 < fact.bound < 1000, f"the bound {fact.bound} is not between 0 and 1000")
        done = bisect(classes, int(factors), float(fact.bound), limit=int(self.nodes))
        require(done.is_closed, f"the bisection does not close within {self.nodes} nodes")
        context.coverings.append((done.bounded, SLACK))


def _margin_cost(fact: Statement) -> MarginCost:
    """The statement, if it is one about margins and all its numbers are rational and in place."""
    if not isinstance(fact, MarginCost):
        raise InvalidProofError(f"this rule bounds the cost of margins, it does not show: {fact}")
    classes = len(fact.sizes)
    require(classes >= 2, "margins need at least two classes")
    require(all(bool(size.is_Rational) and size > 0 for size in fact.sizes), "a size is not positive")
    _require_square(fact.margins, classes, "margins")
    require(all(fact.margins[c][c] == 0 for c in range(classes)), "a class has a margin to itself")
    require(bool(fact.bound.is_Rational), f"the bound {fact.bound} is not rational")
    return fact


def _require_square(matrix: Matrix, classes: int, what: str) -> None:
    """A K×K matrix of rationals with zeros where a class meets itself."""
    require(len(matrix) == classes, f"{what} are not one row a class")
    require(all(len(row) == classes for row in matrix), f"{what} are not one column a class")
    require(all(bool(entry.is_Rational) for row in matrix for entry in row), f"{what} are not all rational")


def _exact(value: sp.Rational) -> fmpq:
    return fmpq(int(value.p), int(value.q))
