"""Stable atoms of our own: SymPy functions that carry their array and their ball implementation."""

from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from flint import arb


class StableAtom(sp.Function):
    """A SymPy function evaluated by its own `array` and `ball` methods wherever it occurs."""

    @staticmethod
    def array(*arguments: Any) -> Any:
        """The value at floats or arrays."""
        raise NotImplementedError

    @staticmethod
    def ball(*arguments: "arb") -> "arb":
        """A ball containing the value at balls."""
        raise NotImplementedError
