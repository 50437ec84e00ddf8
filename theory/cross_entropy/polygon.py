"""The regular polygon: Z_ij = β cos(2π(i−j)/K), rank two for every K ≥ 3."""

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import sympy as sp

from theory.cross_entropy.ray import Ray
from theory.errors import CannotEvaluateError
from theory.formula import Formula
from theory.formula.atoms import StableAtom, log1p
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, SCALE

if TYPE_CHECKING:
    from flint import arb


class PolygonSum(StableAtom):
    """Σ_{m=1}^{K−1} g_m^j e^{−β g_m} with the margins g_m = 1 − cos(2πm/K); arguments (β, K, j)."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Derivative in β lowers to the next order with a minus sign."""
        scale, classes, order = self.args
        if argindex != 1:
            raise sp.core.function.ArgumentIndexError(self, argindex)
        return -cast(sp.Expr, PolygonSum(scale, classes, cast(sp.Expr, order) + 1))

    def _eval_rewrite_as_exp(self, scale: Any, classes: Any, order: Any, **_: Any) -> sp.Expr:
        """The written-out sum, for a whole number of classes."""
        margins = [1 - sp.cos(2 * sp.pi * step / classes) for step in range(1, int(classes))]
        return sp.Add(*[margin**order * sp.exp(-scale * margin) for margin in margins])

    @staticmethod
    def array(*arguments: Any) -> Any:
        """The sum in float64; K is one number, β an array."""
        scale, classes, order = arguments
        steps = np.arange(1, int(classes))
        margins = 2 * np.sin(np.pi * steps / int(classes)) ** 2
        return np.sum(margins**order * np.exp(-np.multiply.outer(scale, margins)), axis=-1)

    @staticmethod
    def ball(*arguments: "arb") -> "arb":
        """The sum in balls."""
        from flint import arb

        scale, classes, order = arguments
        count, power = int(float(classes)), int(float(order))
        if classes != count or order != power:
            raise CannotEvaluateError("the number of classes and the order must be whole numbers")
        total = arb(0)
        for step in range(1, count):
            margin = 2 * (arb(step) / count).sin_pi() ** 2
            total += margin**power * (-scale * margin).exp()
        return total


_FIT = Formula(
    "fit of the polygon",
    log1p(cast(sp.Expr, PolygonSum(SCALE, CLASSES, 0))),
    (SCALE, CLASSES),
    RANKCOLLAPSE.at("polygon code"),
    "log Σ_m e^{−β(1 − cos 2πm/K)}",
)

POLYGON: Final = Ray(
    name="polygon",
    fit=_FIT,
    log_slope=sp.log(PolygonSum(SCALE, CLASSES, 1)) - _FIT.expression,
    singular_value=CLASSES / 2,
    rank=sp.Integer(2),
)
