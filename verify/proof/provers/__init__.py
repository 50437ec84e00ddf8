"""Provers: they look for a proof and hand out only what the checker accepts.

Floats and solvers help to find; nothing of them stays in the proof. None means that no proof was found,
which says nothing about the statement.
"""

from verify.proof.provers.covering import cover
from verify.proof.provers.inequality import prove_inequality
from verify.proof.provers.semidefinite import bound_semidefinite
from verify.proof.provers.squares import sum_of_squares
from verify.proof.provers.zero import isolate_zero

__all__ = ["bound_semidefinite", "cover", "isolate_zero", "prove_inequality", "sum_of_squares"]
