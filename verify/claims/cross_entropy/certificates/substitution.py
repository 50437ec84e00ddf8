"""Values for symbols, without SymPy's search for a simpler logarithm each time: in vain, and for seconds."""

from collections.abc import Mapping
from typing import cast

import sympy as sp
from sympy.codegen.cfunctions import log1p


def at(expression: sp.Expr, given: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression with symbols replaced by others or by numbers."""
    inside = {node: cast(sp.Expr, node.args[0].xreplace(dict(given))) for node in expression.atoms(log1p)}
    logarithms = {node: log1p(argument, evaluate=False) for node, argument in inside.items()}
    return cast(sp.Expr, expression.xreplace({**given, **logarithms}))
