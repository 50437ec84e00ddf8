"""The regular polygon: Z_ij = β cos(2π(i−j)/K), rank two for every K ≥ 3.

The softmax code of rank two, 2310.05351; its loss is derived for this project.
"""

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
    """Σ_{m=1}^{K−1} g_m^j e^{−β(g_m − g_1)} with the margins g_m = 1 − cos(2πm/K); arguments (β, K, j).

    The smallest margin g_1 is split off, so that nothing underflows at a large scale.
    """

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Derivative in β: g_1 times the sum minus the sum of the next order."""
        scale, classes, order = self.args
        if argindex != 1:
            raise sp.core.function.ArgumentIndexError(self, argindex)
        following = cast(sp.Expr, PolygonSum(scale, classes, cast(sp.Expr, order) + 1))
        return (1 - sp.cos(2 * sp.pi / classes)) * cast(sp.Expr, self) - following

    def _eval_rewrite_as_exp(self, scale: Any, classes: Any, order: Any, **_: Any) -> sp.Expr:
        """The written-out sum, for a whole number of classes."""
        margins = [1 - sp.cos(2 * sp.pi * step / classes) for step in range(1, int(classes))]
        return sp.Add(*[margin**order * sp.exp(-scale * (margin - margins[0])) for margin in margins])

    @staticmethod
    def array(*arguments: Any) -> Any:
        """The sum in float64; K is one number, β an array."""
        scale, classes, order = arguments
        steps = np.arange(1, int(classes))
        margins = 2 * np.sin(np.pi * steps / int(classes)) ** 2
        return np.sum(margins**order * np.exp(-np.multiply.outer(scale, margins - margins[0])), axis=-1)

    @staticmethod
    def ball(*arguments: "arb") -> "arb":
        """The sum in balls."""
        from flint import arb

        scale, classes, order = arguments
        count, power = int(float(classes)), int(float(order))
        if classes != count or order != power:
            raise CannotEvaluateError("the number of classes and the order must be whole numbers")
        margins = [2 * (arb(step) / count).sin_pi() ** 2 for step in range(1, count)]
        terms = (margin**power * (-scale * (margin - margins[0])).exp() for margin in margins)
        return sum(terms, arb(0))


_SMALLEST_MARGIN = 2 * sp.sin(sp.pi / CLASSES) ** 2  # 1 − cos(2π/K) to all digits

_FIT = Formula(
    "fit of the polygon",
    log1p(sp.exp(-SCALE * _SMALLEST_MARGIN) * cast(sp.Expr, PolygonSum(SCALE, CLASSES, 0))),
    (SCALE, CLASSES),
    RANKCOLLAPSE.at("polygon code"),
    "log Σ_m e^{−β(1 − cos 2πm/K)}",
)

POLYGON: Final = Ray(
    name="polygon",
    fit=_FIT,
    log_slope=-SCALE * _SMALLEST_MARGIN + sp.log(PolygonSum(SCALE, CLASSES, 1)) - _FIT.expression,
    singular_value=CLASSES / 2,
    rank=sp.Integer(2),
)
