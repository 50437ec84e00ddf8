"""The rules by which a fact follows. Each is data with two methods: say it, and check it.

A rule sees the proof's variables, the facts already established and the fact it must yield; it raises
InvalidProofError when the fact does not follow. No rule runs anything of a claim, or any solver.
"""

from verify.proof.rules.algebra import Combination, Evident, Identity, Known, RationalSign
from verify.proof.rules.covering import Covering
from verify.proof.rules.margins import CodeBisection, MarginMultipliers
from verify.proof.rules.monotone import Increasing, Induction, Rising
from verify.proof.rules.polynomial import Square, Sturm, SumOfSquares
from verify.proof.rules.roots import IsolatedZero
from verify.proof.rules.rule import Context, Rule
from verify.proof.rules.semidefinite import DualCertificate

RULES: tuple[type[Rule], ...] = (
    Identity,
    RationalSign,
    Evident,
    Known,
    Combination,
    Sturm,
    SumOfSquares,
    Increasing,
    Rising,
    Induction,
    Covering,
    IsolatedZero,
    DualCertificate,
    MarginMultipliers,
    CodeBisection,
)
"""Every rule there is: what a stored proof may name."""

__all__ = [
    "RULES",
    "CodeBisection",
    "Combination",
    "Context",
    "Covering",
    "DualCertificate",
    "Evident",
    "Identity",
    "Increasing",
    "Induction",
    "IsolatedZero",
    "Known",
    "MarginMultipliers",
    "RationalSign",
    "Rising",
    "Rule",
    "Square",
    "Sturm",
    "SumOfSquares",
]
