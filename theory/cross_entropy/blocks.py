"""Equal blocks in closed form: h copies of a code, the rest of the K classes left unserved.

The loss that `scales` evaluates in floats, as one SymPy expression for symbols, arrays and balls: it covers
the codes of all K classes (one block), paired structures (h pairs) and partial ones.

Derived for this project; one block of all classes is 2410.23169, section 4.
"""

from functools import cache

import sympy as sp

from theory.cross_entropy.tight_codes import Code
from theory.formula import Formula
from theory.formula.atoms import log1p
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS, SCALE, SCALED_DECAY


@cache
def block_fit(code: Code, classes: int, copies: int = 1) -> Formula:
    """Mean cross-entropy of h blocks βM among K classes, in the scale β (a diagonal entry of the logits)."""
    size, outside = code.size, classes - code.size
    served = sp.Rational(copies * size, classes)
    terms = [count * sp.exp(-gap * SCALE) for gap, count in zip(code.gaps, code.counts, strict=True)]
    fit = served * log1p(sp.Add(*terms, outside * sp.exp(-SCALE))) + (1 - served) * sp.log(classes)
    return Formula(
        f"fit of {copies} {code.name} among {classes} classes",
        fit,
        (SCALE,),
        RANKCOLLAPSE.at("blocks of codes"),
        "(hk/K) log(1 + Σ c_m e^{−βg_m} + (K−k) e^{−β}) + (1 − hk/K) log K",
    )


@cache
def block_loss(code: Code, classes: int, copies: int = 1) -> Formula:
    """`block_fit` plus the weight decay of balanced factors.

    >>> from theory.cross_entropy.tight_codes import simplex
    >>> formula = block_loss(simplex(2), classes=4, copies=2)
    >>> round(float(formula(scale=5.0633, factors=4, scaled_decay=0.01)), 6)  # two pairs, at their best scale
    0.139899
    """
    unit = sp.Rational(code.size, code.rank)
    penalty = SCALED_DECAY * FACTORS / 2 * copies * code.rank * (unit * SCALE) ** (2 / FACTORS)
    return Formula(
        f"loss of {copies} {code.name} among {classes} classes",
        block_fit(code, classes, copies).expression + penalty,
        (SCALE, FACTORS, SCALED_DECAY),
        RANKCOLLAPSE.at("blocks of codes"),
        "mean cross-entropy plus (μF/2) h r (kβ/r)^{2/F}",
    )
