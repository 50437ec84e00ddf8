"""A symmetric matrix in block-diagonal form: a few small blocks, each with its multiplicity.

What a symmetry makes of a Hessian: its trace and Frobenius norm are sums over blocks, its spectrum that of
the blocks. Multiplicities may come out as zero, and then the block is absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from theory.errors import OutOfDomainError
from theory.formula import Formula
from theory.sources import Citation


@dataclass(frozen=True, eq=False)
class Block:
    """A symmetric block, row by row, and how often it occurs."""

    name: str
    rows: tuple[tuple[sp.Expr, ...], ...]
    multiplicity: sp.Expr

    @property
    def trace(self) -> sp.Expr:
        """Sum of its diagonal."""
        return sp.Add(*[row[index] for index, row in enumerate(self.rows)])

    @property
    def squares(self) -> sp.Expr:
        """Sum of the squares of its entries."""
        return sp.Add(*[entry**2 for row in self.rows for entry in row])


@dataclass(frozen=True, eq=False)
class BlockForm:
    """The blocks of one matrix.

    Parameters
    ----------
    name: what the matrix is.
    blocks: its blocks; together they are the whole matrix.
    arguments: the symbols of entries and multiplicities.
    source: paper and place.
    """

    name: str
    blocks: tuple[Block, ...]
    arguments: tuple[sp.Symbol, ...]
    source: Citation

    @cached_property
    def size(self) -> Formula:
        """Number of rows."""
        total = sp.Add(*[block.multiplicity * len(block.rows) for block in self.blocks])
        return self._formula("size", total)

    @cached_property
    def trace(self) -> Formula:
        """Sum of the eigenvalues."""
        return self._formula("trace", sp.Add(*[block.multiplicity * block.trace for block in self.blocks]))

    @cached_property
    def squared_norm(self) -> Formula:
        """The squared Frobenius norm: sum of the squares of the eigenvalues."""
        total = sp.Add(*[block.multiplicity * block.squares for block in self.blocks])
        return self._formula("squared Frobenius norm", total)

    def spectrum(self, **values: float) -> list[tuple[float, int]]:
        """Eigenvalues in ascending order with the multiplicity that each block gives them.

        Raises OutOfDomainError where a multiplicity is not a whole number ≥ 0.
        """
        found: list[tuple[float, int]] = []
        for block, (entries, count) in zip(self.blocks, self._evaluators, strict=True):
            copies = float(count(**values))
            if copies < 0 or copies != int(copies):
                raise OutOfDomainError(
                    f"{self.name}: {block.name} would occur {copies} times at {dict(values)}: "
                    "give whole sizes within the range of the form"
                )
            if copies:
                matrix = np.array([[float(entry(**values)) for entry in row] for row in entries])
                found += [(float(value), int(copies)) for value in np.linalg.eigvalsh(matrix)]
        return sorted(found)

    @cached_property
    def _evaluators(self) -> list[tuple[list[list[Formula]], Formula]]:
        return [
            (
                [[self._formula(block.name, entry) for entry in row] for row in block.rows],
                self._formula(f"multiplicity of {block.name}", block.multiplicity),
            )
            for block in self.blocks
        ]

    def _formula(self, what: str, expression: sp.Expr) -> Formula:
        return Formula(f"{what} of the {self.name}", expression, self.arguments, self.source, what)


def extremes(spectrum: list[tuple[float, int]]) -> Mapping[str, Any]:
    """Smallest and largest eigenvalue and the size of a spectrum.

    >>> extremes([(0.0, 2), (3.0, 1)])
    {'smallest': 0.0, 'largest': 3.0, 'size': 3}
    """
    return {
        "smallest": min(value for value, _ in spectrum),
        "largest": max(value for value, _ in spectrum),
        "size": sum(count for _, count in spectrum),
    }
