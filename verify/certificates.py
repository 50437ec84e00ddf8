"""Certificates as proofs: what `numerics.certificates` finds, as files keep them and the checker reads them.

The file is an ordinary proof file: ``rankcollapse verify --replay FILE`` checks it, with no solver.
"""

from pathlib import Path

import sympy as sp

from numerics.certificates.margins import MarginCertificate
from verify.claim import Claim
from verify.proof import MarginCost, MarginMultipliers, Proof, Step
from verify.proof.facts import rational
from verify.proof_file import save


def proof_of(certificate: MarginCertificate, *, title: str = "") -> Proof:
    """A certificate as a proof in one step; it still has to be checked.

    >>> from numerics.certificates.margins import repaired
    >>> from verify.proof import check
    >>> check(proof_of(repaired([[0, 0.5], [0.5, 0]], [[0, 1], [1, 0]]))).steps
    1
    """
    margins = tuple(tuple(rational(entry) for entry in row) for row in certificate.margins)
    multipliers = tuple(tuple(rational(entry) for entry in row) for row in certificate.multipliers)
    sizes = tuple(rational(size) for size in certificate.sizes)
    fact = MarginCost(sp.Integer(2), sizes, margins, rational(certificate.bound))
    step = Step("bound", fact, MarginMultipliers(multipliers), "weak duality at a rational point")
    return Proof(title or f"what margins cost, {len(sizes)} classes", (), (step,), ("bound",))


def save_certificate(certificate: MarginCertificate, path: Path, *, name: str = "mine/margins") -> None:
    """Write a certificate as a proof file; raises UsageError where the path forbids it."""
    claim = Claim(
        id=name,
        title="What margins cost",
        statement=rf"\|Z\operatorname{{diag}}(\sqrt n)\|_*\ge {sp.latex(rational(certificate.bound))}",
        source="a certificate",
        proofs=(proof_of(certificate),),
    )
    save(claim, path)
