"""Proofs as data: facts, the rules that lead from one to the next, and the checker that re-checks them.

A proof never runs anything of the claim it belongs to. `check` accepts it only when every step follows
by its rule, survives exact evaluation at rational points, and leads to a goal. How a proof was found does
not matter to it: `verify.proof.provers` finds some by themselves, `verify.proof.stored` keeps them in files.
"""

from verify.proof.checker import check
from verify.proof.facts import Fact, MarginCost, Proof, SemidefiniteBound, Step, UniqueZero, Variable
from verify.proof.rules import (
    CodeBisection,
    Combination,
    Covering,
    DualCertificate,
    Evident,
    Identity,
    Increasing,
    Induction,
    IsolatedZero,
    Known,
    MarginMultipliers,
    RationalSign,
    Rising,
    Square,
    Sturm,
    SumOfSquares,
)

__all__ = [
    "CodeBisection",
    "Combination",
    "Covering",
    "DualCertificate",
    "Evident",
    "Fact",
    "Identity",
    "Increasing",
    "Induction",
    "IsolatedZero",
    "Known",
    "MarginCost",
    "MarginMultipliers",
    "Proof",
    "RationalSign",
    "Rising",
    "SemidefiniteBound",
    "Square",
    "Step",
    "Sturm",
    "SumOfSquares",
    "UniqueZero",
    "Variable",
    "check",
]
