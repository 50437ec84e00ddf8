"""The fit as a function of the outputs: its value, its slope and its curvature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from numerics.arrays import FloatArray

Fit = Literal["cross-entropy", "squared", "squared, free bias"]


@dataclass(frozen=True)
class FitTerm:
    """Mean cross-entropy over the columns, or (1/2N)‖Z − Y‖², with the best bias where it is free.

    `targets` is K × N, with one-hot columns for the cross-entropy.
    """

    targets: FloatArray
    fit: Fit

    def value_and_slope(self, outputs: FloatArray) -> tuple[float, FloatArray]:
        """The fit and its gradient in the outputs.

        >>> FitTerm(np.array([[1.0]]), "squared").value_and_slope(np.array([[3.0]]))
        (2.0, array([[2.]]))
        """
        if self.fit == "cross-entropy":
            return _cross_entropy(outputs, self.targets)
        difference = self._centred(outputs - self.targets)
        samples = outputs.shape[1]
        return 0.5 * float(np.vdot(difference, difference)) / samples, difference / samples

    def curvature(self, outputs: FloatArray) -> Callable[[FloatArray], FloatArray]:
        """The Hessian of the fit at these outputs, as a function of a move of them."""
        samples = outputs.shape[1]
        if self.fit != "cross-entropy":
            return lambda move: self._centred(move) / samples
        weights = _softmax(outputs)
        return lambda move: weights * (move - (weights * move).sum(axis=0)) / samples

    def _centred(self, move: FloatArray) -> FloatArray:
        return move - move.mean(axis=1, keepdims=True) if self.fit == "squared, free bias" else move


def _softmax(outputs: FloatArray) -> FloatArray:
    shifted = np.exp(outputs - outputs.max(axis=0))
    return shifted / shifted.sum(axis=0)


def _cross_entropy(outputs: FloatArray, targets: FloatArray) -> tuple[float, FloatArray]:
    """Through the compiled fit, which keeps the digits of small probabilities."""
    from numerics.descent.fit import cross_entropy

    residual = np.empty_like(outputs)
    return float(cross_entropy(np.ascontiguousarray(outputs), targets, residual)), residual
