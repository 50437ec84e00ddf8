"""A structure with one scale: Z = βM⊗1_nᵀ for a fixed K×K code M.

Along such a ray the loss is f(β) + (μF/2) c β^{2/F}, with the fit f, the cost coefficient
c = Σσ_i(M)^{2/F} and μ = λn^{1/F}. Stationarity reads log μ = log(−f′(β)) + (1 − 2/F) log β − log c:
for F ≥ 3 it rises to a turning point and falls beyond it, and the larger root is the local minimum.

Derived for this project; for collapse it is 2410.23169, equation 19.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from theory.formula import Formula, ImplicitFormula
from theory.roots import bracketed_root
from theory.symbols import CLASSES, FACTORS, SCALE, SCALED_DECAY


@dataclass(frozen=True, eq=False)
class Ray:
    """One structure: its fit as a function of scale and classes, its spectrum, and who found it.

    Parameters
    ----------
    name: `collapse`, `paired`, `polygon`, …
    fit: Formula in (scale, classes): mean cross-entropy.
    log_slope: log(−d fit/d scale), written so that it does not underflow.
    singular_value: singular value of M, the same for all non-zero ones.
    rank: number of them.
    """

    name: str
    fit: Formula
    log_slope: sp.Expr
    singular_value: sp.Expr
    rank: sp.Expr

    @cached_property
    def cost(self) -> sp.Expr:
        """c = rank · σ^{2/F}."""
        return self.rank * self.singular_value ** (2 / FACTORS)

    @cached_property
    def loss(self) -> Formula:
        """f(β) + (μF/2) c β^{2/F} in (scale, classes, factors, scaled_decay)."""
        penalty = SCALED_DECAY * FACTORS / 2 * self.cost * SCALE ** (2 / FACTORS)
        return Formula(
            f"loss of {self.name}",
            self.fit.expression + penalty,
            (SCALE, CLASSES, FACTORS, SCALED_DECAY),
            self.fit.source,
            "mean cross-entropy plus weight decay at a scale",
        )

    @cached_property
    def log_decay(self) -> Formula:
        """log μ at which a scale is stationary, in (scale, classes, factors)."""
        expression = self.log_slope + (1 - 2 / FACTORS) * sp.log(SCALE) - sp.log(self.cost)
        return Formula(
            f"log decay of {self.name}",
            expression,
            (SCALE, CLASSES, FACTORS),
            self.fit.source,
            "log μ for which the scale is critical along the ray",
        )

    @cached_property
    def _turning_condition(self) -> Formula:
        """β · d log μ / dβ."""
        return Formula(
            f"turning condition of {self.name}",
            SCALE * sp.diff(self.log_slope, SCALE) + 1 - 2 / FACTORS,
            (SCALE, CLASSES, FACTORS),
            self.fit.source,
            "positive below the turning point, negative beyond",
        )

    def turning_scale(self, classes: int, factors: int) -> float:
        """The scale at which log μ is largest; 0 for F = 2, where log μ only falls."""
        if factors == 2:
            return 0.0

        def condition(scale: float) -> float:
            return float(self._turning_condition(scale=scale, classes=classes, factors=factors))

        high = 1.0
        while condition(high) > 0:
            high *= 2
        return bracketed_root(condition, 1e-12, high)

    def existence(self, classes: int, factors: int) -> float:
        """The largest μ with a non-zero critical point on the ray."""
        turning = self.turning_scale(classes, factors) or 1e-12
        return math.exp(self.log_decay(scale=turning, classes=classes, factors=factors))

    @cached_property
    def stationary_scale(self) -> ImplicitFormula:
        """The larger critical scale as a function of (scaled_decay, classes, factors)."""
        residual = Formula(
            f"stationarity of {self.name}",
            self.log_decay.expression - sp.log(SCALED_DECAY),
            (SCALE, SCALED_DECAY, CLASSES, FACTORS),
            self.fit.source,
            "log μ(β) − log μ",
        )
        return ImplicitFormula(
            f"scale of {self.name}",
            residual,
            "scale",
            self._bracket,
            "log μ falls beyond the turning point",
        )

    def _bracket(self, parameters: Any) -> tuple[float, float]:
        classes, factors = int(parameters["classes"]), int(parameters["factors"])
        low = self.turning_scale(classes, factors) or 1e-12
        high = 2 * low + 1
        log_decay = math.log(parameters["scaled_decay"])
        while self.log_decay(scale=high, classes=classes, factors=factors) > log_decay:
            high *= 2
        return low, high
