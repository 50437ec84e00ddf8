"""Stable atoms: SymPy's log(1 + x), and functions of our own with their array and ball implementations."""

from typing import TYPE_CHECKING, Any, cast

import sympy as sp
from sympy.codegen import cfunctions

from theory.errors import CannotEvaluateError

if TYPE_CHECKING:
    from flint import arb


class StableAtom(sp.Function):
    """A SymPy function evaluated by its own `array` and `ball` methods wherever it occurs."""

    @staticmethod
    def array(*arguments: Any) -> Any:
        """The value at floats or arrays."""
        raise CannotEvaluateError("this atom has no array implementation: give it a static method `array`")

    @staticmethod
    def ball(*arguments: "arb") -> "arb":
        """A ball containing the value at balls."""
        raise CannotEvaluateError("this atom has no ball implementation: give it a static method `ball`")


def log1p(argument: sp.Expr) -> sp.Expr:
    """log(1 + x), which keeps all digits of a small x (SymPy's own function, typed)."""
    return cast(sp.Expr, cfunctions.log1p(argument))
