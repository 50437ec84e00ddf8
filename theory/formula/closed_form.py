"""A closed form, written once in SymPy, evaluated everywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from theory.errors import OutOfDomainError
from theory.formula.arrays import array_function
from theory.sources import Citation
from theory.tolerances import BALL_PRECISION

if TYPE_CHECKING:
    from flint import arb


@dataclass(frozen=True, eq=False)
class Formula:
    """One closed form with its source.

    Call it with floats or arrays (keyword arguments named after the symbols), ask `ball` for a
    rigorous enclosure at exact arguments, or use `expression` itself in symbolic work. There is one
    expression, so the three cannot drift apart. Its docstring names the source.

    Parameters
    ----------
    name: what the formula is called in tables.
    expression: SymPy expression in `arguments`, built from stable atoms (`log1p`, `expm1`, …).
    arguments: its symbols; their names are the keywords of a call.
    source: paper and place.
    meaning: one line, with the normalisation.

    >>> from theory.sources import SHANG_2020
    >>> x = sp.Symbol("x", positive=True)
    >>> square = Formula("square", x**2, (x,), SHANG_2020.at(), "the square of x")
    >>> float(square(x=3))
    9.0
    """

    name: str
    expression: sp.Expr
    arguments: tuple[sp.Symbol, ...]
    source: Citation
    meaning: str

    def __post_init__(self) -> None:
        unknown = self.expression.free_symbols - set(self.arguments)
        if unknown:
            raise OutOfDomainError(f"formula {self.name!r} uses {unknown}: list them in its arguments")
        object.__setattr__(self, "__doc__", f"{self.name}: {self.meaning}. Source: {self.source.label}.")

    def __call__(self, **values: ArrayLike) -> Any:
        """The value at floats or arrays (broadcast together), in float64.

        Raises OutOfDomainError where the expression overflows or is not real.
        """
        ordered = [np.asarray(values[name], dtype=np.float64) for name in self._names(values)]
        try:
            return self._array_function(*ordered)
        except FloatingPointError as error:
            raise OutOfDomainError(f"{self.name} has no finite value at {values}: {error}") from error

    def ball(self, *, precision: int = BALL_PRECISION, **values: Any) -> "arb":
        """A ball that contains the exact value at exact arguments (int, Fraction, SymPy Rational or ball).

        Raises CannotEvaluateError for floats and for nodes without a rigorous implementation.
        """
        from theory.formula.balls import enclose

        exact = {symbol: values[symbol.name] for symbol in self.arguments if self._names(values)}
        return enclose(self.expression, exact, precision=precision)

    def at(self, substitution: Mapping[sp.Symbol, Any] | None = None, **values: Any) -> sp.Expr:
        """The expression with some arguments replaced, by symbol or by name."""
        by_name = {symbol.name: symbol for symbol in self.arguments}
        replaced = {by_name[name]: value for name, value in values.items()} | dict(substitution or {})
        return self.expression.subs(list(replaced.items()), simultaneous=True)

    @property
    def latex(self) -> str:
        """The expression in LaTeX."""
        return sp.latex(self.expression)

    @cached_property
    def _array_function(self) -> Callable[..., Any]:
        return array_function(self.expression, self.arguments)

    def _names(self, values: Mapping[str, Any]) -> list[str]:
        names = [symbol.name for symbol in self.arguments]
        if set(values) != set(names):
            raise OutOfDomainError(f"formula {self.name!r} takes {names}, not {sorted(values)}")
        return names
