"""One expression per closed form: symbols, floats, arrays and balls come from the same object."""

from theory.formula.closed_form import Formula
from theory.formula.implicit import ImplicitFormula

__all__ = ["Formula", "ImplicitFormula"]
