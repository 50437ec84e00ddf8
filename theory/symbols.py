"""The symbols that every formula shares, each with its meaning.

Names double as keyword arguments: ``COLLAPSE_FIT(classes=4, scale=3.0)``.
"""

from typing import Final

import sympy as sp


def positive(name: str) -> sp.Symbol:
    """A positive real symbol."""
    return sp.Symbol(name, positive=True)


CLASSES: Final = positive("classes")
"""K, number of classes."""
FACTORS: Final = positive("factors")
"""F = L + 1, number of trained factors: the L weight matrices and the free features."""
SAMPLES_PER_CLASS: Final = positive("samples_per_class")
"""n, samples of each class (balanced)."""
WEIGHT_DECAY: Final = positive("weight_decay")
"""λ; the penalty is (λ/2)‖·‖_F² on every factor."""
SCALED_DECAY: Final = positive("scaled_decay")
"""μ = λ n^{1/F}: the cross-entropy optimum depends on n through it alone."""
SCALE: Final = positive("scale")
"""α or β, the one scalar of a structure Z = αS⊗1ᵀ, βP⊗1ᵀ, …"""
SINGULAR_VALUE: Final = sp.Symbol("singular_value", nonnegative=True)
"""σ, a singular value of the product."""
TARGET: Final = positive("target")
"""y, a singular value of the target matrix."""
MODE_DECAY: Final = positive("mode_decay")
"""ν = Nλ, weight decay in units of the squared loss."""
FRACTION: Final = positive("fraction")
"""σ/y, the fraction of a target's singular value that is kept."""
