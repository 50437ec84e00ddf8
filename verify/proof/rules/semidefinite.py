"""Lower bounds of semidefinite programs by an exact dual point."""

from dataclasses import dataclass

import sympy as sp
from flint import fmpq, fmpq_mat

from numerics.exact.factorisation import factorise, rational_matrix
from theory.errors import InvalidProofError, OutOfDomainError
from verify.proof.facts import Matrix, SemidefiniteBound, Statement
from verify.proof.rules.rule import Context, require


@dataclass(frozen=True)
class DualCertificate:
    """Rational multipliers y with C − Σ y_i A_i ⪰ 0 exactly, y_i ≥ 0 for inequalities, and Σ y_i b_i ≥ bound.

    Then ⟨C, X⟩ ≥ Σ y_i ⟨A_i, X⟩ ≥ Σ y_i b_i for every feasible X: weak duality.
    """

    multipliers: tuple[sp.Rational, ...]
    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words."""
        shown = ", ".join(str(multiplier) for multiplier in self.multipliers) or "none"
        return f"weak duality, multipliers {shown}; the slack matrix has an exact LDLᵀ with no negative pivot"

    def check(self, fact: Statement, context: Context) -> None:
        """Raise unless the dual point is feasible over the rationals and its value reaches the bound."""
        if not isinstance(fact, SemidefiniteBound):
            raise InvalidProofError(f"this rule bounds a semidefinite program, it does not show: {fact}")
        require(len(self.multipliers) == len(fact.constraints), "one multiplier a constraint is needed")
        require(bool(fact.bound.is_Rational), f"the bound {fact.bound} is not rational")
        slack = _matrix(fact.cost, len(fact.cost))
        value = fmpq(0)
        for multiplier, (matrix, relation, right) in zip(self.multipliers, fact.constraints, strict=True):
            require(bool(multiplier.is_Rational), f"multiplier {multiplier} is not rational")
            require(bool(right.is_Rational), f"the right side {right} of a constraint is not rational")
            require(relation in (">=", "="), f"relation {relation!r} of a constraint is unknown")
            require(
                relation == "=" or multiplier >= 0, f"multiplier {multiplier} of an inequality is negative"
            )
            exact = fmpq(int(multiplier.p), int(multiplier.q))
            slack -= exact * _matrix(matrix, len(fact.cost))
            value += exact * fmpq(int(right.p), int(right.q))
        require(
            value >= fmpq(int(fact.bound.p), int(fact.bound.q)), f"the dual value is {value}, below the bound"
        )
        require(factorise(slack) is not None, "the slack matrix is not positive semidefinite")


def _matrix(rows: Matrix, size: int) -> fmpq_mat:
    """A symmetric rational matrix of the given size."""
    try:
        matrix = rational_matrix(rows)
    except OutOfDomainError as error:
        raise InvalidProofError(str(error)) from error
    require(matrix.nrows() == size == matrix.ncols(), "the matrices differ in size")
    require(matrix == matrix.transpose(), "a matrix is not symmetric")
    return matrix
