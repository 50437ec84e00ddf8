"""Proofs as data: facts, the rules that lead from one to the next, and the checker that re-checks them.

A proof never runs anything of the claim it belongs to. `check` accepts it only when every step follows
by its rule, survives exact evaluation at rational points, and leads to a goal.
"""

from verify.proof.checker import check
from verify.proof.facts import Fact, Proof, Step, Variable
from verify.proof.rules import Combination, Evident, Identity, Increasing, Known, RationalSign, Rising

__all__ = [
    "Combination",
    "Evident",
    "Fact",
    "Identity",
    "Increasing",
    "Known",
    "Proof",
    "RationalSign",
    "Rising",
    "Step",
    "Variable",
    "check",
]
